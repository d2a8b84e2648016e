"""What an officer decides about two files, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _reason(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        min_length=5,
        max_length=500,
        error_messages={
            "required": _("Hãy ghi lý do."),
            "min_length": _("Ghi lý do rõ hơn, ít nhất 5 chữ."),
        },
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


class DecideForm(forms.Form):
    """Keep the first file, keep the second, or two different people (quyết định về một cặp)."""

    what = forms.ChoiceField(
        label=_("Quyết định"),
        choices=[("FIRST", ""), ("SECOND", ""), ("DIFFERENT", "")],
        error_messages={"required": _("Chọn một trong ba."), "invalid_choice": _("Chọn một trong ba.")},
    )
    reason = _reason(_("Lý do"), _("Ví dụ: cùng sổ hộ khẩu, đã gặp gia đình ngày 02/10/2026."))


class TakeBackForm(forms.Form):
    """Why "two different people" is taken back (lý do rút lại)."""

    reason = _reason(_("Lý do rút lại"), _("Ví dụ: bấm nhầm; gia đình cho biết là một người."))


class UndoForm(forms.Form):
    """Why a merge is undone (lý do huỷ gộp)."""

    reason = _reason(_("Lý do huỷ"), _("Ví dụ: hai chị em sinh đôi, gộp nhầm."))
