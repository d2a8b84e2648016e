"""Whom somebody looks for; for which month, asked on which day; why they look at what is sensitive."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.desk.events.kinds import number_field
from ansinh.web.fields import DayField, DecisionNumberField, MonthField


class WhyForm(forms.Form):
    """The month asked about and the day on which the law is asked."""

    month = MonthField(label=_("Tháng"))
    asked_on = DayField(label=_("Hỏi luật vào ngày"))


def _line(**attributes: object) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **attributes})


class FromMonthForm(forms.Form):
    """From which month somebody who moved here is to be paid on."""

    thang = MonthField(label=_("Từ tháng"))


class TakeInForm(forms.Form):
    """What a decision that pays on somebody who moved here says (nhận chi trả)."""

    thang = MonthField(label=_("Từ tháng"), widget=forms.HiddenInput)
    number = DecisionNumberField()
    stopped_by = forms.CharField(
        label=_("Quyết định thôi chi trả của nơi cũ"),
        help_text=_("Số, ngày, nếu nơi cũ đã gửi; chưa có thì để trống."),
        max_length=120,
        required=False,
        widget=_line(),
    )


class SearchForm(forms.Form):
    """Whom to look for (tìm đối tượng): a name or a number; of which year, of which commune."""

    tim = forms.CharField(
        label=_("Họ tên, số định danh hoặc mã hộ"),
        help_text=_(
            "Gõ không dấu cũng được. Tên: từ đầu họ, hoặc các chữ cuối, hoặc họ và tên. "
            "Số: phần nào cũng được, từ 3 chữ số. Mã hộ: gõ “hộ” rồi mã."
        ),
        max_length=100,
        required=False,
        widget=_line(),
    )
    nam = forms.IntegerField(
        label=_("Năm sinh"),
        min_value=1880,
        max_value=2100,
        required=False,
        widget=forms.TextInput(
            attrs={"class": "form-control short", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={"invalid": _("Viết năm bằng bốn chữ số, ví dụ 1950.")},
    )
    xa = forms.CharField(label=_("Xã, phường hiện nay"), max_length=60, required=False, widget=_line())
    xa_cu = forms.CharField(
        label=_("Xã, phường trước 1/7/2025"), max_length=60, required=False, widget=_line()
    )


class OtherNumberForm(forms.Form):
    """The number of somebody's other file, if it is known (tra cả nước)."""

    number = number_field(
        _("Số định danh ở hồ sơ kia, nếu biết"),
        help_text=_("Để trống thì tra theo họ tên, ngày sinh và nơi ở của hồ sơ này."),
    )


class ProposeForm(forms.Form):
    """Why two files are one person's (lý do đề nghị)."""

    reason = forms.CharField(
        label=_("Vì sao là một người"),
        help_text=_("Ví dụ: đã gặp bà Mai ngày 02/10/2026, bà có hai giấy tờ ghi hai năm sinh."),
        min_length=5,
        max_length=500,
        error_messages={"required": _("Hãy ghi lý do."), "min_length": _("Ghi lý do rõ hơn.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )


class WithdrawForm(forms.Form):
    """Why a proposal is withdrawn (lý do rút đề nghị)."""

    reason = forms.CharField(
        label=_("Lý do rút"),
        help_text=_("Ví dụ: xem lại giấy tờ, là hai chị em."),
        min_length=5,
        max_length=500,
        error_messages={"required": _("Hãy ghi lý do."), "min_length": _("Ghi lý do rõ hơn.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )


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


class ReadsForm(forms.Form):
    """Of which days the register of readings is asked for, and why (sổ lượt xem)."""

    since = DayField(label=_("Từ ngày"), error_messages={"required": _("Hãy ghi ngày bắt đầu.")})
    until = DayField(label=_("Đến hết ngày"), error_messages={"required": _("Hãy ghi ngày kết thúc.")})
    reason = forms.CharField(
        label=_("Lý do xem"),
        help_text=_("Ví dụ: công dân đề nghị theo đơn ngày 02/10/2026."),
        min_length=10,
        max_length=500,
        error_messages={
            "required": _("Hãy ghi lý do."),
            "min_length": _("Ghi lý do rõ hơn, ít nhất 10 chữ."),
        },
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, *args: Any, must_say_why: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = must_say_why

    def clean_until(self) -> dt.date:
        """The last day is not before the first."""
        until: dt.date = self.cleaned_data["until"]
        since = self.cleaned_data.get("since")
        if since is not None and until < since:
            raise forms.ValidationError(_("Ngày cuối không được trước ngày đầu."))
        return until


class UndoForm(forms.Form):
    """Why an entry is taken back (lý do huỷ)."""

    reason = forms.CharField(
        label=_("Lý do huỷ"),
        help_text=_("Ghi vì sao lần ghi này sai. Lý do được giữ cùng lịch sử hồ sơ."),
        min_length=5,
        max_length=500,
        error_messages={"required": _("Hãy ghi lý do."), "min_length": _("Ghi lý do rõ hơn.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )


class AttachForm(forms.Form):
    """A scan of a paper (đính kèm giấy tờ)."""

    file = forms.FileField(
        label=_("Tệp"),
        help_text=_("Ảnh JPEG, PNG hoặc PDF, không quá 10 MB."),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".jpg,.jpeg,.png,.pdf"}),
        error_messages={"required": _("Hãy chọn tệp."), "empty": _("Tệp rỗng.")},
    )
    title = forms.CharField(
        label=_("Giấy tờ gì"),
        help_text=_("Ví dụ: Giấy xác nhận khuyết tật số 12/GXN."),
        max_length=160,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Hãy ghi giấy tờ gì.")},
    )
    secret = forms.BooleanField(
        label=_("Giữ kín: chỉ hiện ở trang chi tiết nhạy cảm"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
