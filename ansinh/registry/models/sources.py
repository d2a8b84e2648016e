"""Where rows come from, and the papers that prove them (nguồn, giấy tờ)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ansinh.accounts.models import User
from ansinh.db import constraints
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
    # Of what happened to one person, entered at a screen: what, about whom, by which paper, why. Its rows are
    # recorded, and those it replaces superseded, at `recorded_at`: the instant tells what belongs to it.
    recorded_at = models.DateTimeField("ghi lúc", null=True)
    event = models.TextField("việc", blank=True, default="", db_default="")
    about = models.ForeignKey(
        "registry.Person", models.PROTECT, related_name="+", db_index=False, null=True, verbose_name="về ai"
    )
    document = models.ForeignKey(
        "registry.Document",
        models.PROTECT,
        related_name="+",
        db_index=False,
        null=True,
        verbose_name="giấy tờ",
    )
    reason = models.TextField("lý do", blank=True, default="", db_default="")
    undoes = models.ForeignKey(
        "self", models.PROTECT, related_name="+", db_index=False, null=True, verbose_name="huỷ việc"
    )

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "name": Privacy.PUBLIC,
        "sha256": Privacy.PUBLIC,
        "by": Privacy.PERSONAL,
        "at": Privacy.PUBLIC,
        "counts": Privacy.PUBLIC,
        "recorded_at": Privacy.PUBLIC,
        "event": Privacy.SENSITIVE,
        "about": Privacy.PERSONAL,
        "document": Privacy.PERSONAL,
        "reason": Privacy.SENSITIVE,
        "undoes": Privacy.PUBLIC,
    }

    class Meta:
        verbose_name = "nguồn dữ liệu"
        constraints = [
            models.UniqueConstraint(
                fields=("sha256",), condition=Q(sha256__isnull=False), name="one_source_per_content"
            ),
            models.UniqueConstraint(
                fields=("recorded_at",),
                condition=Q(recorded_at__isnull=False),
                name="one_entry_per_instant",
            ),
            models.UniqueConstraint(
                fields=("undoes",), condition=Q(undoes__isnull=False), name="nothing_is_undone_twice"
            ),
        ]
        indexes = [
            models.Index(F("about"), name="source_about_person", condition=Q(about__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}" if self.kind == self.Kind.LOAD else self.name


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


constraints.say(
    "one_entry_per_instant",
    message="Cùng lúc đó có một việc khác vừa được ghi.",
    remedy="Ghi lại lần nữa.",
)
constraints.say(
    "nothing_is_undone_twice", message="Việc này đã được huỷ rồi.", remedy="Không cần huỷ lần nữa."
)
