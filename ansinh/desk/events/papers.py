"""What a paper says of somebody: a degree of disability, poverty, a pension, a school (giấy tờ)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.logic import Right
from ansinh.desk.events.kinds import CONTROL, Doing, Event, Since, many, select
from ansinh.registry import operations as registry
from ansinh.rulebook.facts import vocabulary
from ansinh.web.fields import DayField

YES_NO = (("1", _("có")), ("0", _("không")))


def values(fact: str) -> list[tuple[str, str]]:
    """The public values of a fact, with their words."""
    return list(vocabulary()[fact].values.items())


class Until(Since):
    """An event that may end."""

    valid_to = DayField(
        label=_("Đến trước ngày"),
        help_text=_("Ngày đầu tiên không còn đúng; để trống nếu chưa biết."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        said = super().clean() or {}
        since, until = said.get("valid_from"), said.get("valid_to")
        if since and until and until <= since:
            self.add_error("valid_to", _("Phải sau ngày bắt đầu."))
        return said


class DisabilityForm(Until):
    """The degree and the kinds on the certificate."""

    degree = select(_("Mức độ khuyết tật"), values("disability"))
    kinds = many(_("Dạng khuyết tật"), values("disability_kinds"), required=False)


class Disability(Event):
    """A certificate of disability is issued or changed (giấy xác nhận khuyết tật)."""

    code = "khuyet-tat"
    label = _("Giấy xác nhận khuyết tật")
    help = _("Cấp mới, đổi mức độ hoặc dạng khuyết tật: giấy mới thay giấy cũ từ ngày ghi.")
    basis = "Điều 15, Điều 19 Luật Người khuyết tật 2010; Thông tư 01/2019/TT-BLĐTBXH"
    paper = "Giấy xác nhận khuyết tật"
    form = DisabilityForm

    def perform(self, doing: Doing) -> None:
        """Write degree and kinds together."""
        said = doing.said
        registry.record_facts(
            person=doing.person,
            facts={"disability": said["degree"], "disability_kinds": said["kinds"]},
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
            name="Giấy xác nhận khuyết tật",
            **doing.told(),
        )


class PovertyForm(Until):
    """What the year's list says of the household."""

    poverty = select(_("Kết quả rà soát hộ"), values("household_poverty"))


class Poverty(Event):
    """The household is poor, near-poor, or no longer (hộ nghèo, hộ cận nghèo)."""

    code = "ho-ngheo"
    label = _("Hộ nghèo, hộ cận nghèo")
    help = _("Ghi cho cả hộ, theo quyết định công nhận hoặc giấy chứng nhận của xã.")
    basis = "Quyết định 24/2021/QĐ-TTg về rà soát hộ nghèo, hộ cận nghèo hằng năm"
    paper = "Quyết định công nhận hộ nghèo, hộ cận nghèo"
    form = PovertyForm

    def perform(self, doing: Doing) -> None:
        """Write it of the household."""
        said = doing.said
        registry.record_household_fact(
            household=doing.household(said["valid_from"]),
            fact="household_poverty",
            value=said["poverty"],
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
            about=doing.person,
            name="Kết quả rà soát hộ nghèo",
            **doing.told(),
        )


class PensionForm(Since):
    """A pension, and how much."""

    pension = select(_("Đang hưởng lương hưu"), YES_NO)
    pension_vnd = forms.IntegerField(
        label=_("Mức lương hưu hằng tháng (đồng)"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        localize=False,
        widget=forms.TextInput(attrs={**CONTROL, "class": "form-control short", "inputmode": "numeric"}),
    )


class Pension(Event):
    """A pension is granted, changed or ends (lương hưu)."""

    code = "luong-huu"
    label = _("Lương hưu")
    help = _("Người đang hưởng lương hưu không hưởng trợ cấp hưu trí xã hội.")
    basis = "khoản 1 Điều 21 Luật Bảo hiểm xã hội 2024"
    paper = "Quyết định hưởng lương hưu"
    form = PensionForm

    def perform(self, doing: Doing) -> None:
        """Write the pension and its amount together."""
        said = doing.said
        facts: dict[str, Any] = {"pension": said["pension"] == "1"}
        if said["pension"] == "1" and said["pension_vnd"] is not None:
            facts["pension_vnd"] = said["pension_vnd"]
        registry.record_facts(
            person=doing.person,
            facts=facts,
            valid_from=said["valid_from"],
            name="Lương hưu",
            **doing.told(),
        )


class SchoolForm(Until):
    """At school, or no longer."""

    studying = select(_("Đang học liên tục"), YES_NO)


class School(Event):
    """Somebody is enrolled, or leaves school (đi học)."""

    code = "di-hoc"
    label = _("Đi học, thôi học")
    help = _("Với người từ 16 tuổi đang hưởng trợ cấp trẻ em, và con của người đơn thân.")
    basis = "Điều 5 Nghị định 335/2026/NĐ-CP"
    paper = "Giấy xác nhận của nhà trường"
    form = SchoolForm

    def perform(self, doing: Doing) -> None:
        """Write whether they study."""
        said = doing.said
        registry.record_facts(
            person=doing.person,
            facts={"studying": said["studying"] == "1"},
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
            name="Đi học",
            **doing.told(),
        )


class ConfidentialForm(Since):
    """A fact that is kept secret."""

    fact = select(
        _("Dữ kiện"),
        [(fact.name, fact.label) for fact in vocabulary().values() if fact.privacy == "secret"],
    )
    value = select(_("Giá trị"), YES_NO)


class Confidential(Event):
    """A confirmation of what is kept secret: its name stands in no address, list or trail (giữ kín)."""

    code = "giu-kin"
    label = _("Dữ kiện giữ kín")
    help = _("Chỉ hiện ở trang chi tiết nhạy cảm, cho người có quyền và có ghi lý do xem.")
    basis = "Luật Phòng, chống HIV/AIDS 2006; Luật Bảo vệ dữ liệu cá nhân 2025"
    paper = "Phiếu kết quả xét nghiệm"
    form = ConfidentialForm
    rights = (Right.KEEP_REGISTER, Right.SEE_SENSITIVE)

    def perform(self, doing: Doing) -> None:
        """Write it where secrets are kept."""
        said = doing.said
        registry.record_facts(
            person=doing.person,
            facts={said["fact"]: said["value"] == "1"},
            valid_from=said["valid_from"],
            name="Dữ kiện giữ kín",
            **doing.told(),
        )
