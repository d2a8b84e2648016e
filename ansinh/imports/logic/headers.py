"""Finding the tables of a sheet and what their columns hold, in any order and spelling (tiêu đề cột)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ansinh.imports.logic.sheets import Cell, Cells, Sheet
from ansinh.kernel.names import fold, nfc

Column = Literal[
    "no", "name", "family", "given", "born", "male", "female", "sex", "number", "village", "category",
    "amount", "coefficient", "decision_number", "decided_on", "since", "poor", "near_poor", "poverty",
    "phone", "ethnicity", "relation", "household", "head", "note", "other",
]  # fmt: skip
COLUMNS: tuple[Column, ...] = get_args(Column)

LABELS: Mapping[Column, str] = {
    "name": "Họ và tên", "family": "Họ và tên đệm", "given": "Tên", "born": "Ngày sinh", "male": "Nam",
    "female": "Nữ", "sex": "Giới tính", "number": "Số CCCD", "village": "Thôn", "category": "Đối tượng",
    "amount": "Mức hưởng", "coefficient": "Hệ số", "decision_number": "Số QĐ", "decided_on": "Ngày QĐ",
    "since": "Hưởng từ", "poor": "Hộ nghèo", "near_poor": "Hộ cận nghèo", "poverty": "Hộ nghèo, cận nghèo",
    "phone": "Điện thoại", "ethnicity": "Dân tộc", "relation": "Quan hệ với chủ hộ", "household": "Số hộ",
    "head": "Chủ hộ", "note": "Ghi chú",
}  # fmt: skip

REMARKS = "Ghi chú của AnSinh"
"""The heading of the column that we add to an officer's own file: what it says is ours, not theirs."""
VILLAGE = "thon|tdp|to dan pho|xom|ban|ap|khu pho|khu|khoi|to|lang|buon|phum"
# The first that fits, of the heading without tones and marks.
_HEADINGS: tuple[tuple[Column, str], ...] = (
    ("other", rf"^{fold(REMARKS)}$"),
    ("other", r"ky nhan|nguoi nhan|noi cap|ngay cap|giam ho|nguoi cham soc|so tai khoan|so the|tuoi"),
    ("relation", r"quan he"),
    ("other", r"chu ho"),
    ("no", r"^(stt|tt|so tt|so thu tu|no)$"),
    ("household", r"^(so ho|ma ho|ho so|ho so ho|so ho khau|ma so ho)$"),
    ("family", r"^ho (va )?(ten )?(dem|lot|chu dem|chu lot|ten dem)$"),
    ("given", r"^ten$"),
    ("name", r"ho (va |ten )?ten|ho (chu )?dem va ten|ten (doi tuong|nguoi huong|thanh vien)"),
    ("male", r"(nam|thang|ngay) sinh nam( gioi)?$|^(gioi tinh |phai )?nam( gioi)?$"),
    ("female", r"sinh nu( gioi)?$|^(gioi tinh |phai )?nu( gioi)?$"),
    ("born", r"ngay.* sinh|nam sinh|sinh nam|sinh ngay|ngay sinh|^sinh$|ntns"),
    ("sex", r"gioi tinh|^g ?t(inh)?$|^phai$|^nam nu$"),
    ("number", r"cccd|can cuoc|dinh danh|ddcn|cmnd|cmt|chung minh"),
    ("phone", r"dien thoai|^so dt$|sdt"),
    ("ethnicity", r"dan toc"),
    ("coefficient", r"he so|^hs$"),
    ("decided_on", r"ngay.*(quyet dinh|\bqd\b)|(quyet dinh|\bqd\b).*ngay|ngay ky"),
    ("decision_number", r"quyet dinh|\bqd\b"),
    ("since", r"huong tu|tu thang|thoi (gian|diem) (bat dau )?huong|bat dau huong|thang huong|ngay huong"),
    ("near_poor", r"^(ho )?can ngheo$"),
    ("poor", r"^(ho )?ngheo$"),
    ("poverty", r"ngheo|hoan canh|phan loai ho|loai ho"),
    ("amount", r"muc (huong|tro|chi|tien)|so tien|thanh tien|tien (tro cap|huong)|^tro cap$|kinh phi"),
    ("category", r"doi tuong|nhom|^dien\b|che do|loai tro cap|dang khuyet tat|muc do khuyet tat"),
    ("village", rf"^({VILLAGE})\b|dia chi|noi o|cho o|cu tru|thuong tru|ho khau"),
    ("note", r"ghi chu"),
)  # fmt: skip
# In a list of households a heading speaks of its head: "Năm sinh của chủ hộ" is a birth, "Chủ hộ" a name.
# What is told of last year, and why somebody is poor, does not tell what they are.
_SORT = r"((phan )?loai |dien |ket qua (ra soat )?)?"
_FOR = r"( (nam|giai doan) .*)?"
_OF_HOUSEHOLDS: tuple[tuple[Column, str], ...] = (
    ("relation", r"quan he"),
    (
        "other",
        r"nguyen nhan|ly do|dau (nam|ky)|nam truoc|truoc (khi )?ra soat|phat sinh|chi so|thieu hut|diem",
    ),
    ("head", r"^((ho )?(va )?ten )?(cua )?chu ho$|^ho ten nguoi dai dien( ho)?$"),
    ("near_poor", rf"^{_SORT}(ho )?can ngheo{_FOR}$"),
    ("poor", rf"^{_SORT}(ho )?ngheo{_FOR}$"),
)
_COMPILED_OF_HOUSEHOLDS = [(column, re.compile(pattern)) for column, pattern in _OF_HOUSEHOLDS]
_OF_THE_HEAD = re.compile(r"\b(cua )?chu ho\b")
_COMPILED = [(column, re.compile(pattern)) for column, pattern in _HEADINGS]
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_AT_LEAST = 3
_MOST_TEXT = 80


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a sheet: its header's lines, its columns, its rows (numbered from 0).

    `unread`: the headings of the columns of which nothing is taken in.
    """

    first: int
    last: int
    end: int
    columns: Mapping[Column, int]
    headings: Mapping[Column, str]
    unread: tuple[str, ...] = ()

    @property
    def body(self) -> range:
        """The rows below the header, up to the next table."""
        return range(self.last + 1, self.end)

    @property
    def thousands(self) -> bool:
        """Whether the amounts are written in thousands of đồng."""
        return bool(re.search(r"nghin|ngan|1\.?000 ?d", _plain(self.headings.get("amount", ""), marks=True)))


def find_tables(sheet: Sheet, *, households: bool = False) -> list[Table]:
    """Find the tables of a sheet: each begins with a header of which three columns and a name are known.

    Of a list of `households` the head's name is a name too.
    """
    heads: list[tuple[int, int, _Columns]] = []
    number, name_at = 0, -1
    if not sheet.rows:
        return []
    after_blank = True
    while number < len(sheet.rows):
        row = sheet.rows[number]
        head = None
        if name_at < 0 or after_blank:
            blank = not any(cell != "" for cell in row)
            head = None if blank else _header(sheet, number, households)
            after_blank = blank or name_at < 0
        elif name_at >= len(row) or row[name_at] == "":
            after_blank = not any(cell != "" for cell in row)
        if head:
            heads.append((number, *head))
            found = head[1].at
            number, name_at, after_blank = head[0], found.get("name", found.get("given", 0)), False
        number += 1
    ends = [*(first for first, *_ in heads), len(sheet.rows)][1:]
    return [
        Table(first, last, end, found.at, found.words, found.unread)
        for (first, last, found), end in zip(heads, ends, strict=True)
    ]


def _header(sheet: Sheet, number: int, households: bool) -> tuple[int, _Columns] | None:
    """Read a header that begins in a row: its last line, its columns, their words."""
    row = sheet.rows[number]
    if not any(isinstance(cell, str) and cell for cell in row):
        return None
    one = _columns([_words(cell) for cell in row], households)
    best = (number, one)
    below = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else ()
    name_at = one.at.get("name")
    if name_at is not None and _goes_on(below, name_at):
        wide = _filled(sheet, number)
        two = _columns(
            [
                f"{above} {_words(cell)}".strip()
                for above, cell in zip(wide, [*below, *[""] * (len(wide) - len(below))], strict=False)
            ],
            households,
        )
        if len(two.at) >= len(one.at):
            best = (number + 1, two)
    columns = best[1].at
    named = "name" in columns or {"family", "given"} <= set(columns)
    known = set(columns) - {"no", "note", "other"}
    return best if named and len(known) >= _AT_LEAST else None


def _goes_on(below: Cells, name_at: int) -> bool:
    """Whether a row is a header's second line: words only, and none under the name."""
    if name_at < len(below) and below[name_at] != "":
        return False
    texts = [cell for cell in below if cell != ""]
    return len(texts) > 1 and all(
        isinstance(cell, str)
        and len(cell) <= _MOST_TEXT
        and not re.search(r"\d{3}|^\(?\d+\)?$", cell.strip())
        for cell in texts
    )


def _filled(sheet: Sheet, number: int) -> list[str]:
    """The words of a header's first line, each over all the columns its merged cell spans."""
    row = [_words(cell) for cell in sheet.rows[number]]
    spans = [((top, left), (bottom, right)) for (top, left), (bottom, right) in sheet.merged if top == number]
    for (_, left), (_, right) in spans:
        for column in range(left + 1, min(right + 1, len(row))):
            row[column] = row[left]
    if not spans:  # .csv and some .xls do not tell what is merged
        for column in range(1, len(row)):
            row[column] = row[column] or row[column - 1]
    return row


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each known column is, its words, and the words of those of which nothing is read."""

    at: Mapping[Column, int]
    words: Mapping[Column, str]
    unread: tuple[str, ...]


def _is_ours(heading: str) -> bool:
    return _plain(heading) == _plain(REMARKS)


def _columns(headings: Sequence[str], households: bool) -> _Columns:
    columns: dict[Column, int] = {}
    words: dict[Column, str] = {}
    unread: list[str] = []
    for index, heading in enumerate(headings):
        column = column_of(heading, households=households)
        if column and column not in columns:
            columns[column], words[column] = index, heading
        elif heading and not _is_ours(heading) and column != "no" and not re.fullmatch(r"\W*\d*\W*", heading):
            unread.append(" ".join(heading.split()))
    if not _is_ours(words.get("other", REMARKS)):
        unread.append(" ".join(words["other"].split()))
    if "name" not in columns and "head" in columns:
        columns["name"], words["name"] = columns.pop("head"), words.pop("head")
    return _Columns(columns, words, tuple(dict.fromkeys(unread)))


def column_of(heading: str, *, households: bool = False) -> Column | None:
    """Tell what a heading stands for (None: not known); of `households`, it speaks of their heads."""
    if not heading or len(heading) > _MOST_TEXT * 2:
        return None
    plain = _plain(heading)
    if households:
        known = next((column for column, pattern in _COMPILED_OF_HOUSEHOLDS if pattern.search(plain)), None)
        if known:
            return known
        plain = " ".join(_OF_THE_HEAD.sub(" ", plain).split())
    return next((column for column, pattern in _COMPILED if pattern.search(plain)), None)


def _plain(text: str, *, marks: bool = False) -> str:
    folded = fold(text)
    return folded if marks else _NOT_WORDS.sub(" ", folded).strip()


def _words(cell: Cell) -> str:
    return nfc(cell) if isinstance(cell, str) else ""
