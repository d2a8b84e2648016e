"""A province's communes side by side: figures, order, map, territory."""

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client

from ansinh.accounts.models import User
from ansinh.desk.queries.maps import MAPS, province_map
from ansinh.geography.models import Level, Unit
from ansinh.grants import operations as grants
from ansinh.kernel.time import Month
from ansinh.web import clock
from tests import cast
from tests.desk import world
from tests.desk.world import Village

NOW = Month.of(clock.today())


def rows(text: str) -> list[tuple[str, ...]]:
    """The table's lines: name and figures."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("<tr>")[1:]]
    return [tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in row) for row in cells]


def shown(client: Client, user: User, sort: str = "") -> str:
    client.force_login(user)
    return client.get("/cac-xa/", {"xep": sort}).text


def ask(village: Village, month: Month) -> None:
    grants.ask_month(
        unit=cast.province(), month=month, on=clock.today(), at=clock.now(), by=village.actors.hanh
    )


def test_people_money_and_what_is_left_stand_beside_each_commune(village: Village, client: Client) -> None:
    ask(village, NOW)
    told = {row[0]: row[1:] for row in rows(shown(client, village.actors.phuc))}
    communes = Unit.objects.filter(level=Level.COMMUNE, valid__contains=clock.today())
    drawn = province_map("01")
    assert drawn and len(told) == communes.filter(code__in=drawn.outlines).count() == 126
    here, there = told["Phường Ba Đình"], told["Phường Ngọc Hà"]
    assert here[0] == "4" and there[0] == "1"
    assert here[6] == "1", "of Mai only the year of birth is known"
    assert there[2] == "1" and there[3] == "0", "found this month: not overdue"
    assert here[-1] == there[-1] == NOW.vietnamese()


def test_what_was_found_in_an_earlier_month_is_overdue(village: Village, client: Client) -> None:
    ask(village, NOW - 1)
    told = {row[0]: row[1:] for row in rows(shown(client, village.actors.hanh))}
    assert told["Phường Ngọc Hà"][2:4] == ("1", "1")


def test_the_table_is_sorted_by_what_is_asked_and_the_map_shaded_by_it(
    village: Village, client: Client
) -> None:
    ask(village, NOW)
    by_people = shown(client, village.actors.phuc, "nguoi")
    assert [row[0] for row in rows(by_people)[:2]] == ["Phường Ba Đình", "Phường Ngọc Hà"]
    assert 'aria-sort="descending"><a href="?xep=nguoi"' in by_people
    by_waiting = shown(client, village.actors.phuc, "cho")
    assert rows(by_waiting)[0][0] == "Phường Ngọc Hà"
    shade = re.search(r'class="shade-(\d)" d="[^"]+"><title>Phường Ngọc Hà: 1<', by_waiting)
    assert shade and shade[1] == "5"
    assert re.search(r'class="shade-0" d="[^"]+"><title>Phường Ba Đình: 0<', by_waiting)
    assert by_waiting.count("<path") == 126


def test_a_commune_sees_itself_alone_and_no_map(village: Village, client: Client) -> None:
    for user, name in ((village.actors.binh, "Phường Ba Đình"), (village.actors.dung, "Phường Ngọc Hà")):
        text = shown(client, user)
        assert [row[0] for row in rows(text)] == [name]
        assert "<path" not in text
        client.force_login(user)
        assert "/cac-xa/" not in client.get("/").text
    client.force_login(village.actors.hanh)
    assert "/cac-xa/" in client.get("/").text


def test_people_whose_commune_is_not_confirmed_have_a_line_of_their_own(
    village: Village, client: Client
) -> None:
    from tests.grants import world as granted

    lost = world.person(
        world.household("BD-009", cast.province(), ""),
        "Ngô Văn Tám",
        "001060000777",
        dt.date(1960, 1, 1),
        "M",
    )
    granted.take_over(
        granted.line(lost, "C6S", 500_000, cast.PROVINCE), month=NOW, unit=cast.province(), at=clock.now()
    )
    ask(village, NOW)
    assert rows(shown(client, village.actors.hanh))[-1][:2] == ("Chưa xác nhận xã", "1")


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.topo.json")), ids=lambda path: path.name)
def test_a_map_holds_every_commune_of_its_province_once(path: Path) -> None:
    assert path.stat().st_size <= 80_000
    drawn = province_map(path.name[:2])
    assert drawn is not None
    listed = Path("ansinh/geography/data/communes_from_2025.csv")
    with listed.open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file) if row["province_code"] == path.name[:2]}
    assert set(drawn.outlines) == codes
    numbers = [float(n) for line in drawn.outlines.values() for n in re.findall(r"[\d.]+", line)]
    assert min(numbers) >= 0 and max(numbers) <= max(drawn.width, drawn.height) + 1
    assert all(line.startswith("M") and line.endswith("Z") for line in drawn.outlines.values())


def test_a_province_without_geometry_has_no_map() -> None:
    assert province_map("79") is None and province_map("../01") is None
