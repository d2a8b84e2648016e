"""Loading a register: everything or nothing, every fault at once, the same again nothing."""
# ruff: noqa: E501 - a fault is read in one line

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import models

from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry.logic import LoadRefused
from ansinh.registry.models import (
    Death,
    Document,
    Fact,
    Household,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    Relation,
    SensitiveFact,
    Source,
)
from tests import databases
from tests.registry import files

pytestmark = [pytest.mark.usefixtures("units"), pytest.mark.django_db(databases=["default", "owner"])]

AT = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
EVERYTHING: list[type[models.Model]] = [
    Person, Household, HouseholdResidence, Member, Relation, Fact, SensitiveFact, HouseholdFact, Death, Document,
    Source,
]  # fmt: skip


def rows() -> list[int]:
    return [model._default_manager.count() for model in EVERYTHING]


def load(directory: Path) -> registry.Loaded:
    return registry.load_register(directory=directory, at=AT)


@pytest.mark.parametrize("parquet", [False, True])
def test_everything_in_the_files_is_in_the_register(tmp_path: Path, parquet: bool) -> None:
    loaded = load(files.write(tmp_path, files.register(), parquet=parquet))
    assert not loaded.again
    assert rows() == [3, 2, 2, 3, 2, 5, 1, 1, 1, 1, 1]
    mai = Person.objects.get(key="mai")
    assert (mai.number, mai.old_number, mai.ethnicity) == ("001190000001", "123456789", "Kinh")
    assert (mai.folded, mai.given_folded) == ("tran thi mai", "mai")
    lan = Person.objects.get(key="lan")
    assert (lan.born, lan.born_precision) == (dt.date(1945, 1, 1), "Y")
    assert lan.folded == "dang thi lan"
    assert Person.objects.get(key="nam").born_precision == "M"
    home = HouseholdResidence.objects.get(household__code="H1")
    assert (home.unit.code, home.unit.full_name, home.village) == ("00004", "Phường Ba Đình", "Tổ 5")
    assert Member.objects.get(person=lan).role == Member.Role.RELATIVE
    kinds = Fact.objects.get(person=mai, fact=13)
    assert kinds.value == 1 + 4
    assert str(kinds.document) == "Giấy xác nhận khuyết tật 12"
    assert Fact.objects.get(person=lan, fact=15).value == 450_000
    assert SensitiveFact.objects.get(person=mai).fact == 7
    assert Death.objects.get(person=lan).died_on == dt.date(2026, 10, 2)


def test_what_the_sender_knew_when_is_kept(tmp_path: Path) -> None:
    load(files.write(tmp_path, files.register()))
    was, stands = Fact.objects.filter(person__key="lan", fact=14).order_by("recorded_at")
    zone = dt.timezone(dt.timedelta(hours=7))
    assert was.recorded_at == dt.datetime(2020, 1, 5, tzinfo=zone)
    assert was.superseded_at == stands.recorded_at == dt.datetime(2020, 2, 5, 8, 30, tzinfo=zone)
    assert stands.superseded_at is None


def test_a_marriage_is_kept_both_ways(tmp_path: Path) -> None:
    register = files.register()
    register["relations"].append(
        {"person_key": "mai", "kind": "SPOUSE", "other_key": "lan", "valid_from": "2010-01-01"}
    )
    load(files.write(tmp_path, register))
    married = Relation.objects.filter(kind=Relation.Kind.SPOUSE)
    assert set(married.values_list("person__key", "other__key")) == {("mai", "lan"), ("lan", "mai")}


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    first = load(files.write(tmp_path / "one", files.register()))
    before = rows()
    again = load(files.write(tmp_path / "two", files.register()))
    assert again.again and again.source == first.source
    assert rows() == before


def test_people_follow_their_commune_through_the_merger(tmp_path: Path) -> None:
    register = files.register()
    register["residences"][0] |= {"unit_code": "00001", "valid_from": "2020-01-01"}
    load(files.write(tmp_path, register))
    assert HouseholdResidence.objects.get(household__code="H1").unit.full_name == "Phường Phúc Xá"


Break = Callable[[dict[str, Any]], object]
FAULTS: dict[str, tuple[Break, str, int, str]] = {
    "no name": (lambda r: r["persons"][0].pop("name"), "persons", 2, "name"),
    "sex": (lambda r: r["persons"][1].update(sex="X"), "persons", 3, "sex"),
    "birth": (lambda r: r["persons"][2].update(born="45"), "persons", 4, "born"),
    "number": (lambda r: r["persons"][0].update(number="12345"), "persons", 2, "number"),
    "number twice": (lambda r: r["persons"][1].update(number="001190000001"), "persons", 3, "number"),
    "old number": (lambda r: r["persons"][0].update(old_number="12345678x"), "persons", 2, "old_number"),
    "key twice": (
        lambda r: r["persons"].append({**r["persons"][1], "person_key": "mai"}), "persons", 5, "person_key"
    ),
    "unknown person": (lambda r: r["facts"][0].update(person_key="ai"), "facts", 2, "person_key"),
    "unknown household": (lambda r: r["members"][2].update(household_key="H9"), "members", 4, "household_key"),
    "unknown unit": (lambda r: r["residences"][0].update(unit_code="99999"), "residences", 2, "unit_code"),
    "unit not yet": (
        lambda r: r["residences"][0].update(unit_code="00001", valid_from="2025-07-01"),
        "residences", 2, "unit_code",
    ),
    "day": (lambda r: r["members"][0].update(valid_from="01/07/2025"), "members", 2, "valid_from"),
    "ends before": (lambda r: r["household_facts"][0].update(valid_to="2025-01-01"), "household_facts", 2, "valid_to"),
    "role": (lambda r: r["members"][0].update(role="BOSS"), "members", 2, "role"),
    "kind": (lambda r: r["relations"][0].update(kind="AUNT"), "relations", 2, "kind"),
    "own mother": (lambda r: r["relations"][0].update(other_key="nam"), "relations", 2, "other_key"),
    "fact": (lambda r: r["facts"][0].update(fact="height"), "facts", 2, "fact"),
    "household fact of a person": (lambda r: r["facts"][0].update(fact="household_poverty"), "facts", 2, "fact"),
    "value": (lambda r: r["facts"][0].update(value="BAD"), "facts", 2, "value"),
    "bool": (lambda r: r["facts"][2].update(value="yes"), "facts", 4, "value"),
    "set": (lambda r: r["facts"][1].update(value="MOBILITY+NOSE"), "facts", 3, "value"),
    "amount": (lambda r: r["facts"][3].update(value="2000000001"), "facts", 5, "value"),
    "overlap": (lambda r: r["facts"].append({**r["facts"][3], "valid_from": "2021-01-01"}), "facts", 8, "valid_from"),
    "two mothers": (
        lambda r: r["relations"].append({**r["relations"][0], "other_key": "lan", "valid_from": "2021-01-01"}),
        "relations", 4, "valid_from",
    ),
    "two homes": (
        lambda r: r["members"].append({**r["members"][0], "household_key": "H2", "valid_from": "2025-08-01"}),
        "members", 5, "valid_from",
    ),
    "dies twice": (lambda r: r["deaths"].append({**r["deaths"][0], "died_on": "2026-10-03"}), "deaths", 3, "person_key"),
    "superseded before": (
        lambda r: r["facts"][4].update(superseded_at="2019-01-01"), "facts", 6, "superseded_at"
    ),
    "recorded in the future": (lambda r: r["facts"][5].update(recorded_at="2099-01-01"), "facts", 7, "recorded_at"),
    "instant": (lambda r: r["facts"][5].update(recorded_at="5/2/2020"), "facts", 7, "recorded_at"),
}  # fmt: skip


@pytest.mark.parametrize("parquet", [False, True])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_file_line_and_column(tmp_path: Path, name: str, parquet: bool) -> None:
    break_, file, line, column = FAULTS[name]
    register = files.register()
    break_(register)
    before = rows()
    with pytest.raises(LoadRefused) as refused:
        load(files.write(tmp_path, register, parquet=parquet))
    told = {(fault.file, fault.line, fault.column) for fault in refused.value.faults}
    assert told == {(file, line - parquet, column)}
    assert all(fault.cure for fault in refused.value.faults)
    assert rows() == before


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    register = files.register()
    only = ("sex", "birth", "number", "unknown household", "day", "kind", "fact", "bool", "dies twice")
    for name in only:
        FAULTS[name][0](register)
    with pytest.raises(LoadRefused) as refused:
        load(files.write(tmp_path, register))
    told = {(fault.file, fault.line, fault.column) for fault in refused.value.faults}
    assert {FAULTS[name][1:] for name in only} <= told
    assert f"có {refused.value.count} lỗi" in refused.value.message


def test_very_many_faults_are_counted_and_not_all_shown(tmp_path: Path) -> None:
    register = files.register()
    register["deaths"] = [{"person_key": f"x{n}", "died_on": "2026-10-02"} for n in range(1000)]
    with pytest.raises(LoadRefused) as refused:
        load(files.write(tmp_path, register))
    assert refused.value.count == 1000
    assert len(refused.value.message.splitlines()) < 60
    assert "và 950 lỗi khác" in refused.value.message


def test_whoever_is_known_already_is_a_fault(tmp_path: Path) -> None:
    load(files.write(tmp_path / "one", files.register()))
    register = files.register()
    register["persons"][0]["phone"] = ""
    register["persons"][0]["person_key"] = "mai 2"
    for name in ("members", "relations", "facts", "deaths", "household_facts"):
        register[name] = register[name][:1] if name == "members" else []
    register["members"][0]["person_key"] = "mai 2"
    with pytest.raises(LoadRefused) as refused:
        load(files.write(tmp_path / "two", {k: v for k, v in register.items() if v}))
    told = {(fault.file, fault.line, fault.column) for fault in refused.value.faults}
    assert told == {
        ("persons", 2, "number"), ("persons", 3, "person_key"), ("persons", 4, "person_key"),
        ("households", 2, "household_key"), ("households", 3, "household_key"),
    }  # fmt: skip


def test_columns_and_files_are_checked_too(tmp_path: Path) -> None:
    register = files.register()
    for row in register["persons"]:
        row["nick"] = "x"
        del row["sex"]
    with pytest.raises(LoadRefused) as refused:
        load(files.write(tmp_path / "columns", register))
    assert {fault.column for fault in refused.value.faults} == {"nick", "sex"}
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="thiếu tệp"):
        load(tmp_path / "empty")
    both = files.write(tmp_path / "both", files.register())
    files.write(both, files.register(), parquet=True)
    with pytest.raises(Refusal, match="Chỉ giữ một"):
        load(both)
    broken = files.write(tmp_path / "broken", files.register())
    (broken / "members.csv").write_bytes(
        b"person_key,household_key,valid_from\nmai,H1,2025-07-01,extra,\xff\n"
    )
    with pytest.raises(LoadRefused, match="không đọc được tệp"):
        load(broken)


def test_numbers_that_look_wrong_are_warnings(tmp_path: Path) -> None:
    register = files.register()
    register["persons"][0]["number"] = "999090000001"
    loaded = load(files.write(tmp_path, register))
    reasons = {warning.cure for warning in loaded.warnings}
    assert len(reasons) == 2  # not a province, a man's number
    assert {(warning.file, warning.line, warning.column) for warning in loaded.warnings} == {
        ("persons", 2, "number")
    }


def test_names_are_composed_and_sorted_as_lists_are(tmp_path: Path) -> None:
    register = files.register()
    names = ["Lê Thị Ánh", "Lê  Thị  Anh", "Nguyễn Ấn", "H'Hen Niê"]
    register["persons"] += [
        {"person_key": f"n{n}", "name": name, "sex": "F", "born": "1990"} for n, name in enumerate(names)
    ]
    load(files.write(tmp_path, register))
    found = Person.objects.filter(key__startswith="n", key__regex="n[0-9]").order_by("sort_key")
    assert [person.name for person in found] == ["Lê Thị Anh", "Lê Thị Ánh", "Nguyễn Ấn", "H'Hen Niê"]


def test_the_command_loads_and_tells(fresh_database: str, tmp_path: Path) -> None:
    directory = files.write(tmp_path / "good", files.register())
    done = databases.command("load", "register", str(directory), "--json", url=fresh_database)
    assert json.loads(done.stdout)["rows"]["persons"] == 3
    assert json.loads(
        databases.command("load", "register", str(directory), "--json", url=fresh_database).stdout
    )["again"]
    register = files.register()
    register["persons"][0]["sex"] = "?"
    wrong = files.write(tmp_path / "wrong", register)
    refused = databases.command("load", "register", str(wrong), url=fresh_database, check=False)
    assert refused.returncode == 1
    assert "persons, dòng 2, cột sex" in refused.stderr
    assert "Traceback" not in refused.stderr
