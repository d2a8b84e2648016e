"""What a cell says, or why it says nothing: days, numbers, money (đọc ô)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from ansinh.imports.logic.sheets import Cell
from ansinh.kernel.identity import BIRTH_PROVINCES, is_number
from ansinh.kernel.names import fold, nfc
from ansinh.kernel.time import Month

# Ông is a family name too (Ông Ích Khiêm): it is a title only before one of the frequent family names.
_TITLES = frozenset({"ong", "ba", "cu", "anh", "chi", "chau", "em"})
_FAMILIES = frozenset({
    "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho",
    "ngo", "duong", "ly", "dinh", "trinh", "ta", "luong", "mac", "mai", "to", "ha", "doan", "cao",
    "luu", "trieu", "giang", "quach", "lam", "thai", "chu", "vuong", "nong", "ma", "lo", "quang",
})  # fmt: skip
_LONGEST_NAME = 100
_SERIAL_FROM = dt.date(1899, 12, 30)
_DAY = re.compile(r"(\d{1,2})\s*[/.\-\\ ]\s*(\d{1,2})\s*[/.\-\\ ]\s*(\d{4})")
_SHORT = re.compile(r"(\d{1,2}\s*[/.\-\\ ]\s*\d{1,2}\s*[/.\-\\ ]\s*)(\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([T ].*)?")
_MONTH = re.compile(r"(?:t|thang)?\s*(\d{1,2})\s*(?:[/.\-\\ ]|nam)\s*(\d{4})")
_YEAR = re.compile(r"(?:nam)?\s*(1[89]\d\d|20\d\d)")
_SPELLED = re.compile(r"(?:ngay\s*)?(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")
_UNKNOWN_DAY = re.compile(r"^([?._x*\- ]{1,4}/){1,2}")
_MARKS = frozenset({"x", "v", "co", "1", "1.0", "+", "*", "true", "✓", "✔"})
_DECIDED = re.compile(r"(?P<number>.*?)[\s,;(/-]*\b(?:ngày|ngay|ng\.)\s*(?P<day>\d[\d/.\- ]*\d)\)?", re.I)
_THOUSANDS = re.compile(r"(.*\d)(?:k|ng|nghin|ngan)")
_NO_NUMBER = frozenset({"chua co", "khong co", "khong", "chua", "chua cap", "chua lam", "ko", "k", "-", "?"})
_MALE, _FEMALE = frozenset({"nam", "m", "trai", "nam gioi"}), frozenset({"nu", "f", "gai", "nu gioi"})


class BadCell(ValueError):  # noqa: N818 - an answer to the file, like a refusal
    """What is wrong with a cell, and the cure."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure


# Words come again and again, and a cell is read as text more than once.
_text = lru_cache(maxsize=1 << 14)(nfc)


def text_of(cell: Cell) -> str:
    """Read a cell as text: composed letters, no doubled spaces, whole numbers without a fraction."""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.date):
        return f"{cell.day:02d}/{cell.month:02d}/{cell.year}"
    return str(cell)


def marked(cell: Cell) -> bool:
    """Whether a cell is ticked: x, v, 1, có…"""
    return fold(text_of(cell)) in _MARKS


def day_of(cell: Cell) -> tuple[dt.date, str]:
    """Read a day with what of it is known (D, M, Y): the first possible day.

    dd/mm/yyyy, mm/yyyy, yyyy, Excel's serial days, 00/00/1950 and the like.
    """
    if isinstance(cell, dt.datetime):
        return cell.date(), "D"
    if isinstance(cell, dt.date):
        return cell, "D"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numeric(cell)
    text = fold(text_of(cell)).strip().rstrip(".")
    if re.fullmatch(r"\d+(\.0)?", text):
        return _numeric(float(text))
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3])), "D"
    if found := _SPELLED.fullmatch(text) or _DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        if day == 0 or month == 0:
            return (_day(year, month or 1, 1), "M") if month else (_day(year, 1, 1), "Y")
        return _day(year, month, day), "D"
    if _SHORT.fullmatch(text):
        raise BadCell("Năm chỉ có hai chữ số, không rõ thế kỷ.", "Viết đủ bốn chữ số của năm: 05/03/1948.")
    bare = _UNKNOWN_DAY.sub("", text)
    if found := _MONTH.fullmatch(bare):
        month = int(found[1])
        return (_day(int(found[2]), month, 1), "M") if month else (_day(int(found[2]), 1, 1), "Y")
    if found := _YEAR.fullmatch(bare):
        return _day(int(found[1]), 1, 1), "Y"
    raise BadCell(
        "Không đọc được ngày.", "Viết ngày/tháng/năm, tháng/năm hoặc năm: 05/03/1948, 03/1948, 1948."
    )


def lacks_century(cell: Cell) -> bool:
    """Whether a cell is a day whose year has two digits."""
    return isinstance(cell, str) and _SHORT.fullmatch(text_of(cell)) is not None


def with_century(cell: Cell, year: int) -> str | None:
    """Write a day whose year has two digits with the year known from elsewhere; None: it does not agree."""
    found = _SHORT.fullmatch(text_of(cell))
    return f"{found[1]}{year}" if found and int(found[2]) == year % 100 else None


def _numeric(number: float) -> tuple[dt.date, str]:
    whole = int(number)
    if 1850 <= whole <= 2150:
        return _day(whole, 1, 1), "Y"
    if 2150 < whole < 80_000:
        return _SERIAL_FROM + dt.timedelta(days=whole), "D"
    if 1_011_850 <= whole <= 31_122_150:  # 05031948 typed without strokes, perhaps without its zero
        digits = f"{whole:08d}"
        return _day(int(digits[4:]), int(digits[2:4]), int(digits[:2])), "D"
    raise BadCell("Không đọc được ngày.", "Viết ngày/tháng/năm, ví dụ 05/03/1948.")


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        swapped = 1 <= day <= 12 < month <= 31
        cure = (
            f"Có phải {month:02d}/{day:02d}/{year}? Viết ngày trước, tháng sau."
            if swapped
            else "Kiểm tra ngày và tháng."
        )
        raise BadCell("Không có ngày này trong lịch.", cure) from None


def month_of(cell: Cell) -> Month:
    """Read the month from which something is received: 07/2025, T7/2025, 01/07/2025."""
    day, precision = day_of(cell)
    if precision == "Y":
        raise BadCell("Chỉ có năm, chưa rõ tháng bắt đầu hưởng.", "Viết tháng/năm, ví dụ 07/2025.")
    return Month.of(day)


def number_of(cell: Cell) -> tuple[str | None, str | None, str]:
    """Read a citizen number, or an old one: (12 digits, 9 digits, warning); one of the two is None.

    Zeros that a spreadsheet dropped in front are put back, with a warning; words for "none yet" give neither.
    """
    said = text_of(cell)
    if is_number(said):
        return said, None, ""
    if fold(said) in _NO_NUMBER:
        return None, None, "Chưa có số định danh."
    text = re.sub(r"[\s.'’`\-]", "", said)
    if re.search(r"\d[eE]\+?\d", text):
        raise BadCell(
            "Số bị Excel rút gọn, đã mất chữ số cuối.", "Định dạng cột là Văn bản (Text) rồi gõ lại số."
        )
    if not text.isdecimal():
        raise BadCell("Số định danh chỉ gồm chữ số.", "Gõ lại 12 chữ số của căn cước, hoặc 9 số của CMND.")
    if is_number(text):
        return text, None, ""
    if len(text) == 9:
        return None, text, ""
    if len(text) == 8:
        return None, f"0{text}", f"Số CMND thiếu số 0 ở đầu, đã thêm: 0{text}."
    # A number that lost its zeros begins with none.
    if len(text) in (10, 11) and text[0] != "0" and text.zfill(12)[:3] in BIRTH_PROVINCES:
        return text.zfill(12), None, f"Số căn cước thiếu số 0 ở đầu, đã thêm: {text.zfill(12)}."
    raise BadCell(
        f"Số có {len(text)} chữ số.", "Số căn cước có 12 chữ số, CMND cũ có 9 chữ số; kiểm tra giấy tờ."
    )


def money_of(cell: Cell, *, thousands: bool = False) -> int:
    """Read an amount in đồng: 540000, 540.000, 540,000 đ/tháng, 540k; in a column of thousands 540."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = Decimal(str(cell))
    else:
        text = re.sub(r"(d|dong|vnd|/ ?thang|\s)+$", "", fold(text_of(cell)).replace(" ", ""))
        if counted := _THOUSANDS.fullmatch(text):
            text, thousands = counted[1], True
        if re.fullmatch(r"\d{1,3}([.,]\d{3})+([.,]0+)?", text):
            text = re.sub(r"[.,]0{1,2}$", "", text)
            text = re.sub(r"[.,]", "", text)
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            raise BadCell("Không đọc được số tiền.", "Chỉ gõ số đồng mỗi tháng, ví dụ 540000.") from None
    value = value * 1000 if thousands else value
    if value != value.to_integral_value() or value <= 0:
        raise BadCell("Số tiền phải là số đồng nguyên, lớn hơn 0.", "Gõ số đồng mỗi tháng, ví dụ 540000.")
    if value < 10_000:
        raise BadCell(
            f"{int(value)} đồng mỗi tháng là quá nhỏ: có phải nghìn đồng?",
            "Gõ đủ số đồng, hoặc ghi “nghìn đồng” ở tiêu đề cột.",
        )
    if value > 100_000_000:
        raise BadCell("Số tiền mỗi tháng quá lớn.", "Kiểm tra số chữ số 0.")
    return int(value)


def coefficient_of(cell: Cell) -> Decimal:
    """Read a coefficient: 1.5 or 1,5."""
    try:
        value = Decimal(text_of(cell).replace(",", "."))
    except InvalidOperation:
        value = Decimal(0)
    if not Decimal("0.5") <= value <= 20:
        raise BadCell("Không đọc được hệ số.", "Hệ số là số như 1; 1,5; 2,0.")
    return value.quantize(Decimal("0.01"))


def sex_of(cell: Cell) -> str:
    """Read a sex: Nam, Nữ."""
    text = fold(text_of(cell)).strip(" .")
    if text in _MALE:
        return "M"
    if text in _FEMALE:
        return "F"
    raise BadCell("Không rõ giới tính.", "Ghi Nam hoặc Nữ.")


def decision_of(cell: Cell) -> tuple[str, str]:
    """Read a decision's number and day from one cell: "12/QĐ-UBND ngày 05/06/2019"; "" is what is not there.

    A cell without any word for a day is a day if it can be read as one, else a number.
    """
    text = text_of(cell)
    if found := _DECIDED.fullmatch(text):
        return found["number"].strip(), found["day"]
    if re.fullmatch(r"\d{1,4}", text):
        return text, ""
    try:
        day_of(cell)
    except BadCell:
        return text, ""
    return "", text


def plain_name(cell: Cell) -> str:
    """Return a name without a title before it (Ông, Bà) and without what stands in brackets."""
    text = text_of(cell)
    words = (re.sub(r"\([^()]*\)", " ", text) if "(" in text else text).split()
    if len(words) > 2 and fold(words[0]) in _TITLES and fold(words[1]) in _FAMILIES:
        words = words[1:]
    return " ".join(words)


def name_of(cell: Cell) -> str:
    """Read a full name, in small letters after the first of each word when all are alike."""
    whole = text_of(cell)
    text = plain_name(whole).strip(" .,;-*")
    if re.search(r"\d", whole):
        raise BadCell("Họ tên có chữ số.", "Chỉ ghi họ và tên; số thứ tự ghi ở cột STT.")
    if strange := re.search(r"[^\w\s.,'’`´-]", text):
        raise BadCell(f"Họ tên có ký tự “{strange[0]}”.", "Chỉ ghi họ và tên.")
    if len(text) > _LONGEST_NAME:
        raise BadCell("Họ tên quá dài.", "Chỉ ghi họ và tên.")
    if len(text.split()) < 2:
        raise BadCell("Họ tên chỉ có một từ.", "Ghi đủ họ, tên đệm và tên.")
    alike = text.isupper() or text.islower()
    return " ".join(word.capitalize() for word in text.split()) if alike else text
