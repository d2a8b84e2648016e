"""After a move-out the old commune keeps its decisions and bookings, and learns nothing new.

Mai lives in Phường Ba Đình, receives there, and moves to Phường Ngọc Hà on 1/11/2026. Hà Nội, above both,
sees everything.
"""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from ansinh.accounts.models import Read, Role, User
from ansinh.desk.queries import people
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants.models import Decision, Grant, Holding, Level, Tally
from ansinh.kernel.time import Month
from ansinh.payments.models import Roll
from ansinh.registry import operations as registry
from ansinh.registry.models import Attachment, Document, Fact, Member, Person, Source
from ansinh.web import clock
from tests import cast
from tests.desk import world
from tests.desk.world import Village

LEFT = dt.date(2026, 11, 1)
NOVEMBER = Month(2026, 11)
PHONE, VILLAGE, PAPER = "0912345678", "Tổ dân phố 77", "Giấy mới của phường mới"
JPEG = b"\xff\xd8\xff"
SECRET = "Tờ kín của phường cũ"


@pytest.fixture
def moved(village: Village) -> Village:
    """Mai has moved, and her new commune has recorded this and that."""
    binh = village.actors.binh
    for title, secret in ((SECRET, True), ("Giấy cũ", False)):
        scan = JPEG + title.encode() + b"\xff\xd9"
        registry.attach(person=village.mai, content=scan, title=title, secret=secret, by=binh, at=cast.AT)
    home = Member.objects.get(person=village.mai, superseded_at=None).household
    registry.move_household(
        household=home,
        unit=cast.neighbour(),
        village=VILLAGE,
        valid_from=LEFT,
        by=binh,
        at=cast.AT,
        about=village.mai,
        event="chuyen-noi-o",
    )
    known_there(village)
    return village


def known_there(village: Village) -> None:
    """What the new commune records: of before the move, and of after it."""
    theirs = officer(village, cast.NEIGHBOUR)
    paper = Document.objects.create(kind=PAPER, number="7/GXN", issuer="", issued_on=LEFT)
    for value, since in (("SEVERE", dt.date(2026, 9, 1)), ("EXTREME", dt.date(2026, 11, 15))):
        registry.record_fact(
            person=village.mai,
            fact="disability",
            value=value,
            valid_from=since,
            document=paper,
            by=theirs,
            at=clock.now(),
        )
    registry.record_fact(
        person=village.mai, fact="hiv", value=True, valid_from=LEFT, by=theirs, at=clock.now()
    )
    registry.record_household_fact(
        household=Member.objects.get(person=village.mai, superseded_at=None).household,
        fact="household_poverty",
        value="NONE",
        valid_from=dt.date(2026, 9, 1),
        by=theirs,
        at=clock.now(),
    )
    registry.attach(
        person=village.mai, content=JPEG + b"\xff\xd9", title=PAPER, secret=False, by=theirs, at=clock.now()
    )
    Person.objects.filter(pk=village.mai.pk).update(phone=PHONE)


def officer(village: Village, code: str) -> User:
    """An officer who keeps the register at a commune; of Hà Nội its inspector."""
    if code == cast.COMMUNE:
        return village.actors.binh
    if code == cast.PROVINCE:
        return village.actors.giang
    found, _ = User.objects.get_or_create(
        username="ngocha",
        defaults={
            "full_name": "Người Ngọc Hà",
            "role": Role.OFFICER,
            "unit": cast.neighbour(),
            "created_at": cast.AT,
        },
    )
    return found


def ask(unit: Unit, village: Village) -> None:
    grants.ask_month(unit=unit, month=NOVEMBER, on=clock.today(), at=clock.now(), by=village.actors.giang)


def read(client: Client, user: User, address: str, **asked: str) -> str:
    client.force_login(user)
    answer = client.get(address, asked)
    assert answer.status_code == 200, address
    kind = answer.headers["Content-Type"]
    content = b"".join(answer) if answer.streaming else answer.content
    if "spreadsheet" in kind:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        return "\n".join(" ".join(map(str, row)) for row in rows)
    if "pdf" in kind:
        return "\n".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(content)).pages)
    return content.decode()


NEW = re.compile(rf"{PHONE}|{VILLAGE}|Ngọc Hà|{PAPER}|7/GXN|{SECRET}|HIV", re.I)


def test_the_old_commune_keeps_its_decisions_and_bookings(moved: Village, client: Client) -> None:
    text = read(client, moved.actors.binh, f"/nguoi/{moved.mai.pk}/")
    assert "Từ ngày 01/11/2026 người này cư trú ngoài địa bàn." in text
    assert "1/QĐ-UBND ngày 06/10/2026" in text, "its decision"
    assert "1.300.000" in text and "1,5 × 650.000 = 975.000" in text, "its level and its months"
    assert "đặc biệt nặng" not in text.lower(), "but no fact that came later"
    assert "Tổ dân phố 1, Phường Trúc Bạch" in text and "hộ nghèo" in text and "Giấy cũ" in text
    decision = Decision.objects.get(kind="ADJUST", unit=cast.commune()).pk
    assert moved.mai.name in read(client, moved.actors.binh, f"/quyet-dinh/{decision}/")
    assert moved.mai.name in read(client, moved.actors.binh, f"/chi-tra/{moved.payroll().pk}/dong/")
    assert Read.objects.filter(who=moved.actors.binh, person_id=moved.mai.pk).exists()


def test_it_learns_nothing_new_on_any_page_list_or_download(moved: Village, client: Client) -> None:
    payroll = moved.payroll()
    roll = Roll.objects.get(payroll=payroll)
    decision = Decision.objects.get(kind="ADJUST", unit=cast.commune()).pk
    ask(cast.province(), moved)
    for user in (moved.actors.binh, moved.actors.chau):
        for address in (
            f"/nguoi/{moved.mai.pk}/",
            f"/quyet-dinh/{decision}/",
            "/quyet-dinh/?thang=2026-11&loai=CANNOT_TELL",
            "/quyet-dinh/ra-soat.xlsx?thang=2026-11",
            "/sap-thay-doi/",
            "/sap-thay-doi/danh-sach.xlsx",
            f"/chi-tra/{payroll.pk}/",
            f"/chi-tra/{payroll.pk}/dong/",
            f"/chi-tra/{payroll.pk}/danh-sach/{roll.pk}.xlsx",
            f"/chi-tra/{payroll.pk}/danh-sach/{roll.pk}.pdf",
            "/nguoi/?tim=nguyen+thi+mai",
            "/",
        ):
            client.force_login(user)
            told = NEW.findall(_seen(read(client, user, address)))
            assert told == [], f"{address} tells {user.username} {told}"


def test_it_is_told_why_it_paid_on_what_it_knew(moved: Village, client: Client) -> None:
    """The new commune has recorded since that her household was not poor in September."""
    address = f"/nguoi/{moved.mai.pk}/vi-sao/"
    asked = {"month": "2026-10", "asked_on": "2026-11-20"}
    text = read(client, moved.actors.binh, address, **asked)
    assert not re.search(rf"{PHONE}|{VILLAGE}|Ngọc Hà|{PAPER}", _seen(text))
    above = read(client, officer(moved, cast.PROVINCE), address, **asked)
    grounds = [re.findall(r'class="sum">2,0.*?class="cite">(.*?) Nghị', told, re.S) for told in (text, above)]
    assert grounds == [["điểm a khoản 5 Điều 5"], ["khoản 6 Điều 5"]]


def test_it_opens_nothing_that_is_to_be_done_or_kept_secret(moved: Village, client: Client) -> None:
    mai = moved.mai.pk
    kept = {one.title: one.pk for one in Attachment.objects.filter(person=mai)}
    fact = Fact.objects.filter(person=mai, superseded_at=None).latest("pk").pk
    entry = Source.objects.filter(about=mai, recorded_at__isnull=False).earliest("pk").pk
    client.force_login(moved.actors.binh)
    for rest in (
        "nhay-cam/",
        "luot-xem/",
        "viec/chet/",
        "viec/chuyen-noi-o/",
        "giay-to/",
        f"huy/{entry}/",
        f"du-kien/nguoi/{fact}/",
        f"giay-to/{kept[PAPER]}/",
        f"giay-to/{kept[SECRET]}/",
    ):
        assert client.get(f"/nguoi/{mai}/{rest}").status_code == 404, rest
        assert client.post(f"/nguoi/{mai}/{rest}", {"reason": world.REASON}).status_code in (404, 405), rest
    assert client.get(f"/nguoi/{mai}/giay-to/{kept['Giấy cũ']}/").status_code == 200, "a paper of its own"
    for month in ("2026-11", "2026-12"):
        answer = client.get(f"/nguoi/{mai}/vi-sao/?month={month}")
        assert answer.status_code == 422 and "cư trú ở xã khác" in answer.text
    text = client.get(f"/nguoi/{mai}/").text
    assert not re.search(rf"/nguoi/{mai}/(viec|huy|nhay-cam|luot-xem|du-kien|giay-to/\")", text)


def test_its_lists_and_counts_say_only_that_it_cannot_tell(moved: Village, client: Client) -> None:
    for unit in (cast.province(), cast.commune()):
        ask(unit, moved)
        for kind in ("LEVEL_DIFFERS", "CONVERSION", "NO_LONGER_ENTITLED", "ENTITLED_NOT_GRANTED"):
            listed = read(client, moved.actors.chau, f"/quyet-dinh/?thang=2026-11&loai={kind}")
            assert moved.mai.name not in listed, (unit, kind)
        told = read(client, moved.actors.chau, "/quyet-dinh/?thang=2026-11&loai=CANNOT_TELL")
        assert moved.mai.name in told, "it still pays her by its own decision"
    tally = Tally.objects.get(unit=cast.commune(), month=NOVEMBER.first)
    assert tally.cannot_tell >= 1
    assert "001141000017" not in read(client, moved.actors.binh, "/nguoi/?tim=mai")


def test_the_new_commune_and_the_parent_of_both_see_everything(moved: Village, client: Client) -> None:
    for code in (cast.NEIGHBOUR, cast.PROVINCE):
        text = read(client, officer(moved, code), f"/nguoi/{moved.mai.pk}/")
        for told in (PHONE, VILLAGE, PAPER, "1/QĐ-UBND ngày 06/10/2026", "1,5 × 650.000 = 975.000"):
            assert told in text, (code, told)
        found = read(client, officer(moved, code), "/nguoi/?tim=mai")
        assert "001141000017" in found


def test_a_third_commune_and_whoever_had_nothing_there_find_nobody(moved: Village, client: Client) -> None:
    third = User.objects.create(
        username="noikhac",
        full_name="Nơi Khác",
        role=Role.OFFICER,
        unit=geography.unit(code="00025", on=cast.TODAY),
        created_at=cast.AT,
    )
    client.force_login(third)
    assert client.get(f"/nguoi/{moved.mai.pk}/").status_code == 404
    # Lan never received anything in Ba Đình: with her household she is gone from it.
    home = Member.objects.get(person=moved.lan, superseded_at=None).household
    registry.move_household(
        household=home, unit=cast.neighbour(), valid_from=LEFT, by=moved.actors.binh, at=cast.AT
    )
    client.force_login(moved.actors.binh)
    assert client.get(f"/nguoi/{moved.lan.pk}/").status_code == 404
    text = client.get(f"/nguoi/{moved.son.pk}/").text
    assert "Vũ Thị Lan" in text, "her name goes with the household that left, as it was then"
    assert f"/nguoi/{moved.lan.pk}/" not in text, "and leads nowhere"


def test_what_another_commune_decided_on_a_grant_handed_on_is_not_told(
    moved: Village, client: Client
) -> None:
    """The new commune holds the grant from December on, at a level of its own."""
    grant = Grant.objects.get(person=moved.mai, months__contains=NOVEMBER.first)
    Holding.objects.create(grant=grant, from_month=dt.date(2026, 12, 1), unit=cast.neighbour())
    theirs = Decision.objects.create(
        unit=cast.neighbour(),
        number="88/QĐ-UBND",
        kind="ADJUST",
        decided_on=dt.date(2026, 11, 20),
        decided_at=clock.now(),
        effective_month=dt.date(2026, 12, 1),
        people=1,
    )
    Level.objects.create(
        grant=grant,
        decided_at=theirs.decided_at,
        from_month=dt.date(2026, 10, 1),
        decision=theirs,
        amount_vnd=1_234_000,
        by_list=True,
    )
    text = read(client, moved.actors.binh, f"/nguoi/{moved.mai.pk}/")
    assert "đến hết 11/2026" in text and "đã thôi hưởng" in text
    assert not re.search(r"88/QĐ|1\.234\.000|Ngọc Hà", text)
    assert "88/QĐ-UBND" in read(client, officer(moved, cast.PROVINCE), f"/nguoi/{moved.mai.pk}/")


def test_what_they_see_is_what_was_known_then(moved: Village) -> None:
    sight = people.sight(moved.actors.binh, moved.mai.pk, on=clock.today())
    assert sight is not None and (sight.whole, sight.left_on) == (False, LEFT)
    assert sight.day == dt.date(2026, 10, 31)
    assert not sight.shows_month(NOVEMBER) and sight.shows_month(NOVEMBER - 1)
    before = people.sight(moved.actors.binh, moved.mai.pk, on=dt.date(2026, 10, 31))
    assert before is not None and before.whole


def test_who_comes_back_is_seen_again(moved: Village, client: Client) -> None:
    entry = Source.objects.get(about=moved.mai, event="chuyen-noi-o")
    registry.undo_entry(source=entry, reason="Ghi nhầm", by=officer(moved, cast.NEIGHBOUR), at=clock.now())
    text = read(client, moved.actors.binh, f"/nguoi/{moved.mai.pk}/")
    assert PHONE in text and "ngoài địa bàn" not in text.replace("người ngoài địa bàn", "")


def _seen(text: str) -> str:
    """Without what is on every page whoever is asked about: the menu, and choices of a form."""
    return re.sub(r"<option.*?</option>|<nav.*?</nav>", "", text, flags=re.S)
