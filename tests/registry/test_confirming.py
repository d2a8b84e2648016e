"""People of divided communes: village by village, many at once, by the commune they live in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from ansinh.accounts.models import Entry, User
from ansinh.accounts.operations import Cast
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit, UnitChange
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry import queries
from ansinh.registry.models import HouseholdResidence
from ansinh.registry.queries import confirming
from tests import cast as the_cast
from tests.registry.test_recording import homes

ON = dt.date(2026, 10, 6)


@pytest.fixture
def old(cast: Cast) -> Unit:
    """A commune of Hà Nội that was divided over several."""
    return next(
        unit
        for unit in geography.divided_units(on=ON, within=the_cast.province())
        if UnitChange.objects.filter(old=unit, kind=UnitChange.Kind.PART).count() > 1
    )


@pytest.fixture
def officers(old: Unit) -> list[User]:
    """An officer of each commune that took people of the divided one."""
    heirs = list(geography.successors(old, on=ON, people=True))
    return [
        User.objects.create(
            username=f"o{heir.code}", full_name="Tâm", role="OFFICER", unit=heir, created_at=the_cast.AT
        )
        for heir in heirs
    ]


def test_a_village_is_confirmed_in_bulk_and_the_rest_waits(old: Unit, officers: list[User]) -> None:
    make = homes()
    for name in ("A", "B", "C"):
        make(name, old.code, "2020-01-01")
    one, other = officers[0], officers[1]
    assert one.unit and other.unit
    (village,) = confirming.villages(one.unit, on=ON)
    assert (village.old, village.name, village.households, village.people) == (old.pk, "Thôn 1", 3, 3)
    listed = confirming.waiting(old, "Thôn 1", on=ON).households
    told: dict[str, Any] = {"old": old, "on": ON, "village": "Thôn 1", "at": the_cast.AT}
    ticked = [listed[0].household]
    assert registry.confirm_communes(unit=one.unit, households=ticked, by=one, **told) == 1
    assert registry.confirm_communes(unit=other.unit, by=other, **told) == 2
    with pytest.raises(Refusal, match="Không còn hộ nào"):
        registry.confirm_communes(unit=other.unit, by=other, **told)
    with pytest.raises(Refusal, match="không có dân về"):
        registry.confirm_communes(unit=the_cast.commune(), by=one, **told)
    assert queries.members(one.unit, on=ON).count() == 1
    assert queries.members(other.unit, on=ON).count() == 2
    rows = HouseholdResidence.objects.filter(household=ticked[0], superseded_at=None).order_by("valid_from")
    divided = old.valid.upper
    assert [(row.unit, row.valid_from, row.valid_to, row.village) for row in rows] == [
        (old, dt.date(2020, 1, 1), divided, "Thôn 1"),
        (one.unit, divided, None, "Thôn 1"),
    ]
    assert Entry.objects.latest("pk").detail == {"village": "Thôn 1", "households": 2}


def test_the_page_ticks_and_takes(old: Unit, officers: list[User], cast: Cast, client: Client) -> None:
    homes()("A", old.code, "2020-01-01")
    client.force_login(officers[0])
    assert "Thôn 1" in client.get("/xac-nhan-xa/").text
    address = f"/xac-nhan-xa/{old.pk}/?thon=Thôn 1"
    assert "Trần Thị A" in client.get(address).text
    assert "Chưa đánh dấu" in client.post(address).text
    household = HouseholdResidence.objects.get(unit=old).household_id
    assert client.post(address, {"household": household}).status_code == 302
    assert "Đã xác nhận 1 hộ" in client.get("/xac-nhan-xa/").text
    # Bình's commune took none of these people: there is no such list for him; Châu keeps no register.
    client.force_login(cast.binh)
    assert client.get(address).status_code == 404 and client.post(address, {"all": "1"}).status_code == 404
    client.force_login(cast.chau)
    assert client.get(address).status_code == 403
