"""Why two files may be one person's, in points an officer can read (căn cứ nghi trùng).

Aspect by aspect (numbers, name, birth, sex, place, kin) at most one reason holds: the first whose condition
does. The points of a pair are the sum. `a` is who is asked about, `p` a person of the register. How much a
reason weighs was read off doubles planted in a register (`make bench BENCH=doubles`): the rarer it is among
people who are two, the more.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, its points (less than 0: speaks against), its Vietnamese label, its condition."""

    code: str
    points: int
    label: str | Promise
    holds: str


def _full(row: str) -> str:
    """A whole birth date; 1 January stands for "some day of that year" on most papers."""
    return f"({row}.born_precision = 'D' and extract(doy from {row}.born) <> 1)"


_YEARS = "abs(extract(year from a.born) - extract(year from p.born))"
_BOTH = f"{_full('a')} and {_full('p')}"
_SAME_YEAR = "extract(year from a.born) = extract(year from p.born)"
_SAME_MONTH = "extract(month from a.born) = extract(month from p.born)"
_SAME_DAY = "extract(day from a.born) = extract(day from p.born)"
_SWAPPED = (
    "extract(day from a.born) = extract(month from p.born) "
    "and extract(month from a.born) = extract(day from p.born)"
)
_SURNAME_AND_GIVEN = (
    "split_part(a.folded, ' ', 1) = split_part(p.folded, ' ', 1) and a.given_folded = p.given_folded"
)

ASPECTS: tuple[tuple[Reason, ...], ...] = (
    (
        Reason("SAME_NUMBER", 20, _("cùng số định danh"), "a.number = p.number"),
        Reason(
            "NUMBER_ALMOST",
            7,
            _("số định danh chỉ lệch một, hai chữ số"),
            "levenshtein_less_equal(a.number, p.number, 2) <= 2",
        ),
        Reason("OTHER_NUMBER", -3, _("hai số định danh khác nhau"), "a.number <> p.number"),
    ),
    (
        Reason("SAME_OLD_NUMBER", 8, _("cùng số CMND cũ"), "a.old_number = p.old_number"),
        Reason(
            "OLD_NUMBER_ALMOST",
            4,
            _("số CMND cũ chỉ lệch một, hai chữ số"),
            "levenshtein_less_equal(a.old_number, p.old_number, 2) <= 2",
        ),
        Reason("OTHER_OLD_NUMBER", -4, _("hai số CMND cũ khác nhau"), "a.old_number <> p.old_number"),
    ),
    (
        Reason("SAME_NAME", 3, _("cùng họ tên"), "lower(a.name) = lower(p.name)"),
        Reason("SAME_NAME_WITHOUT_TONES", 3, _("cùng họ tên nếu bỏ dấu"), "a.folded = p.folded"),
        Reason(
            "NAME_ALMOST",
            1,
            _("họ tên lệch một chữ cái"),
            "levenshtein_less_equal(a.folded, p.folded, 1) <= 1",
        ),
        Reason(
            "NAME_NEAR",
            -2,
            _("họ tên lệch hai chữ cái"),
            "length(a.folded) >= 10 and levenshtein_less_equal(a.folded, p.folded, 2) <= 2",
        ),
        Reason("SAME_SURNAME_AND_GIVEN", 2, _("cùng họ, cùng tên, khác tên đệm"), _SURNAME_AND_GIVEN),
        Reason("OTHER_NAME", -5, _("họ tên khác nhau"), "true"),
    ),
    (
        Reason(
            "RARE_NAME",
            5,
            _("họ tên hiếm trong sổ"),
            "a.bearers <= 3 and levenshtein_less_equal(a.folded, p.folded, 2) <= 2",
        ),
        Reason(
            "UNCOMMON_NAME",
            3,
            _("họ tên ít gặp trong sổ"),
            "a.bearers <= 20 and levenshtein_less_equal(a.folded, p.folded, 2) <= 2",
        ),
    ),
    (
        Reason("SAME_BIRTH", 5, _("cùng ngày sinh"), f"{_BOTH} and a.born = p.born"),
        Reason(
            "DAY_AND_MONTH_SWAPPED",
            4,
            _("ngày và tháng sinh đổi chỗ"),
            f"{_BOTH} and {_SAME_YEAR} and {_SWAPPED}",
        ),
        Reason(
            "BIRTH_ALMOST",
            0,
            _("ngày sinh chỉ lệch ngày hoặc tháng"),
            f"{_BOTH} and {_SAME_YEAR} and ({_SAME_DAY} or {_SAME_MONTH})",
        ),
        Reason(
            "YEAR_ALMOST",
            4,
            _("cùng ngày, tháng sinh, năm lệch một"),
            f"{_BOTH} and {_SAME_DAY} and {_SAME_MONTH} and {_YEARS} = 1",
        ),
        Reason("OTHER_DAY", -4, _("cùng năm sinh, khác ngày và tháng"), f"{_BOTH} and {_SAME_YEAR}"),
        Reason("SAME_YEAR", 0, _("cùng năm sinh"), _SAME_YEAR),
        Reason("NEXT_YEAR", -2, _("năm sinh lệch một"), f"{_YEARS} = 1 and not ({_BOTH})"),
        Reason("OTHER_BIRTH", -5, _("ngày sinh khác nhau"), "a.born is not null and p.born is not null"),
    ),
    (Reason("OTHER_SEX", -4, _("khác giới tính"), "a.sex <> p.sex"),),
    (
        Reason(
            "SAME_VILLAGE",
            6,
            _("cùng thôn, tổ dân phố"),
            "a.commune = p.commune and a.village <> '' and a.village = p.village",
        ),
        Reason("SAME_COMMUNE", 1, _("cùng xã, phường"), "a.commune = p.commune"),
    ),
    (
        Reason("SAME_MOTHER", 3, _("cùng họ tên mẹ"), "a.mother = p.mother"),
        Reason("SAME_FATHER", 3, _("cùng họ tên cha"), "a.father = p.father"),
        Reason("SAME_SPOUSE", 3, _("cùng họ tên vợ, chồng"), "a.spouse = p.spouse"),
    ),
)

REASONS: dict[str, Reason] = {reason.code: reason for aspect in ASPECTS for reason in aspect}


def labels(codes: list[str] | tuple[str, ...]) -> list[str]:
    """Say some reasons in words, what speaks for it first."""
    known = [REASONS[code] for code in codes if code in REASONS]
    return [str(reason.label) for reason in sorted(known, key=lambda reason: -reason.points)]


def code_sql(aspect: tuple[Reason, ...]) -> str:
    """Write the SQL that gives the code of the aspect's first reason that holds, or NULL."""
    cases = " ".join(f"when {reason.holds} then '{reason.code}'" for reason in aspect)
    return f"case {cases} end"


def points_sql(column: str) -> str:
    """Write the SQL that gives the points of a column of codes."""
    cases = " ".join(f"when '{reason.code}' then {reason.points}" for reason in REASONS.values())
    return f"(case {column} {cases} else 0 end)"
