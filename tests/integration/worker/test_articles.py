"""Articles add to what titles say, and never stand in their way."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import event

from monitor.domain.feeds import FeedSource, FirstPoll
from monitor.storage import events, items
from tests.integration.worker.conftest import Newsroom, Staff

HEADLINE = "Samoa expels two Tongan diplomats"
QUIET = "Anger grows on the islands"
BODY = (
    "Fiji recalled its ambassador to Tonga on Monday over the fishing grounds at the reef, the ministry in Suva said.",
    "Crews of both countries have fished there for decades, and most of them have never seen a line on a chart.",
    "The harbour office counted forty boats at the reef this week, more than in any week of the past three years.",
)
PAGE = f"<html><body><article><h1>{QUIET}</h1>{''.join(f'<p>{one}</p>' for one in BODY)}</article></body></html>"


def source(newsroom: Newsroom) -> FeedSource:
    return replace(newsroom.source(), article_text=True)


def read(newsroom: Newsroom) -> dict[str, list[str]]:
    """The types of the events in each stored item, by its title."""
    with newsroom.database.read() as connection:
        return {
            item.title: [stored.stored.event.type for stored in events.events_of_item(connection, item.key)]
            for item in items.recent_items(connection, limit=9)
        }


def site(newsroom: Newsroom) -> str:
    return newsroom.publisher.url("")


def test_given_a_feed_that_asks_for_articles_when_polled_then_an_event_in_the_article_alerts(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(QUIET, site=site(newsroom))
    newsroom.publisher.pages["/feed/0"] = PAGE.encode
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        report = await staff.poll(source(newsroom))
        assert (report.written.fresh, report.written.edited, report.written.articles) == (1, 0, 1)
        assert (report.written.events, report.written.messages) == (1, 1)
        await staff.dispatcher.round()

    newsroom.play(scenario)
    assert read(newsroom) == {QUIET: ["ambassador.recalled"]}
    (alert,) = newsroom.receiver.at("/ok")
    assert BODY[0].encode() in alert.body
    with newsroom.database.read() as connection:
        (item,) = items.recent_items(connection, limit=9)
    assert item.summary.split("\n") == list(BODY)


def test_given_an_article_when_it_is_asked_for_then_the_title_is_stored_and_read_already(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(HEADLINE, site=site(newsroom))
    meanwhile: list[dict[str, list[str]]] = []

    def page() -> bytes:
        meanwhile.append(read(newsroom))
        return PAGE.encode()

    newsroom.publisher.pages["/feed/0"] = page

    async def scenario(staff: Staff) -> None:
        await staff.poll(source(newsroom))

    newsroom.play(scenario)
    assert meanwhile == [{HEADLINE: ["diplomat.expelled"]}]
    assert read(newsroom) == {HEADLINE: ["diplomat.expelled", "ambassador.recalled"]}


def test_given_an_article_that_repeats_its_title_when_read_then_one_event_and_one_alert_stand(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish("Fiji recalls its ambassador to Tonga", site=site(newsroom))
    newsroom.publisher.pages["/feed/0"] = PAGE.encode
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        report = await staff.poll(source(newsroom))
        assert (report.written.events, report.written.messages) == (1, 1)
        # The same document again: nothing is new, so no article is fetched again either.
        newsroom.publisher.publish("Fiji recalls its ambassador to Tonga", "A quiet day", site=site(newsroom))
        report = await staff.poll(source(newsroom))
        assert (report.written.fresh, report.written.articles) == (1, 0)

    newsroom.play(scenario)
    assert [path for path, _ in newsroom.publisher.requests].count("/feed/0") == 1


@pytest.mark.parametrize("patience", [dt.timedelta(0), dt.timedelta(seconds=20)])
def test_given_articles_that_are_gone_or_too_late_when_polled_then_the_titles_stand(
    newsroom: Newsroom, patience: dt.timedelta
) -> None:
    newsroom.publisher.publish(HEADLINE, site="http://127.0.0.1:9")

    async def scenario(staff: Staff) -> None:
        staff.appoint(patience=patience)
        report = await staff.poll(source(newsroom))
        assert (report.written.fresh, report.written.articles, report.written.events) == (1, 0, 1)

    newsroom.play(scenario)


def test_given_a_first_poll_or_a_feed_that_does_not_ask_when_polled_then_no_article_is_fetched(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(QUIET, site=site(newsroom))
    newsroom.publisher.publish(QUIET, site=site(newsroom), path="/other")

    async def scenario(staff: Staff) -> None:
        await staff.poll(replace(source(newsroom), first_poll=FirstPoll.BASELINE))
        await staff.poll(newsroom.source("/other"))

    newsroom.play(scenario)
    assert [path for path, _ in newsroom.publisher.requests] == ["/feed", "/other"]


def test_given_a_database_that_fails_while_articles_are_read_when_polled_then_the_titles_stand(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(HEADLINE, site=site(newsroom))

    def page() -> bytes:
        # From here on nothing can be written: the articles come too late, the title does not.
        newsroom.database.engine.dispose()
        event.listen(
            newsroom.database.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = on")
        )
        return PAGE.encode()

    newsroom.publisher.pages["/feed/0"] = page

    async def scenario(staff: Staff) -> None:
        report = await staff.poll(source(newsroom))
        assert (report.written.fresh, report.written.articles, report.written.events) == (1, 0, 1)

    newsroom.play(scenario)
    assert read(newsroom) == {HEADLINE: ["diplomat.expelled"]}
