"""How pages write đồng, coefficients, days, months and births."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Protocol

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language

from ansinh.kernel.money import coefficient_text, grouped
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.rulebook.english import in_english
from ansinh.web.help import helps

register = template.Library()


class _Named(Protocol):
    kind: str
    name: str


@register.filter
def law_text(words: object) -> str:
    """Say the law's word for something in the reader's language, where it has an English twin."""
    text = str(words or "")
    return (in_english(text) or text) if get_language() == "en" else text


@register.filter
def law_words(words: object) -> str:
    """Say it as `law_text` does; what has no English twin is marked as Vietnamese."""
    text = law_text(words)
    if not text or get_language() != "en" or text != words:
        return text
    return format_html('<span lang="vi">{}</span>', text)


@register.filter
def vnd(amount: int | None) -> str:
    """Write 1250000 as 1.250.000 (1,250,000 in English); nothing for None."""
    if amount is None:
        return ""
    text = grouped(amount)
    return text.replace(".", ",") if get_language() == "en" else text


@register.filter
def coef(coefficient: Decimal | None) -> str:
    """Write 1.5 as 1,5 (1.5 in English)."""
    if coefficient is None:
        return ""
    text = coefficient_text(Decimal(coefficient))
    return text.replace(",", ".") if get_language() == "en" else text


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """Write a day as 05/10/2026."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    return vietnamese_date(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Write an instant as 14:05 05/10/2026."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local:%H:%M} {vietnamese_date(local.date())}"


@register.filter
def month(value: Month | dt.date | None) -> str:
    """Write a month as 10/2026."""
    if value is None:
        return ""
    return (value if isinstance(value, Month) else Month.of(value)).vietnamese()


@register.filter
def born(value: dt.date | None, precision: str = "D") -> str:
    """Write a birth as exactly as it is known: 05/10/1941, 10/1941 or 1941."""
    if value is None:
        return ""
    return {"Y": str(value.year), "M": Month.of(value).vietnamese()}.get(precision, vietnamese_date(value))


@register.filter
def unit_name(unit: _Named | None) -> str:
    """Write a unit as “Phường Ba Đình”."""
    return f"{unit.kind} {unit.name}".strip() if unit else ""


@register.inclusion_tag("web/help.html", takes_context=True)
def page_help(context: template.Context) -> dict[str, object]:
    """Show what the page is for, when its room says so (the "?" of every officer's page)."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    found = helps().get(match.view_name) if match else None
    said = (found.en if get_language() == "en" else found.vi) if found else ""
    return {"help": found, "said": said}
