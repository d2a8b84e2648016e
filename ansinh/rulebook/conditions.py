"""Conditions of the law (điều kiện): boolean expressions over facts, checked when loaded.

Text in the SQL sub-set of docs/reference/instruments.md is parsed by sqlglot and turned into a small tree
of our own, typed against the vocabulary. What cannot be turned is refused, never widened. The engines write
the tree as PostgreSQL SQL, as a Polars expression, as an answer for one person and as Vietnamese.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

import sqlglot
from sqlglot import exp

from ansinh.rulebook.categories import categories
from ansinh.rulebook.data import LawError
from ansinh.rulebook.facts import Fact, vocabulary

Op = Literal["<", "<=", "=", ">=", ">"]


class _Branch:
    """A part of a tree that works its hash out once: trees are looked up for everybody who is asked about."""

    @cached_property
    def _hash(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True)
class All(_Branch):
    """Every term holds."""

    terms: tuple[Tree, ...]
    __hash__ = _Branch.__hash__


@dataclass(frozen=True)
class Any(_Branch):
    """At least one term holds."""

    terms: tuple[Tree, ...]
    __hash__ = _Branch.__hash__


@dataclass(frozen=True)
class Not(_Branch):
    """The term does not hold."""

    term: Tree
    __hash__ = _Branch.__hash__


@dataclass(frozen=True, slots=True)
class Always:
    """True or false for everybody."""

    value: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes/no fact is yes."""

    name: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """An enumerated fact (or `sex`) has one of these values."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """A set fact (or `receiving`) holds at least one of these values."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgeAtLeast:
    """So many years are completed on the day asked."""

    years: int


@dataclass(frozen=True, slots=True)
class Number:
    """An amount or a count compared with a number, or with a named amount of the month."""

    name: str
    op: Op
    value: int | str


@dataclass(frozen=True, slots=True)
class Known:
    """The fact is known."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """The person is in another group of the same month's law."""

    category: str


Tree = All | Any | Not | Always | Flag | OneOf | Contains | AgeAtLeast | Number | Known | Member

AMOUNTS = ("social_pension_vnd",)
"""Amounts of the month that a condition may compare with."""

_COMPARISONS: dict[type[exp.Expression], Op] = {
    exp.LT: "<", exp.LTE: "<=", exp.EQ: "=", exp.GTE: ">=", exp.GT: ">",
}  # fmt: skip
_FLIPPED: dict[Op, Op] = {"<": ">", "<=": ">=", "=": "=", ">=": "<=", ">": "<"}


@dataclass(frozen=True, slots=True)
class Scope:
    """The names a condition may use besides the vocabulary."""

    counts: frozenset[str] = frozenset()
    child: bool = False


def parse(text: str, scope: Scope = Scope()) -> Tree:
    """Turn a condition's text into its tree. Raises LawError saying what is wrong and where."""
    if len(text) > 4000:
        raise LawError("condition is longer than 4000 characters")
    try:
        trees = sqlglot.parse(text, dialect="postgres")
        if len(trees) != 1 or trees[0] is None:
            raise LawError(f"exactly one condition expected: {text}")
        _only_what_is_read(trees[0])
        return _boolean(cast(exp.Expression, trees[0]), scope)
    except RecursionError:
        raise LawError("condition is nested too deeply") from None
    except sqlglot.errors.SqlglotError as fault:
        raise LawError(f"cannot be read: {text}: {str(fault).splitlines()[0]}") from None


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield the tree's nodes, outermost first."""
    yield tree
    match tree:
        case All(terms) | Any(terms):
            for term in terms:
                yield from walk(term)
        case Not(term):
            yield from walk(term)


def names(tree: Tree) -> set[str]:
    """Return the facts and counts a tree asks for (`born` for ages)."""
    found = set()
    for node in walk(tree):
        match node:
            case Flag(name) | OneOf(name, _) | Contains(name, _) | Number(name, _, _) | Known(name):
                found.add(name)
            case AgeAtLeast():
                found.add("born")
    return found


def rewrite(tree: Tree, leaf: Callable[[Tree], Tree]) -> Tree:
    """Replace leaves, then drop what the constants decide."""
    match tree:
        case All(terms):
            return both([rewrite(term, leaf) for term in terms])
        case Any(terms):
            return either([rewrite(term, leaf) for term in terms])
        case Not(term):
            return negate(rewrite(term, leaf))
        case _:
            return leaf(tree)


def both(terms: list[Tree]) -> Tree:
    """Join terms by "and", flat, without constants."""
    kept: list[Tree] = []
    for term in terms:
        if isinstance(term, Always):
            if not term.value:
                return Always(False)
        else:
            kept.extend(term.terms if isinstance(term, All) else (term,))
    if not kept:
        return Always(True)
    return kept[0] if len(kept) == 1 else All(tuple(dict.fromkeys(kept)))


def either(terms: list[Tree]) -> Tree:
    """Join terms by "or", flat, without constants."""
    return negate(_negated_all(terms)) if any(isinstance(t, Always) for t in terms) else _either(terms)


def _negated_all(terms: list[Tree]) -> Tree:
    return both([negate(term) for term in terms])


def _either(terms: list[Tree]) -> Tree:
    kept: list[Tree] = []
    for term in terms:
        kept.extend(term.terms if isinstance(term, Any) else (term,))
    return kept[0] if len(kept) == 1 else Any(tuple(dict.fromkeys(kept)))


def negate(tree: Tree) -> Tree:
    """Negate; "not" moves inwards so that every engine and every sentence meets it on leaves only."""
    match tree:
        case Not(term):
            return term
        case Always(value):
            return Always(not value)
        case All(terms):
            return either([negate(term) for term in terms])
        case Any(terms):
            return both([negate(term) for term in terms])
        case _:
            return Not(tree)


# ── from sqlglot ──

_READ = frozenset(
    ("this", "expression", "expressions", "low", "high", "negate", "quoted", "is_string", "query", "unnest",
     "field", "table")
)  # fmt: skip


def _only_what_is_read(tree: exp.Expr) -> None:
    """Refuse what the parser understood and we do not read, as "between symmetric"."""
    for node in tree.walk():
        if unread := {name for name, value in node.args.items() if value} - _READ:
            raise LawError(f"not allowed in a condition: {', '.join(sorted(unread))} in {node.sql()[:80]}")


def _boolean(node: exp.Expression, scope: Scope) -> Tree:
    match node:
        case exp.Paren():
            return _boolean(node.this, scope)
        case exp.And():
            return both([_boolean(node.this, scope), _boolean(node.expression, scope)])
        case exp.Or():
            return either([_boolean(node.this, scope), _boolean(node.expression, scope)])
        case exp.Not():
            return negate(_boolean(node.this, scope))
        case exp.Boolean():
            return Always(bool(node.this))
        case exp.Column():
            return _term(node, scope)
        case exp.NEQ():
            return negate(_compare(node, "=", scope))
        case exp.LT() | exp.LTE() | exp.EQ() | exp.GTE() | exp.GT():
            return _compare(node, _COMPARISONS[type(node)], scope)
        case exp.In():
            return _one_of(node, scope)
        case exp.Between():
            low, high = node.args["low"], node.args["high"]
            return both([_against(node.this, ">=", low, scope), _against(node.this, "<=", high, scope)])
        case exp.Is() if isinstance(node.expression, exp.Null):
            known = Known(_fact(node.this, scope).name)
            return known if node.args.get("negate") else negate(known)
        case _:
            raise LawError(f"not allowed in a condition: {node.sql()[:80]}")


def _name(node: exp.Expression) -> str:
    if not isinstance(node, exp.Column) or node.table or not isinstance(node.this, exp.Identifier):
        raise LawError(f"a fact's name is expected, not {node.sql()[:80]}")
    return str(node.name)


def _fact(node: exp.Expression, scope: Scope) -> Fact:
    name = _name(node)
    facts = vocabulary()
    if name not in facts or (scope.child and name != "studying"):
        raise LawError(f"unknown fact {name}")
    return facts[name]


def _term(node: exp.Column, scope: Scope) -> Tree:
    name = _name(node)
    code = name.replace("_", "-")
    if code in categories() and not scope.child:
        return Member(code)
    fact = _fact(node, scope)
    if fact.kind != "bool":
        raise LawError(f"{name} is not a yes/no fact: compare it with a value")
    return Flag(name)


def _compare(node: exp.Binary, op: Op, scope: Scope) -> Tree:
    if isinstance(node.this, exp.Column) and _name(node.this) not in AMOUNTS:
        return _against(node.this, op, node.expression, scope)
    return _against(node.expression, _FLIPPED[op], node.this, scope)


def _against(left: exp.Expression, op: Op, right: exp.Expression, scope: Scope) -> Tree:
    name = _name(left)
    if name == "age":
        return _age(op, _whole(right))
    if name in scope.counts:
        return Number(name, op, _whole(right))
    if name == "sex" and not scope.child:
        return _enumerated(name, ("F", "M"), [right], op)
    fact = _fact(left, scope)
    if fact.kind == "enum":
        return _enumerated(name, tuple(fact.values), [right], op)
    if fact.kind == "money":
        return Number(name, op, _amount(right))
    if fact.kind == "bool" and op == "=" and isinstance(right, exp.Boolean):
        return Flag(name) if right.this else Not(Flag(name))
    raise LawError(f"{name} cannot be compared so: {left.sql()} {op} {right.sql()[:60]}")


def _age(op: Op, years: int) -> Tree:
    match op:
        case ">=":
            return AgeAtLeast(years)
        case ">":
            return AgeAtLeast(years + 1)
        case "<":
            return Not(AgeAtLeast(years))
        case "<=":
            return Not(AgeAtLeast(years + 1))
        case _:
            return All((AgeAtLeast(years), Not(AgeAtLeast(years + 1))))


def _one_of(node: exp.In, scope: Scope) -> Tree:
    if any(node.args.get(key) for key in ("query", "unnest", "field")) or not node.expressions:
        raise LawError(f"IN takes a list of values: {node.sql()[:80]}")
    name = _name(node.this)
    if name == "receiving":
        return Contains(name, tuple(_value(name, tuple(categories()), value) for value in node.expressions))
    if name == "sex" and not scope.child:
        return _enumerated(name, ("F", "M"), node.expressions, "=")
    fact = _fact(node.this, scope)
    if fact.kind == "set":
        return Contains(name, tuple(_value(name, tuple(fact.values), value) for value in node.expressions))
    if fact.kind != "enum":
        raise LawError(f"{name} has no list of values")
    return _enumerated(name, tuple(fact.values), node.expressions, "=")


def _enumerated(name: str, allowed: tuple[str, ...], nodes: list[exp.Expression], op: Op) -> Tree:
    if op != "=":
        raise LawError(f"{name} can only be compared with =, <> or in")
    return OneOf(name, tuple(_value(name, allowed, node) for node in nodes))


def _value(name: str, allowed: tuple[str, ...], node: exp.Expression) -> str:
    if not isinstance(node, exp.Literal) or not node.is_string or node.this not in allowed:
        raise LawError(f"{node.sql()[:40]} is not a value of {name}: {', '.join(allowed)}")
    return str(node.this)


def _whole(node: exp.Expression) -> int:
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit():
        return int(node.this)
    raise LawError(f"a whole number is expected, not {node.sql()[:60]}")


def _amount(node: exp.Expression) -> int | str:
    if isinstance(node, exp.Column) and _name(node) in AMOUNTS:
        return _name(node)
    return _whole(node)
