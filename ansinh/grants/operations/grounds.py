"""Legal grounds: the same articles are written down once, however many people they give money to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansinh.determinations.models import OutcomeEntitlement, Run
from ansinh.grants.models import LegalGround
from ansinh.kernel.hashing import content_hash

Words = tuple[tuple[str, ...], str]
"""The articles, and a note beside them."""


def keep_grounds(*, words: Iterable[Words]) -> dict[Words, int]:
    """Write down the grounds that are not written down yet; return the ids of all."""
    digests = {
        one: content_hash([*(cite.encode() for cite in one[0]), b"", one[1].encode()]) for one in words
    }
    LegalGround.objects.bulk_create(
        (LegalGround(digest=digest, cites=list(one[0]), note=one[1]) for one, digest in digests.items()),
        ignore_conflicts=True,
    )
    ids = dict(LegalGround.objects.filter(digest__in=digests.values()).values_list("digest", "pk"))
    return {one: ids[digest] for one, digest in digests.items()}


def keep_entitlement_grounds(*, runs: Sequence[Run]) -> dict[tuple[int, int, str], int]:
    """Write down the grounds of everything some runs give; return them by (run, outcome, slot)."""
    rows = OutcomeEntitlement.objects.filter(run__in=runs).values_list("run", "no", "slot", "cites", "notes")
    words = {(run, no, slot): (tuple(cites), "\n".join(notes)) for run, no, slot, cites, notes in rows}
    ids = keep_grounds(words=set(words.values()))
    return {key: ids[one] for key, one in words.items()}
