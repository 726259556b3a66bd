"""watches.toml becomes watches: sides, groups, filters; and names that lead nowhere are found."""

import datetime as dt
from collections.abc import Callable

import pytest

from monitor.domain.events import Part
from monitor.domain.routing import QuietHours, Watch
from monitor.domain.taxonomy import Severity, Status
from monitor.settings.files import Loaded

Examine = Callable[..., Loaded]
Findings = Callable[..., list[str]]


def watch(lines: str) -> str:
    return f'[[watch]]\nid = "w"\nsend = ["console"]\n{lines}\n'


@pytest.mark.parametrize(
    ("between", "sides"),
    [
        ('["USA", "VEN"]', ({"USA"}, {"VEN"})),
        ('["VEN"]', ({"VEN"},)),
        ('[["USA"], ["VEN", "COL"]]', ({"USA"}, {"VEN", "COL"})),
        ('[["VEN", "COL"]]', ({"VEN", "COL"},)),
        ('["USA", ["VEN", "COL"]]', ({"USA"}, {"VEN", "COL"})),
        ('"any"', ()),
        ('["VEN", "any"]', ({"VEN"},)),
        ('["USA", "andes"]', ({"USA"}, {"PER", "BOL"})),
        ('[["andes", "CHL"], "OAS"]', ({"PER", "BOL", "CHL"}, {"OAS"})),
        ('["andes", "andes"]', ({"PER", "BOL"}, {"PER", "BOL"})),
    ],
)
def test_between_as_written_when_examined_is_its_sides(
    examined: Examine, between: str, sides: tuple[set[str], ...]
) -> None:
    loaded = examined({"watches.toml": '[groups]\nandes = ["PER", "BOL"]\n' + watch(f"between = {between}")})
    assert loaded.findings == ()
    assert loaded.watches[0].between == tuple(frozenset(side) for side in sides)


def test_watch_with_nothing_but_send_when_examined_has_the_domains_defaults(examined: Examine) -> None:
    assert examined({"watches.toml": watch("")}).watches == (
        Watch(id="w", name="w", between=(), channels=("console",)),
    )


def test_watch_with_everything_when_examined_is_what_was_written(examined: Examine) -> None:
    text = watch(
        'name = "All of it"\nbetween = ["USA", "VEN"]\ntypes = ["missions", "sanctions.imposed"]\n'
        'statuses = ["reported", "denied"]\nparts = ["government", "court"]\nmin_severity = "critical"\n'
        'min_confidence = 0.5\nmin_publishers = 2\nfeeds = ["wire"]\ntags = ["agency"]\nlanguages = ["en"]\n'
        'at_once = "critical"\ndigest = ["18:00", "07:30"]\nzone = "America/Lima"\nat_most_per_hour = 6\n'
        'quiet = { from = "22:00", to = 07:00:00, unless = "major" }'
    )
    assert examined({"watches.toml": text}).watches == (
        Watch(
            id="w",
            name="All of it",
            between=(frozenset({"USA"}), frozenset({"VEN"})),
            channels=("console",),
            types=frozenset({"missions", "sanctions.imposed"}),
            statuses=frozenset({Status.REPORTED, Status.DENIED}),
            parts=frozenset({Part.GOVERNMENT, Part.COURT}),
            min_severity=Severity.CRITICAL,
            min_confidence=0.5,
            min_publishers=2,
            feeds=frozenset({"wire"}),
            tags=frozenset({"agency"}),
            languages=frozenset({"en"}),
            at_once=Severity.CRITICAL,
            digest=(dt.time(7, 30), dt.time(18)),
            time_zone="America/Lima",
            at_most_per_hour=6,
            quiet=QuietHours(begin=dt.time(22), end=dt.time(7), unless=Severity.MAJOR),
        ),
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('between = ["USA", "VEN", "COL"]', 'watches.toml:4: error: "between" has 3 sides'),
        ('between = "VEN"', '"between" must be a list or "any": write ["USA", "VEN"]'),
        ("between = []", '"between" must be a list or "any"'),
        ("between = [[]]", 'one side of "between" is empty'),
        ('between = ["VEN", "VEN"]', 'both sides are "VEN"'),
        ('between = [\n"USA",\n"ven"]', 'watches.toml:6: error: "ven" is no actor code'),
        ('between = ["USA", 5]', "5 is no actor code; write it in quotes"),
        ('types = ["sanction.imposed"]', 'of relation events; did you mean "sanctions.imposed"?'),
        ('types = ["mission"]', 'did you mean "missions"?'),
        ('statuses = ["reportd"]', 'did you mean "reported"?'),
        ("statuses = []", '"statuses": the list is empty'),
        ('min_severity = "loud"', '"min_severity" is "loud", but must be "routine", "notable", "major" or "critical"'),
        ("min_confidence = 1.5", '"min_confidence" is 1.5, but must be at most 1.0'),
        ('min_confidence = "high"', '"min_confidence" must be a number'),
        ('feeds = ["wires"]', '"wires" is no feed of feeds.toml; did you mean "wire"?'),
        ('tags = ["agencies"]', 'warning: no feed carries "agencies", so this watch can match nothing'),
        ('languages = ["fr"]', 'warning: no feed is in "fr"'),
        ('languages = ["fre"]', '"fre" is no language code'),
        (
            'types = ["travel.eased"]\nmin_severity = "critical"',
            'warning: its types are "notable" at the most, but it asks for "critical"',
        ),
        ('digest = ["7.30"]', '"digest": "7.30" is no time of day; write it like "07:30"'),
        ('digest = ["24:00"]', '"24:00" is no time of day'),
        ('digest = "07:30"', '"digest" must be a list'),
        ('zone = "Lima"', '"Lima" is no time zone; write it like "America/Caracas"'),
        (
            'digest = ["06:00"]\nquiet = { from = "22:00", to = "07:00" }',
            "warning: the digest of 06:00 lies in the quiet hours, and is sent then",
        ),
        ('at_once = "never"', 'nothing tells the rest; name the times of a digest, like digest = ["07:30"]'),
        ('at_once = "loud"', '"at_once" is "loud", but must be "never", "routine", "notable", "major" or "critical"'),
        ("at_most_per_hour = 0", '"at_most_per_hour" is 0, but must be at least 1'),
        ('quiet = { from = "22:00" }', '"to" is missing'),
        ('quiet = { from = "22:00", to = "22:00" }', '"from" and "to" are the same time'),
        ('quiet = { from = "22:00", to = "07:00", til = 1 }', 'unknown key "til"'),
        ('betwen = ["USA"]', 'unknown key "betwen"; did you mean "between"?'),
    ],
)
def test_mistake_in_a_watch_when_examined_is_said_with_its_line(findings: Findings, lines: str, said: str) -> None:
    found = [finding for finding in findings({"watches.toml": watch(lines)}) if said in finding]
    assert len(found) == 1


def test_several_mistakes_in_one_watch_when_examined_are_all_said(findings: Findings) -> None:
    text = '[[watch]]\nid = "w"\nsend = ["slack"]\nbetween = ["ven"]\ntypes = ["nothing"]\nmin_severity = 3\n'
    found = [finding.split(":")[1] for finding in findings({"watches.toml": text}) if "error" in finding]
    assert found == ["3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ('Andes = ["PER"]', "watches.toml:2: error: \"Andes\" can't be a group's name"),
        ('any = ["PER"]', "\"any\" can't be a group's name"),
        ('andes = "PER"', '"andes" must be a list of actor codes'),
        ('andes = ["PER",\n"bol"]', 'watches.toml:3: error: "bol" is no actor code'),
    ],
)
def test_mistake_in_a_group_when_examined_is_said_with_its_line(findings: Findings, groups: str, said: str) -> None:
    found = findings({"watches.toml": f"[groups]\n{groups}\n" + watch("")})
    assert len(found) == 1
    assert said in found[0]


def test_types_that_are_loud_enough_when_examined_are_fine(findings: Findings) -> None:
    assert findings({"watches.toml": watch('types = ["call", "contacts"]')}) == []
    assert findings({"watches.toml": watch('types = ["call"]\nmin_severity = "routine"')}) == []


def test_unknown_actor_when_the_actors_are_known_is_an_error(findings: Findings) -> None:
    known = {"actors.d/mine.toml": "[USA]\n[VEN]\n[[holder]]\nname = 'A. Nobody'\nstate = 'USA'\noffice = 'envoy'\n"}
    text = '[groups]\nandes = ["PER"]\n' + watch('between = ["US", "VEN"]')
    assert findings({"watches.toml": text, **known}) == [
        'watches.toml:2: error: "PER" is no known actor code',
        'watches.toml:6: error: "US" is no known actor code; did you mean "USA"?',
    ]


def test_misspelt_group_when_the_actors_are_known_is_said_as_one(findings: Findings) -> None:
    text = '[groups]\nandes = ["VEN"]\n' + watch('between = ["andez"]')
    assert findings({"watches.toml": text, "actors.d/mine.toml": "[VEN]"}) == [
        'watches.toml:6: error: "andez" is neither a group nor an actor code; did you mean "andes"?'
    ]


def test_no_watch_and_unused_channel_when_examined_are_warnings(findings: Findings) -> None:
    assert findings({"watches.toml": ""}) == [
        'channels.toml:1: warning: nothing uses the channel "console"; name it in a watch\'s "send"',
        "watches.toml: warning: no watch is configured, so nothing will alert; add a [[watch]]",
    ]


def test_watch_with_an_error_when_examined_is_left_out(examined: Examine) -> None:
    text = watch('types = ["nothing"]') + '[[watch]]\nid = "good"\nsend = ["console"]\n'
    assert [one.id for one in examined({"watches.toml": text}).watches] == ["good"]


def test_watch_without_a_zone_when_examined_has_that_of_the_settings(examined: Examine) -> None:
    loaded = examined({"watches.toml": watch(""), "monitor.toml": '[alerts]\nzone = "Pacific/Fiji"\n'})
    assert loaded.watches[0].time_zone == "Pacific/Fiji"
