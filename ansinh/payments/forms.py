"""What a payroll is asked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.web.fields import DayField, MonthsField


class PrepareForm(forms.Form):
    """Months in a row, the day of the list, and whether a draft is replaced (lập danh sách chi trả)."""

    months = MonthsField(
        label=_("Chi cho tháng"),
        help_text=_("Một tháng, hoặc các tháng liền nhau chi gộp: 01/2027, 02/2027."),
        error_messages={"required": _("Hãy ghi tháng chi trả.")},
    )
    on_date = DayField(
        label=_("Ngày lập danh sách"), error_messages={"required": _("Hãy ghi ngày lập danh sách.")}
    )
    replace = forms.BooleanField(
        label=_("Thay dự thảo đã có của các tháng này"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
