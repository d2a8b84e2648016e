"""Officers, their failed sign-ins and the trail of what was done (tài khoản)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.logic import NATIONAL
from ansinh.geography.models import Unit


class Role(models.TextChoices):
    """What an officer is in their agency (chức danh)."""

    OFFICER = "OFFICER", _("Công chức văn hoá – xã hội")
    CHAIRMAN = "CHAIRMAN", _("Chủ tịch UBND xã")
    DEPARTMENT = "DEPARTMENT", _("Lãnh đạo Sở Y tế")
    PAYMASTER = "PAYMASTER", _("Cán bộ chi trả")
    INSPECTOR = "INSPECTOR", _("Thanh tra")
    MINISTRY = "MINISTRY", _("Cán bộ Bộ Y tế (Cục Bảo trợ xã hội)")
    ADMIN = "ADMIN", _("Quản trị hệ thống")


class User(AbstractBaseUser):
    """An officer who signs in (cán bộ); `unit` is the territory: they see it and what lies below, no more.

    Nobody else's is the country's (`national`); the administrator has neither.
    """

    username = models.CharField(max_length=64, unique=True)
    full_name = models.TextField()
    role = models.CharField(max_length=16, choices=Role)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = BaseUserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]

    class Meta:
        constraints = [
            # An officer without a territory would see nothing or everything, and both are mistakes: only
            # the administrator may have none, and of whom the country is the territory the role says it.
            models.CheckConstraint(
                name="accounts_user_territory_fits_role",
                condition=Q(role="ADMIN")
                | Q(role__in=sorted(NATIONAL), unit__isnull=True)
                | (~Q(role__in=sorted(NATIONAL)) & Q(unit__isnull=False)),
                violation_error_message="Tài khoản này phải thuộc một đơn vị hành chính; của Bộ thì không.",
            ),
            models.CheckConstraint(
                name="accounts_user_role_known", condition=Q(role__in=[code for code, _label in Role.choices])
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def national(self) -> bool:
        """Whether the country is their territory: what they may do there, their rights say."""
        return self.role in NATIONAL


class SignInFailure(models.Model):
    """A wrong password or code for a user name from an address (lần đăng nhập sai)."""

    username = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(F("username"), F("address"), F("at"), name="accounts_failure_by_whom"),
            models.Index(F("address"), F("at"), name="accounts_failure_from_where"),
        ]


class SecondStep(models.Model):
    """That an officer also types a one-time code at the door (đăng nhập hai bước).

    `sealed` is the secret their phone shares, encrypted. Not in force until `confirmed_at`. `last_step` is
    the latest period of thirty seconds whose code was used: no code opens twice.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    sealed = models.TextField()
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(db_default=0)


class RecoveryCode(models.Model):
    """A code on paper for whoever lost their phone (mã dự phòng): its hash is kept, and it opens once."""

    second_step = models.ForeignKey(SecondStep, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("second_step", "digest"), name="recovery_code_once"),
        ]


class Delegation(models.Model):
    """An officer lets another use some of their rights for some days (uỷ quyền).

    Append-only. It ends by itself after `until`, or earlier by a Revocation; it carries only what the giver
    may do on the day in question, and never further.
    """

    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    rights = ArrayField(models.CharField(max_length=32))
    since = models.DateField()
    until = models.DateField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="delegation_is_to_another", condition=~Q(giver=F("to"))),
            models.CheckConstraint(name="delegation_ends_after_it_began", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="delegation_of_something", condition=Q(rights__len__gt=0)),
        ]
        indexes = [models.Index(F("to"), F("until"), name="accounts_delegation_in_force")]


class Revocation(models.Model):
    """A delegation was ended before its last day (thôi uỷ quyền); append-only."""

    delegation = models.OneToOneField(Delegation, on_delete=models.PROTECT, related_name="revocation")
    at = models.DateTimeField()


class Entry(models.Model):
    """Something that was done, or a sensitive detail that was read (nhật ký).

    Append-only: the application's database role is refused UPDATE, DELETE and TRUNCATE.
    `detail` never holds a health fact or the clause of a category that betrays one.
    """

    at = models.DateTimeField()
    who = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    right = models.CharField(max_length=32)
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    # Of the database: what was changed in the same one is in db.Change, by the same number.
    transaction = models.BigIntegerField(
        db_default=Cast(
            Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        )
    )
    # The delegation by which `who` had the right, when their own role did not carry it.
    delegation = models.ForeignKey(
        Delegation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(F("unit"), F("id").desc(), name="accounts_entry_by_unit"),
            models.Index(F("subject_kind"), F("subject_id"), name="accounts_entry_by_subject"),
            models.Index(F("transaction"), name="accounts_entry_of_transaction"),
        ]


class Read(models.Model):
    """Somebody's file was opened by an officer (lượt xem hồ sơ).

    Append-only, like the trail. `person_id` is the register's number of the person: the register lies on a
    later floor, hence no foreign key. `unit` is the agency for which the officer read, as it was then.
    """

    at = models.DateTimeField()
    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    person_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    page = models.CharField(max_length=16)
    reason = models.TextField(blank=True)

    class Meta:
        # One narrow row a reading and these two: a nation of officers writes some thousands an hour.
        indexes = [
            models.Index(F("person_id"), F("id").desc(), name="accounts_read_of_person"),
            models.Index(F("who"), F("id").desc(), name="accounts_read_by_whom"),
        ]


class Submission(models.Model):
    """A form that was written, by the token it was shown with (lần gửi biểu mẫu).

    Append-only. Whoever sends the same form again, on a slow line or by going back, writes nothing twice.
    """

    token = models.UUIDField(primary_key=True)
    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
