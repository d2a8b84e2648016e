"""What was decided is changed by nobody: neither the application nor the owner of the tables."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from ansinh.db import bulk
from ansinh.grants.models import Decision, LegalGround
from tests.grants.world import line, person, take_over, unit

BA_DINH = "00004"


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_of_a_grant_only_the_end_is_written_and_once(committing: str, alias: str) -> None:
    place = unit(BA_DINH)
    take_over(line(person(place), "C6S", 1, BA_DINH), unit=place)
    by = Decision.objects.get().pk
    refused = (IntegrityError, ProgrammingError)
    for change in (
        "category = 'C5A'",
        "person_id = person_id + 1",
        "months = '[2026-11-01,)'",
        f"months = '[2026-11-01,2026-12-01)', ended_by_id = {by}",
    ):
        with pytest.raises(refused), transaction.atomic(using=alias):
            bulk.run(f"update grants_grant set {change}", using=alias)
    end = f"update grants_grant set months = '[2019-01-01,2026-12-01)', ended_by_id = {by}"
    assert bulk.run(end, using=alias) == 1
    with pytest.raises(IntegrityError, match="has ended"), transaction.atomic(using=alias):
        bulk.run(end.replace("12-01", "11-01"), using=alias)
    with pytest.raises(refused), transaction.atomic(using=alias):
        bulk.run("delete from grants_grant", using=alias)


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("table", ["decision", "level", "legalground"])
def test_what_was_decided_is_never_changed(committing: str, alias: str, table: str) -> None:
    place = unit(BA_DINH)
    take_over(line(person(place), "C6S", 1, BA_DINH), unit=place)
    LegalGround.objects.create(digest="x", cites=[])
    column = {"decision": "number = '2'", "level": "amount_vnd = 2", "legalground": "note = 'x'"}[table]
    for statement in (f"update grants_{table} set {column}", f"delete from grants_{table}"):
        with (
            pytest.raises((IntegrityError, ProgrammingError), match=r"append-only|permission denied"),
            transaction.atomic(using=alias),
        ):
            bulk.run(statement, using=alias)
