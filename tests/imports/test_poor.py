"""The year's list of poor and near-poor households: tried, written, written again, taken back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from ansinh.accounts.operations import Cast
from ansinh.grants import operations as grants
from ansinh.imports import operations
from ansinh.imports.exports import remarked
from ansinh.imports.logic import poor_list
from ansinh.imports.logic.poor_list import PoorTerms
from ansinh.imports.models import Import, Line
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from ansinh.registry.models import Household, HouseholdFact, Member, Person, Source
from tests import cast as town
from tests.grants.world import dies
from tests.imports import lists
from tests.imports.conftest import OCTOBER, Receive
from tests.imports.poor import book, poor, tidy, untidy

NEXT = (dt.date(2027, 1, 1), dt.date(2028, 1, 1))
POOR, NEAR_POOR, NONE = poor_list.POOR, poor_list.NEAR_POOR, poor_list.NONE
PEOPLE = (
    lists.row("Nguyễn Thị Mai", "05/03/1970", "001170000111"),
    lists.row("Trần Văn Bảy", 1940, "001040000222", sex="Nam", group="NCT 80 tuổi trở lên", amount=500_000),
    lists.row("Lê Văn Xa", 1955, "", sex="Nam", village="Tổ 2", group="SP70", amount=500_000),
    lists.row("Hoàng Thị Ra", 1960, "001160000333"),
)
Send = Callable[..., Import]


@pytest.fixture
def people(receive: Receive) -> None:
    """Four households of Phường Ba Đình; nothing is known of their poverty."""
    receive(lists.tidy(*PEOPLE), commit=True)


@pytest.fixture
def send(cast: Cast, people: None) -> Send:
    """Send a poverty list of 2027 for Phường Ba Đình and check it; with `commit`, write it too."""

    def sent(content: bytes, *, commit: bool = False, complete: bool = False, **more: Any) -> Import:
        days = {"valid_from": NEXT[0], "valid_to": NEXT[1], "year": 2027, "number": "45/QĐ-UBND"}
        terms = PoorTerms(**{**days, "complete": complete, **more})
        made = operations.receive(
            unit=town.commune(), name="ho-ngheo.xlsx", content=content, month=OCTOBER, by=cast.binh,
            at=town.AT, poor=terms,
        )  # fmt: skip
        operations.check(imported=made, at=town.AT, on=town.TODAY)
        if commit:
            operations.commit(imported=made, by=cast.binh, at=town.AT, on=town.TODAY)
        return made

    return sent


def household(name: str) -> Household:
    return Member.objects.get(person__name=name, superseded_at=None).household


def said(name: str) -> list[tuple[int, str, str | None]]:
    """What stands of a household's poverty: value, from, to."""
    found = HouseholdFact.objects.filter(household=household(name), fact=1, superseded_at=None)
    rows = found.order_by("valid_from").values_list("value", "valid_from", "valid_to")
    return [(value, f"{start:%d/%m/%Y}", f"{end:%d/%m/%Y}" if end else None) for value, start, end in rows]


def knew(cast: Cast, name: str, value: str, start: dt.date, end: dt.date | None = None) -> None:
    registry.record_household_fact(
        household=household(name), fact="household_poverty", value=value, valid_from=start, valid_to=end,
        by=cast.binh, at=town.AT,
    )  # fmt: skip


def outcomes(imported: Import) -> dict[str, str]:
    return dict(Line.objects.filter(of=imported).exclude(outcome="SKIPPED").values_list("name", "outcome"))


def remarks(imported: Import, name: str) -> str:
    return str(Line.objects.get(of=imported, name=name).remarks)


def test_an_untidy_list_is_read_and_tried_and_nothing_is_written(send: Send) -> None:
    imported = send(untidy())
    assert outcomes(imported) == {
        "Nguyễn Thị Mai": "CREATED",
        "Lê Văn Xa": "CREATED",
        "Trần Văn Bảy": "CREATED",
        "Phạm Thị Lạ": "ERROR",
        "Đỗ Văn Hỏng": "ERROR",
    }
    assert "Nhập hộ này bằng danh sách đối tượng" in remarks(imported, "Phạm Thị Lạ")
    assert "Không có ngày này" in remarks(imported, "Đỗ Văn Hỏng")
    assert imported.counts["written"] == 3
    member = Line.objects.get(of=imported, name="Nguyễn Văn Con")
    assert (member.outcome, member.remarks[0]["message"]) == ("SKIPPED", "thành viên của hộ ở dòng 8")
    assert not HouseholdFact.objects.exists()
    assert not Source.objects.filter(name="ho-ngheo.xlsx").exists()


def test_it_is_written_with_its_days_and_its_decision(send: Send) -> None:
    send(untidy(), commit=True, issuer="UBND phường Ba Đình", decided_on=dt.date(2026, 12, 15))
    assert said("Nguyễn Thị Mai") == [(POOR, "01/01/2027", "01/01/2028")]
    assert said("Trần Văn Bảy") == [(NEAR_POOR, "01/01/2027", "01/01/2028")]
    assert said("Hoàng Thị Ra") == []
    paper = HouseholdFact.objects.filter(superseded_at=None).first().document  # type: ignore[union-attr]
    assert (paper.number, paper.issuer, paper.issued_on) == (  # type: ignore[union-attr]
        "45/QĐ-UBND", "UBND phường Ba Đình", dt.date(2026, 12, 15),
    )  # fmt: skip


def test_the_dry_run_shows_who_is_new_changed_the_same_and_who_leaves(send: Send, cast: Cast) -> None:
    year = (dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    knew(cast, "Nguyễn Thị Mai", "POOR", *year)
    knew(cast, "Trần Văn Bảy", "NEAR_POOR", *year)
    knew(cast, "Hoàng Thị Ra", "POOR", dt.date(2025, 1, 1))
    content = tidy(
        poor("Nguyễn Thị Mai", 1970, "001170000111"),
        poor("Trần Văn Bảy", 1940, "001040000222"),
        poor("Lê Văn Xa", 1955, village="TDP số 2", near=True),
    )
    assert send(untidy(), complete=True).counts["LEFT"] == 1, "with rows after the last household"
    part = send(content)
    assert outcomes(part) == {"Nguyễn Thị Mai": "SAME", "Trần Văn Bảy": "CHANGED", "Lê Văn Xa": "CREATED"}
    assert Line.objects.get(of=part, name="Trần Văn Bảy").before == "NEAR_POOR"

    whole = send(content, complete=True, commit=True)
    assert outcomes(whole)["Hoàng Thị Ra"] == "LEFT"
    assert (whole.counts["LEFT"], whole.counts["rows"], whole.counts["written"]) == (1, 3, 4)
    assert "1 hộ ra khỏi danh sách" in whole.message
    # What was said of 2026 stands; what had no end is ended by the list.
    assert said("Hoàng Thị Ra") == [(POOR, "01/01/2025", "01/01/2027"), (NONE, "01/01/2027", "01/01/2028")]
    assert said("Nguyễn Thị Mai") == [(POOR, "01/01/2026", "01/01/2027"), (POOR, "01/01/2027", "01/01/2028")]


def test_the_same_file_again_changes_nothing(send: Send) -> None:
    content = tidy(poor("Nguyễn Thị Mai", 1970, "001170000111"))
    send(content, commit=True)
    with pytest.raises(Refusal, match="đã được ghi"):
        send(content)
    again = send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111"), ["", "Cộng"]))
    assert (outcomes(again), again.counts["written"]) == ({"Nguyễn Thị Mai": "SAME"}, 0)
    before = HouseholdFact.objects.count()
    operations.commit(imported=again, by=again.by, at=town.AT, on=town.TODAY)
    assert HouseholdFact.objects.count() == before


def test_undone_the_households_are_as_before(send: Send, cast: Cast) -> None:
    knew(cast, "Hoàng Thị Ra", "POOR", dt.date(2025, 1, 1))
    knew(cast, "Nguyễn Thị Mai", "NEAR_POOR", dt.date(2025, 1, 1), dt.date(2029, 1, 1))
    before = said("Hoàng Thị Ra"), said("Nguyễn Thị Mai")
    imported = send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")), complete=True, commit=True)
    assert said("Nguyễn Thị Mai") == [
        (NEAR_POOR, "01/01/2025", "01/01/2027"),
        (POOR, "01/01/2027", "01/01/2028"),
        (NEAR_POOR, "01/01/2028", "01/01/2029"),
    ]
    operations.undo(imported=imported, reason="Nhầm tệp", by=cast.binh, at=town.AT)
    assert (said("Hoàng Thị Ra"), said("Nguyễn Thị Mai")) == before
    assert imported.stage == "UNDONE"
    send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")), complete=True, commit=True)
    assert said("Hoàng Thị Ra")[-1][0] == NONE


def test_what_was_recorded_or_decided_since_is_not_undone(send: Send, cast: Cast) -> None:
    imported = send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")), commit=True)
    knew(cast, "Nguyễn Thị Mai", "NONE", dt.date(2027, 6, 1))
    with pytest.raises(Refusal, match="ghi nhận khác"):
        operations.undo(imported=imported, reason="Nhầm tệp", by=cast.binh, at=town.AT)
    other = send(tidy(poor("Trần Văn Bảy", 1940, "001040000222")), commit=True)
    later = town.AT + dt.timedelta(hours=1)
    grants.adopt_month(unit=town.commune(), month=OCTOBER, on=town.TODAY, at=later, by=cast.chau)
    with pytest.raises(Refusal, match="quyết định trợ cấp"):
        operations.undo(imported=other, reason="Nhầm tệp", by=cast.binh, at=town.AT)


def test_whose_allowance_would_change_is_told_before(send: Send) -> None:
    # Social pension from 70 on is for the poor and near-poor: article 21 of the law on social insurance.
    imported = send(tidy(poor("Lê Văn Xa", 1955, village="Tổ 2"), poor("Nguyễn Thị Mai", 1970)))
    assert imported.counts["affected"] == 1
    told = remarks(imported, "Lê Văn Xa")
    assert "Theo luật tháng 01/2027, Lê Văn Xa: 0 → 650.000 đồng mỗi tháng" in told
    assert "Trợ cấp" not in remarks(imported, "Nguyễn Thị Mai")
    assert not HouseholdFact.objects.exists()


def test_who_leaves_loses_what_the_law_gave_under_last_years_list(send: Send, cast: Cast) -> None:
    knew(cast, "Lê Văn Xa", "NEAR_POOR", dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    knew(cast, "Hoàng Thị Ra", "POOR", dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    stays = poor("Hoàng Thị Ra", 1960, "001160000333")
    left = send(tidy(stays), complete=True)
    assert "Lê Văn Xa: 650.000 → 0 đồng mỗi tháng" in remarks(left, "Lê Văn Xa")
    assert (left.counts["LEFT"], left.counts["affected"]) == (1, 1)
    into = io.BytesIO()
    remarked.write(left, into)
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(into.getvalue()))
    assert sheets.sheet_names == ["Danh sách", "Không có trong danh sách"]
    assert "Đang là hộ cận nghèo" in str(sheets.get_sheet_by_index(1).to_python())
    late = send(tidy(stays, []), complete=True, valid_from=dt.date(2027, 1, 15))
    assert outcomes(late) == {"Hoàng Thị Ra": "SAME", "Lê Văn Xa": "LEFT"}, "two weeks without a word"


def test_a_sheet_of_those_no_longer_poor_ends_it_without_a_complete_list(send: Send, cast: Cast) -> None:
    knew(cast, "Lê Văn Xa", "POOR", dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    rows = [("Họ tên chủ hộ", "Năm sinh", "Thôn", "Ghi chú"), ("Lê Văn Xa", 1955, "2", "")]
    imported = send(book({"Thoát nghèo": rows}), commit=True)
    assert outcomes(imported) == {"Lê Văn Xa": "LEFT"}
    assert said("Lê Văn Xa")[-1] == (NONE, "01/01/2027", "01/01/2028")


@pytest.mark.parametrize(
    ("head", "rows", "households"),
    [
        (
            ("Mã hộ", "Họ và tên", "Năm sinh"),
            [("H1", "A B", 1960), ("", "C D", 1990), ("H2", "E F", 1970)],
            2,
        ),
        (("Mã hộ", "Họ và tên", "Năm sinh"), [("", "A B", 1960), ("", "C D", 1990)], 2),
        (
            ("Chủ hộ", "Họ và tên thành viên", "Năm sinh"),
            [("A B", "A B", 1960), ("", "C D", 1990), ("E F", "", 1970), ("E F", "G H", 1999)],
            2,
        ),
        (("TT", "Họ và tên", "Năm sinh", "Xóm"), [(1, "A B", 1960), ("", "C D", 1990), (2, "E F", 1970)], 2),
        (("Họ và tên", "Năm sinh", "Thôn"), [("A B", 1960, "1"), ("C D", 1990, "1")], 2),
        (
            ("Họ tên chủ hộ", "Năm sinh của chủ hộ", "Nam", "Nữ", "Nguyên nhân nghèo"),
            [("A B", 1960, 2, 1, "Không có vốn"), ("C D", 1990, 0, 3, "")],
            2,
        ),
        (
            ("Họ và tên", "Quan hệ với chủ hộ", "Năm sinh"),
            [("A B", "Chủ hộ", 1960), ("C D", "Vợ", 1990), ("E F", "Chủ hộ", 1970)],
            2,
        ),
    ],
)
def test_rows_form_households(head: tuple[str, ...], rows: list[tuple[Any, ...]], households: int) -> None:
    content = book({"Hộ nghèo": [head, *rows]})
    listing = poor_list.read_poor_list("x.xlsx", content, month=OCTOBER)
    found = poor_list.households(listing.rows)
    assert len(found) == households
    assert {one.poverty for one in found} == {POOR}
    assert all(not one.first.wrong for one in found), [one.first.remarks for one in found]


def test_doubles_are_told_and_none_is_guessed(send: Send) -> None:
    imported = send(
        tidy(
            poor("Nguyễn Thị Mai", 1970, "001170000111"),
            poor("Nguyễn Thị Mai", 1970, "", "Tổ 1"),
            poor("Trần Văn Bảy", 1940, "001040000222"),
            poor("Trần Văn Bảy", 1940, "001040000222", near=True),
        )
    )
    rows = list(Line.objects.filter(of=imported).order_by("line").values_list("outcome", flat=True))
    assert rows == ["CREATED", "ERROR", "ERROR", "ERROR"]
    assert imported.counts["written"] == 1


def test_names_alone_are_not_enough(send: Send) -> None:
    elsewhere = send(tidy(poor("Lê Văn Xa", 1955, village="Tổ 9")))
    assert outcomes(elsewhere) == {"Lê Văn Xa": "DOUBTFUL"}
    assert "ở Tổ 2" in remarks(elsewhere, "Lê Văn Xa")
    wrong = send(tidy(poor("Lê Văn Khác", 1955, "001170000111")))
    assert outcomes(wrong) == {"Lê Văn Khác": "DOUBTFUL"}
    nothing = send(tidy(poor("Lê Văn Xa", "", village="Tổ 2")))
    assert "không biết là ai" in remarks(nothing, "Lê Văn Xa")
    both = send(tidy([1, "Lê Văn Xa", 1955, "", "Tổ 2", "x", "x", ""]))
    assert "vừa là hộ nghèo vừa là hộ cận nghèo" in remarks(both, "Lê Văn Xa")
    neither = send(tidy([1, "Lê Văn Xa", 1955, "", "Tổ 2", "", "", ""]))
    assert "Không rõ là hộ nghèo" in remarks(neither, "Lê Văn Xa")


def test_a_household_is_found_by_a_member_when_its_head_is_not(send: Send) -> None:
    content = book(
        {
            "Hộ nghèo": [
                ("STT", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "CCCD"),
                (1, "Nguyễn Văn Chồng", "Chủ hộ", 1965, ""),
                ("", "Nguyễn Thị Mai", "Vợ", 1970, "001170000111"),
            ]
        }
    )
    imported = send(content, commit=True)
    assert outcomes(imported) == {"Nguyễn Văn Chồng": "CREATED"}
    assert "Tìm thấy hộ theo thành viên ở dòng 3" in remarks(imported, "Nguyễn Văn Chồng")
    assert said("Nguyễn Thị Mai")[0][0] == POOR


def test_who_may_be_in_a_row_not_understood_does_not_leave(send: Send, cast: Cast) -> None:
    knew(cast, "Lê Văn Xa", "POOR", dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    imported = send(tidy(poor("Lê Văn Xa", 1955, village="Tổ 9")), complete=True)
    assert set(Line.objects.filter(of=imported).values_list("outcome", flat=True)) == {"DOUBTFUL"}
    assert imported.counts["LEFT"] == 0


def test_what_was_recorded_within_the_year_stands(send: Send, cast: Cast) -> None:
    knew(cast, "Nguyễn Thị Mai", "NONE", dt.date(2027, 3, 1))
    imported = send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")))
    assert outcomes(imported) == {"Nguyễn Thị Mai": "DOUBTFUL"}
    assert "từ 01/03/2027" in remarks(imported, "Nguyễn Thị Mai")


def test_a_register_that_changed_since_the_check_is_looked_at_again(send: Send, cast: Cast) -> None:
    imported = send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")))
    knew(cast, "Nguyễn Thị Mai", "NEAR_POOR", dt.date(2026, 1, 1))
    with pytest.raises(Refusal, match="đã thay đổi"):
        operations.commit(imported=imported, by=cast.binh, at=town.AT, on=town.TODAY)
    operations.check(imported=imported, at=town.AT, on=town.TODAY)
    operations.commit(imported=imported, by=cast.binh, at=town.AT, on=town.TODAY)
    assert outcomes(imported) == {"Nguyễn Thị Mai": "CHANGED"}


def test_no_list_is_written_without_its_decision_or_without_a_household(send: Send, cast: Cast) -> None:
    with pytest.raises(Refusal, match="số quyết định"):
        send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")), number="", commit=True)
    with pytest.raises(Refusal, match="không có hộ nào"):
        send(tidy(poor("Người Nào Đó", 1970, "001170000555")), commit=True)
    with pytest.raises(Refusal, match="ngày hiệu lực"):
        send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")), valid_to=NEXT[0])


def test_the_dead_head_is_told_and_the_neighbours_people_are_not_touched(send: Send, cast: Cast) -> None:
    dies(Person.objects.get(number="001170000111"), dt.date(2026, 9, 1))
    imported = send(tidy(poor("Nguyễn Thị Mai", 1970, "001170000111")))
    assert "đã chết ngày 01/09/2026" in remarks(imported, "Nguyễn Thị Mai")
    theirs = operations.receive(
        unit=town.neighbour(), name="x.xlsx", content=tidy(poor("Trần Văn Bảy", 1940, "001040000222")),
        month=Month(2026, 10), by=cast.dung, at=town.AT, poor=PoorTerms(2027, *NEXT, number="1"),
    )  # fmt: skip
    operations.check(imported=theirs, at=town.AT, on=town.TODAY)
    assert outcomes(theirs) == {"Trần Văn Bảy": "DOUBTFUL"}
    assert "đã đăng ký tại" in remarks(theirs, "Trần Văn Bảy")
    with pytest.raises(Refusal, match="địa bàn"):
        operations.receive(
            unit=town.commune(), name="x.xlsx", content=b"x", month=OCTOBER, by=cast.dung, at=town.AT,
            poor=PoorTerms(2027, *NEXT),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Hộ nghèo", POOR),
        ("HỘ CẬN NGHÈO", NEAR_POOR),
        ("CN", NEAR_POOR),
        ("Hộ nghèo không có khả năng lao động", POOR),
        ("Hộ thoát nghèo", NONE),
        ("không thuộc hộ nghèo", NONE),
        ("Danh sách hộ nghèo, hộ cận nghèo năm 2027", None),
        ("Danh sách hộ cận nghèo theo chuẩn nghèo đa chiều", NEAR_POOR),
        ("Ban chỉ đạo giảm nghèo", None),
        ("Thiếu đất sản xuất", None),
    ],
)
def test_words_say_what_a_household_is(words: str, value: int | None) -> None:
    assert poor_list.class_said(words) == value
