"""What an article has named is meant by "it" and "the two countries" where that is plain."""

import datetime as dt

import pytest

from monitor.classify.matcher import Classifier
from monitor.domain.events import Passage


@pytest.mark.parametrize(
    ("language", "text", "events"),
    [
        (
            "en",
            "Peru's government met on Monday. It expelled two Chilean diplomats. The two countries will resume talks.",
            ["PER diplomat.expelled CHL reported", "PER talks CHL planned"],
        ),
        (
            "es",
            "El Gobierno de Perú condenó a Chile. Ambos países reanudarán relaciones diplomáticas.",
            ["PER statement.criticism CHL reported", "PER relations.restored CHL planned"],
        ),
        # A state is no "he", and of three nobody knows which two.
        ("en", "Peru is large. He condemned Chile.", []),
        ("en", "Peru, Chile and Bolivia share a lake. The two countries will resume talks.", []),
        # Background is dated, and no news.
        (
            "en",
            "Peru recalls ambassador to Chile\n\nIn October 2013 Peru closed its embassy in Chile.",
            ["PER ambassador.recalled CHL reported", "PER embassy.closed CHL past"],
        ),
    ],
)
def test_an_article_when_read_then_pronouns_and_pairs_are_resolved(
    classifier: Classifier, language: str, text: str, events: list[str]
) -> None:
    passage = Passage(text=text, language=language, published_on=dt.date(2026, 3, 4))
    found = [
        f"{event.source.code if event.source else '?'} {event.type} {event.target.code if event.target else '?'} {event.status}"
        for event in classifier.classify(passage)
    ]
    assert found == events
