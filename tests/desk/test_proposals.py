"""A decision is asked for: ticked over several pages, submitted, waited for, signed, sent back, withdrawn."""

import datetime as dt
import re

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import Entry, User
from ansinh.grants import operations as grants
from ansinh.grants.models import Decision, Grant, Proposal, ProposalEvent
from ansinh.kernel.time import Month
from ansinh.registry.models import Person
from ansinh.web import clock
from tests import cast
from tests.desk import world
from tests.desk.world import Village

NOW = Month.of(clock.today())
WAITS = "người trong dự thảo quyết định chờ ký"
BACK = "người trong dự thảo bị trả lại"
REASON = "Thiếu giấy xác nhận của bà Năm"


@pytest.fixture
def elders(village: Village) -> list[Person]:
    """Four poor elders of Ba Đình to whom nobody has granted anything, and the law is asked."""
    found = []
    for number, name in enumerate(("Đặng Thị Tư", "Đặng Thị Năm", "Đặng Thị Sáu", "Đặng Thị Bảy")):
        here = world.household(f"BD-1{number}", cast.commune(), "Tổ dân phố 5")
        elder = world.person(here, name, f"00114500020{number}", dt.date(1945 - number, 2, 3))
        for fact in ("pension", "insurance_allowance", "survivor_allowance"):
            world.fact(elder, fact, False)
        world.fact(elder, "household_poverty", "POOR")
        world.fact(elder, "supporter", "NONE")
        found.append(elder)
    asked(village)
    return found


def asked(village: Village) -> None:
    grants.ask_month(
        unit=cast.province(), month=NOW, on=clock.today(), at=clock.now(), by=village.actors.hanh
    )


def shown(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    return client.get(address).text


def form(text: str, action: str) -> dict[str, str]:
    """The hidden fields of a form of a page."""
    inside = text.rpartition(f'action="{action}"')[2].partition("</form>")[0].partition("<table")[0]
    return dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', inside))


def submit(client: Client, user: User, people: list[Person], note: str = "") -> Proposal:
    """Submit as an officer does who chose these."""
    client.force_login(user)
    keys = ",".join(str(person.pk) for person in people)
    words = {"thang": str(NOW), "chon": "danh-dau", "nguoi": keys}
    text = client.get("/quyet-dinh/soan/", words).text
    answer = client.post("/quyet-dinh/trinh/", {**form(text, "/quyet-dinh/trinh/"), "note": note})
    assert answer.status_code == 302, answer.text
    return Proposal.objects.latest("pk")


def sign(client: Client, user: User, proposal: Proposal) -> int:
    """Open a proposal and sign what is seen; return the decision shown then (0: not signed)."""
    address = f"/quyet-dinh/du-thao/{proposal.pk}/"
    text = shown(client, user, address)
    answer = client.post(
        f"{address}ky/", {**form(text, f"{address}ky/"), "number": "{số}/QĐ-UBND"}, follow=True
    )
    found = re.fullmatch(r"/quyet-dinh/(\d+)/", answer.request["PATH_INFO"])
    return int(found[1]) if found else 0


def test_what_is_ticked_on_several_pages_is_one_proposal(
    village: Village, elders: list[Person], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansinh.grants.queries.screens.PAGE", 1)
    binh, mark = village.actors.binh, "/quyet-dinh/danh-dau/"
    text = shown(client, binh, f"/quyet-dinh/?thang={NOW}&loai=ENTITLED_NOT_GRANTED")
    ticked = []
    for tick in (True, False, True):
        (key,) = re.findall(r'name="nguoi" value="(\d+)"', text)
        fields = form(text, mark)
        ticked += [int(key)] if tick else []
        sent = {**fields, "di": "sau", **({"nguoi": key} if tick else {})}
        text = client.post(mark, sent, follow=True).text
    assert "Đã chọn 2 người" in text
    fields = form(text, mark)
    text = client.post(mark, {**fields, "di": "soan"}, follow=True).text
    assert form(text, "/quyet-dinh/trinh/")["nguoi"] == ",".join(map(str, sorted(ticked)))
    client.post("/quyet-dinh/trinh/", form(text, "/quyet-dinh/trinh/"))
    made = Proposal.objects.get()
    assert (made.people, made.by, made.unit) == (2, binh, cast.commune())
    assert "Đã chọn" not in shown(client, binh, f"/quyet-dinh/?thang={NOW}&loai=ENTITLED_NOT_GRANTED")


def test_a_tick_is_taken_back_where_it_was_set(
    village: Village, elders: list[Person], client: Client
) -> None:
    mark, first = "/quyet-dinh/danh-dau/", elders[0]
    text = shown(client, village.actors.binh, f"/quyet-dinh/?thang={NOW}&loai=ENTITLED_NOT_GRANTED")
    fields = form(text, mark)
    text = client.post(mark, {**fields, "di": "dau", "nguoi": first.pk}, follow=True).text
    assert re.search(rf'value="{first.pk}" checked', text)
    assert "Đã chọn" not in client.post(mark, {**fields, "di": "dau"}, follow=True).text
    client.post(mark, {**fields, "di": "dau", "nguoi": first.pk})
    assert "Đã chọn" not in client.post(mark, {**fields, "di": "bo-het"}, follow=True).text


def test_all_who_match_are_submitted_but_those_left_out(
    village: Village, elders: list[Person], client: Client
) -> None:
    client.force_login(village.actors.binh)
    words = {"thang": str(NOW), "loai": "ENTITLED_NOT_GRANTED", "chon": "tat-ca"}
    text = client.get("/quyet-dinh/soan/", words).text
    leave = {**form(text, "/quyet-dinh/soan/bo-bot/"), "bo": elders[1].pk}
    text = client.post("/quyet-dinh/soan/bo-bot/", leave, follow=True).text
    assert elders[1].name not in text and elders[0].name in text
    client.post("/quyet-dinh/trinh/", form(text, "/quyet-dinh/trinh/"))
    assert Proposal.objects.get().people == 3


def test_the_chairman_finds_it_on_the_start_page_and_signs_it_as_one_decision(
    village: Village, elders: list[Person], client: Client
) -> None:
    binh, chau = village.actors.binh, village.actors.chau
    before = Decision.objects.filter(unit=cast.commune()).count()
    made = submit(client, binh, elders[:3], note="Đã xem hồ sơ giấy")
    home = shown(client, chau, "/")
    assert f'href="/quyet-dinh/du-thao/{made.pk}/"><b>3</b> <span>{WAITS}' in home
    assert "đã trình, chưa ký" in shown(client, binh, "/") and WAITS not in shown(client, binh, "/")
    assert WAITS not in shown(client, village.actors.dung, "/"), "not next door's"
    text = shown(client, chau, f"/quyet-dinh/du-thao/{made.pk}/")
    assert "Đã xem hồ sơ giấy" in text and all(one.name in text for one in elders[:3])
    assert elders[3].name not in text and "Khác với lúc trình" not in text
    assert Decision.objects.filter(unit=cast.commune()).count() == before, "nothing is signed yet"
    key = sign(client, chau, made)
    assert Decision.objects.filter(unit=cast.commune()).count() == before + 1
    granted = Grant.objects.filter(decision=key).values_list("person_id", flat=True)
    assert set(granted) == {one.pk for one in elders[:3]}
    assert WAITS not in shown(client, chau, "/")
    assert sign(client, chau, made) == key, "a second click shows the decision"
    assert Decision.objects.filter(unit=cast.commune()).count() == before + 1
    over = shown(client, binh, f"/quyet-dinh/du-thao/{made.pk}/")
    assert f"/quyet-dinh/{key}/" in over and elders[0].name in over and "Ký quyết định cho" not in over


def test_a_proposal_sent_back_waits_for_the_officer_who_mends_it(
    village: Village, elders: list[Person], client: Client
) -> None:
    binh, chau = village.actors.binh, village.actors.chau
    made = submit(client, binh, elders[:2])
    address = f"/quyet-dinh/du-thao/{made.pk}/"
    client.force_login(chau)
    assert "Hãy ghi lý do" in client.post(f"{address}tra-lai/", {"reason": ""}).text
    assert client.post(f"{address}tra-lai/", {"reason": REASON}).status_code == 302
    assert WAITS not in shown(client, chau, "/") and BACK not in shown(client, chau, "/")
    assert f'href="{address}"><b>2</b> <span>{BACK}' in shown(client, binh, "/")
    assert REASON in shown(client, binh, address)
    assert not sign(client, chau, made), "sent back, it is not signed"
    client.force_login(binh)
    text = client.post(f"{address}soan-lai/", follow=True).text
    assert "thay cho dự thảo bị trả lại" in text
    leave = {**form(text, "/quyet-dinh/soan/bo-bot/"), "bo": elders[1].pk}
    text = client.post("/quyet-dinh/soan/bo-bot/", leave, follow=True).text
    client.post("/quyet-dinh/trinh/", form(text, "/quyet-dinh/trinh/"))
    again = Proposal.objects.latest("pk")
    assert (again.people, again.follows) == (1, made)
    assert BACK not in shown(client, binh, "/")
    assert "đã trình lại" in shown(client, binh, address)
    assert sign(client, chau, again)


def test_what_was_sent_back_or_waits_is_withdrawn(
    village: Village, elders: list[Person], client: Client
) -> None:
    binh, chau = village.actors.binh, village.actors.chau
    first, second = submit(client, binh, elders[:1]), submit(client, binh, elders[1:2])
    grants.return_proposal(proposal=second, reason=REASON, by=chau, at=clock.now())
    client.force_login(binh)
    for one in (first, second):
        assert client.post(f"/quyet-dinh/du-thao/{one.pk}/rut/").status_code == 302
        assert not sign(client, chau, one), "withdrawn, it is not signed"
        client.force_login(binh)
        assert client.post(f"/quyet-dinh/du-thao/{one.pk}/rut/").status_code == 422
    home = shown(client, binh, "/")
    assert BACK not in home and "đã trình, chưa ký" not in home
    assert not Grant.objects.filter(person__in=elders).exists()


def test_what_has_changed_since_is_said_and_signed_only_as_seen(
    village: Village, elders: list[Person], client: Client
) -> None:
    binh, chau = village.actors.binh, village.actors.chau
    made = submit(client, binh, elders[:3])
    address = f"/quyet-dinh/du-thao/{made.pk}/"
    seen = form(shown(client, chau, address), f"{address}ky/")
    # Bà Tư is decided about alone; Bà Năm turns out to have somebody who supports her.
    grants.adopt_month(
        unit=cast.commune(), month=NOW, on=clock.today(), at=clock.now(), by=chau, people=[elders[0].pk]
    )
    answer = client.post(f"{address}ky/", {**seen, "number": "{số}/QĐ-UBND"})
    assert answer.status_code == 422 and "có dòng khác với lúc mở trang" in answer.text
    text = shown(client, chau, address)
    assert "1 người không còn gì phải đổi" in text and "Ký quyết định cho 2 người" in text
    assert sign(client, chau, made)
    assert Grant.objects.filter(person__in=elders).count() == 3


def test_facts_entered_since_are_seen_when_the_law_is_asked_anew(
    village: Village, elders: list[Person], client: Client
) -> None:
    chau = village.actors.chau
    made = submit(client, village.actors.binh, elders[:2])
    address = f"/quyet-dinh/du-thao/{made.pk}/"
    world.fact(elders[0], "disability", "EXTREME", dt.date(2026, 11, 1))
    world.fact(elders[0], "disability_kinds", ["MOBILITY"], dt.date(2026, 11, 1))
    text = shown(client, chau, address)
    assert "Khác với lúc trình" not in text, "the law was not asked since"
    ask = form(text, "/quyet-dinh/xac-dinh/")
    text = client.post("/quyet-dinh/xac-dinh/", ask, follow=True).text
    assert "1 người có dòng đã đổi" in text and "Lúc trình: Đủ điều kiện, chưa hưởng" in text
    assert sign(client, chau, made)


def test_nothing_left_is_not_signed_but_sent_back(
    village: Village, elders: list[Person], client: Client
) -> None:
    chau = village.actors.chau
    made = submit(client, village.actors.binh, elders[:1])
    grants.adopt_month(unit=cast.commune(), month=NOW, on=clock.today(), at=clock.now(), by=chau)
    text = shown(client, chau, f"/quyet-dinh/du-thao/{made.pk}/")
    assert "Không còn gì phải đổi ở những người này" in text and "Ký quyết định cho" not in text
    assert not sign(client, chau, made)
    assert not ProposalEvent.objects.exists()


def test_a_right_of_a_month_gone_by_is_not_signed_and_says_why(
    village: Village, elders: list[Person], client: Client
) -> None:
    chau, gone_by = village.actors.chau, NOW - 1
    run = grants.ask_month(
        unit=cast.commune(), month=gone_by, on=clock.today(), at=clock.now(), by=village.actors.binh
    )
    made = grants.submit_proposal(
        unit=cast.commune(), run=run, people=[elders[0].pk], by=village.actors.binh, at=clock.now()
    )
    address = f"/quyet-dinh/du-thao/{made.pk}/"
    seen = form(shown(client, chau, address), f"{address}ky/")
    answer = client.post(f"{address}ky/", {**seen, "number": "{số}/QĐ-UBND"})
    assert answer.status_code == 422 and "bắt đầu từ tháng ký" in answer.text


def test_the_second_proposal_about_somebody_says_so(
    village: Village, elders: list[Person], client: Client
) -> None:
    binh = village.actors.binh
    first = submit(client, binh, elders[:2])
    text = shown(client, binh, f"/quyet-dinh/?thang={NOW}&loai=ENTITLED_NOT_GRANTED")
    assert text.count("đã trình, chờ ký") == 2
    keys = f"{elders[1].pk},{elders[2].pk}"
    text = shown(client, binh, f"/quyet-dinh/soan/?thang={NOW}&chon=danh-dau&nguoi={keys}")
    said = f"1 người trong số này đã có trong dự thảo {binh.full_name} trình lúc"
    assert said in text and f"/quyet-dinh/du-thao/{first.pk}/" in text
    second = submit(client, binh, elders[1:3])
    assert said in shown(client, village.actors.chau, f"/quyet-dinh/du-thao/{second.pk}/")
    assert sign(client, village.actors.chau, first)
    text = shown(client, village.actors.chau, f"/quyet-dinh/du-thao/{second.pk}/")
    assert said not in text and "1 người không còn gì phải đổi" in text


def test_whoever_signs_by_delegation_signs_a_proposal(
    village: Village, elders: list[Person], client: Client
) -> None:
    binh, chau = village.actors.binh, village.actors.chau
    made = submit(client, binh, elders[:1])
    client.force_login(binh)
    assert client.post(f"/quyet-dinh/du-thao/{made.pk}/ky/", {"number": "1"}).status_code == 403
    today = clock.today()
    accounts.delegate(
        giver=chau, to=binh, rights=[Right.SIGN_DECISION], since=today, until=today, reason=REASON,
        on=today, at=clock.now(),
    )  # fmt: skip
    assert WAITS in shown(client, binh, "/")
    key = sign(client, binh, made)
    assert "thừa uỷ quyền của Trần Thị Minh Châu" in Decision.objects.get(pk=key).signer_name
    entry = Entry.objects.get(action="sign_proposal")
    assert entry.delegation is not None and entry.subject_id == str(made.pk)


def test_the_neighbour_finds_no_proposal_and_those_above_only_look(
    village: Village, elders: list[Person], client: Client
) -> None:
    made = submit(client, village.actors.binh, elders[:1])
    address = f"/quyet-dinh/du-thao/{made.pk}/"
    client.force_login(village.actors.dung)
    assert client.get(address).status_code == 404
    for verb in ("ky", "tra-lai"):
        assert client.post(f"{address}{verb}/", {"number": "1", "reason": REASON}).status_code == 404
    text = shown(client, village.actors.hanh, address)
    assert elders[0].name in text and "Ký quyết định cho" not in text and "Rút dự thảo" not in text


def test_sent_twice_it_is_submitted_once(village: Village, elders: list[Person], client: Client) -> None:
    client.force_login(village.actors.binh)
    text = client.get("/quyet-dinh/soan/", {"thang": str(NOW), "chon": "tat-ca"}).text
    fields = form(text, "/quyet-dinh/trinh/")
    assert [client.post("/quyet-dinh/trinh/", fields).status_code for _ in range(2)] == [302, 302]
    assert Proposal.objects.count() == 1


def test_a_proposal_is_never_changed(village: Village, elders: list[Person], client: Client) -> None:
    made = submit(client, village.actors.binh, elders[:1])
    for change in (
        lambda: Proposal.objects.filter(pk=made.pk).update(note="khác"),
        lambda: made.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
