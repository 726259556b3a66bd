import datetime as dt

import pytest

from monitor.domain.documents import TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.domain.feeds import FeedSource
from monitor.domain.memory import FeedHabits
from monitor.feeds.identity import identify
from monitor.feeds.sample import read_sample
from monitor.settings.toml import parse_toml

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SAMPLE = """
[[entry]]
id = "one"
minutes_ago = 90
title = "Ruritania recalls its envoy from Sylvania"
summary = "The envoy leaves <b>today</b>."
outlet = "Sample Wire"
link = "https://example.org/one"

[[entry]]
id = "two"
minutes_ago = 0
title = "Sylvania protests"
outlet = "Sample Post"
"""
SOURCE = FeedSource(id="sample", url="sample:newswire", title="Sample", poll_every=dt.timedelta(minutes=5))


def document(text: str) -> TomlDocument:
    parsed = parse_toml(text, file="newswire.toml")
    assert isinstance(parsed, TomlDocument)
    return parsed


def test_a_sample_when_read_then_its_times_follow_the_start() -> None:
    parsed = read_sample(document(SAMPLE), START)
    first, second = parsed.entries
    assert (first.guid, first.summary, first.link) == (
        "sample:one",
        "The envoy leaves today.",
        "https://example.org/one",
    )
    assert first.published_at == START - dt.timedelta(minutes=90)
    assert (second.link, second.summary, second.outlet, second.published_at) == (None, "", "Sample Post", START)


def test_a_sample_when_read_at_a_second_start_then_it_is_the_same_news() -> None:
    first, again = (
        [one.item for one in identify(SOURCE, read_sample(document(SAMPLE), start), FeedHabits(), start).sightings]
        for start in (START, START + dt.timedelta(days=1))
    )
    assert [(item.key, item.digest) for item in first] == [(item.key, item.digest) for item in again]
    assert all(item.sample for item in first)


def test_a_sample_with_mistakes_when_read_then_each_is_named_with_its_line() -> None:
    text = """version = 2
[[entry]]
id = "one"
minutes_ago = "soon"
title = " "
outlet = "x"
link = 3
[[entry]]
id = "one"
minutes_ago = -1
colour = "red"
title = "y"
"""
    with pytest.raises(ConfigurationError) as error:
        read_sample(document(text), START)
    found = {(finding.line, finding.message.split("'")[0].split(" must")[0]) for finding in error.value.findings}
    assert found == {
        (1, "unknown key "),
        (4, "minutes_ago"),
        (5, "title"),
        (7, "link"),
        (8, "lacks the key "),
        (9, "the id "),
        (10, "minutes_ago"),
        (11, "unknown key "),
    }


@pytest.mark.parametrize("text", ["", "entry = 3", "entry = []", "entry = [1]"])
def test_a_sample_without_entries_when_read_then_this_is_said(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\[\[entry\]\]"):
        read_sample(document(text), START)
