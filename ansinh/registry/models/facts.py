"""The dated facts the law asks about (dữ kiện), the secret ones in a table of their own."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ansinh.db import constraints
from ansinh.registry.models.dated import LOOSE, OVERLAP, SPAN, TOLD, in_order, private
from ansinh.registry.models.households import Household
from ansinh.registry.models.people import Person
from ansinh.registry.models.sources import Document, Source

_OF_A_FACT = ("fact", "value", "document", *SPAN)


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

    privacy = private("person", public=TOLD, sensitive=_OF_A_FACT)

    class Meta:
        verbose_name = "dữ kiện"
        constraints = [
            *in_order("fact"),
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

    privacy = private(public=TOLD, sensitive=("person", *_OF_A_FACT))

    class Meta:
        verbose_name = "dữ kiện bí mật"
        constraints = [
            *in_order("sensitive_fact"),
            models.CheckConstraint(name="sensitive_fact_is_a_secret_one", condition=Q(fact=7)),
            models.CheckConstraint(
                name="sensitive_fact_value_fits", condition=Q(value__range=(0, 2_000_000_000))
            ),
        ]
        indexes = [models.Index(F("person"), F("fact"), F("valid_from"), name="sensitive_fact_by_person")]


class HouseholdFact(_Dated):
    """Something the law asks about a household (dữ kiện của hộ)."""

    household = models.ForeignKey(Household, verbose_name="hộ", **LOOSE)

    privacy = private("household", public=TOLD, sensitive=_OF_A_FACT)

    class Meta:
        verbose_name = "dữ kiện của hộ"
        constraints = [
            *in_order("household_fact"),
            models.CheckConstraint(
                name="household_fact_value_fits", condition=Q(value__range=(0, 2_000_000_000))
            ),
        ]
        indexes = [
            models.Index(F("household"), F("fact"), F("valid_from"), name="household_fact_by_household")
        ]


constraints.say(
    "facts_never_overlap",
    message="Trong cùng một ngày, một dữ kiện của một người chỉ có một giá trị.",
    remedy=OVERLAP,
)
constraints.say(
    "household_facts_never_overlap",
    message="Trong cùng một ngày, một dữ kiện của một hộ chỉ có một giá trị.",
    remedy=OVERLAP,
)
constraints.say(
    "register_rows_stand",
    message="Thông tin đã ghi thì không sửa, chỉ được thay thế một lần.",
    remedy="Ghi thông tin mới thay cho thông tin cũ.",
)
