"""By what words a deed is told: a noun looks back, a verb tells news, "another" tells of one more."""

import pytest

from monitor.classify.matcher import Classifier
from monitor.domain.events import Passage, Telling


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("Togo bombs Benin", "en", Telling.VERB),
        ("Togo launches air strikes on Benin", "en", Telling.VERB),
        ("Ghana deplores Togo's strike on Benin", "en", Telling.NOUN),
        ("Five Beninese soldiers killed in Togolese air strike", "en", Telling.OUTCOME),
        ("Togolese air strikes displace thousands in Benin", "en", Telling.OUTCOME),
        ("Togolese air strike kills five in Benin", "en", Telling.VERB),
        ("Un ataque de Togo en Benín deja cinco muertos", "es", Telling.OUTCOME),
        ("Two Beninese soldiers killed by Togolese forces", "en", Telling.VERB),
        ("Togo bombs another Beninese port", "en", Telling.ANEW),
        ("Togo bombs 3rd Beninese port", "en", Telling.ANEW),
        ("Togo bombs 1st Beninese port", "en", Telling.VERB),
        ("Togo bombs Benin again", "en", Telling.ANEW),
        ("Togo seizes two more Beninese trawlers", "en", Telling.ANEW),
        ("Togo bombs Benin as another storm nears", "en", Telling.VERB),
        ("Togo and Benin hold trade talks", "en", Telling.VERB),
        ("Togo-Benin summit opens in storm", "en", Telling.OUTCOME),
        ("Togo-Benin summit divides markets", "en", Telling.NOUN),
        ("Markets fall ahead of Togo-Benin trade talks", "en", Telling.NOUN),
        ("Togo bombardea Benín", "es", Telling.VERB),
        ("Togo bombardea Benín de nuevo", "es", Telling.ANEW),
        ("Togo incauta otro pesquero de Benín", "es", Telling.ANEW),
        ("Ghana condena el ataque de Togo a Benín", "es", Telling.NOUN),
        ("Mueren cinco benineses en un ataque de Togo", "es", Telling.OUTCOME),
    ],
)
def test_given_a_deed_when_it_is_read_then_it_is_known_by_what_words_it_is_told(
    classifier: Classifier, text: str, language: str, told: Telling
) -> None:
    events = classifier.classify(Passage(text=text, language=language))
    deeds = [event for event in events if event.type in ("military.attack", "asset.seized", "talks", "summit")]
    assert [event.told for event in deeds] == [told]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Togo frees President Adjovi of Benin", "Adjovi"),
        ("Togo frees Beninese President", None),
        ("Benin names ex-Reef presenter Ama Kossi as ambassador to Togo", "Ama Kossi"),
    ],
)
def test_given_an_object_when_it_is_named_then_an_office_is_no_part_of_the_name(
    classifier: Classifier, text: str, name: str | None
) -> None:
    (event,) = classifier.classify(Passage(text=text, language="en"))
    assert event.object == name
