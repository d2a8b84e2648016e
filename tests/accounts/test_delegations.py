"""The chairman is away: who acts, on which days, and what the trail says."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from ansinh.accounts import operations as accounts
from ansinh.accounts import queries
from ansinh.accounts.logic import NEVER_DELEGATED, Right, delegable
from ansinh.accounts.models import Delegation, Entry, User
from ansinh.accounts.operations import Cast
from ansinh.kernel.refusal import Refusal
from ansinh.web import clock
from tests.cast import AT, TODAY, commune
from tests.desk.world import Village

LAST = TODAY + dt.timedelta(days=3)


def handed_on(
    cast: Cast, *, rights: tuple[Right, ...] = (Right.SIGN_DECISION, Right.APPROVE_PAYROLL), to: str = "binh"
) -> Delegation:
    return accounts.delegate(
        giver=cast.chau,
        to=getattr(cast, to),
        rights=rights,
        since=TODAY,
        until=LAST,
        reason="Đi công tác",
        on=TODAY,
        at=AT,
    )


def test_a_delegate_may_on_the_days_and_not_before_or_after(cast: Cast) -> None:
    handed_on(cast)
    days = [TODAY - dt.timedelta(days=1), TODAY, LAST, LAST + dt.timedelta(days=1)]
    assert [queries.may(cast.binh, Right.SIGN_DECISION, on=day) for day in days] == [False, True, True, False]
    assert queries.may(cast.binh, Right.KEEP_REGISTER, on=days[-1])
    assert not queries.may(cast.dung, Right.PREPARE_PAYROLL, on=TODAY)


def test_a_delegation_ends_when_it_is_taken_back(cast: Cast) -> None:
    delegation = handed_on(cast)
    with pytest.raises(Refusal, match="Chỉ người đã uỷ quyền"):
        accounts.revoke(delegation=delegation, by=cast.dung, at=AT)
    accounts.revoke(delegation=delegation, by=cast.chau, at=AT)
    assert not queries.may(cast.binh, Right.SIGN_DECISION, on=TODAY)
    with pytest.raises(Refusal, match="đã thôi"):
        accounts.revoke(delegation=delegation, by=cast.chau, at=AT)


def test_a_delegation_falls_with_its_givers_account_and_post(cast: Cast) -> None:
    handed_on(cast)
    User.objects.filter(username="chau").update(role="INSPECTOR")
    assert not queries.may(cast.binh, Right.SIGN_DECISION, on=TODAY)
    User.objects.filter(username="chau").update(role="CHAIRMAN", is_active=False)
    assert not queries.may(cast.binh, Right.SIGN_DECISION, on=TODAY)
    User.objects.filter(username="chau").update(is_active=True, unit=cast.dung.unit)
    assert not queries.may(cast.binh, Right.SIGN_DECISION, on=TODAY)


@pytest.mark.parametrize("right", sorted(NEVER_DELEGATED))
def test_what_stays_with_the_person_is_not_handed_on(cast: Cast, right: Right) -> None:
    with pytest.raises(Refusal, match="Không uỷ quyền được"):
        handed_on(cast, rights=(right,))


def test_nobody_hands_on_what_was_handed_to_them_or_is_not_theirs(cast: Cast) -> None:
    handed_on(cast)
    assert Right.SIGN_DECISION not in delegable(cast.binh.role)
    with pytest.raises(Refusal, match="lập danh sách chi trả"):
        handed_on(cast, rights=(Right.PREPARE_PAYROLL,))


@pytest.mark.parametrize("to", ["dung", "phuc", "quantri", "chau"])
def test_only_a_colleague_of_the_same_unit_acts_for_one(cast: Cast, to: str) -> None:
    with pytest.raises(Refusal, match="cùng đơn vị"):
        handed_on(cast, to=to)


@pytest.mark.parametrize(("since", "until"), [(0, -1), (-9, -3), (0, 400)])
def test_days_that_make_no_sense_are_refused(cast: Cast, since: int, until: int) -> None:
    with pytest.raises(Refusal, match="Thời hạn"):
        accounts.delegate(
            giver=cast.chau,
            to=cast.binh,
            rights=[Right.SIGN_DECISION],
            since=TODAY + dt.timedelta(days=since),
            until=TODAY + dt.timedelta(days=until),
            reason="Đi công tác",
            on=TODAY,
            at=AT,
        )


def test_the_trail_says_by_whose_delegation(cast: Cast) -> None:
    handed_on(cast)
    accounts.record(
        at=AT,
        who=cast.binh,
        right=Right.SIGN_DECISION,
        action="adopt_changes",
        subject=("x", 1),
        unit=commune(),
    )
    accounts.record(
        at=AT,
        who=cast.binh,
        right=Right.KEEP_REGISTER,
        action="record_death",
        subject=("x", 1),
        unit=commune(),
    )
    told = queries.trail(cast.giang, on=TODAY, before=None).entries[:3]
    assert [(line.right, line.by_delegation_of) for line in told] == [
        ("ghi sổ đối tượng", ""),
        ("ký quyết định", "Trần Thị Minh Châu"),
        ("uỷ quyền khi vắng mặt", ""),
    ]
    assert Entry.objects.filter(delegation__giver=cast.chau).count() == 1


@pytest.mark.parametrize("table", ["accounts_delegation", "accounts_revocation"])
def test_a_delegation_is_never_edited(cast: Cast, table: str) -> None:
    for statement in (f"update {table} set at = at", f"delete from {table}"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_through_the_pages(village: Village, client: Client) -> None:
    """Châu hands approving to Bình; he meets the button; she takes it back, and he does not."""
    client.force_login(village.actors.chau)
    today, later = clock.today(), clock.today() + dt.timedelta(days=2)
    form = {
        "to": village.actors.binh.pk,
        "rights": ["payments.approve"],
        "since": f"{today:%d/%m/%Y}",
        "until": f"{later:%d/%m/%Y}",
        "reason": "Họp ở tỉnh",
    }
    assert client.post("/quyen/uy-quyen/", {**form, "to": village.actors.dung.pk}).status_code == 422
    assert client.post("/quyen/uy-quyen/", form).status_code == 302
    made = Delegation.objects.get()
    page = f"/chi-tra/{village.payroll().pk}/"

    client.force_login(village.actors.binh)
    assert "đang hiệu lực" in client.get("/quyen/").content.decode()
    assert f"{page}duyet/" in client.get(page).content.decode()
    assert client.post(f"/quyen/uy-quyen/{made.pk}/thoi/").status_code == 403

    client.force_login(village.actors.dung)
    assert client.post(f"{page}duyet/").status_code == 404
    assert client.post(f"/quyen/uy-quyen/{made.pk}/thoi/").status_code == 404

    client.force_login(village.actors.chau)
    assert client.post(f"/quyen/uy-quyen/{made.pk}/thoi/").status_code == 302
    client.force_login(village.actors.binh)
    assert f"{page}duyet/" not in client.get(page).content.decode()
    assert client.post(f"{page}duyet/").status_code == 403
