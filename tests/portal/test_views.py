import pytest
from django.test import Client

from ansinh.rulebook import law

PAGES = ("/luat/", "/luat/thay-doi/", "/luat/van-ban/", "/luat/van-ban/nghi-dinh-335-2026/")


@pytest.mark.parametrize("page", PAGES)
def test_everybody_may_read_the_law(units: None, client: Client, page: str) -> None:
    assert client.get(page).status_code == 200
    assert client.head(page).status_code == 200
    assert client.post(page).status_code in (403, 405)


def test_the_law_is_asked_on_a_day_in_a_province(units: None, client: Client) -> None:
    text = client.get("/luat/", {"ngay": "06/10/2026", "tinh": "01"}).text
    assert "650.000" in text and "Nghị định 335/2026/NĐ-CP" in text


@pytest.mark.parametrize(
    "asked",
    [
        {"ngay": "hôm qua"},
        {"ngay": "01/01/1990"},
        {"ngay": "06/10/2026", "tinh": "zz"},
    ],
)
def test_what_cannot_be_answered_is_said_on_the_page(
    units: None, client: Client, asked: dict[str, str]
) -> None:
    answer = client.get("/luat/", asked)
    assert "Chưa làm được" in answer.text and answer.status_code == 422


def test_every_instrument_has_its_page(units: None, client: Client) -> None:
    for instrument in law.load().instruments:
        text = client.get(f"/luat/van-ban/{instrument.name}/").text
        assert text.count("<h3>") == len(instrument.provisions)


def test_an_instrument_that_is_not_there_is_not_found(units: None, client: Client) -> None:
    assert client.get("/luat/van-ban/nghi-dinh-1-1900/").status_code == 404


def test_the_provinces_to_choose_from_are_those_of_the_day(units: None, client: Client) -> None:
    assert "Bình Dương" in client.get("/luat/", {"ngay": "01/01/2024"}).text
    assert 'value="74"' not in client.get("/luat/", {"ngay": "06/10/2026"}).text
