"""The account of every person and month, and the payrolls that move it (tài khoản chi trả).

Owed (by grants, as decided) minus booked (lines of approved payrolls, or settled) is what a payroll books.
The tables of lines carry no foreign keys: they are written by the million from grants that have them, and
the application's role may not change what it wrote.
"""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.models import User
from ansinh.db import constraints
from ansinh.db.periods import first_of_month, never_empty, never_twice
from ansinh.db.progress import State
from ansinh.geography.models import Unit
from ansinh.payments.logic import PAYMENT


class Account(models.Model):
    """From which month on a unit's payments are kept here (mở tài khoản).

    It holds for everyone of the unit and below. What grants known at `as_decided_at` owe for earlier months
    counts as settled elsewhere; what later decisions add for them is owed.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name="đơn vị")
    opens = models.DateField("từ tháng")
    as_decided_at = models.DateTimeField("theo quyết định có đến lúc")
    basis = models.TextField("căn cứ", blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người mở")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "tài khoản chi trả"
        constraints = [
            first_of_month("opens", name="account_opens_with_a_month"),
            models.UniqueConstraint(fields=("unit",), name="one_account_per_unit"),
        ]


class Settlement(models.Model):
    """Months of a unit and below that were paid elsewhere, in one entry (quyết toán gộp).

    For them booked is what grants owed as decided at `as_decided_at`; later decisions make a difference.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    months = DateRangeField("các tháng")
    as_decided_at = models.DateTimeField("theo quyết định có đến lúc")
    basis = models.TextField("căn cứ")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người ghi")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "quyết toán gộp"
        constraints = [
            never_twice("settled_once_per_unit_and_month", over="months", same=("unit",)),
            never_empty("months", name="settlement_of_some_month"),
        ]


class PayrollRun(models.Model):
    """One asking for payrolls of a unit and everything below (đợt lập bảng chi trả); makes a payroll for each
    holding unit. Only a heading: what is paid stands in the payrolls."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    months = DateRangeField("các tháng")
    on_date = models.DateField("ngày lập")
    known_at = models.DateTimeField("theo dữ liệu có đến lúc")
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người lập")
    prepared_at = models.DateTimeField("lúc lập")

    class Meta:
        verbose_name = "đợt lập bảng chi trả"


class Sums(models.Model):
    """Control totals (số liệu kiểm soát): lines, people and đồng by kind; recoveries are zero or below."""

    lines = models.IntegerField("số dòng", default=0)
    people = models.IntegerField("số người", default=0)
    regular_vnd = models.BigIntegerField("trong kỳ", default=0)
    arrears_vnd = models.BigIntegerField("truy lĩnh", default=0)
    recoveries_vnd = models.BigIntegerField("thu hồi", default=0)
    one_off_vnd = models.BigIntegerField("một lần", default=0)
    total_vnd = models.GeneratedField(
        expression=F("regular_vnd") + F("arrears_vnd") + F("recoveries_vnd") + F("one_off_vnd"),
        output_field=models.BigIntegerField(),
        db_persist=True,
        verbose_name="tổng cộng",
    )

    class Meta:
        abstract = True


class Payroll(Sums):
    """What one unit pays for some months in a row (bảng chi trả): a draft until another person approves it.

    `months` are the months named; `first_month` is the earliest that any line is for. `held_*` is what would
    be paid but for a recorded death or a suspension. `hash` is over the business columns of the lines in
    canonical order: the same register, the same decisions, the same hash, on any machine.
    """

    class Status(models.TextChoices):
        """How far the payroll is."""

        DRAFT = "DRAFT", "dự thảo"
        APPROVED = "APPROVED", "đã duyệt"

    run = models.ForeignKey(PayrollRun, models.PROTECT, related_name="payrolls", verbose_name="đợt")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị chi trả")
    months = DateRangeField("các tháng")
    first_month = models.DateField("tháng sớm nhất có dòng")
    on_date = models.DateField("ngày lập")
    known_at = models.DateTimeField("theo dữ liệu có đến lúc")
    release = models.TextField("bản luật")
    status = models.TextField("trạng thái", choices=Status.choices, default=Status.DRAFT)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người lập")
    prepared_at = models.DateTimeField("lúc lập")
    approved_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, verbose_name="người duyệt"
    )
    approved_at = models.DateTimeField("lúc duyệt", null=True)
    held_people = models.IntegerField("số người tạm giữ", default=0)
    held_vnd = models.BigIntegerField("số tiền tạm giữ", default=0)
    hash = models.TextField("mã kiểm tra")

    class Meta:
        verbose_name = "bảng chi trả"
        constraints = [
            never_twice("one_payroll_per_unit_and_month", over="months", same=("unit",)),
            never_empty("months", name="payroll_of_some_month"),
            models.CheckConstraint(
                condition=~Q(prepared_by=F("approved_by")), name="payroll_is_approved_by_another_person"
            ),
            models.CheckConstraint(
                condition=Q(status="DRAFT", approved_by=None, approved_at=None)
                | Q(status="APPROVED", approved_by__isnull=False, approved_at__isnull=False),
                name="payroll_approved_by_somebody_or_draft",
            ),
            models.CheckConstraint(
                condition=Q(hash__regex="^[0-9a-f]{64}$"), name="payroll_carries_its_hash"
            ),
        ]


class Roll(Sums):
    """The part of a payroll for the people of one commune (danh sách của xã), the one that is signed.

    Code and name are frozen; without them are people whose commune needs confirmation.
    """

    payroll = models.ForeignKey(Payroll, models.CASCADE, related_name="rolls", verbose_name="bảng chi trả")
    commune = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, verbose_name="xã")
    commune_code = models.TextField("mã xã", blank=True)
    commune_name = models.TextField("tên xã", blank=True)

    class Meta:
        verbose_name = "danh sách của xã"
        constraints = [
            models.UniqueConstraint(
                fields=("payroll", "commune"), name="one_roll_per_payroll_and_commune", nulls_distinct=False
            )
        ]


class GroupTotal(Sums):
    """Control totals of a roll by scheme, and in it by the group shown (số liệu theo nhóm).

    No group: the whole scheme. Groups are those of `logic.group_of`: what would betray an illness is not even
    counted apart here.
    """

    roll = models.ForeignKey(Roll, models.CASCADE, related_name="groups", verbose_name="danh sách")
    scheme = models.TextField("chế độ")
    shown = models.TextField("nhóm", null=True)

    class Meta:
        verbose_name = "số liệu theo nhóm"
        constraints = [
            models.UniqueConstraint(
                fields=("roll", "scheme", "shown"), name="one_total_per_roll_and_group", nulls_distinct=False
            )
        ]


class Slot(models.IntegerChoices):
    """The exclusion slots of the rulebook, as lines keep them: small, for the key of millions."""

    OWN_INCOME = 1
    SINGLE_PARENT = 2
    CARE_OWN = 3
    CARE_HOUSEHOLD = 4


class Kind(models.IntegerChoices):
    """What a line pays (loại khoản chi)."""

    REGULAR = 1, "trong kỳ"
    ARREARS = 2, "truy lĩnh"
    RECOVERY = 3, "thu hồi"
    ONE_OFF = 4, "một lần"


class LineColumns(models.Model):
    """A person × the month it is for × the slot (dòng chi trả), with everything frozen that the list shows.

    `seq` counts the lines booked before for the same person, month and slot. The amount is `owed_vnd` −
    `booked_before_vnd`, but in a recovery, which takes an instalment of it. `key` is the register's own key
    of a person without number. No recipient: the money is the person's own. `ground` is the legal ground of
    the level, `recovery` the signed recovery.
    """

    pk = models.CompositePrimaryKey("person_id", "month", "slot", "seq")
    month = models.DateField()
    roll_id = models.BigIntegerField()
    no = models.IntegerField()
    person_id = models.BigIntegerField()
    slot = models.SmallIntegerField(choices=Slot.choices)
    seq = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=Kind.choices)
    amount_vnd = models.BigIntegerField()
    owed_vnd = models.BigIntegerField()
    booked_before_vnd = models.BigIntegerField()
    grant_id = models.BigIntegerField(null=True)
    ground_id = models.BigIntegerField(null=True)
    recovery_id = models.BigIntegerField(null=True)
    standard_vnd = models.BigIntegerField(null=True)
    coefficient = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    category = models.TextField()
    name = models.TextField()
    number = models.TextField(null=True)
    key = models.TextField(null=True)
    recipient_kind = models.TextField(null=True)
    recipient_name = models.TextField(null=True)

    class Meta:
        abstract = True


class DraftLine(LineColumns):
    """A line of a payroll that is not approved yet; replaced with its payroll."""

    class Meta:
        managed = False
        db_table = "payments_draftline"


class Line(LineColumns):
    """A booked line (dòng đã chi); partitioned by the month it is for. Never changed, never deleted."""

    class Meta:
        managed = False
        db_table = "payments_line"


class Posting(models.Model):
    """One side of the entry that a payroll makes when approved (bút toán): đồng into (+) or out of (−) an
    account. The postings of a payroll sum to zero and agree with its lines."""

    class Book(models.TextChoices):
        """The accounts of the ledger."""

        FUNDING_SOURCE = "FUNDING_SOURCE", _("nguồn kinh phí")
        PAYABLE = "PAYABLE", _("phải trả đối tượng")
        RECEIVABLE = "RECEIVABLE", _("phải thu hồi")

    payroll = models.ForeignKey(Payroll, models.PROTECT, related_name="postings", verbose_name="bảng chi trả")
    account = models.TextField("tài khoản", choices=Book.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    amount_vnd = models.BigIntegerField("số tiền")

    class Meta:
        verbose_name = "bút toán"
        constraints = [
            models.UniqueConstraint(fields=("payroll", "account"), name="one_posting_per_payroll_and_account")
        ]


class Receivable(models.Model):
    """A person, slot and month of which more was booked than is owed, as a payroll found it (khoản chi thừa).

    Tells where to look, no more: what is still to be recovered is asked anew each time, booked − owed as
    decided now. `settled_vnd` is the part of booked that no line shows: it was paid elsewhere.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    person_id = models.BigIntegerField()
    slot = models.SmallIntegerField(choices=Slot.choices)
    month = models.DateField("tháng")
    settled_vnd = models.BigIntegerField("đã chi nơi khác")
    at = models.DateTimeField("lúc thấy")

    class Meta:
        verbose_name = "khoản chi thừa"
        constraints = [
            models.UniqueConstraint(
                fields=("person_id", "slot", "month"), name="one_receivable_per_person_slot_and_month"
            )
        ]
        indexes = [models.Index(fields=("unit",), name="receivable_by_unit")]


class Progress(models.Model):
    """How far a long payroll job is (tiến độ); written outside the job's own transaction."""

    State = State

    class Job(models.TextChoices):
        """What is done."""

        PREPARE = "PREPARE", _("lập bảng chi trả")
        APPROVE = "APPROVE", _("duyệt bảng chi trả")

    job = models.TextField("việc", choices=Job.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    months = DateRangeField("các tháng")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người yêu cầu")
    asked_at = models.DateTimeField("lúc yêu cầu")
    state = models.TextField("tình trạng", choices=State.choices, default=State.WAITING)
    step = models.TextField("bước", blank=True)
    done = models.IntegerField("đã làm", default=0)
    steps = models.IntegerField("số bước", default=0)
    told_at = models.DateTimeField("cập nhật lúc", null=True)
    message = models.TextField("kết quả", blank=True)
    basis = models.TextField("căn cứ", blank=True)
    remedy = models.TextField("cách xử lý", blank=True)

    class Meta:
        verbose_name = "tiến độ"
        indexes = [models.Index(F("unit"), F("id").desc(), name="progress_by_unit")]


constraints.say(
    "one_account_per_unit",
    message="Đơn vị này đã mở tài khoản chi trả.",
    basis=PAYMENT,
    remedy="Xem tháng mở tài khoản; tháng mở không đổi được nữa.",
)
constraints.say(
    "one_payroll_per_unit_and_month",
    message="Đơn vị này đã có bảng chi trả cho một trong các tháng đó.",
    basis=PAYMENT,
    remedy="Xem bảng đã có; nếu còn là dự thảo thì lập lại với lựa chọn thay thế.",
)
constraints.say(
    "payroll_is_approved_by_another_person",
    message="Người lập bảng chi trả không được tự duyệt.",
    basis="nguyên tắc bất kiêm nhiệm: người lập không phải là người duyệt",
    remedy="Chuyển cho người có thẩm quyền khác duyệt.",
)
constraints.say(
    "settled_once_per_unit_and_month",
    message="Các tháng này đã được quyết toán gộp cho đơn vị.",
    basis=PAYMENT,
    remedy="Xem các lần quyết toán gộp đã ghi.",
)
