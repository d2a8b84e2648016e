"""Money in words, names in order, numbers that say who was born where."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel import identity, money, names


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (540_000, "Năm trăm bốn mươi nghìn đồng"),
        (1_250_000, "Một triệu hai trăm năm mươi nghìn đồng"),
        (10_015_000, "Mười triệu không trăm mười lăm nghìn đồng"),
        (251_000_000_005, "Hai trăm năm mươi mốt tỷ không trăm linh năm đồng"),
        (1_506_000_000_000, "Một nghìn năm trăm linh sáu tỷ đồng"),
        (-40_000, "Âm bốn mươi nghìn đồng"),
    ],
)
def test_an_amount_is_spelled_as_on_a_payment_order(amount: int, words: str) -> None:
    assert money.in_words(amount) == words


def test_amounts_and_coefficients_are_written_as_officers_write_them() -> None:
    assert money.vnd(1_250_000) == "1.250.000 đồng"
    assert [money.coefficient_text(Decimal(c)) for c in ("1.5", "2", "2.50")] == ["1,5", "2,0", "2,5"]
    assert [money.whole_vnd(Decimal(a)) for a in ("0.5", "1.49", "2.5")] == [1, 1, 3]


def test_names_fold_to_what_an_officer_types() -> None:
    assert names.fold("Đặng  Thị Ưng") == names.fold("đặng thị ưng".upper()) == "dang thi ung"


def test_lists_are_in_vietnamese_order_by_given_name() -> None:
    listed = [
        "Lê An",
        "Trần Ăn",
        "Bùi Ân",
        "Vũ Ba",
        "Vũ Bà",
        "Vũ Bả",
        "Vũ Bã",
        "Vũ Bá",
        "Vũ Bạ",
        "Ngô Da",
        "An Đa",
    ]
    assert sorted(sorted(listed), key=names.sort_key) == listed


@given(st.text(alphabet="ăâđêôơưàảãáạ bcHN'", max_size=30))
def test_composed_and_decomposed_letters_are_the_same_name(text: str) -> None:
    import unicodedata

    decomposed = unicodedata.normalize("NFD", text)
    assert names.fold(decomposed) == names.fold(text)
    assert names.nfc(decomposed) == names.nfc(text)
    assert names.sort_key(decomposed) == names.sort_key(text)


def test_a_number_that_does_not_fit_its_owner_is_warned_of() -> None:
    assert identity.read_number("001150012345") == identity.NumberReading("001", "F", 1950)
    assert identity.implausible("001150012345", sex="F", birth_year=1950) == []
    assert len(identity.implausible("003150012345", sex="M", birth_year=1951)) == 3
    assert not identity.is_number("00115001234")
