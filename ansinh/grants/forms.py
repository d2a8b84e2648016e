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
