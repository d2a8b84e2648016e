"""From files to decisions by the command line: load, take over, review, adopt; asked of the real law."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests import databases

DAY = "2010-01-01"
# What Hà Nội pays a month: 650,000 × the coefficient (Nghị quyết 63/2025/NQ-HĐND).
SEVERE_ADULT, SEVERE_ELDER, PENSION = 975_000, 1_300_000, 650_000


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Mai is paid right, An too little, Tư not at all; Năm died in August; of Sáu nothing is known."""
    people = {
        "mai": ("1990-03-04", SEVERE_ADULT),
        "an": ("1991-03-04", 900_000),
        "tu": ("1948-02-02", None),
        "nam": ("1992-02-02", SEVERE_ADULT),
        "sau": ("1993-02-02", SEVERE_ADULT),
    }
    files: dict[str, list[tuple[str, ...]]] = {
        "persons": [
            ("person_key", "name", "sex", "born"),
            *((k, f"Trần {k}", "F", born) for k, (born, _) in people.items()),
        ],
        "households": [("household_key",), *((k,) for k in people)],
        "residences": [("household_key", "unit_code", "valid_from"), *((k, "00001", DAY) for k in people)],
        "members": [
            ("person_key", "household_key", "valid_from", "role"),
            *((k, k, DAY, "HEAD") for k in people),
        ],
        "facts": [
            ("person_key", "fact", "value", "valid_from"),
            *((k, "disability", "SEVERE", DAY) for k in ("mai", "an", "nam")),
            *(("tu", fact, "false", DAY) for fact in ("pension", "insurance_allowance")),
            ("tu", "disability", "NONE", DAY),
        ],
        "deaths": [("person_key", "died_on"), ("nam", "2026-08-15")],
        "grants": [
            ("person_key", "category", "from_month", "amount_vnd", "holding_code", "decision_number"),
            *((k, "C6S", "2020-01", str(paid), "00097", "5/QĐ") for k, (_, paid) in people.items() if paid),
        ],
    }  # fmt: skip
    for name, rows in files.items():
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return tmp_path


def test_a_register_is_loaded_taken_over_reviewed_and_adopted(fresh_database: str, register: Path) -> None:
    def run(*words: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(databases.command(*words, "--json", url=fresh_database).stdout)
        return told

    databases.command("load", "register", str(register), url=fresh_database)
    taken = run("grants", "take-over", str(register), "--unit", "01", "--month", "2026-09")
    assert (taken["grants"], taken["people"]) == (4, 4)
    october = ("--unit", "00097", "--month", "2026-10")
    told = run("grants", "review", *october, "--asked-on", "2026-10-06")
    assert {(line["name"], line["kind"], line["difference_vnd"]) for line in told["lines"]} == {
        ("Trần an", "LEVEL_DIFFERS", SEVERE_ADULT - 900_000),
        ("Trần tu", "ENTITLED_NOT_GRANTED", PENSION),
        ("Trần nam", "NO_LONGER_ENTITLED", -SEVERE_ADULT),
        ("Trần sau", "CANNOT_TELL", 0),
    }
    assert told["counts"]["LEVEL_DIFFERS"]["difference_vnd"] == SEVERE_ADULT - 900_000
    assert all(line["lawful"]["cites"] for line in told["lines"] if line["lawful"])
    decided = ("grants", "adopt-changes", *october, "--decided-on", "2026-10-06", "--signer", "Châu")
    adopted = run(*decided)
    assert (adopted["people"], adopted["levels"], adopted["starts"], adopted["stops"]) == (3, 1, 1, 1)
    assert run("grants", "review", *october)["counts"].keys() == {"CANNOT_TELL"}
    assert run(*decided)["decisions"] == []
    assert run(*decided, "--anew", "--since", "2026-09")["levels"] == 1  # September was too little too
    asked = run("determine", *october)
    assert (asked["people"], asked["entitled"]) == (4, 3)


def test_an_illness_stays_unseen_in_what_the_command_lists(fresh_database: str, register: Path) -> None:
    with (register / "facts.csv").open("a", encoding="utf-8") as file:
        file.write("mai,hiv,true,2010-01-01\nmai,stable_income,false,2010-01-01\n")
    (register / "household_facts.csv").write_text(
        "household_key,fact,value,valid_from\nmai,household_poverty,POOR,2010-01-01\n", encoding="utf-8"
    )
    text = (
        (register / "facts.csv")
        .read_text(encoding="utf-8")
        .replace("mai,disability,SEVERE", "mai,disability,NONE")
    )
    (register / "facts.csv").write_text(text, encoding="utf-8")
    grants = (register / "grants.csv").read_text(encoding="utf-8").replace("mai,C6S", "mai,C8")
    (register / "grants.csv").write_text(grants.replace(f"{SEVERE_ADULT}", "800000", 1), encoding="utf-8")
    databases.command("load", "register", str(register), url=fresh_database)
    where = ("--unit", "00097", "--month", "2026-10")
    databases.command("grants", "take-over", str(register), *where, url=fresh_database)
    said = databases.command("grants", "review", *where, "--json", url=fresh_database).stdout
    line = next(line for line in json.loads(said)["lines"] if line["name"] == "Trần mai")
    assert (line["kind"], line["difference_vnd"]) == ("LEVEL_DIFFERS", SEVERE_ADULT - 800_000)
    assert "HIV" not in said
    assert "C8" not in said
    assert "khoản 8" not in said
    assert line["granted"]["label"] == "Trợ cấp xã hội hằng tháng"


def test_a_list_with_faults_is_refused_with_every_one(fresh_database: str, register: Path) -> None:
    databases.command("load", "register", str(register), url=fresh_database)
    grants = (register / "grants.csv").read_text(encoding="utf-8").replace("mai,C6S", "mai,C9")
    (register / "grants.csv").write_text(grants.replace("00097", "99999"), encoding="utf-8")
    done = databases.command(
        "grants",
        "take-over",
        str(register),
        "--unit",
        "01",
        "--month",
        "2026-10",
        url=fresh_database,
        check=False,
    )
    assert done.returncode == 1
    assert "5 lỗi" in done.stderr
    assert "dòng 2, cột category" in done.stderr
