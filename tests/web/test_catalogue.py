from ansinh.web import catalogue


def test_every_sentence_has_its_english() -> None:
    translations = catalogue.read_po(catalogue.FOLDER / "django.po")
    missing = [sentence for sentence in catalogue.messages() if not translations.get(sentence)]
    assert missing == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    translations = catalogue.read_po(catalogue.FOLDER / "django.po")
    assert (catalogue.FOLDER / "django.mo").read_bytes() == catalogue.compiled(translations)


def test_no_sentence_is_kept_that_nobody_says() -> None:
    assert set(catalogue.read_po(catalogue.FOLDER / "django.po")) == set(catalogue.messages())
