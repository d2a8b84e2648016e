"""What is asked when a list comes in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.rulebook.categories import categories
from ansinh.web.fields import MonthField


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
