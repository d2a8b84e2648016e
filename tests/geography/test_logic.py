"""What the lists make of the map, on a country of a few communes."""

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.geography.logic import Gazetteer, Lists, Row, StandingRow, gazetteer, level_of, split_kind

BEFORE = dt.date(2025, 6, 30)
AFTER = dt.date(2025, 7, 1)
AUTUMN = dt.date(2026, 10, 1)

Mapping = tuple[str, str, str, str]  # old, new, share, confirmed


def country(*mapping: Mapping, since: Iterable[tuple[str, str, str, str]] = ()) -> Gazetteer:
    """Two old provinces, 01 and 02, with a district and two communes each.

    New communes 00101, 00102, … lie in the new province 01, 00201, … in 02. Communes not named merge whole.
    """
    given = list(mapping)
    mapped = {old for old, *_ in given}
    given += [
        (old, new, "WHOLE", "1")
        for old, new in (("00001", "00101"), ("00002", "00101"), ("00003", "00201"), ("00004", "00201"))
        if old not in mapped
    ]
    before = [
        _old("00001", "001", "01"),
        _old("00002", "001", "01"),
        _old("00003", "002", "02"),
        _old("00004", "002", "02"),
    ]
    used = sorted({new for _, new, *_ in given})
    return gazetteer(
        Lists(
            communes_before=before,
            districts_without_communes=[],
            provinces_from=[
                row
                for row in ({"code": "01", "name": "Tỉnh Một"}, {"code": "02", "name": "Tỉnh Hai"})
                if any(new[1:3] == row["code"] for new in used)
            ],
            communes_from=[
                {"code": new, "name": f"Xã Mới {new}", "province_code": new[1:3], "legal_basis": "NQ"}
                for new in used
            ],
            mapping=[
                dict(zip(("old_code", "new_code", "share", "confirmed"), row, strict=True)) for row in given
            ],
            changes_since=[
                {"code": code, "on_date": on, "new_name": name, "confirmed": sure, "legal_basis": "NQ"}
                for code, on, name, sure in since
            ],
        )
    )


def _old(code: str, district: str, province: str) -> Row:
    return {
        "code": code,
        "name": f"Xã Cũ {code}",
        "district_code": district,
        "district": f"Huyện {district}",
        "province_code": province,
        "province": {"01": "Tỉnh Một", "02": "Tỉnh Hai"}[province],
    }


def where(map_: Gazetteer, code: str, on: dt.date, version: int = 1) -> StandingRow:
    """The standing of a unit on a day."""
    (row,) = (
        row
        for row in map_.standings
        if row.unit == (code, version)
        and (row.start is None or row.start <= on)
        and (row.end is None or on < row.end)
    )
    return row


def places(row: StandingRow) -> tuple[str | None, str | None, str | None]:
    return tuple(key and key[0] for key in (row.commune, row.district, row.province))  # type: ignore[return-value]


def test_a_merged_commune_stands_in_its_successor() -> None:
    map_ = country()
    assert places(where(map_, "00001", BEFORE)) == ("00001", "001", "01")
    assert places(where(map_, "00001", AFTER)) == ("00101", None, "01")


def test_a_divided_commune_needs_confirmation_but_its_province_is_certain() -> None:
    map_ = country(("00001", "00101", "PART", "1"), ("00001", "00102", "PART", "1"))
    assert places(where(map_, "00001", AFTER)) == (None, None, "01")
    assert places(where(map_, "00002", AFTER)) == ("00101", None, "01")


def test_a_commune_divided_over_two_provinces_leaves_even_the_province_open() -> None:
    map_ = country(("00001", "00101", "PART", "1"), ("00001", "00201", "PART", "1"))
    assert places(where(map_, "00001", AFTER)) == (None, None, None)
    (whole, part) = sorted((change.new[0], change.kind) for change in map_.changes if change.old == ("01", 1))
    assert (whole, part) == (("01", "PART"), ("02", "PART"))


def test_land_without_people_divides_nobody() -> None:
    map_ = country(
        ("00001", "00101", "PEOPLE", "1"), ("00001", "00102", "AREA", "1"), ("00003", "00102", "WHOLE", "1")
    )
    assert places(where(map_, "00001", AFTER)) == ("00101", None, "01")


def test_a_part_is_never_taken_for_everyone_even_when_the_rest_is_only_land() -> None:
    map_ = country(
        ("00001", "00101", "PART", "1"), ("00001", "00102", "AREA", "1"), ("00003", "00102", "WHOLE", "1")
    )
    assert places(where(map_, "00001", AFTER)) == (None, None, "01")


@pytest.mark.parametrize("share", ["WHOLE", "PART", "PEOPLE", "AREA"])
def test_an_unconfirmed_mapping_decides_nothing(share: str) -> None:
    map_ = country(("00001", "00101", share, "0"))
    assert places(where(map_, "00001", AFTER)) == (None, None, "01")


def test_an_unconfirmed_piece_of_land_puts_the_rest_in_doubt() -> None:
    map_ = country(
        ("00001", "00101", "PEOPLE", "1"), ("00001", "00102", "AREA", "0"), ("00003", "00102", "WHOLE", "1")
    )
    assert places(where(map_, "00001", AFTER)) == (None, None, "01")


def test_a_new_kind_follows_a_merger_even_while_its_day_is_in_doubt() -> None:
    map_ = country(since=[("00101", "2026-09-20", "Phường Mới", "0")])
    assert where(map_, "00001", AFTER).commune == ("00101", 1)
    assert where(map_, "00001", AUTUMN).commune == ("00101", 2)
    assert where(map_, "00101", AUTUMN).commune == ("00101", 2)
    assert [change.kind for change in map_.changes if change.new == ("00101", 2)] == ["KIND"]


def test_a_new_name_of_the_same_kind_is_a_rename() -> None:
    map_ = country(since=[("00101", "2026-09-20", "Xã Tên Khác", "1")])
    assert [change.kind for change in map_.changes if change.new == ("00101", 2)] == ["RENAME"]


def test_a_province_that_becomes_a_city_leaves_its_communes_as_they_are() -> None:
    map_ = country(since=[("01", "2026-04-30", "Thành phố Một", "1")])
    assert [unit.version for unit in map_.units if unit.code == "00101"] == [1]
    assert where(map_, "00101", AFTER).province == ("01", 1)
    assert where(map_, "00101", AUTUMN).province == ("01", 2)


def test_an_unmerged_province_keeps_one_row_over_the_merger() -> None:
    map_ = country()
    (province,) = (unit for unit in map_.units if unit.code == "01")
    assert (province.start, province.end) == (None, None)


def test_a_merged_province_begins_anew_and_remembers_where_each_commune_came_from() -> None:
    map_ = country(("00003", "00103", "WHOLE", "1"), ("00004", "00103", "WHOLE", "1"))
    versions = sorted(unit.version for unit in map_.units if unit.code == "01")
    assert versions == [1, 2]
    assert where(map_, "00103", AFTER).province == ("01", 2)
    assert where(map_, "00103", AFTER).former_province == ("02", 1)
    assert where(map_, "00003", AFTER).former_province == ("02", 1)
    assert where(map_, "01", AFTER, version=2).former_province is None  # made of both


def test_people_registered_at_a_district_stand_in_its_province_and_nowhere_nearer() -> None:
    map_ = country(("00002", "00102", "WHOLE", "1"))
    assert places(where(map_, "001", BEFORE)) == (None, "001", "01")
    assert places(where(map_, "001", AFTER)) == (None, None, "01")


def test_a_district_that_became_one_commune_settles_its_people_there() -> None:
    map_ = country()
    assert places(where(map_, "001", AFTER)) == ("00101", None, "01")


def test_a_list_that_loses_a_commune_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\('00102', 1\) came from nowhere"):
        gazetteer(
            Lists(
                communes_before=[_old("00001", "001", "01")],
                districts_without_communes=[],
                provinces_from=[{"code": "01", "name": "Tỉnh Một"}],
                communes_from=[
                    {"code": code, "name": "Xã Mới", "province_code": "01", "legal_basis": ""}
                    for code in ("00101", "00102")
                ],
                mapping=[{"old_code": "00001", "new_code": "00101", "share": "WHOLE", "confirmed": "1"}],
                changes_since=[],
            )
        )


def test_an_unmerged_province_under_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="province 01 was not merged"):
        gazetteer(
            Lists(
                communes_before=[_old("00001", "001", "01")],
                districts_without_communes=[],
                provinces_from=[{"code": "01", "name": "Tỉnh Khác"}],
                communes_from=[{"code": "00101", "name": "Xã A", "province_code": "01", "legal_basis": ""}],
                mapping=[{"old_code": "00001", "new_code": "00101", "share": "WHOLE", "confirmed": "1"}],
                changes_since=[],
            )
        )


@pytest.mark.parametrize(
    ("full_name", "expected"),
    [
        ("Phường Ba Đình", ("Phường", "Ba Đình")),
        ("phường Vĩnh Hải", ("Phường", "Vĩnh Hải")),
        ("Thành phố Hồ Chí Minh", ("Thành phố", "Hồ Chí Minh")),
        ("Thị Trấn Mường Chà", ("Thị trấn", "Mường Chà")),
        ("Thị xã Sơn Tây", ("Thị xã", "Sơn Tây")),
        ("Phường 4", ("Phường", "4")),
        ("Phường Phường Đúc", ("Phường", "Phường Đúc")),
        ("Đặc khu Phú Quốc", ("Đặc khu", "Phú Quốc")),
    ],
)
def test_a_full_name_begins_with_the_kind(full_name: str, expected: tuple[str, str]) -> None:
    assert split_kind(full_name) == expected


def test_a_name_without_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="Xuân Quang 3"):
        split_kind("Xuân Quang 3")


def test_the_length_of_a_code_tells_the_level() -> None:
    assert [level_of(code) for code in ("01", "001", "00001", "1", "0001", "ab", "٠١", "")] == [
        "PROVINCE",
        "DISTRICT",
        "COMMUNE",
        None,
        None,
        None,
        None,
        None,
    ]


SHARES = st.sampled_from(["WHOLE", "PART", "PEOPLE", "AREA"])
MAPPINGS = st.dictionaries(
    st.tuples(
        st.sampled_from(["00001", "00002", "00003", "00004"]), st.sampled_from(["00101", "00102", "00201"])
    ),
    st.tuples(SHARES, st.sampled_from(["0", "1"])),
    min_size=1,
    max_size=8,
)


@given(MAPPINGS)
def test_whatever_the_mapping_everyone_stands_in_units_of_the_day(
    mapping: dict[tuple[str, str], tuple[str, str]],
) -> None:
    map_ = country(
        *((old, new, share, sure) for (old, new), (share, sure) in mapping.items()),
        since=[("01", "2026-04-30", "Thành phố Một", "1")],
    )
    units = {unit.key: unit for unit in map_.units}
    confirmed = {(change.old, change.new) for change in map_.changes if change.confirmed}
    for row in map_.standings:
        for key in (row.commune, row.district, row.province):
            if key is None:
                continue
            there = units[key]
            assert there.start is None or (row.start is not None and there.start <= row.start)
            assert there.end is None or (row.end is not None and row.end <= there.end)
        if row.unit[0] in ("00001", "00002", "00003", "00004") and row.start == AFTER and row.commune:
            assert (row.unit, row.commune) in confirmed
    for unit in map_.units:
        stretches = sorted(
            (row.start or dt.date.min, row.end or dt.date.max)
            for row in map_.standings
            if row.unit == unit.key
        )
        assert stretches[0][0] == (unit.start or dt.date.min)
        assert stretches[-1][1] == dt.date.max
        assert all(a[1] == b[0] for a, b in pairwise(stretches))
