"""Đồng: whole numbers, written and spelled (tiền)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_THOUSANDS = ("", "nghìn", "triệu")


def whole_vnd(amount: Decimal) -> int:
    """Round to a whole đồng, halves up: the only rounding in the system."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def vnd(amount: int) -> str:
    """Write 1250000 as "1.250.000 đồng"."""
    return f"{grouped(amount)} đồng"


def grouped(number: int) -> str:
    """Write 1250000 as "1.250.000"."""
    return f"{number:,}".replace(",", ".")


def coefficient_text(coefficient: Decimal) -> str:
    """Write a coefficient as officers do: 1,5."""
    text = f"{coefficient.normalize():f}"
    return (text if "." in text else f"{text}.0").replace(".", ",")


def in_words(amount: int) -> str:
    """Spell an amount for a document: "Một triệu không trăm linh năm nghìn đồng"."""
    if amount == 0:
        return "Không đồng"
    words = f"{'âm ' if amount < 0 else ''}{_spell(abs(amount))} đồng"
    return words[0].upper() + words[1:]


def _spell(number: int) -> str:
    high, low = divmod(number, 10**9)
    if not high:
        return _below_milliard(low, full=False)
    words = f"{_spell(high)} tỷ"
    return f"{words} {_below_milliard(low, full=True)}" if low else words


def _below_milliard(number: int, *, full: bool) -> str:
    words: list[str] = []
    for power in (2, 1, 0):
        group = number // 1000**power % 1000
        if group:
            words.append(_hundreds(group, full=full or bool(words)))
            if power:
                words.append(_THOUSANDS[power])
    return " ".join(words)


def _hundreds(group: int, *, full: bool) -> str:
    hundreds, rest = divmod(group, 100)
    words = [f"{_DIGITS[hundreds]} trăm"] if hundreds or full else []
    tens, ones = divmod(rest, 10)
    if tens == 0:
        if ones:
            words.append(f"linh {_DIGITS[ones]}" if words else _DIGITS[ones])
        return " ".join(words)
    words.append("mười" if tens == 1 else f"{_DIGITS[tens]} mươi")
    if ones:
        special = {5: "lăm"} if tens == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
        words.append(special.get(ones, _DIGITS[ones]))
    return " ".join(words)
