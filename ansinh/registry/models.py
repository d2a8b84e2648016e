"""Persons, households, what ties them, and the dated facts the law asks about (đối tượng, hộ, dữ kiện).

Two times in every dated row: `valid_from` … `valid_to` (half-open; no end: still so) is when it was true;
`recorded_at` … `superseded_at` is when the register said so. Rows are never changed: a correction supersedes
the row and writes another. Triggers (migration `0002`) keep what no constraint can: that nothing overlaps,
that rows stand, and, set-based instead of row by row, that keys without a constraint of their own exist.

Big tables put long columns first, so that rows pack tightly.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q

from ansinh.accounts.models import User
from ansinh.db import constraints
from ansinh.geography.models import Unit

CURRENT = Q(superseded_at__isnull=True)


class Privacy(StrEnum):
    """How a field is protected (Law 91/2025/QH15 on personal data)."""

    PUBLIC = "PUBLIC"
    PERSONAL = "PERSONAL"
    SENSITIVE = "SENSITIVE"


# A key checked by the table's trigger, once a statement: a constraint's check, row by row, is too slow for
# tens of millions. What it points to is never deleted: the application may not.
LOOSE: dict[str, Any] = {
    "on_delete": models.PROTECT,
    "related_name": "+",
    "db_constraint": False,
    "db_index": False,
}


def _private(
    *personal: str, public: tuple[str, ...] = (), sensitive: tuple[str, ...] = ()
) -> dict[str, Privacy]:
    """Say how private a model's fields are; its own number and source are public."""
    said = dict.fromkeys(("id", "source", *public), Privacy.PUBLIC)
    return {
        **said,
        **dict.fromkeys(personal, Privacy.PERSONAL),
        **dict.fromkeys(sensitive, Privacy.SENSITIVE),
    }


_TOLD = ("recorded_at", "superseded_at")
_SPAN = ("valid_from", "valid_to")


def _valid() -> models.GeneratedField:
    """The days of a row as one range, for joins on periods."""
    return models.GeneratedField(
        expression=Func(F("valid_from"), F("valid_to"), function="daterange"),
        output_field=DateRangeField(),
        db_persist=True,
    )


def _in_order(name: str) -> list[models.BaseConstraint]:
    """A span has a day; nothing is superseded before it was recorded."""
    return [
        models.CheckConstraint(
            name=f"{name}_ends_after_it_begins",
            condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
        ),
        models.CheckConstraint(
            name=f"{name}_superseded_after_recorded",
            condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
        ),
    ]


class Source(models.Model):
    """Where rows came from: a load, an import, a screen (nguồn dữ liệu)."""

    class Kind(models.TextChoices):
        """How data come in."""

        LOAD = "LOAD", "nạp từ thư mục"
        IMPORT = "IMPORT", "nhập từ bảng tính"
        SCREEN = "SCREEN", "nhập tại màn hình"

    kind = models.TextField("cách nhập", choices=Kind.choices)
    name = models.TextField("tên")
    # Of the files of a load: the same directory again changes nothing.
    sha256 = models.TextField("mã băm", null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="người nhập")
    at = models.DateTimeField("lúc")
    # How many rows of each file, and how many warnings.
    counts = models.JSONField("số dòng", default=dict)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "sha256": Privacy.PUBLIC,
        "by": Privacy.PERSONAL,
        "at": Privacy.PUBLIC,
        "counts": Privacy.PUBLIC,
    }

    class Meta:
        verbose_name = "nguồn dữ liệu"
        constraints = [
            models.UniqueConstraint(
                fields=("sha256",), condition=Q(sha256__isnull=False), name="one_source_per_content"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A paper that proves a fact (giấy tờ)."""

    kind = models.TextField("loại giấy tờ")
    number = models.TextField("số", blank=True)
    issuer = models.TextField("nơi cấp", blank=True)
    issued_on = models.DateField("ngày cấp", null=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PERSONAL,
        "number": Privacy.PERSONAL,
        "issuer": Privacy.PERSONAL,
        "issued_on": Privacy.PERSONAL,
    }

    class Meta:
        verbose_name = "giấy tờ"

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.number) if part)


class Person(models.Model):
    """A human being the register knows (người, đối tượng)."""

    class Sex(models.TextChoices):
        """As declared."""

        FEMALE = "F", "Nữ"
        MALE = "M", "Nam"

    class Precision(models.TextChoices):
        """How much of the birth date is known."""

        DAY = "D", "ngày"
        MONTH = "M", "tháng"
        YEAR = "Y", "năm"

    source = models.ForeignKey(Source, verbose_name="nguồn", **LOOSE)
    # The first possible day: 1945-01-01 with precision Y is "some day of 1945". None: not even the year.
    born = models.DateField("ngày sinh", null=True)
    born_precision = models.CharField("mức chính xác", max_length=1, choices=Precision.choices, null=True)
    sex = models.CharField("giới tính", max_length=1, choices=Sex.choices)
    # The key under which the person was loaded: the same in every database, for those without a number.
    key = models.TextField("khoá", db_collation="C")
    number = models.TextField("số định danh", null=True, db_collation="C")
    old_number = models.TextField("số CMND cũ", null=True, db_collation="C")
    name = models.TextField("họ và tên")
    folded = models.TextField("họ tên không dấu", db_collation="C")
    given_folded = models.TextField("tên không dấu", db_collation="C")
    # Under COLLATE "C": by given name, then full name, as Vietnamese lists are sorted.
    sort_key = models.TextField("khoá sắp xếp", db_collation="C")
    ethnicity = models.TextField("dân tộc", blank=True)
    phone = models.TextField("điện thoại", blank=True)

    privacy = _private(
        "born",
        "born_precision",
        "sex",
        "key",
        "number",
        "old_number",
        "name",
        "folded",
        "given_folded",
        "sort_key",
        "phone",
        sensitive=("ethnicity",),
    )

    class Meta:
        verbose_name = "người"
        constraints = [
            models.UniqueConstraint(fields=("key",), name="one_person_per_key"),
            models.UniqueConstraint(fields=("number",), name="one_person_per_number"),
            models.CheckConstraint(name="number_has_twelve_digits", condition=Q(number__regex="^[0-9]{12}$")),
            models.CheckConstraint(
                name="old_number_has_nine_digits", condition=Q(old_number__regex="^[0-9]{9}$")
            ),
            models.CheckConstraint(name="sex_is_f_or_m", condition=Q(sex__in=("F", "M"))),
            models.CheckConstraint(
                name="birth_is_the_first_possible_day",
                condition=Q(born__isnull=True, born_precision__isnull=True)
                | Q(born__isnull=False, born_precision="D")
                | Q(born__day=1, born_precision="M")
                | Q(born__day=1, born__month=1, born_precision="Y"),
            ),
        ]
        indexes = [
            models.Index(F("folded"), name="person_by_folded_name"),
            models.Index(F("given_folded"), name="person_by_given_name"),
            models.Index(F("born"), name="person_by_birth"),
            models.Index(F("old_number"), name="person_by_old_number", condition=Q(old_number__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class Death(models.Model):
    """That a person has died, and when (chết)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False, verbose_name="người")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", db_index=False, verbose_name="nguồn")
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", db_index=False, null=True, verbose_name="giấy tờ"
    )
    recorded_at = models.DateTimeField("ghi lúc")
    superseded_at = models.DateTimeField("thay lúc", null=True)
    died_on = models.DateField("chết ngày")

    privacy = _private("person", "document", "died_on", public=_TOLD)

    class Meta:
        verbose_name = "chết"
        constraints = [
            models.UniqueConstraint(fields=("person",), condition=CURRENT, name="nobody_dies_twice"),
            models.CheckConstraint(
                name="death_superseded_after_recorded",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        ]
        indexes = [
            models.Index(F("person"), name="death_by_person"),
            models.Index(F("died_on"), name="death_by_day"),
        ]


class Household(models.Model):
    """People who live as one household (hộ gia đình)."""

    source = models.ForeignKey(Source, verbose_name="nguồn", **LOOSE)
    code = models.TextField("mã hộ", db_collation="C")

    privacy = _private("code")

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
    valid = _valid()
    village = models.TextField("thôn, tổ dân phố", blank=True)

    privacy = _private("household", "unit", "valid", "village", *_SPAN, public=_TOLD)

    class Meta:
        verbose_name = "nơi cư trú của hộ"
        constraints = _in_order("residence")
        indexes = [
            models.Index(F("household"), name="residence_by_household"),
            models.Index(F("unit"), name="residence_by_unit"),
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
    valid = _valid()

    privacy = _private("person", "household", "role", "valid", *_SPAN, public=_TOLD)

    class Meta:
        verbose_name = "thành viên hộ"
        constraints = _in_order("member")
        indexes = [
            models.Index(F("person"), name="member_by_person"),
            models.Index(F("household"), F("person"), name="member_by_household"),
        ]


class Relation(models.Model):
    """What one person is to another (quan hệ).

    `other` is the FATHER of `person`; `person` is RAISED_BY `other`. A marriage is written both ways.
    """

    class Kind(models.IntegerChoices):
        """What `other` is to `person`."""

        FATHER = 1, "cha"
        MOTHER = 2, "mẹ"
        SPOUSE = 3, "vợ, chồng"
        CARER = 4, "người chăm sóc"
        SUPPORTER = 5, "người có nghĩa vụ và quyền phụng dưỡng"
        RAISED_BY = 6, "người nuôi con"

    person = models.ForeignKey(Person, verbose_name="người", **LOOSE)
    other = models.ForeignKey(Person, verbose_name="người kia", **LOOSE)
    source = models.ForeignKey(Source, verbose_name="nguồn", **LOOSE)
    recorded_at = models.DateTimeField("ghi lúc")
    superseded_at = models.DateTimeField("thay lúc", null=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    kind = models.SmallIntegerField("quan hệ", choices=Kind.choices)
    valid = _valid()

    privacy = _private("person", "other", "kind", "valid", *_SPAN, public=_TOLD)

    class Meta:
        verbose_name = "quan hệ"
        constraints = [
            *_in_order("relation"),
            models.CheckConstraint(name="nobody_is_their_own_relative", condition=~Q(person=F("other"))),
        ]
        indexes = [
            models.Index(F("person"), F("kind"), name="relation_by_person"),
            models.Index(F("other"), F("kind"), name="relation_by_other"),
        ]


_OF_A_FACT = ("fact", "value", "document", *_SPAN)


class _Dated(models.Model):
    """A fact of the rulebook's vocabulary, with its days and its time in the register (dữ kiện)."""

    source = models.ForeignKey(Source, verbose_name="nguồn", **LOOSE)
    document = models.ForeignKey(Document, null=True, verbose_name="giấy tờ", **LOOSE)
    recorded_at = models.DateTimeField("ghi lúc")
    superseded_at = models.DateTimeField("thay lúc", null=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    # As the vocabulary stores it: bool 0/1, enum 1, 2, …, set a sum of 1, 2, 4, …, money in đồng.
    value = models.IntegerField("giá trị")
    fact = models.SmallIntegerField("dữ kiện")

    class Meta:
        abstract = True


class Fact(_Dated):
    """Something the law asks about a person (dữ kiện của người)."""

    person = models.ForeignKey(Person, verbose_name="người", **LOOSE)

    privacy = _private("person", public=_TOLD, sensitive=_OF_A_FACT)

    class Meta:
        verbose_name = "dữ kiện"
        constraints = [
            *_in_order("fact"),
            models.CheckConstraint(name="fact_is_never_a_secret_one", condition=~Q(fact=7)),
            models.CheckConstraint(name="fact_value_fits", condition=Q(value__range=(0, 2_000_000_000))),
        ]
        indexes = [
            models.Index(F("person"), F("fact"), F("valid_from"), name="fact_by_person"),
            # Who is in prison (21) or in a facility (24): few, and asked about everybody's relatives.
            models.Index(F("person"), name="fact_of_the_absent", condition=Q(fact__in=(21, 24))),
        ]


class SensitiveFact(_Dated):
    """A fact that betrays an illness or an abuse: HIV (dữ kiện bí mật).

    Read by the frame of facts, which never leaves the database, and by `queries.secrets_of`, which needs the
    right to see what is sensitive; by nothing else.
    """

    person = models.ForeignKey(Person, verbose_name="người", **LOOSE)

    privacy = _private(public=_TOLD, sensitive=("person", *_OF_A_FACT))

    class Meta:
        verbose_name = "dữ kiện bí mật"
        constraints = [
            *_in_order("sensitive_fact"),
            models.CheckConstraint(name="sensitive_fact_is_a_secret_one", condition=Q(fact=7)),
            models.CheckConstraint(
                name="sensitive_fact_value_fits", condition=Q(value__range=(0, 2_000_000_000))
            ),
        ]
        indexes = [models.Index(F("person"), F("fact"), F("valid_from"), name="sensitive_fact_by_person")]


class HouseholdFact(_Dated):
    """Something the law asks about a household (dữ kiện của hộ)."""

    household = models.ForeignKey(Household, verbose_name="hộ", **LOOSE)

    privacy = _private("household", public=_TOLD, sensitive=_OF_A_FACT)

    class Meta:
        verbose_name = "dữ kiện của hộ"
        constraints = [
            *_in_order("household_fact"),
            models.CheckConstraint(
                name="household_fact_value_fits", condition=Q(value__range=(0, 2_000_000_000))
            ),
        ]
        indexes = [
            models.Index(F("household"), F("fact"), F("valid_from"), name="household_fact_by_household")
        ]


_OVERLAP = "Sửa khoảng thời gian, hoặc thay thế thông tin cũ."
constraints.say(
    "one_person_per_number",
    message="Số định danh này đã có trong sổ.",
    basis="Điều 12 Luật Căn cước 2023",
    remedy="Tìm người đó theo số định danh.",
)
constraints.say(
    "number_has_twelve_digits", message="Số định danh phải có đúng 12 chữ số.", remedy="Kiểm tra lại số."
)
constraints.say(
    "old_number_has_nine_digits", message="Số CMND cũ phải có đúng 9 chữ số.", remedy="Kiểm tra lại số."
)
constraints.say(
    "nobody_dies_twice",
    message="Người này đã được ghi là đã chết.",
    remedy="Nếu ghi sai, huỷ việc ghi chết trước khi ghi lại.",
)
constraints.say(
    "facts_never_overlap",
    message="Trong cùng một ngày, một dữ kiện của một người chỉ có một giá trị.",
    remedy=_OVERLAP,
)
constraints.say(
    "household_facts_never_overlap",
    message="Trong cùng một ngày, một dữ kiện của một hộ chỉ có một giá trị.",
    remedy=_OVERLAP,
)
constraints.say(
    "one_household_at_a_time",
    message="Trong cùng một ngày, một người chỉ thuộc một hộ.",
    remedy=_OVERLAP,
)
constraints.say(
    "one_residence_at_a_time",
    message="Trong cùng một ngày, một hộ chỉ cư trú ở một nơi.",
    remedy=_OVERLAP,
)
constraints.say(
    "relations_never_overlap",
    message="Quan hệ này đã được ghi cho những ngày đó, hoặc người này đã có cha, mẹ, vợ hoặc chồng khác.",
    remedy=_OVERLAP,
)
constraints.say(
    "register_rows_stand",
    message="Thông tin đã ghi thì không sửa, chỉ được thay thế một lần.",
    remedy="Ghi thông tin mới thay cho thông tin cũ.",
)
