"""Decisions that officers ask for, and what became of them (dự thảo trình ký)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.models import User
from ansinh.db.periods import first_of_month
from ansinh.determinations.models import Run
from ansinh.geography.models import Unit
from ansinh.grants.models.decisions import Decision
from ansinh.registry.models import Person


class Proposal(models.Model):
    """People about whom an officer asks the chairman for a decision (dự thảo quyết định trình ký).

    By the review of `month` that `run` answered. Neither a proposal nor its items are ever changed; it waits
    until a `ProposalEvent` ends it. `follows`: the one sent back that this one mends.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    note = models.TextField(blank=True, db_default="")
    people = models.IntegerField()
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            first_of_month("month", name="grants_proposal_of_a_month"),
            models.CheckConstraint(name="grants_proposal_about_somebody", condition=Q(people__gt=0)),
        ]
        indexes = [models.Index(F("unit"), F("id").desc(), name="proposal_by_unit")]


class ProposalItem(models.Model):
    """How it stood with somebody in a slot when a decision was asked for (mục của dự thảo). Never changed."""

    pk = models.CompositePrimaryKey("proposal", "person", "slot")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=16)
    kind = models.CharField(max_length=24)
    granted_category = models.CharField(max_length=12, null=True)
    granted_vnd = models.IntegerField(null=True)
    lawful_category = models.CharField(max_length=12, null=True)
    lawful_vnd = models.IntegerField(null=True)


class ProposalEvent(models.Model):
    """What became of a proposal: signed, sent back, withdrawn (việc của dự thảo). Append-only.

    What was sent back may still be withdrawn, which says that nobody mends it.
    """

    class Kind(models.TextChoices):
        """Signed or sent back by who signs, withdrawn by who asked (việc)."""

        SIGNED = "SIGNED", _("đã ký")
        RETURNED = "RETURNED", _("trả lại")
        WITHDRAWN = "WITHDRAWN", _("đã rút")

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind)
    reason = models.TextField(blank=True, db_default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("proposal", "kind"), name="grants_proposal_each_event_once"),
            models.UniqueConstraint(
                F("proposal"),
                condition=Q(kind__in=("SIGNED", "WITHDRAWN")),
                name="grants_proposal_ends_once",
            ),
            models.CheckConstraint(
                name="grants_proposal_signed_with_a_decision",
                condition=Q(kind="SIGNED", decision__isnull=False)
                | (~Q(kind="SIGNED") & Q(decision__isnull=True)),
            ),
            models.CheckConstraint(
                name="grants_proposal_sent_back_for_a_reason", condition=~Q(kind="RETURNED", reason="")
            ),
        ]
