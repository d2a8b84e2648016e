"""What is asked when a list comes in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.imports.logic.poor_list import PoorTerms
from ansinh.rulebook.categories import categories
from ansinh.web.fields import DayField, MonthField


class ReceiveForm(forms.Form):
    """A file, and the month whose list it is (nhận danh sách)."""

    file = forms.FileField(
        label=_("Tệp danh sách"),
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) hoặc .csv, đúng như đơn vị đang giữ."),
        error_messages={"required": _("Hãy chọn tệp."), "empty": _("Tệp trống.")},
        widget=forms.FileInput(
            attrs={"class": "form-control", "accept": ".xlsx,.xls,.ods,.csv,.txt"},
        ),
    )
    month = MonthField(
        label=_("Danh sách của tháng"),
        help_text=_("Mức hưởng được so với luật của tháng này."),
        error_messages={"required": _("Hãy ghi tháng của danh sách.")},
    )


def _text(label: Any, help_text: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        **more,
    )


class PovertyForm(forms.Form):
    """The year's list of poor and near-poor households, and its decision (danh sách hộ nghèo, cận nghèo)."""

    file = ReceiveForm.base_fields["file"]
    year = forms.IntegerField(
        label=_("Danh sách của năm"),
        min_value=2000,
        max_value=2100,
        localize=False,
        widget=forms.TextInput(
            attrs={"class": "form-control short", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={"required": _("Hãy ghi năm của danh sách.")},
    )
    first = DayField(label=_("Từ ngày"), help_text=_("Để trống: từ ngày 01/01 của năm đó."), required=False)
    last = DayField(
        label=_("Đến hết ngày"), help_text=_("Để trống: đến hết ngày 31/12 của năm đó."), required=False
    )
    number = _text(_("Số quyết định"), error_messages={"required": _("Hãy ghi số quyết định công nhận.")})
    decided_on = DayField(
        label=_("Ngày quyết định"), error_messages={"required": _("Hãy ghi ngày quyết định.")}
    )
    issuer = _text(_("Nơi ban hành"), _("Để trống: UBND của xã, phường này."), required=False)
    complete = forms.BooleanField(
        label=_("Danh sách này có đủ mọi hộ nghèo, cận nghèo của xã"),
        help_text=_("Hộ nghèo, cận nghèo không có tên thì ra khỏi danh sách; được báo riêng trước khi ghi."),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def clean(self) -> dict[str, Any]:
        """The days are those of the year unless others are given; the last comes after the first."""
        said = super().clean() or {}
        if year := said.get("year"):
            said["first"] = said.get("first") or dt.date(year, 1, 1)
            said["last"] = said.get("last") or dt.date(year, 12, 31)
            if said["last"] < said["first"]:
                self.add_error("last", _("Phải sau ngày bắt đầu."))
        return said

    def terms(self) -> PoorTerms:
        """Return what was said of the list, when all of it is sound."""
        said = self.cleaned_data
        return PoorTerms(
            year=said["year"],
            valid_from=said["first"],
            valid_to=said["last"] + dt.timedelta(days=1),
            number=said["number"],
            issuer=said["issuer"],
            decided_on=said["decided_on"],
            complete=said["complete"],
        )


class UndoForm(forms.Form):
    """Why a whole import is taken back (huỷ lần nhập)."""

    reason = forms.CharField(
        label=_("Lý do huỷ"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Hãy ghi lý do huỷ.")},
    )


class PhraseForm(forms.Form):
    """What a commune means by its words (cách gọi nhóm)."""

    phrase = forms.CharField(
        label=_("Cách gọi trong danh sách"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Hãy ghi cách gọi.")},
    )
    category = forms.ChoiceField(
        label=_("Là nhóm"),
        choices=lambda: [
            ("", "—"), *((code, f"{code} · {group.label}") for code, group in categories().items())
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Hãy chọn nhóm.")},
    )  # fmt: skip
