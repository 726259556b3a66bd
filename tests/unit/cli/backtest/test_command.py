"""`relmon backtest`: days, messages, differences and promises, on files and on what is stored; nothing else is touched."""

import json
import shutil
from pathlib import Path

import pytest

from monitor.storage import items, polls
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples

WATCHES = """
[[watch]]
id = "fiji-tonga"
between = ["FJI", "TON"]
send = ["slack"]

[[watch]]
id = "borders"
types = ["border.closed"]
send = ["console"]
"""
CHANNELS = """
[[channel]]
id = "console"
kind = "console"

[[channel]]
id = "slack"
kind = "slack"
url = "env:NOT_SET_ON_THIS_MACHINE"
"""
ROWS = (
    ("2026-03-01T08:00Z", "Matangi", "Fiji expels three Tongan diplomats"),
    ("2026-03-01T09:00Z", "The Suva Gazette", "Fiji has expelled three diplomats from Tonga"),
    ("2026-03-01T09:10Z", "The Suva Gazette", "Rain falls on the hills"),
    ("2026-03-03T10:00Z", "Matangi", "Fiji imposes sanctions on Tonga"),
)


@pytest.fixture
def mine(own: Path) -> Path:
    (own / "watches.toml").write_text(WATCHES, encoding="utf-8")
    (own / "channels.toml").write_text(CHANNELS, encoding="utf-8")
    return own


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    rows = [{"seen": seen, "outlet": outlet, "text": text, "lang": "en"} for seen, outlet, text in ROWS]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_given_a_file_when_played_then_each_day_is_shown_and_nothing_is_written(
    relmon: Relmon, mine: Path, texts: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    result = relmon("backtest", texts, "--config", mine, "--messages")
    assert (result.exit_code, result.stderr) == (0, "")
    days = result.stdout.split("\n\n2026-03-03")
    assert days[0].startswith(
        "2026-03-01, Sunday\n  fiji-tonga  1 alert\n\n  08:00 UTC, over slack for fiji-tonga\n    CRITICAL: "
    )
    assert "Fiji expels three Tongan diplomats" in days[0]
    assert days[1].startswith(", Tuesday")
    assert result.stdout.splitlines()[-3:] == [
        "Played 4 items of 3 days (2026-03-01 to 2026-03-03) with 3 events.",
        "  fiji-tonga  2 alerts: 0.7 a day, on 2 days of 3, most on 2026-03-01 (1)",
        "  borders     nothing",
    ]
    assert sorted(tmp_path.rglob("*")) == before


def test_given_an_edited_configuration_when_compared_then_gains_and_losses_are_listed_and_fail_where_asked(
    relmon: Relmon, mine: Path, texts: Path, tmp_path: Path
) -> None:
    edited = tmp_path / "edited"
    assert relmon("init", edited).exit_code == 0
    louder = WATCHES.replace('"border.closed"', '"sanctions.imposed"')
    (edited / "watches.toml").write_text(
        louder.replace('"TON"]', '"TON"]\ntypes = ["diplomat.expelled"]'), encoding="utf-8"
    )
    (edited / "channels.toml").write_text(CHANNELS, encoding="utf-8")
    result = relmon("backtest", texts, "--config", edited, "--against", mine, "--expect-no-change")
    assert (result.exit_code, result.stderr) == (1, "")
    gained, lost, total = result.stdout.splitlines()[-3:]
    assert gained.startswith("+ 2026-03-03 10:00  borders: Fiji (FJI)")
    assert lost.startswith("- 2026-03-03 10:00  fiji-tonga: Fiji (FJI)")
    assert total == "1 message gained (+), 1 lost (-), 1 the same."


def test_given_a_pattern_of_ones_own_when_compared_then_what_it_reads_is_gained(
    relmon: Relmon, mine: Path, tmp_path: Path
) -> None:
    taught = tmp_path / "taught"
    shutil.copytree(mine, taught)
    (taught / "patterns.d" / "en").mkdir(parents=True)
    (taught / "patterns.d" / "en" / "tours.toml").write_text(
        '[[pattern]]\ntype = "visit"\nsay = ["{source} globetrot through {target}"]\n', encoding="utf-8"
    )
    (taught / "watches.toml").write_text(WATCHES.replace('"border.closed"', '"visit"'), encoding="utf-8")
    texts = tmp_path / "tour.jsonl"
    row = {"seen": "2026-03-01T08:00Z", "outlet": "Matangi", "text": "Fiji's president globetrots through Tonga"}
    texts.write_text(json.dumps(row), encoding="utf-8")
    result = relmon("backtest", texts, "--config", taught, "--against", mine, "--watch", "fiji-tonga")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "visit (reported)" in result.stdout.splitlines()[-2]
    assert result.stdout.splitlines()[-1] == "1 message gained (+), 0 lost (-), 0 the same."


def test_given_a_promise_that_does_not_hold_when_played_then_the_exit_code_says_so(
    relmon: Relmon, mine: Path, texts: Path
) -> None:
    period = ("--from", "2026-03-02", "--to", "2026-03-03")
    kept = relmon("backtest", texts, "--config", mine, "--expect-at-most", "1", *period)
    assert kept.exit_code == 0
    assert "Played 1 item of 1 day" in kept.stdout
    result = relmon("backtest", texts, "--config", mine, "--expect-at-most", "fiji-tonga=0", "--json", *period)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["watches"] == {"fiji-tonga": {"2026-03-03": {"alert": 1}}, "borders": {}}
    assert told["broken"] == [{"watch": "fiji-tonga", "day": "2026-03-03", "messages": 1, "at_most": 0}]


def test_given_stored_items_when_played_then_they_come_in_the_order_of_publication_and_stay_as_they_are(
    relmon: Relmon, mine: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(url)
    stored = [
        examples.news(text, title=text, summary="", published_at=examples.NOW - age, feed_id=examples.source().id)
        for text, age in (
            ("Fiji denies expelling Tongan diplomats", examples.MINUTE),
            ("Fiji expels three Tongan diplomats", 60 * examples.MINUTE),
        )
    ]
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, stored)
    database.close()
    before = (tmp_path / "monitor.db").read_bytes()
    result = relmon("backtest", "--config", mine, "--database", url, "--titles", "--watch", "fiji-tonga")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = [line for line in result.stdout.splitlines() if "fiji-tonga:" in line]
    assert first.startswith("  11:00  fiji-tonga: Fiji (FJI)")
    assert second.startswith("  11:59  fiji-tonga: ")
    assert second.endswith("(denied)")
    assert (tmp_path / "monitor.db").read_bytes() == before


def test_given_what_cannot_be_meant_when_asked_then_a_sentence_says_what_to_write(
    relmon: Relmon, mine: Path, texts: Path, tmp_path: Path
) -> None:
    def said(*arguments: str | Path) -> str:
        result = relmon("backtest", *arguments, "--config", mine)
        assert result.exit_code != 0
        return " ".join(result.stderr.split())

    assert "there is no watch 'fiji'" in said(texts, "--watch", "fiji")
    assert "such as desk=20" in said(texts, "--expect-at-most", "few")
    assert "needs --against" in said(texts, "--expect-no-change")
    assert "--database" in said(texts, "--database", "sqlite://")
    assert "lies after --to" in said(texts, "--from", "2026-03-03", "--to", "2026-03-01")
    (mine / "watches.toml").write_text(WATCHES.replace("FJI", "FIJI"), encoding="utf-8")
    assert "watches.toml" in said(texts)
