"""An officer who knows two files to be one person's puts the pair in the queue of who decides about both."""

from __future__ import annotations

import re

import pytest
from django.db.models.functions import Now
from django.test import Client

from ansinh.accounts.models import Entry, Read, User
from ansinh.geography import queries as geography
from ansinh.geography.models import Level
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry.models import Double, HouseholdResidence, Member, Opinion, Person
from ansinh.web import clock
from tests import cast
from tests.desk import world
from tests.desk.world import Village

WHY = "Đã gặp bà, hai giấy tờ ghi hai năm sinh"


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture
def twin(village: Village) -> Person:
    """Mai's other file, next door."""
    home = world.household("NH-002", cast.neighbour(), "Tổ dân phố 3")
    return world.person(home, "Nguyễn Thị Mai", "001149000555", cast.TODAY.replace(year=1949, month=3))


def test_from_a_file_the_other_is_found_compared_and_the_pair_put_in_the_queue(
    village: Village, client: Client
) -> None:
    mai, lan = village.mai, village.lan
    client.force_login(village.actors.binh)
    looking = f"/nguoi/{mai.pk}/trung/"
    assert f'href="{looking}">Trùng với người khác?' in client.get(f"/nguoi/{mai.pk}/").text
    found = client.get(looking, {"tim": "thi"}).text
    assert "hồ sơ này" in found and f'href="{looking}{mai.pk}/"' not in found, "not with itself"
    assert "Hoàng Thị Bé" not in found, "who lives next door is not shown"
    found = client.get(looking, {"tim": "vu thi lan"}).text
    assert f'href="{looking}{lan.pk}/"' in found

    address = f"{looking}{lan.pk}/"
    shown = client.get(address).text
    assert "001141000017" in shown and "001172000987" in shown and "hai số định danh khác nhau (−20)" in shown
    assert client.post(address, {"reason": ""}).status_code == 422 and not Double.objects.exists()
    answer = client.post(address, {"reason": WHY})
    pair = Double.objects.get()
    page = f"/ho-so-trung/{pair.pk}/"
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert (pair.unit, pair.status) == (cast.commune(), "OPEN")
    told = client.get(page).text
    assert "Phường Ba Đình" in told and WHY in told and "cán bộ biết hai hồ sơ và đề nghị xem (+100)" in told
    assert "Nguyễn Thị Mai" in client.get("/ho-so-trung/").text

    again = client.post(address, {"reason": "Bấm lần nữa"})
    assert again.headers["Location"] == page, "a second click reads what stands"
    said = Opinion.objects.get()
    assert (said.kind, said.by, said.reason) == ("PROPOSED", village.actors.binh, WHY)
    line = Entry.objects.latest("pk")
    assert (line.action, line.who, line.reason) == ("propose_double", village.actors.binh, WHY)
    assert Read.objects.filter(who=village.actors.binh, person_id=lan.pk, page="DUPLICATE").exists()


def test_what_is_proposed_across_communes_waits_with_the_parent_of_both(
    village: Village, client: Client
) -> None:
    client.force_login(village.actors.hanh)
    client.post(f"/nguoi/{village.mai.pk}/trung/{village.be.pk}/", {"reason": WHY})
    assert Double.objects.get().unit == cast.province()
    for user, sees in ((village.actors.hanh, True), (village.actors.binh, False)):
        client.force_login(user)
        assert ("Hoàng Thị Bé" in client.get("/ho-so-trung/").text) is sees


def test_a_file_of_another_territory_is_proposed_and_never_shown(
    village: Village, twin: Person, client: Client
) -> None:
    mai, binh = village.mai, village.actors.binh
    client.force_login(binh)
    looking, elsewhere = f"/nguoi/{mai.pk}/trung/", f"/nguoi/{mai.pk}/trung/noi-khac/"
    assert client.get(f"{looking}{twin.pk}/").status_code == 404
    assert client.post(f"{looking}{twin.pk}/", {"reason": WHY}).status_code == 404
    assert "Không tìm thấy ai trong địa bàn" in client.get(looking, {"tim": "001149000555"}).text
    assert client.post(looking, {"number": "0011"}).status_code == 422
    asked = client.post(looking, {"number": "001149000555"}).text
    assert "Người mang số định danh này đã có trong sổ của Phường Ngọc Hà" in words(asked)
    assert "lần tra này được ghi vào nhật ký" in asked
    assert "1949-03" not in asked and "Tổ dân phố 3" not in asked
    assert Entry.objects.latest("pk").action == "meet_outside"
    ticket = re.search(r'name="ve" value="([^"]+)"', asked)
    assert ticket
    sealed = {"ve": ticket[1]}
    shown = client.post(elsewhere, sealed)
    assert shown.status_code == 200 and "Tổ dân phố 3" not in shown.text
    assert "một hồ sơ ở Phường Ngọc Hà có thể là của một người" in shown.text
    assert client.post(elsewhere, {**sealed, "step": "send", "reason": ""}).status_code == 422
    for _click in range(2):
        answer = client.post(elsewhere, {**sealed, "step": "send", "reason": WHY})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/nguoi/{mai.pk}/")
    assert "đã ở hàng chờ của Thành phố Hà Nội" in client.get(f"/nguoi/{mai.pk}/").text
    pair = Double.objects.get()
    assert pair.unit == cast.province() and Opinion.objects.count() == 1
    assert client.get(f"/ho-so-trung/{pair.pk}/").status_code == 404
    client.force_login(village.actors.hanh)
    told = client.get(f"/ho-so-trung/{pair.pk}/").text
    assert WHY in told and "001149000555" in told
    registry.say_different(one=mai, other=twin, reason=WHY, by=village.actors.hanh, at=cast.AT)
    client.force_login(binh)
    decided = client.post(elsewhere, {**sealed, "step": "send", "reason": WHY})
    assert decided.status_code == 422 and "đã có kết luận: hai người khác nhau" in decided.text


def test_the_trail_says_by_which_right_the_country_was_asked(village: Village, client: Client) -> None:
    """The department decides about doubles and enters nobody."""
    saigon = geography.unit(code="79", on=cast.TODAY)
    far = geography.descendants(saigon, on=cast.TODAY).filter(level=Level.COMMUNE)[0]
    there = world.person(world.household("XX-1", far, "Ấp 1"), "Nguyễn Thị Mai", "079149000555", cast.TODAY)
    client.force_login(village.actors.hanh)
    client.post(f"/nguoi/{village.mai.pk}/trung/", {"number": there.number})
    line = Entry.objects.get(action="meet_outside")
    assert (line.who, line.right) == (village.actors.hanh, "registry.merge")


def divide(village: Village) -> None:
    """Mai's commune was divided: where she lives is to be confirmed, and who pays her has her file."""
    lost = geography.divided_units(on=cast.TODAY, within=cast.province())[0]
    home = Member.objects.get(person=village.mai, superseded_at=None).household
    HouseholdResidence.objects.filter(household=home).update(superseded_at=Now())
    HouseholdResidence.objects.create(
        household=home, unit=lost, village="", source=world.source(), recorded_at=clock.now(),
        valid_from=world.SINCE,
    )  # fmt: skip


def test_a_file_is_not_said_to_be_its_own_other(village: Village, client: Client) -> None:
    divide(village)
    client.force_login(village.actors.binh)
    for number in ("", village.mai.number):
        asked = client.post(f"/nguoi/{village.mai.pk}/trung/", {"number": number})
        assert "chưa có hồ sơ nào khác giống người này" in asked.text, words(asked.text)
    assert not Entry.objects.filter(action="meet_outside").exists()


def test_a_pair_that_another_looks_at_is_no_dead_end(village: Village, client: Client) -> None:
    divide(village)
    client.force_login(village.actors.binh)
    address = f"/nguoi/{village.mai.pk}/trung/{village.lan.pk}/"
    for answer in (client.post(address, {"reason": WHY}, follow=True), client.get(address, follow=True)):
        assert answer.status_code == 200 and answer.request["PATH_INFO"] == f"/nguoi/{village.mai.pk}/"
        assert "đã ở hàng chờ của Thành phố Hà Nội" in answer.text
    registry.say_different(one=village.mai, other=village.lan, reason=WHY, by=village.actors.hanh, at=cast.AT)
    assert "đã có kết luận: hai người khác nhau" in client.get(address, follow=True).text


def test_a_ticket_is_of_one_officer_and_one_file(village: Village, twin: Person, client: Client) -> None:
    client.force_login(village.actors.binh)
    asked = client.post(f"/nguoi/{village.mai.pk}/trung/", {"number": ""}).text
    assert "Có thể người này đã có trong sổ của Phường Ngọc Hà" in words(asked), "by name and birth too"
    ticket = re.search(r'name="ve" value="([^"]+)"', asked)
    assert ticket
    said = {"ve": ticket[1], "step": "send", "reason": WHY}
    assert client.post(f"/nguoi/{village.lan.pk}/trung/noi-khac/", said).status_code == 404
    assert client.post(f"/nguoi/{village.mai.pk}/trung/noi-khac/", {**said, "ve": "x"}).status_code == 404
    client.force_login(village.actors.hanh)
    assert client.post(f"/nguoi/{village.mai.pk}/trung/noi-khac/", said).status_code == 404
    assert not Double.objects.exists()


def test_a_pair_already_decided_leads_to_its_decision(village: Village, client: Client) -> None:
    registry.say_different(one=village.mai, other=village.lan, reason=WHY, by=village.actors.hanh, at=cast.AT)
    client.force_login(village.actors.binh)
    address = f"/nguoi/{village.lan.pk}/trung/{village.mai.pk}/"
    for answer in (client.get(address, follow=True), client.post(address, {"reason": WHY}, follow=True)):
        assert "Đã ghi: hai người khác nhau" in answer.text and "Rút lại" in answer.text
    assert Opinion.objects.count() == 1


def test_the_neighbour_and_who_may_not_merge_propose_nothing(village: Village, client: Client) -> None:
    tam = User.objects.create(
        username="tam", full_name="Tâm", role="OFFICER", unit=cast.neighbour(), created_at=cast.AT
    )
    addresses = (f"/nguoi/{village.mai.pk}/trung/", f"/nguoi/{village.be.pk}/trung/{village.mai.pk}/")
    for user, status in ((tam, 404), (village.actors.chau, 403), (village.actors.giang, 403)):
        client.force_login(user)
        for address in addresses:
            assert client.get(address).status_code == status, (user.username, address)
            assert client.post(address, {"reason": WHY}).status_code == status
    assert "Trùng với người khác?" not in client.get(f"/nguoi/{village.mai.pk}/").text
    assert not Double.objects.exists()


def test_what_an_officer_said_stays_when_the_pair_is_found_and_when_it_is_taken_back(
    village: Village, twin: Person
) -> None:
    on, hanh = clock.today(), village.actors.hanh
    Person.objects.filter(pk=twin.pk).update(number=None)
    pair = registry.propose_double(one=village.mai, other=twin, reason=WHY, on=on, by=hanh, at=cast.AT)
    assert registry.find_doubles(unit=cast.province(), on=on, at=cast.AT) == 1
    pair.refresh_from_db()
    points, reasons = pair.points, pair.reasons
    assert reasons[0] == "PROPOSED" and "SAME_NAME" in reasons and points > 100
    registry.say_different(one=village.mai, other=twin, reason=WHY, by=hanh, at=cast.AT)
    pair.refresh_from_db()
    registry.take_back_different(pair=pair, reason=WHY, on=on, by=hanh, at=cast.AT)
    pair.refresh_from_db()
    assert (pair.status, pair.points, sorted(pair.reasons)) == ("OPEN", points, sorted(reasons))


def test_what_two_officers_know_is_kept_of_both_and_a_second_click_once(
    village: Village, twin: Person
) -> None:
    tam = User.objects.create(
        username="tam", full_name="Tâm", role="OFFICER", unit=cast.neighbour(), created_at=cast.AT
    )
    for by, reason in ((village.actors.binh, WHY), (village.actors.binh, WHY), (tam, "Bà có hai nhà")):
        pair = registry.propose_double(
            one=village.mai, other=twin, reason=reason, on=clock.today(), by=by, at=cast.AT
        )
    assert list(Opinion.objects.order_by("pk").values_list("by", "reason")) == [
        (village.actors.binh.pk, WHY), (tam.pk, "Bà có hai nhà"),
    ]  # fmt: skip
    assert pair.reasons.count("PROPOSED") == 1


def test_a_file_merged_or_gone_since_it_was_told_of_is_not_said_to_wait(
    village: Village, twin: Person, client: Client
) -> None:
    client.force_login(village.actors.binh)
    looking = f"/nguoi/{village.mai.pk}/trung/"
    ticket = re.search(r'name="ve" value="([^"]+)"', client.post(looking, {"number": twin.number}).text)
    assert ticket
    said = {"ve": ticket[1], "step": "send", "reason": WHY}
    registry.find_doubles(unit=cast.neighbour(), on=clock.today(), at=cast.AT)
    client.post(f"{looking}noi-khac/", said)
    assert Double.objects.get().status == "OPEN"
    merged = registry.merge(kept=village.be, gone=twin, reason=WHY, by=village.actors.hanh, at=cast.AT)
    answer = client.post(f"{looking}noi-khac/", {**said, "reason": "Gặp lại bà, vẫn vậy"})
    assert answer.status_code == 422 and "đã được gộp vào một hồ sơ khác" in answer.text
    registry.unmerge(merged=merged, reason=WHY, by=village.actors.hanh, at=cast.AT)
    Member.objects.filter(person=twin, superseded_at=None).update(superseded_at=Now())
    answer = client.post(f"{looking}noi-khac/", {**said, "reason": "Gặp lại bà, vẫn vậy"})
    assert answer.status_code == 422 and "không có nơi ở trong sổ" in answer.text


def test_a_pair_of_two_provinces_is_kept_for_their_common_parent(village: Village, client: Client) -> None:
    saigon = geography.unit(code="79", on=cast.TODAY)
    far = geography.descendants(saigon, on=cast.TODAY).filter(level=Level.COMMUNE)[0]
    there = world.person(world.household("XX-1", far, "Ấp 1"), "Nguyễn Thị Mai", "079149000555", cast.TODAY)
    client.force_login(village.actors.binh)
    looking = f"/nguoi/{village.mai.pk}/trung/"
    ticket = re.search(r'name="ve" value="([^"]+)"', client.post(looking, {"number": there.number}).text)
    assert ticket
    said = {"ve": ticket[1], "step": "send", "reason": WHY}
    asking = client.post(f"{looking}noi-khac/", {"ve": ticket[1]}).text
    assert "Hai nơi thuộc hai tỉnh thì Bộ Y tế (Cục Bảo trợ xã hội) xem" in asking
    told = client.post(f"{looking}noi-khac/", said, follow=True).text
    assert "đã ở hàng chờ của Bộ Y tế (Cục Bảo trợ xã hội)" in told
    pair = Double.objects.get()
    assert pair.unit is None
    client.force_login(village.actors.khoa)
    assert WHY in client.get(f"/ho-so-trung/{pair.pk}/").text, "the ministry reads who proposed it, and why"
    assert "Nguyễn Văn Bình, Phường Ba Đình" in client.get(f"/ho-so-trung/{pair.pk}/").text


REGRET = "Xem lại giấy tờ, là hai chị em"


@pytest.fixture
def proposed(village: Village, twin: Person) -> Double:
    """Bình said that Mai's file and one next door are one person's; of the files alone that is no doubt."""
    Person.objects.filter(pk=twin.pk).update(name="Đỗ Thị Tư", folded="do thi tu", given_folded="tu")
    return registry.propose_double(
        one=village.mai, other=twin, reason=WHY, on=clock.today(), by=village.actors.binh, at=cast.AT
    )


def withdrawal(village: Village, pair: Double) -> str:
    return f"/nguoi/{village.mai.pk}/trung/rut/{pair.pk}/"


def test_what_was_proposed_is_withdrawn_while_nobody_judged_it(
    village: Village, proposed: Double, client: Client
) -> None:
    binh, hanh = village.actors.binh, village.actors.hanh
    client.force_login(binh)
    looking, address = f"/nguoi/{village.mai.pk}/trung/", withdrawal(village, proposed)
    shown = client.get(looking).text
    assert WHY in shown and f'action="{address}"' in shown
    assert "đã ở hàng chờ của Thành phố Hà Nội" in shown and "Đỗ Thị Tư" not in shown
    bad = client.post(address, {"reason": ""})
    assert bad.status_code == 422 and "Hãy ghi lý do" in bad.text
    done = client.post(address, {"reason": REGRET}, follow=True)
    assert "cặp không chờ ai nữa" in done.text and f'action="{address}"' not in done.text
    proposed.refresh_from_db()
    assert proposed.status == "WITHDRAWN" and "PROPOSED" not in proposed.reasons
    line = Entry.objects.latest("pk")
    assert (line.action, line.who, line.reason) == ("withdraw_double", binh, REGRET)
    again = client.post(address, {"reason": REGRET}, follow=True)
    assert "đã được rút" in again.text and Opinion.objects.filter(kind="WITHDRAWN").count() == 1
    client.force_login(hanh)
    assert "Đỗ Thị Tư" not in client.get("/ho-so-trung/").text
    page = f"/ho-so-trung/{proposed.pk}/"
    for answer in (client.get(page, follow=True), client.post(page, {"what": "FIRST"}, follow=True)):
        assert answer.request["PATH_INFO"] == "/ho-so-trung/" and "đã rút đề nghị" in answer.text
        assert "Đỗ Thị Tư" not in answer.text
    tam = User.objects.create(
        username="tam", full_name="Tâm", role="OFFICER", unit=cast.neighbour(), created_at=cast.AT
    )
    client.force_login(tam)
    assert client.get(page).status_code == 404


def test_what_was_withdrawn_can_be_proposed_again_with_the_same_words(
    village: Village, twin: Person, proposed: Double
) -> None:
    binh, on = village.actors.binh, clock.today()
    registry.withdraw_double(pair=proposed, reason=REGRET, on=on, by=binh, at=cast.AT)
    registry.propose_double(one=village.mai, other=twin, reason=WHY, on=on, by=binh, at=cast.AT)
    proposed.refresh_from_db()
    assert (proposed.status, proposed.unit, proposed.reasons[0]) == ("OPEN", cast.province(), "PROPOSED")
    kinds = Opinion.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["PROPOSED", "WITHDRAWN", "PROPOSED"]
    registry.withdraw_double(pair=proposed, reason=REGRET, on=on, by=binh, at=cast.AT)


def test_a_pair_within_the_territory_is_proposed_again_on_its_page(village: Village, client: Client) -> None:
    binh, on = village.actors.binh, clock.today()
    pair = registry.propose_double(one=village.mai, other=village.lan, reason=WHY, on=on, by=binh, at=cast.AT)
    registry.withdraw_double(pair=pair, reason=REGRET, on=on, by=binh, at=cast.AT)
    client.force_login(binh)
    address = f"/nguoi/{village.mai.pk}/trung/{village.lan.pk}/"
    assert "Đưa vào hàng chờ" in client.get(address).text
    assert client.post(address, {"reason": WHY}).headers["Location"] == f"/ho-so-trung/{pair.pk}/"


def test_a_pair_waits_on_for_who_else_proposed_it_and_for_what_the_files_say(
    village: Village, twin: Person, proposed: Double
) -> None:
    binh, on = village.actors.binh, clock.today()
    tam = User.objects.create(
        username="tam", full_name="Tâm", role="OFFICER", unit=cast.neighbour(), created_at=cast.AT
    )
    registry.propose_double(one=twin, other=village.mai, reason="Bà có hai nhà", on=on, by=tam, at=cast.AT)
    left = registry.withdraw_double(pair=proposed, reason=REGRET, on=on, by=binh, at=cast.AT)
    assert left.status == "OPEN" and "PROPOSED" in left.reasons
    left = registry.withdraw_double(pair=proposed, reason=REGRET, on=on, by=tam, at=cast.AT)
    assert left.status == "WITHDRAWN"
    mai = village.mai
    Person.objects.filter(pk=twin.pk).update(
        name=mai.name, folded=mai.folded, given_folded=mai.given_folded, number=None
    )
    assert registry.find_doubles(unit=cast.province(), on=on, at=cast.AT) == 1
    left.refresh_from_db()
    assert left.status == "OPEN" and "PROPOSED" not in left.reasons, "found, it waits again"
    registry.propose_double(one=twin, other=mai, reason=WHY, on=on, by=tam, at=cast.AT)
    left = registry.withdraw_double(pair=left, reason=REGRET, on=on, by=tam, at=cast.AT)
    assert left.status == "OPEN" and "PROPOSED" not in left.reasons


def test_what_was_judged_or_is_anothers_is_not_withdrawn(
    village: Village, twin: Person, proposed: Double, client: Client
) -> None:
    binh, hanh, on = village.actors.binh, village.actors.hanh, clock.today()
    client.force_login(hanh)
    assert client.post(withdrawal(village, proposed), {"reason": REGRET}).status_code == 404
    with pytest.raises(Refusal, match="không còn rút được"):
        registry.withdraw_double(pair=proposed, reason=REGRET, on=on, by=hanh, at=cast.AT)
    registry.say_different(one=village.mai, other=twin, reason=WHY, by=hanh, at=cast.AT)
    for taken_back in (False, True):
        if taken_back:
            registry.take_back_different(pair=proposed, reason=WHY, on=on, by=hanh, at=cast.AT)
        with pytest.raises(Refusal, match="không còn rút được"):
            registry.withdraw_double(pair=proposed, reason=REGRET, on=on, by=binh, at=cast.AT)
        client.force_login(binh)
        told = client.post(withdrawal(village, proposed), {"reason": REGRET}, follow=True).text
        assert ("đã có kết luận: hai người khác nhau" in told) is not taken_back
        assert "Rút đề nghị" not in client.get(f"/nguoi/{village.mai.pk}/trung/").text
    assert not Opinion.objects.filter(kind="WITHDRAWN").exists()
