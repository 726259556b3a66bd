import asyncio
import dataclasses
import datetime as dt
from typing import cast

import pytest
from structlog.testing import capture_logs

from monitor.domain.documents import TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import NamedActor, Passage
from monitor.domain.feeds import CacheValidators, FeedBody, FetchFailed, ParsedFeed
from monitor.settings.documents import read_documents
from monitor.settings.toml import parse_toml
from monitor.worker.calls import ClassifierSource
from monitor.worker.jobs import Jobs

HEADLINE = "Peru expels three Chilean diplomats"


def shipped() -> ClassifierSource:
    documents, findings = read_documents()
    assert not findings
    return ClassifierSource(
        taxonomy=documents.taxonomy,
        languages=documents.languages,
        patterns=documents.patterns,
        actors=documents.actors,
    )


def jobs_of(source: ClassifierSource) -> Jobs:
    return Jobs(source, children=1, parse_limit=dt.timedelta(seconds=5))


def body(content: bytes) -> FeedBody:
    return FeedBody(url="http://news.example/", content=content, content_type=None, validators=CacheValidators())


def test_given_documents_and_passages_when_the_children_work_then_answers_come_in_order_and_a_broken_one_is_told() -> (
    None
):
    async def scenario() -> None:
        jobs = jobs_of(shipped())
        jobs.warm_up()
        try:
            await jobs.ready()
            feed = await jobs.parse(
                body(b"<rss version='2.0'><channel><item><title>One</title></item></channel></rss>")
            )
            assert isinstance(feed, ParsedFeed)
            assert [entry.title for entry in feed.entries] == ["One"]
            assert isinstance(await jobs.parse(body(b"<html><body>Sign in</body></html>")), FetchFailed)
            # More than one job's worth, so that their order is put to the test as well.
            passages = [
                Passage(text=HEADLINE if number % 7 == 0 else "A quiet day", language="en") for number in range(120)
            ]
            readings = await jobs.classify(passages)
            assert [bool(reading) for reading in readings] == [number % 7 == 0 for number in range(120)]
            broken = Passage(text=HEADLINE, language="en", actors=cast("tuple[NamedActor, ...]", (None,)))
            good = Passage(text=HEADLINE, language="en")
            with capture_logs() as logs:
                readings = await jobs.classify([good, broken, good])
            assert [bool(reading) for reading in readings] == [True, False, True]
            assert [(line["event"], line["text"]) for line in logs] == [("passage_not_classified", HEADLINE)]
        finally:
            await jobs.close()

    asyncio.run(scenario())


def test_given_a_pattern_with_a_mistake_when_the_children_are_asked_then_it_is_said_with_its_place() -> None:
    document = parse_toml(
        '[[pattern]]\ntype = "no.such.type"\nsay = ["{source} greet {target}"]\n', file="own/en/x.toml"
    )
    assert isinstance(document, TomlDocument)
    source = dataclasses.replace(shipped(), patterns=(document,))

    async def scenario() -> None:
        jobs = jobs_of(source)
        try:
            with pytest.raises(ConfigurationError, match=r"own/en/x\.toml:2"):
                await jobs.ready()
        finally:
            await jobs.close()

    asyncio.run(scenario())
