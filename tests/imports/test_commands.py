"""`ansinh import register`, `ansinh import undo`."""

from __future__ import annotations

import json
from pathlib import Path

from ansinh.grants.models import Grant
from ansinh.registry.models import Person
from tests import cast, databases
from tests.imports import lists

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

    number = str(told["import"])
    undo = ["import", "undo", number, "--reason", "Nhầm tệp"]
    refused = databases.command(
        "import", "undo", number, "--reason", "x", "--by", "dung", url=committing, check=False
    )
    assert refused.returncode == 1 and "không có quyền" in refused.stderr
    undone = databases.command(*undo, "--by", "binh", url=committing)
    assert "như trước khi nhập" in undone.stdout
    assert not Grant.objects.filter(ended_by=None).exists()
