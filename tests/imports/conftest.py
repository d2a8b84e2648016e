"""Lists received as an officer sends them, checked and written at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from ansinh.accounts.models import User
from ansinh.accounts.operations import Cast
from ansinh.imports import operations
from ansinh.imports.models import Import
from ansinh.kernel.time import Month
from tests import cast as town

OCTOBER = Month(2026, 10)
Receive = Callable[..., Import]


@pytest.fixture
def receive(cast: Cast) -> Receive:
    """Receive a file for Phường Ba Đình and check it; with `commit`, write it too."""

    def received(
        content: bytes,
        *,
        name: str = "danh-sach.xlsx",
        month: Month = OCTOBER,
        by: User | None = None,
        commit: bool = False,
        accept: bool = False,
    ) -> Import:
        who = by or cast.binh
        imported = operations.receive(
            unit=town.commune(), name=name, content=content, month=month, by=who, at=town.AT
        )
        operations.check(imported=imported, at=town.AT, on=town.TODAY)
        if commit:
            at = town.AT + dt.timedelta(minutes=1)
            operations.commit(imported=imported, by=who, at=at, on=town.TODAY, accept=accept)
        return imported

    return received
