"""`ansinh import register`, `ansinh import undo`."""

from __future__ import annotations

import json
from pathlib import Path

from ansinh.grants.models import Grant
from ansinh.registry.models import HouseholdFact, Person
from tests import cast, databases
from tests.imports import lists, poor

ROWS = (lists.row("Nguyễn Thị Mai", "05/03/1970", "001170000111"), lists.row("Lê Sai", "31/02/1960", ""))


def test_a_list_is_tried_written_and_undone(committing: str, tmp_path: Path) -> None:
    cast.make()
    file = tmp_path / "ds.xlsx"
    file.write_bytes(lists.tidy(*ROWS))
    asked = ["import", "register", str(file), "--unit", cast.COMMUNE, "--month", "2026-10", "--as", "binh"]

    tried = databases.command(*asked, url=committing).stdout
    assert "chưa ghi gì" in tried and "dòng 3, Lê Sai" in tried and "Không có ngày này" in tried
    assert not Person.objects.exists()

    told = json.loads(databases.command(*asked, "--commit", "--json", url=committing).stdout)
    assert (told["stage"], told["counts"]["CREATED"], told["counts"]["ERROR"]) == ("COMMITTED", 1, 1)
    assert told["rows"][-1]["remarks"][0]["column"] == "Ngày sinh"
    again = databases.command(*asked, "--commit", url=committing, check=False)
    assert again.returncode == 1 and "không thay đổi gì" in again.stderr

    file.write_bytes(lists.tidy(ROWS[1]))
    nothing = databases.command(*asked, "--commit", url=committing, check=False)
    assert nothing.returncode == 1 and "không có dòng nào ghi được" in nothing.stderr
    assert "Không có ngày này" in nothing.stdout, "the report says why"

    number = str(told["import"])
    undo = ["import", "undo", number, "--reason", "Nhầm tệp"]
    refused = databases.command(
        "import", "undo", number, "--reason", "x", "--by", "dung", url=committing, check=False
    )
    assert refused.returncode == 1 and "không có quyền" in refused.stderr
    undone = databases.command(*undo, "--by", "binh", url=committing)
    assert "như trước khi nhập" in undone.stdout
    assert not Grant.objects.filter(ended_by=None).exists()


def test_a_poverty_list_is_tried_written_and_undone(committing: str, tmp_path: Path) -> None:
    cast.make()
    people = tmp_path / "ds.xlsx"
    people.write_bytes(lists.tidy(lists.row("Nguyễn Thị Mai", "05/03/1970", "001170000111")))
    as_binh = ["--unit", cast.COMMUNE, "--as", "binh"]
    databases.command("import", "register", str(people), *as_binh, "--commit", url=committing)
    file = tmp_path / "ho-ngheo.xlsx"
    file.write_bytes(
        poor.tidy(poor.poor("Nguyễn Thị Mai", 1970, "001170000111"), poor.poor("Lê Lạ", 1960, "001160000999"))
    )
    asked = ["import", "poverty", str(file), *as_binh, "--year", "2027", "--to", "30/11/2027"]
    tried = databases.command(*asked, url=committing).stdout
    assert "chưa ghi gì" in tried and "1 hộ mới vào danh sách" in tried
    assert "Không thấy người nào của hộ này" in tried and not HouseholdFact.objects.exists()

    bare = databases.command(*asked, "--commit", url=committing, check=False)
    assert bare.returncode == 1 and "Chưa ghi số quyết định" in bare.stderr
    written = databases.command(
        *asked, "--decision", "45/QĐ-UBND", "--decided", "15/12/2026", "--commit", "--json", url=committing
    )
    told = json.loads(written.stdout)
    assert (told["stage"], told["counts"]["CREATED"], told["counts"]["ERROR"]) == ("COMMITTED", 1, 1)
    assert told["list"] == {
        "year": 2027, "valid_from": "2027-01-01", "valid_to": "2027-12-01", "decision": "45/QĐ-UBND",
        "issuer": "UBND phường Ba Đình", "decided_on": "2026-12-15", "complete": False,
    }  # fmt: skip
    undo = ["import", "undo", str(told["import"]), "--reason", "Nhầm tệp", "--as", "binh"]
    assert "như trước khi nhập" in databases.command(*undo, url=committing).stdout
    assert not HouseholdFact.objects.filter(superseded_at=None).exists()
    dung = ["import", "poverty", str(file), "--unit", cast.COMMUNE, "--year", "2027", "--as", "dung"]
    assert databases.command(*dung, url=committing, check=False).returncode == 1
