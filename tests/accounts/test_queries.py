import datetime as dt
import re
from pathlib import Path

from django.apps import apps

import ansinh
from ansinh.accounts import queries
from ansinh.accounts.operations import Cast
from ansinh.accounts.queries.trail import SUBJECT_LABELS
from ansinh.geography import queries as geography
from tests.cast import TODAY, commune, neighbour, province


def test_an_officer_sees_their_commune_and_not_the_one_next_door(cast: Cast) -> None:
    assert queries.in_territory(cast.binh, commune(), TODAY)
    assert not queries.in_territory(cast.dung, commune(), TODAY)
    assert not queries.in_territory(cast.binh, neighbour(), TODAY)
    assert not queries.in_territory(cast.binh, province(), TODAY)


def test_the_province_sees_what_lies_below(cast: Cast) -> None:
    assert queries.in_territory(cast.phuc, commune(), TODAY)
    assert queries.in_territory(cast.phuc, neighbour(), TODAY)
    assert not queries.in_territory(cast.phuc, geography.unit(code="15", on=TODAY), TODAY)


def test_an_old_commune_belongs_to_its_successor(cast: Cast) -> None:
    """People registered before 1/7/2025 at a commune that was merged whole are the new commune's."""
    old = geography.unit(code="00001", on=dt.date(2024, 1, 1))
    heir = geography.standing(old, on=TODAY).commune
    for user in (cast.binh, cast.dung):
        assert queries.in_territory(user, old, TODAY) == (heir == user.unit)
    assert queries.in_territory(cast.phuc, old, TODAY)


def test_the_administrator_has_no_territory(cast: Cast) -> None:
    assert not queries.territory(cast.quantri, TODAY).exists()


def test_the_inspector_reads_the_trail_of_the_province_and_the_administrator_that_of_accounts(
    cast: Cast,
) -> None:
    seen = queries.trail(cast.giang, on=TODAY, before=None).entries
    assert {entry.who for entry in seen} == {"người vận hành hệ thống"} and len(seen) == 6
    accounts = queries.trail(cast.quantri, on=TODAY, before=None).entries
    assert len(accounts) == 8
    assert (accounts[0].subject, accounts[0].detail) == ("Quản trị hệ thống", "chức danh: Quản trị hệ thống")


def test_the_trail_names_what_exists() -> None:
    models = {model._meta.label_lower for model in apps.get_models()}
    assert set(SUBJECT_LABELS) <= models | {"outside_match"}


def test_everything_that_is_recorded_has_its_words() -> None:
    root = Path(ansinh.__file__).parent
    recorded = {
        action
        for path in root.rglob("*.py")
        for line in path.read_text().splitlines()
        for action in re.findall(r'\baction="([a-z_]+)"', line)
    }
    assert recorded <= set(queries.ACTION_LABELS), recorded - set(queries.ACTION_LABELS)
