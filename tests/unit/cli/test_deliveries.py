"""`relmon deliveries`: what an operator sees of messages, and can do about them."""

import json
from pathlib import Path

import pytest

from monitor.domain.delivery import Delivered, GaveUp, Refused, Verdict
from monitor.storage import outbox
from monitor.storage.channels import break_channel, channel_states
from monitor.storage.engine import open_database
from monitor.storage.outbox import MessageState
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples

TITLES = {"one": "Sylvania recalls its envoy", "two": "Freedonia \x1b[31manswers\x1b[0m", "three": "Both meet"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """One message delivered, two dead letters, and one that waits for a channel that is broken."""
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    with database.write() as connection:
        made = [examples.message(name, "console", title=title) for name, title in TITLES.items()]
        outbox.enqueue(connection, [*made, examples.message("four", "web")])
        claims = outbox.claim(
            connection, owner="o", channels=["console"], limit=9, per_channel=9, lease=examples.MINUTE
        )
        verdicts: tuple[Verdict, ...] = (
            Delivered(answer="200 ok"),
            Refused(reason="answered 404: no such page"),
            GaveUp(reason="410"),
        )
        for claim, verdict in zip(claims, verdicts, strict=True):
            assert outbox.settle(connection, claim, verdict, next_attempt_in=None)
        break_channel(connection, "web", "answered 410")
    database.close()
    return address


def states(url: str) -> list[MessageState]:
    database = open_database(url)
    with database.read() as connection:
        found = [one.state for one in reversed(outbox.messages(connection))]
    database.close()
    return found


def ids(relmon: Relmon, own: Path, url: str) -> dict[str, str]:
    result = relmon("deliveries", "list", "--config", own, "--database", url, "--json")
    return {row["title"]: row["id"] for row in map(json.loads, result.stdout.splitlines())}


def test_given_messages_when_listed_then_each_is_a_line_with_its_state_and_the_last_answer(
    relmon: Relmon, own: Path, url: str
) -> None:
    result = relmon("deliveries", "list", "--config", own, "--database", url)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 4
    assert "\x1b" not in result.stdout
    assert "dead       console       Freedonia" in lines[2]
    assert lines[2].endswith("| answered 404: no such page")
    only = relmon("deliveries", "list", "--config", own, "--database", url, "--state", "dead", "--limit", 1)
    assert len(only.stdout.splitlines()) == 1


def test_given_a_message_when_shown_by_the_start_of_its_id_then_every_attempt_stands_there(
    relmon: Relmon, own: Path, url: str
) -> None:
    name = ids(relmon, own, url)[TITLES["one"]]
    shown = relmon("deliveries", "show", name[:14], "--body", "--config", own, "--database", url)
    assert shown.exit_code == 0
    assert "delivered: 200 ok" in shown.stdout
    assert '{"text":"one"}' in shown.stdout
    as_json = json.loads(relmon("deliveries", "show", name, "--config", own, "--database", url, "--json").stdout)
    assert (as_json["id"], as_json["attempts"][0]["answer"]) == (name, "200 ok")
    missing = relmon("deliveries", "show", "0000", "--config", own, "--database", url)
    assert missing.exit_code == 1
    assert "relmon deliveries list" in missing.stderr


def test_given_dead_letters_when_retried_by_channel_then_they_wait_and_what_was_delivered_stays(
    relmon: Relmon, own: Path, url: str
) -> None:
    result = relmon("deliveries", "retry", "--channel", "console", "--config", own, "--database", url)
    assert result.stdout == "2 messages will be sent again.\n"
    assert states(url) == [MessageState.DELIVERED, *[MessageState.PENDING] * 3]


def test_given_a_broken_channel_when_retried_then_it_is_tried_again(relmon: Relmon, own: Path, url: str) -> None:
    result = relmon("deliveries", "retry", "--channel", "web", "--config", own, "--database", url)
    assert "Channel web was broken, and is tried again." in result.stdout
    database = open_database(url)
    with database.read() as connection:
        assert not any(state.broken_at for state in channel_states(connection))
    database.close()


def test_given_dead_letters_when_retried_as_a_digest_then_one_message_names_them_all(
    relmon: Relmon, own: Path, url: str
) -> None:
    result = relmon("deliveries", "retry", "--channel", "console", "--as-digest", "--config", own, "--database", url)
    assert result.stdout == "1 message will be sent.\n"
    assert states(url) == [
        MessageState.DELIVERED,
        MessageState.DROPPED,
        MessageState.DROPPED,
        MessageState.PENDING,
        MessageState.PENDING,
    ]
    database = open_database(url)
    with database.read() as connection:
        digest = outbox.messages(connection, limit=1)[0]
        dropped = outbox.messages(connection, states=[MessageState.DROPPED])
    database.close()
    body = digest.message.rendered.body.decode()
    assert TITLES["three"] in body
    assert "Freedonia" in body
    assert dropped[0].remark == "sent in a digest: 2 messages could not be delivered in time"


def test_given_a_dead_letter_when_dropped_then_its_reason_is_shown(relmon: Relmon, own: Path, url: str) -> None:
    name = ids(relmon, own, url)[TITLES["three"]]
    result = relmon("deliveries", "drop", name, "--reason", "too late", "--config", own, "--database", url)
    assert result.stdout == "1 message dropped.\n"
    shown = relmon("deliveries", "show", name, "--config", own, "--database", url)
    assert "dropped: dropped by the operator: too late" in shown.stdout


@pytest.mark.parametrize("arguments", [(), ("msg_00000000", "--channel", "web")])
def test_given_no_clear_choice_when_retried_then_the_command_asks_for_one(
    relmon: Relmon, own: Path, url: str, arguments: tuple[str, ...]
) -> None:
    result = relmon("deliveries", "retry", *arguments, "--config", own, "--database", url)
    assert result.exit_code == 2
    assert "by their ids" in result.stderr
