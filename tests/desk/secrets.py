"""Words that tell a secret: the illness, the codes of covered groups, the clauses that are theirs alone."""

import datetime as dt
import re

from ansinh.desk import logic
from ansinh.kernel.time import Month
from ansinh.rulebook import law

_LAWS = [law.load().month(Month(2026, number), dt.date(2026, 11, 5)) for number in range(7, 12)]
_COVERED = {c for m in _LAWS for g in m.groups if logic.is_covered(g.category.code) for c in g.cites}
_OTHERS = {c for m in _LAWS for g in m.groups if not logic.is_covered(g.category.code) for c in g.cites}
TELLS = re.compile(
    rf"HIV|AIDS|suy giảm miễn dịch|\bC[12348]\b|{'|'.join(map(re.escape, sorted(_COVERED - _OTHERS)))}",
    re.IGNORECASE,
)
