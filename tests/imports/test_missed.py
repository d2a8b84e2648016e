"""Rows left out of a written list wait until the list comes again, or somebody says that they are done."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client

from ansinh.accounts.models import Entry, User
from ansinh.accounts.operations import Cast
from ansinh.imports import operations
from ansinh.imports.exports import remarked
from ansinh.imports.models import Import
from ansinh.imports.queries import missed
from ansinh.kernel.refusal import Refusal
from tests import cast as town
from tests.imports import lists
from tests.imports.conftest import Receive
from tests.imports.lists import row

KIM = row("Bùi Thị Kim", "05/03/1970", "001170000111")
LAN = row("Lê Thị Lan", 1949, "", amount="không rõ")
LAN_MENDED = row("Lê Thị Lan", 1949, "")
ADDRESS = "/nhap-danh-sach/chua-vao-so/"


def waiting(user: User) -> tuple[int, int]:
    return missed.count(user, on=town.TODAY)


def test_a_row_with_an_error_waits_once_the_list_is_written(receive: Receive, cast: Cast) -> None:
    receive(lists.tidy(KIM, LAN))
    assert waiting(cast.binh) == (0, 0), "of a list that is only checked, its own line tells"
    receive(lists.tidy(KIM, LAN), commit=True)
    assert waiting(cast.binh) == (1, 1)
    assert waiting(cast.dung) == (0, 0), "the neighbour has none"


@pytest.mark.parametrize("name", ["danh-sach.xlsx", "ghi-chu-{}.xlsx", "ghi-chu-{} (1).xlsx"])
def test_the_list_sent_again_takes_them(receive: Receive, cast: Cast, name: str) -> None:
    first = receive(lists.tidy(KIM, LAN), commit=True)
    again = receive(lists.tidy(KIM, LAN_MENDED), name=name.format(first.pk), commit=True)
    assert waiting(cast.binh) == (0, 0)
    operations.undo(imported=again, reason="Nhầm tệp", by=cast.binh, at=town.AT)
    assert waiting(cast.binh) == (1, 1), "undone, it took nothing"


@pytest.mark.parametrize("name", ["to-9.xlsx", "ghi-chu-{}7.xlsx"])
def test_another_list_takes_nothing(receive: Receive, cast: Cast, name: str) -> None:
    first = receive(lists.tidy(KIM, LAN), commit=True)
    receive(lists.tidy(KIM, LAN_MENDED), name=name.format(first.pk), commit=True)
    assert waiting(cast.binh) == (1, 1)


def test_the_file_of_remarks_comes_back_mended(receive: Receive, cast: Cast) -> None:
    first = receive(lists.tidy(KIM, LAN), commit=True)
    into = io.BytesIO()
    remarked.write(first, into)
    again = receive(into.getvalue(), name=f"ghi-chu-{first.pk}.xlsx", commit=True)
    assert (again.counts["SAME"], again.counts["ERROR"]) == (1, 1), "its column of remarks is no fault"
    assert missed.missed(cast.binh, on=town.TODAY).get() == again, "what is left now counts with the later"


def test_an_undone_list_leaves_nothing_waiting(receive: Receive, cast: Cast) -> None:
    made = receive(lists.tidy(KIM, LAN), commit=True)
    operations.undo(imported=made, reason="Nhầm tệp", by=cast.binh, at=town.AT)
    assert waiting(cast.binh) == (0, 0)


def test_who_says_so_is_in_the_trail_and_can_take_it_back(receive: Receive, cast: Cast) -> None:
    made = receive(lists.tidy(KIM, LAN), commit=True)
    operations.settle(imported=made, by=cast.binh, at=town.AT)
    assert waiting(cast.binh) == (0, 0)
    with pytest.raises(Refusal):
        operations.settle(imported=made, by=cast.binh, at=town.AT)
    operations.unsettle(imported=made, by=cast.binh, at=town.AT)
    assert waiting(cast.binh) == (1, 1)
    with pytest.raises(Refusal):
        operations.unsettle(imported=made, by=cast.binh, at=town.AT)
    told = Entry.objects.filter(subject_kind="imports.import", action__endswith="settle_list").order_by("pk")
    assert [entry.action for entry in told] == ["settle_list", "unsettle_list"]


def test_from_the_start_page_to_the_rows_and_the_file_of_remarks(
    receive: Receive, cast: Cast, client: Client
) -> None:
    made = receive(lists.tidy(KIM, LAN), commit=True)
    client.force_login(cast.binh)
    assert f'href="{ADDRESS}"><b>1</b> <span>dòng chưa vào sổ' in client.get("/").text
    text = client.get(ADDRESS).text
    assert "Lê Thị Lan" in text and "không rõ" in text and "Bùi Thị Kim" not in text
    assert f"/nhap-danh-sach/{made.pk}/ghi-chu.xlsx" in text
    report = client.get(f"/nhap-danh-sach/{made.pk}/?loai=MISSED").text
    assert "1 dòng chưa vào sổ" in report and "Lê Thị Lan" in report and "Bùi Thị Kim" not in report
    assert "Ghi vào sổ: <span" in report, "also of a list that a command wrote"
    client.post(f"/nhap-danh-sach/{made.pk}/xong/")
    assert "dòng chưa vào sổ" not in client.get("/").text
    assert "Không còn dòng nào chờ vào sổ." in client.get(ADDRESS).text
    told = client.get(f"/nhap-danh-sach/{made.pk}/").text
    assert re.search(f"{cast.binh.full_name} báo đã xử lý xong", told)
    client.post(f"/nhap-danh-sach/{made.pk}/chua-xong/")
    assert f'href="{ADDRESS}"><b>1</b>' in client.get("/").text


def test_lists_with_rows_left_page_by_key(receive: Receive, cast: Cast, client: Client) -> None:
    made = [
        Import.objects.create(
            unit=town.commune(), month=town.TODAY.replace(day=1), name=f"to-{number}.xlsx",
            sha256=f"{number}" * 64, by=cast.binh, at=town.AT, stage="COMMITTED", state="DONE",
            counts={"ERROR": 1},
        )
        for number in range(7)
    ]  # fmt: skip
    client.force_login(cast.binh)
    text = client.get(ADDRESS).text
    assert "to-6.xlsx" in text and "to-1.xlsx" not in text
    assert f'href="?truoc={made[2].pk}"' in text
    assert "to-1.xlsx" in client.get(ADDRESS, {"truoc": made[2].pk}).text
