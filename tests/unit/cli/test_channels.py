"""`relmon channels`: how destinations do, and what one answers to a test."""

import json
from pathlib import Path

from monitor.storage import outbox
from monitor.storage.channels import break_channel
from tests.databases import open_current
from tests.integration.worker.servers import receiver
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples


def configured(own: Path, url: str, allowed: str) -> None:
    (own / "channels.toml").write_text(f'[[channel]]\nid = "desk"\nkind = "webhook"\nurl = "{url}"\n')
    (own / "watches.toml").write_text("")
    (own / "monitor.toml").write_text(f'[outbound]\nallow_webhooks = ["{allowed}"]\n')


def test_given_a_destination_when_tested_then_its_own_answer_is_shown_and_counts(relmon: Relmon, own: Path) -> None:
    with receiver() as desk:
        configured(own, desk.url("/hook"), f"127.0.0.1:{desk.port}")
        fine = relmon("channels", "test", "desk", "--config", own)
        desk.answers["/hook"] = lambda _: (404, {})
        wrong = relmon("channels", "test", "desk", "--config", own)
        as_json = relmon("channels", "test", "desk", "--config", own, "--json")
    assert (fine.exit_code, wrong.exit_code, as_json.exit_code) == (0, 1, 1)
    assert fine.stdout == "desk (webhook): delivered. The destination says: 200 ok\n"
    assert "desk (webhook): refused. answered 404: ok" in wrong.stdout
    assert json.loads(as_json.stdout)["answer"] == "answered 404: ok"
    assert len({one.id for one in desk.at("/hook")}) == 3


def test_given_an_unknown_name_when_tested_then_the_known_ones_are_named(relmon: Relmon, own: Path) -> None:
    result = relmon("channels", "test", "pigeon", "--config", own)
    assert result.exit_code == 2
    assert "There are: console." in result.stderr


def test_given_a_broken_channel_when_listed_then_why_and_how_many_wait(
    relmon: Relmon, own: Path, tmp_path: Path
) -> None:
    configured(own, "https://desk.example/hook", "10.0.0.1:80")
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(url)
    assert "nothing sent yet" in relmon("channels", "list", "--config", own, "--database", url).stdout
    with database.write() as connection:
        outbox.enqueue(connection, [examples.message("one"), examples.message("two")])
        break_channel(connection, "desk", "answered 410: gone")
    database.close()
    result = relmon("channels", "list", "--config", own, "--database", url)
    assert result.exit_code == 1
    assert "2 waiting" in result.stdout
    assert "answered 410: gone" in result.stdout
    (row,) = json.loads(relmon("channels", "list", "--config", own, "--database", url, "--json").stdout)
    assert (row["waiting"], row["dead"], row["broken"]) == (2, 0, "answered 410: gone")
