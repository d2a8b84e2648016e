"""An officer who fills in the forms of what happened, and a day on which they do."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.test import Client

from ansinh.accounts.models import Entry, User
from ansinh.registry.models import (
    Death,
    Document,
    Fact,
    Household,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    Relation,
    SensitiveFact,
    Source,
)

ROWS = (
    Death, Document, Fact, Household, HouseholdFact, HouseholdResidence, Member, Person, Relation,
    SensitiveFact, Source, Entry,
)  # fmt: skip
PAPER = {"paper_kind": "Giấy tờ", "paper_number": "9", "paper_issuer": "UBND", "paper_day": "05/10/2026"}
DAY = dt.date(2026, 11, 10)


def rows() -> dict[str, list[Any]]:
    """Everything that a preview might have written."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in ROWS}


class Officer:
    """An officer who fills in forms."""

    def __init__(self, client: Client, user: User) -> None:
        self.client = client
        client.force_login(user)

    def look(self, person: Person, code: str, /, **said: Any) -> str:
        """Fill a form in and read what it would change; nothing is written by it."""
        before = rows()
        answer = self.client.post(f"/nguoi/{person.pk}/viec/{code}/", {**PAPER, **said, "step": "look"})
        assert answer.status_code == 200, errors(answer.text)
        assert rows() == before
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())

    def save(self, person: Person, code: str, /, **said: Any) -> None:
        answer = self.client.post(f"/nguoi/{person.pk}/viec/{code}/", {**PAPER, **said, "step": "save"})
        assert answer.status_code == 302, errors(answer.text)

    def refused(self, person: Person, code: str, /, **said: Any) -> str:
        before = rows()
        answer = self.client.post(f"/nguoi/{person.pk}/viec/{code}/", {**PAPER, **said, "step": "save"})
        assert answer.status_code == 422
        assert rows() == before
        return errors(answer.text)

    def undo(self, person: Person, reason: str = "Ghi nhầm người") -> None:
        entry = Source.objects.filter(about=person, undoes=None, recorded_at__isnull=False).latest("pk")
        address = f"/nguoi/{person.pk}/huy/{entry.pk}/"
        before = rows()
        assert self.client.post(address, {"reason": reason, "step": "look"}).status_code == 200
        assert rows() == before
        assert self.client.post(address, {"reason": reason, "step": "save"}).status_code == 302


def errors(text: str) -> str:
    found = re.search(r'<div class="errors".*?</div>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else text[-1500:]
