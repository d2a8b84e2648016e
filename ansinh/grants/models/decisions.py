"""Decisions, the rights they give, their levels month by month, who holds and who receives them."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.models import User
from ansinh.db import constraints
from ansinh.db.periods import first_of_month, never_twice
from ansinh.determinations.models import Run
from ansinh.geography.models import Unit
from ansinh.registry.models import Person


class RecordedNow(models.Func):
    """The database's own clock: when a row was written, in the order that REGISTER_LOCK promises."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class LegalGround(models.Model):
    """The articles that give a level, stored once however many people it is paid to (căn cứ pháp lý).

    `cites` is what the rulebook's entitlement says; `digest` is the SHA-256 (hex) of its canonical text.
    """

    digest = models.CharField(max_length=64, unique=True)
    cites = models.JSONField()
    note = models.TextField(blank=True, db_default="")


class Decision(models.Model):
    """One signed paper for any number of people (quyết định).

    `decided_at` is the instant its effect counts from when several decisions speak of the same month;
    `recorded_at` is when the database learnt of it. Append-only.
    """

    class Kind(models.TextChoices):
        """What a decision does (loại quyết định)."""

        TAKEN_OVER = "TAKEN_OVER", _("Quyết định có trước, tiếp nhận theo danh sách")
        ADJUST = "ADJUST", _("Hưởng, điều chỉnh, thôi hưởng")
        SUSPEND = "SUSPEND", _("Tạm dừng")
        RESUME = "RESUME", _("Chi trả lại sau tạm dừng")
        RECOVER = "RECOVER", _("Thu hồi")
        MOVE = "MOVE", _("Chi trả tiếp cho người chuyển đến")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind)
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow(), db_index=True)
    effective_month = models.DateField()
    signer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signer_name = models.TextField(blank=True, db_default="")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    basis = models.JSONField(default=list, db_default=[])
    people = models.IntegerField()
    starts = models.IntegerField(db_default=0)
    levels = models.IntegerField(db_default=0)
    stops = models.IntegerField(db_default=0)
    conversions = models.IntegerField(db_default=0)

    class Meta:
        constraints = [
            first_of_month("effective_month", name="grants_decision_effective_from_a_month"),
            models.CheckConstraint(
                name="grants_decision_counts_not_negative",
                condition=Q(people__gte=0, starts__gte=0, levels__gte=0, stops__gte=0, conversions__gte=0),
            ),
            models.CheckConstraint(
                name="grants_decision_signed_on_a_day",
                condition=Q(decided_on__isnull=False) | Q(kind="TAKEN_OVER"),
            ),
            models.UniqueConstraint(
                F("unit"), F("number"), F("decided_on"),
                condition=~Q(kind="TAKEN_OVER"),
                name="grants_decision_number_once_a_day",
            ),
        ]  # fmt: skip


class Grant(models.Model):
    """The right of a person to a category, from a month to a month, by a decision (quyền hưởng).

    `slot`, `scheme`, `payee` are the rulebook's words for the category. `months` begins and ends on first
    days of months; its open end is closed once, by the decision `ended_by` on `end_ground`. A grant annulled
    from its first month has empty `months`. Nothing else of a grant ever changes. That what it refers to
    exists is checked once a statement, by a trigger: keys for each row would double the time of a take-over.
    """

    # The exclusion constraint's index finds a person's grants.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    category = models.CharField(max_length=12)
    slot = models.CharField(max_length=16)
    scheme = models.CharField(max_length=20)
    payee = models.CharField(max_length=8)
    months = DateRangeField()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    ended_by = models.ForeignKey(
        Decision, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    end_ground = models.ForeignKey(
        LegalGround,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    taken_over = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            never_twice("grants_grant_once_per_person_slot_day", over="months", same=("person", "slot")),
            models.CheckConstraint(
                name="grants_grant_from_month_to_month",
                condition=Q(months__isempty=True)
                | (
                    Q(months__lower_inf=False, months__startswith__day=1)
                    & (Q(months__upper_inf=True) | Q(months__endswith__day=1))
                ),
            ),
            models.CheckConstraint(
                name="grants_grant_ended_by_a_decision",
                condition=Q(ended_by__isnull=False)
                | Q(months__isempty=False, months__upper_inf=True, end_ground__isnull=True),
            ),
            models.CheckConstraint(
                name="grants_grant_slot_known",
                condition=Q(slot__in=("OWN_INCOME", "SINGLE_PARENT", "CARE_OWN", "CARE_HOUSEHOLD")),
            ),
        ]
        indexes = [
            models.Index(F("ended_by"), name="grants_grant_ended", condition=Q(ended_by__isnull=False)),
            # A province's people are a span of numbers, which the exclusion constraint's index cannot tell.
            models.Index(F("person"), name="grant_by_person"),
        ]


class Level(models.Model):
    """What a grant pays from a month on, as decided at an instant (mức hưởng). Append-only.

    The level of month m: of the rows with `from_month` ≤ m those decided latest, of these the latest month.
    A law's level is coefficient × standard; a level `by_list` is what a list taken over says, with or without
    them. That grant, decision and ground exist is checked once a statement, by a trigger.
    """

    pk = models.CompositePrimaryKey("grant", "decided_at", "from_month")
    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    decided_at = models.DateTimeField()
    from_month = models.DateField()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    amount_vnd = models.IntegerField()
    standard_vnd = models.IntegerField(null=True)
    ground = models.ForeignKey(
        LegalGround,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    by_list = models.BooleanField(db_default=False)
    coefficient = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        constraints = [
            first_of_month("from_month", name="grants_level_from_a_month"),
            models.CheckConstraint(name="grants_level_amount_positive", condition=Q(amount_vnd__gt=0)),
            models.CheckConstraint(
                name="grants_level_is_coefficient_times_standard",
                condition=Q(by_list=True)
                | Q(
                    coefficient__isnull=False,
                    standard_vnd__isnull=False,
                    ground__isnull=False,
                    amount_vnd=F("coefficient") * F("standard_vnd"),
                ),
            ),
        ]


class Holding(models.Model):
    """Which unit is competent for a grant from a month on, until the next row's month (đơn vị quản lý).

    One row per grant and month, each lasting until the next: there is never a gap nor two holders. The
    database writes `until_month` itself: the month of the next row, NULL on the last.
    """

    pk = models.CompositePrimaryKey("grant", "from_month")
    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    from_month = models.DateField()
    until_month = models.DateField(null=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        constraints = [
            first_of_month("from_month", name="grants_holding_from_a_month"),
            models.CheckConstraint(
                condition=models.Q(until_month__gt=models.F("from_month")), name="grants_holding_lasts"
            ),
        ]
        indexes = [
            models.Index(
                "until_month", "grant", name="grants_holding_left", condition=Q(until_month__isnull=False)
            )
        ]


class Handover(models.Model):
    """A grant that the commune its person moved to pays from a month on (chuyển nơi chi trả). Append-only.

    `decision` is the new commune's; `left` held the grant until then, and `stopped_by` names its own paper
    about it, if there is one.
    """

    pk = models.CompositePrimaryKey("decision", "grant")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", db_index=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    left = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    from_month = models.DateField()
    stopped_by = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [first_of_month("from_month", name="grants_handover_from_a_month")]


class Recipient(models.Model):
    """Who is handed the money from a month on, until the next row's month (người nhận thay).

    Without a row the person receives it, or, for a category paid to a carer or a facility, nobody is known
    yet.
    """

    class Kind(models.TextChoices):
        """In what quality somebody receives (tư cách nhận)."""

        SELF = "SELF", _("Người hưởng")
        GUARDIAN = "GUARDIAN", _("Người giám hộ")
        CARER = "CARER", _("Người chăm sóc, nuôi dưỡng")
        AUTHORISED = "AUTHORISED", _("Người được uỷ quyền")
        FACILITY = "FACILITY", _("Cơ sở trợ giúp xã hội")
        HEIR = "HEIR", _("Người thừa kế")

    pk = models.CompositePrimaryKey("grant", "from_month")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_month = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [
            first_of_month("from_month", name="grants_recipient_from_a_month"),
            models.CheckConstraint(
                name="grants_recipient_is_somebody",
                condition=Q(kind="SELF", person__isnull=True, name="")
                | (~Q(kind="SELF") & (Q(person__isnull=False) | ~Q(name=""))),
            ),
        ]


class Hold(models.Model):
    """A suspension: nothing is owed from a month on until it is lifted (tạm dừng).

    Lifted with `until_month` empty it never was: the held months are owed again (arrears). Lifted with
    `until_month` they stay unpaid up to that month. `ground` is one of those the law of the day of signing
    names. A recorded death needs no row: it holds by itself.
    """

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    ground = models.ForeignKey(LegalGround, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=RecordedNow(), db_index=True)
    lifted_by = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            first_of_month("from_month", name="grants_hold_from_a_month"),
            first_of_month("until_month", name="grants_hold_until_a_month"),
            models.CheckConstraint(
                name="grants_hold_lifted_by_a_decision",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, until_month__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="grants_hold_from_before_until",
                condition=Q(until_month__isnull=True) | Q(until_month__gt=F("from_month")),
            ),
            models.UniqueConstraint(
                F("grant"), condition=Q(lifted_at__isnull=True), name="grants_hold_one_at_a_time"
            ),
        ]


class Recovery(models.Model):
    """What somebody was paid too much and gives back from coming payments (thu hồi). Append-only.

    Payments deducts `instalment_vnd` a month from `first_month` on in this slot, never more than is due that
    month, until `amount_vnd` is reached; nothing after the person's death.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=16)
    amount_vnd = models.BigIntegerField()
    instalment_vnd = models.IntegerField()
    first_month = models.DateField()

    class Meta:
        constraints = [
            first_of_month("first_month", name="grants_recovery_from_a_month"),
            models.CheckConstraint(
                name="grants_recovery_in_instalments",
                condition=Q(amount_vnd__gt=0, instalment_vnd__gt=0, instalment_vnd__lte=F("amount_vnd")),
            ),
        ]


class DecisionItem(models.Model):
    """What one decision did to one grant (mục của quyết định): a view of the tables above.

    A conversion is one item, under the new grant; the one it replaces is `replaces`.
    """

    class Action(models.TextChoices):
        """What was done (việc)."""

        START = "START", _("Hưởng")
        LEVEL = "LEVEL", _("Điều chỉnh mức")
        STOP = "STOP", _("Thôi hưởng")
        CONVERT = "CONVERT", _("Chuyển nhóm")
        MOVE = "MOVE", _("Chi trả tiếp")

    pk = models.CompositePrimaryKey("decision", "grant", "action")
    decision = models.ForeignKey(Decision, on_delete=models.DO_NOTHING, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.DO_NOTHING, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    action = models.CharField(max_length=8, choices=Action)
    month = models.DateField()
    replaces = models.ForeignKey(Grant, null=True, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "grants_decisionitem"


class Tally(models.Model):
    """What stood open in a unit when its month was last put to the law or decided (sổ đếm của đơn vị).

    Counts of people, for start pages that cannot look at a province anew. `unit` holds the grants and is
    competent for whoever is not granted yet. Replaced with every asking and every decision on it; whoever
    needs the truth of the moment asks `queries.review_counts`.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    # Who receives, and what is lacking in what is known of them.
    people = models.IntegerField()
    no_number = models.IntegerField()
    year_only = models.IntegerField()
    # For whom something changes within ninety days of the counting.
    coming = models.IntegerField()
    # The differences, as in `logic.ReviewKind`.
    entitled_not_granted = models.IntegerField()
    no_longer_entitled = models.IntegerField()
    level_differs = models.IntegerField()
    conversion = models.IntegerField()
    cannot_tell = models.IntegerField()

    class Meta:
        constraints = [
            first_of_month("month", name="grants_tally_of_a_month"),
            models.UniqueConstraint(fields=("unit", "month"), name="grants_tally_once_per_unit_and_month"),
        ]


constraints.say(
    "grants_grant_once_per_person_slot_day",
    message="Người này đã có một khoản hưởng khác cùng loại trong thời gian đó.",
    basis="khoản 2 Điều 6 Nghị định 335/2026/NĐ-CP",
    remedy="Kết thúc khoản đang hưởng bằng một quyết định, rồi mới cho hưởng khoản mới.",
)
constraints.say(
    "grants_level_is_coefficient_times_standard",
    message="Mức hưởng không bằng hệ số nhân với mức chuẩn.",
    basis="Điều 6 Nghị định 335/2026/NĐ-CP",
    remedy="Tính lại mức hưởng theo quy định của tháng đó.",
)
constraints.say(
    "grants_level_amount_positive",
    message="Mức hưởng phải lớn hơn 0 đồng.",
    remedy="Muốn ngừng chi trả thì ra quyết định thôi hưởng hoặc tạm dừng.",
)
constraints.say(
    "grants_decision_number_once_a_day",
    message="Đơn vị đã có quyết định mang số này trong ngày đó.",
    remedy="Ghi số khác cho quyết định.",
)
constraints.say(
    "grants_hold_one_at_a_time",
    message="Khoản hưởng này đang bị tạm dừng rồi.",
    remedy="Giải quyết lần tạm dừng đang có trước.",
)
constraints.say(
    "grants_grant_ends_once",
    message="Khoản hưởng đã kết thúc thì không sửa được nữa.",
    remedy="Muốn cho hưởng lại thì ra quyết định mới.",
)
constraints.say(
    "grants_append_only",
    message="Quyết định, mức hưởng và căn cứ đã ghi thì không sửa, không xoá.",
    remedy="Ra quyết định mới thay thế.",
)
