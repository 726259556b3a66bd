"""News stands first: what an article tells only further down is told in passing, unless it is dated to these days."""

import datetime as dt

import pytest

from monitor.classify.matcher import Classifier
from monitor.domain.events import Passage

_TITLE = "Rain returns to the Andes"
_FILLER = "The rivers rose. Farmers were glad. The roads stayed open."


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        # The third sentence of the body is the last one of the lead.
        (f"{_TITLE}\n\nThe rivers rose. Farmers were glad. Peru expelled two Chilean diplomats.", False),
        (f"{_TITLE}\n\n{_FILLER} Peru expelled two Chilean diplomats.", True),
        # A text without a blank line begins with its body.
        ("The rivers rose. Farmers were glad. Peru expelled two Chilean diplomats.", False),
        (f"{_FILLER} Peru expelled two Chilean diplomats.", True),
        # Its own date makes it news, as long as that is a day of this week; "this year" would not do.
        (f"{_TITLE}\n\n{_FILLER} Peru expelled two Chilean diplomats on Monday.", False),
        (f"{_TITLE}\n\n{_FILLER} Peru expelled two Chilean diplomats on 10 February.", True),
        (f"{_TITLE}\n\n{_FILLER} Peru expelled two Chilean diplomats in 2026.", True),
        (f"{_TITLE}\n\n{_FILLER} Peru will expel two Chilean diplomats on Friday.", False),
    ],
)
def test_a_deed_when_told_behind_the_lead_then_it_is_a_mention_unless_dated_to_these_days(
    classifier: Classifier, text: str, mention: bool
) -> None:
    passage = Passage(text=text, language="en", published_on=dt.date(2026, 3, 4))
    (event,) = classifier.classify(passage)
    assert event.mention is mention


def test_a_deed_when_told_in_the_title_and_again_further_down_then_it_is_the_title_s_news(
    classifier: Classifier,
) -> None:
    title = "Expulsion of two Chilean diplomats by Peru"
    text = f"{title}\n\n{_FILLER} Peru expelled two Chilean diplomats."
    (event,) = classifier.classify(Passage(text=text, language="en"))
    assert not event.mention
    assert event.evidence.sentence == title


def test_a_deed_when_told_behind_the_lead_then_it_is_less_sure(classifier: Classifier) -> None:
    deed = "Peru expelled two Chilean diplomats."
    (news,) = classifier.classify(Passage(text=deed, language="en"))
    (passing,) = classifier.classify(Passage(text=f"{_FILLER} {deed}", language="en"))
    assert passing.confidence < news.confidence
