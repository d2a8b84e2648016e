import datetime as dt

from ansinh.accounts.logic import LOCKED_FOR, RIGHT_LABELS, RIGHTS, Right, locked_until, may
from ansinh.accounts.models import Role
from tests.house.source import ROOMS

AT = dt.datetime(2026, 10, 6, 8, 0, tzinfo=dt.UTC)


def minutes(*numbers: int) -> list[dt.datetime]:
    return [AT - dt.timedelta(minutes=number) for number in numbers]


def test_every_role_has_rights_and_every_right_a_name() -> None:
    assert set(RIGHTS) == {role.value for role in Role}
    assert set(RIGHT_LABELS) == set(Right)


def test_every_right_is_a_room_and_a_verb() -> None:
    assert [
        right for right in Right if right.partition(".")[0] not in ROOMS or not right.partition(".")[2]
    ] == []


def test_who_prepares_does_not_approve_and_only_the_chairman_signs() -> None:
    assert not any(may(role, Right.PREPARE_PAYROLL) and may(role, Right.APPROVE_PAYROLL) for role in RIGHTS)
    assert [role for role in RIGHTS if may(role, Right.SIGN_DECISION)] == ["CHAIRMAN"]


def test_the_administrator_sees_nobodys_file() -> None:
    assert not may("ADMIN", Right.SEE_PERSON) and not may("ADMIN", Right.SEE_PAYROLL)


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may("MINISTER", right) for right in Right)


def test_four_failures_leave_the_door_open_and_the_fifth_shuts_it() -> None:
    assert locked_until(minutes(4, 3, 2, 1), AT) is None
    assert locked_until(minutes(5, 4, 3, 2, 1), AT) == AT - dt.timedelta(minutes=1) + LOCKED_FOR


def test_failures_long_ago_are_forgotten() -> None:
    assert locked_until(minutes(60, 59, 58, 2, 1), AT) is None
