"""Where each fact lies while people's facts are folded, and how the frame's columns come out of it.

Every value is shifted to its own bits of a word, so that one `bit_or` folds all facts of a person; 0 says
that nothing is known. The places are worked out from the vocabulary for each query, stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ansinh.rulebook.facts import Fact, vocabulary

_WORD = 62

# What relatives say of a person, on a day: bits of one number, five for each kind of relation.
FATHER, MOTHER, SPOUSE, SUPPORTER = 0, 5, 10, 15
LINKED, DEAD, WIDOWED, IN_FACILITY, DETAINED = 1, 2, 4, 8, 16
# Of supporters: one alive on allowance, one alive without, one dead.
ON_ALLOWANCE, ABLE, GONE = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact's code lies: the word, the first bit, how many bits. 0 = not known."""

    word: int
    offset: int
    width: int
    add: int


@cache
def packing() -> tuple[dict[str, Place], int]:
    """Lay the vocabulary's codes side by side into words; return the places and how many words."""
    places: dict[str, Place] = {}
    used: list[int] = []
    for fact in sorted(vocabulary().values(), key=lambda fact: (fact.kind == "money", fact.id)):
        width, add = _width(fact)
        word = next((n for n, bits in enumerate(used) if bits + width <= _WORD), len(used))
        if word == len(used):
            used.append(0)
        places[fact.name] = Place(word, used[word], width, add)
        used[word] += width
    return places, len(used)


def _width(fact: Fact) -> tuple[int, int]:
    """Return the bits of a fact's code and what is added to a stored value so that 0 means not known."""
    match fact.kind:
        case "bool":
            return 2, 1
        case "enum":
            return len(fact.values).bit_length(), 0
        case "set":
            return len(fact.values) + 1, 1
        case "money":
            return 31, 1


def words(row: str) -> list[str]:
    """The SQL of a row's value in its place, word by word (NULL in the words where its fact does not lie)."""
    places, count = packing()
    size = max(fact.id for fact in vocabulary().values())
    by_id = {fact.id: places[fact.name] for fact in vocabulary().values()}
    add = array(by_id[n].add if n in by_id else None for n in range(1, size + 1))
    shifts = []
    for word in range(count):
        offsets = array(
            by_id[n].offset if n in by_id and by_id[n].word == word else None for n in range(1, size + 1)
        )
        shifted = f"(({row}.value + ({add})[{row}.fact])::bigint << ({offsets})[{row}.fact])"
        if word:
            ids = ", ".join(str(n) for n, place in sorted(by_id.items()) if place.word == word)
            shifted = f"case when {row}.fact in ({ids}) then {shifted} end"
        shifts.append(shifted)
    return shifts


def array(numbers: Iterable[int | None]) -> str:
    """A constant array, indexed from 1."""
    return "'{" + ",".join("NULL" if n is None else str(n) for n in numbers) + "}'::int[]"


def _code(name: str) -> str:
    """The code of a fact in its word; NULL = not known."""
    place = packing()[0][name]
    return f"nullif((w{place.word} >> {place.offset}) & {(1 << place.width) - 1}, 0)"


def value(name: str) -> str:
    """A fact as recorded."""
    fact, code = vocabulary()[name], _code(name)
    if fact.kind == "bool":
        return f"coalesce({code} = 2, false)" if fact.absent == "no" else f"{code} = 2"
    if fact.kind == "enum":
        return f"{code}::smallint"
    number = f"{code} - 1" if fact.kind == "money" else f"({code} - 1)::int"
    return f"coalesce({number}, 0)" if fact.absent == "no" else number


def column(name: str) -> str:
    """A fact as the law sees it: where relatives are linked, from their records."""
    derived = {
        "father": lambda: _parent("father", FATHER),
        "mother": lambda: _parent("mother", MOTHER),
        "marital": _marital,
        "supporter": _supporter,
    }
    return derived[name]() if name in derived else value(name)


def _parent(name: str, start: int) -> str:
    code, declared = vocabulary()[name].code, _code(name)
    return (
        f"(case when kin & {31 << start} = 0 then {declared} "
        f"when kin & {LINKED << start} = 0 then {code('DEAD')} "
        f"when kin & {DEAD << start} <> 0 then {code('DEAD')} "
        f"when kin & {IN_FACILITY << start} <> 0 then {code('IN_FACILITY')} "
        f"when kin & {DETAINED << start} <> 0 then {code('DETAINED')} "
        f"when {declared} in ({code('MISSING')}, {code('INCAPABLE')}) then {declared} "
        f"else {code('ALIVE')} end)::smallint"
    )


def _marital() -> str:
    code, declared = vocabulary()["marital"].code, _code("marital")
    return (
        f"(case when kin & {31 << SPOUSE} = 0 then {declared} "
        f"when kin & {LINKED << SPOUSE} = 0 or kin & {DEAD << SPOUSE} <> 0 then {code('SPOUSE_DEAD')} "
        f"when {declared} = {code('SPOUSE_MISSING')} then {declared} "
        f"else {code('MARRIED')} end)::smallint"
    )


def _supporter() -> str:
    code, declared = vocabulary()["supporter"].code, _code("supporter")
    able, allowance, gone = (bit << SUPPORTER for bit in (ABLE, ON_ALLOWANCE, GONE))
    return (
        f"(case when kin & {able | allowance | gone} = 0 then {declared} "
        f"when kin & {able} <> 0 then case when {declared} in ({code('UNABLE')}, {code('ABLE')}) "
        f"then {declared} end "
        f"when kin & {allowance} <> 0 then {code('ON_ALLOWANCE')} "
        f"else {code('NONE')} end)::smallint"
    )


def masks(facts: Iterable[str]) -> list[int]:
    """The bits of each word in which some facts lie."""
    places, count = packing()
    kept = [places[name] for name in set(facts) & set(places)]
    return [
        sum(((1 << place.width) - 1) << place.offset for place in kept if place.word == word)
        for word in range(count)
    ]


def columns(row: str) -> str:
    """The words of a row."""
    return ", ".join(f"{row}.w{n}" for n in range(packing()[1]))
