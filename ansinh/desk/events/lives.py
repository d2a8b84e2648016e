"""Births and deaths (sinh, chết)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.desk.events.kinds import (
    CONTROL,
    Doing,
    Event,
    EventForm,
    number_field,
    others_near,
    select,
)
from ansinh.desk.queries import people
from ansinh.registry import operations as registry
from ansinh.registry.models import Member, Person
from ansinh.web.fields import DayField


class DeathForm(EventForm):
    """When somebody died."""

    died_on = DayField(label=_("Chết ngày"))


class Death(Event):
    """Somebody died (chết)."""

    code = "chet"
    label = _("Ghi chết")
    help = _("Chi trả dừng ngay; trợ cấp của người thân được xét lại. Ghi nhầm thì huỷ được, có lý do.")
    basis = "Luật Hộ tịch 2014; điểm a khoản 2 Điều 9 Nghị định 335/2026/NĐ-CP"
    paper = "Trích lục khai tử"
    form = DeathForm

    def perform(self, doing: Doing) -> None:
        """Write the death."""
        registry.record_death(person=doing.person, died_on=doing.said["died_on"], **doing.told())

    def days(self, said: dict[str, Any]) -> tuple[dt.date, dt.date | None]:
        """From the day of death on."""
        return said["died_on"], None


class MistakenForm(EventForm):
    """Why somebody recorded dead is not."""

    reason = forms.CharField(
        label=_("Vì sao việc ghi chết là sai"),
        help_text=_("Ví dụ: trùng tên với người đã mất ở tổ 7; đã gặp tại nhà ngày 02/10/2026."),
        min_length=5,
        max_length=500,
        error_messages={"min_length": _("Ghi lý do rõ hơn.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Find the day from which the answer may change; of somebody alive nothing will."""
        said = super().clean() or {}
        return {**said, "died_on": people.died_on(self.person) or self.on}


class Mistaken(Event):
    """Somebody recorded dead, by a file too, is not (ghi nhầm là đã chết)."""

    code = "ghi-nham-chet"
    label = _("Huỷ việc ghi chết")
    help = _(
        "Người này còn sống, sổ ghi nhầm là đã chết, dù ghi tại màn hình hay nạp từ tệp. Chi trả được nối "
        "lại, quyền hưởng của người thân được xét lại; ngày chết đã ghi vẫn còn trong lịch sử."
    )
    basis = "khoản 4 Điều 8 Nghị định 335/2026/NĐ-CP"
    paper = "Biên bản xác minh"
    form = MistakenForm

    def perform(self, doing: Doing) -> None:
        """Take the death back."""
        registry.undo_death(person=doing.person, reason=doing.said["reason"], **doing.told())

    def days(self, said: dict[str, Any]) -> tuple[dt.date, dt.date | None]:
        """From the day on which they were said to have died."""
        return said["died_on"], None


class BirthForm(EventForm):
    """A child, at the file of its mother or father."""

    name = forms.CharField(label=_("Họ và tên con"), max_length=100, widget=forms.TextInput(attrs=CONTROL))
    born = DayField(label=_("Sinh ngày"))
    sex = select(_("Giới tính"), Person.Sex.choices)
    number = number_field(_("Số định danh của con (nếu đã có)"))
    other = select(_("Người cha hoặc mẹ kia"), required=False)
    role = select(
        _("Quan hệ của con với chủ hộ"),
        [
            (str(Member.Role.CHILD.value), Member.Role.CHILD.label),
            (str(Member.Role.GRANDCHILD.value), Member.Role.GRANDCHILD.label),
            (str(Member.Role.RELATIVE.value), Member.Role.RELATIVE.label),
        ],
    )

    def prepare(self) -> None:
        """The other parent is of the other sex."""
        near = [one for one in others_near(self.person, self.on) if one.sex != self.person.sex]
        self.offer("other", near, _("không ghi"))

    def clean(self) -> dict[str, Any]:
        """Find the other parent."""
        said = super().clean() or {}
        return {**said, "other_parent": self.chosen("other")}


class Birth(Event):
    """A child is born (sinh con)."""

    code = "sinh"
    label = _("Ghi sinh con")
    help = _("Ghi tại hồ sơ của mẹ hoặc cha; con vào cùng hộ, nối với cha mẹ.")
    basis = "Luật Hộ tịch 2014"
    paper = "Giấy khai sinh"
    form = BirthForm

    def perform(self, doing: Doing) -> None:
        """Write the child, its parents and its place in the household."""
        said = doing.said
        registry.record_birth(
            parent=doing.person,
            household=doing.household(said["born"]),
            name=said["name"],
            sex=said["sex"],
            born=said["born"],
            number=said["number"] or None,
            other_parent=said["other_parent"],
            role=int(said["role"]),
            **doing.told(),
        )

    def days(self, said: dict[str, Any]) -> tuple[dt.date, dt.date | None]:
        """From the day of birth on."""
        return said["born"], None
