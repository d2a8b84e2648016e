"""What a simulation is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ansinh.web.fields import MonthField

LARGEST = 400_000


class SimulationForm(forms.Form):
    """A unit, a month, and either a new standard or a draft (mô phỏng chính sách)."""

    unit = forms.CharField(
        label=_("Mã đơn vị"),
        help_text=_("Đơn vị của bạn hoặc bên dưới."),
        max_length=5,
        error_messages={"required": _("Hãy ghi mã đơn vị.")},
        widget=forms.TextInput(attrs={"class": "form-control short", "inputmode": "numeric"}),
    )
    month = MonthField(label=_("Tháng"), error_messages={"required": _("Hãy ghi tháng.")})
    standard = forms.CharField(
        label=_("Mức chuẩn mới, đồng một tháng"),
        help_text=_(
            "Cho trợ cấp tại cộng đồng và trợ cấp hưu trí xã hội của tỉnh; thay mức của tỉnh, không thấp hơn "
            "mức của trung ương."
        ),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control short", "inputmode": "numeric"}),
    )
    draft = forms.FileField(
        label=_("Hoặc tệp văn bản dự thảo (TOML)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".toml"}),
    )
    fresh = forms.BooleanField(
        label=_("Đọc lại sổ ngay bây giờ"),
        help_text=_(
            "Nếu không chọn, mô phỏng dùng dữ liệu đã đọc trong ngày: nhanh hơn, và các dự thảo thử cùng "
            "ngày so được với nhau."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    name = forms.CharField(
        label=_("Tên để lưu (không bắt buộc)"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def clean_standard(self) -> int | None:
        """Read 700.000 as a number."""
        text = "".join(c for c in self.cleaned_data["standard"] if c not in ". _,")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()):
            raise ValidationError(_("Ghi số đồng, ví dụ 700.000."))
        return int(text)

    def clean_draft(self) -> str | None:
        """Read the draft's text."""
        file: Any = self.cleaned_data["draft"]
        if file is None:
            return None
        if file.size > LARGEST:
            raise ValidationError(_("Tệp dự thảo quá lớn."))
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError:
            raise ValidationError(_("Tệp không phải văn bản UTF-8.")) from None


class NameForm(forms.Form):
    """Under which name a simulation is kept."""

    name = forms.CharField(
        label=_("Tên"),
        max_length=120,
        error_messages={"required": _("Hãy đặt tên.")},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
