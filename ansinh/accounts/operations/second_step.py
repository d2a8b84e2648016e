"""Turning the second step on and off (đăng nhập hai bước): an officer's choice, never another's."""

from __future__ import annotations

from datetime import datetime

import pyotp
from django.contrib.auth.hashers import check_password
from django.db import transaction

from ansinh.accounts.logic import Right
from ansinh.accounts.models import RecoveryCode, SecondStep, SignInFailure, User
from ansinh.accounts.operations.codes import new_codes, use_code, use_phone
from ansinh.accounts.operations.doors import TRY_CODE, open_door
from ansinh.accounts.operations.trail import record
from ansinh.accounts.queries.second_step import PURPOSE
from ansinh.accounts.sealing import sealed
from ansinh.kernel.refusal import Refusal

WRONG = "Mật khẩu hoặc mã không đúng."


def begin_second_step(*, user: User, at: datetime) -> None:
    """Draw a secret for an officer's phone (bắt đầu cài); nothing changes at the door until it is confirmed.

    Refused: it is in force already.
    """
    with transaction.atomic():
        _lock(user)
        if SecondStep.objects.filter(user=user, confirmed_at__isnull=False).exists():
            raise Refusal("Đăng nhập hai bước đang bật.", remedy="Tắt trước, rồi cài lại.")
        SecondStep.objects.update_or_create(
            user=user,
            defaults={
                "sealed": sealed(pyotp.random_base32(), purpose=PURPOSE),
                "begun_at": at,
                "last_step": 0,
            },
        )


def confirm_second_step(*, user: User, password: str, code: str, address: str, at: datetime) -> list[str]:
    """Put the second step in force and return the codes on paper, which nobody can show again (bật).

    Refused: nothing begun; a wrong password or a code that the phone does not show, which counts at the door.
    """
    failures = open_door(user.username, address, at)
    kept = SecondStep.objects.filter(user=user, confirmed_at=None).first()
    if kept is None:
        raise Refusal("Chưa bắt đầu cài đăng nhập hai bước.", remedy="Bấm “Cài đặt” ở trang trước.")
    if not check_password(password, user.password) or not use_phone(kept, code, at):
        _refuse(user, address, at)
    with transaction.atomic():
        _lock(user)
        SecondStep.objects.filter(pk=kept.pk).update(confirmed_at=at)
        codes = new_codes(kept)
        failures.delete()
        record(at=at, who=user, right=Right.SIGN_IN, action="second_step_on", subject=user, unit=user.unit)
    return codes


def end_second_step(*, user: User, password: str, code: str, address: str, at: datetime) -> None:
    """Turn the second step off (tắt), with the password and a code.

    Refused: either is wrong, which counts at the door.
    """
    failures = open_door(user.username, address, at)
    if not check_password(password, user.password) or use_code(user, code, at) is None:
        _refuse(user, address, at)
    with transaction.atomic():
        failures.delete()
        _forget(user)
        record(at=at, who=user, right=Right.SIGN_IN, action="second_step_off", subject=user, unit=user.unit)


def reset_second_step(*, user: User, reason: str, by: User, at: datetime) -> None:
    """Turn somebody's second step off for them (đặt lại): phone and paper are lost. The trail says why.

    Refused: no reason; it is not in force; one's own, which `end_second_step` ends.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do.", remedy="Ghi vì sao phải đặt lại.")
    if user.pk == by.pk:
        raise Refusal("Không tự đặt lại đăng nhập hai bước của mình.", remedy="Tắt bằng mật khẩu và một mã.")
    with transaction.atomic():
        if not _forget(user):
            raise Refusal(f"{user.full_name} không bật đăng nhập hai bước.", remedy="Không cần đặt lại.")
        record(
            at=at,
            who=by,
            right=Right.MANAGE_ACCOUNTS,
            action="second_step_reset",
            subject=user,
            unit=user.unit,
            reason=reason,
        )


def _lock(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)


def _forget(user: User) -> bool:
    kept = SecondStep.objects.filter(user=user)
    RecoveryCode.objects.filter(second_step__in=kept).delete()
    return kept.delete()[0] > 0


def _refuse(user: User, address: str, at: datetime) -> None:
    SignInFailure.objects.create(username=user.username, address=address, at=at)
    raise Refusal(WRONG, remedy=TRY_CODE)
