"""feeds.toml becomes feeds; overlays add and change; every mistake has its line."""

import base64
import datetime as dt
from collections.abc import Callable

import pytest

from monitor.domain.feeds import CronTimes, FeedSource, FirstPoll
from monitor.settings.files import Loaded

Examine = Callable[..., Loaded]
Findings = Callable[..., list[str]]

UNTIL = dt.datetime(2026, 12, 24, 10, tzinfo=dt.UTC)
FULL = """
[defaults]
every = "2m"

[[feed]]
id = "wire"
url = "https://wire.example/rss?a=%20b"
title = "The Wire"
publisher = "Wire Group"
language = "es"
home = "VEN"
group = "agencies"
tags = ["agency", "americas"]
every = "1h30m"
first_poll = "alert"
article_text = true

[[feed]]
id = "plain"
url = "http://user@plain.example:8080/feed"

[[feed]]
id = "resting"
url = "https://resting.example/feed"
paused = true

[[feed]]
id = "later"
url = "https://later.example/feed"
paused_until = 2026-12-24T06:00:00-04:00
"""


def test_feeds_as_written_when_examined_are_feed_sources(examined: Examine) -> None:
    loaded = examined({"feeds.toml": FULL})
    assert loaded.feeds == (
        FeedSource(
            id="wire",
            url="https://wire.example/rss?a=%20b",
            title="The Wire",
            poll_every=dt.timedelta(hours=1, minutes=30),
            language="es",
            home="VEN",
            publisher="Wire Group",
            group="agencies",
            tags=frozenset({"agency", "americas"}),
            first_poll=FirstPoll.ALERT,
            article_text=True,
        ),
        FeedSource(
            id="plain",
            url="http://user@plain.example:8080/feed",
            title="plain",
            poll_every=dt.timedelta(minutes=2),
            stretch_to=dt.timedelta(minutes=15),
        ),
        FeedSource(
            id="later",
            url="https://later.example/feed",
            title="later",
            poll_every=dt.timedelta(minutes=2),
            stretch_to=dt.timedelta(minutes=15),
            paused_until=UNTIL,
        ),
    )
    assert [feed.id for feed in loaded.paused] == ["resting"]
    assert [loaded.feeds[-1].is_paused(UNTIL - dt.timedelta(seconds=1)), loaded.feeds[-1].is_paused(UNTIL)] == [
        True,
        False,
    ]


def test_no_rhythm_in_the_file_when_examined_is_the_settings(examined: Examine) -> None:
    loaded = examined(environ={"RELMON_POLL__EVERY": "7m"})
    assert loaded.feeds[0].poll_every == dt.timedelta(minutes=7)


def test_overlay_with_a_known_id_when_examined_changes_only_its_keys(examined: Examine) -> None:
    overlay = '[[feed]]\nid = "wire"\nevery = "1m"\n[[feed]]\nid = "more"\nurl = "https://more.example/"\n'
    loaded = examined({"feeds.d/mine.toml": overlay})
    assert [(feed.id, feed.url, feed.poll_every) for feed in loaded.feeds] == [
        ("wire", "https://wire.example/rss", dt.timedelta(minutes=1)),
        ("more", "https://more.example/", dt.timedelta(minutes=5)),
    ]


def test_mistake_in_an_overlay_when_examined_is_said_in_the_overlay(findings: Findings) -> None:
    overlay = '\n\n[[feed]]\nid = "wire"\nlanguage = "English"\n'
    assert findings({"feeds.d/mine.toml": overlay}) == [
        'feeds.d/mine.toml:5: error: "language": "English" is no language code; write two small letters, like "en" or "es"'
    ]


def test_readme_in_an_overlay_folder_when_examined_is_not_read(findings: Findings) -> None:
    assert findings({"feeds.d/README": "[not toml"}) == []


HEAD = '[[feed]]\nid = "wire"\nurl = "https://wire.example/rss"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("feeds = []\n" + HEAD, 'feeds.toml:1: error: unknown key "feeds"; did you mean "feed"?'),
        (HEAD + 'titel = "x"\n', 'feeds.toml:4: error: unknown key "titel"; did you mean "title"?'),
        (HEAD + 'tags = "agency"\n', 'feeds.toml:4: error: "tags" must be a list'),
        (HEAD + 'tags = ["a", 2]\n', 'feeds.toml:4: error: "tags" must be text in quotes'),
        (HEAD + "title = 3\n", 'feeds.toml:4: error: "title" must be text in quotes'),
        (HEAD + 'first_poll = "alerts"\n', '"baseline", "digest" or "alert"; did you mean "alert"?'),
        (HEAD + "paused_until = 2026-12-24\n", '"paused_until": must be a date and time with its zone'),
        (HEAD + 'paused_until = "2026-12-24T06:00:00Z"\n', 'feeds.toml:4: error: "paused_until": must be'),
        (HEAD + 'paused = "no"\n', '"paused" must be true or false'),
        (HEAD + 'every = "often"\n', "'often' is no duration"),
        (HEAD + 'home = "Venezuela"\n', '"home": "Venezuela" is no actor code'),
        (HEAD + "\n" + HEAD, 'feeds.toml:6: error: the id "wire" stands already at line 2; give this feed another'),
        ("[[feed]]\nid = 'Wire'\nurl = 'https://x/'\n", "feeds.toml:2: error: 'Wire' is no id"),
        ("[[feed]]\nurl = 'https://x/'\n", 'feeds.toml:1: error: this feed has no "id"'),
        ("[[feed]]\nid = 'x'\n", 'feeds.toml:1: error: "url" is missing'),
        ("[[feed]]\nid = 'x'\nurl = 'x.example/feed'\n", '"x.example/feed" is no address'),
        ("[[feed]]\nid = 'x'\nurl = 'ftp://u:pw@x.example/'\n", '"ftp://x.example/" is no address'),
        ("[[feed]]\nid = 'x'\nurl = 'http://[::1'\n", '"http://[::1" is no address'),
        ("[[feed]]\nid = 'x'\nurl = 'https://x.example/a b'\n", "holds a space"),
        ("[[feed]]\nid = 'x'\nurl = 'https://x.example\\\\@y/'\n", "holds a space, a backslash"),
        ("[[feed]]\nid = 'x'\nurl = 'sample:other'\n", 'the one that ships with the program is "sample:newswire"'),
        ("[feed]\nid = 'x'\n", "feeds.toml:1: error: write each feed below a line [[feed]]"),
        (HEAD + "[defaults]\nevry = '1m'\n", 'feeds.toml:5: error: unknown key "evry"; did you mean "every"?'),
        ("defaults = 5\n" + HEAD, "feeds.toml:1: error:"),
        ("", "feeds.toml: warning: no feed is configured"),
        (
            HEAD + "[[feed]]\nid = 'twin'\nurl = 'https://wire.example/rss'\n",
            'feeds.toml:6: warning: the same address as feed "wire"',
        ),
    ],
)
def test_mistake_in_feeds_when_examined_is_said_with_its_line(findings: Findings, text: str, said: str) -> None:
    found = findings({"feeds.toml": text})
    assert len(found) == 1
    assert said in found[0]


def test_unknown_home_when_the_actors_are_known_is_an_error(findings: Findings) -> None:
    found = findings({"feeds.toml": HEAD + 'home = "VNE"\n', "actors.d/mine.toml": "[VEN]\n[USA]\n"})
    assert found == ['feeds.toml:4: error: "VNE" is no known actor; did you mean "VEN"?']


def test_many_mistakes_when_examined_are_all_said_and_the_rest_still_stands(examined: Examine) -> None:
    text = HEAD + "\n[[feed]]\nid = 'bad'\nurl = 5\nlanguage = 'xyz'\nstray = 1\n"
    loaded = examined({"feeds.toml": text})
    assert [finding.line for finding in loaded.errors] == [7, 8, 9]
    assert [feed.id for feed in loaded.feeds] == ["wire"]


TIMED = """
[[feed]]
id = "dawn"
url = "https://dawn.example/rss"
cron = "0 6 * * 1-5"
zone = "Africa/Kigali"
user = "desk"
password = "env:DAWN"
headers = { X-Key = "env:KEY", X-Edition = "east" }
"""


def test_a_feed_with_set_times_and_a_login_when_examined_then_its_secrets_are_resolved_and_never_shown(
    examined: Examine,
) -> None:
    (feed,) = examined({"feeds.toml": TIMED}, environ={"DAWN": "canary-1", "KEY": "canary-2"}).feeds
    assert feed.at == CronTimes(expression="0 6 * * 1-5", zone="Africa/Kigali")
    assert {name: value.reveal() for name, value in feed.headers} == {
        "X-Key": "canary-2",
        "X-Edition": "east",
        "Authorization": "Basic " + base64.b64encode(b"desk:canary-1").decode(),
    }
    assert "canary" not in repr(feed)
    assert base64.b64encode(b"desk:canary-1").decode() not in repr(feed)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('cron = "6 o\'clock"', "no line of a crontab"),
        ('cron = "0 6 31 2 *"', "no line of a crontab"),
        ('cron = "0 6 * * *"\nevery = "5m"', 'write "every" or "cron", not both'),
        ('zone = "UTC"', 'there is no "cron"'),
        ('cron = "0 6 * * *"\nzone = "Middle/Earth"', "no time zone"),
        ('user = "desk"', "belong together"),
        ('user = "desk"\npassword = "open sesame"', "is a secret"),
        ('user = "desk"\npassword = "env:NOWHERE"', "NOWHERE is not set"),
        ('user = "d:k"\npassword = "env:KEY"', "colon"),
        ('user = "desk"\npassword = "env:KEY"\nheaders = { authorization = "env:KEY" }', "not both"),
        ('headers = { Authorization = "Bearer abc" }', "is a secret"),
        ('headers = { Host = "x" }', "set by the program itself"),
        ('headers = { "X Y" = "x" }', "no name of a header"),
        ('headers = { X = "a\\nb" }', "no header can"),
        ('headers = { X = "año" }', "no header can"),
    ],
)
def test_a_request_that_can_not_be_meant_when_examined_then_its_mistake_is_said(
    line: str, sentence: str, findings: Findings
) -> None:
    feeds = f'[[feed]]\nid = "dawn"\nurl = "https://dawn.example/rss"\n{line}\n'
    (found,) = findings({"feeds.toml": feeds}, environ={"KEY": "k"})
    assert sentence in found
