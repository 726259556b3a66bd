"""The stream of news: who hears of what, that it comes back where it left off, and that it ends with the server."""

import http.client
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.browsing import StoryFilter
from monitor.domain.stories import StoredEvent, Story, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.storage import polls
from monitor.storage.browse.heard import Heard, heard_since
from monitor.storage.browse.stories import StoryOrder, list_stories
from monitor.storage.engine import Database
from monitor.storage.events import insert_events
from monitor.storage.items import insert_items
from monitor.storage.stories import save_stories
from monitor.web.live import MOST_LISTENERS, Live, concerns
from tests.unit.storage.examples import MINUTE, news, report, source, story
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with empty_database(tmp_path) as opened:
        yield opened


def reported(name: str, **changes: object) -> tuple[Story, StoredEvent]:
    told = story(name, opened_at=NOW, last_report_at=NOW, **changes)
    return told, report(name, news(name, seen_at=NOW, published_at=NOW))


def come_in(database: Database, *told: tuple[Story, StoredEvent]) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        save_stories(connection, [one for one, _ in told])
        insert_items(connection, [one.item for _, one in told])
        insert_events(connection, [one for _, one in told], {one.id: of.id for of, one in told})


@contextmanager
def listening(visitor: Visitor, path: str = "/live", **headers: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        yield connection.getresponse()
    finally:
        connection.close()


def next_event(stream: http.client.HTTPResponse) -> dict[str, str]:
    """The fields of the next event that tells something; heartbeats are passed over. Empty at the end."""
    fields: dict[str, str] = {}
    while line := stream.readline().decode():
        name, _, value = line.rstrip("\n").partition(": ")
        if name in ("event", "id", "data"):
            fields[name] = value
        elif not name and "data" in fields:
            return fields
    return {}


def ids_of(event: dict[str, str]) -> list[str]:
    found: list[str] = json.loads(event["data"])["stories"]
    return found


@pytest.fixture
def live() -> Live:
    return Live(look_every_s=0.05, heartbeat_s=0.2)


def test_given_open_pages_when_reports_come_in_then_each_hears_of_the_stories_of_its_list(
    database: Database, live: Live
) -> None:
    come_in(database, reported("before"))
    with (
        visiting(lambda: a_site(database), live=live) as visitor,
        listening(visitor) as everything,
        listening(visitor, "/live?between=FJI,TON") as of_a_pair,
    ):
        assert everything.headers["Content-Type"].startswith("text/event-stream")
        # Whoever has been sent a line has been let in.
        assert everything.readline().startswith(b"retry: ")
        assert of_a_pair.readline().startswith(b"retry: ")
        come_in(database, reported("one"), reported("two", relation="FJI-TON", source="FJI", target="TON"))
        assert ids_of(next_event(everything)) == ["story-one", "story-two"]
        told = next_event(of_a_pair)
        assert (ids_of(told), told["event"]) == (["story-two"], "stories")


def test_given_a_page_that_lost_its_connection_when_it_comes_back_then_it_hears_what_it_missed(
    database: Database, live: Live
) -> None:
    come_in(database, reported("missed"))
    with visiting(lambda: a_site(database), live=live) as visitor:
        with listening(visitor, **{"Last-Event-ID": (NOW - MINUTE).isoformat()}) as stream:
            told = next_event(stream)
        assert (ids_of(told), told["id"]) == (["story-missed"], NOW.isoformat())
        with listening(visitor, f"/live?last-event-id={quote((NOW - MINUTE).isoformat())}") as stream:
            assert ids_of(next_event(stream)) == ["story-missed"]
        for nothing_new in (NOW.isoformat(), "gossip"):
            with listening(visitor, **{"Last-Event-ID": nothing_new}) as stream:
                assert stream.readline().startswith(b"retry: ")
                stream.readline()
                assert stream.readline() == b": still here\n"


def test_given_as_many_listeners_as_may_be_when_another_comes_then_it_is_told_when_to_try_again(
    database: Database, live: Live
) -> None:
    with visiting(lambda: a_site(database), live=live) as visitor:
        connections = []
        for _ in range(MOST_LISTENERS):
            connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=20)
            connection.request("GET", "/live")
            assert connection.getresponse().readline().startswith(b"retry: ")
            connections.append(connection)
        refused = visitor.get("/live")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
        for connection in connections:
            connection.close()


def test_given_open_streams_when_the_server_stops_then_they_end_and_hold_nothing_up(
    database: Database, live: Live
) -> None:
    ended = threading.Event()
    rest: list[bytes] = []

    def listen_to_the_end(stream: http.client.HTTPResponse) -> None:
        rest.append(stream.read())
        ended.set()

    with visiting(lambda: a_site(database), live=live) as visitor:
        connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=20)
        connection.request("GET", "/live")
        stream = connection.getresponse()
        stream.readline()
        listener = threading.Thread(target=listen_to_the_end, args=(stream,))
        listener.start()
    listener.join(20)
    # It ended as streams end, not by a connection that was cut: reading to the end would have raised.
    assert ended.is_set()
    assert len(rest) == 1
    connection.close()


def test_given_a_stream_when_its_filter_is_none_then_a_sentence_says_so(database: Database, live: Live) -> None:
    with visiting(lambda: a_site(database), live=live) as visitor:
        assert visitor.get("/live?severity=dreadful").status == 400
        assert visitor.ask("HEAD", "/live").status == 200


@pytest.mark.parametrize(
    ("wanted", "hears"),
    [
        (StoryFilter(), True),
        (StoryFilter(sides=("USA",)), True),
        (StoryFilter(sides=("VEN", "USA")), True),
        (StoryFilter(sides=("FJI", "USA")), False),
        (StoryFilter(kinds=frozenset({"ambassador.recalled"})), True),
        (StoryFilter(kinds=frozenset({"talks.held"})), False),
        (StoryFilter(min_severity=Severity.MAJOR), True),
        (StoryFilter(min_severity=Severity.CRITICAL), False),
        (StoryFilter(statuses=frozenset({Status.PLANNED, Status.DENIED})), True),
        (StoryFilter(statuses=frozenset({Status.DENIED})), False),
        (StoryFilter(language="es"), True),
        (StoryFilter(language="en"), False),
        (StoryFilter(since=NOW), True),
        (StoryFilter(since=NOW + MINUTE), False),
        (StoryFilter(until=NOW + MINUTE), True),
        (StoryFilter(until=NOW), False),
    ],
)
def test_given_a_report_when_a_list_is_open_then_it_is_told_of_what_it_would_hold(
    wanted: StoryFilter, hears: bool
) -> None:
    told = story("one", opened_at=NOW, last_report_at=NOW)
    assert concerns(wanted, Heard(event_id="event", seen_at=NOW, language="es", story=told)) is hears


SIDES = ["FJI", "TON", "PAN", None]
MOMENTS = [NOW - hours * 60 * MINUTE for hours in range(4)]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, tuple[Heard, ...]]]:
    """Sixty stories of all kinds with a report each."""
    luck = random.Random(5)  # noqa: S311 - the same stories in every run
    told = []
    for number in range(60):
        source_code, target_code = luck.sample(SIDES, 2)
        one = story(
            str(number),
            source=source_code,
            target=target_code,
            relation=relation_of(source_code, target_code),
            type=luck.choice(["meeting", "attack", "demand"]),
            severity=luck.choice(list(Severity)),
            status=luck.choice(list(Status)),
            opened_at=NOW - 5 * 60 * MINUTE,
            last_report_at=luck.choice(MOMENTS),
        )
        item = news(str(number), seen_at=NOW, published_at=NOW, language=luck.choice(["en", "es", None]))
        told.append((one, report(str(number), item)))
    with empty_database(tmp_path_factory.mktemp("live")) as opened:
        come_in(opened, *told)
        with opened.read() as connection:
            yield opened, heard_since(connection, NOW, limit=100)


@given(
    wanted=st.builds(
        StoryFilter,
        sides=st.lists(st.sampled_from(["FJI", "TON", "PAN"]), max_size=2, unique=True).map(tuple),
        kinds=st.frozensets(st.sampled_from(["meeting", "attack", "demand"]), max_size=2),
        min_severity=st.none() | st.sampled_from(Severity),
        statuses=st.frozensets(st.sampled_from(Status), max_size=2),
        language=st.sampled_from([None, "en", "es"]),
        since=st.none() | st.sampled_from(MOMENTS),
        until=st.none() | st.sampled_from([NOW, NOW - 5 * 60 * MINUTE]),
    )
)
@settings(max_examples=60)
def test_given_any_filter_when_reports_come_in_then_pages_are_told_of_what_their_list_would_hold(
    mixed: tuple[Database, tuple[Heard, ...]], wanted: StoryFilter
) -> None:
    database, heard = mixed
    with database.read() as connection:
        listed = {one.id for one in list_stories(connection, wanted, limit=100).rows}
        gravest = {one.id for one in list_stories(connection, wanted, order=StoryOrder.GRAVEST, limit=100).rows}
    assert {one.story.id for one in heard if concerns(wanted, one)} == listed == gravest
