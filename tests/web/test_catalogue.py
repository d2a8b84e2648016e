from pathlib import Path

import pytest

from ansinh.web import catalogue

ROOMS = catalogue.rooms()


@pytest.mark.parametrize("folder", ROOMS, ids=lambda folder: str(folder.relative_to(catalogue.ROOT)))
def test_a_room_has_the_english_of_what_it_says_and_of_nothing_else(folder: Path) -> None:
    said, translations = set(catalogue.messages(ROOMS[folder])), catalogue.translations(folder)
    assert said == set(translations)
    assert [sentence for sentence, english in translations.items() if not english] == []
    if said:
        assert (folder / "django.mo").read_bytes() == catalogue.compiled(translations)


def test_a_sentence_has_one_english_in_every_room() -> None:
    seen: dict[str, str] = {}
    for folder in ROOMS:
        for sentence, english in catalogue.translations(folder).items():
            assert seen.setdefault(sentence, english) == english


def test_the_catalogue_finds_what_templates_and_code_say() -> None:
    said = {sentence for files in ROOMS.values() for sentence in catalogue.messages(files)}
    assert {"Ai", "Bàn làm việc"} <= said
