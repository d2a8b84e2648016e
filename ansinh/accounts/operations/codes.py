"""Codes of the second step: each opens once (mã dùng một lần)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from ansinh.accounts import logic
from ansinh.accounts.models import RecoveryCode, SecondStep, User
from ansinh.accounts.queries.second_step import secret_of

_MARKS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that look alike on paper


def use_code(user: User, typed: str, at: datetime) -> str | None:
    """Use up a code of an officer's phone ("code") or paper ("recovery"); None: wrong, used, none in force.

    Two who type the same code at once: the database lets one of them in.
    """
    kept = SecondStep.objects.filter(user=user, confirmed_at__isnull=False).first()
    if kept is None:
        return None
    if use_phone(kept, typed, at):
        return "code"
    paper = RecoveryCode.objects.filter(second_step=kept, digest=digest(typed), used_at=None)
    return "recovery" if paper.update(used_at=at) else None


def use_phone(kept: SecondStep, typed: str, at: datetime) -> bool:
    """Use up a code of the phone; False: wrong, or used."""
    step = logic.step_of(secret_of(kept), typed, at=at, after=kept.last_step)
    unused = SecondStep.objects.filter(pk=kept.pk, last_step__lt=step or 0)
    return step is not None and unused.update(last_step=step) == 1


def new_codes(kept: SecondStep) -> list[str]:
    """Make the codes on paper anew, and keep their hashes: "ABCDE-FGHJK", fifty bits each, shown once."""
    codes = ["".join(secrets.choice(_MARKS) for _ in range(10)) for _ in range(logic.RECOVERY_CODES)]
    RecoveryCode.objects.filter(second_step=kept).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(second_step=kept, digest=digest(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def digest(typed: str) -> str:
    """Hash a code on paper with the site's key: drawn at random, it needs no slow hash."""
    return salted_hmac("ansinh.accounts.recovery", logic.plain_code(typed), algorithm="sha256").hexdigest()
