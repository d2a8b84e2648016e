"""Policies tried on the register, with what was found (mô phỏng)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ansinh.accounts.models import User
from ansinh.db.progress import State
from ansinh.geography.models import Unit


class Simulation(models.Model):
    """A draft put beside the law in force for a month of a unit, or of the country (mô phỏng chính sách).

    `figures` counts people and đồng, never names anybody. One with a name is kept.
    """

    State = State

    # None: the whole country.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, verbose_name="đơn vị")
    month = models.DateField("tháng")
    name = models.TextField("tên", blank=True)
    # How it was asked: a new standard alone, or a draft instrument; `draft` holds the text of both.
    standard_vnd = models.BigIntegerField("mức chuẩn mới", null=True)
    draft = models.TextField("văn bản dự thảo")
    # Facts are read from the register for this simulation, also if they were read today already.
    fresh = models.BooleanField("đọc lại sổ", default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name="người chạy")
    asked_at = models.DateTimeField("lúc yêu cầu")
    state = models.TextField("tình trạng", choices=State.choices, default=State.WAITING)
    step = models.TextField("bước", blank=True)
    done = models.IntegerField("đã làm", default=0)
    steps = models.IntegerField("số bước", default=0)
    told_at = models.DateTimeField("cập nhật lúc", null=True)
    message = models.TextField("kết quả", blank=True)
    basis = models.TextField("căn cứ", blank=True)
    remedy = models.TextField("cách xử lý", blank=True)
    known_at = models.DateTimeField("dữ liệu như biết lúc", null=True)
    release_before = models.TextField("bản luật hiện hành", blank=True)
    release_after = models.TextField("bản luật có dự thảo", blank=True)
    figures = models.JSONField("kết quả so sánh", null=True)

    class Meta:
        verbose_name = "mô phỏng"
        indexes = [models.Index(F("unit"), F("id").desc(), name="simulation_by_unit")]
        constraints = [
            models.CheckConstraint(name="simulated_month_is_a_first", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="finished_simulation_has_figures",
                condition=~Q(state="DONE") | Q(figures__isnull=False, known_at__isnull=False),
            ),
        ]
