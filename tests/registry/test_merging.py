"""Two files of one person: merged, and undone as a whole; the law is asked about them once."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from ansinh.accounts.models import Entry
from ansinh.accounts.operations import Cast
from ansinh.kernel.names import fold, given
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from ansinh.registry.models import Death, Double, Fact, Member, Merge, Person, Relation, SensitiveFact, Source
from ansinh.registry.queries import Asked, facts_frame, likely
from ansinh.rulebook.law import load
from tests import cast as people
from tests.desk import world

WHY = "Hai lần nhập, cùng sổ hộ khẩu"
LAW = load().month(Month(2026, 11), asked_on=dt.date(2026, 11, 5))
Frame = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
def pair(cast: Cast) -> tuple[Person, Person]:
    """Mai, entered twice: once with her number, once with what the village knows of her."""
    home = world.household("BD-1", people.commune(), "Tổ 1")
    mai = world.person(home, "Nguyễn Thị Mai", "001150000017", dt.date(1950, 6, 12))
    Person.objects.filter(pk=mai.pk).update(number=None)
    again = world.person(
        world.household("BD-2", people.commune(), "Tổ 2"),
        "Nguyen Thi Mai",
        "001150000018",
        dt.date(1950, 12, 6),
    )
    Person.objects.filter(pk=again.pk).update(old_number="012345678")
    child = world.person(home, "Trần Văn An", "001216000456", dt.date(2016, 8, 20), "M", 3)
    husband = world.person(home, "Trần Văn Ba", "001049000456", dt.date(1949, 8, 20), "M", 2)
    world.fact(mai, "pension", False, dt.date(2020, 1, 1))
    world.fact(again, "pension", True, dt.date(2015, 1, 1))
    world.fact(again, "disability", "SEVERE")
    world.fact(again, "hiv", True)
    world.tie(child, Relation.Kind.RAISED_BY, again)
    world.tie(child, Relation.Kind.MOTHER, again)
    world.tie(again, Relation.Kind.SPOUSE, husband)
    world.tie(husband, Relation.Kind.SPOUSE, again)
    return Person.objects.get(pk=mai.pk), Person.objects.get(pk=again.pk)


@pytest.fixture
def frame() -> Frame:
    """What the law is told of Phường Ba Đình, as known now."""

    def read() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            now = cursor.fetchone()
            assert now is not None
            cursor.execute(
                "create temporary table if not exists nothing_granted "
                "(person_id bigint, receiving int, on_allowance bool) on commit drop"
            )
            asked = facts_frame(people.commune(), LAW, known_at=now[0], granted="nothing_granted")
            cursor.execute(f"select * from ({asked}) frame order by person_id, day")
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    return read


def merged(pair: tuple[Person, Person], cast: Cast) -> Merge:
    return registry.merge(kept=pair[0], gone=pair[1], reason=WHY, by=cast.binh, at=people.AT)


def facts(person: Person) -> set[tuple[int, int, str, str | None]]:
    rows = Fact.objects.filter(person=person, superseded_at=None)
    return {
        (row.fact, row.value, str(row.valid_from), str(row.valid_to) if row.valid_to else None)
        for row in rows
    }


def test_what_only_the_other_knew_goes_over(pair: tuple[Person, Person], cast: Cast) -> None:
    kept, gone = pair
    before = facts(gone)
    merged(pair, cast)
    pension = [fact for fact in facts(kept) if fact[2:] == ("2015-01-01", "2020-01-01")]
    assert len(pension) == 1 and pension[0][1] == 1
    assert len(facts(kept)) == 3
    assert facts(gone) == before, "the history of the other stays readable"
    assert SensitiveFact.objects.filter(person=kept, superseded_at=None).count() == 1
    ties = set(Relation.objects.filter(superseded_at=None).values_list("person__name", "kind", "other_id"))
    husband = Person.objects.get(name="Trần Văn Ba").pk
    assert ties == {
        ("Trần Văn An", 6, kept.pk), ("Trần Văn An", 2, kept.pk),
        ("Trần Văn Ba", 3, kept.pk), ("Nguyễn Thị Mai", 3, husband),
    }  # fmt: skip
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.number, kept.old_number, gone.number) == ("001150000018", "012345678", None)


def test_the_law_is_asked_once_and_as_before_when_it_is_undone(
    pair: tuple[Person, Person], cast: Cast, frame: Frame
) -> None:
    kept, gone = pair
    before = frame()
    assert {kept.pk, gone.pk} <= {row[0] for row in before}
    done = merged(pair, cast)
    after = frame()
    assert gone.pk not in {row[0] for row in after} and after != before
    registry.unmerge(merged=done, reason="Hai chị em sinh đôi", by=cast.binh, at=people.AT)
    assert frame() == before
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.number, gone.number, gone.old_number) == (None, "001150000018", "012345678")
    assert Double.objects.get().status == "OPEN"
    assert set(Entry.objects.values_list("action", flat=True)) >= {"merge_persons", "unmerge_persons"}
    again = merged(pair, cast)
    assert frame() == after
    registry.unmerge(merged=again, reason="Nhầm lần nữa", by=cast.binh, at=people.AT)
    assert frame() == before


def test_a_merge_is_an_entry_that_is_taken_back_like_any_other(
    pair: tuple[Person, Person], cast: Cast, frame: Frame
) -> None:
    kept, _ = pair
    before = frame()
    done = merged(pair, cast)
    made = Source.objects.get(pk=done.source_id)
    assert (made.recorded_at, made.about, made.reason) == (done.recorded_at, kept, WHY)
    undone = registry.undo_entry(source=made, reason="Hai chị em", by=cast.binh, at=people.AT)
    assert frame() == before
    assert (undone.undoes, undone.about, undone.reason) == (made, kept, "Hai chị em")
    done.refresh_from_db()
    assert (done.superseded_at, done.undone_by) == (undone.recorded_at, cast.binh)
    with pytest.raises(Refusal, match="đã được huỷ"):
        registry.undo_entry(source=made, reason="Lần nữa", by=cast.binh, at=people.AT)


def test_what_was_said_after_the_merge_stays_when_it_is_undone(
    pair: tuple[Person, Person], cast: Cast
) -> None:
    done = merged(pair, cast)
    registry.record_fact(
        person=pair[0],
        fact="disability",
        value="EXTREME",
        valid_from=dt.date(2026, 3, 1),
        by=cast.binh,
        at=people.AT,
    )
    registry.unmerge(merged=done, reason="Gộp nhầm", by=cast.binh, at=people.AT)
    later = [fact for fact in facts(pair[0]) if fact[2] == "2026-03-01"]
    assert len(later) == 1
    assert not Fact.objects.filter(person=pair[0], superseded_at=None, source=done.source).exists()


def test_somebody_without_a_household_takes_the_others(
    pair: tuple[Person, Person], cast: Cast, frame: Frame
) -> None:
    kept, _ = pair
    Member.objects.filter(person=kept).update(superseded_at=people.AT)
    before = frame()
    done = merged(pair, cast)
    assert Member.objects.get(person=kept, superseded_at=None).household.code == "BD-2"
    registry.unmerge(merged=done, reason="Gộp nhầm", by=cast.binh, at=people.AT)
    assert frame() == before and not Member.objects.filter(person=kept, superseded_at=None).exists()


def test_a_death_goes_over_and_two_days_of_death_do_not(pair: tuple[Person, Person], cast: Cast) -> None:
    kept, gone = pair
    registry.record_death(person=gone, died_on=dt.date(2026, 9, 1), by=cast.binh, at=people.AT)
    done = merged(pair, cast)
    assert Death.objects.get(person=kept, superseded_at=None).died_on == dt.date(2026, 9, 1)
    registry.unmerge(merged=done, reason="Gộp nhầm", by=cast.binh, at=people.AT)
    assert not Death.objects.filter(person=kept, superseded_at=None).exists()
    registry.record_death(person=kept, died_on=dt.date(2026, 9, 2), by=cast.binh, at=people.AT)
    with pytest.raises(Refusal, match="hai ngày chết"):
        merged(pair, cast)
    assert Member.objects.filter(person=gone, superseded_at=None).exists(), "nothing is half merged"


def test_what_cannot_be_merged_is_refused(pair: tuple[Person, Person], cast: Cast) -> None:
    kept, gone = pair
    told: dict[str, Any] = {"by": cast.binh, "at": people.AT}
    with pytest.raises(Refusal, match="lý do"):
        registry.merge(kept=kept, gone=gone, reason=" ", **told)
    with pytest.raises(Refusal, match="là một"):
        registry.merge(kept=kept, gone=kept, reason=WHY, **told)
    done = merged(pair, cast)
    other = Person.objects.get(name="Trần Văn Ba")
    with pytest.raises(Refusal, match="đã được gộp"):
        registry.merge(kept=other, gone=gone, reason=WHY, **told)
    with pytest.raises(Refusal, match="đã được gộp"):
        registry.merge(kept=gone, gone=other, reason=WHY, **told)
    chained = registry.merge(kept=other, gone=kept, reason=WHY, **told)
    with pytest.raises(Refusal, match="lần gộp sau trước"):
        registry.unmerge(merged=done, reason=WHY, **told)
    for merge in (chained, done):
        registry.unmerge(merged=merge, reason=WHY, **told)
    with pytest.raises(Refusal, match="đã được huỷ"):
        registry.unmerge(merged=done, reason=WHY, **told)


def test_the_queue_proposes_a_pair_until_it_is_decided(pair: tuple[Person, Person], cast: Cast) -> None:
    kept, gone = pair

    def found() -> int:
        return registry.find_doubles(unit=people.province(), on=people.TODAY, at=people.AT)

    assert found() == 1
    double = Double.objects.get()
    assert (double.first, double.second, double.unit) == (kept, gone, people.commune())
    assert {"SAME_NAME_WITHOUT_TONES", "DAY_AND_MONTH_SWAPPED"} <= set(double.reasons)
    registry.say_different(one=gone, other=kept, reason="Hai chị em", by=cast.binh, at=people.AT)
    assert found() == 0 and Double.objects.get().status == "DIFFERENT"
    merged(pair, cast)
    assert found() == 0 and Double.objects.get().status == "MERGED"
    assert gone.pk not in {one.person_id for one in likely(_asked(gone), on=people.TODAY, least=-99)}


def test_a_pair_of_two_communes_goes_to_their_province(pair: tuple[Person, Person], cast: Cast) -> None:
    world.person(
        world.household("NH-1", people.neighbour(), "Tổ 9"),
        "Nguyễn Thị Mai",
        "036150000018",
        dt.date(1950, 6, 12),
    )
    registry.find_doubles(unit=people.commune(), on=people.TODAY, at=people.AT)
    assert set(Double.objects.values_list("unit__code", flat=True)) >= {people.PROVINCE}


def _asked(person: Person) -> Asked:
    name = person.name
    return Asked(
        name=name, folded=fold(name), given_folded=fold(given(name)), sex="F", born=person.born,
        born_precision="D", number=person.number, unit=people.commune().pk,
    )  # fmt: skip


def test_who_enters_somebody_sees_files_here_and_only_the_unit_elsewhere(
    pair: tuple[Person, Person], cast: Cast
) -> None:
    asked = _asked(pair[1])
    here = registry.check_entry(asked=asked, on=people.TODAY, at=people.AT, by=cast.binh)
    assert {one.person_id for one in here.here} == {person.pk for person in pair} and here.elsewhere == ()
    assert not Entry.objects.filter(action="meet_outside").exists()
    there = registry.check_entry(asked=asked, on=people.TODAY, at=people.AT, by=cast.dung)
    assert there.here == () and [one.unit for one in there.elsewhere] == [people.commune()]
    entry = Entry.objects.get(action="meet_outside")
    assert (entry.who, entry.detail["units"]) == (cast.dung, [people.COMMUNE])
    registry.check_entry(asked=asked, on=people.TODAY, at=people.AT, by=cast.dung)
    assert Entry.objects.filter(action="meet_outside").count() == 1, "the same question is not counted twice"
    for other in (replace(asked, old_number=f"{number:09}") for number in range(19)):
        registry.check_entry(asked=other, on=people.TODAY, at=people.AT, by=cast.dung)
    asked = replace(asked, sex="M")
    with pytest.raises(Refusal, match="địa bàn khác"):
        registry.check_entry(asked=asked, on=people.TODAY, at=people.AT, by=cast.dung)
    hour = people.AT + dt.timedelta(hours=1)
    assert registry.check_entry(asked=asked, on=people.TODAY, at=hour, by=cast.dung).elsewhere
