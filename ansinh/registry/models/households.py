"""Households, where they lived, who belonged to them (hộ, nơi cư trú, thành viên)."""

from __future__ import annotations

from django.db import models
from django.db.models import F

from ansinh.db import constraints
from ansinh.geography.models import Unit
from ansinh.registry.models.dated import LOOSE, OVERLAP, SPAN, TOLD, in_order, private, valid_days
from ansinh.registry.models.people import Person
from ansinh.registry.models.sources import Source


class Household(models.Model):
    """People who live as one household (hộ gia đình)."""

    source = models.ForeignKey(Source, verbose_name="nguồn", **LOOSE)
    code = models.TextField("mã hộ", db_collation="C")

    privacy = private("code")

    class Meta:
        verbose_name = "hộ"
        constraints = [models.UniqueConstraint(fields=("code",), name="one_household_per_code")]

    def __str__(self) -> str:
        return self.code


class HouseholdResidence(models.Model):
    """Where a household was registered during some days (nơi cư trú của hộ)."""

    household = models.ForeignKey(Household, verbose_name="hộ", **LOOSE)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name="đơn vị")
    source = models.ForeignKey(Source, verbose_name="nguồn", **LOOSE)
    recorded_at = models.DateTimeField("ghi lúc")
    superseded_at = models.DateTimeField("thay lúc", null=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    valid = valid_days()
    village = models.TextField("thôn, tổ dân phố", blank=True)

    privacy = private("household", "unit", "valid", "village", *SPAN, public=TOLD)

    class Meta:
        verbose_name = "nơi cư trú của hộ"
        constraints = in_order("residence")
        indexes = [
            models.Index(F("household"), name="residence_by_household"),
            # With the household: between which ids a unit's households lie is read off its ends.
            models.Index(F("unit"), F("household"), name="residence_of_unit"),
        ]


class Member(models.Model):
    """That a person belonged to a household during some days (thành viên hộ)."""

    class Role(models.IntegerChoices):
        """What a member is to the head of the household."""

        HEAD = 1, "chủ hộ"
        SPOUSE = 2, "vợ, chồng"
        CHILD = 3, "con"
        PARENT = 4, "cha, mẹ"
        GRANDCHILD = 5, "cháu"
        RELATIVE = 6, "người thân khác"
        TAKEN_IN = 7, "người được nhận chăm sóc, nuôi dưỡng"

    person = models.ForeignKey(Person, verbose_name="người", **LOOSE)
    household = models.ForeignKey(Household, verbose_name="hộ", **LOOSE)
    source = models.ForeignKey(Source, verbose_name="nguồn", **LOOSE)
    recorded_at = models.DateTimeField("ghi lúc")
    superseded_at = models.DateTimeField("thay lúc", null=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    role = models.SmallIntegerField("quan hệ với chủ hộ", choices=Role.choices)
    valid = valid_days()

    privacy = private("person", "household", "role", "valid", *SPAN, public=TOLD)

    class Meta:
        verbose_name = "thành viên hộ"
        constraints = in_order("member")
        indexes = [
            models.Index(F("person"), name="member_by_person"),
            models.Index(F("household"), F("person"), name="member_by_household"),
        ]


constraints.say(
    "one_household_at_a_time",
    message="Trong cùng một ngày, một người chỉ thuộc một hộ.",
    remedy=OVERLAP,
)
constraints.say(
    "one_residence_at_a_time",
    message="Trong cùng một ngày, một hộ chỉ cư trú ở một nơi.",
    remedy=OVERLAP,
)
