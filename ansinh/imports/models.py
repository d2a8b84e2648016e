"""A list that came in, what was found in each of its rows, and a commune's words for groups (lần nhập)."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.models import User
from ansinh.db import constraints
from ansinh.db.periods import first_of_month
from ansinh.db.progress import State
from ansinh.geography.models import Unit
from ansinh.registry.models import Source


class Import(models.Model):
    """A file taken in for a unit: checked, then written into the register as a whole, then perhaps undone
    (lần nhập danh sách).

    `stage` is what has become of it; `task` and `state` tell of the job last asked for.
    """

    class Stage(models.TextChoices):
        """What has become of the list."""

        RECEIVED = "RECEIVED", _("mới nhận")
        CHECKED = "CHECKED", _("đã kiểm tra, chưa ghi sổ")
        COMMITTED = "COMMITTED", _("đã ghi sổ")
        UNDONE = "UNDONE", _("đã huỷ")

    class Task(models.TextChoices):
        """What is done in the background."""

        CHECK = "CHECK", _("kiểm tra danh sách")
        COMMIT = "COMMIT", _("ghi vào sổ")
        UNDO = "UNDO", _("huỷ lần nhập")

    class Kind(models.TextChoices):
        """What the list is of."""

        REGISTER = "REGISTER", "danh sách đối tượng"
        POVERTY = "POVERTY", "danh sách hộ nghèo, cận nghèo"

    State = State

    kind = models.TextField(
        "loại danh sách", choices=Kind.choices, default=Kind.REGISTER, db_default=Kind.REGISTER
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    month = models.DateField("danh sách của tháng")
    name = models.TextField("tên tệp")
    sha256 = models.TextField("mã băm")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người nhập")
    at = models.DateTimeField("lúc")
    stage = models.TextField("giai đoạn", choices=Stage.choices, default=Stage.RECEIVED)
    task = models.TextField("việc", choices=Task.choices, default=Task.CHECK)
    state = models.TextField("tình trạng", choices=State.choices, default=State.WAITING)
    step = models.TextField("bước", blank=True)
    done = models.IntegerField("đã làm", default=0)
    told_at = models.DateTimeField("cập nhật lúc", null=True)
    message = models.TextField("kết quả", blank=True)
    basis = models.TextField("căn cứ", blank=True)
    remedy = models.TextField("cách xử lý", blank=True)
    # How many rows of each outcome, and with warnings, and unlike the law.
    counts = models.JSONField("số dòng", default=dict)
    notes = models.JSONField("nhận xét chung", default=list)
    # The names of the file's sheets, in its order; none before the list is checked.
    sheets = models.JSONField("các trang", default=list)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", null=True, verbose_name="nguồn")
    # The instant at which everything was recorded; what was approved since cannot be undone.
    recorded_at = models.DateTimeField("ghi sổ lúc", null=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="người huỷ"
    )
    reason = models.TextField("lý do huỷ", blank=True)
    # Who said that the rows left out need nothing any more: these people came in otherwise, or never will.
    settled_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="người nói đã xong"
    )
    settled_at = models.DateTimeField("nói đã xong lúc", null=True)

    class Meta:
        verbose_name = "lần nhập danh sách"
        constraints = [
            first_of_month("month", name="import_is_of_a_month"),
            models.UniqueConstraint(
                fields=("unit", "sha256"),
                condition=models.Q(stage="COMMITTED"),
                name="a_file_is_written_once",
            ),
        ]
        indexes = [models.Index(F("unit"), F("id").desc(), name="import_by_unit")]

    def __str__(self) -> str:
        return self.name


class PoorList(models.Model):
    """Of which days, by which decision a list of poor households speaks (danh sách hộ nghèo, cận nghèo).

    `complete`: the commune's whole list, so that who is not in it is no longer poor.
    """

    of = models.OneToOneField(Import, models.PROTECT, related_name="poor_list", primary_key=True)
    year = models.SmallIntegerField("năm")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày")
    number = models.TextField("số quyết định", blank=True)
    issuer = models.TextField("nơi ban hành", blank=True)
    decided_on = models.DateField("ngày quyết định", null=True)
    complete = models.BooleanField("đủ các hộ của xã", default=False)

    class Meta:
        verbose_name = "danh sách hộ nghèo, cận nghèo"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__gt=F("valid_from")), name="poor_list_has_a_day"
            )
        ]


class Content(models.Model):
    """The bytes of a file taken in, as they came (nội dung tệp)."""

    of = models.OneToOneField(Import, models.PROTECT, related_name="+", primary_key=True)
    bytes = models.BinaryField("nội dung")

    class Meta:
        verbose_name = "nội dung tệp"


class Kept(models.Model):
    """What was concluded of the faultless rows of a checked list, until it is written (kết luận đã giữ)."""

    of = models.OneToOneField(Import, models.PROTECT, related_name="+", primary_key=True)
    # What it rests on besides the file: judged anew when any of it has changed.
    depends = models.TextField("dựa trên")
    rows = models.BinaryField("các dòng")

    class Meta:
        verbose_name = "kết luận đã giữ"


class Line(models.Model):
    """What was found in a row of a list (dòng của danh sách)."""

    class Outcome(models.TextChoices):
        """What becomes of the row."""

        CREATED = "CREATED", _("thêm mới")
        CHANGED = "CHANGED", _("bổ sung")
        SAME = "SAME", _("giữ nguyên")
        DOUBTFUL = "DOUBTFUL", _("nghi ngờ")
        ERROR = "ERROR", _("lỗi")
        SKIPPED = "SKIPPED", _("bỏ qua")
        LEFT = "LEFT", _("ra khỏi danh sách")

    of = models.ForeignKey(Import, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    # Numbers the rows of the whole file; `sheet` from 0, `row` as the spreadsheet shows it.
    line = models.IntegerField("số thứ tự")
    sheet = models.SmallIntegerField("trang")
    row = models.IntegerField("dòng")
    outcome = models.TextField("kết quả", choices=Outcome.choices)
    name = models.TextField("họ và tên")
    number = models.TextField("số giấy tờ", blank=True)
    born = models.TextField("sinh", blank=True)
    category = models.TextField("nhóm", blank=True)
    amount_vnd = models.BigIntegerField("mức trong danh sách", null=True)
    lawful_vnd = models.BigIntegerField("mức theo luật", null=True)
    differs = models.BooleanField("khác luật", default=False)
    remarks = models.JSONField("ghi chú", default=list)
    person_id = models.BigIntegerField("người", null=True)
    grant_id = models.BigIntegerField("khoản hưởng", null=True)
    # Of a poverty list: the household, and what it was before (`category`: what it is by the list).
    household_id = models.BigIntegerField("hộ", null=True)
    before = models.TextField("trước đó", blank=True, default="", db_default="")

    class Meta:
        verbose_name = "dòng của danh sách"
        constraints = [models.UniqueConstraint(fields=("of", "line"), name="line_once_per_import")]
        indexes = [models.Index(F("of"), F("outcome"), F("line"), name="line_by_outcome")]


class Phrase(models.Model):
    """What a commune means by its own words for a group (cách gọi nhóm đối tượng)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name="đơn vị")
    phrase = models.TextField("cách gọi", db_collation="C")
    category = models.TextField("nhóm")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name="người chọn")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "cách gọi nhóm"
        constraints = [models.UniqueConstraint(fields=("unit", "phrase"), name="phrase_once_per_unit")]


constraints.say(
    "a_file_is_written_once",
    message="Tệp này đã được ghi vào sổ rồi; không thay đổi gì.",
    remedy="Xem lần nhập trước; muốn nhập lại thì huỷ lần đó.",
)
