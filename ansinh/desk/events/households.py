"""Moves, and what happens to households (chuyển nơi ở, việc của hộ)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ansinh.desk.events.kinds import (
    CONTROL,
    Doing,
    Event,
    Since,
    household_of,
    many,
    select,
)
from ansinh.desk.queries import people
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry.models import Household, Member, Person

ROLES = [(str(role.value), role.label) for role in Member.Role if role != Member.Role.HEAD]


class MoveForm(Since):
    """Who moves where."""

    commune = forms.CharField(
        label=_("Chuyển đến xã, phường"),
        help_text=_("Tên hoặc mã; để trống nếu chuyển trong xã."),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs=CONTROL),
    )
    village = forms.CharField(
        label=_("Thôn, tổ dân phố"), required=False, max_length=80, widget=forms.TextInput(attrs=CONTROL)
    )
    who = many(_("Ai chuyển đi"), help_text=_("Đánh dấu mọi người nếu cả hộ chuyển."))

    def prepare(self) -> None:
        """Offer the household, all of it marked."""
        home = household_of(self.person, self.on)
        self.offer("who", home)
        self.fields["who"].initial = [str(one.pk) for one in home]

    def clean_commune(self) -> Unit | None:
        """Find the commune by code or by name: the officer's own province first."""
        text = self.cleaned_data["commune"].strip()
        if not text:
            return None
        own = geography.standing(self.user.unit, on=self.on).province if self.user.unit else None
        for within in (own, None):
            found = list(geography.search(text, on=self.on, level=Level.COMMUNE, within=within)[:8])
            exact = [unit for unit in found if text in (unit.code, unit.name, unit.full_name)]
            if len(exact or found) == 1:
                return (exact or found)[0]
            if found:
                names = "; ".join(f"{unit.full_name} (mã {unit.code})" for unit in found)
                raise forms.ValidationError(
                    gettext("Có nhiều nơi tên như vậy, ghi mã: {names}").format(names=names)
                )
        raise forms.ValidationError(_("Không có xã, phường nào tên hoặc mã như vậy."))


class Move(Event):
    """A household, or some of it, moves (chuyển nơi ở)."""

    code = "chuyen-noi-o"
    label = _("Chuyển nơi ở")
    help = _(
        "Trong xã hoặc sang xã khác. Từ ngày chuyển, xã mới giữ hồ sơ; "
        "quyết định và khoản đã chi của xã cũ còn nguyên."
    )
    basis = "Luật Cư trú 2020"
    paper = "Thông báo kết quả giải quyết đăng ký cư trú"
    form = MoveForm

    def perform(self, doing: Doing) -> None:
        """Write the move of the household, or of those who leave it."""
        said = doing.said
        going = _people(said["who"])
        household = doing.household(said["valid_from"])
        unit = said["commune"] or people.home_unit(doing.person, on=said["valid_from"])
        staying = {one.pk for one in household_of(doing.person, said["valid_from"])} - {
            one.pk for one in going
        }
        if unit is None or unit.level != Level.COMMUNE:
            raise Refusal(gettext("Chưa biết xã đang ở."), remedy=gettext("Ghi xã, phường chuyển đến."))
        where: dict[str, Any] = {
            "unit": unit,
            "village": said["village"],
            "valid_from": said["valid_from"],
        }
        if staying:
            registry.move_people(people=going, **where, **doing.told())
        else:
            registry.move_household(household=household, about=doing.person, **where, **doing.told())


class SplitForm(Since):
    """Who leaves the household, and who is their head."""

    who = many(_("Ai tách ra"))
    head = select(_("Chủ hộ mới"))

    def prepare(self) -> None:
        """Offer the household."""
        home = household_of(self.person, self.on)
        self.offer("who", home)
        self.offer("head", home)


class Split(Event):
    """People of a household form one of their own (tách hộ)."""

    code = "tach-ho"
    label = _("Tách hộ")
    help = _("Hộ mới ở cùng nơi và giữ kết quả rà soát hộ nghèo đã ghi, cho đến khi rà soát lại.")
    basis = "Luật Cư trú 2020"
    paper = "Thông báo kết quả giải quyết đăng ký cư trú"
    form = SplitForm

    def perform(self, doing: Doing) -> None:
        """Write the new household."""
        said = doing.said
        registry.move_people(
            people=_people(said["who"]),
            head=Person.objects.get(pk=int(said["head"])),
            valid_from=said["valid_from"],
            **doing.told(),
        )


class IntoForm(Since):
    """Another household of the territory, by its code."""

    code = forms.CharField(
        label=_("Mã hộ nhận"),
        help_text=_("Mã ghi ở hồ sơ của một người trong hộ đó."),
        max_length=80,
        widget=forms.TextInput(attrs=CONTROL),
    )

    def clean_code(self) -> Household:
        """Find the household; one outside the territory looks as if there were none."""
        found = Household.objects.filter(code=self.cleaned_data["code"].strip()).first()
        rows = Member.objects.filter(household=found, superseded_at=None) if found else Member.objects.none()
        if found is None or not people.seen(
            self.user, list(rows.values_list("person", flat=True)), on=self.on
        ):
            raise forms.ValidationError(_("Không có hộ nào mang mã này trong địa bàn."))
        return found


class JoinForm(IntoForm):
    """What somebody is in the household they join."""

    role = select(_("Quan hệ với chủ hộ"), ROLES)


class Join(Event):
    """Somebody leaves their household for another (nhập vào hộ khác)."""

    code = "vao-ho"
    label = _("Vào hộ khác")
    help = _("Một người rời hộ đang ở và vào một hộ khác trong địa bàn.")
    basis = "Luật Cư trú 2020"
    paper = "Thông báo kết quả giải quyết đăng ký cư trú"
    form = JoinForm

    def perform(self, doing: Doing) -> None:
        """Write the membership."""
        said = doing.said
        registry.join_household(
            person=doing.person,
            household=said["code"],
            role=int(said["role"]),
            valid_from=said["valid_from"],
            **doing.told(),
        )


class Merge(Event):
    """A whole household joins another (nhập hộ)."""

    code = "nhap-ho"
    label = _("Nhập cả hộ vào hộ khác")
    help = _("Mọi người của hộ này thuộc hộ kia từ ngày ghi.")
    basis = "Luật Cư trú 2020"
    paper = "Thông báo kết quả giải quyết đăng ký cư trú"
    form = IntoForm

    def perform(self, doing: Doing) -> None:
        """Write the memberships."""
        said = doing.said
        registry.merge_households(
            household=doing.household(said["valid_from"]),
            into=said["code"],
            valid_from=said["valid_from"],
            about=doing.person,
            **doing.told(),
        )


class HeadForm(Since):
    """Who is head, and what the one before is now."""

    head = select(_("Chủ hộ mới"))
    old = select(_("Chủ hộ cũ là gì của chủ hộ mới"), ROLES)

    def prepare(self) -> None:
        """Offer the household."""
        self.offer("head", household_of(self.person, self.on))


class Head(Event):
    """The head of the household changes (đổi chủ hộ)."""

    code = "chu-ho"
    label = _("Đổi chủ hộ")
    help = _("Quan hệ của những người khác giữ nguyên; sửa sau nếu cần.")
    basis = "Luật Cư trú 2020"
    paper = "Thông báo kết quả giải quyết đăng ký cư trú"
    form = HeadForm

    def perform(self, doing: Doing) -> None:
        """Write both roles."""
        said = doing.said
        registry.change_head(
            household=doing.household(said["valid_from"]),
            head=Person.objects.get(pk=int(said["head"])),
            old_head_becomes=int(said["old"]),
            valid_from=said["valid_from"],
            **doing.told(),
        )


def _people(keys: Any) -> list[Person]:
    return list(Person.objects.filter(pk__in=[int(key) for key in keys]).order_by("pk"))
