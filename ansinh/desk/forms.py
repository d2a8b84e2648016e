"""For which month, asked on which day; and why somebody looks at what is sensitive."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.web.fields import DayField, MonthField


class WhyForm(forms.Form):
    """The month asked about and the day on which the law is asked."""

    month = MonthField(label=_("Tháng"))
    asked_on = DayField(label=_("Hỏi luật vào ngày"))


class ReasonForm(forms.Form):
    """Why sensitive details are opened (lý do xem)."""

    reason = forms.CharField(
        label=_("Lý do xem"),
        help_text=_("Ví dụ: kiểm tra hồ sơ theo đơn ngày 02/10/2026."),
        min_length=10,
        max_length=500,
        error_messages={
            "required": _("Hãy ghi lý do."),
            "min_length": _("Ghi lý do rõ hơn, ít nhất 10 chữ."),
        },
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )
