"""Whether an officer types a code besides the password, and what their phone is to be shown (hai bước)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp
from django.utils.translation import gettext as _

from ansinh.accounts.logic import CODE_PERIOD
from ansinh.accounts.models import RecoveryCode, SecondStep, User
from ansinh.accounts.sealing import unsealed
from ansinh.kernel.refusal import Refusal

PURPOSE = "accounts.second_step"
ISSUER = "AnSinh"


@dataclass(frozen=True, slots=True)
class SecondStepState:
    """Since when somebody's second step is in force, and how many codes on paper are left."""

    since: datetime | None
    begun: bool
    codes_left: int


def second_step_state(user: User) -> SecondStepState:
    """Tell how it stands with an officer's second step (tình trạng đăng nhập hai bước)."""
    kept = SecondStep.objects.filter(user=user).first()
    if kept is None:
        return SecondStepState(None, False, 0)
    left = RecoveryCode.objects.filter(second_step=kept, used_at=None).count()
    return SecondStepState(kept.confirmed_at, kept.confirmed_at is None, left)


def needs_code(user: User) -> bool:
    """Tell whether an officer types a code after the password."""
    return SecondStep.objects.filter(user=user, confirmed_at__isnull=False).exists()


def with_second_step() -> set[int]:
    """Return the accounts that have the second step."""
    return set(SecondStep.objects.filter(confirmed_at__isnull=False).values_list("user_id", flat=True))


def secret_of(kept: SecondStep) -> str:
    """Return the secret a phone shares. Refused: it was sealed with another key than the site has now."""
    secret = unsealed(kept.sealed, purpose=PURPOSE)
    if secret is None:
        raise Refusal(
            _("Khoá của hệ thống đã đổi, không đọc được mã xác thực đã cài."),
            remedy=_("Nhờ quản trị đặt lại đăng nhập hai bước, rồi cài lại."),
        )
    return secret


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an officer puts into their phone: the secret in groups of four, and the address the QR says."""

    secret: str
    uri: str


def enrolment(user: User) -> Enrolment | None:
    """Return what is to be put into the phone; None: nothing was begun, or it is in force and covered."""
    kept = SecondStep.objects.filter(user=user, confirmed_at=None).first()
    if kept is None:
        return None
    secret = secret_of(kept)
    uri = pyotp.TOTP(secret, interval=CODE_PERIOD).provisioning_uri(name=user.username, issuer_name=ISSUER)
    return Enrolment(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), uri)
