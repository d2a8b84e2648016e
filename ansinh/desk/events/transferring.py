"""Asking for somebody's file, handing it over, saying no: the forms (chuyển hồ sơ)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.desk.events.entering import PAPER
from ansinh.desk.events.kinds import CONTROL, Doing, EventForm, PaperForm, household_of, many
from ansinh.registry.models import Document
from ansinh.web.fields import DayField


def _why(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        min_length=5,
        max_length=500,
        error_messages={"required": _("Hãy ghi lý do."), "min_length": _("Ghi lý do rõ hơn.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


class AskForm(PaperForm):
    """Why the file is asked for, since when they live here, by which paper."""

    reason = _why(_("Lý do xin chuyển"), _("Ví dụ: đã về ở với con, xin hưởng tiếp tại nơi ở mới."))
    valid_from = DayField(label=_("Cư trú ở đây từ ngày"))
    village = forms.CharField(
        label=_("Thôn, tổ dân phố"), required=False, max_length=80, widget=forms.TextInput(attrs=CONTROL)
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, paper=PAPER, **options)
        self.order_fields(["reason", "valid_from", "village"])


class HandForm(EventForm):
    """Who of the household goes, and from which day; the paper is the one that came with the request."""

    valid_from = DayField(label=_("Chuyển đi từ ngày"))
    who = many(_("Ai chuyển đi"), help_text=_("Người được xin chuyển; đánh dấu thêm ai cùng chuyển."))

    def prepare(self) -> None:
        """Offer the household, the person asked for marked."""
        for name in [name for name in self.fields if name.startswith("paper_")]:
            del self.fields[name]
        self.offer("who", household_of(self.person, self.on))
        self.fields["who"].initial = [str(self.person.pk)]

    def clean_who(self) -> list[str]:
        """Whoever is asked for goes."""
        going: list[str] = self.cleaned_data["who"]
        if str(self.person.pk) not in going:
            raise forms.ValidationError(_("Người được xin chuyển phải có trong số người chuyển đi."))
        return going


class NoForm(forms.Form):
    """Why a file is not handed over, or no longer asked for."""

    what = forms.ChoiceField(choices=[("DECLINE", ""), ("WITHDRAW", "")], widget=forms.HiddenInput)
    reason = _why(_("Lý do"), _("Nơi kia đọc được lý do này."))

    def __init__(self, *args: Any, withdrawing: bool, **options: Any):
        super().__init__(*args, **options)
        self.fields["reason"].label = _("Lý do rút") if withdrawing else _("Lý do từ chối")


@dataclass(frozen=True)
class Handing(Doing):
    """A move that was asked for: its paper came with the request."""

    document: Document

    def paper(self) -> Document:
        """The paper of the request."""
        return self.document
