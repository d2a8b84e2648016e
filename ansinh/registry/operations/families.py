"""What happens in families: births, marriages, carers, what became of a parent (việc trong nhà)."""

from __future__ import annotations

import datetime as dt

from ansinh.accounts.models import User
from ansinh.kernel.names import fold, given, nfc, sort_key
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date
from ansinh.registry.models import Document, Household, Member, Person, Relation
from ansinh.registry.operations.entries import Entry, entry, key_of
from ansinh.registry.operations.recording import as_stored, meant, write_fact

ONE = (Relation.Kind.FATHER, Relation.Kind.MOTHER, Relation.Kind.SPOUSE)
"""Of these somebody has one at a time."""


def record_birth(
    *,
    parent: Person,
    household: Household,
    name: str,
    sex: str,
    born: dt.date,
    number: str | None = None,
    other_parent: Person | None = None,
    role: int = Member.Role.CHILD,
    raised: bool = True,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> Person:
    """Record a child born into a household, with its parents (ghi sinh).

    `raised`: both parents named raise it. Refused: a day to come; a parent who is no member of the household
    on that day; two parents of one sex; a number somebody has.
    """
    if born > at.astimezone(dt.timezone(dt.timedelta(hours=7))).date():
        raise Refusal(f"Ngày sinh {vietnamese_date(born)} chưa tới.", remedy="Ghi theo giấy khai sinh.")
    if other_parent is not None and other_parent.sex == parent.sex:
        raise Refusal(
            "Cha và mẹ không thể cùng giới tính.", remedy="Chọn lại người kia, hoặc kiểm tra giới tính."
        )
    whole = " ".join(nfc(name).split())
    with entry(
        "Ghi sinh", by=by, at=at, about=parent, event=event, document=document, locking=[household]
    ) as made:
        belongs = Member.objects.filter(
            person=parent, household=household, superseded_at=None, valid__contains=born
        )
        if not belongs.exists():
            raise Refusal(
                f"Ngày {vietnamese_date(born)} cha hoặc mẹ chưa thuộc hộ {household.code}.",
                remedy="Kiểm tra ngày sinh, hoặc ghi cha mẹ nhập hộ trước.",
            )
        child = Person.objects.create(
            source=made.source,
            key=key_of(made.source),
            number=number or None,
            name=whole,
            folded=fold(whole),
            given_folded=fold(given(whole)),
            sort_key=sort_key(whole),
            sex=sex,
            born=born,
            born_precision=Person.Precision.DAY,
        )
        made.replace(Member, {"person": child}, born, None, household=household, role=role)
        for who in filter(None, (parent, other_parent)):
            kind = Relation.Kind.FATHER if who.sex == Person.Sex.MALE else Relation.Kind.MOTHER
            tie(made, child, kind, who, born, None)
            if raised:
                tie(made, child, Relation.Kind.RAISED_BY, who, born, None)
        made.trail("record_birth", child, {"born": born.isoformat()})
    return child


def record_marriage(
    *,
    person: Person,
    spouse: Person | None,
    married_on: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> None:
    """Record a marriage on both sides (ghi kết hôn); `spouse` None: somebody who is not in the register.

    Refused: somebody who is married to another already.
    """
    both = [person] if spouse is None else [person, spouse]
    with entry(
        "Ghi kết hôn", by=by, at=at, about=person, event=event, document=document, locking=both
    ) as made:
        meaning = meant("marital", "person")
        for who in both:
            married = Relation.objects.filter(
                person=who, kind=Relation.Kind.SPOUSE, superseded_at=None, valid__contains=married_on
            ).exclude(other=spouse if who == person else person)
            if married.exists():
                raise Refusal(
                    f"{who.name} đang có vợ hoặc chồng theo sổ.",
                    basis="Điều 8 Luật Hôn nhân và gia đình 2014",
                    remedy="Ghi ly hôn hoặc vợ, chồng đã chết trước; hoặc đính chính quan hệ đã ghi.",
                )
            write_fact(made, who, meaning, as_stored(meaning, "MARRIED"), married_on, None, document)
        if spouse is not None:
            tie(made, person, Relation.Kind.SPOUSE, spouse, married_on, None)
        made.trail("record_marriage", person, {"on": married_on.isoformat()})


def record_carer(
    *,
    person: Person,
    carer: Person | None,
    care: str,
    valid_from: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> None:
    """Record who cares for somebody from a day on (ghi người chăm sóc); what was said before of it ends.

    `care`: the value of the fact `carer`. Refused: NONE with somebody named; other than NONE with nobody.
    """
    if (carer is None) != (care == "NONE"):
        raise Refusal(
            "Chưa rõ ai là người chăm sóc.", remedy="Chọn người chăm sóc, hoặc ghi không có người chăm sóc."
        )
    meaning = meant("carer", "person")
    with entry(
        "Ghi người chăm sóc", by=by, at=at, about=person, event=event, document=document, locking=[person]
    ) as made:
        made.clear(Relation, {"person": person, "kind": Relation.Kind.CARER}, valid_from, None)
        write_fact(made, person, meaning, as_stored(meaning, care), valid_from, None, document)
        if carer is not None:
            tie(made, person, Relation.Kind.CARER, carer, valid_from, None)
        made.trail("record_carer", person, {"carer": carer.pk if carer else None})


def record_parent(
    *,
    child: Person,
    which: str,
    state: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> None:
    """Record what became of a child's father or mother (ghi tình trạng cha, mẹ).

    `which`: "father" or "mother"; `state`: a value of that fact. In prison or in a facility is also written
    of the parent, where the register knows who it is: their own record counts before what is declared.
    """
    meaning = meant(which, "person")
    number = as_stored(meaning, state)
    kind = Relation.Kind.FATHER if which == "father" else Relation.Kind.MOTHER
    own = {"DETAINED": "imprisoned", "IN_FACILITY": "in_facility"}.get(state)
    linked = (
        Relation.objects.filter(person=child, kind=kind, superseded_at=None, valid__contains=valid_from)
        .select_related("other")
        .first()
    )
    parent = linked.other if linked is not None and own else None
    with entry(
        "Ghi tình trạng cha, mẹ",
        by=by,
        at=at,
        about=child,
        event=event,
        document=document,
        locking=[child] if parent is None else [child, parent],
    ) as made:
        write_fact(made, child, meaning, number, valid_from, valid_to, document)
        if parent is not None and own:
            about = meant(own, "person")
            write_fact(made, parent, about, as_stored(about, True), valid_from, valid_to, document)
        made.trail("record_parent", child, {"which": which})


def tie(made: Entry, person: Person, kind: int, other: Person, since: dt.date, until: dt.date | None) -> None:
    """Write what one person is to another, a marriage on both sides; within an entry."""
    if person == other:
        raise Refusal("Không thể là người thân của chính mình.", remedy="Chọn người khác.")
    same = {"person": person, "kind": kind, **({} if kind in ONE else {"other": other})}
    made.replace(Relation, same, since, until, **({"other": other} if kind in ONE else {}))
    if kind == Relation.Kind.SPOUSE:
        made.replace(Relation, {"person": other, "kind": kind}, since, until, other=person)
