"""What a decision for many is asked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.web.fields import DecisionNumberField, MonthField


class MonthForm(forms.Form):
    """The month put to the law."""

    thang = MonthField(label=_("Tháng"))


class AdoptForm(forms.Form):
    """The month reviewed and the number of the decision (ra quyết định)."""

    thang = MonthField(label=_("Theo rà soát tháng"))
    number = DecisionNumberField()


class NoteForm(forms.Form):
    """What an officer tells who signs (ghi chú khi trình)."""

    note = forms.CharField(
        label=_("Ghi chú cho người ký"),
        help_text=_("Không bắt buộc. Ví dụ: đã xem hồ sơ giấy của cả 12 người."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


class SignForm(forms.Form):
    """The number of the decision that a proposal becomes (ký dự thảo)."""

    number = DecisionNumberField()


class ReturnForm(forms.Form):
    """Why a proposal is sent back (lý do trả lại)."""

    reason = forms.CharField(
        label=_("Lý do trả lại"),
        help_text=_("Người soạn đọc được lý do này. Ví dụ: thiếu giấy xác nhận của bà Mai."),
        min_length=5,
        max_length=500,
        error_messages={"required": _("Hãy ghi lý do."), "min_length": _("Ghi lý do rõ hơn.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
