"""Khoa, of the ministry: the pairs of two provinces that nobody else sees, and nothing else of anybody."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import Client

from ansinh.accounts.models import Entry, Read, Role, User
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.grants import operations as grants
from ansinh.grants import queries
from ansinh.grants.models import Grant
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from ansinh.registry.models import Double, HouseholdResidence, Member, Merge, Opinion, Person, Relation
from ansinh.registry.queries import doubles
from ansinh.web import clock
from tests import cast
from tests.desk import world
from tests.desk.world import FAR, Village
from tests.grants import world as granted

WHY = "Hai nơi xác nhận là một bà, đã chuyển vào ở với con"
QUEUE, LIST = "/ho-so-trung/", "/ho-so-trung/khac-nhau/"


def saigon() -> Unit:
    return geography.unit(code="79", on=cast.TODAY)


def commune_of(province: Unit, place: int = 0) -> Unit:
    return geography.descendants(province, on=cast.TODAY).filter(level=Level.COMMUNE)[place]


@pytest.fixture
def twin(village: Village) -> Person:
    """Mai's other file, in Sài Gòn, with a husband there."""
    mai = world.far_twin()
    home = Member.objects.get(person=mai).household
    husband = world.person(home, "Lý Văn Tám", "079045000111", cast.TODAY.replace(year=1945), "M", 2)
    world.tie(mai, Relation.Kind.SPOUSE, husband)
    world.fact(mai, "pension", False)
    return mai


@pytest.fixture
def across(village: Village, twin: Person) -> Double:
    return pair(village.mai, twin, None)


def pair(one: Person, other: Person, unit: Unit | None) -> Double:
    first, second = sorted((one, other), key=lambda person: person.pk)
    return Double.objects.create(
        first=first, second=second, unit=unit, points=11, reasons=["SAME_NAME"], found_at=cast.AT
    )


def keeping(across: Double, kept: Person) -> dict[str, str]:
    return {"what": "FIRST" if across.first == kept else "SECOND", "reason": WHY}


def text(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    return answer.text if answer.status_code == 200 else str(answer.status_code)


def test_only_pairs_of_two_provinces_are_the_ministrys(
    village: Village, across: Double, client: Client
) -> None:
    near = pair(village.mai, village.lan, cast.commune())
    wider = pair(village.hoa, village.be, cast.province())
    khoa = village.actors.khoa
    listed = text(client, khoa, QUEUE)
    assert re.findall(r'href="/ho-so-trung/(\d+)/"', listed) == [str(across.pk)]
    assert "Phường Ba Đình, Thành phố Hà Nội" in listed and "Thành phố Hồ Chí Minh" in listed
    assert "Vũ Thị Lan" not in listed and "Hoàng Thị Bé" not in listed
    for other in (near, wider):
        assert text(client, khoa, f"{QUEUE}{other.pk}/") == "404"
        assert client.post(f"{QUEUE}{other.pk}/", {"what": "DIFFERENT", "reason": WHY}).status_code == 404
    for user in (village.actors.binh, village.actors.hanh):
        assert f'href="{QUEUE}{across.pk}/"' not in text(client, user, QUEUE)
        assert text(client, user, f"{QUEUE}{across.pk}/") == "404"
    assert not Opinion.objects.exists()


def test_the_start_page_says_how_many_wait_and_leads_there(
    village: Village, across: Double, client: Client
) -> None:
    pair(village.mai, village.lan, cast.commune())
    home = text(client, village.actors.khoa, "/")
    assert "<h1>Cả nước</h1>" in home and "không có địa bàn" not in home
    waiting = re.search(r'<a href="([^"]+)"><b>(\d+)</b> <span>cặp hồ sơ nghi trùng ở hai tỉnh', home)
    assert waiting and waiting.groups() == (QUEUE, "1")
    assert "Tìm đối tượng" not in home and "Hỏi luật" not in home
    menu = re.findall(r'<li><a href="([^"]+)"', home[: home.index("<main")])
    assert menu == ["/", QUEUE, "/luat/"]
    Double.objects.filter(pk=across.pk).update(status="WITHDRAWN")
    assert "Không có việc nào đang chờ" in text(client, village.actors.khoa, "/")


def test_both_files_are_compared_nobody_else_is_named_and_the_look_is_kept(
    village: Village, across: Double, twin: Person, client: Client
) -> None:
    khoa = village.actors.khoa
    world.fact(twin, "hiv", True)
    shown = text(client, khoa, f"{QUEUE}{across.pk}/")
    assert FAR in shown and "001141000017" in shown
    assert "Khu phố 3" in shown and "Thành phố Hồ Chí Minh" in shown and "Thành phố Hà Nội" in shown
    assert "Lý Văn Tám" not in shown and "có ghi, không nêu tên" in shown
    assert not re.search(r"\bHIV\b|khoản 8", shown)
    assert 'href="/nguoi/' not in shown, "no way to a person's page"
    reads = Read.objects.filter(who=khoa, page="DUPLICATE").values_list("person_id", flat=True)
    assert set(reads) == {village.mai.pk, twin.pk}
    for address in (f"/nguoi/{twin.pk}/", "/nguoi/?tim=mai", f"/nguoi/{village.mai.pk}/vi-sao/"):
        assert text(client, khoa, address) == "403"
    for address in (f"/nguoi/{twin.pk}/trung/", f"/nguoi/{village.mai.pk}/trung/{twin.pk}/"):
        assert text(client, khoa, address) == "404"


def test_the_provinces_register_of_readings_says_who_looked(
    village: Village, across: Double, client: Client
) -> None:
    text(client, village.actors.khoa, f"{QUEUE}{across.pk}/")
    reads = text(client, village.actors.giang, f"/nguoi/{village.mai.pk}/luot-xem/")
    assert "Hồ Đăng Khoa" in reads and "Cán bộ Bộ Y tế (Cục Bảo trợ xã hội)" in reads


def test_one_person_is_merged_and_the_merge_undone(
    village: Village, across: Double, twin: Person, client: Client
) -> None:
    khoa, mai = village.actors.khoa, village.mai
    client.force_login(khoa)
    address = f"{QUEUE}{across.pk}/"
    answer = client.post(address, keeping(across, mai))
    merged = Merge.objects.get()
    page = f"/ho-so-trung/gop/{merged.pk}/"
    assert (merged.kept, merged.gone, answer.headers["Location"]) == (mai, twin, page)
    assert client.get(page).status_code == 200 and client.get(address, follow=True).status_code == 200
    assert "Không có cặp nào đang chờ" in client.get(QUEUE).text
    assert not Member.objects.filter(person=twin, superseded_at=None).exists()
    assert "gộp vào đây" in text(client, village.actors.binh, f"/nguoi/{mai.pk}/"), "the kept file's commune"
    client.force_login(khoa)
    undone = client.post(page, {"reason": "Hai chị em sinh đôi"}, follow=True)
    assert "hai hồ sơ trở lại như trước" in undone.text and FAR in undone.text
    assert f'href="{address}"' in client.get(QUEUE).text, "the pair waits again"
    assert Member.objects.filter(person=twin, superseded_at=None).exists()


def test_what_was_split_off_is_not_shown_to_who_kept_the_other(
    village: Village, across: Double, twin: Person, client: Client
) -> None:
    khoa, hanh = village.actors.khoa, village.actors.hanh
    merged = registry.merge(kept=village.mai, gone=twin, reason=WHY, by=khoa, at=cast.AT)
    page = f"/ho-so-trung/gop/{merged.pk}/"
    assert "Nhập từ" in text(client, hanh, page), "the kept file has it all"
    registry.unmerge(merged=merged, reason=WHY, by=khoa, at=cast.AT)
    shown = text(client, hanh, page)
    assert "Hồ sơ kia nay ở địa bàn khác" in shown
    for told in (FAR, "Khu phố 3", f'href="/nguoi/{twin.pk}/"'):
        assert told not in shown
    assert FAR in text(client, khoa, page)


def test_two_grants_of_one_person_end_as_within_a_province(
    village: Village, across: Double, twin: Person
) -> None:
    """The review of the file that went stops its grant, where it is paid; the kept one's stays."""
    far = commune_of(saigon())
    granted.take_over(
        granted.line(twin, "SP75", 500_000, far.code, coefficient=Decimal(1), standard_vnd=500_000),
        month=Month(2026, 7), unit=saigon(), at=world.RECORDED,
    )  # fmt: skip
    month, khoa = Month(2026, 11), village.actors.khoa
    kept = set(Grant.objects.filter(person=village.mai, ended_by=None).values_list("pk", flat=True))
    before = differences(cast.commune(), month, village.mai)
    registry.merge(kept=village.mai, gone=twin, reason=WHY, by=khoa, at=cast.AT)
    assert differences(cast.commune(), month, village.mai) == before
    assert differences(far, month, twin) == {"NO_LONGER_ENTITLED"}
    assert kept == set(Grant.objects.filter(person=village.mai, ended_by=None).values_list("pk", flat=True))
    signs = User.objects.create(
        username="thoa", full_name="Thoa", role="CHAIRMAN", unit=far, created_at=cast.AT
    )
    grants.adopt_month(unit=far, month=month, on=clock.today(), at=clock.now(), by=signs)
    ended = Grant.objects.get(person=twin)
    assert ended.end_ground and "đã gộp vào hồ sơ khác" in ended.end_ground.note
    assert ended.months.upper == month.first and differences(far, month, twin) == set()
    registry.unmerge(merged=Merge.objects.get(), reason=WHY, by=khoa, at=cast.AT)
    assert differences(far, month, twin) != {"NO_LONGER_ENTITLED"}


def differences(unit: Unit, month: Month, person: Person) -> set[str]:
    """What the review of a unit proposes for somebody."""
    run = grants.ask_month(unit=unit, month=month, on=clock.today(), at=clock.now())
    return {row.kind for row in queries.review(run, unit, limit=None) if row.person_id == person.pk}


def test_two_people_are_listed_and_that_is_taken_back(
    village: Village, across: Double, client: Client
) -> None:
    khoa = village.actors.khoa
    near = pair(village.mai, village.lan, cast.commune())
    registry.say_different(one=village.mai, other=village.lan, reason=WHY, by=village.actors.binh, at=cast.AT)
    client.force_login(khoa)
    client.post(f"{QUEUE}{across.pk}/", {"what": "DIFFERENT", "reason": WHY})
    listed = text(client, khoa, LIST)
    assert re.findall(r'href="/ho-so-trung/(\d+)/"', listed) == [str(across.pk)] and WHY in listed
    of_the_province = text(client, village.actors.hanh, LIST)
    assert re.findall(r'href="/ho-so-trung/(\d+)/"', of_the_province) == [str(near.pk)]
    client.force_login(khoa)
    assert client.post(f"{QUEUE}{near.pk}/rut-lai/", {"reason": "Bấm nhầm ô"}).status_code == 404
    back = client.post(f"{QUEUE}{across.pk}/rut-lai/", {"reason": "Bấm nhầm ô"}, follow=True)
    assert "trở về hàng chờ" in back.text
    across.refresh_from_db()
    assert (across.status, across.unit) == ("OPEN", None)


def test_what_the_ministry_says_stands_in_the_trail_of_both_provinces(
    village: Village, across: Double, twin: Person, client: Client
) -> None:
    khoa = village.actors.khoa
    merged = registry.merge(kept=village.mai, gone=twin, reason=WHY, by=khoa, at=cast.AT)
    registry.unmerge(merged=merged, reason="Hai chị em", by=khoa, at=cast.AT)
    for action in ("merge_persons", "unmerge_persons"):
        lines = Entry.objects.filter(action=action, who=khoa)
        told = {(line.unit, line.subject_id, tuple(line.detail.items())) for line in lines}
        assert told == {
            (cast.province(), str(village.mai.pk), (("gone", twin.pk),)),
            (saigon(), str(twin.pk), (("kept", village.mai.pk),)),
        }
    trail = text(client, village.actors.giang, "/nhat-ky/")
    assert "huỷ gộp hồ sơ" in trail and f"hồ sơ gộp vào: {twin.pk}" in trail and "Hồ Đăng Khoa" in trail
    assert f"hồ sơ {twin.pk}" not in trail, "the other province's line is not Hà Nội's"


def move(person: Person, to: Unit) -> None:
    home = Member.objects.get(person=person, superseded_at=None).household
    HouseholdResidence.objects.filter(household=home, superseded_at=None).update(superseded_at=Now())
    HouseholdResidence.objects.create(
        household=home, unit=to, village="", source=world.source(), recorded_at=clock.now(),
        valid_from=world.SINCE,
    )  # fmt: skip


def test_a_pair_follows_who_moved(village: Village, across: Double, twin: Person, client: Client) -> None:
    """The ministry loses it at once; the province has it after the next search for doubles."""
    khoa, hanh = village.actors.khoa, village.actors.hanh
    move(twin, cast.neighbour())
    assert text(client, khoa, f"{QUEUE}{across.pk}/") == "404"
    assert "Không có cặp nào đang chờ" in text(client, khoa, QUEUE)
    assert "cặp hồ sơ nghi trùng" not in text(client, khoa, "/")
    registry.find_doubles(unit=cast.commune(), on=clock.today(), at=cast.AT)
    across.refresh_from_db()
    assert across.unit == cast.province()
    assert f'href="{QUEUE}{across.pk}/"' in text(client, hanh, QUEUE)
    move(twin, commune_of(saigon(), 1))
    assert text(client, khoa, f"{QUEUE}{across.pk}/") == "404", "until it is looked for again"
    registry.say_different(one=village.mai, other=twin, reason=WHY, by=hanh, at=cast.AT)
    registry.find_doubles(unit=saigon(), on=clock.today(), at=cast.AT)
    assert f'href="{QUEUE}{across.pk}/"' in text(client, khoa, LIST), "also of those said to be two"


def test_what_a_province_decided_about_somebody_who_moved_there_is_its_own(
    village: Village, across: Double, twin: Person, client: Client
) -> None:
    move(twin, cast.neighbour())
    client.force_login(village.actors.hanh)
    client.post(f"{QUEUE}{across.pk}/", keeping(across, village.mai))
    page = f"/ho-so-trung/gop/{Merge.objects.get().pk}/"
    assert text(client, village.actors.hanh, page) != "404"
    assert text(client, village.actors.khoa, page) == "404"


def test_somebody_registered_nowhere_is_in_no_queue_of_the_country(
    village: Village, across: Double, twin: Person, client: Client
) -> None:
    Member.objects.filter(person=twin, superseded_at=None).update(superseded_at=Now())
    assert text(client, village.actors.khoa, f"{QUEUE}{across.pk}/") == "404"
    assert doubles.waiting(village.actors.khoa, on=clock.today()) == 0


def test_the_country_is_the_territory_of_its_role_alone(village: Village) -> None:
    """An account without a unit is no way to the whole country, nor is the ministry's bound to one."""
    for role, unit in ((Role.MINISTRY, cast.province()), (Role.DEPARTMENT, None), (Role.OFFICER, None)):
        with pytest.raises(IntegrityError, match="territory_fits_role"), transaction.atomic():
            User.objects.create(username="ai-do", full_name="Ai", role=role, unit=unit, created_at=cast.AT)
    assert not village.actors.quantri.national and village.actors.khoa.national


def test_the_administrator_sees_no_pair(village: Village, across: Double, client: Client) -> None:
    for address in (QUEUE, LIST, f"{QUEUE}{across.pk}/"):
        assert text(client, village.actors.quantri, address) == "403"
    assert doubles.waiting(village.actors.quantri, on=clock.today()) == 0
