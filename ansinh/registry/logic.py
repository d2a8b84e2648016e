"""Reading the bulk format (docs/reference/register-format.md): files to typed frames, and all their faults.

Everything here looks at whole columns; nothing looks at the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from ansinh.kernel import names
from ansinh.kernel.identity import BIRTH_PROVINCES
from ansinh.kernel.refusal import Refusal
from ansinh.rulebook.facts import vocabulary

SHOWN = 200
"""How many faults of a kind are listed; all are counted."""

_SPAN = ("valid_from", "valid_to")
_TOLD = ("recorded_at", "superseded_at")
PAPER = ("document_kind", "document_number", "document_issuer", "document_issued_on")


@dataclass(frozen=True, slots=True)
class Format:
    """A file of the format: its columns, and those without which it is none."""

    needed: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns the file may have."""
        return (*self.needed, *self.others)


_FACT = ("fact", "value", "valid_from")
FORMATS: dict[str, Format] = {
    "persons": Format(
        ("person_key", "name", "sex", "born"), ("number", "old_number", "ethnicity", "phone")
    ),
    "households": Format(("household_key",)),
    "residences": Format(("household_key", "unit_code", "valid_from"), ("valid_to", "village", *_TOLD)),
    "members": Format(("person_key", "household_key", "valid_from"), ("role", "valid_to", *_TOLD)),
    "relations": Format(("person_key", "kind", "other_key", "valid_from"), ("valid_to", *_TOLD)),
    "facts": Format(("person_key", *_FACT), ("valid_to", *_TOLD, *PAPER)),
    "household_facts": Format(("household_key", *_FACT), ("valid_to", *_TOLD, *PAPER)),
    "deaths": Format(("person_key", "died_on"), (*_TOLD, *PAPER)),
    "grants": Format(
        ("person_key", "category", "from_month", "amount_vnd", "holding_code"),
        ("coefficient", "standard_vnd", "decision_number", "decided_on", "signer", "recipient_kind",
         "recipient_key", "recipient_name"),
    ),
}  # fmt: skip
ROLES = {"HEAD": 1, "SPOUSE": 2, "CHILD": 3, "PARENT": 4, "GRANDCHILD": 5, "RELATIVE": 6, "TAKEN_IN": 7}
KINDS = {"FATHER": 1, "MOTHER": 2, "SPOUSE": 3, "CARER": 4, "SUPPORTER": 5, "RAISED_BY": 6}
_ONE_AT_A_TIME = (1, 2, 3)
MOST_VND = 2_000_000_000
"""The largest amount a fact can hold."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file: where, the value, and the cure (lỗi)."""

    file: str
    line: int
    column: str
    value: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}, dòng {self.line}, cột {self.column}: “{self.value}” — {self.cure}"


@dataclass
class Faults:
    """Every fault found: the first of each kind listed, all counted."""

    listed: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, column: str, wrong: pl.DataFrame, cure: str) -> None:
        """Take over the rows of a frame (line, value) that are wrong for one reason."""
        self.count += wrong.height
        for line, value in wrong.head(SHOWN).iter_rows():
            self.listed.append(Fault(file, line, column, "" if value is None else str(value), cure))

    def check(self, file: str, frame: pl.DataFrame, column: str, good: pl.Expr, cure: str) -> None:
        """Add the rows in which `good` is not true."""
        wrong = frame.filter(~good.fill_null(False)).select("line", pl.col(column).cast(pl.String))
        self.add(file, column, wrong, cure)


class LoadRefused(Refusal):
    """A register with faults, all of them at once; nothing of it was loaded."""

    def __init__(self, faults: Faults) -> None:
        self.faults = tuple(faults.listed)
        self.count = faults.count
        shown = "\n".join(f"  {fault}" for fault in self.faults[:50])
        more = f"\n  … và {self.count - 50} lỗi khác" if self.count > 50 else ""
        super().__init__(
            f"Không nạp gì cả: có {self.count} lỗi.\n{shown}{more}\n", remedy="Sửa các dòng đó rồi nạp lại."
        )


@dataclass
class Register:
    """The typed frames of a directory; each row keeps the `line` it came from."""

    frames: dict[str, pl.DataFrame]
    faults: Faults
    warnings: list[Fault]

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.frames[name]


# ── files ──


def paths(directory: Path) -> dict[str, Path]:
    """Find the files of a directory. Refuses a directory without persons, or a file twice."""
    found: dict[str, Path] = {}
    for name in FORMATS:
        present = [
            path for path in (directory / f"{name}.csv", directory / f"{name}.parquet") if path.is_file()
        ]
        if len(present) > 1:
            raise Refusal(
                f"Có cả {present[0].name} và {present[1].name}.",
                remedy="Chỉ giữ một trong hai tệp rồi nạp lại.",
            )
        if present:
            found[name] = present[0]
    if missing := [name for name in ("persons", "households", "residences", "members") if name not in found]:
        raise Refusal(
            f"Thư mục {directory} thiếu tệp: {', '.join(missing)}.",
            remedy="Xem docs/reference/register-format.md về các tệp cần có.",
        )
    return found


def read(found: Mapping[str, Path]) -> Register:
    """Read and check the files; whatever is wrong is in `faults`, and a faulty cell is null."""
    register = Register({}, Faults(), [])
    names = [name for name in FORMATS if name != "grants"]
    raw = {name: _raw(name, found[name], register.faults) for name in names if name in found}
    if any(not set(FORMATS[name].needed) <= set(frame.columns) for name, frame in raw.items()):
        raise LoadRefused(register.faults)  # what else is wrong would only follow from this
    for name in names:
        register.frames[name] = _typed(name, raw.get(name, pl.DataFrame()), register)
    _keys_once(register)
    _keys_known(register)
    _overlaps(register)
    return register


def read_grants(found: Mapping[str, Path], faults: Faults) -> pl.DataFrame:
    """Read who receives already: text columns as they stand, with `line`; empty without the file."""
    frame = _raw("grants", found["grants"], faults) if "grants" in found else pl.DataFrame()
    return _all_columns("grants", frame)


def _raw(name: str, path: Path, faults: Faults) -> pl.DataFrame:
    """Read a file as text, an empty cell as null, with its line numbers."""
    first = 2 if path.suffix == ".csv" else 1
    try:
        frame = pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        unreadable = pl.DataFrame({"line": [0], "value": [str(error).splitlines()[0][:200]]})
        faults.add(path.name, "", unreadable, "không đọc được tệp: lưu lại dạng UTF-8, mỗi dòng đủ số cột")
        return pl.DataFrame(schema={"line": pl.UInt32})
    unknown = [column for column in frame.columns if column not in FORMATS[name].columns]
    missing = [column for column in FORMATS[name].needed if column not in frame.columns]
    for column in unknown:
        faults.add(path.name, column, _head(column), "cột này không có trong định dạng; bỏ hoặc sửa tên cột")
    for column in missing:
        faults.add(path.name, column, _head(column), "thiếu cột này")
    texts = [
        pl.col(c).cast(pl.String).str.strip_chars().replace("", None)
        for c in frame.columns
        if c not in unknown
    ]
    return frame.select(texts).with_row_index("line", offset=first)


def _head(column: str) -> pl.DataFrame:
    return pl.DataFrame({"line": [1], "value": [column]})


def _all_columns(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Give a frame every column of its format; those it lacks are null."""
    lacking = [c for c in FORMATS[name].columns if c not in frame.columns]
    line = [] if "line" in frame.columns else [pl.lit(None, dtype=pl.UInt32).alias("line")]
    return frame.with_columns(*line, *(pl.lit(None, dtype=pl.String).alias(c) for c in lacking))


# ── columns ──


def _typed(name: str, raw: pl.DataFrame, register: Register) -> pl.DataFrame:
    frame = _all_columns(name, raw)
    faults = register.faults
    for column in FORMATS[name].needed:
        if column in raw.columns and column != "value":
            faults.check(name, frame, column, pl.col(column).is_not_null(), "không được để trống")
    for column in (*_SPAN, "died_on", "document_issued_on"):
        if column in frame.columns:
            frame = _dates(name, frame, column, faults)
    for column in _TOLD:
        if column in frame.columns:
            frame = _instants(name, frame, column, faults)
    if "superseded_at" in frame.columns:
        later = pl.col("superseded_at").is_null() | (pl.col("superseded_at") >= pl.col("recorded_at"))
        faults.check(name, frame, "superseded_at", later, "phải có recorded_at, và không trước recorded_at")
    if "valid_to" in frame.columns:
        ordered = pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from"))
        faults.check(name, frame, "valid_to", ordered, "phải sau valid_from (ngày đầu tiên không còn đúng)")
    special: dict[str, Callable[[pl.DataFrame, Register], pl.DataFrame]] = {
        "persons": _persons,
        "members": lambda f, r: _coded("members", f, "role", ROLES, r.faults, "RELATIVE"),
        "relations": lambda f, r: _coded("relations", f, "kind", KINDS, r.faults, None),
        "facts": lambda f, r: _facts("facts", f, r.faults),
        "household_facts": lambda f, r: _facts("household_facts", f, r.faults),
    }
    return special[name](frame, register) if name in special else frame


def _dates(name: str, frame: pl.DataFrame, column: str, faults: Faults) -> pl.DataFrame:
    read_ = pl.col(column).str.to_date("%Y-%m-%d", strict=False)
    wrong = frame.filter(pl.col(column).is_not_null() & read_.is_null()).select("line", column)
    faults.add(name, column, wrong, "viết ngày theo dạng NĂM-THÁNG-NGÀY, ví dụ 2026-11-05")
    return frame.with_columns(read_)


def _instants(name: str, frame: pl.DataFrame, column: str, faults: Faults) -> pl.DataFrame:
    text = pl.col(column)
    whole = pl.when(text.str.len_chars() == 10).then(text + "T00:00:00").otherwise(text)
    read_ = whole.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us").dt.replace_time_zone(
        "Asia/Ho_Chi_Minh"
    )
    wrong = frame.filter(text.is_not_null() & read_.is_null()).select("line", column)
    faults.add(name, column, wrong, "viết NĂM-THÁNG-NGÀY hoặc NĂM-THÁNG-NGÀYTGIỜ:PHÚT:GIÂY")
    return frame.with_columns(read_.alias(column))


def _coded(
    name: str, frame: pl.DataFrame, column: str, codes: dict[str, int], faults: Faults, empty: str | None
) -> pl.DataFrame:
    good = pl.col(column).is_in(list(codes)) | (pl.col(column).is_null() & pl.lit(empty is not None))
    present = frame.filter(pl.col(column).is_not_null() | pl.lit(empty is not None))
    faults.check(name, present, column, good, f"phải là một trong {', '.join(codes)}")
    code = pl.col(column).replace_strict(codes, default=None, return_dtype=pl.Int16)
    return frame.with_columns(code if empty is None else code.fill_null(codes[empty]))


def _persons(frame: pl.DataFrame, register: Register) -> pl.DataFrame:
    faults = register.faults
    faults.check(
        "persons", frame, "sex", pl.col("sex").is_in(["F", "M"]) | pl.col("sex").is_null(), "phải là F hoặc M"
    )
    number = pl.col("number")
    digits = number.str.contains("^[0-9]{12}$")
    faults.check("persons", frame, "number", number.is_null() | digits, "phải có đúng 12 chữ số")
    old = pl.col("old_number")
    faults.check(
        "persons",
        frame,
        "old_number",
        old.is_null() | old.str.contains("^[0-9]{9}$"),
        "phải có đúng 9 chữ số",
    )
    length = pl.col("born").str.len_chars()
    rest = (
        pl.when(length == 4)
        .then(pl.lit("-01-01"))
        .when(length == 7)
        .then(pl.lit("-01"))
        .otherwise(pl.lit(""))
    )
    precision = (
        pl.when(length == 4).then(pl.lit("Y")).when(length == 7).then(pl.lit("M")).otherwise(pl.lit("D"))
    )
    born = (pl.col("born") + rest).str.to_date("%Y-%m-%d", strict=False)
    wrong = frame.filter(pl.col("born").is_not_null() & born.is_null()).select("line", "born")
    faults.add("persons", "born", wrong, "viết NĂM-THÁNG-NGÀY, NĂM-THÁNG hoặc NĂM")
    frame = frame.with_columns(born_precision=precision, born=born).with_columns(_named(frame["name"]))
    register.warnings += _implausible(frame)
    return frame


def _named(column: pl.Series) -> list[pl.Series]:
    """Normalise names, make what they are searched and sorted by; each distinct name is worked out once."""
    composed = column.str.normalize("NFC").str.replace_all(r"\s+", " ")
    distinct = composed.drop_nulls().unique()
    words = pl.DataFrame(
        {
            "name": distinct,
            "folded": [names.fold(name) for name in distinct],
            "sort_key": [names.sort_key(name) for name in distinct],
        },
        schema=dict.fromkeys(("name", "folded", "sort_key"), pl.String),
    )
    joined = pl.DataFrame({"name": composed}).join(words, on="name", how="left", maintain_order="left")
    given = joined["folded"].str.split(" ").list.last().alias("given_folded")
    return [joined["name"], joined["folded"], joined["sort_key"], given]


def _implausible(frame: pl.DataFrame) -> list[Fault]:
    """Warn where a number disagrees with its owner (Decree 137/2015 article 13); never an error."""
    number = pl.col("number")
    century = number.str.slice(3, 1).cast(pl.Int32, strict=False)
    year = 1900 + century // 2 * 100 + number.str.slice(4, 2).cast(pl.Int32, strict=False)
    reasons = {
        "không khớp giới tính đã khai": (century % 2 == 1) != (pl.col("sex") == "F"),
        "không khớp năm sinh đã khai": year != pl.col("born").dt.year(),
        "ba chữ số đầu không phải mã tỉnh khai sinh": ~number.str.slice(0, 3).is_in(sorted(BIRTH_PROVINCES)),
    }
    found = Faults()
    for reason, strange in reasons.items():
        wrong = frame.filter(number.is_not_null() & strange.fill_null(False)).select("line", "number")
        found.add("persons", "number", wrong, reason)
    return found.listed


def _facts(name: str, frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    subject = "household" if name == "household_facts" else "person"
    codes = {f.name: f.id for f in vocabulary().values() if f.subject == subject}
    present = frame.filter(pl.col("fact").is_not_null())
    faults.check(
        name, present, "fact", pl.col("fact").is_in(list(codes)), f"tên dữ kiện phải có trong {name}"
    )
    pairs = frame.select("fact", "value").unique()
    values = [_stored(fact, value, codes) for fact, value in pairs.iter_rows()]
    stored = pairs.with_columns(stored=pl.Series(values, dtype=pl.Int64))
    frame = frame.join(stored, on=["fact", "value"], how="left", nulls_equal=True, maintain_order="left")
    known = frame.filter(pl.col("fact").is_in(list(codes)) & pl.col("stored").is_null())
    for (fact,), rows in known.group_by("fact"):
        faults.add(name, "value", rows.select("line", "value"), vocabulary()[str(fact)].allowed())
    code = pl.col("fact").replace_strict(codes, default=None, return_dtype=pl.Int16)
    return frame.with_columns(fact=code, value=pl.col("stored")).drop("stored")


def _stored(fact: str | None, value: str | None, codes: Mapping[str, int]) -> int | None:
    if fact is None or fact not in codes:
        return None
    meaning = vocabulary()[fact]
    try:
        match meaning.kind:
            case "bool":
                return {"true": 1, "false": 0}[str(value)]
            case "set":
                return meaning.store(value.split("+") if value else [])
            case "money":
                return int(str(value)) if str(value).isdecimal() and int(str(value)) <= MOST_VND else None
            case _:
                return meaning.store(value)
    except (KeyError, ValueError):
        return None


# ── what holds between rows and files ──


def _keys_once(register: Register) -> None:
    for file, column in (("persons", "person_key"), ("households", "household_key"), ("persons", "number")):
        frame = register[file]
        twice = frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_first_distinct())
        register.faults.add(file, column, twice.select("line", column), "đã có ở một dòng trước")
    dead = register["deaths"].filter(pl.col("superseded_at").is_null())
    twice = dead.filter(~pl.col("person_key").is_first_distinct()).select("line", "person_key")
    register.faults.add("deaths", "person_key", twice, "người này đã được ghi chết ở một dòng trước")


def _keys_known(register: Register) -> None:
    persons, households = register["persons"]["person_key"], register["households"]["household_key"]
    for file, columns in {
        "members": ("person_key", "household_key"),
        "residences": ("household_key",),
        "relations": ("person_key", "other_key"),
        "facts": ("person_key",),
        "household_facts": ("household_key",),
        "deaths": ("person_key",),
    }.items():
        for column in columns:
            there = households if column == "household_key" else persons
            present = register[file].filter(pl.col(column).is_not_null())
            cure = f"không có trong {'households' if column == 'household_key' else 'persons'}"
            unknown = present.join(pl.DataFrame({column: there}), on=column, how="anti")
            register.faults.add(file, column, unknown.select("line", column), cure)
    own = register["relations"].filter(pl.col("person_key") == pl.col("other_key"))
    register.faults.add(
        "relations", "other_key", own.select("line", "other_key"), "không thể là người thân của chính mình"
    )


def _overlaps(register: Register) -> None:
    """Find what stands twice on one day: of two rows, the one that starts later is told."""
    only = pl.when(pl.col("kind").is_in(_ONE_AT_A_TIME)).then(pl.lit("")).otherwise(pl.col("other_key"))
    kinds: dict[str, tuple[str, ...]] = {
        "residences": ("household_key",),
        "members": ("person_key",),
        "relations": ("person_key", "kind", "other_key"),
        "facts": ("person_key", "fact"),
        "household_facts": ("household_key", "fact"),
    }
    for file, same in kinds.items():
        rows = both_ways(register[file]) if file == "relations" else register[file]
        rows = rows.filter(pl.col("superseded_at").is_null() & pl.col("valid_from").is_not_null())
        if file == "relations":
            rows = rows.with_columns(other_key=only)
        # Only whoever has several rows is sorted: a register has millions of others.
        rows = rows.select("line", *same, *_SPAN).filter(pl.struct(same).is_duplicated())
        rows = rows.sort([*same, "valid_from"])
        before = pl.col("valid_to").fill_null(dt.date.max).shift(1).over(list(same))
        twice = rows.filter(before > pl.col("valid_from")).select("line", "valid_from").unique("line")
        cure = "trùng ngày với một dòng khác của cùng đối tượng"
        register.faults.add(file, "valid_from", twice.sort("line"), cure)


# ── rows for the tables ──


@cache
def secret_facts() -> tuple[int, ...]:
    """The facts that betray an illness or an abuse: kept in a table of their own."""
    return tuple(fact.id for fact in vocabulary().values() if fact.privacy == "secret")


def papers(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The distinct papers that frames name: kind, number, issuer, issued_on."""
    named = [
        frame.filter(pl.any_horizontal(pl.col(c).is_not_null() for c in PAPER)).select(PAPER)
        for frame in frames
    ]
    return pl.concat(named).unique(maintain_order=True)


def both_ways(relations: pl.DataFrame) -> pl.DataFrame:
    """Write a marriage both ways, once each."""
    married = pl.col("kind") == KINDS["SPOUSE"]
    turned = relations.filter(married).with_columns(
        person_key=pl.col("other_key"), other_key=pl.col("person_key")
    )
    same = ["person_key", "other_key", "kind", "valid_from", "valid_to", "superseded_at"]
    return pl.concat([relations, turned.select(relations.columns)]).unique(
        same, keep="first", maintain_order=True
    )
