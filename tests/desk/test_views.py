"""Who may open which page: the right one, the wrong role, the neighbour."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from ansinh.accounts.models import Entry, Read, User
from ansinh.payments.models import Payroll, Roll
from ansinh.registry.models import Member
from tests import cast
from tests.desk import world
from tests.desk.world import Village

Open = Callable[[User | None, str], int]


@pytest.fixture
def opens(client: Client) -> Open:
    def status(user: User | None, address: str) -> int:
        client.logout()
        if user is not None:
            client.force_login(user)
        return client.get(address).status_code

    return status


def pages(village: Village) -> list[str]:
    """Every page about Mai's commune."""
    payroll = village.payroll()
    roll = Roll.objects.get(payroll=payroll)
    mai = village.mai.pk
    return [
        f"/nguoi/{mai}/",
        f"/nguoi/{mai}/vi-sao/?month=2026-10",
        f"/chi-tra/{payroll.pk}/",
        f"/chi-tra/{payroll.pk}/dong/",
        f"/chi-tra/{payroll.pk}/danh-sach/{roll.pk}.xlsx",
        f"/chi-tra/{payroll.pk}/danh-sach/{roll.pk}.pdf",
        "/quyet-dinh/3/".replace("3", str(decision_of(village))),
    ]


def decision_of(village: Village) -> int:
    from ansinh.grants.models import Decision

    return int(Decision.objects.get(kind="ADJUST", unit=cast.commune()).pk)


def test_those_whose_work_it_is_open_every_page(village: Village, opens: Open) -> None:
    for user in (village.actors.binh, village.actors.chau, village.actors.phuc, village.actors.giang):
        assert [opens(user, page) for page in pages(village)] == [200] * 7, user.username


def test_the_neighbour_finds_nothing_and_learns_nothing(village: Village, client: Client) -> None:
    client.force_login(village.actors.dung)
    for page in pages(village):
        answer = client.get(page)
        assert answer.status_code == 404, page
        assert village.mai.name not in answer.text and "Ba Đình" not in answer.text
    absent, hidden = (client.get(f"/nguoi/{key}/").text for key in (999999999, village.mai.pk))
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    alike = token.sub("", absent).replace("999999999", str(village.mai.pk))
    assert token.sub("", hidden) == alike, "absent and hidden must look alike"


def test_the_administrator_may_not_open_them(village: Village, opens: Open) -> None:
    assert {opens(village.actors.quantri, page) for page in pages(village)} == {403}


def test_a_stranger_is_sent_to_sign_in_and_comes_back(village: Village, client: Client) -> None:
    for page in [*pages(village), "/", "/nguoi/", "/chi-tra/", "/quyet-dinh/", "/nhat-ky/", "/tai-khoan/"]:
        answer = client.get(page)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/dang-nhap/?tiep="), page


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("/", {"binh", "chau", "dung", "phuc", "hanh", "giang", "khoa", "quantri"}),
        ("/nguoi/?tim=mai", {"binh", "chau", "dung", "phuc", "hanh", "giang"}),
        ("/quyet-dinh/", {"binh", "chau", "dung", "phuc", "hanh", "giang"}),
        ("/quyet-dinh/ra-quyet-dinh/", {"chau", "dung"}),
        ("/chi-tra/", {"binh", "chau", "dung", "phuc", "hanh", "giang"}),
        ("/chi-tra/lap/", {"binh", "phuc"}),
        ("/nhat-ky/", {"giang", "quantri"}),
        ("/tai-khoan/", {"quantri"}),
    ],
)
def test_a_role_opens_what_is_its_work(village: Village, opens: Open, page: str, allowed: set[str]) -> None:
    assert {user.username for user in village.actors.all() if opens(user, page) == 200} == allowed


def test_people_are_found_in_the_territory_only(village: Village, client: Client) -> None:
    for user, found in (("binh", True), ("dung", False), ("phuc", True)):
        client.force_login(getattr(village.actors, user))
        for asked in ("Nguyễn Thị Mai", "nguyen thi", "mai", "001141", "hộ BD-001", "BD-001"):
            shown = client.get("/nguoi/", {"tim": asked}).text
            assert ("001141000017" in shown) is found, (user, asked)


def test_a_search_for_nothing_or_for_marks_finds_nobody(village: Village, client: Client) -> None:
    client.force_login(village.actors.phuc)
    for asked in ("", " ", "%", "_", "a", "%%%", "0' or 1=1 --", "x" * 500):
        assert "001141000017" not in client.get("/nguoi/", {"tim": asked}).text, asked


def test_the_page_of_a_person_shows_facts_grants_and_booked_months(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    text = client.get(f"/nguoi/{village.mai.pk}/").text
    for told in (
        "001141000017",
        "Tổ dân phố 1, Phường Trúc Bạch (nay thuộc Phường Ba Đình, Thành phố Hà Nội)",
        "Người cao tuổi thuộc hộ nghèo, không có người phụng dưỡng",
        "1/QĐ-UBND ngày 06/10/2026",
        "2,0",
        "1.300.000",
        "1,5 × 650.000 = 975.000",
        "09/2026",
    ):
        assert told in text, told


def test_relatives_are_named_only_within_the_territory(village: Village, client: Client) -> None:
    from ansinh.registry.models import Relation

    world.tie(village.mai, Relation.Kind.SUPPORTER, village.be)
    client.force_login(village.actors.binh)
    text = client.get(f"/nguoi/{village.mai.pk}/").text
    assert "người ngoài địa bàn" in text and village.be.name not in text
    client.force_login(village.actors.phuc)
    assert village.be.name in client.get(f"/nguoi/{village.mai.pk}/").text


def test_why_answers_with_arithmetic_and_article_as_known_on_a_day(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    address = f"/nguoi/{village.mai.pk}/vi-sao/"
    late = client.get(address, {"month": "2026-08", "asked_on": "2026-10-06"}).text
    early = client.get(address, {"month": "2026-08", "asked_on": "2026-08-06"}).text
    assert "2,0 × 650.000 = 1.300.000 đồng" in late and "khoản 3 Điều 32 Nghị định 335/2026/NĐ-CP" in late
    assert "1,5 × 650.000 = 975.000 đồng" in early and "335/2026" not in early


def test_a_month_before_any_law_is_refused_on_the_page(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    answer = client.get(f"/nguoi/{village.mai.pk}/vi-sao/", {"month": "1999-01"})
    assert answer.status_code == 422 and "Chưa làm được" in answer.text


def test_sensitive_details_need_the_right_and_a_reason_and_are_recorded(
    village: Village, client: Client
) -> None:
    address = f"/nguoi/{village.hoa.pk}/nhay-cam/"
    for user, status in (("phuc", 403), ("hanh", 403), ("quantri", 403), ("dung", 404)):
        client.force_login(getattr(village.actors, user))
        assert client.post(address, {"reason": world.REASON}).status_code == status
    client.force_login(village.actors.binh)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "xem"}).status_code == 422
    assert not Entry.objects.filter(action="see_sensitive").exists()
    shown = client.post(f"{address}?month=2026-10&asked_on=2026-10-06", {"reason": world.REASON}).text
    assert "khoản 8 Điều 5 Nghị định 335/2026/NĐ-CP" in shown and "Nhiễm HIV/AIDS" in shown
    entry = Entry.objects.get(action="see_sensitive")
    assert (entry.who, entry.reason, entry.unit) == (village.actors.binh, world.REASON, cast.commune())
    assert entry.subject_id == str(village.hoa.pk)


def test_pages_about_people_stay_in_no_cache(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    assert client.get(f"/nguoi/{village.mai.pk}/").headers["Cache-Control"] == "no-store"


def test_the_start_page_tells_the_latest_payroll(village: Village, client: Client) -> None:
    client.force_login(village.actors.phuc)
    text = client.get("/").text
    total = sum(
        Payroll.objects.filter(months__startswith=dt.date(2026, 10, 1)).values_list("total_vnd", flat=True)
    )
    assert f"{total:,}".replace(",", ".") in text


def test_somebody_called_hồ_is_not_taken_for_a_household(village: Village, client: Client) -> None:
    here = Member.objects.get(person=village.mai).household
    world.person(here, "Hồ Văn Bình", "001099000999", dt.date(1999, 9, 9), "M")
    client.force_login(village.actors.binh)
    for asked in ("ho van binh", "Hồ Văn", "binh", "văn bình"):
        assert "001099000999" in client.get("/nguoi/", {"tim": asked}).text, asked


def test_a_long_list_of_names_is_turned_page_by_page(village: Village, client: Client) -> None:
    here = Member.objects.get(person=village.mai).household
    for number in range(60):
        world.person(here, f"Đinh Thị Út {number % 7}", f"0011990010{number:02}", dt.date(1999, 9, 9))
    client.force_login(village.actors.binh)
    seen: list[str] = []
    address = "/nguoi/?tim=dinh"
    for _ in range(3):
        text = client.get(address).text
        seen += re.findall(r"0011990010\d\d", text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = f"/nguoi/{following[1].replace('&amp;', '&')}" if following else ""
    assert address == "" and len(seen) == len(set(seen)) == 60


def test_opening_a_file_or_its_explanation_leaves_a_reading(village: Village, opens: Open) -> None:
    mai = village.mai.pk
    before = Read.objects.count()
    for address in (f"/nguoi/{mai}/", f"/nguoi/{mai}/vi-sao/", f"/nguoi/{mai}/nhay-cam/"):
        assert opens(village.actors.binh, address) == 200
    readings = list(Read.objects.order_by("id")[before:].values_list("person_id", "page", "who__username"))
    assert readings == [(mai, "FILE", "binh"), (mai, "WHY", "binh")]


def test_the_sensitive_page_leaves_a_reading_with_its_reason(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    assert client.post(f"/nguoi/{village.hoa.pk}/nhay-cam/", {"reason": world.REASON}).status_code == 200
    reading = Read.objects.latest("id")
    assert (reading.person_id, reading.page, reading.reason) == (village.hoa.pk, "SENSITIVE", world.REASON)


def test_who_may_not_open_a_file_leaves_no_reading(village: Village, opens: Open) -> None:
    before = Read.objects.count()
    opens(village.actors.dung, f"/nguoi/{village.mai.pk}/")
    opens(village.actors.quantri, f"/nguoi/{village.mai.pk}/")
    assert Read.objects.count() == before


def test_an_english_page_says_groups_facts_and_ties_in_english(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    address = f"/nguoi/{village.son.pk}/"
    vietnamese = client.get(address).text
    client.cookies["django_language"] = "en"
    english = client.get(address).text
    for words, twin in (
        ("Người khuyết tật nặng", "Severe disability"),
        ("Mức độ khuyết tật", "Degree of disability"),
        ("vận động", "mobility"),
        ("vợ, chồng", "spouse"),
        ("chủ hộ", "head of household"),
    ):
        assert words in vietnamese and twin not in vietnamese, words
        assert twin in english, twin
    assert "Poor elder without supporter" in client.get("/").text
