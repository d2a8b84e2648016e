"""Where rows come from, and the papers that prove them (nguồn, giấy tờ)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ansinh.accounts.models import User
from ansinh.registry.models.dated import Privacy


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
