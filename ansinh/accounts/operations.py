"""Everything that happens to accounts, and the one way into the trail (tài khoản, nhật ký)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.utils import timezone

from ansinh.accounts import logic
from ansinh.accounts.logic import Right
from ansinh.accounts.models import Entry, Role, SignInFailure, User
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def record(
    *,
    at: datetime,
    who: User | None,
    right: Right,
    action: str,
    subject: models.Model | tuple[str, object],
    unit: Unit | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the trail (ghi nhật ký); it can never be changed.

    `subject` is a saved model, or a pair (kind, id) for things many at once. `detail` is plain JSON and
    must not say what is sensitive: no HIV fact, no clause that betrays it.
    """
    kind, key = (
        (subject._meta.label_lower, subject.pk)
        if isinstance(subject, models.Model)
        else (subject[0], subject[1])
    )
    Entry.objects.create(
        at=at,
        who=who,
        right=right,
        action=action,
        subject_kind=kind,
        subject_id=str(key),
        unit=unit,
        reason=reason,
        detail=dict(detail or {}),
    )


def verify(*, username: str, password: str, address: str, at: datetime) -> User:
    """Check a name and password typed at `address` (đăng nhập) and return the officer.

    Refused: a wrong pair, a closed account (both said alike, after the same work), and for fifteen minutes
    anybody after five failures of that name from that address.
    """
    name = username.strip().lower()[:64]
    failures = SignInFailure.objects.filter(username=name, address=address)
    shut = logic.locked_until(list(failures.values_list("at", flat=True)), at)
    if shut is not None:
        raise Refusal(
            f"Đã nhập sai mật khẩu {logic.FAILURES_ALLOWED} lần. Tài khoản tạm khoá tại máy này.",
            remedy=f"Thử lại sau {timezone.localtime(shut):%H:%M}, hoặc nhờ quản trị đặt lại mật khẩu.",
        )
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


def ensure_account(
    *, at: datetime, username: str, full_name: str, role: Role, unit: Unit | None, password: str | None
) -> User:
    """Open an account, or bring an existing one to this name, role and territory (mở tài khoản).

    `password` None makes an account nobody can sign in to, for acts of the system itself. An existing
    password that already fits is left as it is.
    """
    with transaction.atomic():
        user = User.objects.filter(username=username).first() or User(username=username, created_at=at)
        fresh = user.pk is None
        if not fresh and _stands(user, full_name, role, unit, password):
            return user
        user.full_name, user.role, user.unit, user.is_active = full_name, role, unit, True
        user.password = make_password(password)
        user.save()
        record(
            at=at,
            who=None,
            right=Right.MANAGE_ACCOUNTS,
            action="open_account" if fresh else "change_account",
            subject=user,
            unit=unit,
            detail={"role": role.value},
        )
    return user


def _stands(user: User, full_name: str, role: Role, unit: Unit | None, password: str | None) -> bool:
    if (user.full_name, user.role, user.unit_id) != (full_name, role, unit.pk if unit else None):
        return False
    return not user.has_usable_password() if password is None else check_password(password, user.password)


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of every story: Mai, whom they help, is a person of the register and not one of them."""

    binh: User
    chau: User
    dung: User
    phuc: User
    hanh: User
    giang: User
    quantri: User

    def all(self) -> list[User]:
        """List them, from the commune up."""
        return [self.binh, self.chau, self.dung, self.phuc, self.hanh, self.giang, self.quantri]


def ensure_cast(*, at: datetime, commune: Unit, neighbour: Unit, province: Unit, password: str) -> Cast:
    """Make the fixed cast (dàn nhân vật): safe to repeat.

    Bình receives and Châu signs in `commune`, Dũng signs next door; Phúc pays and Hạnh approves at the
    province, Giang inspects it; `quantri` keeps the accounts.
    """

    def account(username: str, full_name: str, role: Role, unit: Unit | None) -> User:
        return ensure_account(
            at=at, username=username, full_name=full_name, role=role, unit=unit, password=password
        )

    return Cast(
        binh=account("binh", "Nguyễn Văn Bình", Role.OFFICER, commune),
        chau=account("chau", "Trần Thị Minh Châu", Role.CHAIRMAN, commune),
        dung=account("dung", "Phạm Tiến Dũng", Role.CHAIRMAN, neighbour),
        phuc=account("phuc", "Lê Hồng Phúc", Role.PAYMASTER, province),
        hanh=account("hanh", "Vũ Thị Hạnh", Role.DEPARTMENT, province),
        giang=account("giang", "Đỗ Hương Giang", Role.INSPECTOR, province),
        quantri=account("quantri", "Quản trị hệ thống", Role.ADMIN, None),
    )
