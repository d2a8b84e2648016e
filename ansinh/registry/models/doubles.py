"""Finding people, and telling them apart: where each one is, pairs in doubt, files merged (trùng, gộp)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ansinh.accounts.models import User
from ansinh.db import constraints
from ansinh.geography.models import Unit
from ansinh.registry.models.dated import CURRENT, LOOSE, private
from ansinh.registry.models.people import Person
from ansinh.registry.models.sources import Source


class Whereabouts(models.Model):
    """Where somebody is registered from a day until they are elsewhere, with their name to search by (nơi ở).

    Derived from members, residences and persons, and kept by triggers alone (migration `0005`): the
    application only reads it. Whoever left a household for nowhere, or died, is still where they were last.
    """

    person = models.ForeignKey(Person, verbose_name="người", **LOOSE)
    unit = models.ForeignKey(Unit, verbose_name="nơi đăng ký", **LOOSE)
    since = models.DateField("từ ngày")
    until = models.DateField("đến trước ngày", null=True)
    born = models.DateField("ngày sinh", null=True)
    folded = models.TextField("họ tên không dấu", db_collation="C")
    given_folded = models.TextField("tên không dấu", db_collation="C")
    # Both numbers, with a space between: any part of them can be looked for.
    digits = models.TextField("các số", db_collation="C")
    village = models.TextField("thôn, tổ dân phố")

    privacy = private(
        "person", "unit", "since", "until", "born", "folded", "given_folded", "digits", "village"
    )
    privacy.pop("source")

    class Meta:
        verbose_name = "nơi ở"
        constraints = [models.UniqueConstraint(fields=("person", "since"), name="somebody_is_in_one_place")]
        indexes = [
            # All that a search asks for, so that the table itself is not read.
            models.Index(
                "unit",
                "folded",
                "person",
                name="whereabouts_by_name",
                include=("born", "digits", "since", "until"),
            ),
            models.Index("unit", "given_folded", "folded", "person", name="whereabouts_by_given_name"),
            # Who left a place since a day, without a walk through everybody.
            models.Index("until", "person", name="whereabouts_left", condition=Q(until__isnull=False)),
        ]


class Double(models.Model):
    """Two persons of the register who may be one (cặp nghi trùng).

    Where it stands by now: waiting, merged, or not the same, which is remembered and never proposed again
    unless it is taken back; or proposed by an officer who withdrew that: it waits with nobody until it is
    found. What was said of it, one `Opinion` after another, is never changed.
    """

    class Status(models.TextChoices):
        """What became of the doubt."""

        OPEN = "OPEN", "chờ xem"
        MERGED = "MERGED", "đã gộp"
        DIFFERENT = "DIFFERENT", "hai người khác nhau"
        WITHDRAWN = "WITHDRAWN", "đã rút đề nghị"

    # The one with the smaller number first, so that a pair is there once.
    first = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False, verbose_name="người")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="người kia")
    # Whose queue it is in: the commune of both, else their province; none: the country's, of two provinces.
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="đơn vị xem"
    )
    points = models.SmallIntegerField("điểm")
    # Codes of `queries.reasons.REASONS`.
    reasons = models.JSONField("căn cứ", default=list)
    found_at = models.DateTimeField("tìm thấy lúc")
    status = models.TextField("tình trạng", choices=Status.choices, default=Status.OPEN)
    decided_at = models.DateTimeField("quyết lúc", null=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="người quyết"
    )
    why = models.TextField("lý do", blank=True)

    privacy = private(
        "first",
        "second",
        "reasons",
        "decided_by",
        "why",
        public=("unit", "points", "found_at", "status", "decided_at"),
    )
    privacy.pop("source")

    class Meta:
        verbose_name = "cặp nghi trùng"
        constraints = [
            models.UniqueConstraint(fields=("first", "second"), name="a_pair_is_in_doubt_once"),
            models.CheckConstraint(name="a_pair_is_two_people", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="a_pair_is_decided_by_somebody",
                condition=Q(status__in=("OPEN", "WITHDRAWN"), decided_by__isnull=True)
                | Q(status__in=("MERGED", "DIFFERENT"), decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                F("unit"), F("points").desc(), F("id"), name="double_by_queue", condition=Q(status="OPEN")
            ),
            models.Index(
                F("unit"),
                F("decided_at").desc(),
                F("id").desc(),
                name="double_different_by_unit",
                condition=Q(status="DIFFERENT"),
            ),
        ]


class Opinion(models.Model):
    """What an officer said of a pair: who, when, why (ý kiến về một cặp). Never changed."""

    class Kind(models.TextChoices):
        """What was said."""

        PROPOSED = "PROPOSED", "đề nghị xem có phải một người"
        WITHDRAWN = "WITHDRAWN", "rút đề nghị"
        MERGED = "MERGED", "một người: gộp hồ sơ"
        SPLIT = "SPLIT", "huỷ gộp"
        DIFFERENT = "DIFFERENT", "hai người khác nhau"
        TAKEN_BACK = "TAKEN_BACK", "rút lại lời “hai người khác nhau”"

    JUDGING = (Kind.MERGED, Kind.SPLIT, Kind.DIFFERENT, Kind.TAKEN_BACK)
    """What only who decides about a pair says."""

    pair = models.ForeignKey(Double, models.PROTECT, related_name="+", verbose_name="cặp")
    kind = models.TextField("ý kiến", choices=Kind.choices)
    reason = models.TextField("lý do", blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name="người cho ý kiến"
    )
    at = models.DateTimeField("lúc")

    privacy = private("reason", "by", public=("pair", "kind", "at"))
    privacy.pop("source")

    class Meta:
        verbose_name = "ý kiến về một cặp"
        constraints = [
            models.CheckConstraint(
                name="opinion_known",
                condition=Q(kind__in=("PROPOSED", "WITHDRAWN", "MERGED", "SPLIT", "DIFFERENT", "TAKEN_BACK")),
            )
        ]


class Merge(models.Model):
    """That two files were one person's: which is kept, from which instant, until undone (gộp hồ sơ).

    Everything the merge wrote bears its source; everything it superseded, its instant.
    """

    kept = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="hồ sơ giữ lại")
    gone = models.ForeignKey(
        Person, models.PROTECT, related_name="+", db_index=False, verbose_name="hồ sơ gộp vào"
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", db_index=False, verbose_name="nguồn")
    recorded_at = models.DateTimeField("ghi lúc")
    superseded_at = models.DateTimeField("huỷ lúc", null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name="người gộp")
    reason = models.TextField("lý do gộp")
    undone_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="người huỷ"
    )
    undone_reason = models.TextField("lý do huỷ", blank=True)
    # The numbers that went over to the kept file.
    moved = models.JSONField("số chuyển sang", default=dict)

    privacy = private(
        "kept",
        "gone",
        "by",
        "reason",
        "undone_by",
        "undone_reason",
        "moved",
        public=("recorded_at", "superseded_at"),
    )

    class Meta:
        verbose_name = "gộp hồ sơ"
        constraints = [
            models.UniqueConstraint(fields=("gone",), condition=CURRENT, name="nobody_is_merged_twice"),
            models.CheckConstraint(name="a_merge_is_of_two", condition=~Q(kept=F("gone"))),
            models.CheckConstraint(
                name="a_merge_is_undone_by_somebody",
                condition=Q(superseded_at__isnull=True, undone_by__isnull=True)
                | Q(superseded_at__isnull=False, undone_by__isnull=False),
            ),
        ]


constraints.say(
    "nobody_is_merged_twice",
    message="Hồ sơ này đã được gộp vào một hồ sơ khác.",
    remedy="Mở hồ sơ giữ lại, hoặc huỷ lần gộp trước.",
)
