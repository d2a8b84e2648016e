"""Somebody new: the form (thêm người)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ansinh.desk.events.households import ROLES
from ansinh.desk.events.kinds import CONTROL, PaperForm, number_field, select
from ansinh.desk.queries import entering
from ansinh.desk.queries.search import communes_named
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.registry.models import Household, Member, Person
from ansinh.registry.operations import Newcomer
from ansinh.web.fields import BirthField, DayField

PAPER = "Thông báo kết quả giải quyết đăng ký cư trú"


def _line(label: Any, longest: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.TextInput(attrs=CONTROL), **options)


class NewcomerForm(PaperForm):
    """Who it is, where they live, which paper says so. Cleaned: `newcomer`, `unit`, `household`, `role`."""

    name = _line(_("Họ và tên"), 100)
    born = BirthField(
        label=_("Ngày sinh"), help_text=_("Chỉ biết tháng thì ghi 10/1941, chỉ biết năm thì ghi 1941.")
    )
    sex = select(_("Giới tính"), Person.Sex.choices)
    number = number_field(_("Số định danh"), help_text=_("12 chữ số; để trống nếu chưa có."))
    old_number = number_field(_("Số CMND cũ"), digits=9)
    ethnicity = _line(_("Dân tộc"), 40, required=False)
    phone = forms.RegexField(
        r"^\+?[0-9 .]{8,20}$",
        label=_("Điện thoại"),
        required=False,
        widget=forms.TextInput(attrs={**CONTROL, "inputmode": "tel"}),
        error_messages={"invalid": _("Điện thoại chỉ gồm chữ số.")},
    )
    commune = _line(_("Xã, phường nơi ở"), 60, help_text=_("Tên hoặc mã, trong địa bàn của bạn."))
    valid_from = DayField(label=_("Cư trú ở đây từ ngày"))
    home = _line(
        _("Vào hộ đã có"),
        100,
        help_text=_("Mã hộ, hoặc họ tên hay số định danh một người trong hộ. Để trống nếu là hộ mới."),
        required=False,
    )
    household = select(_("Chọn hộ"), required=False)
    role = select(_("Quan hệ với chủ hộ"), ROLES, required=False)
    village = _line(_("Thôn, tổ dân phố của hộ mới"), 80, required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, paper=PAPER, **options)
        self.fields["role"].choices = [("", "—"), *self.fields["role"].choices]  # type: ignore[attr-defined]
        unit = self.user.unit
        if unit is not None and unit.level == Level.COMMUNE:
            del self.fields["commune"]
        self.found: list[entering.Home] = []
        if self.is_bound and (text := self.data.get("home", "").strip()):
            self.found = entering.homes_named(self.user, text, on=self.on)
        if len(self.found) > 1:
            self.fields["household"].choices = [("", "—"), *((str(one.id), str(one)) for one in self.found)]  # type: ignore[attr-defined]
        else:
            del self.fields["household"]

    def clean_born(self) -> tuple[dt.date, str]:
        """Nobody is born tomorrow."""
        born: tuple[dt.date, str] = self.cleaned_data["born"]
        if born[0] > self.on:
            raise forms.ValidationError(_("Ngày sinh chưa tới."))
        return born

    def clean_commune(self) -> Unit:
        """Find the commune of the territory."""
        found = communes_named(self.user, self.cleaned_data["commune"], on=self.on)
        if len(found) != 1:
            raise forms.ValidationError(_("Ghi tên đầy đủ hoặc mã của một xã, phường trong địa bàn của bạn."))
        return Unit.objects.get(pk=found[0])

    def clean(self) -> dict[str, Any]:
        """Find the household; put together who it is."""
        said = super().clean() or {}
        said["household"] = self._household(said)
        said["role"] = int(said.get("role") or Member.Role.HEAD)
        if self.found and said["role"] == Member.Role.HEAD:
            self.add_error("role", _("Chọn người này là gì của chủ hộ."))
        own = self.user.unit and geography.version(self.user.unit, on=self.on)
        said["unit"] = said.get("commune") or own
        if not self.errors:
            day, precision = said["born"]
            said["newcomer"] = Newcomer(
                name=said["name"],
                sex=said["sex"],
                born=day,
                born_precision=precision,
                number=said["number"] or None,
                old_number=said["old_number"] or None,
                ethnicity=said["ethnicity"],
                phone=said["phone"],
            )
        return said

    def _household(self, said: dict[str, Any]) -> Household | None:
        """The household meant; None: a new one. Asks to choose when several may be."""
        if not said.get("home"):
            if not said.get("village"):
                self.add_error("village", _("Ghi thôn, tổ dân phố, hoặc tìm hộ đã có."))
            return None
        if not self.found:
            self.add_error("home", _("Không có hộ nào như vậy trong địa bàn."))
            return None
        keys = {str(one.id): one for one in self.found}
        chosen = keys.get(said.get("household") or "") or (self.found[0] if len(self.found) == 1 else None)
        if chosen is None:
            self.add_error(
                "household", gettext("Có {count} hộ như vậy, hãy chọn một.").format(count=len(self.found))
            )
            return None
        return Household.objects.get(pk=chosen.id)

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under headings: who, where, by which paper."""
        where = ("commune", "valid_from", "home", "household", "role", "village")
        paper = [name for name in self.fields if name.startswith("paper_")]
        who = [name for name in self.fields if name not in (*where, *paper)]
        headings = ((_("Là ai"), who), (_("Ở đâu"), where), (_("Giấy tờ"), paper))
        return [
            (heading, [self[name] for name in names if name in self.fields]) for heading, names in headings
        ]

    @property
    def chosen_home(self) -> entering.Home | None:
        """The household that was found, described."""
        household = self.cleaned_data.get("household")
        return next((one for one in self.found if household and one.id == household.pk), None)
