import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import Entry, Role, SignInFailure, User
from ansinh.accounts.operations import Cast
from ansinh.kernel.refusal import Refusal
from tests.cast import AT, PASSWORD, commune, make


def sign_in(password: str, *, at: dt.datetime = AT, address: str = "10.0.0.1", name: str = "binh") -> User:
    return accounts.verify(username=name, password=password, address=address, at=at)


def test_the_right_password_opens_and_leaves_a_line_in_the_trail(cast: Cast) -> None:
    assert sign_in(PASSWORD) == cast.binh
    entry = Entry.objects.latest("id")
    assert (entry.who, entry.action, entry.unit_id) == (cast.binh, "sign_in", cast.binh.unit_id)


def test_the_name_is_read_without_case_or_spaces(cast: Cast) -> None:
    assert sign_in(PASSWORD, name=" Binh ") == cast.binh


@pytest.mark.parametrize("name", ["binh", "nobody"])
def test_a_wrong_pair_is_refused_alike_whoever_it_names(cast: Cast, name: str) -> None:
    with pytest.raises(Refusal, match="không đúng"):
        sign_in("wrong", name=name)


def test_a_closed_account_does_not_open(cast: Cast) -> None:
    User.objects.filter(username="binh").update(is_active=False)
    with pytest.raises(Refusal, match="không đúng"):
        sign_in(PASSWORD)


def test_after_five_failures_the_right_password_is_refused_there_but_not_elsewhere(cast: Cast) -> None:
    for _ in range(5):
        with pytest.raises(Refusal):
            sign_in("wrong")
    with pytest.raises(Refusal, match="tạm khoá"):
        sign_in(PASSWORD)
    assert sign_in(PASSWORD, address="10.0.0.2") == cast.binh
    assert sign_in(PASSWORD, at=AT + dt.timedelta(minutes=16)) == cast.binh


def test_success_forgets_earlier_failures(cast: Cast) -> None:
    for _ in range(4):
        with pytest.raises(Refusal):
            sign_in("wrong")
    sign_in(PASSWORD)
    assert not SignInFailure.objects.exists()


def test_the_trail_cannot_be_changed_or_deleted_by_the_application(cast: Cast) -> None:
    for statement in (
        "update accounts_entry set reason = ''",
        "delete from accounts_entry",
        "truncate accounts_entry",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_line_of_the_trail_says_who_did_what_to_whom_and_why(cast: Cast) -> None:
    accounts.record(
        at=AT,
        who=cast.binh,
        right=Right.SEE_SENSITIVE,
        action="see_sensitive",
        subject=("registry.person", 17),
        unit=commune(),
        reason="Kiểm tra hồ sơ theo đơn",
        detail={"month": "2026-10"},
    )
    entry = Entry.objects.latest("id")
    assert (entry.subject_kind, entry.subject_id, entry.reason) == (
        "registry.person",
        "17",
        "Kiểm tra hồ sơ theo đơn",
    )


def test_the_cast_can_be_made_again_without_a_change(cast: Cast) -> None:
    before, hashes = Entry.objects.count(), [user.password for user in cast.all()]
    again = make()
    assert (Entry.objects.count(), [user.password for user in again.all()]) == (before, hashes)


def test_an_account_without_a_password_lets_nobody_in(cast: Cast) -> None:
    accounts.ensure_account(
        at=AT,
        username="system",
        full_name="Hệ thống",
        role=Role.PAYMASTER,
        unit=cast.phuc.unit,
        password=None,
    )
    with pytest.raises(Refusal):
        sign_in("", name="system")
