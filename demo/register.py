"""A province as files of the register's bulk format (docs/reference/register-format.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from ansinh.kernel.time import Month
from ansinh.rulebook.facts import vocabulary
from demo import days
from demo.answers import CODES, NUMBER, SLOTS
from demo.chance import Bools, Ints
from demo.crowd import Precision, Role
from demo.days import ALWAYS, NEVER
from demo.expected import Walk, standard
from demo.groups import Kind
from demo.identities import Identities, identities
from demo.papers import PAPERS, Facts
from demo.planted import Truth, complete
from demo.province import Province

Format = Literal["parquet", "csv"]
_SETTLED = days.of(2015, 1, 1)
"""Since when households are said to live where they do, and to be together."""
_TWO_TIERS = days.of(2025, 7, 1)
_DECREE_20 = days.of(2021, 7, 1)
_TEXT = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}
"""Length of YYYY-MM-DD, YYYY-MM, YYYY."""
_ROLES = {
    Role.HEAD: "HEAD",
    Role.SPOUSE: "SPOUSE",
    Role.CHILD: "CHILD",
    Role.PARENT: "PARENT",
    Role.GRANDCHILD: "GRANDCHILD",
    Role.RELATIVE: "RELATIVE",
    Role.TAKEN_IN: "TAKEN_IN",
}


@dataclass(frozen=True, slots=True)
class Files:
    """Frames by file name, and the truth about them."""

    frames: dict[str, pl.DataFrame]
    truths: list[Truth]
    person_keys: np.ndarray


def files(province: Province, until: dt.date | None = None) -> Files:
    """Lay a province out in the bulk format: what is loaded, and apart from it the truth.

    `until`: the day of the load, if that may be earlier than the story's end: what the register learns later
    counts as recorded at the load, for no register knows tomorrow's news.
    """
    who = identities(province)
    keys = _keys(province.plan.province, province.crowd.size)
    homes = _keys(f"{province.plan.province}-H", len(province.households.kind))
    walk = Walk(province)
    frames = {
        "persons": _persons(province, who, keys),
        "households": pl.DataFrame({"household_key": homes}),
        "residences": _residences(province, homes),
        "members": _members(province, keys, homes),
        "relations": _relations(province, keys),
        "facts": _facts(province, province.facts, "person_key", keys),
        "household_facts": _facts(province, province.household_facts, "household_key", homes),
        "deaths": _deaths(province, keys),
        "grants": _grants(province, walk, keys),
    }
    if until is not None:
        later = pl.col("recorded_at") >= until
        for name in ("facts", "household_facts", "deaths"):
            told = pl.when(~later).then(pl.col("recorded_at"))
            frames[name] = frames[name].with_columns(told.alias("recorded_at"))
    truths = complete(province.listed.truths, province.listed, walk.s.place, walk.opening)
    return Files(frames, truths, keys)


def write(made: Files, folder: Path, form: Format = "parquet") -> Iterator[tuple[str, int]]:
    """Write the files of a province into a folder; yields each name and its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in made.frames.items():
        if form == "parquet":
            frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)
        else:
            frame.write_csv(folder / f"{name}.csv")
        yield name, frame.height


def truth_frame(made: Files) -> pl.DataFrame:
    """The planted errors as a table: kind, person, other person, month first visible, group, coefficients."""
    truths = made.truths
    return pl.DataFrame(
        {
            "error": [str(t.error) for t in truths],
            "person_key": [str(made.person_keys[t.person]) for t in truths],
            "other_key": [str(made.person_keys[t.other]) if t.other >= 0 else "" for t in truths],
            "month": [str(t.month) for t in truths],
            "category": [CODES[t.group] for t in truths],
            "listed_coefficient": [t.listed for t in truths],
            "right_coefficient": [t.right for t in truths],
        },
        schema_overrides={"listed_coefficient": pl.Float64, "right_coefficient": pl.Float64},
    )


def _keys(prefix: str, count: int) -> np.ndarray:
    numbers = pl.select(pl.int_range(count, eager=False).cast(pl.String).str.zfill(7)).to_series()
    return (prefix + "-" + numbers).to_numpy() if count else np.zeros(0, dtype=object)


def _persons(province: Province, who: Identities, keys: np.ndarray) -> pl.DataFrame:
    c = province.crowd.columns()
    born = pl.Series(days.text(c["born"]))
    length = np.asarray([_TEXT[precision] for precision in Precision])[c["precision"]]
    frame = pl.DataFrame(
        {
            "person_key": keys,
            "number": who.number,
            "old_number": who.old_number,
            "name": who.name,
            "sex": np.where(c["female"], "F", "M"),
            "born": born,
            "length": length,
            "ethnicity": who.people,
            "phone": who.phone,
        },
        schema_overrides=dict.fromkeys(("number", "old_number", "name", "ethnicity", "phone"), pl.String),
    )
    empty = pl.col("number", "old_number", "phone").replace("", None)
    return frame.with_columns(empty, pl.col("born").str.slice(0, pl.col("length"))).drop("length")


def _residences(province: Province, homes: np.ndarray) -> pl.DataFrame:
    """Where households live: of divided communes, since 1/7/2025 the new one they said."""
    where, home = province.where, province.home
    moved = where.divided[home.place] & (home.confirmed != "")
    village = _villages(province)
    before = pl.DataFrame(
        {
            "household_key": homes,
            "unit_code": where.code[home.place],
            "village": village,
            "valid_from": _dates(np.full(len(homes), _SETTLED)),
            "valid_to": _dates(np.where(moved, _TWO_TIERS, NEVER)),
        },
        schema_overrides={"unit_code": pl.String, "village": pl.String},
    )
    after = pl.DataFrame(
        {
            "household_key": _text(homes[moved]),
            "unit_code": _text(home.confirmed[moved]),
            "village": _text(village[moved]),
            "valid_from": _dates(np.full(int(moved.sum()), _TWO_TIERS)),
            "valid_to": _dates(np.full(int(moved.sum()), NEVER)),
        },
        schema=before.schema,
    )
    return pl.concat([before, after])


def _villages(province: Province) -> np.ndarray:
    rng = province.chance.stream("villages")
    number = rng.integers(1, 16, len(province.households.kind)).astype(str).astype(object)
    words = np.where(
        province.remote, "Bản ", np.where(province.plan.province == "01", "Tổ dân phố ", "Thôn ")
    )
    villages: np.ndarray = words.astype(object) + number
    return villages


def _members(province: Province, keys: np.ndarray, homes: np.ndarray) -> pl.DataFrame:
    c = province.crowd.columns()
    those = np.flatnonzero(c["household"] >= 0)
    since = np.maximum(np.maximum(c["born"][those], _SETTLED), c["joined"][those])
    return pl.DataFrame(
        {
            "person_key": keys[those],
            "household_key": homes[c["household"][those]],
            "role": np.asarray([_ROLES[role] for role in Role], dtype=object)[c["role"][those]],
            "valid_from": _dates(since),
            "valid_to": _dates(np.full(len(those), NEVER)),
        },
        schema_overrides={"role": pl.String},
    )


def _relations(province: Province, keys: np.ndarray) -> pl.DataFrame:
    born = province.crowd.columns()["born"]
    parts = []
    for kind in sorted(province.crowd.ties):
        person, other, since = province.crowd.pairs(kind)
        start = np.maximum(np.maximum(born[person], born[other]), since)
        if kind == "SPOUSE":
            start = start + 20 * 365
        if kind in ("CARER", "SUPPORTER"):
            start = np.maximum(start, _SETTLED)
        parts.append(
            pl.DataFrame(
                {
                    "person_key": _text(keys[person]),
                    "kind": kind,
                    "other_key": _text(keys[other]),
                    "valid_from": _dates(start),
                    "valid_to": _dates(np.full(len(person), NEVER)),
                }
            )
        )
    return pl.concat(parts)


def _facts(province: Province, facts: Facts, key: str, keys: np.ndarray) -> pl.DataFrame:
    """Versions of facts, values in their public words."""
    paper = [p.kind if p else None for p in PAPERS]
    number = np.arange(len(facts)) % 997 + 1
    written = pl.DataFrame(
        {"at": facts.paper.astype(np.int64), "number": number, "day": _dates(facts.valid_from)}
    )
    issuer = [p.issuer if p else None for p in PAPERS]
    suffix = [p.suffix if p else None for p in PAPERS]
    gather = {
        name: pl.Series(words, dtype=pl.String)
        for name, words in (("k", paper), ("i", issuer), ("s", suffix))
    }
    has = pl.col("at") > 0
    papers = written.select(
        document_kind=gather["k"].gather(written["at"]),
        document_number=pl.when(has).then(
            pl.format(
                "{}/{}/{}", pl.col("number"), pl.col("day").dt.year(), gather["s"].gather(written["at"])
            )
        ),
        document_issuer=gather["i"].gather(written["at"]),
        document_issued_on=pl.when(has).then(pl.col("day")),
    )
    frame = pl.DataFrame(
        {
            key: _text(keys[facts.subject]),
            "fact": _fact_names(facts.fact),
            "value": _values(facts),
            "valid_from": written["day"],
            "valid_to": _dates(facts.valid_to),
            "recorded_at": _dates(facts.recorded),
            "superseded_at": _dates(facts.superseded),
        }
    )
    return frame.hstack(papers)


def _fact_names(fact: Ints) -> pl.Series:
    names = [""] * (max(f.id for f in vocabulary().values()) + 1)
    for name, entry in vocabulary().items():
        names[entry.id] = name
    return pl.Series(names).gather(fact.astype(np.uint32))


def _values(facts: Facts) -> pl.Series:
    """Public words of stored numbers: true, false, POOR, MOBILITY;VISION."""
    text = np.full(len(facts), "", dtype=object)
    for entry in vocabulary().values():
        those = np.flatnonzero(facts.fact == entry.id)
        if not len(those):
            continue
        codes, at = np.unique(facts.value[those], return_inverse=True)
        words = np.asarray([_word(entry.public(int(code))) for code in codes], dtype=object)
        text[those] = words[at]
    return pl.Series(text, dtype=pl.String)


def _word(value: bool | int | str | list[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)


def _deaths(province: Province, keys: np.ndarray) -> pl.DataFrame:
    c = province.crowd.columns()
    dead = np.flatnonzero(c["died"] < NEVER)
    return pl.DataFrame(
        {
            "person_key": _text(keys[dead]),
            "died_on": _dates(c["died"][dead]),
            "recorded_at": _dates(c["death_known"][dead]),
            "document_kind": "Trích lục khai tử",
            "document_number": pl.Series([f"{n % 400 + 1}/TLKT" for n in range(len(dead))], dtype=pl.String),
            "document_issuer": "UBND cấp xã",
            "document_issued_on": _dates(c["death_known"][dead]),
        }
    )


# ── the list that is taken over ──


def _grants(province: Province, walk: Walk, keys: np.ndarray) -> pl.DataFrame:
    """What is paid when the account opens: group, level, decision, who holds it, who is handed it.

    A unit's decision of a month is for all whose grant began then.
    """
    plan, s = province.plan, walk.s
    opens = plan.opens
    vnd = standard(plan.province, opens, opens.first)
    rng = province.chance.stream("decisions")
    holder = _holders(province, opens)
    by_hand = _hands(province)
    parts = []
    for slot in SLOTS:
        rows = np.flatnonzero(walk.state.group[slot] > 0)
        group, amount = walk.state.group[slot][rows], walk.state.amount[slot][rows]
        since = _since(s.born[rows], s.columns, group, rows, rng, opens)
        months = pl.Series(since.astype("datetime64[D]"))
        number = months.dt.month().cast(pl.Int32) * 31 + months.dt.year() % 10
        kind, hand = _recipients(walk, by_hand, slot, rows)
        parts.append(
            pl.DataFrame(
                {
                    "person_key": _text(keys[s.place[rows]]),
                    "category": _text(np.asarray(CODES, dtype=object)[group]),
                    "from_month": months,
                    "coefficient": amount / vnd,
                    "standard_vnd": vnd,
                    "amount_vnd": amount,
                    "decision_number": number.cast(pl.String) + "/QĐ-UBND",
                    "decided_on": months.dt.offset_by("9d"),
                    "signer": "Chủ tịch Ủy ban nhân dân",
                    "holding_code": _text(holder[s.household[rows]]),
                    "recipient_kind": _text(kind),
                    "recipient_key": _text(_or_none(keys[np.maximum(hand, 0)], hand >= 0)),
                },
            )
        )
    return pl.concat(parts)


def _hands(province: Province) -> tuple[Ints, Ints]:
    """A grown relative in each household, and the carer of each person; −1 = nobody."""
    crowd = province.crowd
    c = crowd.columns()
    opens = days.number(province.plan.opens.first)
    grown = np.flatnonzero(
        (c["household"] >= 0)
        & (c["kind"] == Kind.NONE)
        & (c["born"] < opens - 20 * 365)
        & (c["died"] == NEVER)
    )
    at_home = np.full(len(province.households.kind), -1, dtype=np.int64)
    at_home[c["household"][grown[::-1]]] = grown[::-1]
    carer = np.full(crowd.size, -1, dtype=np.int64)
    person, other, _ = crowd.pairs("CARER")
    carer[person] = other
    return at_home, carer


def _recipients(walk: Walk, by_hand: tuple[Ints, Ints], slot: str, rows: Ints) -> tuple[np.ndarray, Ints]:
    """Who is handed the money: a child's guardian, the carer; everybody else in person."""
    at_home, carer = by_hand
    s = walk.s
    relative = at_home[s.household[rows]]
    if slot == "CARE_HOUSEHOLD":
        named = carer[s.place[rows]]
        hand = np.where(named >= 0, named, relative)
        kind = np.where(hand >= 0, "CARER", "")
    else:
        child = s.birthdays[16][rows] > days.number(walk.province.plan.opens.first)
        hand = np.where(child, relative, -1)
        kind = np.where(hand >= 0, "GUARDIAN", "")
    return _or_none(kind.astype(object), hand >= 0), hand


def _holders(province: Province, month: Month) -> np.ndarray:
    """Code of the unit that holds the grants of each household: the district until 6/2025, then the commune.

    Whoever never said in which part of a divided commune they live is held by the province.
    """
    where, home = province.where, province.home
    if days.number(month.first) < _TWO_TIERS:
        return where.district[home.place]
    single = np.asarray([codes[0] for codes in where.successors], dtype=object)[home.place]
    said = np.where(where.divided[home.place], home.confirmed, single)
    return np.where(said == "", province.plan.province, said)


def _or_none(text: np.ndarray, known: Bools) -> np.ndarray:
    text = text.copy()
    text[~known] = None
    return text


def _since(
    born: Ints,
    columns: dict[str, np.ndarray],
    group: np.ndarray,
    rows: Ints,
    rng: np.random.Generator,
    opens: Month,
) -> Ints:
    """First month of each grant: not before Decree 20/2021, the right's own beginning, or the person.

    Never the month of the list itself: the law asks who received before.
    """
    first = days.number((opens - 1).first)
    certificate = columns["certificate"][rows]
    begins = np.maximum(born + 31, np.where(certificate < NEVER, certificate, ALWAYS))
    for code, age in (("C5C", 80), ("SP75", 75), ("SP70", 70), ("C5A", 60), ("C2", 16)):
        of_group = group == NUMBER[code]
        begins[of_group] = np.maximum(begins[of_group], days.birthday(born[of_group], age))
    social_pension = np.isin(group, [NUMBER["SP70"], NUMBER["SP75"]])
    begins = np.maximum(begins, np.where(social_pension, _TWO_TIERS, _DECREE_20))
    begins = np.minimum(days.month_first(begins), first)
    fixed = np.isin(group, [NUMBER[code] for code in ("C5C", "SP75", "SP70", "C2", "C7")])
    span = (first - begins) // 31
    drawn = begins + (rng.random(len(rows)) * np.maximum(span, 0)).astype(np.int64) * 31
    return np.minimum(days.month_first(np.where(fixed, begins, drawn)), first)


def _text(words: np.ndarray) -> pl.Series:
    return pl.Series(words.tolist(), dtype=pl.String)


def _dates(numbers: Ints) -> pl.Series:
    """Days as dates; what never comes is empty."""
    never: Bools = numbers >= NEVER
    stamps = np.where(never, 0, numbers).astype("datetime64[D]")
    return pl.select(pl.when(~pl.lit(pl.Series(never))).then(pl.lit(pl.Series(stamps)))).to_series()


__all__ = ["Files", "Format", "Kind", "files", "truth_frame", "write"]
