"""What keeps the door: guessing is locked out by name and by address, passwords are argon2, pages strict."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import FAILURES_ALLOWED_ADDRESS, FAILURES_ALLOWED_NAME
from ansinh.accounts.models import Role, User
from ansinh.accounts.operations import Cast
from ansinh.kernel.refusal import Refusal
from tests.cast import AT, PASSWORD, commune


def guess(name: str, address: str, *, at: dt.datetime = AT, password: str = "wrong") -> User:
    return accounts.verify(username=name, password=password, address=address, at=at)


def guesses(count: int, *, name: str = "binh-{}", address: str = "10.0.0.{}") -> None:
    for number in range(count):
        with pytest.raises(Refusal, match="không đúng"):
            guess(name.format(number), address.format(number))


def test_who_guesses_one_name_from_many_machines_is_locked_out_everywhere(cast: Cast) -> None:
    guesses(FAILURES_ALLOWED_NAME, name="binh")
    with pytest.raises(Refusal, match="tạm khoá"):
        guess("binh", "10.9.9.9", password=PASSWORD)
    assert guess("chau", "10.9.9.9", password=PASSWORD) == cast.chau
    later = AT + dt.timedelta(minutes=15)
    assert guess("binh", "10.9.9.9", at=later, password=PASSWORD) == cast.binh


def test_who_tries_many_names_from_one_machine_is_locked_out_there(cast: Cast) -> None:
    guesses(FAILURES_ALLOWED_ADDRESS, address="10.0.0.1")
    with pytest.raises(Refusal, match="tạm khoá"):
        guess("binh", "10.0.0.1", password=PASSWORD)
    assert guess("binh", "10.0.0.2", password=PASSWORD) == cast.binh


def test_colleagues_behind_one_address_do_not_lock_each_other_out(cast: Cast) -> None:
    guesses(5, name="binh", address="10.0.0.1")
    with pytest.raises(Refusal, match="tạm khoá"):
        guess("binh", "10.0.0.1", password=PASSWORD)
    assert guess("chau", "10.0.0.1", password=PASSWORD) == cast.chau


def test_passwords_are_kept_as_argon2(units: None, kept_hashes: None) -> None:
    made = accounts.ensure_account(
        at=AT, username="moi", full_name="Mới", role=Role.OFFICER, unit=commune(), password=PASSWORD
    )
    assert made.password.startswith("argon2$argon2id$")
    accounts.change_password(user=made, old=PASSWORD, new="Hoa-sen-thang-6", address="10.0.0.1", at=AT)
    assert User.objects.get(username="moi").password.startswith("argon2$argon2id$")


@pytest.mark.parametrize(
    ("address", "status"),
    [("/dang-nhap/", 200), ("/khong-co/", 404), ("/nhat-ky/", 403), ("/mat-khau/", 422), ("/quyen/", 200)],
)
def test_the_policy_is_strict_on_what_is_refused_too(
    cast: Cast, client: Client, address: str, status: int
) -> None:
    if address != "/dang-nhap/":
        client.force_login(cast.binh)
    answer = client.post(address) if status == 422 else client.get(address)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
