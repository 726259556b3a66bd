"""One page about all that the daemon needs: what is well, what isn't, and what to do."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.delivery import GaveUp
from monitor.storage import outbox, polls, workers
from monitor.storage.channels import break_channel
from monitor.storage.engine import open_database
from monitor.storage.lock import daemon_lock
from monitor.storage.workers import Presence
from tests.databases import open_current
from tests.integration.worker.servers import Publisher, publisher
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which nothing is wrong."""
    found = tmp_path / "state" / "monitor.db"
    with closing(open_current(f"sqlite:///{found}")) as database, database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
    return found


@pytest.fixture
def wire() -> Iterator[Publisher]:
    with publisher() as opened:
        yield opened


def findings(result: Any) -> dict[str, list[tuple[str, str]]]:
    """Health and words of each finding, by what they are about; what isn't well says what to do."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in json.loads(result.stdout)["findings"]:
        assert (one["do"] is None) == (one["health"] == "ok")
        found.setdefault(one["what"], []).append((one["health"], one["found"]))
    return found


def test_given_an_installation_at_work_when_examined_then_all_is_well(relmon: Relmon, own: Path, path: Path) -> None:
    with daemon_lock(path):
        result = relmon("doctor", "--config", own, "--database", f"sqlite:///{path}", "--offline")
    lines = result.stdout.splitlines()
    assert (result.exit_code, lines[-1]) == (0, "All is well."), result.stdout
    assert all(line.startswith("ok") for line in lines[:-2])
    assert len(lines) < 25


def test_given_all_sorts_of_trouble_when_examined_then_each_is_named_with_what_to_do(
    relmon: Relmon, own: Path, path: Path
) -> None:
    with closing(open_database(f"sqlite:///{path}")) as database, database.write() as connection:
        outbox.enqueue(connection, [examples.message()])
        (claim,) = outbox.claim(connection, owner="o", channels=["desk"], limit=1, per_channel=1, lease=examples.MINUTE)
        outbox.settle(connection, claim, GaveUp(reason="410 Gone"), next_attempt_in=None)
        break_channel(connection, "desk", "answered 410: gone")
        (poll,) = polls.claim_due(connection, owner="o", limit=1, lease=examples.MINUTE, due_by=examples.NOW)
        polls.finish(
            connection,
            poll,
            type(poll.state)(feed_id="gazette", failures=3, last_error="answered 404", next_poll_at=examples.NOW),
        )
    path.chmod(0o644)
    path.parent.chmod(0o755)
    (own / "monitor.toml").write_text("")
    with (own / "channels.toml").open("a") as channels:
        channels.write('[[channel]]\nid = "chat"\nkind = "slack"\nurl = "env:NO_SUCH_VARIABLE"\n')
    result = relmon("doctor", "--config", own, "--database", f"sqlite:///{path}", "--offline", "--json")
    found = findings(result)
    assert result.exit_code == 1
    assert "NO_SUCH_VARIABLE" in found["configuration"][0][1]
    assert found["channels"] == [("error", "desk is broken: answered 410: gone")]
    assert [health for health, _ in found["permissions"]] == ["warning", "warning"]
    for what, words in (
        ("operator", "no channel hears"),
        ("daemon", "none runs"),
        ("feeds", "1 failing"),
        ("messages", "1 could not be delivered"),
    ):
        ((health, said),) = found[what]
        assert (health, words in said) == ("warning", True), what


@pytest.mark.parametrize("what", ["missing", "damaged", "older"])
def test_given_a_database_that_can_not_be_used_when_examined_then_the_rest_is_looked_at_all_the_same(
    relmon: Relmon, own: Path, path: Path, what: str
) -> None:
    match what:
        case "missing":
            path.unlink()
        case "damaged":
            path.write_bytes(b"x" * 9999)
        case _:
            with closing(sqlite3.connect(path)) as older:
                older.execute("UPDATE alembic_version SET version_num = '0003'")
                older.commit()
    result = relmon("doctor", "--config", own, "--database", f"sqlite:///{path}", "--offline", "--json")
    ((health, said),) = findings(result)["database"]
    assert (result.exit_code, health) == ((0, "warning") if what == "missing" else (1, "error"))
    assert {"missing": "no database", "damaged": "is not an SQLite", "older": "an older version"}[what] in said
    assert "configuration" in findings(result)


def test_given_hosts_of_feeds_when_examined_then_it_says_which_answer_and_nothing_is_fetched_of_the_feed(
    relmon: Relmon, own: Path, path: Path, wire: Publisher
) -> None:
    (own / "feeds.toml").write_text(
        f'[[feed]]\nid = "wire"\ntitle = "Wire"\nurl = "{wire.url()}?key=abc"\n'
        '[[feed]]\nid = "gone"\ntitle = "Gone"\nurl = "http://127.0.0.1:9/feed"\n'
        '[[feed]]\nid = "inside"\ntitle = "Inside"\nurl = "http://10.0.0.1/feed"\n'
    )
    allowed = f'[outbound]\nallow_feeds = ["127.0.0.1:{wire.port}", "127.0.0.1:9"]\n'
    (own / "monitor.toml").write_text(allowed)
    result = relmon("doctor", "--config", own, "--database", f"sqlite:///{path}", "--json")
    said = sorted(findings(result)["network"])
    assert [health for health, _ in said] == ["ok", "warning", "warning"]
    assert said[0][1] == f"127.0.0.1:{wire.port} answers"
    assert findings(result)["certificates"][0][0] == "ok"
    assert not any("key" in request for request, _ in wire.requests)


def test_given_daemons_that_share_a_database_when_examined_then_it_says_whether_they_agree(
    relmon: Relmon, own: Path, postgresql_url: str
) -> None:
    with closing(open_database(postgresql_url)) as database:
        for owner, mark, health in (("a:1", "m", "ok"), ("b:2", "m", "ok"), ("c:3", "other", "warning")):
            presence = Presence(
                owner=owner, duties=("poll",), configuration=mark, version="1", configured_at=examples.NOW
            )
            with database.write() as connection:
                workers.show(connection, presence)
            result = relmon("doctor", "--config", own, "--database", postgresql_url, "--offline", "--json")
            found = findings(result)
            assert [one for one, _ in found["daemon"]] == [health]
            assert found["clock"] == [("ok", "this machine and the database's server agree")]
