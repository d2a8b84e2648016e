"""The account of a person and month: owed − booked, whatever happens in between (tài khoản)."""

import datetime as dt

import pytest

from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import operations as payments
from ansinh.payments import queries
from ansinh.payments.logic import Months
from ansinh.payments.models import Kind, Line
from tests import cast
from tests.payments import world
from tests.payments.world import AUGUST, JULY, OCTOBER, SEPTEMBER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]


def test_the_months_named_are_paid_and_add_up() -> None:
    here = world.make()
    mai, lan = here.person(), here.person("Trần Thị Lan", home=here.neighbour)
    world.taken_over(mai, 1_000_000)
    world.taken_over(lan, 500_000, holder=cast.NEIGHBOUR)
    here.open()

    summary = here.pay(JULY)

    assert summary.totals.as_json() == {
        "people": 2,
        "lines": 2,
        "regular_vnd": 1_500_000,
        "arrears_vnd": 0,
        "recoveries_vnd": 0,
        "one_off_vnd": 0,
        "total_vnd": 1_500_000,
    }
    assert summary.status == "APPROVED"
    assert world.booked(mai) == {"2026-07": 1_000_000}
    assert queries.summary(here.commune, [JULY]).totals.total_vnd == 1_000_000


def test_months_paid_together_are_two_lines_of_one_payroll() -> None:
    here = world.make()
    mai = here.person()
    world.taken_over(mai)
    here.open()

    summary = here.pay(JULY, AUGUST)

    assert (summary.totals.people, summary.totals.lines, summary.totals.regular_vnd) == (1, 2, 1_000_000)
    assert world.booked(mai) == {"2026-07": 500_000, "2026-08": 500_000}
    with pytest.raises(Refusal, match="chi gộp 07/2026–08/2026"):
        queries.summary(here.province, [JULY])


def test_a_late_level_makes_arrears_for_every_month_it_touches() -> None:
    here = world.make()
    mai = here.person()
    grant = world.taken_over(mai, 500_000)
    here.open()
    for month in (JULY, AUGUST, SEPTEMBER):
        here.pay(month)
    world.level(grant, JULY, 540_000)

    summary = here.pay(OCTOBER)

    assert (summary.totals.regular_vnd, summary.totals.arrears_vnd) == (540_000, 120_000)
    assert world.booked(mai) == {f"2026-{n:02}": 540_000 for n in (7, 8, 9, 10)}
    arrears = Line.objects.filter(person_id=mai.pk, kind=Kind.ARREARS).order_by("month")
    assert [(line.seq, line.owed_vnd, line.booked_before_vnd) for line in arrears] == [
        (1, 540_000, 500_000)
    ] * 3


def test_a_month_never_covered_is_arrears_of_the_next_payroll() -> None:
    here = world.make()
    mai = here.person()
    world.taken_over(mai)
    here.open()

    summary = here.pay(SEPTEMBER)

    assert (summary.totals.regular_vnd, summary.totals.arrears_vnd) == (500_000, 1_000_000)


def test_nothing_is_owed_for_the_months_before_the_account_opened() -> None:
    here = world.make()
    mai = here.person()
    grant = world.taken_over(mai)  # since 2019
    here.open()
    assert here.pay(JULY).totals.arrears_vnd == 0
    world.level(grant, Month(2026, 5), 600_000)

    summary = here.pay(AUGUST)

    assert summary.totals.arrears_vnd == 3 * 100_000, "May and June by the new decision, and July"
    assert world.booked(mai) == {
        "2026-05": 100_000,
        "2026-06": 100_000,
        "2026-07": 600_000,
        "2026-08": 600_000,
    }


def test_it_does_not_matter_whether_the_account_or_the_list_came_first() -> None:
    here = world.make()
    here.open()
    mai = here.person()
    grant = world.taken_over(mai)
    assert here.pay(JULY).totals.arrears_vnd == 0
    world.level(grant, Month(2026, 6), 600_000)

    assert here.pay(AUGUST).totals.arrears_vnd == 200_000


def test_a_right_decided_later_from_before_the_opening_is_owed() -> None:
    here = world.make()
    world.taken_over(here.person("Ai Đó"))
    here.open()
    here.pay(JULY)
    mai = here.person()
    world.granted(mai, Month(2026, 5), 540_000)

    here.pay(AUGUST)

    assert world.booked(mai) == {f"2026-{n:02}": 540_000 for n in (5, 6, 7, 8)}


def test_settled_months_owe_nothing_until_a_decision_touches_them() -> None:
    here = world.make()
    mai = here.person()
    grant = world.taken_over(mai)
    here.open()
    here.pay(JULY)
    payments.settle(
        unit=here.province, months=[AUGUST, SEPTEMBER], basis="Bảng kê đã chi", by=here.hanh, at=cast.AT
    )
    assert here.draft(OCTOBER).totals.arrears_vnd == 0
    world.level(grant, SEPTEMBER, 540_000)

    summary = here.pay(OCTOBER, replace=True)

    assert summary.totals.arrears_vnd == 40_000
    line = Line.objects.get(person_id=mai.pk, kind=Kind.ARREARS)
    assert (line.owed_vnd, line.booked_before_vnd, line.seq) == (540_000, 500_000, 0)


def test_settled_months_know_that_one_right_took_the_place_of_another() -> None:
    here = world.make()
    mai = here.person()
    old = world.taken_over(mai, 500_000, "C5C")
    here.open()
    payments.settle(unit=here.province, months=[JULY, AUGUST], basis="đã chi", by=here.hanh, at=cast.AT)
    world.stop(old, AUGUST)
    world.granted(mai, AUGUST, 540_000, "SP75")

    here.pay(SEPTEMBER)

    assert world.booked(mai) == {"2026-08": 40_000, "2026-09": 540_000}


def test_a_death_holds_payment_at_once_and_the_month_of_death_is_owed() -> None:
    here = world.make()
    mai = here.person()
    world.taken_over(mai)
    here.open()
    here.pay(JULY)
    world.dies(mai, dt.date(2026, 8, 3))

    assert here.pay(AUGUST).totals.regular_vnd == 500_000
    summary = here.pay(SEPTEMBER)
    assert (summary.totals.lines, summary.held_people, summary.held_vnd) == (0, 1, 500_000)

    world.revived(mai)
    assert here.pay(OCTOBER).totals.arrears_vnd == 500_000


def test_what_was_overpaid_is_a_receivable_and_nothing_more() -> None:
    here = world.make()
    mai = here.person()
    grant = world.taken_over(mai)
    here.open()
    here.pay(JULY)
    here.pay(AUGUST)
    world.stop(grant, AUGUST)

    summary = here.pay(SEPTEMBER)

    assert (summary.totals.lines, summary.totals.recoveries_vnd) == (0, 0)
    (over,) = queries.receivables(here.province, on=world.DAY, known_at=dt.datetime.now(dt.UTC))
    assert (over.person_id, over.month, over.excess_vnd, over.dead) == (mai.pk, AUGUST, 500_000, False)


def test_running_again_gives_the_same_hash() -> None:
    here = world.make()
    mai = here.person()
    world.taken_over(mai)
    here.open()

    first = here.draft(JULY).hash

    assert here.draft(JULY, replace=True).hash == first
    assert len(first) == 64


def test_renaming_somebody_changes_no_old_list() -> None:
    here = world.make()
    mai = here.person()
    world.taken_over(mai)
    here.open()
    before = here.pay(JULY)
    mai.name = "Nguyễn Thị Mai Hoa"
    mai.save()

    assert Line.objects.get(person_id=mai.pk).name == "Nguyễn Thị Mai"
    assert queries.summary(here.province, [JULY]).hash == before.hash
    assert all(queries.is_untouched(payroll) for payroll in queries.payrolls_of(here.province, _of(JULY)))


def _of(month: Month) -> Months:
    return Months(month, month)
