"""Letting officers in (đăng nhập)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ansinh.accounts import logic
from ansinh.accounts.logic import Right
from ansinh.accounts.models import SignInFailure, User
from ansinh.accounts.operations.trail import record
from ansinh.kernel.refusal import Refusal

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def verify(*, username: str, password: str, address: str, at: datetime) -> User:
    """Check a name and password typed at `address` (đăng nhập) and return the officer.

    Refused: a wrong pair, a closed account (both said alike, after the same work), and for fifteen minutes
    anybody after five failures of that name from that address.
    """
    name = username.strip().lower()[:64]
    failures = _open_door(name, address, at)
    user = User.objects.select_related("unit").filter(username=name).first()
    if user is None:
        make_password(password)  # an unknown name takes as long as a known one
    right_password = user is not None and check_password(password, user.password)
    if user is None or not right_password or not user.is_active:
        SignInFailure.objects.create(username=name, address=address, at=at)
        raise Refusal(WRONG, remedy="Kiểm tra lại tên và mật khẩu rồi thử lại.")
    with transaction.atomic():
        failures.delete()
        record(
            at=at,
            who=user,
            right=Right.SIGN_IN,
            action="sign_in",
            subject=user,
            unit=user.unit,
            detail={"address": address},
        )
    return user


def change_password(*, user: User, old: str, new: str, address: str, at: datetime) -> None:
    """Give an officer the password they chose (đổi mật khẩu); their other sessions end.

    `new` has been checked by the site's password rules. Refused: a wrong old one, which counts like a wrong
    password at the door, and the same password again.
    """
    failures = _open_door(user.username, address, at)
    if not check_password(old, user.password):
        SignInFailure.objects.create(username=user.username, address=address, at=at)
        raise Refusal("Mật khẩu đang dùng không đúng.", remedy="Nhập lại mật khẩu đang dùng.")
    if old == new:
        raise Refusal("Mật khẩu mới giống mật khẩu cũ.", remedy="Chọn một mật khẩu khác.")
    with transaction.atomic():
        failures.delete()
        user.password = make_password(new)
        user.save(update_fields=["password"])
        record(at=at, who=user, right=Right.SIGN_IN, action="change_password", subject=user, unit=user.unit)


def _open_door(name: str, address: str, at: datetime) -> QuerySet[SignInFailure]:
    """The failures of a name at an address; refused while the door is shut there."""
    failures = SignInFailure.objects.filter(username=name, address=address)
    shut = logic.locked_until(list(failures.values_list("at", flat=True)), at)
    if shut is not None:
        raise Refusal(
            f"Đã nhập sai mật khẩu {logic.FAILURES_ALLOWED} lần. Tài khoản tạm khoá tại máy này.",
            remedy=f"Thử lại sau {timezone.localtime(shut):%H:%M}, hoặc nhờ quản trị đặt lại mật khẩu.",
        )
    return failures
