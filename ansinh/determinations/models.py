"""What the law answered, when, on which facts and by which release (xác định)."""

from __future__ import annotations

from django.db import models

from ansinh.accounts.models import User
from ansinh.db.periods import first_of_month
from ansinh.geography.models import Unit


class Run(models.Model):
    """One question put to the law: a unit, a month, the facts known at an instant (lần xác định)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    month = models.DateField("tháng hỏi")
    # The day on which the law is asked: later instruments do not exist for it. None: everything loaded.
    asked_on = models.DateField("hỏi vào ngày", null=True)
    # Everything recorded up to this instant was taken into account, nothing later.
    known_at = models.DateTimeField("dữ kiện biết đến lúc")
    release = models.TextField("bản luật")
    facts_hash = models.TextField("mã băm dữ kiện")
    people = models.IntegerField("số người được hỏi")
    entitled = models.IntegerField("số người được hưởng")
    signatures = models.IntegerField("số trường hợp khác nhau")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="người thực hiện")
    at = models.DateTimeField("thực hiện lúc")

    class Meta:
        verbose_name = "lần xác định"
        constraints = [first_of_month("month", name="run_month_is_a_first_day")]
        indexes = [models.Index(fields=["unit", "month", "-known_at"], name="run_by_unit_and_month")]


class Outcome(models.Model):
    """One distinct answer of a run, shared by everyone in the same situation (kết quả)."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name="lần xác định")
    no = models.IntegerField("số thứ tự")
    people = models.IntegerField("số người")
    # Codes of groups met, and of those that cannot be told and could change what is paid; a group in both is
    # met, but only its least amount is certain.
    met = models.JSONField("nhóm đủ điều kiện")
    unknown = models.JSONField("nhóm chưa thể kết luận")

    class Meta:
        verbose_name = "kết quả"
        constraints = [models.UniqueConstraint(fields=["run", "no"], name="outcome_numbered_once_per_run")]


class OutcomeEntitlement(models.Model):
    """What an outcome gives in one exclusion slot (mức được hưởng)."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name="lần xác định")
    no = models.IntegerField("số thứ tự")
    slot = models.TextField("nhóm loại trừ")
    scheme = models.TextField("chế độ")
    category = models.TextField("nhóm đối tượng")
    coefficient = models.DecimalField("hệ số", max_digits=6, decimal_places=2)
    standard_vnd = models.BigIntegerField("mức chuẩn")
    amount_vnd = models.BigIntegerField("mức hưởng")
    payee = models.TextField("người nhận")
    cites = models.JSONField("căn cứ")
    notes = models.JSONField("ghi chú")

    class Meta:
        verbose_name = "mức được hưởng"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "no", "slot"], name="one_entitlement_per_outcome_and_slot"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_vnd=models.F("coefficient") * models.F("standard_vnd")),
                name="amount_is_coefficient_times_standard",
            ),
        ]


class Answer(models.Model):
    """The outcome of one person in one run (kết quả của một người).

    Only of people entitled to something or granted something: whoever was asked (`Run.people`) and has no
    row is entitled to nothing as far as is known. Partitioned by month; its rows are only ever added.
    """

    pk = models.CompositePrimaryKey("month", "run_id", "person_id")
    month = models.DateField("tháng hỏi")
    run_id = models.BigIntegerField("lần xác định")
    person_id = models.BigIntegerField("người")
    no = models.IntegerField("kết quả")

    class Meta:
        managed = False
        db_table = "determinations_answer"
        verbose_name = "kết quả của một người"
