"""The menu: the parts of the site, in the order of the floors, each for those who may enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.access import may
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User


@dataclass(frozen=True, slots=True)
class Door:
    """A line of the menu: a page and the right it needs (None: nobody needs one)."""

    label: Promise
    page: str
    right: Right | None


@dataclass(frozen=True, slots=True)
class Item:
    """A line as one reader sees it; `here` is the value of aria-current."""

    label: Promise
    url: str
    here: str


DOORS = (
    Door(_("Bàn làm việc"), "desk:home", Right.SIGN_IN),
    Door(_("Đối tượng"), "desk:people", Right.SEE_PERSON),
    Door(_("Hồ sơ trùng"), "registry:doubles", Right.MERGE_PERSONS),
    Door(_("Nhập danh sách"), "imports:imports", Right.LOAD_REGISTER),
    Door(_("Chuyển hồ sơ"), "desk:transfers", Right.TRANSFER_PERSONS),
    Door(_("Xác nhận xã"), "registry:confirm", Right.KEEP_REGISTER),
    Door(_("Rà soát, quyết định"), "grants:review", Right.SEE_REVIEW),
    Door(_("Chi trả"), "payments:payrolls", Right.SEE_PAYROLL),
    Door(_("Mô phỏng"), "simulations:simulations", Right.SIMULATE_POLICY),
    Door(_("Quy định"), "portal:law", None),
    Door(_("Nhật ký"), "accounts:trail", Right.SEE_TRAIL),
    Door(_("Tài khoản"), "accounts:accounts", Right.MANAGE_ACCOUNTS),
)


def menu(request: HttpRequest) -> dict[str, Any]:
    """Give every page the lines its reader may follow, and where people's pages lie."""
    user = getattr(request, "user", None)
    known = user if isinstance(user, User) else None
    doors = [door for door in DOORS if door.right is None or (known and may(known, door.right))]
    return {
        "menu": [_item(door, request.path) for door in doors],
        "person_url": reverse("desk:people") if known and may(known, Right.SEE_PERSON) else "",
    }


def _item(door: Door, path: str) -> Item:
    url = reverse(door.page)
    inside = path.startswith(url) and (url != "/" or path == "/")
    return Item(door.label, url, ("page" if path == url else "true") if inside else "")
