"""What is typed at the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
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


def _password(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        error_messages={"required": _("Hãy nhập mật khẩu.")},
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": autocomplete}),
        **options,
    )


class PasswordForm(forms.Form):
    """The password in use, and the new one twice (đổi mật khẩu)."""

    old = _password(_("Mật khẩu đang dùng"), "current-password")
    new = _password(
        _("Mật khẩu mới"),
        "new-password",
        help_text=_("Ít nhất 10 ký tự, không dễ đoán, không giống tên của mình."),
    )
    again = _password(_("Nhập lại mật khẩu mới"), "new-password")

    def __init__(self, data: Any = None, *, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.user = user

    def clean_new(self) -> str:
        """Check the new password by the site's rules."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean_again(self) -> str:
        """Check that the new password was typed alike twice."""
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError(_("Hai lần nhập mật khẩu mới không giống nhau."))
        return again


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
