"""Who may do what, and when the door stays shut (quyền): rights by role as data."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import pyotp


class Right(StrEnum):
    """A thing an officer may do (quyền): `room.verb`, the same word on button, check and trail."""

    SIGN_IN = "accounts.enter"
    SEE_PERSON = "registry.see"
    SEE_SENSITIVE = "registry.unveil"
    LOAD_REGISTER = "registry.load"
    KEEP_REGISTER = "registry.keep"
    MERGE_PERSONS = "registry.merge"
    TRANSFER_PERSONS = "registry.transfer"
    SEE_REVIEW = "grants.see"
    EXPORT_REVIEW = "grants.export"
    ASK_LAW = "grants.ask"
    PREPARE_DECISION = "grants.prepare"
    SIGN_DECISION = "grants.sign"
    SEE_PAYROLL = "payments.see"
    PREPARE_PAYROLL = "payments.prepare"
    APPROVE_PAYROLL = "payments.approve"
    EXPORT_PAYROLL = "payments.export"
    SIMULATE_POLICY = "simulations.run"
    DELEGATE = "accounts.delegate"
    SEE_TRAIL = "accounts.trace"
    MANAGE_ACCOUNTS = "accounts.manage"


RIGHT_LABELS: dict[Right, str] = {
    Right.SIGN_IN: "đăng nhập",
    Right.SEE_PERSON: "xem hồ sơ đối tượng",
    Right.SEE_SENSITIVE: "xem chi tiết nhạy cảm, có ghi lý do",
    Right.SEE_PAYROLL: "xem danh sách chi trả",
    Right.PREPARE_PAYROLL: "lập danh sách chi trả",
    Right.APPROVE_PAYROLL: "duyệt danh sách chi trả",
    Right.EXPORT_PAYROLL: "tải danh sách chi trả",
    Right.SEE_REVIEW: "xem rà soát",
    Right.EXPORT_REVIEW: "tải danh sách rà soát và sắp thay đổi",
    Right.ASK_LAW: "hỏi luật cho cả địa bàn",
    Right.PREPARE_DECISION: "soạn quyết định trình ký",
    Right.SIGN_DECISION: "ký quyết định",
    Right.LOAD_REGISTER: "nạp dữ liệu đối tượng",
    Right.KEEP_REGISTER: "ghi sổ đối tượng",
    Right.SIMULATE_POLICY: "mô phỏng chính sách",
    Right.DELEGATE: "uỷ quyền khi vắng mặt",
    Right.MERGE_PERSONS: "xem và gộp hồ sơ trùng",
    Right.TRANSFER_PERSONS: "xin chuyển hồ sơ và trả lời",
    Right.SEE_TRAIL: "xem nhật ký",
    Right.MANAGE_ACCOUNTS: "quản lý tài khoản",
}

# The administrator keeps the accounts and the trail and has no business with anybody's file.
RIGHTS: dict[str, frozenset[Right]] = {
    "OFFICER": frozenset(
        {
            Right.SIGN_IN,
            Right.SEE_PERSON,
            Right.SEE_SENSITIVE,
            Right.SEE_PAYROLL,
            Right.PREPARE_PAYROLL,
            Right.EXPORT_PAYROLL,
            Right.SEE_REVIEW,
            Right.EXPORT_REVIEW,
            Right.ASK_LAW,
            Right.PREPARE_DECISION,
            Right.LOAD_REGISTER,
            Right.KEEP_REGISTER,
            Right.MERGE_PERSONS,
            Right.TRANSFER_PERSONS,
        }
    ),
    "CHAIRMAN": frozenset(
        {
            Right.SIGN_IN,
            Right.SEE_PERSON,
            Right.SEE_SENSITIVE,
            Right.SEE_PAYROLL,
            Right.APPROVE_PAYROLL,
            Right.EXPORT_PAYROLL,
            Right.SEE_REVIEW,
            Right.EXPORT_REVIEW,
            Right.ASK_LAW,
            Right.SIGN_DECISION,
            Right.DELEGATE,
            Right.SIMULATE_POLICY,
        }
    ),
    "DEPARTMENT": frozenset(
        {
            Right.SIGN_IN,
            Right.SEE_PERSON,
            Right.SEE_PAYROLL,
            Right.APPROVE_PAYROLL,
            Right.EXPORT_PAYROLL,
            Right.SEE_REVIEW,
            Right.DELEGATE,
            Right.MERGE_PERSONS,
            Right.EXPORT_REVIEW,
            Right.SIMULATE_POLICY,
        }
    ),
    "PAYMASTER": frozenset(
        {
            Right.SIGN_IN,
            Right.SEE_PERSON,
            Right.SEE_PAYROLL,
            Right.PREPARE_PAYROLL,
            Right.EXPORT_PAYROLL,
            Right.SEE_REVIEW,
            Right.EXPORT_REVIEW,
        }
    ),
    "INSPECTOR": frozenset(
        {
            Right.SIGN_IN,
            Right.SEE_PERSON,
            Right.SEE_SENSITIVE,
            Right.SEE_PAYROLL,
            Right.EXPORT_PAYROLL,
            Right.SEE_REVIEW,
            Right.EXPORT_REVIEW,
            Right.SEE_TRAIL,
            Right.SIMULATE_POLICY,
        }
    ),
    # The State's officer decides about two files of two provinces, and opens nothing else.
    "MINISTRY": frozenset({Right.SIGN_IN, Right.MERGE_PERSONS}),
    "ADMIN": frozenset({Right.SIGN_IN, Right.SEE_TRAIL, Right.MANAGE_ACCOUNTS}),
}

NATIONAL = frozenset({"MINISTRY"})
"""Roles whose territory is the country: no unit, like the administrator, who has no territory at all."""


class ReadPage(StrEnum):
    """Which page of somebody's file was opened (trang đã xem)."""

    FILE = "FILE"
    WHY = "WHY"
    SENSITIVE = "SENSITIVE"
    CHANGE = "CHANGE"
    HISTORY = "HISTORY"
    DUPLICATE = "DUPLICATE"
    ATTACHMENT = "ATTACHMENT"
    READS = "READS"


READ_LABELS: dict[str, str] = {
    ReadPage.FILE: "hồ sơ",
    ReadPage.WHY: "vì sao được hưởng",
    ReadPage.SENSITIVE: "chi tiết nhạy cảm",
    ReadPage.CHANGE: "thay đổi dữ kiện",
    ReadPage.HISTORY: "lịch sử hồ sơ",
    ReadPage.DUPLICATE: "so sánh hồ sơ trùng",
    ReadPage.ATTACHMENT: "giấy tờ đính kèm",
    ReadPage.READS: "sổ lượt xem",
}

# What stays with the person: a look at what is secret, the trail, the keys, and handing on itself.
NEVER_DELEGATED = frozenset(
    {Right.SIGN_IN, Right.SEE_SENSITIVE, Right.DELEGATE, Right.SEE_TRAIL, Right.MANAGE_ACCOUNTS}
)
LONGEST_DELEGATION = timedelta(days=366)

LOCKED_FOR = timedelta(minutes=15)
FAILURES_ALLOWED = 5
"""Of one name at one address: communes share an address, and nobody is to shut a colleague out."""
FAILURES_ALLOWED_NAME = 20
"""Of one name at whatever addresses: somebody guesses from many machines."""
FAILURES_ALLOWED_ADDRESS = 60
"""At one address for whatever names: somebody tries one password on everybody."""

CODE_PERIOD = 30
SECOND_STEP_WITHIN = timedelta(minutes=5)
"""So long after the right password the code may be typed."""
RECOVERY_CODES = 8


def may(role: str, right: Right) -> bool:
    """Tell whether a role carries a right. An unknown role carries none."""
    return right in RIGHTS.get(role, frozenset())


def rights_named(words: Iterable[str]) -> list[Right]:
    """Return the rights of these words; a word of another day, which names none any more, is left out."""
    by_word = {right.value: right for right in Right}
    return [by_word[word] for word in words if word in by_word]


def delegable(role: str) -> frozenset[Right]:
    """Return the rights of a role that it may hand on for some days (quyền được uỷ quyền)."""
    return RIGHTS.get(role, frozenset()) - NEVER_DELEGATED


def session_over(*, began: float, seen: float, now: float, idle: float, longest: float) -> bool:
    """Tell whether a session has ended (hết phiên làm việc): unused for `idle` seconds, or `longest` old."""
    return now - seen > idle or now - began > longest


def locked_until(failures: list[datetime], at: datetime, allowed: int = FAILURES_ALLOWED) -> datetime | None:
    """Return when a door opens again, or None when it is open.

    `failures` are the wrong passwords and codes that count; the last one `allowed` within fifteen minutes
    shuts the door until fifteen minutes after it.
    """
    recent = sorted(moment for moment in failures if at - moment < LOCKED_FOR)
    if len(recent) < allowed:
        return None
    return recent[-1] + LOCKED_FOR


def plain_code(typed: str) -> str:
    """Return a code as it is compared: without spaces and hyphens, in capitals."""
    return "".join(mark for mark in typed.upper() if mark.isalnum())


def step_of(secret: str, typed: str, *, at: datetime, after: int) -> int | None:
    """Return the period of thirty seconds whose code was typed (RFC 6238); None: none that counts.

    Clocks go differently: the period before and the one to come count too, but none up to `after`.
    """
    now, code = int(at.timestamp()) // CODE_PERIOD, plain_code(typed)
    made = pyotp.TOTP(secret, interval=CODE_PERIOD)
    steps = [step for step in (now - 1, now, now + 1) if step > after]
    return next((step for step in steps if hmac.compare_digest(made.generate_otp(step), code)), None)
