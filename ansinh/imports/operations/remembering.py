"""A commune's own words for groups, chosen once (nhớ cách gọi nhóm)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.geography.models import Unit
from ansinh.imports.logic.meaning import phrase_of
from ansinh.imports.models import Phrase
from ansinh.kernel.refusal import Refusal
from ansinh.rulebook.categories import categories


def remember(*, unit: Unit, phrase: str, category: str, by: User, at: dt.datetime) -> Phrase:
    """Remember what a unit means by its words for a group (nhớ cách gọi); the latest choice counts.

    Refused: no words, a group that the law does not name.
    """
    folded = phrase_of(phrase)
    if not folded or category not in categories():
        raise Refusal("Chưa chọn nhóm cho cách gọi này.", remedy="Chọn một nhóm đối tượng trong danh mục.")
    with transaction.atomic():
        kept, _made = Phrase.objects.update_or_create(
            unit=unit, phrase=folded, defaults={"category": category, "by": by, "at": at}
        )
        accounts.record(
            at=at, who=by, right=Right.LOAD_REGISTER, action="remember_phrase", subject=kept, unit=unit
        )
    return kept
