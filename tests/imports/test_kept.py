"""A judgement kept from the check is written as if it had been made anew; it is made anew when need be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansinh.accounts.operations import Cast
from ansinh.grants import operations as grants
from ansinh.imports import operations
from ansinh.imports.logic import judged
from ansinh.imports.models import Import, Kept, Line
from ansinh.imports.operations import concluding
from ansinh.registry.models import Person
from tests import cast as town
from tests.grants.world import dies
from tests.imports import lists
from tests.imports.conftest import OCTOBER, Receive
from tests.imports.lists import row

MAI = row("Nguyễn Thị Mai", "05/03/1970", "001170000111", since="07/2025", decision="12/QĐ")
BAY = row("Trần Văn Bảy", 1940, "001040000222", sex="Nam", group="NCT 80 tuổi trở lên", amount=500_000)

HEAD = (*lists.HEAD, "Hộ nghèo", "Hộ cận nghèo", "Số hộ", "Quan hệ với chủ hộ")
PEOPLE = st.tuples(
    st.sampled_from(["Nguyễn Thị Mai", "NGUYỄN THỊ MAI", "Trần Văn Bảy", "Lê Thị Cúc", "Đỗ Ích"]),
    st.sampled_from(["05/03/1970", "03/1970", 1970, 1940, "31/02/1960", "20/08/2016", ""]),
    st.sampled_from(["Nam", "Nữ", ""]),
    st.sampled_from(["", "", "001170000111", "001040000222", "1170000111", "123456789", "12"]),
    st.sampled_from(["Tổ 1", "tổ 1", "3"]),
    st.sampled_from(
        ["NKT nặng", "NKT ĐBN", "Mồ côi", "Đơn thân nuôi 2 con", "hưu trí XH", "bị HIV", "lạ", ""]
    ),
    st.sampled_from(["", "1,5"]),
    st.sampled_from([975_000, "1.300.000", 650_000, 12, ""]),
    st.sampled_from(["12/QĐ", ""]),
    st.sampled_from(["05/06/2024", ""]),
    st.sampled_from(["07/2025", "01/2020", "12/2026", ""]),
    st.sampled_from(["x", ""]),
    st.sampled_from(["x", ""]),
    st.sampled_from(["", "7", "8"]),
    st.sampled_from(["", "Chủ hộ", "Con"]),
)


def cells(person: tuple[Any, ...]) -> list[Any]:
    name, born, sex, number, village, group, coefficient, amount, decision, decided, since, *more = person
    told = row(
        name, born, number, sex=sex, village=village, group=group, coefficient=coefficient, amount=amount,
        decision=decision, decided=decided, since=since,
    )  # fmt: skip
    return [*told, *more]


@contextmanager
def undone() -> Iterator[None]:
    """Do something, and have it never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written(content: bytes, by: Cast, *, accept: bool, fresh: bool) -> tuple[Any, ...]:
    """Check a list and write it, from what was kept or judged anew: everything that it left."""
    imported = operations.receive(
        unit=town.commune(), name="ds.xlsx", content=content, month=OCTOBER, by=by.binh, at=town.AT
    )
    operations.check(imported=imported, at=town.AT, on=town.TODAY)
    if fresh:
        Kept.objects.all().delete()
    if not any(imported.counts[outcome] for outcome in ("CREATED", "CHANGED", "SAME")):
        return ()
    operations.commit(imported=imported, by=by.binh, at=town.AT, on=town.TODAY, accept=accept)
    imported.refresh_from_db()
    run = grants.ask_law(unit=town.commune(), month=OCTOBER, on=town.TODAY, at=town.AT)
    return (
        imported.counts, imported.notes, imported.message, run.people, *(told(query) for query in EVERYTHING),
    )  # fmt: skip


def told(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(cursor.fetchall(), key=repr)


WHO = "(select key from registry_person p where p.id = person_id)"
EVERYTHING = (
    "select key, number, old_number, name, folded, given_folded, sort_key, born, born_precision, sex, "
    "ethnicity, phone from registry_person",
    f"""select {WHO}, role, valid_from, valid_to, superseded_at is null, unit_id, village, left(code, 5)
        from registry_member m join registry_household h on h.id = household_id
        join (select household_id, unit_id, village from registry_householdresidence) r
            using (household_id)""",
    f"select {WHO}, fact, value, valid_from, valid_to from registry_fact",
    f"select {WHO}, fact, value, valid_from, valid_to from registry_sensitivefact",
    f"""select {WHO}, f.fact, f.value, f.valid_from from registry_householdfact f
        join registry_member using (household_id)""",
    f"""select {WHO}, g.category, g.slot, g.scheme, g.payee, g.months, g.taken_over, d.number, d.decided_on,
            d.people, d.starts, l.from_month, l.amount_vnd, l.standard_vnd, l.coefficient, h.unit_id
        from grants_grant g join grants_decision d on d.id = decision_id
        join grants_level l on l.grant_id = g.id join grants_holding h on h.grant_id = g.id""",
    f"""select line, sheet, row, outcome, name, number, born, category, amount_vnd, lawful_vnd, differs,
            remarks, {WHO}, (select category from grants_grant g where g.id = grant_id) from imports_line""",
)


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(
    before=st.lists(PEOPLE, max_size=3),
    people=st.lists(PEOPLE, min_size=1, max_size=8),
    accept=st.booleans(),
)
def test_what_was_kept_is_written_as_if_judged_anew(
    before: list[tuple[Any, ...]], people: list[tuple[Any, ...]], accept: bool
) -> None:
    found = []
    with undone():
        by = town.make()
        written(lists.tidy(*map(cells, before), head=HEAD), by, accept=True, fresh=True)
        content = lists.tidy(*map(cells, people), ["", "Cộng"], head=HEAD)
        for fresh in (True, False):
            with undone():
                found.append(written(content, by, accept=accept, fresh=fresh))
    assert found[0] == found[1]


@pytest.fixture
def judgements(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Which lists were judged: whether with doubtful people taken in."""
    made: list[bool] = []
    judge = concluding.judge

    def counted(imported: Import, *, on: dt.date, accept: bool, tell: Any) -> concluding.Judgement:
        made.append(accept)
        return judge(imported, on=on, accept=accept, tell=tell)

    monkeypatch.setattr("ansinh.imports.operations.working.judge", counted)
    return made


def commit(imported: Import, cast: Cast, **more: Any) -> None:
    operations.commit(imported=imported, by=cast.binh, at=town.AT, on=town.TODAY, **more)


def test_a_list_is_judged_once_and_then_forgotten(
    receive: Receive, cast: Cast, judgements: list[bool]
) -> None:
    imported = receive(lists.tidy(MAI, BAY))
    assert judged.unpacked(bytes(Kept.objects.get(of=imported).rows)).height == 2
    commit(imported, cast)
    assert judgements == [False], "not once more when it is written"
    assert not Kept.objects.exists(), "what was written is not kept twice"
    mai = Line.objects.get(of=imported, name="Nguyễn Thị Mai")
    assert Person.objects.get(pk=mai.person_id or 0).number == "001170000111" and mai.grant_id


def test_what_has_changed_since_is_judged_anew(receive: Receive, cast: Cast, judgements: list[bool]) -> None:
    receive(lists.tidy(MAI), commit=True)
    imported = receive(lists.tidy(MAI, BAY), name="hai.xlsx")
    dies(Person.objects.get(number="001170000111"), dt.date(2026, 9, 1))
    judgements.clear()
    commit(imported, cast)
    assert judgements == [False]
    outcomes = dict(Line.objects.filter(of=imported).values_list("name", "outcome"))
    assert outcomes == {"Nguyễn Thị Mai": "DOUBTFUL", "Trần Văn Bảy": "CREATED"}


def test_somebody_entered_meanwhile_is_not_entered_twice(
    receive: Receive, cast: Cast, judgements: list[bool]
) -> None:
    nameless = row("Đỗ Thị Ở Lại", 1950, "")
    one, other = receive(lists.tidy(nameless)), receive(lists.tidy(nameless, BAY), name="hai.xlsx")
    commit(one, cast)
    judgements.clear()
    commit(other, cast)
    assert judgements == [False]
    assert Person.objects.filter(name="Đỗ Thị Ở Lại").count() == 1


def test_a_commune_s_word_learnt_since_counts(receive: Receive, cast: Cast, judgements: list[bool]) -> None:
    imported = receive(
        lists.tidy(MAI, row("Đinh Thị Ích", 1950, "001150000222", group="Người già neo đơn lẻ loi"))
    )
    operations.remember(
        unit=town.commune(), phrase="người già neo đơn lẻ loi", category="C6S", by=cast.binh, at=town.AT
    )
    judgements.clear()
    commit(imported, cast)
    assert judgements == [False]
    assert Person.objects.filter(name="Đinh Thị Ích").exists()


def test_only_who_is_in_doubt_makes_accepting_a_judgement_of_its_own(
    receive: Receive, cast: Cast, judgements: list[bool]
) -> None:
    commit(receive(lists.tidy(MAI)), cast, accept=True)
    assert judgements == [False], "nobody was in doubt"
    other = receive(lists.tidy(row("Nguyễn Thị Mai", "05/03/1970", "001170000112")), name="hai.xlsx")
    judgements.clear()
    commit(other, cast, accept=True)
    assert (judgements, Person.objects.count()) == ([True], 2)


def test_a_list_of_another_manner_of_keeping_is_judged_anew(
    receive: Receive, cast: Cast, judgements: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = receive(lists.tidy(MAI, BAY))
    monkeypatch.setattr(judged, "manner", lambda: [b"another"])
    judgements.clear()
    commit(imported, cast)
    assert judgements == [False]
