"""The cast of every story: Bình and Châu in Phường Ba Đình, Dũng next door in Phường Ngọc Hà."""

import datetime as dt

from django.contrib.auth.hashers import Argon2PasswordHasher

from ansinh.accounts import operations as accounts
from ansinh.accounts.models import User
from ansinh.accounts.operations import Cast
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit

AT = dt.datetime(2026, 10, 6, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
TODAY = AT.date()
PASSWORD = "Mua-thu-2026"
COMMUNE, NEIGHBOUR, PROVINCE = "00004", "00008", "01"


def commune() -> Unit:
    """Phường Ba Đình, where Mai lives."""
    return geography.unit(code=COMMUNE, on=TODAY)


def neighbour() -> Unit:
    """The commune next door."""
    return geography.unit(code=NEIGHBOUR, on=TODAY)


def province() -> Unit:
    """Hà Nội."""
    return geography.unit(code=PROVINCE, on=TODAY)


def make(password: str = PASSWORD) -> Cast:
    """Make the accounts; the units are there already."""
    return accounts.ensure_cast(
        at=AT, commune=commune(), neighbour=neighbour(), province=province(), password=password
    )


def can_sign_in(password: str = PASSWORD) -> None:
    """Keep everybody's password as the site keeps it: it does not know the quick hashes of the tests."""
    hasher = Argon2PasswordHasher()
    User.objects.update(password=hasher.encode(password, hasher.salt()))
