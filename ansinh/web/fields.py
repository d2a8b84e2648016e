"""Days and months as officers type them: 05/10/2026, 10/2026 (ô nhập ngày, tháng)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ansinh.kernel.names import nfc
from ansinh.kernel.time import Month, vietnamese_date

_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_YEAR = re.compile(r"(18|19|20|21)\d\d")
_MONTH = re.compile(r"(\d{1,2})[/.\- ](\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")


class DayField(forms.CharField):
    """A day typed as dd/mm/yyyy (also yyyy-mm-dd, as links write it)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs=_typed("dd/mm/yyyy")))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """Show a day as officers write it."""
        return vietnamese_date(value) if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> Any:
        """Read the day, or say how to write it."""
        if value in self.empty_values:
            return None
        day = read_day(value)
        if day is None:
            raise ValidationError(_("Viết ngày theo dạng ngày/tháng/năm, ví dụ 05/10/2026."), code="day")
        return day


class DecisionNumberField(forms.CharField):
    """The number of a decision; “{số}” in it stands for the unit's next, which is `{next}` when cleaned."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Số quyết định"),
            help_text=_("{số} là số tiếp theo trong năm của đơn vị."),
            initial="{số}/QĐ-UBND",
            max_length=40,
            widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            error_messages={"required": _("Hãy ghi số quyết định.")},
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """Read the number as decisions are numbered."""
        return nfc(super().to_python(value) or "").replace("{số}", "{next}")


class BirthField(forms.CharField):
    """A birth as far as it is known: 05/10/1941, 10/1941 or 1941.

    Cleaned: the first possible day, and how much of it is known ("D", "M", "Y").
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs=_typed("dd/mm/yyyy")))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """Read the birth, or say how to write it."""
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if _YEAR.fullmatch(text):
            return dt.date(int(text), 1, 1), "Y"
        if day := read_day(text):
            return day, "D"
        try:
            return read_month(text).first, "M"
        except ValidationError:
            raise ValidationError(
                _("Viết ngày sinh theo dạng 05/10/1941; chỉ biết tháng thì 10/1941, chỉ biết năm thì 1941."),
                code="birth",
            ) from None


class MonthField(forms.CharField):
    """A month typed as mm/yyyy (also yyyy-mm, as links write it)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs=_typed("mm/yyyy")))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """Show a month as officers write it."""
        return value.vietnamese() if isinstance(value, Month) else value

    def to_python(self, value: Any) -> Any:
        """Read the month, or say how to write it."""
        if isinstance(value, Month) or value in self.empty_values:
            return value or None
        return read_month(str(value))


class MonthsField(forms.CharField):
    """One month or several, with commas: 01/2024, 02/2024."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs=_typed("mm/yyyy")))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """Read the months, in order, none twice."""
        if isinstance(value, tuple) or value in self.empty_values:
            return value or ()
        parts = [part.strip() for part in re.split(r"[,;]| và ", str(value)) if part.strip()]
        return tuple(sorted({read_month(part) for part in parts}))


def read_day(value: object) -> dt.date | None:
    """Read 05/10/2026 or 2026-10-05; None when it is no day."""
    if isinstance(value, dt.date):
        return value
    text = str(value).strip()
    typed, iso = _DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
    try:
        if typed:
            return dt.date(int(typed[3]), int(typed[2]), int(typed[1]))
        return dt.date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else None
    except ValueError:
        return None


def read_month(text: str) -> Month:
    """Read 10/2026 or 2026-10; raises ValidationError that says how to write it."""
    typed, iso = _MONTH.fullmatch(text.strip()), _ISO_MONTH.fullmatch(text.strip())
    number, year = (int(typed[1]), int(typed[2])) if typed else (int(iso[2]), int(iso[1])) if iso else (0, 0)
    if not (1 <= number <= 12 and 1900 <= year <= 2200):
        raise ValidationError(_("Viết tháng theo dạng tháng/năm, ví dụ 10/2026."), code="month")
    return Month(year, number)


def _typed(hint: str) -> dict[str, str]:
    return {"class": "form-control short", "placeholder": hint, "maxlength": "60", "autocomplete": "off"}
