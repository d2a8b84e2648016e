"""Letting officers in (đăng nhập)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ansinh.accounts import logic, queries
from ansinh.accounts.logic import Right
from ansinh.accounts.models import SignInFailure, User
from ansinh.accounts.operations.codes import use_code
from ansinh.accounts.operations.trail import record
from ansinh.kernel.refusal import Refusal

WRONG_CODE = "Mã không đúng, hoặc đã dùng."
TRY_CODE = "Chờ mã mới trên điện thoại rồi nhập lại; mất điện thoại thì dùng một mã dự phòng."
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def verify(*, username: str, password: str, address: str, at: datetime) -> User:
    """Check a name and password typed at `address` (đăng nhập) and return the officer.

    Whoever has the second step is not in yet: `verify_code` follows. Refused: a wrong pair, a closed account
    (both said alike, after the same work), and for a quarter of an hour anybody after too many failures of
    that name there, of that name anywhere, or there.
    """
    name = username.strip().lower()[:64]
    failures = open_door(name, address, at)
    user = User.objects.select_related("unit").filter(username=name).first()
    if user is None:
        make_password(password)  # an unknown name takes as long as a known one
    right_password = user is not None and check_password(password, user.password)
    if user is None or not right_password or not user.is_active:
        SignInFailure.objects.create(username=name, address=address, at=at)
        raise Refusal(WRONG, remedy="Kiểm tra lại tên và mật khẩu rồi thử lại.")
    if not queries.needs_code(user):
        _let_in(user, failures, address, at)
    return user


def verify_code(*, user: User, code: str, address: str, at: datetime) -> None:
    """Check the code an officer typed after the right password (bước hai): of the phone, or one on paper.

    Refused: a code that is wrong or was used, which counts like a wrong password; a closed account.
    """
    failures = open_door(user.username, address, at)
    how = use_code(user, code, at) if user.is_active else None
    if how is None:
        SignInFailure.objects.create(username=user.username, address=address, at=at)
        raise Refusal(WRONG_CODE, remedy=TRY_CODE)
    _let_in(user, failures, address, at, second=how)


def _let_in(user: User, failures: QuerySet[SignInFailure], address: str, at: datetime, **more: str) -> None:
    with transaction.atomic():
        failures.delete()
        record(
            at=at,
            who=user,
            right=Right.SIGN_IN,
            action="sign_in",
            subject=user,
            unit=user.unit,
            detail={"address": address, **more},
        )


def change_password(*, user: User, old: str, new: str, address: str, at: datetime) -> None:
    """Give an officer the password they chose (đổi mật khẩu); their other sessions end.

    `new` has been checked by the site's password rules. Refused: a wrong old one, which counts like a wrong
    password at the door, and the same password again.
    """
    failures = open_door(user.username, address, at)
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


def open_door(name: str, address: str, at: datetime) -> QuerySet[SignInFailure]:
    """Return the failures of a name at an address; refused while the door is shut to it (tạm khoá)."""
    recent = SignInFailure.objects.filter(at__gt=at - logic.LOCKED_FOR)
    for counted, allowed, where in (
        (recent.filter(username=name, address=address), logic.FAILURES_ALLOWED, "tên này tại máy này"),
        (recent.filter(username=name), logic.FAILURES_ALLOWED_NAME, "tên này ở mọi máy"),
        (recent.filter(address=address), logic.FAILURES_ALLOWED_ADDRESS, "mọi tên tại máy này"),
    ):
        shut = logic.locked_until(list(counted.values_list("at", flat=True)), at, allowed)
        if shut is not None:
            raise Refusal(
                f"Đã nhập sai {allowed} lần: tạm khoá {where}.",
                remedy=f"Thử lại sau {timezone.localtime(shut):%H:%M}, hoặc nhờ quản trị giúp.",
            )
    return SignInFailure.objects.filter(username=name, address=address)
