"""Loading the lists: again, corrected, and wrong."""

import csv
import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from ansinh.db.periods import span
from ansinh.geography import operations as geography
from ansinh.geography.models import Standing, Unit, UnitChange
from ansinh.kernel.names import nfc
from ansinh.kernel.refusal import Refusal
from tests import databases

pytestmark = pytest.mark.usefixtures("units")

OCTOBER_2026 = dt.date(2026, 10, 6)

Change = Callable[[dict[str, str]], dict[str, str] | None]


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Path]:
    """A copy of the lists, to be changed."""
    folder = tmp_path / "data"
    shutil.copytree(geography.DATA, folder)
    yield folder


def rewrite(path: Path, change: Change) -> None:
    """Change rows of a list; None drops one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [changed for row in csv.DictReader(file) if (changed := change(row)) is not None]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_loading_again_changes_nothing() -> None:
    loaded = geography.load_units()
    assert (loaded.units, loaded.written) == (Unit.objects.count(), 0)
    assert loaded.changes == UnitChange.objects.count()
    assert loaded.standings == Standing.objects.count()


def test_a_corrected_day_and_name_correct_the_rows_in_place(lists: Path) -> None:
    before = dict(Unit.objects.filter(code__in=("24", "00004")).values_list("pk", "version"))

    def later(row: dict[str, str]) -> dict[str, str]:
        return row | {"on_date": "2026-09-21", "confirmed": "0"} if row["code"] == "24" else row

    def renamed(row: dict[str, str]) -> dict[str, str]:
        return row | {"name": "Phường Ba  Đình Mới"} if row["code"] == "00004" else row

    rewrite(lists / "changes_since_2025.csv", later)
    rewrite(lists / "communes_from_2025.csv", renamed)
    geography.load_units(directory=lists)

    assert before == dict(Unit.objects.filter(code__in=("24", "00004")).values_list("pk", "version"))
    city = Unit.objects.get(code="24", kind="Thành phố")
    assert str(city.valid.lower) == "2026-09-21"
    change = UnitChange.objects.get(new=city)
    assert (str(change.on_date), change.confirmed) == ("2026-09-21", False)
    assert not Standing.objects.filter(province=city, valid__startswith=dt.date(2026, 9, 20)).exists()
    ward = Unit.objects.get(code="00004", version=2)
    assert (ward.full_name, ward.folded) == ("Phường Ba Đình Mới", "phuong ba dinh moi")

    geography.load_units()
    assert geography.load_units().written == 0


def test_a_corrected_mapping_moves_everybody(lists: Path) -> None:
    def undivided(row: dict[str, str]) -> dict[str, str] | None:
        if row["old_code"] != "00007":
            return row
        return row | {"share": "WHOLE"} if row["new_code"] == "00008" else None

    rewrite(lists / "commune_mapping_2025.csv", undivided)
    geography.load_units(directory=lists)
    now = Standing.objects.get(unit__code="00007", valid__contains=OCTOBER_2026)
    assert now.commune is not None
    assert now.commune.code == "00008"


def test_a_list_without_a_unit_that_is_known_is_refused_and_changes_nothing(lists: Path) -> None:
    def without_quang_ninh(row: dict[str, str]) -> dict[str, str] | None:
        return None if row["code"] == "22" else row

    rewrite(lists / "changes_since_2025.csv", without_quang_ninh)
    with pytest.raises(Refusal, match=r"không còn .* Thành phố Quảng Ninh \(22\)"):
        geography.load_units(directory=lists)
    assert geography.load_units().written == 0


def test_names_are_composed_and_single_spaced() -> None:
    assert not Unit.objects.filter(name__regex=r"^\s|\s$|\s\s").exists()
    assert not any(name != nfc(name) for name in Unit.objects.values_list("name", flat=True))
    assert not Unit.objects.filter(folded__regex=r"[^ a-z0-9'’().,\-/]").exists()


@pytest.mark.parametrize(
    ("code", "level", "valid", "constraint"),
    [
        ("00004", "COMMUNE", span(None, None), "one_unit_per_code_and_day"),
        ("88888", "PROVINCE", span(None, None), "code_length_tells_the_level"),
        ("88888", "COMMUNE", "empty", "unit_valid_on_some_day"),
    ],
)
def test_the_database_refuses_what_cannot_be(code: str, level: str, valid: object, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Unit.objects.create(
            code=code, version=9, level=level, kind="Xã", name="X", folded="xa x", valid=valid
        )


def test_a_unit_stands_in_one_place_at_a_time() -> None:
    somewhere = Standing.objects.filter(valid__contains=OCTOBER_2026).first()
    assert somewhere is not None
    with pytest.raises(IntegrityError, match="one_standing_per_unit_and_day"), transaction.atomic():
        Standing.objects.create(unit_id=somewhere.unit_id, valid=somewhere.valid)


def test_the_command_loads_and_tells(fresh_database: str) -> None:
    told = json.loads(databases.command("load", "units", "--json", url=fresh_database).stdout)
    assert told["units"] == Unit.objects.count()
    assert told["written"] == 0
