"""Who works here and where each may look (tài khoản, địa bàn)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Standing, Unit


def user(username: str) -> User | None:
    """Find an account by its user name."""
    return User.objects.select_related("unit").filter(username=username.strip().lower()).first()


def user_by_key(key: int) -> User | None:
    """Find an account by its number."""
    return User.objects.select_related("unit").filter(pk=key).first()


def accounts() -> QuerySet[User]:
    """List all accounts, by name."""
    return User.objects.select_related("unit").order_by("username")


def territory(user: User, on: date) -> QuerySet[Standing]:
    """Tell where `user` may look on `on` (địa bàn): the standings of every unit, past or present, whose
    people now belong to theirs. Join or filter on `unit_id`. Empty without a unit: the
    administrator has nothing, and of the country's officers each query says what they may see.

    Refuses when their unit no longer stands on `on`, and says what became of it.
    """
    return Standing.objects.none() if user.unit is None else geography.standings(user.unit, on=on)


def in_territory(user: User, unit: Unit | int, on: date) -> bool:
    """Tell whether people registered at `unit` are `user`'s on `on`. Outside means: does not exist (404)."""
    key = unit if isinstance(unit, int) else unit.pk
    return territory(user, on).filter(unit_id=key).exists()
