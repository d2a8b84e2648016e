"""Why two files may be one person's, in points an officer can read (căn cứ nghi trùng).

Aspect by aspect (numbers, name, birth, sex, place, kin, how rare the name is) at most one reason holds: the
first whose condition does. The points of a pair are the sum. `a` is who is asked about, `p` a person of the
register. How much a reason weighs was read off doubles planted in registers (`make bench BENCH=doubles`, with
other seeds): two points more, and one person is e times likelier.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, its points (less than 0: speaks against), its Vietnamese label, its condition."""

    code: str
    points: int
    label: str | Promise
    holds: str


Aspect = tuple[Reason, ...]


def _full(row: str) -> str:
    """A whole birth date; 1 January stands for "some day of that year" on most papers."""
    return f"({row}.born_precision = 'D' and extract(doy from {row}.born) <> 1)"


_YEARS = "abs(extract(year from a.born) - extract(year from p.born))"
_BOTH = f"({_full('a')} and {_full('p')})"
_NEITHER = f"(not {_full('a')} and not {_full('p')})"
_SAME_YEAR = "extract(year from a.born) = extract(year from p.born)"
_SAME_MONTH = "extract(month from a.born) = extract(month from p.born)"
_SAME_DAY = "extract(day from a.born) = extract(day from p.born)"
_SWAPPED = (
    "extract(day from a.born) = extract(month from p.born) "
    "and extract(month from a.born) = extract(day from p.born)"
)
_EXCHANGED = """(levenshtein_less_equal(a.number, p.number, 2) = 2 and exists (
    select from generate_series(1, 11) place where p.number = overlay(a.number
        placing substr(a.number, place + 1, 1) || substr(a.number, place, 1) from place for 2)))"""
_SURNAME_AND_GIVEN = "a.surname = p.surname and a.given_folded = p.given_folded"
_WORDS_OF = {row: f"string_to_array({row}.toned, ' ')" for row in "ap"}
_ONE_IN_THE_OTHER = f"({_WORDS_OF['a']} @> {_WORDS_OF['p']} or {_WORDS_OF['a']} <@ {_WORDS_OF['p']})"
_LETTER = "levenshtein_less_equal(a.folded, p.folded, 1) <= 1"


def _bare(row: str) -> str:
    """Of names that are the same without tones: where they differ, this one's words have none."""
    return f"""not exists (
        select from unnest({_WORDS_OF["a"]}, {_WORDS_OF["p"]}, string_to_array(a.folded, ' '))
            word (a, p, bare)
        where word.a <> word.p and word.{row} <> word.bare)"""


_NUMBER: Aspect = (
    Reason("SAME_NUMBER", 40, _("cùng số định danh"), "a.number = p.number"),
    Reason(
        "NUMBER_ALMOST",
        25,
        _("số định danh chỉ lệch một chữ số hoặc đổi chỗ hai chữ số liền nhau"),
        f"levenshtein_less_equal(a.number, p.number, 1) <= 1 or {_EXCHANGED}",
    ),
    Reason(
        "NUMBER_NEAR",
        1,
        _("số định danh lệch hai chữ số"),
        "levenshtein_less_equal(a.number, p.number, 2) <= 2",
    ),
    # The six digits tell the year of birth, so one of the two years contradicts its own number.
    Reason(
        "SAME_HEAD_OTHER_YEAR",
        10,
        _("cùng sáu số đầu của số định danh, dù năm sinh ghi khác nhau"),
        f"left(a.number, 6) = left(p.number, 6) and not {_SAME_YEAR}",
    ),
    Reason(
        "SAME_HEAD_OF_NUMBER",
        -2,
        _("hai số định danh khác nhau, cùng sáu số đầu"),
        "left(a.number, 6) = left(p.number, 6)",
    ),
    Reason("OTHER_NUMBER", -20, _("hai số định danh khác nhau"), "a.number <> p.number"),
    Reason(
        "NO_NUMBERS",
        2,
        _("cả hai hồ sơ không có số định danh"),
        "a.number is null and p.number is null",
    ),
)
_OLD_NUMBER: Aspect = (
    Reason("SAME_OLD_NUMBER", 20, _("cùng số CMND cũ"), "a.old_number = p.old_number"),
    Reason(
        "OLD_NUMBER_ALMOST",
        10,
        _("số CMND cũ chỉ lệch một chữ số"),
        "levenshtein_less_equal(a.old_number, p.old_number, 1) <= 1",
    ),
    Reason("OTHER_OLD_NUMBER", -14, _("hai số CMND cũ khác nhau"), "a.old_number <> p.old_number"),
)
# Rarity counts names without tones, and of people who are two and share such a name most share its tones too:
# hence a name that lacks its tones in one file weighs more than the same name.
_NAME: Aspect = (
    Reason("SAME_NAME", 2, _("cùng họ tên"), "a.toned = p.toned"),
    Reason(
        "SAME_NAME_WITHOUT_TONES",
        7,
        _("cùng họ tên, một bên viết không dấu"),
        f"a.folded = p.folded and ({_bare('a')} or {_bare('p')})",
    ),
    Reason("OTHER_TONES", -2, _("cùng họ tên nếu bỏ dấu, dấu khác nhau"), "a.folded = p.folded"),
    Reason(
        "SAME_SOUND",
        2,
        _("họ tên đọc gần như nhau (i/y, l/n, s/x, h)"),
        "a.toned_sound = p.toned_sound",
    ),
    Reason(
        "SOUND_OF_OTHER_TONES",
        -4,
        _("họ tên đọc gần như nhau (i/y, l/n, s/x, h), dấu khác nhau"),
        "a.sound = p.sound",
    ),
    Reason(
        "NAME_ALMOST",
        -2,
        _("họ tên chỉ lệch một chữ cái"),
        f"{_LETTER} and levenshtein_less_equal(a.spelt, p.spelt, 1) <= 1",
    ),
    Reason("NAME_ALMOST_OTHER_TONES", -8, _("họ tên lệch một chữ cái, dấu cũng khác"), _LETTER),
    Reason(
        "SAME_BUT_FOR_A_WORD",
        2,
        _("cùng họ, cùng tên, thêm hoặc thiếu chữ đệm"),
        f"{_SURNAME_AND_GIVEN} and {_ONE_IN_THE_OTHER}",
    ),
    Reason("SAME_SURNAME_AND_GIVEN", -4, _("cùng họ, cùng tên, khác tên đệm"), _SURNAME_AND_GIVEN),
    Reason(
        "SOUND_ALMOST",
        -14,
        _("họ tên đọc gần như nhau, lệch một chữ cái"),
        "levenshtein_less_equal(a.sound, p.sound, 1) <= 1",
    ),
    Reason(
        "NAME_NEAR",
        -18,
        _("họ tên lệch hai chữ cái"),
        "levenshtein_less_equal(a.folded, p.folded, 2) <= 2",
    ),
    Reason("OTHER_NAME", -24, _("họ tên khác nhau"), "true"),
)
_BIRTH: Aspect = (
    Reason("SAME_BIRTH", 8, _("cùng ngày sinh"), f"{_BOTH} and a.born = p.born"),
    Reason(
        "DAY_AND_MONTH_SWAPPED",
        6,
        _("ngày và tháng sinh đổi chỗ"),
        f"{_BOTH} and {_SAME_YEAR} and {_SWAPPED}",
    ),
    Reason(
        "YEAR_ALMOST",
        6,
        _("cùng ngày, tháng sinh, năm lệch một"),
        f"{_BOTH} and {_SAME_DAY} and {_SAME_MONTH} and {_YEARS} = 1",
    ),
    Reason("SAME_YEAR", 0, _("cùng năm sinh, cả hai không rõ ngày"), f"{_NEITHER} and {_SAME_YEAR}"),
    Reason(
        "SAME_YEAR_ONE_DAY", -3, _("cùng năm sinh, một bên không rõ ngày"), f"not {_BOTH} and {_SAME_YEAR}"
    ),
    Reason("NEXT_YEAR", -4, _("năm sinh lệch một, cả hai không rõ ngày"), f"{_NEITHER} and {_YEARS} = 1"),
    Reason(
        "NEXT_YEAR_ONE_DAY",
        -10,
        _("năm sinh lệch một, một bên không rõ ngày"),
        f"not {_BOTH} and {_YEARS} = 1",
    ),
    Reason(
        "BIRTH_ALMOST",
        -8,
        _("ngày sinh chỉ lệch ngày hoặc tháng"),
        f"{_SAME_YEAR} and ({_SAME_DAY} or {_SAME_MONTH})",
    ),
    Reason("OTHER_BIRTH", -14, _("ngày sinh khác nhau"), "a.born is not null and p.born is not null"),
)
_SEX: Aspect = (Reason("OTHER_SEX", -10, _("khác giới tính"), "a.sex <> p.sex"),)
_PLACE: Aspect = (
    Reason(
        "SAME_VILLAGE",
        13,
        _("cùng thôn, tổ dân phố"),
        "a.commune = p.commune and a.village <> '' and a.village = p.village",
    ),
    Reason(
        "SAME_COMMUNE",
        6,
        _("cùng xã, phường, không rõ thôn, tổ dân phố"),
        "a.commune = p.commune and (a.village = '' or p.village = '')",
    ),
)
_KIN: Aspect = (
    Reason("SAME_MOTHER", 6, _("cùng họ tên mẹ"), "a.mother = p.mother"),
    Reason("SAME_FATHER", 6, _("cùng họ tên cha"), "a.father = p.father"),
    Reason("SAME_SPOUSE", 6, _("cùng họ tên vợ, chồng"), "a.spouse = p.spouse"),
)

ASPECTS: tuple[Aspect, ...] = (_NUMBER, _OLD_NUMBER, _NAME, _BIRTH, _SEX, _PLACE, _KIN)
"""What is told by the two files alone: `a` and `p`."""


def _among(codes: tuple[str, ...]) -> str:
    """One of these holds of the names: in SQL over the column of the aspect."""
    numbers = [number for number, reason in enumerate(_NAME, 1) if reason.code in codes]
    return f"c{ASPECTS.index(_NAME)} in ({', '.join(map(str, numbers))})"


_SAME = _among(("SAME_NAME", "SAME_NAME_WITHOUT_TONES", "OTHER_TONES"))
_ALIKE = _among(
    (
        "SAME_SOUND",
        "SOUND_OF_OTHER_TONES",
        "NAME_ALMOST",
        "NAME_ALMOST_OTHER_TONES",
        "SAME_BUT_FOR_A_WORD",
        "SAME_SURNAME_AND_GIVEN",
        "SOUND_ALMOST",
        "NAME_NEAR",
    )
)


def _rare(code: str, label: Promise, holds: str, points: Mapping[int, int]) -> Aspect:
    """Reasons by how few there are, at most so many: of each the points."""
    return tuple(
        Reason(f"{code}_{most}", worth, format_lazy(cast("str", label), most=most), holds.format(most=most))
        for most, worth in points.items()
    )


RARITIES: tuple[Aspect, ...] = (
    _rare(
        "BEARERS",
        _("cả sổ không quá {most} người mang họ tên này"),
        f"{_SAME} and commoner <= {{most}}",
        {4: 7, 16: 4, 32: 3, 64: 2, 256: 1},
    ),
    _rare(
        "BEARERS_OF_YEAR",
        _("không quá {most} người mang họ tên này sinh cùng năm"),
        f"{_SAME} and of_year <= {{most}}",
        {2: 6, 4: 5, 8: 3, 16: 2, 32: 1},
    ),
    _rare(
        "RARER_SPELLING",
        _("một trong hai cách viết chỉ có ở không quá {most} người"),
        f"{_ALIKE} and rarer <= {{most}}",
        {1: 8, 2: 5, 4: 4},
    ),
    _rare(
        "SPELLINGS_OF_YEAR",
        _("mỗi cách viết có không quá {most} người sinh cùng năm"),
        f"{_ALIKE} and of_year <= {{most}}",
        {1: 6, 2: 4, 8: 3, 16: 1},
    ),
)
"""How rare the names are in the register: over a pair's columns c0, c1 …, rarer, commoner, of_year."""

_ALL = (*ASPECTS, *RARITIES)
PROPOSED = Reason("PROPOSED", 100, _("cán bộ biết hai hồ sơ và đề nghị xem"), "")
"""Said by an officer, not read off the files: so much that it waits before what was only found."""

REASONS: dict[str, Reason] = {
    PROPOSED.code: PROPOSED,
    **{reason.code: reason for aspect in _ALL for reason in aspect},
}


def labels(codes: Collection[str]) -> list[str]:
    """Say some reasons in words, what speaks for it first."""
    return [str(reason.label) for reason in _in_order(codes)]


def weighed(codes: Collection[str]) -> list[str]:
    """Say some reasons in words, each with its points: "cùng ngày sinh (+8)"."""
    return [f"{reason.label} ({_signed(reason.points)})" for reason in _in_order(codes)]


def _in_order(codes: Collection[str]) -> list[Reason]:
    known = [REASONS[code] for code in codes if code in REASONS]
    return sorted(known, key=lambda reason: -reason.points)


def _signed(points: int) -> str:
    return f"{points:+}".replace("-", "−") if points else "0"


def codes_sql(aspects: tuple[Aspect, ...]) -> str:
    """Write columns c0, c1 …: of each aspect the number (from 1) of the first reason that holds, or NULL."""
    return ", ".join(
        f"case {' '.join(f'when {reason.holds} then {number}' for number, reason in enumerate(aspect, 1))} "
        f"end as c{_ALL.index(aspect)}"
        for aspect in aspects
    )


POINTS_SQL = " + ".join(
    f"coalesce((array[{', '.join(str(reason.points) for reason in aspect)}])[c{number}], 0)"
    for number, aspect in enumerate(_ALL)
)
"""The points of a pair, over the columns of `codes_sql`."""

REASONS_SQL = "array_remove(array[{}], null)".format(
    ", ".join(
        "(array[{}])[c{}]".format(", ".join(f"'{reason.code}'" for reason in aspect), number)
        for number, aspect in enumerate(_ALL)
    )
)
"""The codes of the reasons of a pair, over the columns of `codes_sql`."""
