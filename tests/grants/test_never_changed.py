"""What was decided is changed by nobody: neither the application nor the owner of the tables."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from ansinh.db import bulk
from ansinh.grants.models import Decision, Holding, LegalGround
from tests import databases
from tests.grants.world import NEW, line, person, take_over, unit

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


def test_two_who_name_the_next_holder_at_once_leave_one_open(committing: str) -> None:
    place, other = unit(BA_DINH), unit("00008")
    take_over(line(person(place), "C6S", 1, BA_DINH), unit=place)
    grant = Holding.objects.get().grant_id

    def tell() -> None:
        Holding.objects.create(grant_id=grant, unit=place, from_month=(NEW + 1).first)
        connections.close_all()

    with psycopg.connect(committing) as first:
        first.execute(
            "insert into grants_holding (grant_id, from_month, unit_id) values (%s, %s, %s)",
            [grant, NEW.first, other.pk],
        )
        second = threading.Thread(target=tell)
        second.start()
        while not databases.waiting(committing):
            time.sleep(0.02)
    second.join()
    spans = Holding.objects.filter(grant=grant).order_by("from_month").values_list("unit", "until_month")
    assert list(spans) == [(place.pk, NEW.first), (other.pk, (NEW + 1).first), (place.pk, None)]
