"""Marriages, carers, what became of a parent (việc trong nhà)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from ansinh.desk.events.kinds import Doing, Event, EventForm, Since, number_field, others_near, select
from ansinh.desk.events.papers import Until, values
from ansinh.registry import operations as registry
from ansinh.web.fields import DayField


class MarriageForm(EventForm):
    """With whom, and when."""

    married_on = DayField(label=_("Kết hôn ngày"))
    other = select(_("Với ai"), required=False)
    other_number = number_field(_("Hoặc số định danh của người kia"))

    def prepare(self) -> None:
        """Offer whoever is near."""
        self.offer("other", others_near(self.person, self.on), _("người không có trong sổ"))

    def clean(self) -> dict[str, Any]:
        """Find the spouse."""
        said = super().clean() or {}
        return {**said, "spouse": self.chosen("other")}


class Marriage(Event):
    """Two people marry (kết hôn)."""

    code = "ket-hon"
    label = _("Kết hôn")
    help = _("Ghi ở hồ sơ một người thì có ở cả hai.")
    basis = "Luật Hộ tịch 2014"
    paper = "Giấy chứng nhận kết hôn"
    form = MarriageForm

    def perform(self, doing: Doing) -> None:
        """Write it on both sides."""
        registry.record_marriage(
            person=doing.person,
            spouse=doing.said["spouse"],
            married_on=doing.said["married_on"],
            **doing.told(),
        )

    def days(self, said: dict[str, Any]) -> tuple[dt.date, dt.date | None]:
        """From the wedding on."""
        return said["married_on"], None


class CarerForm(Since):
    """Who cares, and how."""

    care = select(_("Ai chăm sóc"), values("carer"))
    other = select(_("Người chăm sóc"), required=False)
    other_number = number_field(_("Hoặc số định danh của người chăm sóc"))

    def prepare(self) -> None:
        """Offer whoever is near."""
        self.offer("other", others_near(self.person, self.on), _("không có ai"))

    def clean(self) -> dict[str, Any]:
        """Find the carer."""
        said = super().clean() or {}
        return {**said, "carer": self.chosen("other")}


class CarerTakenOn(Event):
    """Somebody takes on the care of a person (nhận chăm sóc)."""

    code = "nguoi-cham-soc"
    label = _("Người chăm sóc")
    help = _("Hộ trực tiếp chăm sóc, hoặc người nhận chăm sóc, nuôi dưỡng; người trước thôi từ ngày đó.")
    basis = "Điều 17, Điều 19, Điều 20 Nghị định 335/2026/NĐ-CP"
    paper = "Đơn đăng ký nhận chăm sóc, nuôi dưỡng có xác nhận của UBND xã"
    form = CarerForm

    def perform(self, doing: Doing) -> None:
        """Write the carer."""
        said = doing.said
        registry.record_carer(
            person=doing.person,
            carer=said["carer"],
            care=said["care"],
            valid_from=said["valid_from"],
            **doing.told(),
        )


class ParentForm(Until):
    """Which parent, and what became of them."""

    which = select(_("Cha hay mẹ"), [("father", _("cha")), ("mother", _("mẹ"))])
    state = select(_("Tình trạng"), [pair for pair in values("father") if pair[0] != "DEAD"])


class ParentGone(Event):
    """A parent is missing, detained, in a facility, or back (tình trạng cha, mẹ)."""

    code = "cha-me"
    label = _("Cha, mẹ mất tích, bị giam giữ")
    help = _("Ghi tại hồ sơ của con. Cha hoặc mẹ đã chết thì ghi chết ở hồ sơ của người đó.")
    basis = "Điều 5 Nghị định 335/2026/NĐ-CP"
    paper = "Quyết định của toà án hoặc giấy xác nhận của trại giam"
    form = ParentForm

    def perform(self, doing: Doing) -> None:
        """Write it of the child, and of the parent where known."""
        said = doing.said
        registry.record_parent(
            child=doing.person,
            which=said["which"],
            state=said["state"],
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
            **doing.told(),
        )
