"""What is done to payrolls, and what is refused (lập, duyệt, mở, quyết toán)."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from ansinh.accounts.models import Entry
from ansinh.geography import queries as geography
from ansinh.grants import operations as grants
from ansinh.grants.models import Grant, Recipient
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import operations as payments
from ansinh.payments import queries
from ansinh.payments.logic import Months
from ansinh.payments.models import DraftLine, Kind, Line, Payroll, Posting, Roll
from tests import cast
from tests.grants import world as people
from tests.payments import world
from tests.payments.world import AUGUST, JULY, NOVEMBER, OCTOBER, SEPTEMBER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]


def two_communes() -> world.World:
    here = world.make()
    world.taken_over(here.person(), 1_000_000)
    world.taken_over(here.person("Trần Thị Lan", home=here.neighbour), 500_000, holder=cast.NEIGHBOUR)
    here.open()
    return here


def test_a_draft_books_nothing_and_approval_posts_it() -> None:
    here = two_communes()

    draft = here.draft(JULY)
    assert (draft.status, Line.objects.count(), DraftLine.objects.count()) == ("DRAFT", 0, 2)
    here.approve(JULY)

    assert (Line.objects.count(), DraftLine.objects.count()) == (2, 0)
    assert queries.summary(here.province, [JULY]).hash == draft.hash, "approval changes nothing"
    for payroll in Payroll.objects.all():
        posted = dict(Posting.objects.filter(payroll=payroll).values_list("account", "amount_vnd"))
        assert posted == {
            "FUNDING_SOURCE": -payroll.total_vnd,
            "PAYABLE": payroll.total_vnd,
            "RECEIVABLE": 0,
        }


def test_a_second_draft_is_refused_the_province_against_its_communes_too() -> None:
    here = two_communes()
    here.prepare(JULY, unit=here.commune)

    with pytest.raises(Refusal, match=r"Đã có dự thảo bảng chi trả của Phường Ba Đình"):
        here.prepare(JULY)
    with pytest.raises(Refusal, match="Đã có dự thảo"):
        here.prepare(JULY, AUGUST, unit=here.commune)
    here.prepare(JULY, unit=here.neighbour)
    here.prepare(JULY, replace=True)
    with pytest.raises(Refusal, match="Đã có dự thảo"):
        here.prepare(JULY, unit=here.commune)
    assert Payroll.objects.count() == 2


def test_what_is_approved_stays_and_the_province_prepares_the_rest() -> None:
    here = two_communes()
    here.pay(JULY, unit=here.commune)

    with pytest.raises(Refusal, match="đã được duyệt"):
        here.prepare(JULY, unit=here.commune, replace=True)
    with pytest.raises(Refusal, match="một phần"):
        here.prepare(JULY, AUGUST)
    summary = here.draft(JULY)

    assert (summary.status, summary.payrolls, summary.totals.total_vnd) == ("PARTIAL", 2, 1_500_000)
    assert queries.summary(here.neighbour, [JULY]).status == "DRAFT"


def test_whoever_prepared_does_not_approve_and_the_database_says_so() -> None:
    here = two_communes()
    here.prepare(JULY)

    with pytest.raises(Refusal, match="không được tự duyệt"):
        payments.approve(unit=here.province, months=[JULY], by=here.phuc, at=cast.AT)
    with pytest.raises(DatabaseError, match="payroll_is_approved_by_another_person"), transaction.atomic():
        Payroll.objects.update(status="APPROVED", approved_by=here.phuc, approved_at=cast.AT)
    assert Line.objects.count() == 0


def test_a_draft_that_a_decision_has_overtaken_is_not_approved() -> None:
    here = two_communes()
    here.prepare(JULY)
    world.level(Grant.objects.order_by("pk")[0], NOVEMBER, 600_000)
    here.prepare(AUGUST)  # a level of November touches neither
    world.level(Grant.objects.order_by("pk")[0], JULY, 600_000)

    with pytest.raises(Refusal, match="có 1 thay đổi"):
        here.approve(JULY)
    here.prepare(JULY, replace=True)
    here.approve(JULY)
    with pytest.raises(Refusal, match="có 1 thay đổi"):
        here.approve(AUGUST)


def test_nobody_is_paid_twice_by_two_drafts_of_the_same_months() -> None:
    """August was drafted while July was open, so it holds July's arrears; July is approved first."""
    here = two_communes()
    here.prepare(AUGUST)
    here.pay(JULY)

    with pytest.raises(Refusal, match="đã được chi cho cùng tháng"):
        here.approve(AUGUST)
    assert here.pay(AUGUST, replace=True).totals.arrears_vnd == 0


def test_only_an_open_account_pays() -> None:
    here = world.make()
    world.taken_over(here.person())

    with pytest.raises(Refusal, match=r"Phường Ba Đình \(tháng 07/2026\) chưa mở tài khoản"):
        here.prepare(JULY)
    here.open(AUGUST)
    with pytest.raises(Refusal, match="chưa mở tài khoản"):
        here.prepare(JULY)
    here.prepare(AUGUST)
    with pytest.raises(Refusal):
        here.open(SEPTEMBER)


def test_a_unit_that_holds_nobody_prepares_nothing() -> None:
    here = world.make()
    here.open()

    with pytest.raises(Refusal, match="không quản lý quyết định"):
        here.prepare(JULY)


def test_settled_months_are_not_prepared_and_paid_months_are_not_settled() -> None:
    here = two_communes()
    payments.settle(unit=here.province, months=[JULY], basis="đã chi", by=here.hanh, at=cast.AT)

    with pytest.raises(Refusal, match="đã quyết toán gộp"):
        here.prepare(JULY)
    here.pay(AUGUST)
    with pytest.raises(Refusal, match="Đã có bảng chi trả"):
        payments.settle(unit=here.province, months=[AUGUST], basis="đã chi", by=here.hanh, at=cast.AT)
    with pytest.raises(Refusal, match="đã được quyết toán gộp"):
        payments.settle(unit=here.province, months=[JULY], basis="đã chi", by=here.hanh, at=cast.AT)


def test_months_with_a_gap_are_refused() -> None:
    here = two_communes()

    with pytest.raises(Refusal, match="liền nhau"):
        here.prepare(JULY, SEPTEMBER)


def test_a_recovery_takes_instalments_and_never_more_than_is_paid() -> None:
    here = world.make()
    mai = here.person()
    grant = world.taken_over(mai, 500_000)
    here.open()
    here.pay(JULY)
    here.pay(AUGUST)
    world.level(grant, JULY, 100_000)
    assert here.pay(SEPTEMBER).totals.recoveries_vnd == 0, "nothing without a signed recovery"
    grants.decide_recovery(
        person=mai,
        slot="OWN_INCOME",
        amount_vnd=700_000,
        instalment_vnd=90_000,
        first_month=OCTOBER,
        signed=world.signed("1/QĐ-TH"),
    )

    october = here.pay(OCTOBER)

    assert (october.totals.regular_vnd, october.totals.recoveries_vnd) == (100_000, -90_000)
    line = Line.objects.get(kind=Kind.RECOVERY)
    assert (Month.of(line.month), line.seq, line.owed_vnd, line.booked_before_vnd) == (
        JULY,
        1,
        100_000,
        500_000,
    )
    assert {
        p.account: p.amount_vnd for p in Posting.objects.filter(payroll__months__contains=OCTOBER.first)
    } == {
        "FUNDING_SOURCE": -100_000,
        "PAYABLE": 10_000,
        "RECEIVABLE": 90_000,
    }
    november = here.pay(NOVEMBER)
    assert november.totals.recoveries_vnd == -90_000
    left = queries.receivables(here.province, on=world.DAY, known_at=world.clock())
    assert [over.excess_vnd for over in left] == [220_000, 400_000]


def test_a_recovery_spans_months_stops_at_its_amount_and_spares_the_dead() -> None:
    here = world.make()
    mai = here.person()
    grant = world.taken_over(mai, 500_000)
    here.open()
    here.pay(JULY, AUGUST)
    world.level(grant, JULY, 450_000)
    grants.decide_recovery(
        person=mai,
        slot="OWN_INCOME",
        amount_vnd=80_000,
        instalment_vnd=80_000,
        first_month=SEPTEMBER,
        signed=world.signed("2/QĐ-TH"),
    )

    assert here.pay(SEPTEMBER).totals.recoveries_vnd == -80_000
    taken = Line.objects.filter(kind=Kind.RECOVERY).order_by("month")
    assert [line.amount_vnd for line in taken] == [-50_000, -30_000]
    assert here.pay(OCTOBER).totals.recoveries_vnd == 0, "the decision is served"
    grants.decide_recovery(
        person=mai,
        slot="OWN_INCOME",
        amount_vnd=20_000,
        instalment_vnd=20_000,
        first_month=OCTOBER,
        signed=world.signed("3/QĐ-TH"),
    )
    world.dies(mai, NOVEMBER.first)
    november = here.pay(NOVEMBER)
    assert (november.totals.regular_vnd, november.totals.recoveries_vnd) == (450_000, 0)


def test_a_guardian_signs_for_the_month_and_the_heir_for_what_is_left() -> None:
    here = world.make()
    mai = here.person()
    grant = world.taken_over(mai)
    here.open()
    for month, kind, name in (
        (JULY, Recipient.Kind.GUARDIAN, "Bà Lan"),
        (AUGUST, Recipient.Kind.HEIR, "Anh Nam"),
    ):
        grants.name_recipient(
            grant=grant, from_month=month, kind=kind, at=cast.AT, by=None, unit=here.commune, name=name
        )

    here.pay(JULY)
    here.pay(AUGUST)

    signed = Line.objects.order_by("month").values_list("recipient_kind", "recipient_name")
    assert list(signed) == [("GUARDIAN", "Bà Lan"), ("HEIR", "Anh Nam")]


def test_a_district_pays_and_its_communes_have_lists() -> None:
    here = world.make()
    old = people.unit("01", Month(2024, 1))
    home = people.unit("00001", Month(2024, 1))
    mai = here.person(home=home)
    people.take_over(
        people.line(mai, "C6S", 660_000, "001"),
        month=Month(2024, 1),
        unit=old,
        at=people.RECORDED,
    )
    months = [Month(2024, 1), Month(2024, 2)]
    here.open(months[0], unit=old)

    here.pay(*months, unit=old)

    payroll = Payroll.objects.get()
    assert payroll.unit.code == "001"
    assert [(roll.commune_code, roll.total_vnd) for roll in payroll.rolls.all()] == [("00001", 1_320_000)]
    assert queries.summary(home, months).totals.total_vnd == 1_320_000
    assert queries.summary(payroll.unit, months).hash == queries.summary(home, months).hash


def test_a_district_has_a_list_a_commune_and_one_of_whoever_has_none() -> None:
    here = world.make()
    month = Month(2024, 1)
    old = people.unit("01", month)
    lists = {"001": 510_000, "00001": 520_000, "00004": 530_000}
    for code, amount in lists.items():
        somebody = here.person(home=people.unit(code, month))
        people.take_over(
            people.line(somebody, "C6S", amount, "001"), month=month, unit=old, at=people.RECORDED
        )
    here.open(month, unit=old)

    here.prepare(month, unit=old)

    rolls = Payroll.objects.get().rolls.order_by("commune_code")
    assert [(roll.commune_code, roll.total_vnd) for roll in rolls] == [
        ("", 510_000),
        ("00001", 520_000),
        ("00004", 530_000),
    ]


def test_after_the_merger_the_commune_pays_what_the_district_has_not() -> None:
    here = world.make()
    june, july = Month(2025, 6), Month(2025, 7)
    old = people.unit("01", june)
    home = people.unit("00001", june)
    mai = here.person(home=home)
    people.take_over(people.line(mai, "C6S", 500_000, "001"), month=june, unit=old, at=people.RECORDED)
    grant = Grant.objects.get(person=mai)
    here.open(june, unit=old)
    here.pay(june, unit=old)
    world.level(grant, june, 520_000)
    grants.follow_merger(unit=old, on=july.first, at=cast.AT)

    summary = here.pay(july, unit=old)

    assert (summary.totals.regular_vnd, summary.totals.arrears_vnd) == (520_000, 20_000)
    assert Payroll.objects.get(months__contains=july.first).unit.level == "COMMUNE"


def test_what_a_commune_owes_from_before_it_began_it_pays_once() -> None:
    here = world.make()
    june, july = Month(2025, 6), Month(2025, 7)
    old = people.unit("01", june)
    mai = here.person(home=people.unit("00001", june))
    people.take_over(people.line(mai, "C6S", 500_000, "001"), month=june, unit=old, at=people.RECORDED)
    here.open(june, unit=old)
    here.pay(june, unit=old)
    grants.follow_merger(unit=old, on=july.first, at=cast.AT)
    here.pay(july, unit=old)
    commune = Payroll.objects.get(months__contains=july.first).unit
    world.granted(here.person("Lê Văn Tám", home=commune), june, 540_000, unit=commune)

    paid = [here.pay(month, unit=old).totals.arrears_vnd for month in (july + 1, july + 2)]

    assert paid == [1_080_000, 0]


def test_a_commune_pays_from_before_it_began_also_when_the_account_was_opened_afterwards() -> None:
    here = world.make()
    world.taken_over(here.person())
    here.open(Month(2025, 5))

    assert here.pay(JULY).totals.arrears_vnd == 14 * 500_000


@pytest.mark.parametrize("amount", [540_000, 400_000])
def test_a_commune_that_restates_what_its_district_pays_later_still_pays_the_difference(amount: int) -> None:
    here = world.make()
    march, june = Month(2025, 3), Month(2025, 6)
    old, home = people.unit("01", june), people.unit("00001", june)
    mai, lan = here.person(home=home), here.person("Trần Thị Lan", home=home)
    for somebody in (mai, lan):
        people.take_over(
            people.line(somebody, "C6S", 500_000, "001"), month=march, unit=old, at=people.RECORDED
        )
    here.open(march, unit=old)
    here.pay(march, march + 1, march + 2, unit=old)
    grants.follow_merger(unit=old, on=Month(2025, 7).first, at=cast.AT)
    commune = geography.standing(home, on=Month(2025, 7).first).commune
    assert commune is not None
    world.stop(Grant.objects.get(person=mai), march)
    world.granted(mai, march, amount, unit=commune)
    world.level(
        Grant.objects.get(person=lan), march, 520_000, signed=world.decision(unit=commune, month=march)
    )

    here.pay(june, unit=old)
    here.pay(june + 1, unit=old)

    overpaid = queries.receivables(old, on=Month(2025, 7).first, known_at=world.clock())
    assert sum(world.booked(mai).values()) == (5 * amount if amount > 500_000 else 3 * 500_000 + 2 * amount)
    assert sum(one.excess_vnd for one in overpaid) == (0 if amount > 500_000 else 3 * (500_000 - amount))
    assert sum(world.booked(lan).values()) == 5 * 520_000


def test_a_month_made_up_later_hides_nothing_that_was_decided_about_the_month_after_it() -> None:
    here = world.make()
    world.taken_over(here.person())
    lan = here.person("Trần Thị Lan")
    here.open()
    here.pay(JULY)
    here.pay(SEPTEMBER)
    world.granted(lan, JULY, 540_000)
    here.pay(AUGUST)

    here.pay(OCTOBER)

    assert world.booked(lan) == {str(month): 540_000 for month in (JULY, AUGUST, SEPTEMBER, OCTOBER)}


def test_what_is_decided_later_about_a_month_skipped_is_paid_with_the_next_payroll() -> None:
    here = world.make()
    mai, lan = here.person(), here.person("Trần Thị Lan")
    grant = world.taken_over(mai)
    world.dies(mai, JULY.last)
    here.open()
    here.pay(JULY)
    here.pay(SEPTEMBER)
    world.revived(mai)
    world.level(grant, AUGUST, 540_000)
    world.granted(lan, AUGUST, 540_000)

    here.pay(OCTOBER)

    of_mai = {"2026-07": 500_000, "2026-08": 540_000, "2026-09": 540_000, "2026-10": 540_000}
    assert world.booked(mai) == of_mai
    assert world.booked(lan) == dict.fromkeys(list(of_mai)[1:], 540_000)


def test_an_account_opened_for_earlier_months_afterwards_has_a_month_skipped_looked_at_again() -> None:
    here = world.make()
    mai = here.person()
    world.taken_over(mai)
    here.open(SEPTEMBER)
    here.pay(OCTOBER)
    payments.open_account(unit=here.commune, month=AUGUST, by=here.hanh, at=cast.AT)

    here.pay(NOVEMBER)

    assert world.booked(mai) == {str(month): 500_000 for month in (AUGUST, SEPTEMBER, OCTOBER, NOVEMBER)}


def test_what_a_province_paid_before_it_became_a_city_is_counted_once() -> None:
    here = world.make()
    january, may = Month(2026, 1), Month(2026, 5)
    before, ward = people.unit("75", january), people.unit("25270", january)
    mai = here.person(home=ward)
    people.take_over(
        people.line(mai, "C6S", 500_000, "25270"), month=january, unit=before, at=people.RECORDED
    )
    here.open(january, unit=before)
    here.pay(*Month.range(january, january + 3), unit=before)
    city = people.unit("75", may)
    grants.follow_merger(unit=city, on=may.first, at=cast.AT)
    world.stop(Grant.objects.get(person=mai), january + 2)
    world.granted(mai, january + 2, 540_000, unit=people.unit("25270", may))

    here.pay(may, unit=city)

    assert sum(world.booked(mai).values()) == 2 * 500_000 + 3 * 540_000
    assert not queries.receivables(city, on=may.first, known_at=world.clock())


def test_hiv_stays_unseen_in_figures_and_trail() -> None:
    here = world.make()
    for category in ("C3", "C8", "C1"):
        world.taken_over(here.person(f"Người {category}"), 600_000, category)
    here.open()

    summary = here.pay(JULY)

    told = json.dumps(summary.as_json()) + str(list(Entry.objects.values_list("detail", flat=True)))
    assert "C3" not in told and "C8" not in told
    assert set(summary.by_group) == {"MONTHLY_ALLOWANCE"}
    assert summary.by_group["MONTHLY_ALLOWANCE"].people == 3
    shown = {shown for (shown,) in Roll.objects.get().groups.values_list("shown")}
    assert shown == {None, "MONTHLY_ALLOWANCE"}, "not even counted apart"


def test_everything_compares_all_months() -> None:
    here = two_communes()
    here.pay(JULY)

    assert here.draft(AUGUST, everything=True).totals.arrears_vnd == 0


def test_a_lasting_change_is_told_apart_by_its_hash() -> None:
    here = two_communes()
    before = here.pay(JULY)
    payroll = queries.payrolls_of(here.commune, Months(JULY, JULY))[0]
    assert queries.is_untouched(payroll)

    with connection.cursor() as cursor:
        cursor.execute("set role none")
        cursor.execute("alter table payments_line disable trigger user")
        cursor.execute(
            "update payments_line set name = 'Ai đó' where roll_id in (%s)", [payroll.rolls.get().pk]
        )
        cursor.execute("alter table payments_line enable trigger user")
        cursor.execute("set role ansinh_app")

    assert not queries.is_untouched(payroll)
    assert queries.summary(here.province, [JULY]).hash == before.hash
