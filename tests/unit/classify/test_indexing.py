"""A sentence is asked for the words of a pattern before anything is parsed."""

import pytest

from monitor.classify.grammar import Grammar, Pattern
from monitor.classify.indexing import index_patterns
from monitor.classify.matcher import Classifier
from monitor.classify.phrase_parser import parse_phrase
from monitor.domain.taxonomy import RelationType


@pytest.fixture(scope="module")
def kind(classifier: Classifier) -> RelationType:
    return classifier.taxonomy["diplomat.expelled"]


def grammar(classifier: Classifier, kind: RelationType, *phrases: str, actors: int = 2) -> Grammar:
    language = classifier.languages["en"]
    patterns = [
        Pattern(id=f"x#{place}", kind=kind, phrase=phrase, actors=actors)
        for place, said in enumerate(phrases)
        for phrase in parse_phrase(said, language)
    ]
    return index_patterns(language, patterns)


@pytest.mark.parametrize(
    ("phrase", "words", "found"),
    [
        ("{source} kick out {target} @diplomat", "malta kicks out fijian envoys", True),
        ("{source} kick out {target} @diplomat", "malta kicks fijian envoys", False),
        ("{source} kick out {target} @diplomat", "malta kicks out fijian rumours", False),
        ("{source} protest to {target}", "malta protested to fiji", True),
        ("{source} protest to {target}", "malta protested before fiji", False),
        ("the expulsion of {target} @diplomat by {source}", "the expulsion of fijian envoys", True),
        ("the expulsion of {target} @diplomat by {source}", "the expulsion of fijian rumours", False),
        ("{source} urge {target} to leave", "malta urges fiji to stay", False),
    ],
)
def test_a_phrase_when_one_of_its_words_is_missing_then_it_is_no_candidate(
    classifier: Classifier, kind: RelationType, phrase: str, words: str, *, found: bool
) -> None:
    assert bool(grammar(classifier, kind, phrase).candidates(frozenset(words.split()), 2)) is found


@pytest.mark.parametrize(("needs", "found"), [(1, True), (2, False)])
def test_a_sentence_with_one_actor_when_asked_then_only_what_is_content_with_one_may_fit(
    classifier: Classifier, kind: RelationType, needs: int, *, found: bool
) -> None:
    index = grammar(classifier, kind, "{source} expel {target} @diplomat", actors=needs)
    assert bool(index.candidates(frozenset({"envoys", "expelled"}), 1)) is found


def test_two_forms_of_a_verb_when_both_stand_then_its_patterns_are_found_once_in_order(
    classifier: Classifier, kind: RelationType
) -> None:
    index = grammar(classifier, kind, "{source} expel {target}", "{source} expel {target} @diplomat")
    found = index.candidates(frozenset({"expels", "expelled", "envoys"}), 2)
    assert [pattern.id for pattern in found.clauses["expel"]] == ["x#0", "x#1"]
