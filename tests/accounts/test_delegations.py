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
from ansinh.grants import operations as grants
from ansinh.grants.models import Decision
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import operations as payments
from ansinh.payments.models import Payroll, Roll
from ansinh.payments.queries import papers
from ansinh.registry import operations as registry
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


APPROVE = "bảng chi trả dự thảo chờ duyệt"
DAYS = {"before": -1, "first": 0, "last": 3, "after": 4}


@pytest.mark.parametrize("day", DAYS)
def test_every_page_sees_a_delegation_on_its_days_alone(
    village: Village, client: Client, monkeypatch: pytest.MonkeyPatch, day: str
) -> None:
    """The start page, the menu, the buttons and the doors behind them say the same."""
    handed_on(village.actors, rights=(Right.SIGN_DECISION, Right.APPROVE_PAYROLL, Right.SIMULATE_POLICY))
    today = TODAY + dt.timedelta(days=DAYS[day])
    monkeypatch.setattr(clock, "today", lambda: today)
    client.force_login(village.actors.binh)
    page = f"/chi-tra/{village.payroll().pk}/"
    home = client.get("/").text
    told = {
        "waiting": APPROVE in home,
        "menu": 'href="/mo-phong/"' in home,
        "button": f"{page}duyet/" in client.get(page).text,
        "adopt": client.get("/quyet-dinh/ra-quyet-dinh/").status_code == 200,
        "simulate": client.get("/mo-phong/").status_code == 200,
        "approve": client.post(f"{page}duyet/").status_code == 302,
    }
    in_force = day in ("first", "last")
    assert told == dict.fromkeys(told, in_force)


def test_a_delegate_acts_in_the_same_territory_and_no_other(
    village: Village, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_on(village.actors)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    next_door = Payroll.objects.filter(unit=village.actors.dung.unit).latest("months")
    for who, status in (("binh", 404), ("dung", 302)):
        client.force_login(getattr(village.actors, who))
        assert client.post(f"/chi-tra/{next_door.pk}/duyet/").status_code == status
    # Another officer, to whom nothing was handed on, stays outside in both.
    client.force_login(village.actors.phuc)
    assert client.post(f"/chi-tra/{village.payroll().pk}/duyet/").status_code == 403


def test_what_a_delegate_signs_says_for_whom(village: Village) -> None:
    """Châu is away and Bình approves: the paper and the decision name him, and that he signs for her."""
    delegation = handed_on(village.actors)
    payments.approve(unit=commune(), months=[Month(2026, 10)], by=village.actors.binh, at=AT)
    shown = village.payroll()
    roll = Roll.objects.get(payroll=shown)
    heading = papers.signature_sheet(shown, roll).heading
    assert (heading.signer_title, heading.signer) == ("TUQ. Chủ tịch", "Nguyễn Văn Bình")
    accounts.revoke(delegation=delegation, by=village.actors.chau, at=AT)
    assert papers.signature_sheet(shown, roll).heading.signer_title == "TUQ. Chủ tịch", "as it was then"
    september = Payroll.objects.filter(unit=commune(), status="APPROVED").earliest("months")
    earlier = papers.signature_sheet(september, Roll.objects.filter(payroll=september)[0])
    assert earlier.heading.signer_title == "Chủ tịch"


def test_a_decision_signed_for_the_chairman_says_so(village: Village) -> None:
    handed_on(village.actors)
    registry.record_fact(
        person=village.son,
        fact="disability",
        value="EXTREME",
        valid_from=dt.date(2026, 10, 1),
        by=village.actors.binh,
        at=AT,
    )
    adopted = grants.adopt_month(
        unit=commune(), month=Month(2026, 10), on=TODAY, at=AT + dt.timedelta(hours=1), by=village.actors.binh
    )
    (decision,) = Decision.objects.filter(pk__in=adopted.decisions)
    assert decision.signer_name == "Nguyễn Văn Bình (thừa uỷ quyền của Trần Thị Minh Châu)"


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


def test_who_approves_above_a_commune_is_not_named_as_its_chairman(village: Village) -> None:
    payments.approve(unit=commune(), months=[Month(2026, 10)], by=village.actors.hanh, at=AT)
    shown = village.payroll()
    heading = papers.signature_sheet(shown, Roll.objects.get(payroll=shown)).heading
    assert (heading.signer_title, heading.signer) == ("Chủ tịch", "")
