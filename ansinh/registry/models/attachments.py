"""Scans and photographs of papers, kept as files outside the web root (tệp đính kèm)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ansinh.accounts.models import User
from ansinh.registry.models.dated import Privacy
from ansinh.registry.models.people import Person
from ansinh.registry.models.sources import Document


class Attachment(models.Model):
    """A scan or a photograph of a person's paper (tệp đính kèm). Never changed; the file lies by its hash."""

    class Type(models.TextChoices):
        """What the content is, told by the content itself."""

        JPEG = "image/jpeg", "ảnh JPEG"
        PNG = "image/png", "ảnh PNG"
        PDF = "application/pdf", "PDF"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False, verbose_name="người")
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", db_index=False, null=True, verbose_name="giấy tờ"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name="người gửi")
    at = models.DateTimeField("lúc")
    size = models.IntegerField("số byte")
    # Listed and opened only where a reason is asked for.
    secret = models.BooleanField("giữ kín", default=False)
    type = models.TextField("loại", choices=Type.choices)
    sha256 = models.TextField("mã băm", db_collation="C")
    title = models.TextField("nội dung")

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "person": Privacy.PERSONAL,
        "document": Privacy.PERSONAL,
        "by": Privacy.PERSONAL,
        "at": Privacy.PUBLIC,
        "size": Privacy.PUBLIC,
        "secret": Privacy.SENSITIVE,
        "type": Privacy.PUBLIC,
        "sha256": Privacy.SENSITIVE,
        "title": Privacy.SENSITIVE,
    }

    class Meta:
        verbose_name = "tệp đính kèm"
        constraints = [
            models.CheckConstraint(name="attachment_has_content", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="attachment_type_known",
                condition=Q(type__in=("image/jpeg", "image/png", "application/pdf")),
            ),
        ]
        indexes = [models.Index(F("person"), F("id").desc(), name="attachment_of_person")]

    def __str__(self) -> str:
        return self.title
