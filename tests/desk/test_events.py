"""What happens to people, through the pages: filled in, looked at, written, taken back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from ansinh.accounts.models import Entry, Read, User
from ansinh.desk.events import EVENTS
from ansinh.registry.models import (
    Death,
    Fact,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    Relation,
    SensitiveFact,
    Source,
)
from tests import cast
from tests.desk.filling import PAPER, Officer, rows
from tests.desk.world import Village

pytestmark = pytest.mark.usefixtures("november")


def standing(model: Any, **of: Any) -> list[tuple[Any, ...]]:
    return sorted(
        model.objects.filter(superseded_at=None, **of).values_list("value", "valid_from", "valid_to")
    )


def test_a_certificate_changes_and_the_right_amounts_are_shown_before(
    village: Village, binh: Officer
) -> None:
    """2,0 × 540.000 after 1,5 × 540.000 from the month in which the new certificate counts."""
    said = {"valid_from": "01/12/2026", "degree": "EXTREME", "kinds": ["MOBILITY", "VISION"]}
    shown = binh.look(village.son, "khuyet-tat", **said)
    assert "từ 12/2026: 975.000 → 1.300.000 đồng" in shown
    assert "điểm e khoản 1 Điều 6 Nghị định 335/2026/NĐ-CP" in shown
    binh.save(village.son, "khuyet-tat", **said)
    day = dt.date(2026, 12, 1)
    assert standing(Fact, person=village.son, fact=12) == [(3, dt.date(2019, 4, 5), day), (4, day, None)]
    new = Fact.objects.get(person=village.son, fact=12, value=4)
    assert new.document is not None and (new.document.number, new.document.issuer) == ("9", "UBND")
    assert new.source.by == village.actors.binh and new.source.recorded_at == new.recorded_at

    binh.undo(village.son)
    assert standing(Fact, person=village.son, fact=12) == [(3, dt.date(2019, 4, 5), None)]
    assert standing(Fact, person=village.son, fact=13) == [(1, dt.date(2019, 4, 5), None)]


def test_a_relative_whose_answer_changes_is_shown(village: Village, binh: Officer) -> None:
    """An's mother comes back to life, in the register: An is no orphan, as the law sees it."""
    mother = Relation.objects.get(person=village.an, kind=Relation.Kind.MOTHER).other
    death = Death.objects.get(person=mother)
    with connection.cursor() as cursor:
        cursor.execute(
            "update registry_death set superseded_at = clock_timestamp() where id = %s", [death.pk]
        )
    shown = binh.look(mother, "chet", died_on="09/01/2023")
    assert re.search(r"Trần Văn An .*: 0 → 975\.000 đồng", shown)
    assert "khoản 1 Điều 5" not in shown, "what an orphan is paid for is covered, like an illness"


def test_poverty_is_of_the_household(village: Village, binh: Officer) -> None:
    shown = binh.look(village.mai, "ho-ngheo", valid_from="01/12/2026", poverty="NONE")
    assert "từ 12/2026: 1.300.000 →" in shown
    binh.save(village.mai, "ho-ngheo", valid_from="01/12/2026", poverty="NONE")
    home = Member.objects.get(person=village.mai).household
    assert [row[0] for row in standing(HouseholdFact, household=home, fact=1)] == [1, 3]


def test_a_pension_and_its_amount_are_one_entry(village: Village, binh: Officer) -> None:
    binh.save(village.mai, "luong-huu", valid_from="01/12/2026", pension="1", pension_vnd="2500000")
    assert Source.objects.filter(about=village.mai, event="luong-huu").count() == 1
    assert standing(Fact, person=village.mai, fact=15) == [(2_500_000, dt.date(2026, 12, 1), None)]


def test_a_child_is_born_into_the_household(village: Village, binh: Officer) -> None:
    said = {
        "name": "phạm  ngọc Hà", "born": "01/11/2026", "sex": "F", "role": "3", "other": str(village.son.pk),
    }  # fmt: skip
    binh.look(village.lan, "sinh", **said)
    binh.save(village.lan, "sinh", **said)
    child = Person.objects.latest("pk")
    ties = Relation.objects.filter(person=child).order_by("kind", "other").values_list("kind", "other")
    assert sorted(ties) == sorted(
        [(1, village.son.pk), (2, village.lan.pk), (6, village.son.pk), (6, village.lan.pk)]
    )
    assert Member.objects.get(person=child).household == Member.objects.get(person=village.lan).household
    assert binh.client.get(f"/nguoi/{child.pk}/").status_code == 200
    assert "chưa tới" in binh.refused(village.lan, "sinh", **{**said, "born": "11/11/2026"})


def test_a_child_entered_by_mistake_leaves_its_number_to_others(village: Village, binh: Officer) -> None:
    said = {"name": "Phạm Hà", "born": "01/11/2026", "sex": "F", "role": "3", "number": "001326000001"}
    binh.save(village.lan, "sinh", **said)
    child = Person.objects.latest("pk")
    binh.undo(village.lan)
    child.refresh_from_db()
    assert child.number is None and not Member.objects.filter(person=child, superseded_at=None).exists()
    binh.save(village.lan, "sinh", **{**said, "name": "Phạm Ngọc Hà"})
    again = Person.objects.latest("pk")
    assert (again.number, again.name) == ("001326000001", "Phạm Ngọc Hà")
    made = Source.objects.filter(about=village.lan, undoes=None).latest("pk")
    binh.save(again, "di-hoc", valid_from="05/11/2026", studying="0")
    address = f"/nguoi/{village.lan.pk}/huy/{made.pk}/"
    assert "dựa vào" in binh.client.post(address, {"reason": "Nhầm nữa", "step": "save"}).text
    assert Member.objects.filter(person=again, superseded_at=None).exists(), (
        "more is known of the child by now"
    )


def test_nobody_is_left_without_a_home_when_a_split_is_taken_back(village: Village, binh: Officer) -> None:
    told = {"valid_from": "01/11/2026"}
    binh.save(village.lan, "tach-ho", who=[str(village.lan.pk)], head=str(village.lan.pk), **told)
    split = Source.objects.latest("pk")
    new = Member.objects.get(person=village.lan, superseded_at=None, valid_to=None).household
    binh.save(village.mai, "vao-ho", code=new.code, role="6", **told)
    address = f"/nguoi/{village.lan.pk}/huy/{split.pk}/"
    assert "dựa vào" in binh.client.post(address, {"reason": "Nhầm ngày", "step": "save"}).text
    assert binh.client.get(f"/nguoi/{village.mai.pk}/").status_code == 200


def test_a_move_next_door_takes_the_file_there(village: Village, binh: Officer, client: Client) -> None:
    said = {
        "valid_from": "10/11/2026", "commune": "Ngọc Hà", "village": "Tổ 5",
        "who": [str(village.son.pk), str(village.lan.pk)],
    }  # fmt: skip
    shown = binh.look(village.son, "chuyen-noi-o", **said)
    assert cast.neighbour().full_name in shown
    assert f"Ai chuyển đi {village.son.name} (" in shown, "who moves is told before it is written"
    binh.save(village.son, "chuyen-noi-o", **said)
    home = HouseholdResidence.objects.get(household__code="BD-004", superseded_at=None, valid_to=None)
    assert (home.unit, home.village) == (cast.neighbour(), "Tổ 5")
    client.force_login(village.actors.dung)
    assert client.get(f"/nguoi/{village.son.pk}/").status_code == 200


def test_a_move_within_the_commune_is_written_at_the_one_of_today(village: Village, binh: Officer) -> None:
    """Mai is registered at a commune merged since."""
    binh.save(village.mai, "chuyen-noi-o", valid_from="10/11/2026", village="Tổ 7", who=[str(village.mai.pk)])
    home = HouseholdResidence.objects.get(household__code="BD-001", superseded_at=None, valid_to=None)
    assert (home.unit, home.village) == (cast.commune(), "Tổ 7")


def test_one_moves_and_the_others_stay(village: Village, binh: Officer) -> None:
    binh.save(
        village.lan,
        "chuyen-noi-o",
        valid_from="10/11/2026",
        commune=cast.NEIGHBOUR,
        who=[str(village.lan.pk)],
    )
    new = Member.objects.get(person=village.lan, superseded_at=None, valid_to=None)
    assert new.role == Member.Role.HEAD and new.household.code.startswith("BD-004/")
    assert Member.objects.get(person=village.son, superseded_at=None).household.code == "BD-004"


def test_secrets_need_their_own_right_and_leave_no_name(village: Village, binh: Officer) -> None:
    said = {"valid_from": "01/11/2026", "fact": "hiv", "value": "1"}
    shown = binh.look(village.son, "giu-kin", **said)
    assert "khoản 8" not in shown
    binh.save(village.son, "giu-kin", **said)
    assert SensitiveFact.objects.filter(person=village.son, value=1).exists()
    binh.client.get(f"/nguoi/{village.son.pk}/")  # says once, to who wrote it, that it is written
    page = binh.client.get(f"/nguoi/{village.son.pk}/").text
    assert not re.search(r"\bHIV\b", page) and "giữ kín" not in page
    last = Entry.objects.latest("pk")
    assert "hiv" not in f"{last.detail}{last.reason}{last.action}".lower()


@pytest.fixture
def next_door(village: Village) -> User:
    """An officer of the commune next door, who keeps its register."""
    return User.objects.create(
        username="tam", full_name="Tâm", role="OFFICER", unit=cast.neighbour(), created_at=cast.AT
    )


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.code))
def test_each_event_asks_three(event: Any, village: Village, next_door: User, client: Client) -> None:
    """Bình may; Châu (who signs) and the paymaster may not; next door finds nobody."""
    address = f"/nguoi/{village.mai.pk}/viec/{event.code}/"
    actors = village.actors
    for user, status in ((actors.binh, 200), (actors.chau, 403), (actors.phuc, 403), (next_door, 404)):
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status, user.username
        assert client.post(address, {"step": "save"}).status_code == (422 if status == 200 else status)
    assert Read.objects.filter(person_id=village.mai.pk, who=actors.binh, page="CHANGE").exists()


def test_the_neighbour_undoes_nothing(
    village: Village, binh: Officer, next_door: User, client: Client
) -> None:
    binh.save(village.mai, "chet", died_on="20/10/2026")
    entry = Source.objects.latest("pk").pk
    for user, status in ((next_door, 404), (village.actors.chau, 403)):
        client.force_login(user)
        answer = client.post(f"/nguoi/{village.mai.pk}/huy/{entry}/", {"reason": "Ghi nhầm", "step": "save"})
        assert answer.status_code == status
    assert Death.objects.filter(person=village.mai, superseded_at=None).exists()
    client.force_login(village.actors.binh)
    assert client.get(f"/nguoi/{village.son.pk}/huy/{entry}/").status_code == 404, "another's entry"


def test_what_is_missing_is_told_with_what_was_typed_kept(village: Village, binh: Officer) -> None:
    told = binh.refused(village.mai, "chet", died_on="40/10/2026", paper_issuer="")
    assert "Nơi cấp: Hãy ghi mục này." in told and "Viết ngày theo dạng" in told
    answer = binh.client.post(
        f"/nguoi/{village.mai.pk}/viec/chet/", {**PAPER, "died_on": "20/10/2026", "step": "edit"}
    )
    assert 'value="20/10/2026"' in answer.text and 'class="errors"' not in answer.text


def test_a_fact_is_put_right_and_its_history_tells_why(village: Village, binh: Officer) -> None:
    """Every line says by which paper, by whom; what was replaced, by what and why."""
    fact = Fact.objects.get(person=village.son, fact=12, superseded_at=None)
    address = f"/nguoi/{village.son.pk}/du-kien/nguoi/{fact.pk}/"
    said = {
        "what": "CHANGE", "value": "EXTREME", "valid_from": "05/04/2019", "valid_to": "",
        "reason": "Ghi nhầm mức độ trên giấy 12/GXN",
    }  # fmt: skip
    before = rows()
    shown = binh.client.post(address, {**said, "step": "look"})
    assert "975.000 → 1.300.000 đồng" in shown.text
    assert rows() == before
    assert binh.client.post(address, {**said, "step": "save"}).status_code == 302
    assert standing(Fact, person=village.son, fact=12) == [(4, dt.date(2019, 4, 5), None)]
    page = binh.client.get(f"/nguoi/{village.son.pk}/").text
    assert "Ghi nhầm mức độ trên giấy 12/GXN" in page and "Giấy xác nhận khuyết tật số 12/GXN" in page
    assert "Sổ quản lý đối tượng phường Ba Đình" in page and village.actors.binh.full_name in page
    assert binh.client.get(address).status_code == 404, "it no longer stands"
    binh.undo(village.son)
    assert standing(Fact, person=village.son, fact=12) == [(3, dt.date(2019, 4, 5), None)]


def test_a_fact_is_taken_back(village: Village, binh: Officer) -> None:
    fact = HouseholdFact.objects.get(household__code="BD-001", fact=1)
    address = f"/nguoi/{village.mai.pk}/du-kien/ho/{fact.pk}/"
    said = {
        "what": "WITHDRAW",
        "value": "POOR",
        "valid_from": "01/03/2015",
        "reason": "Nhầm hộ",
        "step": "save",
    }
    assert binh.client.post(address, said).status_code == 302
    assert standing(HouseholdFact, household__code="BD-001", fact=1) == []


def test_nobody_puts_right_what_is_not_theirs(village: Village, next_door: User, client: Client) -> None:
    fact = Fact.objects.get(person=village.son, fact=12)
    address = f"/nguoi/{village.son.pk}/du-kien/nguoi/{fact.pk}/"
    for user, status in ((village.actors.binh, 200), (village.actors.chau, 403), (next_door, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status
    client.force_login(village.actors.binh)
    assert client.get(f"/nguoi/{village.mai.pk}/du-kien/nguoi/{fact.pk}/").status_code == 404
    secret = SensitiveFact.objects.get(person=village.hoa)
    assert client.get(f"/nguoi/{village.hoa.pk}/du-kien/nguoi/{secret.pk}/").status_code == 404


def test_the_file_shows_the_household_and_who_opened_it(village: Village, binh: Officer) -> None:
    binh.client.get(f"/nguoi/{village.lan.pk}/")
    page = binh.client.get(f"/nguoi/{village.lan.pk}/").text
    home = page.partition('<figure class="home">')[2].partition("</figure>")[0]
    assert home.index("Phạm Ngọc Sơn") < home.index("Vũ Thị Lan") and "hồ sơ này" in home
    assert village.actors.binh.full_name in page.partition("Ai đã xem hồ sơ")[2]


def test_households_split_merge_and_change_their_head(village: Village, binh: Officer) -> None:
    couple = Member.objects.get(person=village.son).household
    binh.save(village.son, "chu-ho", valid_from="01/10/2026", head=str(village.lan.pk), old="2")
    present = Member.objects.filter(superseded_at=None, valid_to=None)
    roles = dict(present.filter(household=couple).values_list("person", "role"))
    assert roles == {village.lan.pk: Member.Role.HEAD, village.son.pk: Member.Role.SPOUSE}
    binh.save(
        village.son, "tach-ho", valid_from="02/10/2026", who=[str(village.son.pk)], head=str(village.son.pk)
    )
    own = present.get(person=village.son)
    assert own.role == Member.Role.HEAD and own.household != couple
    poor = HouseholdFact.objects.get(household=own.household, fact=1, superseded_at=None)
    assert (poor.value, poor.valid_from) == (1, dt.date(2026, 10, 2))
    assert "không còn ai ở lại" in binh.refused(
        village.son, "tach-ho", valid_from="03/10/2026", who=[str(village.son.pk)], head=str(village.son.pk)
    )
    binh.save(village.son, "nhap-ho", valid_from="03/10/2026", code=couple.code)
    back = present.get(person=village.son)
    assert (back.household, back.role) == (couple, Member.Role.RELATIVE)
    assert "Không có hộ nào" in binh.refused(
        village.son, "vao-ho", valid_from="04/10/2026", code="NH-001", role="3"
    )
    binh.undo(village.son)
    assert present.get(person=village.son).household == own.household


def test_a_tie_stands_on_both_sides_and_only_one_marriage(village: Village, binh: Officer) -> None:
    said = {"married_on": "01/10/2026", "other_number": "001070000654"}
    assert "Phạm Ngọc Sơn đang có vợ hoặc chồng" in binh.refused(village.mai, "ket-hon", **said)
    said["other_number"] = village.hoa.number or ""
    binh.save(village.mai, "ket-hon", **said)
    assert Relation.objects.filter(person=village.mai, other=village.hoa, kind=3).exists()
    assert Relation.objects.filter(person=village.hoa, other=village.mai, kind=3).exists()
    assert "Không có ai mang số này" in binh.refused(
        village.an, "ket-hon", **{**said, "other_number": "001145000111"}
    )


def test_a_carer_and_a_detained_parent(village: Village, binh: Officer) -> None:
    binh.save(
        village.son, "nguoi-cham-soc", valid_from="01/10/2026", care="FAMILY", other=str(village.lan.pk)
    )
    care = {"valid_from": "01/10/2026", "care": "FAMILY"}
    assert Relation.objects.get(person=village.son, kind=Relation.Kind.CARER).other == village.lan
    assert "Chưa rõ ai" in binh.refused(village.son, "nguoi-cham-soc", **care)
    child = {
        "name": "Phạm Thị Na",
        "born": "01/10/2026",
        "sex": "F",
        "role": "3",
        "other": str(village.son.pk),
    }
    binh.save(village.lan, "sinh", **child)
    na = Person.objects.latest("pk")
    binh.save(na, "cha-me", valid_from="15/10/2026", which="father", state="DETAINED")
    assert Fact.objects.get(person=village.son, fact=21, superseded_at=None).value == 1
    binh.undo(na)
    assert not Fact.objects.filter(person=village.son, fact=21, superseded_at=None).exists()


def test_a_form_sent_twice_is_written_once(village: Village, binh: Officer) -> None:
    address = f"/nguoi/{village.mai.pk}/viec/sinh/"
    said = {**PAPER, "name": "Nguyễn Thị Bé", "born": "01/10/2026", "sex": "F", "role": "3"}
    shown = binh.client.post(address, {**said, "step": "look"}).text
    found = re.search(r'name="once" value="([0-9a-f-]{36})"', shown)
    assert found is not None
    for _again in range(2):
        answer = binh.client.post(address, {**said, "step": "save", "once": found[1]})
        assert answer.status_code == 302
    assert Person.objects.filter(name="Nguyễn Thị Bé").count() == 1
    other = binh.client.post(address, {**said, "step": "look"}).text
    assert found[1] not in other, "another look is another form"


def test_a_form_that_was_refused_may_be_sent_again(village: Village, binh: Officer) -> None:
    address = f"/nguoi/{village.mai.pk}/viec/chet/"
    said = {**PAPER, "died_on": "20/10/2026", "step": "save", "once": str(uuid4())}
    binh.save(village.mai, "chet", died_on="20/10/2026")
    assert binh.client.post(address, said).status_code == 422
    binh.undo(village.mai)
    assert binh.client.post(address, said).status_code == 302
    assert Death.objects.filter(person=village.mai, superseded_at=None).count() == 1
