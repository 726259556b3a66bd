"""`relmon watches`: what watches do in plain words, what a new one would have sent, and what is written."""

import dataclasses
import datetime as dt
import json
import tomllib
from pathlib import Path

import pytest

from monitor.domain.stories import StoredEvent
from monitor.storage import events, items, polls
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage.examples import digest, news, report, source

RECENT = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)


def published(name: str, *, days: float = 0) -> StoredEvent:
    at = RECENT - dt.timedelta(days=days)
    return report(name, item=news(name, key=digest(name), published_at=at, seen_at=at), date=None)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with one report of an event, another of one that came weeks later, and one that is long past."""
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    said = [published("a"), published("b", days=14), published("c", days=90)]
    years_ago = published("d", days=2000)
    said.append(dataclasses.replace(years_ago, item=dataclasses.replace(years_ago.item, seen_at=RECENT)))
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], RECENT)
        items.insert_items(connection, [one.item for one in said])
        events.insert_events(connection, said, {})
    database.close()
    return address


def watches_of(own: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads((own / "watches.toml").read_text())["watch"]
    return found


def test_given_the_starter_watches_when_listed_then_each_is_said_in_plain_words(relmon: Relmon, own: Path) -> None:
    text = relmon("watches", "list", "--config", own).stdout
    assert "usa-venezuela (United States and Venezuela)\n" in text
    assert "console hears what happens between Venezuela and anyone, from “major” up." in text
    assert f"{own / 'watches.toml'}:" in text
    lines = relmon("watches", "list", "--config", own, "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["usa-venezuela", "venezuela", "usa-latin-america"]
    assert json.loads(lines[1])["between"] == [["VEN"]]


def test_given_a_new_watch_when_added_then_it_is_said_back_shown_and_written_behind_the_others(
    relmon: Relmon, own: Path, url: str
) -> None:
    before = (own / "watches.toml").read_text()
    result = relmon(
        *("watches", "add", "--between", "usa,VEN", "--min", "major", "--to", "console", "--min-publishers", "1"),
        *("--types", "missions", "--statuses", "reported", "--config", own, "--database", url),
    )
    assert result.exit_code == 0, result.output
    said, account, *alerts, written = result.stdout.splitlines()
    assert said == (
        "usa-ven: console hears what happens between the United States and Venezuela, from “major” up. "
        "Only of the type missions; what is reported. What becomes of a story is told, too."
    )
    assert account == "Of the last 30 days' news between these, 2 reports, it would have sent 2 alerts."
    assert len(alerts) == 2
    assert alerts[0].endswith("console  Freedonia (USA) → Sylvania (VEN): ambassador recalled (reported)")
    assert written == f"Written to {own / 'watches.toml'}."
    after = (own / "watches.toml").read_text()
    assert after.startswith(before)
    assert watches_of(own)[-1] == {
        "id": "usa-ven",
        "between": ["USA", "VEN"],
        "min_severity": "major",
        "types": ["missions"],
        "statuses": ["reported"],
        "min_publishers": 1,
        "send": ["console"],
    }
    assert relmon("check", "--config", own).exit_code == 0


def test_given_a_watch_that_matches_nothing_when_added_then_the_reasons_are_shown(
    relmon: Relmon, own: Path, url: str
) -> None:
    result = relmon(
        *("watches", "add", "--between", "VEN,USA+CAN", "--to", "console", "--follow-ups", "none", "--dry-run"),
        *("--id", "loud", "--name", "Loud", "--min", "critical", "--config", own, "--database", url),
    )
    assert "what happens between Venezuela and any of Canada and the United States" in result.stdout
    assert "First reports alone are told." in result.stdout
    assert "2 reports, it would have sent nothing." in result.stdout
    assert "  2 times: below the watch's severity" in result.stdout
    assert 'between = ["VEN", ["USA", "CAN"]]\nmin_severity = "critical"\nfollow_ups = []\nsend' in result.stdout
    assert "loud" not in [watch["id"] for watch in watches_of(own)]


def test_given_no_database_when_added_then_it_says_so_and_writes(relmon: Relmon, own: Path, tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path / 'nowhere.db'}"
    result = relmon("watches", "add", "--to", "console", "--config", own, "--database", missing)
    assert result.exit_code == 0
    assert "What it would have sent can't be shown: There is no database" in result.stdout
    assert watches_of(own)[-1] == {"id": "everyone", "send": ["console"]}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--to", "consle"), 'is no channel of channels.toml; did you mean "console"?'),
        (("--to", "console", "--between", "USX"), '"USX" is no known actor code; did you mean "USA"?'),
        (("--to", "console", "--between", "USA,VEN,COL"), '"between" has 3 sides'),
        (("--to", "console", "--follow-ups", "denid"), 'did you mean "denied"?'),
        (("--to", "console", "--id", "venezuela"), 'there is a watch "venezuela" already.'),
        (("--to", "console", "--id", "No Id"), "is no id"),
    ],
)
def test_given_a_mistake_when_added_then_it_is_named_and_nothing_is_written(
    relmon: Relmon, own: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    before = (own / "watches.toml").read_text()
    result = relmon("watches", "add", *arguments, "--config", own)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert (own / "watches.toml").read_text() == before


def test_given_a_file_that_is_read_only_when_added_then_the_lines_are_printed(relmon: Relmon, own: Path) -> None:
    (own / "watches.toml").chmod(0o400)
    result = relmon("watches", "add", "--between", "FJI", "--to", "console", "--config", own)
    assert result.exit_code == 1
    assert '\n[[watch]]\nid = "fji"\nbetween = ["FJI"]\nsend = ["console"]\n' in result.stdout
    assert "can't be written: it is read-only. Put the lines above into watches.toml" in result.stderr


def test_given_watches_when_removed_then_the_rest_of_the_file_stays_as_it_was(relmon: Relmon, own: Path) -> None:
    file = own / "watches.toml"
    before = file.read_text()
    file.write_text(before.replace('[[watch]]\nid = "venezuela"', '# The neighbours.\n[[watch]]\nid = "venezuela"'))
    result = relmon("watches", "remove", "usa-venezuela", "usa-latin-america", "--config", own)
    assert result.exit_code == 0, result.output
    assert [watch["id"] for watch in watches_of(own)] == ["venezuela"]
    head, tail = before.split("[[watch]]", 1)[0], file.read_text().split("]\n\n", 1)[1]
    assert file.read_text().startswith(head)
    assert tail.startswith('# The neighbours.\n[[watch]]\nid = "venezuela"\n')


def test_given_an_unknown_watch_when_removed_then_a_similar_one_is_named(relmon: Relmon, own: Path) -> None:
    result = relmon("watches", "remove", "venezula", "--config", own)
    assert result.exit_code == 2
    assert 'did you mean "venezuela"?' in result.stderr


def test_given_watches_that_cannot_be_taken_apart_when_removed_then_nothing_is_written(
    relmon: Relmon, own: Path
) -> None:
    text = 'watch = [{ id = "a", send = ["console"] }, { id = "b", send = ["console"] }]\n'
    (own / "watches.toml").write_text(text)
    result = relmon("watches", "remove", "a", "--config", own)
    assert result.exit_code == 78
    assert "write each watch below a line [[watch]]" in result.stderr
    assert (own / "watches.toml").read_text() == text


def test_given_a_watch_with_hours_of_its_own_when_added_then_they_are_said_and_written(
    relmon: Relmon, own: Path
) -> None:
    result = relmon(
        *(
            "watches",
            "add",
            "--between",
            "FJI,TON",
            "--to",
            "console",
            "--at-once",
            "major",
            "--digest",
            "07:30, 18:00",
        ),
        *("--quiet", "22:00-07:00", "--quiet-unless", "major", "--at-most-per-hour", "6", "--tz", "Pacific/Fiji"),
        *("--config", own),
    )
    assert result.exit_code == 0, result.output
    assert (
        "What is below “major” is not told at once. A digest comes at 07:30 and 18:00 (Pacific/Fiji). "
        "From 22:00 to 07:00 (Pacific/Fiji) alerts wait, unless they are “major” or more. "
        "At most 6 messages come within an hour; the rest waits for a summary."
    ) in result.stdout
    assert watches_of(own)[-1] == {
        "id": "fji-ton",
        "between": ["FJI", "TON"],
        "zone": "Pacific/Fiji",
        "digest": ["07:30", "18:00"],
        "at_once": "major",
        "quiet": {"from": "22:00", "to": "07:00", "unless": "major"},
        "at_most_per_hour": 6,
        "send": ["console"],
    }
    assert relmon("check", "--config", own).exit_code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--quiet", "22:00"), "write two times with a hyphen, like 22:00-07:00."),
        (("--quiet", "22:00-27:00"), '"27:00" is no time of day'),
        (("--quiet-unless", "major"), "give --quiet, too"),
        (("--at-once", "never"), 'name the times of a digest, like digest = ["07:30"]'),
        (("--tz", "Suva"), '"Suva" is no time zone'),
    ],
)
def test_given_hours_that_make_no_sense_when_added_then_it_is_said_what_to_write(
    relmon: Relmon, own: Path, options: tuple[str, ...], said: str
) -> None:
    result = relmon("watches", "add", "--between", "FJI,TON", "--to", "console", *options, "--config", own)
    assert result.exit_code != 0
    assert said in result.stderr
