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


def _code(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=40,
        error_messages={"required": _("Hãy nhập mã.")},
        widget=forms.TextInput(
            attrs={
                "class": "form-control short",
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class CodeForm(forms.Form):
    """The code at the door (mã xác thực)."""

    code = _code(_("Mã xác thực"), _("6 chữ số trên điện thoại, hoặc một mã dự phòng."))


class SecondStepOnForm(forms.Form):
    """The password, and the code that the phone shows (bật đăng nhập hai bước)."""

    password = _password(_("Mật khẩu đang dùng"), "current-password")
    code = _code(_("Mã trên điện thoại"), _("6 chữ số đang hiện trong ứng dụng."))


class SecondStepOffForm(forms.Form):
    """The password, and a code (tắt đăng nhập hai bước)."""

    password = _password(_("Mật khẩu đang dùng"), "current-password")
    code = _code(_("Mã xác thực"), _("6 chữ số trên điện thoại, hoặc một mã dự phòng."))


class ResetForm(forms.Form):
    """Why somebody's second step is turned off for them (lý do đặt lại)."""

    reason = forms.CharField(
        label=_("Lý do"),
        help_text=_("Ví dụ: mất điện thoại, đã gặp và kiểm tra giấy tờ ngày 02/10/2026."),
        min_length=10,
        max_length=300,
        error_messages={
            "required": _("Hãy ghi lý do."),
            "min_length": _("Ghi lý do rõ hơn, ít nhất 10 chữ."),
        },
        widget=forms.TextInput(attrs={"class": "form-control"}),
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
