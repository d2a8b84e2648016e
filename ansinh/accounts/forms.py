"""What is typed at the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import logic, queries
from ansinh.accounts.logic import RIGHT_LABELS, Right
from ansinh.accounts.models import User
from ansinh.web.fields import DayField


class SignInForm(forms.Form):
    """User name and password (đăng nhập)."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=64,
        error_messages={"required": _("Hãy nhập tên đăng nhập.")},
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        max_length=200,
        error_messages={"required": _("Hãy nhập mật khẩu.")},
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "current-password"}),
    )


class DelegationForm(forms.Form):
    """To whom, which rights, from when to when, and why (uỷ quyền)."""

    to = forms.ModelChoiceField(
        label=_("Người được uỷ quyền"),
        queryset=User.objects.none(),
        empty_label=_("Chọn một người ở cùng đơn vị"),
        error_messages={"required": _("Hãy chọn người được uỷ quyền.")},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    rights = forms.MultipleChoiceField(
        label=_("Việc được uỷ quyền"),
        error_messages={"required": _("Hãy chọn ít nhất một việc.")},
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    since = DayField(label=_("Từ ngày"), error_messages={"required": _("Hãy ghi ngày bắt đầu.")})
    until = DayField(label=_("Đến hết ngày"), error_messages={"required": _("Hãy ghi ngày kết thúc.")})
    reason = forms.CharField(
        label=_("Lý do"),
        help_text=_("Ví dụ: đi công tác, theo Quyết định 12/QĐ-UBND."),
        max_length=300,
        error_messages={"required": _("Hãy ghi lý do.")},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, data: Any = None, *, giver: User, **options: Any) -> None:
        super().__init__(data, **options)
        to, rights = self.fields["to"], self.fields["rights"]
        assert isinstance(to, forms.ModelChoiceField) and isinstance(rights, forms.MultipleChoiceField)
        to.queryset = queries.colleagues(giver)
        may_hand_on = logic.delegable(giver.role)
        rights.choices = [(right.value, RIGHT_LABELS[right]) for right in Right if right in may_hand_on]

    def clean_rights(self) -> list[Right]:
        """Return rights, not their words."""
        return [Right(word) for word in self.cleaned_data["rights"]]
