"""What a sentence takes as known, calls for, or dates to long ago is no news, though it names a deed."""

import datetime as dt

import pytest

from monitor.classify.matcher import Classifier
from monitor.domain.events import Passage


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("When Latvia expelled two Belarusian diplomats, few were surprised.", True),
        ("When asked, the minister said Latvia expelled two Belarusian diplomats.", False),
        ("Few were surprised when Latvia expelled two Belarusian diplomats.", False),
        ("Latvia, which expelled two Belarusian diplomats, holds a vote.", True),
        ("Latvia, which expelled two Belarusian diplomats on Monday, holds a vote.", False),
        ("Latvia, which on Monday expelled two Belarusian diplomats, holds a vote.", False),
        ("Snow has delayed the Latvian president who expelled two Belarusian diplomats.", True),
        ("Two Belarusian diplomats expelled from Latvia have reached Minsk.", True),
        ("A Belarusian diplomat expelled from Latvia is in Minsk.", True),
        ("Two Belarusian diplomats expelled from Latvia.", False),
        ("Two Belarusian diplomats expelled from Latvia, police say.", False),
        ("The envoy left days before Latvia expelled two Belarusian diplomats.", True),
        ("Latvia expelled two Belarusian diplomats before the vote.", False),
        ("Snow halted the Malian troops who led an attack on Boko Haram.", True),
        ("Storms have crossed Latvia, which has expelled two Belarusian diplomats.", True),
    ],
)
def test_a_clause_when_it_only_comes_back_to_a_deed_then_it_is_a_mention(
    classifier: Classifier, text: str, mention: bool
) -> None:
    (event,) = classifier.classify(Passage(text=text, language="en", published_on=dt.date(2026, 3, 4)))
    assert event.mention is mention


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("A call by Norway that Latvia expel Belarusian diplomats went unheard.", "possible"),
        ("The report that Latvia expelled Belarusian diplomats is true.", "reported"),
        ("It was in May 2019 that Latvia expelled two Belarusian diplomats.", "past"),
        ("The 2014 expulsion of Belarusian diplomats from Latvia is forgotten.", "past"),
        ("In 2014 Latvia expelled two Belarusian diplomats.", "past"),
        ("The quarrel began in May 2019, when Latvia expelled two Belarusian diplomats.", "past"),
        ("The quarrel began in May, and Latvia expelled two Belarusian diplomats.", "reported"),
        ("Latvia agreed in 2016 to reopen its embassy in Chad.", "past"),
        ("Latvia agreed on Monday to reopen its embassy in Chad.", "planned"),
    ],
)
def test_a_deed_when_called_for_or_dated_by_the_words_around_it_then_its_status_says_so(
    classifier: Classifier, text: str, status: str
) -> None:
    (event,) = classifier.classify(Passage(text=text, language="en", published_on=dt.date(2026, 3, 4)))
    assert event.status == status


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Fiyi recibe a un diplomático, acusado por Tonga de espionaje", [True]),
        ("Un diplomático de Fiyi fue acusado por Tonga de espionaje", [False]),
        ("Malta nombra embajador en Togo tras la liberación de dos presos malteses", [False, True]),
    ],
)
def test_given_spanish_that_tells_again_when_read_then_only_the_aside_is_a_mention(
    classifier: Classifier, text: str, mentions: list[bool]
) -> None:
    events = classifier.classify(Passage(text=text, language="es", published_on=dt.date(2026, 3, 4)))

    assert [event.mention for event in events] == mentions


def test_given_prisoners_freed_with_two_others_named_when_told_again_then_who_held_them_stays_open(
    classifier: Classifier,
) -> None:
    text = "Malta nombra embajador en Togo y en Benín tras la liberación de dos presos malteses"
    events = classifier.classify(Passage(text=text, language="es", published_on=dt.date(2026, 3, 4)))

    assert {event.type for event in events} == {"ambassador.named"}
