"""The page Deliveries says what went where; dead letters come first, and each message tells its attempts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.delivery import Delivered, GaveUp, Message, MessageKind, TryAgain, Verdict
from monitor.storage import outbox
from monitor.storage.channels import break_channel, pause_channel
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from tests.unit.storage.examples import MINUTE, message
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting
from tests.unit.web.reading import main_of, read

CHANNELS = {"desk": "slack", "web": "webhook", "fax": "apprise"}
MADE = NOW - 10 * MINUTE


def send(connection: Connection, one: Message, *verdicts: Verdict) -> None:
    """Puts a message in, and tries it once for each verdict."""
    outbox.enqueue(connection, [one])
    for verdict in verdicts:
        (claim,) = outbox.claim(connection, owner="me", channels=[one.channel_id], limit=1, per_channel=1, lease=MINUTE)
        outbox.settle(connection, claim, verdict, next_attempt_in=0 * MINUTE)


@contextmanager
def office(folder: Path) -> Iterator[tuple[Visitor, Database]]:
    with empty_database(folder) as database:
        site = replace(a_site(database), channels=CHANNELS)
        with visiting(lambda: site) as visitor:
            yield visitor, database


def test_given_no_message_when_looked_at_then_it_is_said_when_one_comes(tmp_path: Path) -> None:
    with office(tmp_path) as (visitor, _):
        main = main_of(visitor, "/deliveries")
    assert "relmon channels test" in main.words
    assert [row[:3] for row in main.rows()[1:]] == [
        ["desk slack", "open", "none"],
        ["fax apprise", "open", "none"],
        ["web webhook", "open", "none"],
    ]


def test_given_channels_in_trouble_and_dead_letters_when_looked_at_then_they_come_first(tmp_path: Path) -> None:
    with office(tmp_path) as (visitor, database):
        with database.write() as connection:
            send(connection, message("1", created_at=MADE, title="Tonga → Fiji: visit"), Delivered(answer="ok"))
            send(
                connection,
                message("2", "web", created_at=MADE, title="Fiji → Tonga: call"),
                GaveUp(reason="answered 410"),
            )
            send(connection, message("3", "gone", created_at=MADE, kind=MessageKind.NOTICE))
            break_channel(connection, "web", "answered 410 <gone>")
            pause_channel(connection, "fax", 60 * MINUTE)
        # Pauses are measured with the database's clock, which is not the site's.
        main = main_of(visitor, "/deliveries")
    channels, dead, all_messages = main.find("table")
    rows = {row[0]: row[1:] for row in channels.rows()[1:]}
    assert rows["web webhook"][0] == "broken answered 410 <gone>"
    assert rows["web webhook"][2] == "1"
    assert rows["fax apprise"][0].startswith("paused until")
    assert rows["gone"][:2] == ["removed", "1, made 10 minutes ago"]
    assert [row[1:] for row in dead.rows()[1:]] == [["dead letter", "web", "Fiji → Tonga: call", "answered 410"]]
    assert [row[3] for row in all_messages.rows()[1:]] == ["notice", "Fiji → Tonga: call", "Tonga → Fiji: visit"]
    assert all_messages.rows()[1][4] == "The channel is no longer configured."


def test_given_a_filter_when_followed_then_only_what_fits_is_shown_and_the_rest_is_a_click_away(tmp_path: Path) -> None:
    with office(tmp_path) as (visitor, database):
        with database.write() as connection:
            for number in range(60):
                outbox.enqueue(connection, [message(str(number), created_at=MADE, title=f"number {number}")])
            outbox.enqueue(connection, [message("web", "web", kind=MessageKind.DIGEST, title="a digest")])
        links = main_of(visitor, "/deliveries").links()
        desk = main_of(visitor, links["desk"])
        older = main_of(visitor, desk.links()["Older"])
        digests = main_of(visitor, links["digest"])
        none = main_of(visitor, "/deliveries?state=dead&kind=notice")
    assert links["desk"] == "/deliveries?channel=desk"
    assert [row[3] for row in (*desk.rows()[1:], *older.rows()[1:])] == [
        f"number {number}" for number in range(59, -1, -1)
    ]
    assert [row[3] for row in digests.rows()[1:]] == ["a digest"]
    assert digests.links()["alert"] == "/deliveries?kind=alert"
    assert none.links()["See all messages"] == "/deliveries"


def test_given_a_message_when_opened_then_each_attempt_is_told_and_what_to_do_about_a_dead_letter(
    tmp_path: Path,
) -> None:
    dead = message("1", created_at=MADE, title="Fiji → Tonga: call")
    with office(tmp_path) as (visitor, database):
        with database.write() as connection:
            send(connection, dead, TryAgain(reason="answered 503 <i>"), GaveUp(reason="answered 410"))
        answer = visitor.get(f"/deliveries/{dead.id}")
    main = read(answer.text).find("main")[0]
    assert main.find("h1")[0].words == "Fiji → Tonga: call"
    assert [one.words.partition(" ")[0] for one in main.find("ol")[0].find("li")] == ["try", "given"]
    assert "answered 503 <i>" in main.words
    assert f"relmon deliveries retry {dead.id[:16]}" in main.words
    assert main.facts()["Watches"] == "envoys, region"
    assert dead.rendered.body.decode() not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/deliveries/msg_0", 404),
        ("/deliveries?state=lost", 400),
        ("/deliveries?kind=letter", 400),
        ("/deliveries?after=%21", 400),
        ("/deliveries?after=WyJ4Il0", 400),
    ],
)
def test_given_nonsense_in_an_address_when_asked_then_a_page_says_so(tmp_path: Path, path: str, status: int) -> None:
    with office(tmp_path) as (visitor, _):
        answer = visitor.get(path)
    assert answer.status == status
    assert read(answer.text).find("h1")[0].words.endswith(".")


def test_given_spanish_when_asked_for_then_the_pages_are_in_spanish(tmp_path: Path) -> None:
    one = message("1", created_at=MADE, kind=MessageKind.DIGEST)
    with office(tmp_path) as (visitor, database):
        with database.write() as connection:
            outbox.enqueue(connection, [one])
        page = read(visitor.get("/deliveries?lang=es").text)
        own = read(visitor.get(f"/deliveries/{one.id}?lang=es").text)
    assert page.find("h1")[0].words == "Envíos"
    assert "boletín" in own.find("h1")[0].words
    assert "Todavía no se ha intentado." in own.words
