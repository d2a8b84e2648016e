"""Whatever is decided, recorded and approved, in whatever order: in the end booked is owed (tài khoản)."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from ansinh.grants import operations as grants
from ansinh.grants import queries as granted
from ansinh.grants.models import Grant
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import queries
from ansinh.payments.logic import Months
from ansinh.payments.models import Line, Slot
from ansinh.registry.models import Person
from tests.payments import world
from tests.payments.world import JULY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]

PEOPLE = 3
MONTHS = 5
which = st.integers(0, PEOPLE - 1)
month = st.integers(-2, MONTHS - 1)
amount = st.sampled_from([300_000, 500_000, 540_000, 810_000])
ACTIONS = st.one_of(
    st.tuples(st.just("grant"), which, month, amount),
    st.tuples(st.just("level"), which, month, amount),
    st.tuples(st.just("stop"), which, month, amount),
    st.tuples(st.just("death"), which, month, amount),
    st.tuples(st.just("revived"), which, month, amount),
    st.tuples(st.just("recover"), which, month, amount),
    st.tuples(st.just("pay"), which, month, amount),
    st.tuples(st.just("pay"), which, month, amount),
    st.tuples(st.just("skip"), which, month, amount),
    st.tuples(st.just("pay_late"), which, month, amount),
)


@dataclass
class Story:
    """What has happened so far: `paid` months have been booked, or skipped and are among the `skipped`."""

    here: world.World
    people: list[Person]
    paid: int = 0
    skipped: list[int] = field(default_factory=list)
    recoveries: dict[int, int] = field(default_factory=dict)

    def act(self, what: str, who: int, offset: int, vnd: int) -> None:
        getattr(self, what)(self.people[who], JULY + offset, vnd)

    def grant(self, somebody: Person, month: Month, vnd: int) -> None:
        world.granted(somebody, month, vnd)

    def level(self, somebody: Person, month: Month, vnd: int) -> None:
        grant = self._running(somebody)
        if grant and month.first >= grant.months.lower:
            world.level(grant, month, vnd)

    def stop(self, somebody: Person, month: Month, vnd: int) -> None:
        if grant := self._running(somebody):
            world.stop(grant, month)

    def death(self, somebody: Person, month: Month, vnd: int) -> None:
        world.dies(somebody, month.first)

    def revived(self, somebody: Person, month: Month, vnd: int) -> None:
        world.revived(somebody)

    def recover(self, somebody: Person, month: Month, vnd: int) -> None:
        signed = world.signed(f"{somebody.pk}-{len(self.recoveries)}-{month}")
        grants.decide_recovery(
            person=somebody, slot="OWN_INCOME", amount_vnd=vnd, instalment_vnd=vnd // 3,
            first_month=JULY, signed=signed,
        )  # fmt: skip
        self.recoveries[somebody.pk] = self.recoveries.get(somebody.pk, 0) + vnd

    def pay(self, somebody: Person, month: Month, vnd: int) -> None:
        if self.paid < MONTHS - 1:  # the last payroll is the end of the story
            self.book()

    def skip(self, somebody: Person, month: Month, vnd: int) -> None:
        if self.paid < MONTHS - 1:
            self.skipped.append(self.paid)
            self.paid += 1

    def pay_late(self, somebody: Person, month: Month, vnd: int) -> None:
        if self.skipped:
            self._book(JULY + self.skipped.pop(vnd % len(self.skipped)))

    def book(self) -> None:
        self._book(JULY + self.paid)
        self.paid += 1

    def _book(self, month: Month) -> None:
        draft = self.here.draft(month)
        assert self.here.draft(month, replace=True).hash == draft.hash
        self.here.approve(month)

    def _running(self, somebody: Person) -> Grant | None:
        return Grant.objects.filter(person=somebody, ended_by=None).first()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # a payroll takes long: do not shrink
)
@given(actions=st.lists(ACTIONS, min_size=3, max_size=14))
def test_in_the_end_booked_is_owed(actions: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        here = world.make()
        story = Story(here, [here.person(f"Người {n}") for n in range(PEOPLE)])
        world.taken_over(story.people[0], 500_000)
        world.taken_over(here.person("Người Khác"), 500_000)
        here.open()
        for action in actions:
            try:
                with transaction.atomic():
                    story.act(*action)
                    note(f"{action}")
            except Refusal as refusal:
                note(f"{action}: {refusal}")
            except Exception as error:
                if "once_per_person_slot" not in str(error) and "dies_twice" not in str(error):
                    raise
        while story.paid < MONTHS:
            story.book()
        _check(story)
        transaction.set_rollback(True)


def _check(story: Story) -> None:
    months = [JULY + offset for offset in range(-2, MONTHS)]
    over = {
        (one.person_id, one.slot, one.month): one.excess_vnd
        for one in queries.receivables(story.here.province, on=world.DAY, known_at=world.clock())
    }
    for somebody in story.people:
        for month in months:
            owed, decided = _owed(somebody, month)
            lines = list(Line.objects.filter(person_id=somebody.pk, month=month.first).order_by("seq"))
            booked = _settled(story, somebody, month) + sum(line.amount_vnd for line in lines)
            assert [line.seq for line in lines] == list(range(len(lines)))
            assert booked >= owed, f"{month}: {booked} booked, {owed} owed"
            excess = over.get((somebody.pk, Slot.OWN_INCOME, month), 0)
            assert excess == max(0, booked - decided), f"{month}: {booked} booked, {decided} decided"
        taken = -sum(line.amount_vnd for line in Line.objects.filter(person_id=somebody.pk, amount_vnd__lt=0))
        assert taken <= story.recoveries.get(somebody.pk, 0)
    for payroll in queries.payrolls_of(story.here.province, Months(JULY, JULY + MONTHS)):
        assert payroll.total_vnd >= 0
        assert queries.is_untouched(payroll)


def _settled(story: Story, somebody: Person, month: Month) -> int:
    """What counts as settled before the account opened: what the list taken over said."""
    return 500_000 if somebody == story.people[0] and month < JULY else 0


def _owed(somebody: Person, month: Month) -> tuple[int, int]:
    """What is owed somebody now, and what it would be but for a death."""
    wanted = (
        f"(select id as grant_id, date '{month.first}' as month "
        f"from grants_grant where person_id = {somebody.pk})"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(amount_vnd), 0), coalesce(sum(decided_vnd), 0) "
            f"from ({granted.owed_sql(wanted, granted.instant(dt.datetime(2100, 1, 1, tzinfo=dt.UTC)))}) owed"
        )
        row = cursor.fetchone()
    return int(row[0]), int(row[1])
