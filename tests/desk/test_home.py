"""The start page: who receives, how much, what waits; and the list of what changes soon."""

import datetime as dt
import io
import re

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from ansinh.accounts.models import User
from ansinh.grants import operations as grants
from ansinh.grants.models import Tally
from ansinh.imports import operations as imports
from ansinh.imports.models import Import
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.registry.models import Fact
from ansinh.rulebook.facts import vocabulary
from ansinh.web import clock
from tests import cast
from tests.desk import world
from tests.desk.world import Village
from tests.imports import lists


@pytest.fixture
def paper(village: Village) -> dt.date:
    """What is confirmed of Sơn's income runs out in thirty days, and Bé's too, next door."""
    day = clock.today() + dt.timedelta(days=30)
    for who in (village.son, village.be):
        Fact.objects.create(
            person=who,
            fact=vocabulary()["stable_income"].id,
            value=0,
            valid_from=world.SINCE,
            valid_to=day,
            recorded_at=world.RECORDED,
            source=world.source(),
        )
    return day


def shown(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    return client.get(address).text


def test_the_start_page_sets_this_period_beside_the_last(village: Village, client: Client) -> None:
    text = shown(client, village.actors.binh, "/")
    for told in ("Kỳ này: 10/2026", "Kỳ trước: 09/2026", "3.825.000", "Người cao tuổi thuộc hộ nghèo"):
        assert told in text, told


def test_groups_that_betray_an_illness_stand_under_the_scheme_together(
    village: Village, client: Client
) -> None:
    text = shown(client, village.actors.binh, "/")
    assert "Trợ cấp hằng tháng (các nhóm không nêu riêng)" in text
    assert not re.search(r"\bHIV\b", text) and "mồ côi" not in text.lower()


def test_only_who_approves_sees_drafts_waiting_and_not_ones_own(village: Village, client: Client) -> None:
    waiting = "bảng chi trả dự thảo chờ duyệt"
    assert waiting in shown(client, village.actors.hanh, "/")
    assert waiting in shown(client, village.actors.chau, "/")
    assert waiting not in shown(client, village.actors.phuc, "/")
    assert waiting not in shown(client, village.actors.giang, "/")


def test_each_number_of_the_review_opens_its_list(village: Village, client: Client) -> None:
    world.fact(village.son, "pension", True, dt.date(2026, 10, 1))
    run = grants.ask_month(
        unit=cast.province(), month=Month(2026, 10), on=clock.today(), at=clock.now(), by=village.actors.hanh
    )
    tally = Tally.objects.get(unit=cast.neighbour(), month=run.month)
    assert (tally.people, tally.no_number, tally.year_only) == (1, 0, 0)
    kinds = {
        name: getattr(tally, name)
        for name in (
            "entitled_not_granted",
            "no_longer_entitled",
            "level_differs",
            "conversion",
            "cannot_tell",
        )
    }
    assert sum(kinds.values()) == 1, kinds
    kind = next(name.upper() for name, people in kinds.items() if people)
    link = f"/quyet-dinh/?thang=2026-10&amp;loai={kind}"
    assert link in shown(client, village.actors.dung, "/")
    opened = shown(client, village.actors.dung, link.replace("&amp;", "&"))
    assert village.be.name in opened and village.mai.name not in opened


def test_a_decision_is_counted_at_once(village: Village) -> None:
    before = Tally.objects.get(unit=cast.commune(), month=dt.date(2026, 10, 1))
    assert (before.people, before.level_differs) == (4, 0), "Châu adopted October"
    assert before.year_only == 1, "of Mai only the year of birth is known"


def test_what_changes_soon_is_told_to_the_commune_and_those_above(
    village: Village, paper: dt.date, client: Client
) -> None:
    told = f"hết hiệu lực ngày {vietnamese_date(paper)}"
    for user, names, hidden in (
        (village.actors.binh, [village.son.name], village.be.name),
        (village.actors.dung, [village.be.name], village.son.name),
        (village.actors.phuc, [village.son.name, village.be.name], "Nobody"),
    ):
        text = shown(client, user, "/sap-thay-doi/")
        assert told in text and all(name in text for name in names), user.username
        assert hidden not in text
        assert hidden not in shown(client, user, "/sap-thay-doi/?viec=PAPER")
    assert village.son.name not in shown(client, village.actors.binh, "/sap-thay-doi/?viec=BIRTHDAY")


def test_the_list_of_what_changes_is_taken_away_without_the_neighbour(
    village: Village, paper: dt.date, client: Client
) -> None:
    client.force_login(village.actors.binh)
    book = client.get("/sap-thay-doi/danh-sach.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    lines = [row for row in rows if village.son.number in row]
    assert lines and lines[0][0] == vietnamese_date(paper)
    assert not any(village.be.name in row for row in rows)
    client.force_login(village.actors.quantri)
    assert client.get("/sap-thay-doi/danh-sach.xlsx").status_code == 403


@pytest.mark.parametrize("after", ["x", "~~~~", "2026-13-01~1~1~PAPER~x", "2026-12-01~1~1~PAPER~x"])
def test_a_place_in_the_list_that_nobody_wrote_harms_nothing(
    village: Village, client: Client, after: str
) -> None:
    client.force_login(village.actors.binh)
    assert client.get("/sap-thay-doi/", {"sau": after}).status_code == 200


def test_each_page_says_what_it_is_for_in_the_readers_language(village: Village, client: Client) -> None:
    text = shown(client, village.actors.binh, "/sap-thay-doi/")
    assert "Trang này để làm gì" in text and "khoản 4 Điều 8 Nghị định 335/2026/NĐ-CP" in text
    client.cookies["django_language"] = "en"
    text = shown(client, village.actors.binh, "/sap-thay-doi/")
    assert "What this page is for" in text and "nothing need be paid in arrears" in text


def checked(
    village: Village, digit: str, name: str = "danh-sach.xlsx", stage: str = "CHECKED", **counts: int
) -> Import:
    """A list that was checked, and written only when `stage` says so."""
    return Import.objects.create(
        unit=cast.commune(),
        month=dt.date(2026, 10, 1),
        name=name,
        sha256=digit * 64,
        by=village.actors.binh,
        at=cast.AT,
        stage=stage,
        state=Import.State.DONE,
        counts={"CREATED": 9, **counts},
    )


def test_of_a_list_sent_again_the_latest_check_counts(village: Village, client: Client) -> None:
    label = "</b> <span>dòng nghi ngờ hoặc có lỗi trong danh sách nhập"
    checked(village, "0", DOUBTFUL=3, ERROR=1)
    checked(village, "1", DOUBTFUL=2)
    checked(village, "2", name="to-9.xlsx", ERROR=7)
    checked(village, "2", name="to-9-gui-lai.xlsx", ERROR=6)
    text = shown(client, village.actors.binh, "/")
    assert [count for count in range(1, 9) if f"<b>{count}{label}" in text] == [2, 6]
    checked(village, "3")
    assert f"<b>2{label}" not in shown(client, village.actors.binh, "/"), "mended: nothing is in doubt"


def test_a_list_with_rows_in_doubt_waits_for_who_brought_it_in(village: Village, client: Client) -> None:
    checked(village, "0", DOUBTFUL=3, ERROR=1)
    waiting = "<b>4</b> <span>dòng nghi ngờ hoặc có lỗi trong danh sách nhập"
    assert waiting in shown(client, village.actors.binh, "/")
    assert waiting not in shown(client, village.actors.dung, "/")
    assert waiting not in shown(client, village.actors.phuc, "/")


def test_rows_left_out_of_written_lists_wait_for_whoever_brings_lists_in(
    village: Village, client: Client
) -> None:
    checked(village, "0", stage="COMMITTED", ERROR=30, DOUBTFUL=5)
    checked(village, "1", name="to-9.xlsx", stage="COMMITTED", ERROR=2)
    checked(village, "2", name="to-10.xlsx", stage="COMMITTED")
    waiting = (
        '<a href="/nhap-danh-sach/chua-vao-so/"><b>37</b> <span>dòng chưa vào sổ '
        "<small>(trong 2 danh sách đã ghi)</small>"
    )
    assert waiting in shown(client, village.actors.binh, "/")
    for other in (village.actors.dung, village.actors.phuc, village.actors.chau):
        assert "dòng chưa vào sổ" not in shown(client, other, "/"), other.username


def written_list(village: Village, at: dt.datetime) -> Import:
    """A list that a command wrote, after which nobody asked the law."""
    made = checked(village, "0", stage="COMMITTED", CHANGED=3)
    Import.objects.filter(pk=made.pk).update(recorded_at=at)
    return made


def test_counts_older_than_a_written_list_say_so_until_the_law_is_asked(
    village: Village, client: Client
) -> None:
    told, button = "Từ khi 12 dòng của 1 danh sách", "Hỏi luật tháng"
    assert "chưa được hỏi" not in shown(client, village.actors.binh, "/")
    made = written_list(village, clock.now())
    for user, asks in (
        (village.actors.binh, True),
        (village.actors.chau, True),
        (village.actors.hanh, False),
    ):
        text = shown(client, user, "/")
        assert told in text and (button in text) is asks, user.username
    assert told not in shown(client, village.actors.dung, "/"), "the neighbour's counts are as true as before"
    client.force_login(village.actors.binh)
    client.post("/quyet-dinh/xac-dinh/", {"thang": Month.of(clock.today()).vietnamese()})
    assert told not in shown(client, village.actors.binh, "/")
    Import.objects.filter(pk=made.pk).update(stage=Import.Stage.UNDONE, told_at=clock.now())
    assert told in shown(client, village.actors.binh, "/"), "taken back, it is to be asked again"


def test_whoever_has_just_moved_in_is_offered_to_ask_the_law(village: Village, client: Client) -> None:
    Tally.objects.all().delete()
    text = shown(client, village.actors.binh, "/")
    assert "Luật chưa được hỏi lần nào" in text and "Hỏi luật tháng" in text
    assert "Luật chưa được hỏi lần nào" not in shown(client, village.actors.quantri, "/")


def test_a_written_list_is_counted_at_once(village: Village, client: Client) -> None:
    row = lists.row("Bùi Thị Kim", "05/03/1970", "001170000111")
    made = imports.receive(
        unit=cast.commune(), name="ds.xlsx", content=lists.tidy(row), month=Month.of(clock.today()),
        by=village.actors.binh, at=clock.now(), defer=False,
    )  # fmt: skip
    imports.check(imported=made, at=clock.now(), on=clock.today())
    imports.commit(imported=made, by=village.actors.binh, at=clock.now(), on=clock.today())
    assert "Từ khi 1 dòng" in shown(client, village.actors.binh, "/")
    imports.renew_counts(imported=made, by=village.actors.phuc, on=clock.today(), at=clock.now())
    assert "Từ khi 1 dòng" in shown(client, village.actors.binh, "/"), "Phúc may not ask the law"
    imports.renew_counts(imported=made, by=village.actors.binh, on=clock.today(), at=clock.now())
    assert "chưa được hỏi" not in shown(client, village.actors.binh, "/")
    counted = Tally.objects.get(unit=cast.commune(), month=clock.today().replace(day=1))
    assert counted.people == 5
