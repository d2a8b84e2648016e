"""What happens to people, from the form to the work it makes: a wrong death undone, a household next door."""

from django.test import Client

from ansinh.registry.models import HouseholdResidence, Source
from tests.desk.world import Village
from tests.journeys.test_a_month import Hands, village

__all__ = ["village"]

PAPER = {"paper_kind": "Giấy tờ", "paper_number": "9", "paper_issuer": "UBND", "paper_day": "05/10/2026"}


def test_a_wrong_death_makes_work_and_its_undoing_takes_it_away(village: Village, client: Client) -> None:
    hands = Hands(client)
    hands.be(village.actors.binh)
    address = f"/nguoi/{village.mai.pk}/viec/chet/"
    said = {**PAPER, "died_on": "10/10/2026"}
    looked = client.post(address, {**said, "step": "look"})
    assert "1.300.000 → 0 đồng" in looked.text and "Đã chết" not in hands.read(f"/nguoi/{village.mai.pk}/")
    assert hands.do(address, **said, step="save") == f"/nguoi/{village.mai.pk}/"

    # The law is asked about November: she is on the list of those no longer entitled.
    hands.do("/quyet-dinh/xac-dinh/", thang="11/2026")
    assert village.mai.name in hands.read("/quyet-dinh/?thang=2026-11&loai=NO_LONGER_ENTITLED")

    # It was another Mai. Taken back, with the reason; asked again, the law finds nothing to change.
    entry = Source.objects.get(about=village.mai, event="chet")
    hands.do(f"/nguoi/{village.mai.pk}/huy/{entry.pk}/", reason="Trùng tên, bà Mai ở tổ 7", step="save")
    assert "Đã chết" not in hands.read(f"/nguoi/{village.mai.pk}/")
    hands.do("/quyet-dinh/xac-dinh/", thang="11/2026")
    assert village.mai.name not in hands.read("/quyet-dinh/?thang=2026-11&loai=NO_LONGER_ENTITLED")
    hands.be(village.actors.giang)
    trail = hands.read("/nhat-ky/")
    assert "ghi chết" in trail and "huỷ việc đã ghi" in trail and "Trùng tên, bà Mai ở tổ 7" in trail


def test_a_household_moves_next_door(village: Village, client: Client) -> None:
    hands = Hands(client)
    hands.be(village.actors.dung)
    assert client.get(f"/nguoi/{village.lan.pk}/").status_code == 404
    hands.be(village.actors.binh)
    everybody = [str(village.son.pk), str(village.lan.pk)]
    said = {**PAPER, "valid_from": "01/11/2026", "commune": "00008", "village": "Tổ 5", "who": everybody}
    answer = client.post(f"/nguoi/{village.son.pk}/viec/chuyen-noi-o/", {**said, "step": "save"})
    assert answer.status_code == 302
    home = HouseholdResidence.objects.get(household__code="BD-004", superseded_at=None, valid_to=None)
    assert home.unit.code == "00008"
    # The new commune has the whole file; the old one, for as long as it holds his grant, his, and not hers.
    hands.be(village.actors.dung)
    assert "Tổ 5" in hands.read(f"/nguoi/{village.lan.pk}/")
    hands.be(village.actors.binh)
    assert client.get(f"/nguoi/{village.lan.pk}/").status_code == 404
    assert village.son.name in hands.read(f"/nguoi/{village.son.pk}/")
