"""Units of a day: their codes, names, levels, and what they became."""

import datetime as dt

import pytest

from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.refusal import Refusal
from tests.geography.country import FIRST_DAY_OF_34, LAST_DAY_OF_63, OCTOBER_2026, codes, named

pytestmark = pytest.mark.usefixtures("units")


# counts


@pytest.mark.parametrize(
    ("on", "provinces", "districts", "communes"),
    [
        (dt.date(2024, 1, 1), 63, 696, 10_035),
        (LAST_DAY_OF_63, 63, 696, 10_035),
        (FIRST_DAY_OF_34, 34, 0, 3_321),
        (dt.date(2026, 4, 30), 34, 0, 3_321),
        (OCTOBER_2026, 34, 0, 3_321),
    ],
)
def test_how_many_units_there_are(on: dt.date, provinces: int, districts: int, communes: int) -> None:
    assert geography.counts(on=on) == {
        Level.PROVINCE: provinces,
        Level.DISTRICT: districts,
        Level.COMMUNE: communes,
    }


def test_wards_and_cities_become_more_in_2026() -> None:
    def kinds(on: dt.date) -> tuple[int, ...]:
        valid = Unit.objects.filter(valid__contains=on)
        communes = valid.filter(level=Level.COMMUNE)
        return (
            valid.filter(level=Level.PROVINCE, kind="Thành phố").count(),
            *(communes.filter(kind=kind).count() for kind in ("Xã", "Phường", "Đặc khu")),
        )

    assert kinds(FIRST_DAY_OF_34) == (6, 2_621, 687, 13)
    assert kinds(dt.date(2026, 4, 30)) == (7, 2_611, 697, 13)
    assert kinds(dt.date(2026, 9, 1)) == (8, 2_611, 697, 13)
    assert kinds(OCTOBER_2026) == (9, 2_599, 709, 13)


def test_ha_noi_has_126_communes_and_had_526() -> None:
    before = geography.unit(code="01", on=LAST_DAY_OF_63)
    after = geography.unit(code="01", on=FIRST_DAY_OF_34)
    assert before == after
    assert geography.descendants(after, on=FIRST_DAY_OF_34).count() == 126
    assert geography.descendants(before, on=LAST_DAY_OF_63, level=Level.COMMUNE).count() == 526
    assert geography.children(before, on=LAST_DAY_OF_63).count() == 30
    assert set(geography.children(after, on=FIRST_DAY_OF_34)) == set(
        geography.descendants(after, on=OCTOBER_2026)
    )


# codes that are used again


def test_15_was_yen_bai_and_is_lao_cai() -> None:
    assert named("15", LAST_DAY_OF_63) == "Tỉnh Yên Bái"
    assert named("10", LAST_DAY_OF_63) == "Tỉnh Lào Cai"
    assert named("15", FIRST_DAY_OF_34) == "Tỉnh Lào Cai"
    yen_bai = geography.unit(code="15", on=LAST_DAY_OF_63)
    lao_cai = geography.unit(code="15", on=FIRST_DAY_OF_34)
    assert yen_bai != lao_cai
    assert list(geography.successors(yen_bai, on=OCTOBER_2026)) == [lao_cai]
    assert codes(geography.predecessors(lao_cai, on=LAST_DAY_OF_63)) == {"10", "15"}


@pytest.mark.parametrize(
    ("old", "new"), [("74", "79"), ("77", "79"), ("30", "31"), ("82", "82"), ("10", "15")]
)
def test_where_old_provinces_went(old: str, new: str) -> None:
    was = geography.unit(code=old, on=LAST_DAY_OF_63)
    (became,) = geography.successors(was, on=FIRST_DAY_OF_34)
    assert became.code == new
    assert geography.standing(was, on=OCTOBER_2026).province == became


def test_eleven_provinces_did_not_merge() -> None:
    kept = Unit.objects.filter(level=Level.PROVINCE, valid__contains=LAST_DAY_OF_63).filter(
        valid__contains=FIRST_DAY_OF_34
    )
    assert codes(kept) == {"01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46"}


def test_the_same_code_on_two_days_is_two_communes() -> None:
    assert named("00004", LAST_DAY_OF_63) == "Phường Trúc Bạch"
    assert named("00004", FIRST_DAY_OF_34) == "Phường Ba Đình"


# search


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ba dinh", "Phường Ba Đình"),
        ("Phường Ba Đình", "Phường Ba Đình"),
        ("HA NOI", "Thành phố Hà Nội"),
        ("lao cai", "Tỉnh Lào Cai"),
        ("hoà an", "Xã Hòa An"),
        ("00004", "Phường Ba Đình"),
        ("ea h'leo", "Xã Ea H'Leo"),
    ],
)
def test_search_finds_without_tones(text: str, first: str) -> None:
    assert str(geography.search(text, on=OCTOBER_2026)[0]) == first


def test_search_answers_for_the_day_and_the_territory_asked() -> None:
    ha_noi = geography.unit(code="01", on=OCTOBER_2026)
    assert not geography.search("trúc bạch", on=OCTOBER_2026).exists()
    assert [str(unit) for unit in geography.search("trúc bạch", on=LAST_DAY_OF_63)] == ["Phường Trúc Bạch"]
    assert not geography.search("lao cai", on=OCTOBER_2026, within=ha_noi).exists()
    assert geography.search("hà", on=OCTOBER_2026, level=Level.PROVINCE).count() > 1
    assert not geography.search("  ", on=OCTOBER_2026).exists()
    assert not geography.search("100%", on=OCTOBER_2026).exists()


# refusals


def refusal_of(code: str, on: dt.date) -> Refusal:
    with pytest.raises(Refusal) as caught:
        geography.unit(code=code, on=on)
    return caught.value


def test_a_code_that_ended_names_its_successor() -> None:
    refusal = refusal_of("10", OCTOBER_2026)
    assert refusal.message == (
        "Ngày 06/10/2026 không còn Tỉnh Lào Cai (mã 10): từ 01/07/2025 đã nhập vào Tỉnh Lào Cai (15)."
    )
    assert refusal.basis == "Nghị quyết 202/2025/QH15 ngày 12/06/2025"
    assert refusal.remedy == "Dùng mã 15."


def test_a_commune_that_ended_names_where_its_people_went() -> None:
    refusal = refusal_of("00556", OCTOBER_2026)
    assert "đã nhập vào Xã Thuận An (00562)." in refusal.message
    assert refusal.basis == "Nghị quyết 1656/NQ-UBTVQH15 ngày 16/06/2025"


def test_a_district_that_ended_names_some_of_its_successors() -> None:
    refusal = refusal_of("001", OCTOBER_2026)
    assert "Quận Ba Đình (mã 001)" in refusal.message
    assert "đơn vị khác" in refusal.message
    assert refusal.remedy == "Chọn một trong các đơn vị mới đó."


def test_a_code_that_is_not_yet_used_names_what_it_came_from() -> None:
    refusal = refusal_of("11948", LAST_DAY_OF_63)
    assert refusal.message == (
        "Ngày 30/06/2025 chưa có Đặc khu Bạch Long Vĩ (mã 11948): có từ 01/07/2025, "
        "lập từ Huyện Bạch Long Vĩ (318)."
    )
    assert refusal.remedy == "Dùng mã 318."


@pytest.mark.parametrize("code", ["1", "0001", "000004", "Ba", ""])
def test_what_is_no_code_is_told_what_a_code_is(code: str) -> None:
    refusal = refusal_of(code, OCTOBER_2026)
    assert "không đúng dạng mã" in refusal.message
    assert "giữ số 0 ở đầu" in refusal.remedy


def test_a_code_nobody_ever_bore() -> None:
    assert refusal_of("99999", OCTOBER_2026).message == "“99999” không có trong danh mục đơn vị hành chính."


def test_nobody_stands_anywhere_before_their_unit_began() -> None:
    con_dao = geography.unit(code="26732", on=OCTOBER_2026)
    with pytest.raises(Refusal, match=r"lập từ Huyện Côn Đảo \(755\)"):
        geography.standing(con_dao, on=LAST_DAY_OF_63)
