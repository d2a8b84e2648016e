"""The second step at the door: set up, typed, turned off, reset; each code once, wrong ones counted."""

from __future__ import annotations

import datetime as dt
import re

import pyotp
import pytest
from django.test import Client
from pytest_django import Settings

from ansinh.accounts import operations as accounts
from ansinh.accounts import queries
from ansinh.accounts.logic import step_of
from ansinh.accounts.models import Entry, RecoveryCode, SecondStep, SignInFailure, User
from ansinh.accounts.operations import Cast
from ansinh.accounts.sealing import sealed, unsealed
from ansinh.kernel.refusal import Refusal
from ansinh.web import clock
from tests.cast import AT, PASSWORD

HERE = "10.0.0.1"
NOW = dt.datetime(2026, 10, 6, 9, 0, 5, tzinfo=AT.tzinfo)
LATER = dt.timedelta(minutes=3)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def secret_of(user: User) -> str:
    kept = SecondStep.objects.get(user=user)
    secret = unsealed(kept.sealed, purpose="accounts.second_step")
    assert secret is not None
    return secret


def shown(user: User, at: dt.datetime = NOW) -> str:
    """What the phone shows."""
    return pyotp.TOTP(secret_of(user)).at(at)


def turn_on(user: User) -> list[str]:
    """As of three minutes ago: the code of now is fresh."""
    before = NOW - LATER
    accounts.begin_second_step(user=user, at=before)
    return accounts.confirm_second_step(
        user=user, password=PASSWORD, code=shown(user, before), address=HERE, at=before
    )


def enter(client: Client, code: str | None = None) -> str:
    """Type name, password and code; return where it leads."""
    answer = client.post("/dang-nhap/", {"username": "binh", "password": PASSWORD, "tiep": "/quyen/"})
    if code is not None:
        answer = client.post("/dang-nhap/ma/", {"code": code})
    return str(answer.headers.get("Location", answer.status_code))


# ── the code ──


def test_the_code_of_the_period_before_and_of_the_next_count_and_no_other() -> None:
    secret = pyotp.random_base32()
    now = int(NOW.timestamp()) // 30
    for off, counts in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = pyotp.TOTP(secret).at(NOW + dt.timedelta(seconds=30 * off))
        found = step_of(secret, f"{code[:3]} {code[3:]}", at=NOW, after=0)
        assert found == (now + off if counts else None)
    assert step_of(secret, pyotp.TOTP(secret).at(NOW), at=NOW, after=now) is None, "used already"
    assert step_of(secret, "", at=NOW, after=0) is None


def test_the_reference_values_of_rfc_6238_hold() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the RFC: "12345678901234567890"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        at = dt.datetime.fromtimestamp(seconds, dt.UTC)
        assert step_of(secret, code, at=at, after=-1) == seconds // 30


# ── setting up ──


def test_an_officer_sets_it_up_and_types_a_code_from_then_on(cast: Cast, client: Client) -> None:
    assert enter(client) == "/quyen/"
    assert client.post("/hai-buoc/").headers["Location"] == "/hai-buoc/bat/"
    page = client.get("/hai-buoc/bat/").text
    secret = secret_of(cast.binh)
    assert " ".join(re.findall("....", secret)) in page and "<svg" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=", page)
    done = client.post("/hai-buoc/bat/", {"password": PASSWORD, "code": shown(cast.binh)})
    codes = re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", done.text)
    assert len(set(codes)) == 8
    assert Entry.objects.latest("id").action == "second_step_on"

    # Neither the secret nor the codes are shown again, and neither lies readable in the database.
    assert client.get("/hai-buoc/bat/").headers["Location"] == "/hai-buoc/"
    state = client.get("/hai-buoc/").text
    assert secret not in state and codes[0] not in state and "Còn 8 mã dự phòng" in state
    kept = SecondStep.objects.get(user=cast.binh)
    assert secret not in kept.sealed
    plain = {code.replace("-", "") for code in codes}
    assert not plain & set(RecoveryCode.objects.values_list("digest", flat=True))

    client.post("/dang-xuat/")
    assert enter(client) == "/dang-nhap/ma/"
    assert client.get("/quyen/").status_code == 302, "the password alone does not open"
    assert client.post("/dang-nhap/ma/", {"code": codes[0].lower()}).headers["Location"] == "/quyen/"
    assert client.get("/quyen/").status_code == 200
    assert Entry.objects.latest("id").detail == {"address": "127.0.0.1", "second": "recovery"}


@pytest.mark.parametrize(("password", "code"), [("wrong", None), (PASSWORD, "000000")])
def test_it_is_not_in_force_before_password_and_code_are_right(
    cast: Cast, client: Client, password: str, code: str | None
) -> None:
    client.force_login(cast.binh)
    client.post("/hai-buoc/")
    said = {"password": password, "code": code or shown(cast.binh)}
    assert client.post("/hai-buoc/bat/", said).status_code == 422
    assert not queries.needs_code(cast.binh)
    assert SignInFailure.objects.filter(username="binh").count() == 1


def test_what_is_in_force_is_not_begun_anew(cast: Cast, client: Client) -> None:
    turn_on(cast.binh)
    before = secret_of(cast.binh)
    client.force_login(cast.binh)
    assert client.post("/hai-buoc/").status_code == 422
    assert secret_of(cast.binh) == before


# ── the door ──


def test_a_code_opens_once(cast: Cast, client: Client) -> None:
    codes = turn_on(cast.binh)
    for code in (shown(cast.binh), codes[3]):
        assert enter(client, code) == "/quyen/"
        client.post("/dang-xuat/")
        assert enter(client, code) == "422"
    assert queries.second_step_state(cast.binh).codes_left == 7


def test_the_code_that_confirmed_does_not_open(cast: Cast, client: Client) -> None:
    accounts.begin_second_step(user=cast.binh, at=NOW)
    code = shown(cast.binh)
    accounts.confirm_second_step(user=cast.binh, password=PASSWORD, code=code, address=HERE, at=NOW)
    assert enter(client, code) == "422"


def test_wrong_codes_shut_the_door_also_to_the_right_one(cast: Cast, client: Client) -> None:
    turn_on(cast.binh)
    assert enter(client) == "/dang-nhap/ma/"
    for _ in range(5):
        assert client.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 422
    answer = client.post("/dang-nhap/ma/", {"code": shown(cast.binh)})
    assert answer.status_code == 422 and "tạm khoá" in answer.text
    assert client.get("/quyen/").status_code == 302


def test_typing_the_password_again_does_not_forget_wrong_codes(cast: Cast, client: Client) -> None:
    turn_on(cast.binh)
    for _ in range(5):
        assert enter(client, "000000") == "422"
    assert enter(client) == "422", "the door is shut to the password too"


def test_the_code_is_typed_soon_after_the_password_or_not_at_all(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_on(cast.binh)
    enter(client)
    late = NOW + dt.timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: late)
    answer = client.post("/dang-nhap/ma/", {"code": shown(cast.binh, late)})
    assert answer.headers["Location"] == "/dang-nhap/"


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!other"}])
def test_who_was_closed_or_has_another_password_since_does_not_get_in(
    cast: Cast, client: Client, change: dict[str, object]
) -> None:
    turn_on(cast.binh)
    enter(client)
    User.objects.filter(pk=cast.binh.pk).update(**change)
    answer = client.post("/dang-nhap/ma/", {"code": shown(cast.binh)})
    assert answer.headers["Location"] == "/dang-nhap/"


def test_a_code_is_no_use_for_somebody_else(cast: Cast, client: Client) -> None:
    theirs = turn_on(cast.chau)
    turn_on(cast.binh)
    assert enter(client, shown(cast.chau)) == "422"
    assert enter(client, theirs[0]) == "422"


# ── off, reset, keys ──


def test_it_is_turned_off_with_password_and_code(cast: Cast, client: Client) -> None:
    turn_on(cast.binh)
    client.force_login(cast.binh)
    for said in ({"password": "wrong", "code": shown(cast.binh)}, {"password": PASSWORD, "code": "000000"}):
        assert client.post("/hai-buoc/tat/", said).status_code == 422
    assert queries.needs_code(cast.binh)
    said = {"password": PASSWORD, "code": shown(cast.binh)}
    assert client.post("/hai-buoc/tat/", said).headers["Location"] == "/hai-buoc/"
    assert not SecondStep.objects.exists() and not RecoveryCode.objects.exists()
    assert Entry.objects.latest("id").action == "second_step_off"
    client.post("/dang-xuat/")
    assert enter(client) == "/quyen/"


def test_the_administrator_resets_it_with_a_reason_that_stays_in_the_trail(
    cast: Cast, client: Client
) -> None:
    turn_on(cast.binh)
    address, reason = f"/tai-khoan/{cast.binh.pk}/hai-buoc/", "Mất điện thoại, đã gặp ngày 06/10/2026"
    client.force_login(cast.chau)
    assert client.post(address, {"reason": reason}).status_code == 403
    client.force_login(cast.quantri)
    assert address in client.get("/tai-khoan/").text
    assert client.post(address, {"reason": ""}).status_code == 422 and queries.needs_code(cast.binh)
    assert client.post(address, {"reason": reason}).headers["Location"] == "/tai-khoan/"
    assert not queries.needs_code(cast.binh)
    entry = Entry.objects.latest("id")
    assert (entry.who, entry.action, entry.reason) == (cast.quantri, "second_step_reset", reason)
    assert "đặt lại đăng nhập hai bước" in client.get("/nhat-ky/").text
    assert client.post(address, {"reason": reason}).status_code == 422, "there is none left"
    assert client.get("/tai-khoan/999999/hai-buoc/").status_code == 404


def test_nobody_resets_their_own(cast: Cast) -> None:
    turn_on(cast.quantri)
    with pytest.raises(Refusal, match="của mình"):
        accounts.reset_second_step(user=cast.quantri, reason="Mất điện thoại", by=cast.quantri, at=NOW)


def test_a_sealed_secret_is_read_with_the_sites_key_or_a_former_one_and_no_other(settings: Settings) -> None:
    told = sealed("bí mật", purpose="one")
    assert unsealed(told, purpose="one") == "bí mật" and unsealed(told, purpose="two") is None
    former, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 60
    assert unsealed(told, purpose="one") is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unsealed(told, purpose="one") == "bí mật"


def test_a_site_that_lost_its_key_says_so(cast: Cast, settings: Settings) -> None:
    turn_on(cast.binh)
    settings.SECRET_KEY = "x" * 60
    with pytest.raises(Refusal, match="Khoá của hệ thống đã đổi"):
        accounts.verify_code(user=cast.binh, code="000000", address=HERE, at=NOW)
