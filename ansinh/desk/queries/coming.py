"""What will soon change for one person who receives (sắp thay đổi)."""

from __future__ import annotations

import datetime as dt

from ansinh.desk.queries.people import home_unit
from ansinh.geography.models import Level
from ansinh.grants import queries as grants
from ansinh.grants.models import Grant
from ansinh.grants.queries import Coming
from ansinh.kernel.time import Month
from ansinh.registry.models import Person


def coming_of(person: Person, *, on: dt.date) -> list[Coming]:
    """List the birthdays that count and the papers that run out within ninety days, the soonest first.

    Of somebody whose grants run; as the commune's own list says it.
    """
    month = Month.of(on)
    if not Grant.objects.filter(person=person, months__contains=month.first).exists():
        return []
    home = home_unit(person, on=on)
    if home is None or home.level != Level.COMMUNE:
        return []
    return grants.coming(home, month, on=on, person=person.pk, limit=None)
