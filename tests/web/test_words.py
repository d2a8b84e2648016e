"""The law's words in the reader's language: every one has its English, and nothing changes in Vietnamese."""

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.html import escape

from ansinh.registry.models import Member, Person, Relation
from ansinh.rulebook.categories import SCHEME_LABELS, categories
from ansinh.rulebook.english import in_english, twins
from ansinh.rulebook.facts import vocabulary
from ansinh.simulations.logic.comparing import AGE_EDGES, _age_label


def shown(words: str) -> str:
    return Template("{% load ansinh %}{{ words|law_words }}").render(Context({"words": words}))


def test_every_word_that_pages_show_beside_people_has_its_english() -> None:
    facts = vocabulary().values()
    words = [fact.label for fact in facts] + [word for fact in facts for word in fact.values.values()]
    words += [fact.words(code) for fact in facts if fact.kind == "bool" for code in (0, 1)]
    words += [*SCHEME_LABELS.values(), *(group.label for group in categories().values())]
    words += [str(one.label) for kind in (Member.Role, Relation.Kind, Person.Sex) for one in kind]
    words += [_age_label(band) for band in range(-1, len(AGE_EDGES))]
    assert [word for word in words if in_english(word) is None] == []


def test_no_english_is_left_of_a_word_with_other_numbers_in_it() -> None:
    odd = [vi for vi, en in twins().items() if vi.count("#") != en.count("#")]
    assert odd == []


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("vận động, nghe, nói, nhìn", "mobility, hearing, speech, vision"),
        ("đủ 80 tuổi ngày 01/02/2027", "turns 80 on 01/02/2027"),
        ("hết hiệu lực ngày 31/12/2026: Cha", "ends on 31/12/2026: Father"),
        ("1.250.000 đồng", "1,250,000 đồng"),
        ("450.000 đồng", "450,000 đồng"),
        ("Từ 80 tuổi", "80 and over"),
        ("Hộ <ông> Tư", '<span lang="vi">Hộ &lt;ông&gt; Tư</span>'),
        ("", ""),
    ],
)
def test_words_are_said_in_english_or_marked_as_vietnamese(words: str, english: str) -> None:
    with translation.override("en"):
        assert shown(words) == english
    with translation.override("vi"):
        assert shown(words) == escape(words)
