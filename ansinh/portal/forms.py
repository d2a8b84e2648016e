"""On which day, in which province (hỏi quy định)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.geography.models import Unit
from ansinh.web.fields import DayField


class _ProvinceForm(forms.Form):
    tinh = forms.ChoiceField(
        label=_("Tỉnh, thành phố"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, *args: Any, provinces: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tinh"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Cả nước")), *((unit.code, unit.full_name) for unit in provinces)]


class LawForm(_ProvinceForm):
    """The law on a day."""

    ngay = DayField(label=_("Ngày"))
    field_order = ("ngay", "tinh")


class ChangesForm(_ProvinceForm):
    """What changed between two days."""

    tu = DayField(label=_("Từ ngày"))
    den = DayField(label=_("Đến ngày"))
    field_order = ("tu", "den", "tinh")
