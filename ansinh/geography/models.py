"""Units, what became of them, and where their people stand on a day (đơn vị hành chính)."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from ansinh.db.periods import never_empty, never_twice


class Level(models.TextChoices):
    """The levels of government; the length of a unit's code tells its level (cấp hành chính)."""

    PROVINCE = "PROVINCE", "cấp tỉnh"
    DISTRICT = "DISTRICT", "cấp huyện"
    COMMUNE = "COMMUNE", "cấp xã"


class Unit(models.Model):
    """A unit under one name and kind, for as long as it bore them (đơn vị hành chính).

    Codes are text and are used again (15 was Yên Bái, now it is Lào Cai): what names a unit is its code *and*
    a day. A merger, a new name or a new kind makes a new row. What a unit belongs to is no column, for that
    changes while the unit stays (its province becomes a city): `Standing` tells it for every day.
    """

    code = models.TextField("mã")
    # 1 = the first row that bore this code, 2 = the second, …; with the code the natural key.
    version = models.SmallIntegerField("lần dùng mã")
    level = models.TextField("cấp", choices=Level.choices)
    # Tỉnh, Thành phố, Quận, Huyện, Thị xã, Xã, Phường, Thị trấn, Đặc khu
    kind = models.TextField("loại")
    # Without the kind, in NFC.
    name = models.TextField("tên")
    # Kind and name, folded for search.
    folded = models.TextField("tên không dấu")
    # Half-open. No start: it stood before 1/7/2025, since when is not recorded.
    valid = DateRangeField("hiệu lực")
    legal_basis = models.TextField("căn cứ", blank=True)

    class Meta:
        verbose_name = "đơn vị hành chính"
        constraints = [
            models.UniqueConstraint(fields=("code", "version"), name="unit_version_once_per_code"),
            # Checked at the end of a statement, so that a corrected day can move two neighbours at once.
            ExclusionConstraint(
                name="one_unit_per_code_and_day",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            never_empty("valid", name="unit_valid_on_some_day"),
            models.CheckConstraint(
                condition=(
                    models.Q(level=Level.PROVINCE, code__regex="^[0-9]{2}$")
                    | models.Q(level=Level.DISTRICT, code__regex="^[0-9]{3}$")
                    | models.Q(level=Level.COMMUNE, code__regex="^[0-9]{5}$")
                ),
                name="code_length_tells_the_level",
            ),
        ]
        indexes = [GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="unit_folded_trgm")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Kind and name: "Phường Ba Đình"."""
        return f"{self.kind} {self.name}"


class UnitChange(models.Model):
    """What one unit gave to another, or became, on a day (thay đổi đơn vị hành chính)."""

    class Kind(models.TextChoices):
        """How much of the old unit went to the new one, with whom."""

        WHOLE = "WHOLE", "toàn bộ"
        PART = "PART", "một phần diện tích và dân số"
        PEOPLE = "PEOPLE", "một phần diện tích, toàn bộ dân số"
        AREA = "AREA", "một phần diện tích, không có dân"
        RENAME = "RENAME", "đổi tên"
        KIND = "KIND", "đổi loại hình"

    old = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị cũ")
    new = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị mới")
    on_date = models.DateField("từ ngày")
    kind = models.TextField("cách thay đổi", choices=Kind.choices)
    # False: which unit got what (or, for RENAME and KIND, from which day) is in doubt.
    confirmed = models.BooleanField("đã xác nhận")
    legal_basis = models.TextField("căn cứ", blank=True)

    class Meta:
        verbose_name = "thay đổi đơn vị hành chính"
        constraints = [models.UniqueConstraint(fields=("old", "new"), name="one_change_from_unit_to_unit")]


class Standing(models.Model):
    """Where the people registered at a unit stand during some days (nơi thuộc về).

    `unit` is the row at which they are registered, standing or long merged; `commune`, `district`, `province`
    are rows valid on every day of `valid`. No commune: they are registered above it, or their commune was
    divided, and each must say where they live now. Days before a unit began have no row.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="nơi đăng ký")
    valid = DateRangeField("trong thời gian")
    commune = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, verbose_name="xã")
    district = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, verbose_name="huyện")
    province = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, verbose_name="tỉnh")
    # The province until 30/6/2025, for resolutions that outlived a merger; none if there were several.
    former_province = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, verbose_name="tỉnh trước 1/7/2025"
    )

    class Meta:
        verbose_name = "nơi thuộc về"
        constraints = [
            never_twice("one_standing_per_unit_and_day", same=("unit",)),
            never_empty("valid", name="standing_on_some_day"),
        ]
