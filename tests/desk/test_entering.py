"""Somebody new, through the page: looked for in the whole country, entered once, taken back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from ansinh.accounts.models import Entry, User
from ansinh.geography.models import Unit
from ansinh.registry import operations as registry
from ansinh.registry.models import Double, HouseholdResidence, Member, Opinion, Person, Source
from ansinh.registry.operations.doubles import OUTSIDE_AN_HOUR
from ansinh.web import clock
from tests import cast
from tests.desk.world import NUMBERS, Village

PAGE = "/nguoi/them/"
THU = {
    "name": "Đinh Thị Thu",
    "born": "1941",
    "sex": "F",
    "number": "036141009876",
    "ethnicity": "Mường",
    "phone": "0912 000 111",
    "valid_from": "01/09/2026",
    "village": "Tổ dân phố 7",
    "paper_kind": "Thông báo cư trú",
    "paper_number": "15/TB",
    "paper_issuer": "Công an phường Ba Đình",
    "paper_day": "03/09/2026",
}
LAN = {**THU, "name": "Vu Thi Lan", "born": "01/12/1972", "number": "", "village": "Tổ dân phố 4"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 10 November 2026, at eight."""
    eight = dt.datetime(2026, 11, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 10))
    monkeypatch.setattr(clock, "now", lambda: eight)


class Desk:
    """An officer at the page."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def be(self, user: User) -> Desk:
        self.client.force_login(user)
        return self

    def look(self, status: int = 200, /, **said: Any) -> str:
        people = Person.objects.count()
        answer = self.client.post(PAGE, {**THU, **said, "step": "look"})
        assert answer.status_code == status, words(answer.text)
        assert Person.objects.count() == people
        return words(answer.text)

    def refused(self, **said: Any) -> str:
        people, sources = Person.objects.count(), Source.objects.count()
        answer = self.client.post(PAGE, {**THU, **said, "step": "save"})
        assert answer.status_code == 422
        assert (Person.objects.count(), Source.objects.count()) == (people, sources)
        return words(answer.text)

    def save(self, **said: Any) -> Person:
        answer = self.client.post(PAGE, {**THU, **said, "step": "save"})
        assert answer.status_code == 302, words(answer.text)
        person = Person.objects.latest("pk")
        assert answer.headers["Location"] == f"/nguoi/{person.pk}/"
        return person


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text[text.index("<main") :]).split())


def officer(username: str, unit: Unit) -> User:
    """Somebody with Bình's role elsewhere."""
    return User.objects.create(
        username=username, full_name=username, role="OFFICER", unit=unit, created_at=cast.AT
    )


@pytest.fixture
def desk(village: Village, client: Client) -> Desk:
    return Desk(client).be(village.actors.binh)


def test_somebody_new_gets_a_file_and_a_home_of_their_own(village: Village, desk: Desk) -> None:
    shown = desk.look()
    assert "chưa có ai trong sổ giống người này" in shown and "1941" in shown and "Tổ dân phố 7" in shown
    thu = desk.save()
    assert (thu.name, thu.folded, thu.born, thu.born_precision) == (
        "Đinh Thị Thu", "dinh thi thu", dt.date(1941, 1, 1), "Y",
    )  # fmt: skip
    member = Member.objects.get(person=thu)
    home = HouseholdResidence.objects.get(household=member.household)
    assert (member.role, member.valid_from) == (Member.Role.HEAD, dt.date(2026, 9, 1))
    assert (home.unit.code, home.village) == (cast.COMMUNE, "Tổ dân phố 7")
    source = thu.source
    assert (source.kind, source.by, source.about) == ("SCREEN", village.actors.binh, thu)
    assert source.document is not None and source.document.number == "15/TB"
    trail = Entry.objects.latest("pk")
    assert (trail.action, trail.subject_id, trail.unit) == ("enter_person", str(thu.pk), cast.commune())
    assert "Đinh Thị Thu" in desk.client.get("/nguoi/", {"tim": "dinh thi thu"}).text
    desk.be(village.actors.dung)
    assert desk.client.get(f"/nguoi/{thu.pk}/").status_code == 404


def test_what_was_typed_is_kept_when_something_is_missing(desk: Desk) -> None:
    answer = desk.client.post(PAGE, {**THU, "sex": "", "born": "41", "number": "0361", "step": "look"})
    assert answer.status_code == 422
    for kept in ('value="Đinh Thị Thu"', 'value="41"', 'value="0361"', 'value="Tổ dân phố 7"'):
        assert kept in answer.text
    assert "đúng 12 chữ số" in answer.text and "chỉ biết năm thì 1941" in answer.text
    again = desk.client.post(PAGE, {**THU, "step": "edit"})
    assert again.status_code == 200 and 'value="15/TB"' in again.text


def test_days_that_cannot_be_are_refused(desk: Desk) -> None:
    assert "chưa tới" in desk.refused(valid_from="01/12/2026")
    assert "trước ngày sinh" in desk.refused(born="05/10/2026")
    assert "Ngày sinh chưa tới" in desk.refused(born="2027")


def test_a_newcomer_joins_a_household_found_by_the_name_of_one_of_it(village: Village, desk: Desk) -> None:
    shown = desk.look(home="pham ngoc son", role="6", village="")
    assert "Phạm Ngọc Sơn · Tổ dân phố 4 · BD-004" in shown
    thu = desk.save(home="BD-004", role="6", village="")
    member = Member.objects.get(person=thu)
    assert (member.household.code, member.role) == ("BD-004", Member.Role.RELATIVE)
    assert "hộ nào như vậy" in desk.refused(home="Hoàng Thị Bé", role="6"), "she lives next door"
    assert "là gì của chủ hộ" in desk.refused(home="BD-004", role="")


def test_of_several_households_one_is_chosen(village: Village, desk: Desk) -> None:
    desk.save(name="Vũ Thị Lan", number="", born="1990")
    asked = desk.client.post(PAGE, {**THU, "home": "Vũ Thị Lan", "role": "6", "step": "look"})
    assert asked.status_code == 422 and "Có 2 hộ như vậy" in asked.text
    home = Member.objects.get(person=village.lan).household
    thu = desk.save(home="Vũ Thị Lan", household=str(home.pk), role="6")
    assert Member.objects.get(person=thu).household == home


def test_a_number_in_the_register_is_refused_with_the_file_to_open(village: Village, desk: Desk) -> None:
    shown = desk.look(number=NUMBERS[4])
    assert "Vũ Thị Lan" in shown and "đã có trong sổ" in shown and "Ghi vào sổ" not in shown
    assert "Số định danh này đã có trong sổ" in desk.refused(number=NUMBERS[4])


def test_a_number_of_elsewhere_tells_the_unit_alone(village: Village, desk: Desk) -> None:
    """Whatever else was typed: the number is Bé's, who lives next door."""
    shown = desk.look(number=NUMBERS[5])
    assert "Phường Ngọc Hà" in shown and "Hoàng Thị Bé" not in shown
    assert "Ghi vào sổ" not in shown
    told = Entry.objects.get(action="meet_outside")
    assert (told.who, told.detail["units"]) == (village.actors.binh, [cast.NEIGHBOUR])
    assert NUMBERS[5] not in str(told.detail)
    refused = desk.refused(number=NUMBERS[5])
    assert "đã có trong sổ của Phường Ngọc Hà" in refused and "xin chuyển hồ sơ" in refused
    assert Entry.objects.filter(action="meet_outside").count() == 1, "one question, told once"


def test_somebody_alike_is_shown_with_reasons_and_said_to_be_another_once(
    village: Village, desk: Desk
) -> None:
    shown = desk.look(**LAN)
    assert "Vũ Thị Lan" in shown and "cùng họ tên, một bên viết không dấu" in shown and "điểm" in shown
    assert "có thể chính là người này" in desk.refused(**LAN)
    other = desk.save(**LAN, different=[str(village.lan.pk)])
    pair = Double.objects.get()
    assert {pair.first, pair.second} == {village.lan, other}
    assert (pair.status, pair.decided_by) == ("DIFFERENT", village.actors.binh)
    registry.find_doubles(unit=cast.commune(), on=clock.today(), at=clock.now())
    assert not Double.objects.filter(status="OPEN").exists(), "never proposed again"


def test_somebody_alike_next_door_is_named_by_the_unit_and_may_still_be_entered(
    village: Village, desk: Desk
) -> None:
    desk.be(officer("uyen", cast.neighbour()))
    shown = desk.look(**LAN)
    assert "Phường Ba Đình" in shown and "Vũ Thị Lan" not in shown and "điểm" not in shown
    other = desk.save(**LAN)
    pair = Double.objects.get()
    assert {pair.first, pair.second} == {village.lan, other}
    assert (pair.status, pair.unit) == ("OPEN", cast.province()), "for the province of both to look at"
    assert "SAME_NAME_WITHOUT_TONES" in pair.reasons
    assert "Vũ Thị Lan" not in desk.client.get("/ho-so-trung/").text
    desk.be(village.actors.hanh)
    assert "Vu Thi Lan" in desk.client.get("/ho-so-trung/").text


def test_who_asks_about_people_elsewhere_too_often_is_stopped(village: Village, desk: Desk) -> None:
    for number in range(OUTSIDE_AN_HOUR):
        desk.look(number=NUMBERS[5], old_number=f"{number:09}")
    shown = desk.look(422, number=NUMBERS[5], old_number="123456789")
    assert "nhiều người anh/chị nhập hoặc tra đã có ở địa bàn khác" in shown and "Phường Ngọc Hà" not in shown
    assert "chưa có ai trong sổ giống" in desk.look(), "whoever is new is still entered"


def test_a_second_click_enters_nobody(village: Village, desk: Desk) -> None:
    desk.save(number="")
    assert "có thể chính là người này" in desk.refused(number="")


def test_a_wrong_entry_is_taken_back_and_its_number_is_free(village: Village, desk: Desk) -> None:
    thu = desk.save()
    address = f"/nguoi/{thu.pk}/huy/{thu.source_id}/"
    assert f'href="{address}"' in desk.client.get(f"/nguoi/{thu.pk}/").text
    said = {"reason": "Ghi nhầm người", "step": "save"}
    registry.record_fact(
        person=thu, fact="pension", value=False, valid_from=dt.date(2026, 10, 1), by=village.actors.binh,
        at=clock.now(),
    )  # fmt: skip
    assert "dựa vào" in words(desk.client.post(address, said).text), "something was built on it"
    fact = Source.objects.latest("pk")
    registry.undo_entry(source=fact, reason="Ghi nhầm người", by=village.actors.binh, at=clock.now())
    assert desk.client.post(address, said).status_code == 302
    assert desk.client.get(f"/nguoi/{thu.pk}/").status_code == 404
    assert desk.save().pk != thu.pk, "and she can be entered again"


def test_the_pairs_of_a_wrong_entry_leave_the_queue_and_keep_why(village: Village, desk: Desk) -> None:
    desk.be(officer("uyen", cast.neighbour()))
    other = desk.save(**LAN)
    assert Double.objects.get().status == "OPEN"
    said = {"reason": "Ghi nhầm người", "step": "save"}
    assert desk.client.post(f"/nguoi/{other.pk}/huy/{other.source_id}/", said).status_code == 302
    pair, opinion = Double.objects.get(), Opinion.objects.get()
    assert (pair.status, pair.why) == ("DIFFERENT", "Huỷ: Thêm người")
    assert (opinion.pair, opinion.kind, opinion.by.username) == (pair, "DIFFERENT", "uyen")
    assert (opinion.reason, opinion.at) == (pair.why, pair.decided_at)


def test_who_bears_a_number_and_lives_nowhere_is_taken_up_again(village: Village, desk: Desk) -> None:
    """As of a list that was withdrawn: its people stay known by their numbers."""
    thu = desk.save()
    Member.objects.filter(person=thu).update(superseded_at=Now())
    assert "chưa có ai trong sổ giống" in desk.look(name="Đinh Thị Thư")
    answer = desk.client.post(PAGE, {**THU, "name": "Đinh Thị Thư", "step": "save"})
    assert answer.headers["Location"] == f"/nguoi/{thu.pk}/"
    thu.refresh_from_db()
    assert thu.name == "Đinh Thị Thư" and Member.objects.filter(person=thu, superseded_at=None).count() == 1


def test_who_is_taken_up_again_may_be_of_a_pair_that_is_known(village: Village, desk: Desk) -> None:
    """The pairs of a file outlive the list that was withdrawn: said to be another before, or in a queue."""
    known = {**LAN, "number": NUMBERS[4][:-1] + "6"}
    thu = desk.save(**known, different=[str(village.lan.pk)])
    Member.objects.filter(person=thu).update(superseded_at=Now())
    answer = desk.client.post(PAGE, {**known, "different": [str(village.lan.pk)], "step": "save"})
    assert answer.headers.get("Location") == f"/nguoi/{thu.pk}/", words(answer.text)
    pair = Double.objects.get()
    assert pair.status == "DIFFERENT" and Opinion.objects.filter(pair=pair, kind="DIFFERENT").count() == 2

    Double.objects.filter(pk=pair.pk).update(
        status="OPEN", decided_by=None, decided_at=None, unit=cast.commune(), reasons=["PROPOSED"]
    )
    Member.objects.filter(person=thu, superseded_at=None).update(superseded_at=Now())
    desk.be(officer("uyen", cast.neighbour()))
    answer = desk.client.post(PAGE, {**known, "step": "save"})
    assert answer.headers.get("Location") == f"/nguoi/{thu.pk}/", words(answer.text)
    pair.refresh_from_db()
    assert (pair.status, pair.unit, pair.reasons) == ("OPEN", cast.province(), ["PROPOSED"])


def test_the_way_in_is_where_somebody_was_looked_for_in_vain(village: Village, desk: Desk) -> None:
    assert f'href="{PAGE}"' in desk.client.get("/").text
    link = f'href="{PAGE}?tim=%C4%90inh+Th%E1%BB%8B+Thu"'
    assert link in desk.client.get("/nguoi/", {"tim": "Đinh Thị Thu"}).text
    assert 'value="Đinh Thị Thu"' in desk.client.get(PAGE, {"tim": "Đinh Thị Thu"}).text
    desk.be(village.actors.chau)
    assert PAGE not in desk.client.get("/").text
    assert PAGE not in desk.client.get("/nguoi/", {"tim": "Đinh Thị Thu"}).text


def test_the_province_says_in_which_commune(village: Village, desk: Desk) -> None:
    desk.be(officer("tinh", cast.province()))
    assert "Ghi tên đầy đủ hoặc mã" in desk.refused(commune="Không Đâu")
    thu = desk.save(commune=cast.NEIGHBOUR)
    home = HouseholdResidence.objects.get(household=Member.objects.get(person=thu).household)
    assert home.unit.code == cast.NEIGHBOUR
