"""The shipped classifier, compiled once for all tests of this folder."""

from collections.abc import Callable

import pytest

from monitor.classify.compile import compile_classifier
from monitor.classify.matcher import Classifier
from monitor.domain.events import Passage, RelationEvent
from monitor.settings.documents import Documents, read_documents


@pytest.fixture(scope="session")
def documents() -> Documents:
    documents, findings = read_documents()
    assert findings == ()
    return documents


@pytest.fixture(scope="session")
def classifier(documents: Documents) -> Classifier:
    return compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=documents.patterns, actors=documents.actors
    )


@pytest.fixture(scope="session")
def classify(classifier: Classifier) -> Callable[[Passage], tuple[RelationEvent, ...]]:
    """The method alone: hypothesis prints its arguments, and a whole classifier is a book."""

    def read(passage: Passage) -> tuple[RelationEvent, ...]:
        return classifier.classify(passage)

    return read


@pytest.fixture(scope="session")
def read(classifier: Classifier) -> Callable[[str], list[str]]:
    """What an English sentence tells, each event as "PER visit CHL reported"."""

    def told(text: str) -> list[str]:
        events = classifier.classify(Passage(text=text, language="en"))
        sides = [[side.code if side else "?" for side in (event.source, event.target)] for event in events]
        return [
            f"{source} {event.type} {target} {event.status}{' mention' if event.mention else ''}"
            for event, (source, target) in zip(events, sides, strict=True)
        ]

    return told
