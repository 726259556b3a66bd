"""The running daemon takes up what is edited, keeps what it had where that is wrong, and tells nothing twice."""

import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.installation import Installation, headlines, wait_until
from tests.integration.worker.servers import publisher, receiver

pytestmark = pytest.mark.acceptance

WATCH = '[[watch]]\nid = "all"\nname = "All"\nmin_severity = "routine"\nsend = ["{}"]\n'


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with publisher() as wire, receiver() as desk:
        yield Installation(tmp_path, wire, desk)


def told_at(installation: Installation, path: str) -> Counter[str]:
    requests = installation.desk.at(path)
    return Counter(one["data"]["item"]["title"] for one in map(json.loads, (one.body for one in requests)))


def logged(installation: Installation, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in installation.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


def reloaded(installation: Installation, times: int) -> bool:
    return len(logged(installation, "configuration_reloaded")) >= times


def status(installation: Installation) -> Any:
    return json.loads(installation.command("status", "--json").stdout)


def test_given_a_running_daemon_when_each_file_is_edited_then_what_changed_counts_and_is_logged(
    installation: Installation,
) -> None:
    folder, wire = installation.folder, installation.wire
    first, second, third, fourth = headlines(4)
    wire.publish(first)
    with installation.daemon():
        wait_until(lambda: len(installation.told()) == 1)

        wire.publish(second, path="/other")
        feeds = folder / "feeds.d"
        feeds.mkdir()
        (feeds / "mine.toml").write_text(
            f'[[feed]]\nid = "other"\nurl = "{wire.url("/other")}"\nfirst_poll = "alert"\n'
        )
        wait_until(lambda: second in installation.told())
        assert logged(installation, "configuration_reloaded")[-1]["feeds_added"] == ["other"]

        # As an editor does that writes another file and renames it.
        draft = folder / "feeds.toml.new"
        draft.write_text((feeds / "mine.toml").read_text())
        (feeds / "mine.toml").unlink()
        draft.rename(folder / "feeds.toml")
        wait_until(lambda: logged(installation, "configuration_reloaded")[-1].get("feeds_removed") == ["wire"])
        asked = wire.requests.count(("/feed", None))
        wire.publish(second, third, path="/other")
        wait_until(lambda: third in installation.told())
        assert wire.requests.count(("/feed", None)) == asked

        (folder / "channels.toml").write_text(
            f'[[channel]]\nid = "desk"\nkind = "webhook"\nurl = "{installation.desk.url("/desk")}"\n'
        )
        (folder / "watches.toml").write_text(WATCH.format("desk"))
        with (folder / "monitor.toml").open("a") as monitor:
            monitor.write(f'[heartbeat]\nurl = "{wire.url("/ping")}"\n')
        wait_until(lambda: "channels_added" in logged(installation, "configuration_reloaded")[-1])
        wire.publish(second, third, fourth, path="/other")
        wait_until(lambda: fourth in told_at(installation, "/desk"))
        wait_until(lambda: bool(logged(installation, "heartbeat_failed")))
        assert "allow_heartbeat" in logged(installation, "heartbeat_failed")[0]["why"]

        (folder / "patterns.d" / "en").mkdir(parents=True)
        (folder / "patterns.d" / "en" / "cricket.toml").write_text(
            '[[pattern]]\nid = "cricket"\ntype = "diplomat.expelled"\nsay = ["{source} bowl out {target} @diplomat"]\n'
            'yes = ["Nepal bowled out Bhutanese diplomats -> NPL > BTN"]\n'
        )
        wait_until(lambda: logged(installation, "configuration_reloaded")[-1].get("patterns_added") == ["cricket"])
        wire.publish(second, third, fourth, "Fiji bowls out Tongan diplomats", path="/other")
        wait_until(lambda: "Fiji bowls out Tongan diplomats" in told_at(installation, "/desk"))
    # A new channel and a changed watch start from then on, and nobody hears of anything twice.
    assert set(installation.told()) == {first, second, third}
    assert set(told_at(installation, "/desk")) == {fourth, "Fiji bowls out Tongan diplomats"}
    assert set((installation.told() + told_at(installation, "/desk")).values()) == {1}
    assert "Traceback" not in installation.log.read_text()


def test_given_a_broken_file_when_it_is_saved_then_the_former_configuration_stays_and_it_is_told_everywhere(
    installation: Installation,
) -> None:
    folder, wire = installation.folder, installation.wire
    monitor, whole = folder / "monitor.toml", (folder / "watches.toml").read_text()
    monitor.write_text(monitor.read_text() + '[operator]\nchannels = ["ops"]\n')
    with (folder / "channels.toml").open("a") as channels:
        channels.write(f'[[channel]]\nid = "ops"\nkind = "webhook"\nurl = "{installation.desk.url("/ops")}"\n')
    with installation.daemon() as daemon:
        wait_until(lambda: "relmon_config_last_reload_successful 1.0" in installation.page("/metrics"))
        (folder / "watches.toml").write_text(whole + 'betwen = ["FJI", "TON"]\n')
        wait_until(lambda: bool(logged(installation, "reload_refused")))
        (mistake,) = logged(installation, "configuration_mistake")
        assert "watches.toml:6" in mistake["mistake"]
        assert "betwen" in mistake["mistake"]
        wait_until(lambda: "relmon_config_last_reload_successful 0.0" in installation.page("/metrics"))
        wait_until(lambda: b"betwen" in b"".join(one.body for one in installation.desk.at("/ops")))
        (followed,) = status(installation)["followed"]
        assert "betwen" in followed["mistakes"][0]
        assert "watches.toml:6" in installation.command("status").stdout
        wire.publish(*headlines(1))
        wait_until(lambda: len(installation.told()) == 1)

        (folder / "watches.toml").write_text(whole)
        wait_until(lambda: bool(logged(installation, "configuration_reloaded")))
        wait_until(lambda: b"can be used again" in b"".join(one.body for one in installation.desk.at("/ops")))
        assert "relmon_config_last_reload_successful 1.0" in installation.page("/metrics")
        (followed,) = status(installation)["followed"]
        assert followed["mistakes"] == []

        monitor.write_text(monitor.read_text().replace("port = 0", "port = 8399"))
        wait_until(lambda: bool(logged(installation, "restart_needed")))
        assert logged(installation, "restart_needed")[0]["settings"] == ["web.port"]
        daemon.terminate()
        assert daemon.wait(15) == 0
    assert len(logged(installation, "reload_refused")) == 1
    assert set(installation.told().values()) == {1}


def test_given_polls_and_sends_under_way_when_reloads_follow_each_other_then_nothing_is_lost_or_doubled(
    installation: Installation,
) -> None:
    folder, wire, desk = installation.folder, installation.wire, installation.desk
    monitor = folder / "monitor.toml"
    monitor.write_text(monitor.read_text() + "[reload]\nwatch_files = false\n")
    feeds = (folder / "feeds.toml").read_text()
    sending = threading.Event()

    def slowly(_: int) -> tuple[int, dict[str, str]]:
        sending.set()
        time.sleep(0.1)
        return 200, {}

    desk.answers["/hook"] = slowly
    titles = headlines(30)
    with installation.daemon() as daemon:
        wire.publish(*titles[:10])
        assert sending.wait(20)
        for number in range(1, 13):
            # Every other one brings another feed or takes it away, so that there is something to take up.
            more = f'[[feed]]\nid = "other"\nurl = "{wire.url("/other")}"\n' if number % 2 else ""
            (folder / "feeds.toml").write_text(feeds + more)
            wire.publish(*titles[: 10 + number])
            daemon.send_signal(signal.SIGHUP)
            wait_until(partial(reloaded, installation, number))
        wire.publish(*titles)
        wait_until(lambda: len(installation.told()) == len(titles), seconds=60)
        daemon.terminate()
        assert daemon.wait(15) == 0
    assert installation.told() == Counter(titles)
    assert [line["cause"] for line in logged(installation, "configuration_reloaded")] == ["SIGHUP"] * 12
    assert "Traceback" not in installation.log.read_text()


def test_given_a_message_that_waits_when_its_channel_is_removed_then_it_is_kept_and_shown_as_such(
    installation: Installation,
) -> None:
    folder, desk = installation.folder, installation.desk
    channels = (folder / "channels.toml").read_text()
    desk.answers["/hook"] = lambda _: (503, {})
    installation.wire.publish(*headlines(1))
    with installation.daemon() as daemon:
        wait_until(lambda: bool(desk.at("/hook")))
        (folder / "channels.toml").write_text('[[channel]]\nid = "console"\nkind = "console"\n')
        (folder / "watches.toml").write_text(WATCH.format("console"))
        daemon.send_signal(signal.SIGHUP)
        wait_until(lambda: bool(logged(installation, "messages_left_over")))
        assert "the channel is no longer configured" in installation.command("deliveries", "list").stdout
        desk.answers.clear()
        (folder / "channels.toml").write_text(channels)
        (folder / "watches.toml").write_text(WATCH.format("hook"))
        before = len(desk.at("/hook"))
        wait_until(lambda: len(desk.at("/hook")) == before + 1)
        wait_until(lambda: status(installation)["alerts"]["delivered"] == 1)
    assert len({one.id for one in desk.at("/hook")}) == 1
