"""What runs in a child: it compiles the classifier once, then parses documents and classifies passages until it is ended.

Each function is a job that `jobs.py` asks for by name; the first argument is what `prepare` returned. A hostile document
can keep one busy for minutes, so `pool.py` kills the child at the job's time limit.
"""

import datetime as dt
from dataclasses import replace

from monitor.classify.compile import compile_classifier
from monitor.classify.explain import read_text as read_and_explain
from monitor.classify.matcher import Classifier
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Passage, RelationEvent
from monitor.domain.explanation import TextRead
from monitor.domain.feeds import FeedBody, FeedSource, FetchFailed, ParsedFeed
from monitor.domain.memory import FeedHabits
from monitor.feeds.identity import Identified, identify
from monitor.feeds.page_text import ArticlePage
from monitor.feeds.page_text import article_text as text_of
from monitor.feeds.parse import parse as parse_document
from monitor.worker.calls import ClassifierSource

Prepared = Classifier | tuple[Finding, ...]


def prepare(source: ClassifierSource) -> Prepared:
    """The compiled classifier, or what is wrong with its source: the daemon asks for that once, at its start."""
    try:
        return compile_classifier(
            source.taxonomy, languages=source.languages, patterns=source.patterns, actors=source.actors
        )
    except ConfigurationError as error:
        return error.findings


def findings(prepared: Prepared, _: None) -> tuple[Finding, ...]:
    """What is wrong with the classifier's source."""
    return prepared if isinstance(prepared, tuple) else ()


def parse(_: Prepared, document: tuple[FeedBody, bytes]) -> ParsedFeed | FetchFailed:
    """See `Jobs.parse`."""
    body, seen = document
    return parse_document(body, seen)


def read(
    _: Prepared, given: tuple[FeedBody, bytes, FeedSource, FeedHabits, dt.datetime]
) -> tuple[ParsedFeed, Identified] | FetchFailed:
    """See `Jobs.read`."""
    body, seen, source, habits, now = given
    parsed = parse_document(body, seen)
    if isinstance(parsed, FetchFailed):
        return parsed
    # The items hold all that the entries do: one of the two is enough for the pipe.
    return replace(parsed, entries=()), identify(source, parsed, habits, now)


def article_text(_: Prepared, given: tuple[ArticlePage, str]) -> str:
    """See `Jobs.article_text`."""
    page, title = given
    return text_of(page, title=title)


def classify(prepared: Prepared, passages: tuple[Passage, ...]) -> tuple[tuple[RelationEvent, ...], ...]:
    """The events in each passage, in the passages' order."""
    if isinstance(prepared, tuple):
        raise ConfigurationError(prepared)
    return tuple(prepared.classify(passage) for passage in passages)


def read_text(prepared: Prepared, passage: Passage) -> TextRead:
    """See `Jobs.read_text`."""
    if isinstance(prepared, tuple):
        raise ConfigurationError(prepared)
    return read_and_explain(prepared, passage)
