"""Persons, their deaths, what they are to each other (người, chết, quan hệ)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right as Last

from ansinh.db import constraints
from ansinh.registry.models.dated import CURRENT, LOOSE, OVERLAP, SPAN, TOLD, in_order, private, valid_days
from ansinh.registry.models.sources import Document, Source


class Sounding(models.Func):
    """How a folded name sounds: i and y, l and n, s and x are one, h is not heard (`sounding` of `0010`)."""

    function = "sounding"
    output_field = models.TextField()


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

    privacy = private(
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
            models.Index("folded", "born", name="person_by_folded_name"),
            models.Index("given_folded", "born", name="person_by_given_name"),
            # A name written as it is heard is found by how it sounds.
            models.Index(Sounding("folded"), "born", name="person_by_sound"),
            models.Index(F("born"), name="person_by_birth"),
            models.Index(F("old_number"), name="person_by_old_number", condition=Q(old_number__isnull=False)),
            # A number mistyped in its first half is found by its second.
            models.Index(
                Last("number", 6), name="person_by_end_of_number", condition=Q(number__isnull=False)
            ),
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

    privacy = private("person", "document", "died_on", public=TOLD)

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
    valid = valid_days()

    privacy = private("person", "other", "kind", "valid", *SPAN, public=TOLD)

    class Meta:
        verbose_name = "quan hệ"
        constraints = [
            *in_order("relation"),
            models.CheckConstraint(name="nobody_is_their_own_relative", condition=~Q(person=F("other"))),
        ]
        indexes = [
            models.Index(F("person"), F("kind"), name="relation_by_person"),
            models.Index(F("other"), F("kind"), name="relation_by_other"),
        ]


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
    "relations_never_overlap",
    message="Quan hệ này đã được ghi cho những ngày đó, hoặc người này đã có cha, mẹ, vợ hoặc chồng khác.",
    remedy=OVERLAP,
)
