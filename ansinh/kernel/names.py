"""Vietnamese names: normal form, folding for search, order (họ tên)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_MARKS = {
    ("a", "\u0306"): "a1", ("a", "\u0302"): "a2", ("d", "-"): "d1", ("e", "\u0302"): "e1",
    ("o", "\u0302"): "o1", ("o", "\u031b"): "o2", ("u", "\u031b"): "u1",
}  # fmt: skip


def nfc(text: str) -> str:
    """Compose the letters (NFC) and squeeze the spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Fold for search: "Đặng Thị Ưng" → "dang thi ung"."""
    return " ".join([_folded(word) for word in text.split()])


@lru_cache(maxsize=1 << 16)
def _folded(word: str) -> str:
    """Fold one word; the words of names are few."""
    plain = unicodedata.normalize("NFD", word.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c)).lower()


def given(full_name: str) -> str:
    """Return the given name (tên): the last word of a name as declared."""
    return full_name.rsplit(" ", 1)[-1] if full_name else ""


def sort_key(full_name: str) -> str:
    """Make a key that sorts names as Vietnamese lists do, by given name first, under COLLATE "C".

    Letters before tones: a ă â … d đ; ngang, huyền, hỏi, ngã, sắc, nặng.
    """
    words = [_word(word) for word in full_name.split(" ")]
    return f"{_letters(words[-1:])}\x02{_letters(words)}"


def _letters(words: list[tuple[str, str]]) -> str:
    """Letters of some words, then their tones."""
    return " ".join([primary for primary, _ in words]) + "\x01" + "0".join([tones for _, tones in words])


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> tuple[str, str]:
    """The letters of a word, and their tones."""
    primary: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", word.replace("Đ", "D-").replace("đ", "d-")):
        if char in _TONES:
            if tones:
                tones[-1] = _TONES[char]
        elif primary and (mark := _MARKS.get((primary[-1][0], char))):
            primary[-1] = mark
        elif not unicodedata.combining(char):
            letter = char.lower()
            primary.append(f"{letter}0" if letter.isalpha() else letter)
            tones.append("0")
    return "".join(primary), "".join(tones)
