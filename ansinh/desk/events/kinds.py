"""What every event has: a form that asks for its paper, and what it does (việc)."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.desk.queries import people
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date
from ansinh.registry import operations as registry
from ansinh.registry import queries
from ansinh.registry.models import Death, Document, Household, Member, Person
from ansinh.web.fields import DayField
from ansinh.web.templatetags.ansinh import law_text

CONTROL = {"class": "form-control", "autocomplete": "off"}
Word = Any
"""A label: words, or words translated when they are shown."""
law_word = lazy(law_text, str)
"""The law's word for something, in the language of whoever it is shown to."""


@dataclass(frozen=True)
class Doing:
    """One event about to be written: about whom, what was typed, by whom."""

    event: str
    person: Person
    said: dict[str, Any]
    by: User
    at: dt.datetime

    def told(self) -> dict[str, Any]:
        """What every operation is told; within the transaction that writes: the paper is kept."""
        return {"document": self.paper(), "by": self.by, "at": self.at, "event": self.event}

    def paper(self) -> Document:
        """Keep the paper."""
        return paper_of(self.said)

    def household(self, on: dt.date) -> Household:
        """The person's household on a day. Refused: none."""
        row = (
            Member.objects.filter(person=self.person, superseded_at=None, valid__contains=on)
            .select_related("household")
            .first()
        )
        if row is None:
            raise Refusal(
                gettext("Ngày {day} người này không thuộc hộ nào.").format(day=vietnamese_date(on)),
                remedy=gettext("Kiểm tra ngày, hoặc ghi nhập vào một hộ trước."),
            )
        return row.household


class PaperForm(forms.Form):
    """The paper that proves what is entered; a form's own fields come before it."""

    paper_kind = forms.CharField(label=_("Giấy tờ"), max_length=120, widget=forms.TextInput(attrs=CONTROL))
    paper_number = forms.CharField(
        label=_("Số giấy tờ"),
        help_text=_("Để trống nếu giấy không có số."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs=CONTROL),
    )
    paper_issuer = forms.CharField(label=_("Nơi cấp"), max_length=160, widget=forms.TextInput(attrs=CONTROL))
    paper_day = DayField(label=_("Ngày cấp"))

    def __init__(self, *args: Any, user: User, on: dt.date, paper: str, **options: Any):
        super().__init__(*args, **options)
        self.user, self.on = user, on
        self.fields["paper_kind"].initial = paper
        own = [name for name in self.fields if not name.startswith("paper_")]
        self.order_fields(own)
        for field in self.fields.values():
            field.error_messages["required"] = str(_("Hãy ghi mục này."))

    @property
    def parts(self) -> list[tuple[Word, list[forms.BoundField]]]:
        """The fields under headings: what happened, by which paper; without fields there is no part."""
        paper = [self[name] for name in self.fields if name.startswith("paper_")]
        own = [self[name] for name in self.fields if not name.startswith("paper_")]
        parts = ((_("Việc đã xảy ra"), own), (_("Giấy tờ chứng minh"), paper))
        return [(heading, fields) for heading, fields in parts if fields]

    def clean_paper_day(self) -> dt.date:
        """A paper is not from the future."""
        day: dt.date = self.cleaned_data["paper_day"]
        if day > self.on:
            raise forms.ValidationError(_("Ngày cấp chưa tới."))
        return day


class EventForm(PaperForm):
    """The fields of an event: of one person, and what depends on who they are."""

    def __init__(self, *args: Any, person: Person, **options: Any):
        super().__init__(*args, **options)
        self.person = person
        self.prepare()

    def prepare(self) -> None:
        """Fill choices that depend on the person."""

    def offer(self, name: str, among: Iterable[Person], empty: Word = "—") -> None:
        """Offer people by name and birth, of those whom the officer may see."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        known = {person.pk: person for person in among}
        seen = people.seen(self.user, list(known), on=self.on)
        offered = [(str(key), described(person)) for key, person in known.items() if key in seen]
        several = isinstance(field, forms.MultipleChoiceField)
        field.choices = offered if several else [("", empty), *offered]

    def chosen(self, name: str) -> Person | None:
        """The person chosen in a field, or named by their number in `<field>_number`."""
        number = self.cleaned_data.get(f"{name}_number")
        if number:
            found = Person.objects.filter(number=number).first()
            if found is None or people.in_scope(self.user, found.pk, on=self.on) is None:
                self.add_error(f"{name}_number", _("Không có ai mang số này trong địa bàn."))
                return None
            return found
        key = self.cleaned_data.get(name)
        return Person.objects.filter(pk=int(key)).first() if key else None


def paper_of(said: dict[str, Any]) -> Document:
    """Keep the paper of a form."""
    return registry.keep_document(
        kind=said["paper_kind"],
        number=said["paper_number"],
        issuer=said["paper_issuer"],
        issued_on=said["paper_day"],
    )


class Since(EventForm):
    """An event that holds from a day on."""

    valid_from = DayField(label=_("Từ ngày"))


def number_field(label: Word, *, digits: int = 12, **options: Any) -> forms.CharField:
    """A citizen number (an old identity number has nine digits), or nothing."""
    number, old = _("Số định danh phải có đúng 12 chữ số."), _("Số CMND cũ phải có đúng 9 chữ số.")
    return forms.RegexField(
        rf"^[0-9]{{{digits}}}$",
        label=label,
        required=False,
        widget=forms.TextInput(attrs={**CONTROL, "inputmode": "numeric"}),
        error_messages={"invalid": number if digits == 12 else old},
        **options,
    )


def select(label: Word, choices: Iterable[tuple[str, Word]] = (), **options: Any) -> forms.ChoiceField:
    """A choice of one."""
    widget = forms.Select(attrs={"class": "form-select"})
    # Nothing is chosen for the officer.
    empty = [("", "—")] if options.get("required", True) else []
    return forms.ChoiceField(label=label, choices=[*empty, *_said(choices)], widget=widget, **options)


def many(label: Word, choices: Iterable[tuple[str, Word]] = (), **options: Any) -> forms.MultipleChoiceField:
    """A choice of several, as boxes."""
    widget = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    return forms.MultipleChoiceField(label=label, choices=_said(choices), widget=widget, **options)


def _said(choices: Iterable[tuple[str, Word]]) -> list[tuple[str, Word]]:
    return [(key, law_word(words)) for key, words in choices]


def described(person: Person) -> str:
    """A name with the year of birth."""
    return f"{person.name} ({person.born.year})" if person.born else person.name


def household_of(person: Person, on: dt.date) -> list[Person]:
    """Everybody alive of somebody's present household, the head first."""
    homes = Member.objects.filter(person=person, superseded_at=None, valid__contains=on).values("household")
    dead = Death.objects.filter(superseded_at=None).values("person")
    rows = (
        Member.objects.filter(household__in=homes, superseded_at=None, valid__contains=on)
        .exclude(person__in=dead)
        .select_related("person")
        .order_by("role", "person__born", "person")
    )
    return [row.person for row in rows]


def others_near(person: Person, on: dt.date) -> list[Person]:
    """Whoever lives with somebody or is tied to them, the household first."""
    own = household_of(person, on)
    dead = Death.objects.filter(superseded_at=None).values("person")
    keys = queries.near([person.pk]) - {one.pk for one in own}
    others = Person.objects.filter(pk__in=keys).exclude(pk__in=dead).order_by("sort_key")
    return [one for one in (*own, *others) if one.pk != person.pk]


class Event(ABC):
    """A kind of thing that happens: its words, its article, its form, what it writes (việc)."""

    code: ClassVar[str]
    """Its part of the address: says nothing secret."""
    label: ClassVar[Word]
    help: ClassVar[Word] = ""
    basis: ClassVar[str] = ""
    """The article that asks for it, as cited."""
    paper: ClassVar[str]
    """The paper usually shown."""
    form: ClassVar[type[EventForm]]
    rights: ClassVar[tuple[Right, ...]] = (Right.KEEP_REGISTER,)

    @abstractmethod
    def perform(self, doing: Doing) -> None:
        """Write it, by one operation of the register."""

    def days(self, said: dict[str, Any]) -> tuple[dt.date, dt.date | None]:
        """From when to when it speaks."""
        return said["valid_from"], said.get("valid_to")
