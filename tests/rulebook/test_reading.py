"""The law read out: in force, changed, checked, written to docs/law."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook import checking, document, reading
from ansinh.rulebook.commands import law as law_command
from ansinh.rulebook.conditions import Scope, parse
from ansinh.rulebook.data import FOLDER
from ansinh.rulebook.instruments import Band, read_instrument
from ansinh.rulebook.law import Rulebook, load


def ask(*words: str) -> Any:
    return CliRunner().invoke(law_command, list(words), catch_exceptions=False)


def test_the_pages_of_docs_law_say_what_the_files_say() -> None:
    assert document.stale(load()) == [], "run `ansinh law docs`"


def test_a_page_that_says_something_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(document.PAGES, tmp_path / "law")
    monkeypatch.setattr(document, "PAGES", tmp_path / "law")
    (tmp_path / "law" / "muc-chuan.md").write_text("khác")
    (tmp_path / "law" / "thua.md").write_text("thừa")
    (tmp_path / "law" / "thoi-han.md").unlink()
    assert document.stale(load()) == ["muc-chuan.md", "thoi-han.md", "thua.md"]
    assert {path.name for path in document.write(load())} == {"muc-chuan.md", "thoi-han.md", "thua.md"}
    assert document.stale(load()) == []


def test_every_process_and_step_with_a_time_limit_has_its_words() -> None:
    deadlines = [d for i in load().instruments for p in i.provisions for d in p.deadlines]
    assert {d.process for d in deadlines} == set(document.PROCESSES)
    assert {d.step for d in deadlines} == set(document.STEPS)


def test_the_law_as_written_down_is_whole() -> None:
    assert list(checking.faults(load())) == []
    assert len(checking.every_condition(load())) > 30


def test_the_two_decrees_are_accounted_for_article_by_article() -> None:
    numbers = {i.name: checking.articles(i) for i in load().instruments}
    assert numbers["nghi-dinh-20-2021"] == set(range(1, 40))
    assert numbers["nghi-dinh-335-2026"] == set(range(1, 36))


def test_an_article_left_out_is_told() -> None:
    book = load()
    decree = next(i for i in book.instruments if i.name == "nghi-dinh-20-2021")
    shorter = replace(decree, provisions=tuple(p for p in decree.provisions if not p.at.endswith("Điều 12")))
    faults = list(checking.faults(_with(book, decree, shorter)))
    assert any("thiếu Điều 12" in fault for fault in faults)


@pytest.mark.parametrize("second", ["age >= 79", "age >= 81", "age >= 80 and studying"])
def test_bands_that_overlap_leave_a_gap_or_ask_more_than_age_are_told(second: str) -> None:
    book = load()
    decree = next(i for i in book.instruments if i.name == "nghi-dinh-20-2021")
    provisions = list(decree.provisions)
    at = next(n for n, p in enumerate(provisions) if p.categories == ("C5A",) and p.bands)
    tree = parse(second, Scope())
    bands = (provisions[at].bands[0], Band(tree, provisions[at].bands[1].coefficient, second))
    provisions[at] = replace(provisions[at], bands=bands)
    faults = list(checking.faults(_with(book, decree, replace(decree, provisions=tuple(provisions)))))
    assert any("C5A" in fault for fault in faults)


def _with(book: Rulebook, old: Any, new: Any) -> Rulebook:
    return replace(book, instruments=tuple(new if i is old else i for i in book.instruments), _months={})


def test_an_unknown_key_is_refused_with_file_and_article(tmp_path: Path) -> None:
    text = (FOLDER / "instruments" / "nghi-dinh-76-2024.toml").read_text()
    path = tmp_path / "sai.toml"
    path.write_text(text.replace("standard_vnd", "standardvnd"))
    with pytest.raises(ValueError, match=r"sai\.toml Điều 1: unknown key standardvnd"):
        read_instrument(path)


def test_the_law_in_force_knows_the_day_and_the_province() -> None:
    def community(on: str, province: str = "") -> int:
        day = dt.date.fromisoformat(on)
        return reading.law_in_force(month=Month.of(day), on=day, province=province).standards[0].vnd

    assert community("2024-06-30") == 360_000
    assert community("2024-06-30", "01") == 440_000
    assert community("2026-09-15") == 500_000
    assert community("2026-10-06") == 540_000
    assert community("2026-11-15", "01") == 650_000


def test_a_code_nobody_bears_is_refused() -> None:
    with pytest.raises(Refusal, match="74"):
        reading.law_in_force(month=Month(2026, 11), province="74")


def test_what_changed_with_decree_335() -> None:
    before = reading.law_in_force(month=Month(2026, 6), on=dt.date(2026, 6, 15))
    after = reading.law_in_force(month=Month(2026, 11), on=dt.date(2026, 11, 15))
    changes = reading.compare(before, after)
    assert [i.number for i in changes.came] == ["335/2026/NĐ-CP"]
    assert {c.before for c in changes.standards} == {"500.000 đồng"}
    assert {c.after for c in changes.standards} == {"540.000 đồng"}
    told = {change.what.split("(")[-1] for change in changes.groups}
    assert told == {"C1): điều kiện", "C2): điều kiện", "C4): điều kiện", "C5A): hệ số"}


def test_the_command_shows_compares_and_checks() -> None:
    shown = json.loads(ask("show", "--on", "2026-11-15", "--province", "01", "--json").output)
    assert shown["standards"][0]["vnd"] == 650_000
    assert {group["code"] for group in shown["groups"]} >= {"C5A", "HN-ELD", "SP75"}
    assert "1.300.000 đồng" in ask("show", "--on", "2026-11-15", "--province", "01").output
    changed = json.loads(ask("diff", "2025-06-15", "2025-07-15", "--json").output)
    assert "Nghị định 176/2025/NĐ-CP" in changed["came"]
    assert any(c["after"] == "" and "(C5B)" in c["what"] for c in changed["groups"])
    checked = ask("check", "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.output)["faults"] == []
    assert ask("docs", "--check").exit_code == 0
    assert ask("show", "--on", "15/11/2026").exit_code == 2


def test_the_newest_law_is_shown_when_no_day_is_named() -> None:
    assert reading.newest_day() == dt.date(2026, 10, 5)
    assert "tháng 10/2026" in ask("show").output
