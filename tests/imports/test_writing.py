"""A list written into the register, written again, taken back whole."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from ansinh.accounts.operations import Cast
from ansinh.determinations.models import Run
from ansinh.grants import operations as grants
from ansinh.grants.models import Grant, Level
from ansinh.imports import operations, queries
from ansinh.imports.exports import remarked, report
from ansinh.imports.models import Import, Line
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import operations as payments
from ansinh.registry.models import (
    Fact,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    SensitiveFact,
    Source,
)
from tests import cast as town
from tests.grants.world import dies
from tests.imports import lists
from tests.imports.conftest import OCTOBER, Receive
from tests.imports.lists import row

MAI = row("Nguyễn Thị Mai", "05/03/1970", "001170000111", since="07/2025", decision="12/QĐ")
BAY = row("Trần Văn Bảy", 1940, "001040000222", sex="Nam", group="NCT 80 tuổi trở lên", amount=500_000)
TWO = (MAI, BAY)


def outcomes(imported: Import) -> dict[str, str]:
    return dict(Line.objects.filter(of=imported).exclude(outcome="SKIPPED").values_list("name", "outcome"))


def remarks(imported: Import, name: str) -> str:
    return str(Line.objects.get(of=imported, name=name).remarks)


def law_hash() -> tuple[str, int]:
    """Ask the law about the commune; the hash of everybody's facts."""
    run = grants.ask_law(unit=town.commune(), month=OCTOBER, on=town.TODAY, at=town.AT)
    return Run.objects.get(pk=run.pk).facts_hash, run.people


def payroll(cast: Cast) -> list[tuple[Any, ...]]:
    payments.prepare(
        unit=town.commune(), months=[OCTOBER], on=town.TODAY, by=cast.phuc, at=town.AT, replace=True
    )
    with connection.cursor() as cursor:
        cursor.execute("select person_id, month, slot, amount_vnd from payments_draftline order by 1, 2, 3")
        return list(cursor.fetchall())


def test_a_dry_run_changes_nothing_and_tells_all(receive: Receive) -> None:
    imported = receive(lists.untidy())
    assert (imported.stage, Person.objects.count(), Grant.objects.count(), Source.objects.count()) == (
        "CHECKED", 0, 0, 0,
    )  # fmt: skip
    assert outcomes(imported)["Bùi Văn Hai"] == "CREATED"
    assert imported.counts["ERROR"] == 5, "four rows with faults, one double"
    double = Line.objects.get(of=imported, outcome="ERROR", name="Nguyễn Văn An")
    assert "dòng 8" in double.remarks[0]["message"]


def test_a_report_names_sheets_as_the_file_does(receive: Receive, client: Client, cast: Cast) -> None:
    """The second sheet is “Trẻ em”; in the page, the causes, the report and the remarks of another row."""
    imported = receive(lists.untidy())
    client.force_login(cast.binh)
    text = client.get(f"/nhap-danh-sach/{imported.pk}/").text
    assert "“Trẻ em”, 3" in text and "trang “Tháng 10”, dòng 19" in text
    row = next(row for row in report.told(imported)["rows"] if row["name"] == "Đinh Thị Ích")
    assert (row["sheet"], row["sheet_named"], row["row"]) == (1, "“Tháng 10”", 19)


def test_a_text_file_has_one_sheet_without_a_name(receive: Receive, client: Client, cast: Cast) -> None:
    lines = ["Họ và tên;Ngày sinh;Đối tượng;Mức hưởng", "Lê Thị Lan;1949;NKT nặng;không rõ"]
    imported = receive("\n".join(lines).encode(), name="danh-sach.csv")
    client.force_login(cast.binh)
    assert "trang 1, dòng 2" in client.get(f"/nhap-danh-sach/{imported.pk}/").text
    into = io.BytesIO()
    remarked.write(imported, into)
    assert CalamineWorkbook.from_filelike(io.BytesIO(into.getvalue())).sheet_names == ["Trang 1"]


def test_an_english_reader_reads_what_became_of_rows_and_the_file_stays_vietnamese(
    receive: Receive, client: Client, cast: Cast
) -> None:
    imported = receive(lists.tidy(MAI, row("Lê Thị Lan", 1949, "", amount="không rõ")))
    client.force_login(cast.binh)
    client.cookies["django_language"] = "en"
    text = client.get(f"/nhap-danh-sach/{imported.pk}/").text
    assert ">error<" in text and ">new<" in text and ">lỗi<" not in text
    assert "checked, not written" in client.get("/nhap-danh-sach/").text
    content = client.get(f"/nhap-danh-sach/{imported.pk}/ghi-chu.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert "[lỗi]" in str(rows[2][-1])


def test_a_list_checked_before_sheets_were_kept_tells_their_numbers(receive: Receive) -> None:
    imported = receive(lists.untidy())
    Import.objects.filter(pk=imported.pk).update(sheets=[])
    imported.refresh_from_db()
    assert {cause.sheet for cause in queries.causes(imported)} == {"1"}


def test_what_many_rows_say_alike_is_counted_once(receive: Receive) -> None:
    strange = [row(f"Lê Thị {name}", 1970, "", group=f"nhóm {name}") for name in ("Lan", "Huệ", "Cúc")]
    late = [row(f"Phạm Thị {name}", 1970, "", decided=f"2/{n}") for n, name in enumerate(("Na", "Mơ"), 4)]
    causes = queries.causes(receive(lists.tidy(*strange, *late)))
    assert [(one.level, one.message, one.rows, one.sheet, one.row) for one in causes] == [
        ("ERROR", "Không rõ “…” là nhóm đối tượng nào.", 3, "“Danh sách”", 2),
        ("WARNING", "Không đọc được ngày. Đã để trống.", 2, "“Danh sách”", 5),
    ]


def test_good_rows_are_written_with_facts_homes_and_grants(receive: Receive, cast: Cast) -> None:
    imported = receive(lists.tidy(*TWO, row("Lê Văn Sai", "31/02/1960", "", sex="Nam")), commit=True)
    assert outcomes(imported) == {
        "Nguyễn Thị Mai": "CREATED",
        "Trần Văn Bảy": "CREATED",
        "Lê Văn Sai": "ERROR",
    }
    mai = Person.objects.get(number="001170000111")
    source = imported.source
    assert source is not None and (source.kind, source.by, mai.source) == ("IMPORT", cast.binh, source)
    home = HouseholdResidence.objects.get(household=Member.objects.get(person=mai).household)
    assert (home.unit, home.village, home.valid_from) == (town.commune(), "Tổ 1", dt.date(2025, 7, 1))
    assert Fact.objects.get(person=mai).value == 3, "a severe disability"
    grant = Grant.objects.get(person=mai)
    assert (grant.category, grant.months.lower, grant.taken_over) == ("C6S", dt.date(2025, 7, 1), True)
    assert Grant.objects.get(person__number="001040000222").category == "SP75"
    assert not Person.objects.filter(name="Lê Văn Sai").exists()


def test_an_amount_unlike_the_law_is_taken_over_and_shown_beside_it(receive: Receive) -> None:
    imported = receive(lists.tidy(*TWO), commit=True)
    line = Line.objects.get(of=imported, name="Trần Văn Bảy")
    assert (line.differs, line.amount_vnd, line.lawful_vnd) == (True, 500_000, 650_000)
    law = next(remark for remark in line.remarks if remark["level"] == "LAW")
    assert "1,0 × 650.000 = 650.000" in law["message"] and "Nghị" in law["basis"]
    level = Level.objects.get(grant_id=line.grant_id or 0)
    assert (level.amount_vnd, level.by_list) == (500_000, True)


def test_somebody_too_young_for_the_group_is_told(receive: Receive) -> None:
    young = row("Trần Văn Bảy", 1990, "001090000222", sex="Nam", group="NCT 80 tuổi trở lên", amount=650_000)
    assert "không đủ điều kiện" in remarks(receive(lists.tidy(young)), "Trần Văn Bảy")


def test_the_same_file_again_changes_nothing(receive: Receive) -> None:
    content = lists.tidy(*TWO)
    receive(content, commit=True)
    before = (Person.objects.count(), Grant.objects.count(), Fact.objects.count(), Import.objects.count())
    with pytest.raises(Refusal, match="đã được ghi"):
        receive(content)
    again = receive(lists.tidy(*TWO, ["", "Cộng"]), name="luu-lai.xlsx")
    assert set(outcomes(again).values()) == {"SAME"}, "the same rows in another file"
    after = (Person.objects.count(), Grant.objects.count(), Fact.objects.count(), Import.objects.count() - 1)
    assert after == before


def test_undone_it_is_as_if_it_had_never_come(receive: Receive, cast: Cast) -> None:
    receive(lists.tidy(row("Đỗ Thị Ở Lại", 1950, "001150000333")), commit=True)
    payments.open_account(unit=town.province(), month=OCTOBER, by=cast.hanh, at=town.AT)
    facts, paid = law_hash(), payroll(cast)
    imported = receive(
        lists.tidy(*TWO, row("Vũ Thị Hiv", 1980, "001180000444", group="HIV hộ nghèo")), commit=True
    )
    assert law_hash()[1] == facts[1] + 3
    assert len(payroll(cast)) == len(paid) + 3

    operations.undo(imported=imported, reason="Nhầm tệp", by=cast.binh, at=town.AT)
    assert imported.stage == "UNDONE"
    assert law_hash() == facts
    assert payroll(cast) == paid
    assert not SensitiveFact.objects.filter(superseded_at=None).exists()

    again = receive(
        lists.tidy(*TWO, row("Vũ Thị Hiv", 1980, "001180000444", group="HIV hộ nghèo")), commit=True
    )
    assert set(outcomes(again).values()) == {"CREATED"}
    assert Person.objects.count() == 4, "they are the same people"
    assert law_hash()[1] == facts[1] + 3


def test_what_was_approved_in_a_payroll_is_not_undone(receive: Receive, cast: Cast) -> None:
    payments.open_account(unit=town.province(), month=OCTOBER, by=cast.hanh, at=town.AT)
    imported = receive(lists.tidy(*TWO), commit=True)
    payroll(cast)
    payments.approve(unit=town.commune(), months=[OCTOBER], by=cast.chau, at=town.AT)
    with pytest.raises(Refusal, match="đã được duyệt"):
        operations.undo(imported=imported, reason="Nhầm tệp", by=cast.binh, at=town.AT)
    assert Grant.objects.filter(ended_by=None).count() == 2


def test_what_was_decided_about_since_is_not_undone(receive: Receive, cast: Cast) -> None:
    imported = receive(lists.tidy(*TWO), commit=True)
    later = town.AT + dt.timedelta(hours=1)
    grants.adopt_month(unit=town.commune(), month=OCTOBER, on=town.TODAY, at=later, by=cast.chau)
    with pytest.raises(Refusal, match="quyết định khác"):
        operations.undo(imported=imported, reason="Nhầm tệp", by=cast.binh, at=town.AT)
    with pytest.raises(Refusal, match="lý do"):
        operations.undo(imported=imported, reason=" ", by=cast.binh, at=town.AT)


def test_payments_kept_here_begin_with_the_month_of_the_list(receive: Receive, cast: Cast) -> None:
    payments.open_account(unit=town.province(), month=Month(2026, 7), by=cast.hanh, at=town.AT)
    imported = receive(lists.tidy(MAI), commit=True)
    assert Grant.objects.get().months.lower == dt.date(2026, 10, 1)
    assert any("không truy lĩnh" in note for note in imported.notes)
    assert [amount for *_, amount in payroll(cast)] == [975_000]


def test_a_person_known_is_added_to_never_overwritten(receive: Receive) -> None:
    receive(lists.tidy(MAI), commit=True)
    more = row(
        "NGUYỄN THỊ MAI", 1970, "", village="tổ 1", group="NKT nặng nuôi con dưới 36 tháng", amount=975_000
    )
    other = receive(lists.tidy(more), name="khac.xlsx", commit=True)
    assert outcomes(other) == {"Nguyễn Thị Mai": "CHANGED"}
    assert sorted(Grant.objects.values_list("category", flat=True)) == ["C6S", "K3"]
    worse = receive(
        lists.tidy(row("Nguyễn Thị Mai", "05/03/1970", "001170000111", group="NKT ĐBN", amount=1_300_000))
    )
    assert outcomes(worse) == {"Nguyễn Thị Mai": "DOUBTFUL"}
    assert "giữ nguyên" in remarks(worse, "Nguyễn Thị Mai")
    assert Person.objects.count() == 1


def test_who_may_be_known_already_waits_until_somebody_decides(receive: Receive) -> None:
    receive(lists.tidy(MAI), commit=True)
    other = row("Nguyễn Thị Mai", "05/03/1970", "001170000112")
    doubtful = receive(lists.tidy(other), name="hai.xlsx")
    assert outcomes(doubtful) == {"Nguyễn Thị Mai": "DOUBTFUL"}
    assert "001170000111" in remarks(doubtful, "Nguyễn Thị Mai")
    near = receive(lists.tidy(row("Nguyễn Thị Mái", "03/05/1970", "")), name="ba.xlsx")
    assert outcomes(near) == {"Nguyễn Thị Mái": "DOUBTFUL"}
    taken = receive(lists.tidy(other), name="bon.xlsx", commit=True, accept=True)
    assert (outcomes(taken), Person.objects.count()) == ({"Nguyễn Thị Mai": "CREATED"}, 2)


def test_the_dead_and_the_numbers_of_others_are_told(receive: Receive) -> None:
    receive(lists.tidy(*TWO), commit=True)
    dies(Person.objects.get(number="001170000111"), dt.date(2026, 9, 1))
    found = receive(lists.tidy(MAI, row("Lê Thị Khác", 1940, "001040000222"), []), name="x.xlsx")
    assert set(outcomes(found).values()) == {"DOUBTFUL"}
    assert "đã chết ngày 01/09/2026" in remarks(found, "Nguyễn Thị Mai")
    assert "Trần Văn Bảy" in remarks(found, "Lê Thị Khác")


def test_only_a_commune_of_ones_own_is_imported_into(cast: Cast) -> None:
    for unit, by in (
        (town.commune(), cast.dung),
        (town.neighbour(), cast.binh),
        (town.province(), cast.binh),
    ):
        with pytest.raises(Refusal, match="địa bàn"):
            operations.receive(
                unit=unit, name="ds.xlsx", content=lists.tidy(MAI), month=OCTOBER, by=by, at=town.AT
            )
    assert not Import.objects.exists()


def test_words_are_chosen_once_and_remembered_by_the_commune(receive: Receive, cast: Cast) -> None:
    unknown = lists.tidy(row("Đinh Thị Ích", 1950, "001150000222", group="Người già neo đơn lẻ loi"))
    assert outcomes(receive(unknown)) == {"Đinh Thị Ích": "ERROR"}
    operations.remember(
        unit=town.commune(), phrase="NGƯỜI GIÀ neo đơn, lẻ loi", category="C6S", by=cast.binh, at=town.AT
    )
    assert outcomes(receive(unknown)) == {"Đinh Thị Ích": "CREATED"}
    with pytest.raises(Refusal, match="Chưa chọn nhóm"):
        operations.remember(unit=town.commune(), phrase="x", category="C99", by=cast.binh, at=town.AT)


def test_poverty_columns_become_facts_of_the_household(receive: Receive) -> None:
    head = (*lists.HEAD, "Hộ nghèo", "Hộ cận nghèo", "Số hộ", "Quan hệ với chủ hộ")
    mother = [*row("Lý Thị Mẹ", 1960, "001160000111"), "x", "", "7", "Chủ hộ"]
    child = [*row("Lý Văn Con", 2012, "001212000222", sex="Nam"), "", "", "7", "Con"]
    receive(lists.tidy(mother, child, head=head), commit=True)
    fact = HouseholdFact.objects.get()
    assert fact.value == 3
    assert sorted(Member.objects.filter(household=fact.household).values_list("role", flat=True)) == [1, 3]


def test_a_formula_in_a_cell_stays_a_text_in_the_file_with_remarks(receive: Receive) -> None:
    trick = row("=1+1", 1940, "001040000333", note='=HYPERLINK("http://evil.example")')
    imported = receive(lists.tidy(trick, MAI))
    into = io.BytesIO()
    remarked.write(imported, into)
    parts = zipfile.ZipFile(into)
    everything = b"".join(parts.read(name) for name in parts.namelist())
    assert b"=1+1" in everything and b"<f>" not in everything and b"<hyperlink" not in everything


def test_who_stands_twice_in_the_file_without_a_number_waits(receive: Receive) -> None:
    twin = row("Nguyễn Thị Mai", "05/03/1970", "")
    year = row("Lê Thị Tư", 1950, "")
    other = row("Lê Thị Tư", "02/09/1950", "001150000999")
    elsewhere = row("Lê Thị Tư", "03/10/1950", "001150000998", village="Tổ 2")
    content = lists.tidy(MAI, twin, year, other, elsewhere)
    imported = receive(content)
    found = list(Line.objects.filter(of=imported).order_by("line").values_list("outcome", flat=True))
    assert found == ["CREATED", "DOUBTFUL", "CREATED", "DOUBTFUL", "CREATED"]
    told = Line.objects.filter(of=imported).order_by("line")[1].remarks
    assert "dòng 2" in told[0]["message"] or "dòng 2" in str(told)
    assert receive(content, commit=True, accept=True).counts["CREATED"] == 5


def test_two_rows_of_one_person_of_the_register_are_written_once(receive: Receive) -> None:
    first = receive(lists.tidy(MAI), commit=True)
    operations.undo(imported=first, reason="Nhầm", by=first.by, at=town.AT)
    again = receive(lists.tidy(MAI, row("Nguyễn Thị Mai", 1970, "")), commit=True, accept=True)
    found = list(Line.objects.filter(of=again).order_by("line").values_list("outcome", flat=True))
    assert found == ["CREATED", "DOUBTFUL"]
    assert "cùng chỉ một người" in str(Line.objects.get(of=again, line=2).remarks)
    assert Person.objects.count() == 1


def test_who_is_said_to_be_dead_in_a_note_is_not_paid(receive: Receive) -> None:
    dead = row("Lê Thị Tư", 1950, "001150000999", note="chết 5/9/2026")
    imported = receive(lists.tidy(MAI, dead), commit=True, accept=True)
    assert outcomes(imported) == {"Nguyễn Thị Mai": "CREATED", "Lê Thị Tư": "DOUBTFUL"}
    assert (Person.objects.count(), Grant.objects.count()) == (1, 1)


def test_a_single_parent_s_children_are_to_be_entered_before_anything_is_decided(receive: Receive) -> None:
    imported = receive(lists.tidy(row("Lê Thị Tư", 1990, "001190000999", group="Đơn thân nuôi 2 con")))
    assert "Ghi con ở hồ sơ người này" in remarks(imported, "Lê Thị Tư")
