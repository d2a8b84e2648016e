"""What was done, readable (nhật ký)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ansinh.accounts.logic import RIGHT_LABELS, Right, rights_named
from ansinh.accounts.models import Entry, Role, User
from ansinh.accounts.queries.rights import may
from ansinh.accounts.queries.territory import territory

TRAIL_PAGE = 50
OPERATOR = "người vận hành hệ thống"

ACTION_LABELS = {
    "sign_in": "đăng nhập",
    "open_account": "mở tài khoản",
    "change_account": "đổi tài khoản",
    "change_password": "đổi mật khẩu",
    "second_step_on": "bật đăng nhập hai bước",
    "second_step_off": "tắt đăng nhập hai bước",
    "second_step_reset": "đặt lại đăng nhập hai bước",
    "delegate": "uỷ quyền",
    "end_delegation": "thôi uỷ quyền",
    "see_sensitive": "xem chi tiết nhạy cảm",
    "open_payment_account": "mở tài khoản chi trả",
    "settle_months": "quyết toán gộp",
    "prepare_payroll": "lập bảng chi trả",
    "approve_payroll": "duyệt bảng chi trả",
    "load_register": "nạp sổ đối tượng",
    "record_fact": "ghi dữ kiện của người",
    "record_household_fact": "ghi dữ kiện của hộ",
    "record_death": "ghi chết",
    "undo_death": "huỷ việc ghi chết",
    "confirm_commune": "xác nhận nơi cư trú",
    "find_doubles": "tìm hồ sơ trùng",
    "merge_persons": "gộp hồ sơ trùng",
    "unmerge_persons": "huỷ gộp hồ sơ",
    "propose_double": "đề nghị xem hai hồ sơ có phải một người",
    "withdraw_double": "rút đề nghị xem hai hồ sơ",
    "say_different": "xác nhận hai người khác nhau",
    "take_back_different": "rút lại lời “hai người khác nhau”",
    "meet_outside": "tra trùng gặp người ở địa bàn khác",
    "attach": "đính kèm giấy tờ",
    "confirm_communes": "xác nhận nơi cư trú hàng loạt",
    "correct_fact": "đính chính dữ kiện",
    "enter_person": "thêm người",
    "ask_transfer": "xin chuyển hồ sơ",
    "accept_transfer": "đồng ý chuyển hồ sơ",
    "decline_transfer": "từ chối chuyển hồ sơ",
    "withdraw_transfer": "rút yêu cầu chuyển hồ sơ",
    "record_birth": "ghi sinh",
    "record_marriage": "ghi kết hôn",
    "record_carer": "ghi người chăm sóc",
    "record_parent": "ghi tình trạng cha, mẹ",
    "move_household": "chuyển nơi cư trú của hộ",
    "move_people": "tách hộ hoặc chuyển đi một phần hộ",
    "merge_households": "nhập hộ",
    "join_household": "nhập vào hộ",
    "change_head": "đổi chủ hộ",
    "undo_entry": "huỷ việc đã ghi",
    "ask_law": "hỏi luật cho cả địa bàn",
    "simulate": "mô phỏng chính sách",
    "keep_simulation": "lưu kết quả mô phỏng",
    "take_over": "tiếp nhận danh sách đang hưởng",
    "enter_list": "ghi danh sách vào sổ",
    "withdraw_list": "rút danh sách khỏi sổ",
    "restate_households": "ghi dữ kiện của nhiều hộ",
    "take_back_restating": "rút dữ kiện của nhiều hộ",
    "annul_list": "huỷ tiếp nhận danh sách",
    "receive_list": "nhận tệp danh sách",
    "commit_list": "nhập danh sách",
    "undo_list": "huỷ nhập danh sách",
    "settle_list": "báo xong các dòng chưa vào sổ",
    "unsettle_list": "báo lại là chưa xong các dòng chưa vào sổ",
    "remember_phrase": "chọn nhóm cho cách gọi",
    "adopt_changes": "ra quyết định theo rà soát",
    "submit_proposal": "trình dự thảo quyết định",
    "sign_proposal": "ký dự thảo quyết định",
    "return_proposal": "trả lại dự thảo quyết định",
    "withdraw_proposal": "rút dự thảo quyết định",
    "take_in": "nhận chi trả cho người chuyển đến",
    "follow_merger": "chuyển hồ sơ theo sáp nhập",
    "name_recipient": "ghi người nhận thay",
    "suspend": "tạm dừng chi trả",
    "resume": "chi trả lại",
    "decide_recovery": "quyết định thu hồi",
}

SUBJECT_LABELS = {
    "accounts.delegation": "uỷ quyền",
    "determinations.run": "lần hỏi luật",
    "geography.unit": "đơn vị",
    "grants.decision": "quyết định",
    "grants.grant": "quyền hưởng",
    "grants.holding": "nơi quản lý",
    "grants.proposal": "dự thảo quyết định",
    "imports.import": "danh sách",
    "imports.phrase": "cách gọi nhóm",
    "outside_match": "tra trùng bởi tài khoản",
    "payments.account": "tài khoản chi trả",
    "payments.payroll": "bảng chi trả",
    "payments.payrollrun": "lần lập chi trả",
    "payments.settlement": "quyết toán",
    "registry.attachment": "giấy tờ",
    "registry.double": "cặp nghi trùng",
    "registry.household": "hộ",
    "registry.merge": "lần gộp",
    "registry.person": "hồ sơ",
    "registry.source": "nguồn",
    "registry.transfer": "yêu cầu chuyển hồ sơ",
    "simulations.simulation": "mô phỏng",
}

DETAIL_LABELS = {
    "address": "từ địa chỉ",
    "attachment": "giấy tờ",
    "basis": "căn cứ",
    "fact": "dữ kiện",
    "facts": "dữ kiện",
    "from": "từ tháng",
    "gone": "hồ sơ gộp vào",
    "grants": "quyền hưởng",
    "holder": "nơi giữ hồ sơ",
    "households": "hộ",
    "kept": "hồ sơ giữ lại",
    "kind": "loại",
    "month": "tháng",
    "months": "các tháng",
    "opens": "mở từ tháng",
    "other": "hồ sơ kia",
    "pairs": "cặp",
    "payrolls": "bảng chi trả",
    "people": "người",
    "question": "câu hỏi (mã)",
    "reason": "lý do",
    "role": "chức danh",
    "rows": "số dòng",
    "second": "bước hai",
    "sha256": "dấu của tệp",
    "size": "cỡ tệp",
    "total_vnd": "số tiền (đồng)",
    "unconfirmed": "chưa rõ xã",
    "units": "đơn vị",
    "village": "thôn, tổ",
    "why": "lý do",
}


@dataclass(frozen=True, slots=True)
class Doing:
    """One line of the trail, readable."""

    id: int
    at: datetime
    who: str
    doing: str
    right: str
    by_delegation_of: str
    subject: str
    unit: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the trail, latest first."""

    entries: tuple[Doing, ...]
    next_url: str
    first_url: str


def trail(user: User, *, on: date, before: int | None) -> Trail:
    """Read the trail of the territory, older than entry `before`.

    Who keeps the accounts reads what is about accounts; an inspector what happened in their
    territory. Sensitive subjects appear only by their number.
    """
    entries = Entry.objects.select_related("who", "unit", "delegation__giver").order_by("-id")
    if may(user, Right.MANAGE_ACCOUNTS, on=on):
        entries = entries.filter(subject_kind=User._meta.label_lower)
    else:
        entries = entries.filter(unit_id__in=territory(user, on).values("unit_id"))
    if before is not None:
        entries = entries.filter(id__lt=before)
    rows = list(entries[: TRAIL_PAGE + 1])
    accounts = User.objects.in_bulk([int(row.subject_id) for row in rows if _is_account(row)])
    shown = tuple(_doing(entry, accounts) for entry in rows[:TRAIL_PAGE])
    return Trail(
        entries=shown,
        next_url=f"?truoc={shown[-1].id}" if len(rows) > TRAIL_PAGE else "",
        first_url="?" if before is not None else "",
    )


def in_whose_name(who: User, right: Right, *, at: datetime) -> User | None:
    """Return by whose delegation `who` used a right at an instant (thừa uỷ quyền); None: by their own role.

    As the trail kept it then: whether the delegation was ended since does not matter.
    """
    done = Entry.objects.filter(who=who, right=right, at=at, delegation__isnull=False)
    found = done.select_related("delegation__giver").first()
    return found.delegation.giver if found and found.delegation else None


def _doing(entry: Entry, accounts: dict[int, User]) -> Doing:
    return Doing(
        id=entry.pk,
        at=entry.at,
        who=entry.who.full_name if entry.who else OPERATOR,
        right="; ".join(RIGHT_LABELS[right] for right in rights_named([entry.right])),
        by_delegation_of=entry.delegation.giver.full_name if entry.delegation else "",
        doing=ACTION_LABELS.get(entry.action, entry.action),
        subject=accounts[int(entry.subject_id)].full_name if _is_account(entry) else _subject(entry),
        unit=entry.unit.full_name if entry.unit else "",
        reason=entry.reason,
        detail=_words(entry.detail),
    )


def _is_account(entry: Entry) -> bool:
    return entry.subject_kind == User._meta.label_lower


def _subject(entry: Entry) -> str:
    return f"{SUBJECT_LABELS.get(entry.subject_kind, entry.subject_kind)} {entry.subject_id}"


def _words(detail: dict[str, Any]) -> str:
    return ", ".join(f"{DETAIL_LABELS.get(name, name)}: {_value(value)}" for name, value in detail.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"({_words(value)})"
    if isinstance(value, list):
        return "; ".join(map(_value, value))
    return str(Role(value).label) if value in Role.values else str(value)
