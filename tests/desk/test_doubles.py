"""The queue as officers meet it: their own pairs only, decided once, a merge that can be taken back."""

import re

import pytest
from django.test import Client

from ansinh.accounts.models import Delegation, Entry, Read, User
from ansinh.registry import operations as registry
from ansinh.registry.models import Double, Merge, Opinion
from ansinh.registry.queries import doubles
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
    again = client.post(address, {"what": keep, "reason": WHY})
    assert again.headers["Location"] == answer.headers["Location"], "a second click reads what was decided"
    assert "lần bấm này không ghi gì" in client.get(again.headers["Location"]).text
    assert "Nguyễn Thị Mai" not in client.get("/ho-so-trung/").text
    assert set(Read.objects.filter(page="DUPLICATE").values_list("person_id", flat=True)) == {mai.pk, lan.pk}
    client.force_login(village.actors.dung)
    assert client.get(f"/nguoi/{lan.pk}/").status_code == 404
    assert client.get(address).status_code == 403
    client.force_login(village.actors.hanh)
    undone = client.post(f"/ho-so-trung/gop/{merged.pk}/", {"reason": "Hai người khác nhau"}, follow=True)
    assert "hai hồ sơ trở lại như trước" in undone.text and "Gộp nhầm?" not in undone.text
    again = client.post(f"/ho-so-trung/gop/{merged.pk}/", {"reason": "Hai người khác nhau"}, follow=True)
    assert again.status_code == 200 and "đã huỷ" in again.text
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
    # A second click, or another officer on a page opened earlier: what was decided is read, not decided anew.
    client.force_login(village.actors.hanh)
    for what in ("DIFFERENT", "FIRST"):
        again = client.post(f"/ho-so-trung/{double.pk}/", {"what": what, "reason": "Nhầm"}, follow=True)
        assert "Đã ghi: hai người khác nhau" in again.text and village.actors.binh.full_name in again.text
        assert "lần bấm này không ghi gì" in again.text, "whoever wanted something else is told"
    double.refresh_from_db()
    assert (double.decided_by, double.why) == (village.actors.binh, WHY)
    assert not Merge.objects.exists() and Opinion.objects.filter(pair=double).count() == 1


@pytest.fixture
def different(village: Village, double: Double) -> Double:
    """Bình said that Mai and Lan are two people."""
    registry.say_different(one=village.mai, other=village.lan, reason=WHY, by=village.actors.binh, at=cast.AT)
    return double


LIST = "/ho-so-trung/khac-nhau/"


def test_who_said_that_they_are_two_is_listed_with_when_and_why(
    village: Village, different: Double, client: Client
) -> None:
    seen = {user.username: sees(client, user, LIST) for user in village.actors.all()}
    assert [name for name, found in seen.items() if found] == ["binh", "hanh"]
    client.force_login(village.actors.binh)
    assert f'href="{LIST}">Cặp đã ghi là hai người khác nhau<' in client.get("/ho-so-trung/").text
    text = client.get(LIST).text
    for told in (village.actors.binh.full_name, WHY, "Vũ Thị Lan", f'href="/ho-so-trung/{different.pk}/"'):
        assert told in text


def test_said_by_mistake_it_is_taken_back_and_the_pair_waits_again(
    village: Village, different: Double, client: Client
) -> None:
    client.force_login(village.actors.binh)
    page, address = f"/ho-so-trung/{different.pk}/", f"/ho-so-trung/{different.pk}/rut-lai/"
    assert f'action="{address}"' in client.get(page).text
    assert client.post(address, {"reason": ""}).status_code == 422
    for _click in range(2):
        answer = client.post(address, {"reason": "Bấm nhầm ô"})
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
    text = client.get(page).text
    assert text.count("Bấm nhầm ô") == 1 and WHY in text, "both words stay, each once"
    assert "rút lại lời" in text and 'value="DIFFERENT"' in text
    assert sees(client, village.actors.binh, "/ho-so-trung/") and not sees(client, village.actors.binh, LIST)
    different.refresh_from_db()
    assert (different.status, different.decided_by, different.unit) == ("OPEN", None, cast.commune())
    said = Opinion.objects.filter(pair=different).order_by("pk").values_list("kind", "by", "reason")
    binh = village.actors.binh.pk
    assert list(said) == [("DIFFERENT", binh, WHY), ("TAKEN_BACK", binh, "Bấm nhầm ô")]
    line = Entry.objects.latest("pk")
    assert (line.action, line.who, line.reason) == ("take_back_different", village.actors.binh, "Bấm nhầm ô")
    again = client.post(page, {"what": "DIFFERENT", "reason": WHY}, follow=True)
    assert "sẽ không hỏi lại" in again.text and sees(client, village.actors.binh, LIST)


def test_of_two_clicks_at_once_the_second_reads_what_was_decided(
    village: Village, double: Double, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked the pair up before either was written."""
    client.force_login(village.actors.binh)
    page, seen_before = f"/ho-so-trung/{double.pk}/", doubles.pair_in_scope
    for address, said in ((page, {"what": "DIFFERENT"}), (f"{page}rut-lai/", {})):
        stale = seen_before(village.actors.binh, double.pk, on=clock.today())
        said |= {"reason": WHY}
        assert client.post(address, said).status_code == 302
        with monkeypatch.context() as at_once:
            at_once.setattr(doubles, "pair_in_scope", lambda *_told, looked_up=stale, **_on: looked_up)
            answer = client.post(address, said)
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert [one.kind for one in doubles.opinions(double)] == ["TAKEN_BACK", "DIFFERENT"]


def test_nobody_takes_back_what_is_not_of_their_territory(
    village: Village, different: Double, client: Client
) -> None:
    tam = User.objects.create(
        username="tam", full_name="Tâm", role="OFFICER", unit=cast.neighbour(), created_at=cast.AT
    )
    address = f"/ho-so-trung/{different.pk}/rut-lai/"
    for user, status in ((tam, 404), (village.actors.chau, 403), (village.actors.giang, 403)):
        client.force_login(user)
        assert client.post(address, {"reason": "Bấm nhầm ô"}).status_code == status, user.username
    different.refresh_from_db()
    assert different.status == "DIFFERENT"
    client.force_login(tam)
    assert "Nguyễn Thị Mai" not in client.get(LIST).text


def test_what_was_said_when_somebody_was_entered_is_taken_back_and_weighed_then(
    village: Village, client: Client
) -> None:
    """A pair never in the queue: points and reasons are told once it is in doubt."""
    registry.say_different(one=village.mai, other=village.lan, reason=WHY, by=village.actors.hanh, at=cast.AT)
    double = Double.objects.get()
    assert (double.points, double.unit) == (0, cast.province())
    client.force_login(village.actors.hanh)
    client.post(f"/ho-so-trung/{double.pk}/rut-lai/", {"reason": "Bấm nhầm ô"})
    double.refresh_from_db()
    assert double.unit == cast.commune(), "the queue of the commune of both"
    assert "OTHER_NUMBER" in double.reasons and double.points < 0
    assert "hai số định danh khác nhau" in client.get(f"/ho-so-trung/{double.pk}/").text


def test_a_long_list_of_those_said_to_be_two_is_turned_page_by_page(village: Village, client: Client) -> None:
    home = world.household("BD-XX", cast.commune(), "Tổ 5")
    for number in range(30):
        other = world.person(home, f"Đinh Văn {number}", f"0010990010{number:02}", cast.TODAY, "M")
        registry.say_different(one=village.mai, other=other, reason=WHY, by=village.actors.binh, at=cast.AT)
    client.force_login(village.actors.binh)
    first = client.get(LIST).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(LIST + following[1].replace("&amp;", "&")).text
    seen = re.findall(r"Đinh Văn \d+", first + second)
    assert 'rel="next"' not in second and len(seen) == len(set(seen)) == 30
    assert client.get(f"{LIST}?sau=hôm-qua").status_code == 200


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
            first=village.mai, second=person, unit=cast.commune(), points=number % 3 - 1, found_at=cast.AT
        )
    client.force_login(village.actors.binh)
    address = "/ho-so-trung/"
    seen: list[str] = []
    points: list[int] = []
    for _ in range(2):
        text = client.get(address).text
        seen += re.findall(r"Đinh Văn \d+", text)
        points += [int(found) for found in re.findall(r'data-name="Điểm">(-?\d+)<', text)]
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = f"/ho-so-trung/{following[1]}" if following else ""
    assert address == "" and len(seen) == len(set(seen)) == len(points) == 30
    assert points == sorted(points, reverse=True)


def test_the_command_fills_the_queue(fresh_database: str) -> None:
    told = command("register", "doubles", "--unit", cast.COMMUNE, "--json", url=fresh_database)
    assert told.stdout.strip() == '{"pairs": 0}'
