"""Is somebody in the register already: numbers, names without tones, dates exchanged, the commune."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.db import connection

from ansinh.db import bulk
from ansinh.geography import queries as geography
from ansinh.kernel.names import fold, given, sort_key
from ansinh.registry.models import Household, HouseholdResidence, Member, Person, Source, Whereabouts
from ansinh.registry.queries import Asked, likely, matches_sql
from ansinh.registry.queries.reasons import REASONS, weighed

TODAY = dt.date(2026, 10, 6)
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
BA_DINH, NGOC_HA = "00004", "00008"

Known = Callable[..., Person]


def unit(code: str) -> int:
    return geography.unit(code=code, on=TODAY).pk


@pytest.fixture
def known(units: None) -> Known:
    source = Source.objects.create(kind=Source.Kind.SCREEN, name="thử", at=AT)

    def make(
        name: str, born: str = "1950-06-15", code: str = BA_DINH, village: str = "", **fields: Any
    ) -> Person:
        key = f"{name}/{Person.objects.count()}"
        person = Person.objects.create(
            key=key, source=source, name=name, folded=fold(name), given_folded=fold(given(name)),
            sort_key=sort_key(name), born=dt.date.fromisoformat(born),
            **{"born_precision": "D", "sex": "F", **fields},
        )  # fmt: skip
        told: dict[str, Any] = {"source": source, "recorded_at": AT, "valid_from": dt.date(2025, 7, 1)}
        home = Household.objects.create(code=key, source=source)
        HouseholdResidence.objects.create(household=home, unit_id=unit(code), village=village, **told)
        Member.objects.create(person=person, household=home, role=1, **told)
        return person

    return make


def asked(name: str, born: str | None = "1950-06-15", **fields: Any) -> Asked:
    return Asked(
        name=name,
        folded=fold(name),
        given_folded=fold(given(name)),
        born=dt.date.fromisoformat(born) if born else None,
        **{"born_precision": "D", "sex": "F", **fields},
    )


def reasons(person: Person, who: Asked) -> set[str]:
    found = {one.person_id: set(one.reasons) for one in likely(who, on=TODAY, least=-99)}
    return found.get(person.pk, set())


def test_the_same_number_is_enough_whatever_else_is_said(known: Known) -> None:
    mai = known("Nguyễn Thị Mai", number="001150000017")
    found = likely(asked("Nguyễn T. Mai", None, number="001150000017"), on=TODAY)
    assert [one.person_id for one in found] == [mai.pk]
    assert "SAME_NUMBER" in found[0].reasons
    assert "cùng số định danh (+40)" in found[0].words


@pytest.mark.parametrize(
    ("typed", "born", "code"),
    [
        ("Nguyen Thi Mai", "1950-06-12", "SAME_NAME_WITHOUT_TONES"),
        ("Nguyễn Thị Mai", "1950-12-06", "DAY_AND_MONTH_SWAPPED"),
        ("Nguyễn Thị Mai", "1950-06-21", "BIRTH_ALMOST"),
        ("Nguyễn Thị Mai", "1951-06-12", "YEAR_ALMOST"),
        ("Nguyễn Thi Mài", "1950-06-12", "SAME_BIRTH"),
        ("Nguyễn Thịi Mai", "1950-06-12", "NAME_ALMOST"),
    ],
)
def test_slips_of_the_pen_are_seen_through(known: Known, typed: str, born: str, code: str) -> None:
    mai = known("Nguyễn Thị Mai", "1950-06-12")
    told = reasons(mai, asked(typed, born, unit=unit(BA_DINH)))
    assert code in told and "SAME_COMMUNE" in told
    assert mai.pk in {one.person_id for one in likely(asked(typed, born, unit=unit(BA_DINH)), on=TODAY)}


def test_a_number_typed_wrongly_is_almost_the_same(known: Known) -> None:
    mai = known("Nguyễn Thị Mai", number="001150000017")
    assert "NUMBER_ALMOST" in reasons(mai, asked("Nguyễn Thị Mai", number="001150000071"))
    assert "OTHER_NUMBER" in reasons(mai, asked("Nguyễn Thị Mai", number="036150777888"))


def test_another_person_of_that_name_is_not_likely(known: Known) -> None:
    for number in range(20):
        known("Nguyễn Thị Mai", "1950-06-12", number=f"0011500001{number:02}")
    for other in (asked("Nguyễn Thị Mai", "1987-03-01"), asked("Nguyễn Thị Mai", "1950-06-12", sex="M")):
        assert likely(other, on=TODAY) == []


def test_the_rarer_a_name_the_more_it_says(known: Known) -> None:
    alone = known("Khuất Thị Nhớn", "1950-06-12")
    assert {"BEARERS_4", "BEARERS_OF_YEAR_2"} <= reasons(alone, asked("Khuất Thị Nhớn", "1950-06-12"))
    for _ in range(8):
        known("Khuất Thị Nhớn", "1950-02-11")
    told = reasons(alone, asked("Khuất Thị Nhớn", "1950-06-12"))
    assert {"BEARERS_16", "BEARERS_OF_YEAR_16"} <= told
    words = likely(asked("Khuất Thị Nhớn", "1950-06-12"), on=TODAY)[0].words
    assert "cả sổ không quá 16 người mang họ tên này (+4)" in words
    near = known("Khuất Thị Nhớn", "1951-01-01", born_precision="Y")
    year_only = asked("Khuất Thị Nhơn", "1950-01-01", born_precision="Y")
    assert "NEXT_YEAR" in reasons(near, year_only)
    assert "SAME_YEAR_ONE_DAY" in reasons(alone, year_only)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("NGUYỄN THỊ HOÀ", "SAME_NAME"),
        ("Nguyen Thi Hoa", "SAME_NAME_WITHOUT_TONES"),
        ("Nguyễn Thi Hòa", "SAME_NAME_WITHOUT_TONES"),
        ("Nguyễn Thị Hoa", "SAME_NAME_WITHOUT_TONES"),
        ("Nguyễn Thị Hóa", "OTHER_TONES"),
        ("Nguiễn Thị Hòa", "SAME_SOUND"),
        ("Nguiễn Thị Hóa", "SOUND_OF_OTHER_TONES"),
        ("Ngyễn Thị Hòa", "NAME_ALMOST"),
        ("Nguyễn Thị Hoài", "NAME_ALMOST_OTHER_TONES"),
        ("Nguyễn Hòa", "SAME_BUT_FOR_A_WORD"),
        ("Nguyễn Thị Kim Hòa", "SAME_BUT_FOR_A_WORD"),
        ("Nguyễn Văn Hòa", "SAME_SURNAME_AND_GIVEN"),
    ],
)
def test_the_tones_of_a_name_tell_a_slip_from_another_name(known: Known, typed: str, code: str) -> None:
    hoa = known("Nguyễn Thị Hòa", "1950-06-12")
    assert code in reasons(hoa, asked(typed, "1950-06-12", unit=unit(BA_DINH)))


@pytest.mark.parametrize(
    ("typed", "born", "number", "code"),
    [
        ("Nguyễn Thị Mai", "1951-06-12", "001150999999", "SAME_HEAD_OTHER_YEAR"),
        ("Nguyễn Thị Mai", "1950-06-12", "001150999999", "SAME_HEAD_OF_NUMBER"),
        ("Ngyễn Thị Mai", "1951-06-12", None, "YEAR_ALMOST"),
        ("Ngyễn Thị Lụa", "1949-01-01", "001150000071", "NUMBER_ALMOST"),
    ],
)
def test_two_slips_at_once_are_seen_through(
    known: Known, typed: str, born: str, number: str | None, code: str
) -> None:
    mai = known("Nguyễn Thị Mai", "1950-06-12", number="001150000017")
    assert code in reasons(mai, asked(typed, born, number=number))


def test_the_village_told_at_entry_counts(known: Known) -> None:
    mai = known("Nguyễn Thị Mai", village="Tổ 5")
    assert "SAME_VILLAGE" in reasons(mai, asked("Nguyễn Thị Mai", unit=unit(BA_DINH), village="tổ 5"))
    assert not {"SAME_VILLAGE", "SAME_COMMUNE"} & reasons(
        mai, asked("Nguyễn Thị Mai", unit=unit(BA_DINH), village="Tổ 6")
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Nguyễn Thị Sy", "SAME_SOUND"),
        ("Nguyễn Ngọc Si", "SAME_SURNAME_AND_GIVEN"),
        ("Nguyễn Thị Ngọc Si", "SAME_BUT_FOR_A_WORD"),
    ],
)
def test_a_name_written_as_it_is_heard_is_found(known: Known, typed: str, code: str) -> None:
    si = known("Nguyễn Thị Si", "1950-01-01")
    assert code in reasons(si, asked(typed, "1950-01-01", unit=unit(BA_DINH)))


def test_a_surname_written_as_it_is_heard_is_found_beside_a_wrong_year(known: Known) -> None:
    mai = known("Nguyễn Thị Mai", "1950-06-12")
    assert {"SAME_SOUND", "YEAR_ALMOST"} <= reasons(mai, asked("Nguiễn Thị Mai", "1951-06-12"))


def test_names_that_differ_are_told_apart_by_how_they_sound(known: Known) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select sounding(name) from unnest(array['nguyen thi ly', 'le thi na', 'ho nhan']) name"
        )
        assert [row[0] for row in cursor.fetchall()] == ["nguien ti li", "le ti la", "o nan"]


def test_a_whole_list_is_asked_about_in_one_statement(known: Known) -> None:
    mai, lan = known("Nguyễn Thị Mai", number="001150000017"), known("Vũ Thị Lan", "1972-12-01", NGOC_HA)
    rows = [
        (7, mai.number, "Mai", None),
        (8, None, "Vu Thi Lan", dt.date(1972, 1, 12)),
        (9, None, "Ai Đó", None),
    ]
    bulk.temp_table(
        "incoming",
        pl.DataFrame(
            [
                {
                    "row_no": row, "number": number, "old_number": None, "name": name, "folded": fold(name),
                    "given_folded": fold(given(name)), "born": born, "born_precision": born and "D",
                    "sex": None, "unit": unit(NGOC_HA),
                }
                for row, number, name, born in rows
            ],
            schema={
                "row_no": pl.Int64, "number": pl.String, "old_number": pl.String, "name": pl.String,
                "folded": pl.String, "given_folded": pl.String, "born": pl.Date, "born_precision": pl.String,
                "sex": pl.String, "unit": pl.Int64,
            },
        ),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(matches_sql("pg_temp.incoming", on=TODAY))
        found = {row[0]: (row[1], row[4]) for row in cursor.fetchall()}
    assert found == {7: (mai.pk, unit(BA_DINH)), 8: (lan.pk, unit(NGOC_HA))}


def test_every_reason_has_points_and_words() -> None:
    assert all(str(reason.label) and isinstance(reason.points, int) for reason in REASONS.values())
    assert weighed(("OTHER_SEX", "SAME_YEAR", "SAME_BIRTH")) == [
        "cùng ngày sinh (+8)",
        "cùng năm sinh, cả hai không rõ ngày (0)",
        "khác giới tính (−10)",
    ]


def test_whereabouts_follow_every_move(known: Known) -> None:
    mai = known("Nguyễn Thị Mai", number="001150000017", village="Tổ 1")
    assert _places(mai) == [(unit(BA_DINH), dt.date(2025, 7, 1), None)]
    home = HouseholdResidence.objects.get(household__code=mai.key)
    HouseholdResidence.objects.filter(pk=home.pk).update(superseded_at=AT)
    told: dict[str, Any] = {
        "household": home.household,
        "source": home.source,
        "recorded_at": AT,
        "village": "",
    }
    moved = dt.date(2026, 3, 1)
    HouseholdResidence.objects.create(unit=home.unit, valid_from=home.valid_from, valid_to=moved, **told)
    HouseholdResidence.objects.create(unit_id=unit(NGOC_HA), valid_from=moved, **told)
    assert _places(mai) == [
        (unit(BA_DINH), dt.date(2025, 7, 1), moved),
        (unit(NGOC_HA), moved, None),
    ]
    Person.objects.filter(pk=mai.pk).update(old_number="012345678")
    assert set(Whereabouts.objects.values_list("digits", flat=True)) == {"001150000017 012345678"}
    Member.objects.filter(person=mai).update(superseded_at=AT)
    assert _places(mai) == []


def test_whereabouts_follow_a_list_as_they_follow_each(known: Known) -> None:
    """More than a thousand rows at once are found by other means than a few."""
    others, many = known("Trần Văn Hai"), 1_100
    source = Source.objects.get()
    people = Person.objects.bulk_create(
        Person(key=f"p{n}", source=source, name="Nguyễn Thị Mai", folded="nguyen thi mai", sex="F")
        for n in range(many)
    )
    homes = Household.objects.bulk_create(Household(code=f"h{n}", source=source) for n in range(many))
    began, moved = dt.date(2025, 7, 1), dt.date(2026, 3, 1)
    told: dict[str, Any] = {"source": source, "recorded_at": AT}

    def live(code: str, since: dt.date, until: dt.date | None) -> None:
        HouseholdResidence.objects.bulk_create(
            HouseholdResidence(household=home, unit_id=unit(code), valid_from=since, valid_to=until, **told)
            for home in homes
        )

    live(BA_DINH, began, None)
    Member.objects.bulk_create(
        Member(person=person, household=home, role=1, valid_from=began, **told)
        for person, home in zip(people, homes, strict=True)
    )
    assert {tuple(_places(person)) for person in people[::50]} == {((unit(BA_DINH), began, None),)}
    HouseholdResidence.objects.filter(household__in=homes).update(superseded_at=AT)
    live(BA_DINH, began, moved)
    live(NGOC_HA, moved, None)
    Person.objects.filter(pk__in=[person.pk for person in people]).update(old_number="012345678")

    went = ((unit(BA_DINH), began, moved), (unit(NGOC_HA), moved, None))
    assert {tuple(_places(person)) for person in people[::50]} == {went}
    assert Whereabouts.objects.filter(digits__contains="012345678").count() == Whereabouts.objects.count() - 1
    assert _places(others) == [(unit(BA_DINH), began, None)]


def _places(person: Person) -> list[tuple[int, dt.date, dt.date | None]]:
    rows = Whereabouts.objects.filter(person=person).order_by("since")
    return [(row.unit_id, row.since, row.until) for row in rows]
