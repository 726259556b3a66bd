"""Several workers at one database: threads that share it, and processes that come and go."""

import datetime as dt
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.domain.delivery import Delivered, Message, MessageKind, Rendered
from monitor.domain.feeds import FeedSource
from monitor.storage import outbox, polls
from monitor.storage.engine import Database, open_database
from monitor.storage.outbox import MessageState
from tests.databases import open_current

NOW = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
LEASE = dt.timedelta(minutes=1)
CHANNELS = ("desk", "web", "mail")

# Claims a message, begins a transaction that must not count, and is killed in the middle of it.
VICTIM = """
import datetime as dt, os, signal, sys
from monitor.storage import outbox
from monitor.storage.engine import open_database
database = open_database(sys.argv[1])
with database.write() as connection:
    claims = outbox.claim(connection, owner="victim", channels=["desk"], limit=1, per_channel=1, lease=dt.timedelta(hours=1))
with database.write() as connection:
    connection.exec_driver_sql("DELETE FROM message")
    print(claims[0].message.id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(url)
    database.close()
    return url


@pytest.fixture(params=["sqlite_url", "postgresql_url"], ids=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


def message(name: str, channel_id: str) -> Message:
    return Message(
        id=f"msg_{channel_id}_{name}",
        dedup_key=f"{channel_id}:{name}",
        channel_id=channel_id,
        kind=MessageKind.ALERT,
        rendered=Rendered(content_type="text/plain", body=name.encode()),
        created_at=NOW,
    )


def all_at_once(*work: Callable[[], None]) -> None:
    """Runs the functions in threads that start together, and raises what any of them raised."""
    together = threading.Barrier(len(work))
    failures: list[BaseException] = []

    def run(one: Callable[[], None]) -> None:
        together.wait()
        try:
            one()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_workers_when_they_claim_feeds_at_once_then_no_two_get_the_same(url: str, database: Database) -> None:
    feeds = [
        FeedSource(id=f"feed-{number}", url="https://news.example/", title="x", poll_every=LEASE)
        for number in range(60)
    ]
    with database.write() as connection:
        polls.sync_feeds(connection, feeds, NOW)
    claimed: Counter[str] = Counter()

    def work(owner: str, own: Database) -> None:
        while True:
            with own.write() as connection:
                claims = polls.claim_due(connection, owner=owner, limit=4, lease=LEASE, due_by=NOW)
            if not claims:
                return
            claimed.update(one.state.feed_id for one in claims)

    # Two share a Database, as threads of one process do; the third has its own, as another process would.
    other = open_database(url)
    all_at_once(lambda: work("one", database), lambda: work("two", database), lambda: work("three", other))
    other.close()
    assert claimed == Counter({feed.id: 1 for feed in feeds})


def test_senders_when_they_drain_the_outbox_at_once_then_each_message_goes_out_once_and_in_order(
    url: str,
    database: Database,
) -> None:
    sent: list[str] = []

    def enqueue() -> None:
        for number in range(20):
            with database.write() as connection:
                outbox.enqueue(connection, [message(f"{number:02}", channel_id) for channel_id in CHANNELS])

    def send(owner: str, own: Database) -> None:
        # Bounded, so that a sender that fails can't leave the other waiting for what it had claimed.
        for _ in range(3_000):
            with own.write() as connection:
                claims = outbox.claim(connection, owner=owner, channels=CHANNELS, limit=2, per_channel=1, lease=LEASE)
                done = outbox.counts(connection)[MessageState.DELIVERED] == 60
            for claim in claims:
                sent.append(claim.message.id)
                with own.write() as connection:
                    assert outbox.settle(connection, claim, Delivered(answer="ok"), next_attempt_in=None)
            if done:
                return

    other = open_database(url)
    all_at_once(enqueue, lambda: send("one", database), lambda: send("two", other))
    other.close()
    assert len(sent) == len(set(sent)) == 60
    for channel_id in CHANNELS:
        of_channel = [one for one in sent if one.startswith(f"msg_{channel_id}_")]
        assert of_channel == sorted(of_channel)


def test_a_daemon_that_is_killed_in_a_transaction_when_another_starts_then_nothing_is_lost(
    url: str, database: Database
) -> None:
    with database.write() as connection:
        outbox.enqueue(connection, [message("one", "desk"), message("two", "desk")])
    victim = subprocess.run([sys.executable, "-c", VICTIM, url], capture_output=True, text=True, check=False)
    assert (victim.stdout, victim.returncode) == ("msg_desk_one\n", -9)
    with database.write() as connection:
        assert outbox.counts(connection)[MessageState.SENDING] == 1
        assert outbox.void_leases(connection) == 1
        claims = outbox.claim(connection, owner="next", channels=["desk"], limit=9, per_channel=9, lease=LEASE)
    assert [(one.message, one.attempt) for one in claims] == [(message("one", "desk"), 1), (message("two", "desk"), 1)]
