"""Opening and changing accounts; the cast of every story (mở tài khoản)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from ansinh.accounts.logic import Right
from ansinh.accounts.models import Role, User
from ansinh.accounts.operations.trail import record
from ansinh.geography.models import Unit


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
    khoa: User
    quantri: User

    def all(self) -> list[User]:
        """List them, from the commune up."""
        return [self.binh, self.chau, self.dung, self.phuc, self.hanh, self.giang, self.khoa, self.quantri]


def ensure_cast(*, at: datetime, commune: Unit, neighbour: Unit, province: Unit, password: str) -> Cast:
    """Make the fixed cast (dàn nhân vật): safe to repeat.

    Bình receives and Châu signs in `commune`, Dũng signs next door; Phúc pays and Hạnh approves at the
    province, Giang inspects it; Khoa, of the ministry, decides about files of two provinces; `quantri` keeps
    the accounts.
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
        khoa=account("khoa", "Hồ Đăng Khoa", Role.MINISTRY, None),
        quantri=account("quantri", "Quản trị hệ thống", Role.ADMIN, None),
    )
