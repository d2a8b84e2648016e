"""Somebody's file asked for by the commune they live in now, and what was answered (chuyển hồ sơ)."""

from __future__ import annotations

from django.db import models
from django.db.models import F

from ansinh.accounts.models import User
from ansinh.db import constraints
from ansinh.geography.models import Unit
from ansinh.registry.models.dated import private
from ansinh.registry.models.people import Person
from ansinh.registry.models.sources import Document


class Transfer(models.Model):
    """A commune asks the one that has somebody's file for it, because they live there now (xin chuyển hồ sơ).

    Never changed; it is open until there is an `Answer`. Of one person a commune has one open request: a
    trigger (migration `0009`) keeps it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False, verbose_name="người")
    holder = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name="nơi giữ hồ sơ"
    )
    to = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name="nơi xin")
    village = models.TextField("thôn, tổ dân phố", blank=True)
    valid_from = models.DateField("cư trú từ ngày")
    reason = models.TextField("lý do")
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", db_index=False, verbose_name="giấy tờ"
    )
    # Who it is, as the asking commune typed it: it knows no more of them. name, born, number.
    said = models.JSONField("đã khai")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name="người xin")
    at = models.DateTimeField("lúc")

    privacy = private(
        "person", "village", "valid_from", "reason", "document", "said", "by", public=("holder", "to", "at")
    )
    privacy.pop("source")

    class Meta:
        verbose_name = "yêu cầu chuyển hồ sơ"
        indexes = [
            models.Index(F("person"), name="transfer_of_person"),
            models.Index(F("holder"), F("id").desc(), name="transfer_by_holder"),
            models.Index(F("to"), F("id").desc(), name="transfer_by_asker"),
        ]


class Answer(models.Model):
    """What became of a request for a file (trả lời yêu cầu chuyển hồ sơ). Never changed."""

    class Kind(models.TextChoices):
        """Accepted or declined by who has the file, withdrawn by who asked for it."""

        ACCEPTED = "ACCEPTED", "đã đồng ý"
        DECLINED = "DECLINED", "đã từ chối"
        WITHDRAWN = "WITHDRAWN", "đã rút"

    transfer = models.ForeignKey(
        Transfer, models.PROTECT, related_name="+", db_index=False, verbose_name="yêu cầu"
    )
    kind = models.TextField("trả lời", choices=Kind.choices)
    reason = models.TextField("lý do", blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name="người trả lời"
    )
    at = models.DateTimeField("lúc")

    privacy = private("reason", "by", public=("transfer", "kind", "at"))
    privacy.pop("source")

    class Meta:
        verbose_name = "trả lời yêu cầu chuyển hồ sơ"
        constraints = [
            models.UniqueConstraint(fields=("transfer",), name="a_transfer_is_answered_once"),
            models.CheckConstraint(
                name="answer_known",
                condition=models.Q(kind__in=("ACCEPTED", "DECLINED", "WITHDRAWN")),
            ),
        ]


constraints.say(
    "one_open_transfer_of_a_person",
    message="Đã có một yêu cầu chuyển hồ sơ của người này đang chờ trả lời.",
    remedy="Xem ở trang chuyển hồ sơ; muốn xin lại thì rút yêu cầu đó trước.",
)
constraints.say(
    "a_transfer_is_answered_once",
    message="Yêu cầu này đã có trả lời.",
    remedy="Mở lại trang để xem trả lời.",
)
