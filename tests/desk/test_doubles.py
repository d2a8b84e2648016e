"""The queue as officers meet it: their own pairs only, decided once, a merge that can be taken back."""

import re

import pytest
from django.test import Client

from ansinh.accounts.models import Delegation, Read, User
from ansinh.registry import operations as registry
from ansinh.registry.models import Double, Merge
from ansinh.web import clock
from tests import cast
from tests.databases import command
from tests.desk import world
from tests.desk.world import Village

WHY = "Cùng sổ hộ khẩu, đã gặp gia đình"


@pytest.fixture
def double(village: Village) -> Double:
    first, second = sorted((village.mai, village.lan), key=lambda person: person.pk)
    return Double.objects.create(
        first=first, second=second, unit=cast.commune(), points=11, reasons=["SAME_COMMUNE"], found_at=cast.AT
    )


def sees(client: Client, user: User, address: str) -> bool:
    client.force_login(user)
    answer = client.get(address)
    return answer.status_code == 200 and "Nguyễn Thị Mai" in answer.text


def test_a_pair_is_seen_in_its_territory_and_above(village: Village, double: Double, client: Client) -> None:
    for address in ("/ho-so-trung/", f"/ho-so-trung/{double.pk}/"):
        seen = {user.username: sees(client, user, address) for user in village.actors.all()}
        assert [name for name, found in seen.items() if found] == ["binh", "hanh"], address


def test_a_pair_across_communes_is_the_provinces_alone(village: Village, client: Client) -> None:
    first, second = sorted((village.mai, village.be), key=lambda person: person.pk)
    double = Double.objects.create(
        first=first, second=second, unit=cast.province(), points=11, found_at=cast.AT
    )
    assert not sees(client, village.actors.binh, "/ho-so-trung/")
    client.force_login(village.actors.binh)
    assert client.get(f"/ho-so-trung/{double.pk}/").status_code == 404
    assert client.post(f"/ho-so-trung/{double.pk}/", {"what": "FIRST", "reason": WHY}).status_code == 404
    assert sees(client, village.actors.hanh, f"/ho-so-trung/{double.pk}/")


def test_a_merge_leads_to_the_kept_file_and_is_undone(
    village: Village, double: Double, client: Client
) -> None:
    client.force_login(village.actors.binh)
    address, mai, lan = f"/ho-so-trung/{double.pk}/", village.mai, village.lan
    assert client.post(address, {"what": "", "reason": WHY}).status_code == 422
    assert client.post(address, {"what": "FIRST", "reason": ""}).status_code == 422
    keep = "FIRST" if double.first == mai else "SECOND"
    answer = client.post(address, {"what": keep, "reason": WHY})
    merged = Merge.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/ho-so-trung/gop/{merged.pk}/")
    assert (merged.kept, merged.gone) == (mai, lan)
    gone = client.get(f"/nguoi/{lan.pk}/").text
    assert "đã được gộp vào hồ sơ của" in gone and f'href="/nguoi/{mai.pk}/"' in gone
    assert "được gộp vào đây" in client.get(f"/nguoi/{mai.pk}/").text
    assert "Vũ Thị Lan" not in client.get("/nguoi/", {"tim": "vu thi lan"}).text
    assert client.get(address).status_code == 404 and "Nguyễn Thị Mai" not in client.get("/ho-so-trung/").text
    assert set(Read.objects.filter(page="DUPLICATE").values_list("person_id", flat=True)) == {mai.pk, lan.pk}
    client.force_login(village.actors.dung)
    assert client.get(f"/nguoi/{lan.pk}/").status_code == 404
    client.force_login(village.actors.hanh)
    undone = client.post(f"/ho-so-trung/gop/{merged.pk}/", {"reason": "Hai người khác nhau"}, follow=True)
    assert "hai hồ sơ trở lại như trước" in undone.text and "Gộp nhầm?" not in undone.text
    assert "gộp vào" not in client.get(f"/nguoi/{lan.pk}/").text
    assert "Vũ Thị Lan" in client.get("/nguoi/", {"tim": "vu thi lan"}).text


def test_a_merge_stands_among_the_entries_of_the_file_and_is_taken_back_there(
    village: Village, client: Client
) -> None:
    merged = registry.merge(
        kept=village.mai, gone=village.lan, reason=WHY, by=village.actors.binh, at=cast.AT
    )
    address = f"/nguoi/{village.mai.pk}/huy/{merged.source_id}/"
    client.force_login(village.actors.binh)
    assert f'href="{address}"' in client.get(f"/nguoi/{village.mai.pk}/").text
    said = {"reason": "Hai chị em, gộp nhầm"}
    assert client.post(address, {**said, "step": "look"}).status_code == 200
    assert Merge.objects.filter(superseded_at=None).exists(), "only looked at"
    keeper = User.objects.create(
        username="uyen", full_name="Uyên", role="CHAIRMAN", unit=cast.commune(), created_at=cast.AT
    )
    Delegation.objects.create(
        giver=village.actors.binh, to=keeper, rights=["registry.keep"], since=cast.TODAY,
        until=clock.today(), reason="Đi vắng", at=cast.AT,
    )  # fmt: skip
    client.force_login(keeper)
    assert client.post(address, {**said, "step": "save"}).status_code == 404, "keeps, but may not merge"
    client.force_login(village.actors.binh)
    assert client.post(address, {**said, "step": "save"}).status_code == 302
    assert Merge.objects.get(superseded_at__isnull=False).undone_by == village.actors.binh


def test_two_people_are_never_proposed_again(village: Village, double: Double, client: Client) -> None:
    client.force_login(village.actors.binh)
    said = client.post(f"/ho-so-trung/{double.pk}/", {"what": "DIFFERENT", "reason": WHY}, follow=True)
    assert "sẽ không hỏi lại" in said.text and "Không có cặp nào đang chờ" in said.text
    double.refresh_from_db()
    assert (double.status, double.decided_by, double.why) == ("DIFFERENT", village.actors.binh, WHY)


def test_the_illness_is_not_compared(village: Village, client: Client) -> None:
    first, second = sorted((village.mai, village.hoa), key=lambda person: person.pk)
    double = Double.objects.create(
        first=first, second=second, unit=cast.commune(), points=9, found_at=cast.AT
    )
    client.force_login(village.actors.binh)
    text = client.get(f"/ho-so-trung/{double.pk}/").text
    assert "Lê Thị Hoà" in text and not re.search(r"\bHIV\b|khoản 8", text)


def test_a_long_queue_is_turned_page_by_page(village: Village, client: Client) -> None:
    home = world.household("BD-XX", cast.commune(), "Tổ 5")
    people = [
        world.person(home, f"Đinh Văn {number}", f"0010990010{number:02}", cast.TODAY, "M")
        for number in range(30)
    ]
    for number, person in enumerate(people):
        Double.objects.create(
            first=village.mai, second=person, unit=cast.commune(), points=9 + number % 3, found_at=cast.AT
        )
    client.force_login(village.actors.binh)
    address = "/ho-so-trung/"
    seen: list[str] = []
    points: list[int] = []
    for _ in range(2):
        text = client.get(address).text
        seen += re.findall(r"Đinh Văn \d+", text)
        points += [int(found) for found in re.findall(r'data-name="Điểm">(\d+)<', text)]
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = f"/ho-so-trung/{following[1]}" if following else ""
    assert address == "" and len(seen) == len(set(seen)) == 30 and points == sorted(points, reverse=True)


def test_the_command_fills_the_queue(fresh_database: str) -> None:
    told = command("register", "doubles", "--unit", cast.COMMUNE, "--json", url=fresh_database)
    assert told.stdout.strip() == '{"pairs": 0}'
