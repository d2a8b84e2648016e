"""Where people registered at a unit stand, on both sides of 1/7/2025 and of the changes of 2026."""

import datetime as dt
import json

import pytest
from django.db import connections

from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Standing, Unit, UnitChange
from ansinh.kernel.refusal import Refusal
from tests.geography.country import FIRST_DAY_OF_34, LAST_DAY_OF_63, OCTOBER_2026, codes, rows

pytestmark = pytest.mark.usefixtures("units")


# what must hold for every row


def test_whoever_stands_somewhere_stands_in_units_valid_on_all_those_days() -> None:
    for column, level in (("commune", "COMMUNE"), ("district", "DISTRICT"), ("province", "PROVINCE")):
        assert not rows(
            f"""
            select s.id from geography_standing s join geography_unit u on u.id = s.{column}_id
            where not u.valid @> s.valid or u.level <> '{level}'
            """
        )


def test_every_unit_stands_from_its_first_day_on_without_gap() -> None:
    assert not rows(
        """
        select u.code from geography_unit u left join geography_standing s on s.unit_id = u.id
        group by u.id, u.code, u.valid
        having range_agg(s.valid) is distinct from datemultirange(daterange(lower(u.valid), null))
        """
    )


def test_a_unit_stands_in_itself_while_it_is_valid_and_never_after() -> None:
    for column, level in (("commune", "COMMUNE"), ("district", "DISTRICT"), ("province", "PROVINCE")):
        assert not rows(
            f"""
            select u.code from geography_unit u join geography_standing s on s.unit_id = u.id
            where u.level = '{level}' and (u.valid @> s.valid) is distinct from (s.{column}_id = u.id)
                and not (not u.valid @> s.valid and s.{column}_id is null)
            """
        )


def test_every_commune_and_province_knows_its_province_on_every_day() -> None:
    assert not Standing.objects.filter(province=None).exists()


def test_every_old_unit_has_successors_and_every_new_one_predecessors() -> None:
    gone = Unit.objects.filter(valid__endswith__isnull=False)
    assert not gone.exclude(pk__in=UnitChange.objects.exclude(kind="AREA").values("old")).exists()
    come = Unit.objects.filter(valid__startswith__isnull=False)
    assert not come.exclude(pk__in=UnitChange.objects.exclude(kind="AREA").values("new")).exists()


def test_changes_happen_between_neighbours_in_time() -> None:
    assert not rows(
        """
        select c.id from geography_unitchange c
        join geography_unit old on old.id = c.old_id join geography_unit new on new.id = c.new_id
        where upper(old.valid) <> c.on_date or lower(new.valid) <> c.on_date
        """
    )


# a person stays where they registered


def test_somebody_registered_in_binh_duong_stands_in_hcmc_and_came_from_binh_duong() -> None:
    old = geography.descendants(geography.unit(code="74", on=LAST_DAY_OF_63), on=LAST_DAY_OF_63).filter(
        level=Level.COMMUNE
    )
    hcmc = geography.unit(code="79", on=OCTOBER_2026)
    for commune in old[:3]:
        place = geography.standing(commune, on=OCTOBER_2026)
        assert place.province == hcmc
        assert place.former_province is not None
        assert place.former_province.full_name == "Tỉnh Bình Dương"


def test_a_new_commune_of_a_merged_province_remembers_the_old_one() -> None:
    hai_phong = geography.unit(code="31", on=OCTOBER_2026)
    origins = {
        former.name
        for former in Unit.objects.filter(
            pk__in=geography.standings(hai_phong, on=OCTOBER_2026)
            .filter(unit__level=Level.COMMUNE)
            .values("former_province")
        )
    }
    assert origins == {"Hải Phòng", "Hải Dương"}


def test_a_chain_of_changes_is_followed_to_its_end() -> None:
    """Thị trấn Bố Hạ → xã Bố Hạ (2025) → phường Bố Hạ (2026)."""
    town = geography.unit(code="07294", on=LAST_DAY_OF_63)
    assert town.kind == "Thị trấn"
    on_the_eve = geography.standing(town, on=dt.date(2026, 9, 19)).commune
    on_the_day = geography.standing(town, on=dt.date(2026, 9, 20)).commune
    assert on_the_eve is not None
    assert on_the_day is not None
    assert (on_the_eve.full_name, on_the_day.full_name) == ("Xã Bố Hạ", "Phường Bố Hạ")
    assert list(geography.successors(town, on=OCTOBER_2026)) == [on_the_day]
    assert town in geography.predecessors(on_the_day, on=LAST_DAY_OF_63)
    province = geography.standing(town, on=OCTOBER_2026).province
    assert province is not None
    assert (province.code, province.full_name) == ("24", "Thành phố Bắc Ninh")


@pytest.mark.parametrize(
    ("code", "last_day", "was", "became"),
    [
        ("75", dt.date(2026, 4, 29), "Tỉnh Đồng Nai", "Thành phố Đồng Nai"),
        ("22", dt.date(2026, 8, 31), "Tỉnh Quảng Ninh", "Thành phố Quảng Ninh"),
        ("24", dt.date(2026, 9, 19), "Tỉnh Bắc Ninh", "Thành phố Bắc Ninh"),
        ("26368", dt.date(2026, 4, 29), "Xã Long Thành", "Phường Long Thành"),
    ],
)
def test_new_kinds_of_2026_begin_on_their_day(code: str, last_day: dt.date, was: str, became: str) -> None:
    following = last_day + dt.timedelta(days=1)
    old, new = geography.unit(code=code, on=last_day), geography.unit(code=code, on=following)
    assert (old.full_name, new.full_name) == (was, became)
    assert geography.version(old, on=following) == new
    assert geography.version(new, on=last_day) == old
    change = UnitChange.objects.get(old=old)
    assert (change.kind, change.on_date, change.new) == (UnitChange.Kind.KIND, following, new)
    assert change.legal_basis.startswith("Nghị quyết ")
    assert codes(geography.descendants(old, on=following)) == codes(geography.descendants(old, on=last_day))


def test_a_commune_stays_one_row_while_its_province_becomes_a_city() -> None:
    commune = geography.unit(code="26041", on=FIRST_DAY_OF_34)
    assert geography.unit(code="26041", on=OCTOBER_2026) == commune
    assert [str(above) for above in geography.ancestors(commune, on=FIRST_DAY_OF_34)] == ["Tỉnh Đồng Nai"]
    assert [str(above) for above in geography.ancestors(commune, on=OCTOBER_2026)] == ["Thành phố Đồng Nai"]


def test_ancestors_before_the_merger_are_district_and_province() -> None:
    phuc_xa = geography.unit(code="00001", on=LAST_DAY_OF_63)
    above = geography.ancestors(phuc_xa, on=LAST_DAY_OF_63)
    assert [str(unit) for unit in above] == ["Quận Ba Đình", "Thành phố Hà Nội"]
    assert [str(unit) for unit in geography.ancestors(above[0], on=LAST_DAY_OF_63)] == ["Thành phố Hà Nội"]
    assert geography.ancestors(above[1], on=LAST_DAY_OF_63) == []
    assert phuc_xa in geography.children(above[0], on=LAST_DAY_OF_63)


# divided communes


def test_382_communes_were_divided_so_that_their_people_must_say_where_they_live() -> None:
    divided = geography.divided_units(on=OCTOBER_2026)
    assert divided.count() == 382
    assert not geography.divided_units(on=LAST_DAY_OF_63).exists()


def test_440_communes_gave_land_to_several_but_58_of_them_all_their_people_to_one() -> None:
    assert rows(
        """
        select count(*), count(*) filter (where settled) from (
            select bool_or(c.kind = 'PEOPLE') as settled
            from geography_unitchange c join geography_unit u on u.id = c.old_id
            where u.level = 'COMMUNE' and c.kind not in ('RENAME', 'KIND')
            group by u.id having count(*) > 1) divided
        """
    ) == [(440, 58)]


def test_a_divided_commune_offers_its_choices_and_never_guesses() -> None:
    cong_vi = geography.unit(code="00007", on=LAST_DAY_OF_63)
    assert geography.divided(cong_vi, on=OCTOBER_2026)
    assert not geography.divided(cong_vi, on=LAST_DAY_OF_63)
    place = geography.standing(cong_vi, on=OCTOBER_2026)
    assert (place.commune, str(place.province)) == (None, "Thành phố Hà Nội")
    choices = geography.successors(cong_vi, on=OCTOBER_2026, people=True)
    assert codes(choices) == {"00008", "00025"}
    ha_noi = geography.unit(code="01", on=OCTOBER_2026)
    assert cong_vi in geography.divided_units(on=OCTOBER_2026, within=ha_noi)
    assert cong_vi not in geography.divided_units(
        on=OCTOBER_2026, within=geography.unit(code="15", on=OCTOBER_2026)
    )


def test_land_without_people_is_no_choice() -> None:
    """Xã Đặng Xá: a part of the land to Phù Đổng, the rest and everybody to Thuận An."""
    dang_xa = geography.unit(code="00556", on=LAST_DAY_OF_63)
    assert codes(geography.successors(dang_xa, on=OCTOBER_2026)) == {"00541", "00562"}
    assert codes(geography.successors(dang_xa, on=OCTOBER_2026, people=True)) == {"00562"}
    assert not geography.divided(dang_xa, on=OCTOBER_2026)
    assert str(geography.standing(dang_xa, on=OCTOBER_2026).commune) == "Xã Thuận An"


# districts


@pytest.mark.parametrize(
    ("code", "became"),
    [
        ("318", "Đặc khu Bạch Long Vĩ"),
        ("471", "Đặc khu Cồn Cỏ"),
        ("498", "Đặc khu Hoàng Sa"),
        ("536", "Đặc khu Lý Sơn"),
        ("755", "Đặc khu Côn Đảo"),
        ("207", "Đặc khu Cô Tô"),
    ],
)
def test_an_island_district_became_one_special_unit(code: str, became: str) -> None:
    district = geography.unit(code=code, on=LAST_DAY_OF_63)
    assert str(geography.standing(district, on=OCTOBER_2026).commune) == became
    assert not geography.divided(district, on=OCTOBER_2026)


def test_people_registered_at_a_district_stand_in_its_province() -> None:
    ba_dinh = geography.unit(code="001", on=LAST_DAY_OF_63)
    place = geography.standing(ba_dinh, on=OCTOBER_2026)
    assert (place.commune, place.district, str(place.province)) == (None, None, "Thành phố Hà Nội")
    assert geography.successors(ba_dinh, on=OCTOBER_2026).count() > 1


# everyone of a unit and below


def test_everyone_of_a_province_is_registered_at_it_below_it_or_at_units_it_swallowed() -> None:
    lao_cai = geography.unit(code="15", on=OCTOBER_2026)
    levels = dict(
        geography.standings(lao_cai, on=OCTOBER_2026).values_list("unit__level", "unit__code").order_by()
    )
    assert set(levels) == {"PROVINCE", "DISTRICT", "COMMUNE"}
    registered = set(geography.standings(lao_cai, on=OCTOBER_2026).values_list("unit__code", "unit__version"))
    assert {("10", 1), ("15", 1), ("15", 2)} <= registered
    assert len(registered) == 3 + 18 + 319 + 99  # provinces, districts, old communes, new communes


def test_the_neighbour_is_never_in() -> None:
    """Lào Cai sees nobody of Lai Châu, and since Yên Bái's code is its own, nobody else's either."""
    every = {
        code: set(
            geography.standings(geography.unit(code=code, on=OCTOBER_2026), on=OCTOBER_2026).values_list(
                "unit", flat=True
            )
        )
        for code in codes(Unit.objects.filter(level=Level.PROVINCE, valid__contains=OCTOBER_2026))
    }
    assert sum(map(len, every.values())) == len(set().union(*every.values()))
    assert set().union(*every.values()) == set(Unit.objects.values_list("pk", flat=True))


def test_a_commune_sees_its_own_and_not_next_door() -> None:
    ba_dinh = geography.unit(code="00004", on=OCTOBER_2026)
    names = {str(row.unit) for row in geography.standings(ba_dinh, on=OCTOBER_2026).select_related("unit")}
    assert {"Phường Ba Đình", "Phường Trúc Bạch", "Phường Quán Thánh"} <= names
    assert "Phường Ngọc Hà" not in names
    assert "Phường Cống Vị" not in names  # divided, also between others


def test_before_the_merger_a_district_sees_its_communes_only() -> None:
    ba_dinh = geography.unit(code="001", on=LAST_DAY_OF_63)
    seen = geography.standings(ba_dinh, on=LAST_DAY_OF_63)
    assert seen.count() == 1 + geography.children(ba_dinh, on=LAST_DAY_OF_63).count()
    hoan_kiem = geography.unit(code="002", on=LAST_DAY_OF_63)
    assert not seen.filter(unit__in=geography.children(hoan_kiem, on=LAST_DAY_OF_63)).exists()


def test_a_former_version_of_a_unit_sees_what_the_present_one_sees() -> None:
    old = geography.unit(code="24", on=dt.date(2026, 9, 1))
    new = geography.unit(code="24", on=OCTOBER_2026)
    assert old != new
    assert geography.standing_condition(old, on=OCTOBER_2026) == geography.standing_condition(
        new, on=OCTOBER_2026
    )


def test_a_merged_unit_sees_nothing_and_says_what_to_ask_instead() -> None:
    yen_bai = geography.unit(code="15", on=LAST_DAY_OF_63)
    with pytest.raises(Refusal, match=r"không còn Tỉnh Yên Bái \(mã 15\).*Tỉnh Lào Cai \(15\)"):
        geography.standing_condition(yen_bai, on=OCTOBER_2026)


@pytest.mark.parametrize("code", ["01", "15", "00004", "24"])
def test_the_condition_in_sql_keeps_what_the_queryset_keeps(code: str) -> None:
    unit = geography.unit(code=code, on=OCTOBER_2026)
    condition = geography.standing_condition(unit, on=OCTOBER_2026, alias="s")
    found = {row[0] for row in rows(f"select s.unit_id from geography_standing s where {condition}")}
    assert found == set(geography.standings(unit, on=OCTOBER_2026).values_list("unit", flat=True))


def test_an_alias_is_a_name_and_nothing_else() -> None:
    unit = geography.unit(code="01", on=OCTOBER_2026)
    with pytest.raises(ValueError, match="not an alias"):
        geography.standing_condition(unit, on=OCTOBER_2026, alias="s; drop table x; --")


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("code", ["15", "00004"])
def test_everyone_of_a_unit_and_below_is_found_by_an_index(code: str) -> None:
    """The same join as the register's: 200,000 residences, of which a province or a commune is asked."""
    unit = geography.unit(code=code, on=OCTOBER_2026)
    condition = geography.standing_condition(unit, on=OCTOBER_2026)
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze geography_standing")
        cursor.execute(
            """
            create temporary table residence on commit drop as
            select u.id as unit_id, n as person from generate_series(1, 20) n, geography_unit u
            where u.level = 'COMMUNE'
            """
        )
        cursor.execute("create index on residence (unit_id)")
        cursor.execute("analyze residence")
        cursor.execute(
            "explain (format json) select residence.person from residence join geography_standing standing"
            f" on standing.unit_id = residence.unit_id and {condition}"
        )
        plan = json.dumps(cursor.fetchone()[0])
    assert "Seq Scan" not in plan, plan
    assert "residence_unit_id_idx" in plan
