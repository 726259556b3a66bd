"""The pattern language, and what it says about phrases that it can't read."""

import pytest

from monitor.classify.matcher import Classifier
from monitor.classify.phrase_parser import parse_phrase
from monitor.classify.phrase_pieces import PhraseError
from monitor.classify.phrases import ClausePhrase, NominalPhrase, Role
from monitor.classify.words import Language


@pytest.fixture(scope="session")
def english(classifier: Classifier) -> Language:
    return classifier.grammars["en"].language


def test_a_clause_when_parsed_then_each_verb_is_a_phrase_of_its_own(english: Language) -> None:
    phrases = parse_phrase("{source} expel|(kick out) {target} @diplomat from @embassy", english)
    assert [(p.lemma, p.particles) for p in phrases if isinstance(p, ClausePhrase)] == [
        ("expel", ()),
        ("kick", ("out",)),
    ]
    first = phrases[0]
    assert isinstance(first, ClausePhrase)
    assert first.subjects[0].role is Role.SOURCE
    assert [complement.prepositions for complement in first.complements] == [frozenset(), frozenset({"from"})]


def test_a_passive_when_parsed_then_the_verb_is_found_by_its_participle(english: Language) -> None:
    (told, ordered) = parse_phrase("{target} @diplomat be told|ordered to leave {source}", english)
    assert isinstance(told, ClausePhrase)
    assert isinstance(ordered, ClausePhrase)
    assert (told.lemma, told.passive, ordered.lemma) == ("tell", True, "order")
    assert told.complements[0].infinitives == frozenset({"leave"})


def test_words_and_sets_when_mixed_then_all_of_them_fit(english: Language) -> None:
    (phrase,) = parse_phrase("{source} ban export|@embassy|(raw steel) to {target:person}", english)
    assert isinstance(phrase, ClausePhrase)
    direct, bound = phrase.complements
    assert direct.noun is not None
    assert direct.noun.words is not None
    assert {"exports", "embassies", "steel"} <= set(direct.noun.words.endings)
    assert bound.noun is not None
    assert bound.noun.office is english.persons


def test_a_clause_within_a_clause_when_parsed_then_its_subject_is_a_side(english: Language) -> None:
    (phrase,) = parse_phrase("{source} say that {target} must|should", english)
    assert isinstance(phrase, ClausePhrase)
    assert phrase.complements[0].clause_verbs == frozenset({"must", "should"})


def test_a_noun_group_when_parsed_then_sides_hang_on_prepositions(english: Language) -> None:
    (phrase,) = parse_phrase("a summit between|of {source} and {target}", english)
    assert isinstance(phrase, NominalPhrase)
    assert "summits" in phrase.head.endings
    assert phrase.bound[0].partner is not None


@pytest.mark.parametrize(
    ("phrase", "column", "says"),
    [
        ("", 1, "empty"),
        ("{sauce} expel {target}", 1, "no side"),
        ("{source} expel {target} @spy", 25, "no word set @spy"),
        ("{source}", 1, "verb is missing"),
        ("expel {target}", 1, "begins with"),
        ("{source} ( ) {target}", 10, "empty"),
        ("{source} meet } {target}", 15, "no meaning"),
        ("the expulsion {target}", 5, "preposition"),
        ("the", 1, "noun behind it"),
        ("{source} and meet {target}", 10, "'and' joins"),
        ("{source} meet with", 15, "something behind it"),
        ("{source:nosuch} sink {target}", 1, "':person'"),
        ("{source} say that must", 14, "a side is needed"),
        ("the {source}", 5, "begins with its noun"),
    ],
)
def test_a_broken_phrase_when_parsed_then_the_error_names_its_column(
    english: Language, phrase: str, column: int, says: str
) -> None:
    with pytest.raises(PhraseError, match=says) as caught:
        parse_phrase(phrase, english)
    assert caught.value.column == column
