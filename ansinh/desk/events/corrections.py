"""Putting a fact right: the form made for what kind of fact it is (đính chính)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.desk.events.kinds import CONTROL, law_word, many, select
from ansinh.registry.models import Fact, HouseholdFact
from ansinh.rulebook.facts import Fact as Meaning
from ansinh.rulebook.facts import vocabulary
from ansinh.web.fields import DayField

CODE = "dinh-chinh"


class CorrectionForm(forms.Form):
    """What stands instead, of which days, and why."""

    what = select(
        _("Cách sửa"),
        [("CHANGE", _("ghi lại giá trị hoặc ngày đúng")), ("WITHDRAW", _("bỏ hẳn, chưa biết gì thay vào"))],
    )
    valid_from = DayField(label=_("Từ ngày"))
    valid_to = DayField(
        label=_("Đến trước ngày"),
        help_text=_("Ngày đầu tiên không còn đúng; để trống nếu chưa biết."),
        required=False,
    )
    reason = forms.CharField(
        label=_("Lý do đính chính"),
        min_length=5,
        max_length=500,
        error_messages={"required": _("Hãy ghi lý do."), "min_length": _("Ghi lý do rõ hơn.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, *args: Any, row: Fact | HouseholdFact, **options: Any):
        self.meaning: Meaning = next(fact for fact in vocabulary().values() if fact.id == row.fact)
        public = self.meaning.public(row.value)
        value = str(int(public)) if isinstance(public, bool) else public
        options["initial"] = {"value": value, "valid_from": row.valid_from, "valid_to": row.valid_to}
        super().__init__(*args, **options)
        self.fields["value"] = self._value()
        self.order_fields(["what", "value"])

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        said = super().clean() or {}
        since, until = said.get("valid_from"), said.get("valid_to")
        if since and until and until <= since:
            self.add_error("valid_to", _("Phải sau ngày bắt đầu."))
        return said

    def said(self) -> Any:
        """The vocabulary's public value, or None when the fact is taken back."""
        if self.cleaned_data["what"] == "WITHDRAW":
            return None
        value = self.cleaned_data["value"]
        return value == "1" if self.meaning.kind == "bool" else value

    def _value(self) -> forms.Field:
        label = law_word(self.meaning.label)
        match self.meaning.kind:
            case "bool":
                return select(label, [("1", _("có")), ("0", _("không"))])
            case "enum":
                return select(label, self.meaning.values.items())
            case "set":
                return many(label, self.meaning.values.items(), required=False)
            case _:
                widget = forms.TextInput(attrs={**CONTROL, "inputmode": "numeric"})
                return forms.IntegerField(label=label, min_value=0, max_value=2_000_000_000, widget=widget)
