"""Who may do what, and when the door stays shut (quyền): rights by role as data."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Right(StrEnum):
    """A thing an officer may do (quyền)."""

    SIGN_IN = "SIGN_IN"
    SEE_PERSON = "SEE_PERSON"
    SEE_SENSITIVE = "SEE_SENSITIVE"
    SEE_PAYROLL = "SEE_PAYROLL"
    PREPARE_PAYROLL = "PREPARE_PAYROLL"
    APPROVE_PAYROLL = "APPROVE_PAYROLL"
    EXPORT_PAYROLL = "EXPORT_PAYROLL"
    SEE_REVIEW = "SEE_REVIEW"
    ASK_LAW = "ASK_LAW"
    SIGN_DECISION = "SIGN_DECISION"
    LOAD_REGISTER = "LOAD_REGISTER"
    KEEP_REGISTER = "KEEP_REGISTER"
    SEE_TRAIL = "SEE_TRAIL"
    MANAGE_ACCOUNTS = "MANAGE_ACCOUNTS"


RIGHT_LABELS: dict[Right, str] = {
    Right.SIGN_IN: "đăng nhập",
    Right.SEE_PERSON: "xem hồ sơ đối tượng",
    Right.SEE_SENSITIVE: "xem chi tiết nhạy cảm, có ghi lý do",
    Right.SEE_PAYROLL: "xem danh sách chi trả",
    Right.PREPARE_PAYROLL: "lập danh sách chi trả",
    Right.APPROVE_PAYROLL: "duyệt danh sách chi trả",
    Right.EXPORT_PAYROLL: "tải danh sách chi trả",
    Right.SEE_REVIEW: "xem rà soát",
    Right.ASK_LAW: "hỏi luật cho cả địa bàn",
    Right.SIGN_DECISION: "ký quyết định",
    Right.LOAD_REGISTER: "nạp dữ liệu đối tượng",
    Right.KEEP_REGISTER: "ghi sổ đối tượng",
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
            Right.ASK_LAW,
            Right.LOAD_REGISTER,
            Right.KEEP_REGISTER,
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
            Right.ASK_LAW,
            Right.SIGN_DECISION,
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
            Right.SEE_TRAIL,
        }
    ),
    "ADMIN": frozenset({Right.SIGN_IN, Right.SEE_TRAIL, Right.MANAGE_ACCOUNTS}),
}


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

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)


def may(role: str, right: Right) -> bool:
    """Tell whether a role carries a right. An unknown role carries none."""
    return right in RIGHTS.get(role, frozenset())


def locked_until(failures: list[datetime], at: datetime) -> datetime | None:
    """Return when a user name opens again at an address, or None when it is open.

    `failures` are the wrong passwords since the last right one; the fifth within fifteen minutes shuts
    the door until fifteen minutes after it. Communes share an address, hence name and address together.
    """
    recent = sorted(moment for moment in failures if at - moment < LOCKED_FOR)
    if len(recent) < FAILURES_ALLOWED:
        return None
    return recent[-1] + LOCKED_FOR
