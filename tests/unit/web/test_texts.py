from string import Formatter

from monitor.domain.routing import SilenceReason
from monitor.web.texts import read_texts
from tests.unit.delivery.books import BOOKS, TAXONOMY

TEXTS = read_texts()


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_given_the_languages_of_pages_when_compared_then_each_has_every_text_with_the_same_places_to_fill_in() -> None:
    assert TEXTS.keys() == BOOKS.keys()
    for texts in TEXTS.values():
        assert texts.texts.keys() == TEXTS["en"].texts.keys()
        for key, text in texts.texts.items():
            assert holes(text) == holes(TEXTS["en"].texts[key]), key


def test_given_every_type_and_family_when_named_then_each_language_has_words_for_it() -> None:
    for texts in TEXTS.values():
        for kind in TAXONOMY:
            assert texts.has(f"types.{kind.id}")
            assert texts.has(f"types.{kind.family}")


def test_given_every_reason_for_silence_when_told_then_each_language_has_words_for_it() -> None:
    for texts in TEXTS.values():
        for reason in SilenceReason:
            assert texts.has(f"reasons.{reason.name.lower()}")


def test_given_numbers_when_counted_then_one_has_a_form_of_its_own() -> None:
    assert [TEXTS["en"].count("base.publishers", number) for number in (0, 1, 2)] == [
        "0 publishers",
        "1 publisher",
        "2 publishers",
    ]
