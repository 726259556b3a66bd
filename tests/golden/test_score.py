"""The scorer: what counts as right at each level, and which alarms are wrong."""

import datetime as dt

import pytest

from monitor.domain.events import EventActor, Evidence, Passage, RelationEvent
from monitor.domain.taxonomy import RelationType, Severity, Status, Taxonomy
from tests.golden.corpus import GoldEvent, GoldRow
from tests.golden.score import Score, Scorer


def _type(name: str, plover: str, severity: Severity = Severity.MAJOR, *, mutual: bool = False) -> RelationType:
    return RelationType(id=name, family="any", means="-", plover=plover, scale=0.0, severity=severity, mutual=mutual)


TAXONOMY = Taxonomy(
    {
        kind.id: kind
        for kind in (
            _type("summit", "CONSULT", mutual=True),
            _type("visit", "CONSULT", Severity.ROUTINE),
            _type("threat", "THREATEN"),
            _type("demand", "REQUEST"),
        )
    }
)


def _gold(
    *types: str,
    source: str | None = "AAA",
    target: str | None = "BBB",
    status: Status = Status.REPORTED,
    mention: bool = False,
) -> GoldEvent:
    return GoldEvent(types=types, source=source, target=target, status=status, mention=mention)


def _read(
    name: str,
    source: str | None = "AAA",
    target: str | None = "BBB",
    status: Status = Status.REPORTED,
    *,
    mention: bool = False,
) -> RelationEvent:
    return RelationEvent(
        type=name,
        plover=TAXONOMY[name].plover,
        source=EventActor(code=source, name=source) if source else None,
        target=EventActor(code=target, name=target) if target else None,
        status=status,
        confidence=0.9,
        evidence=Evidence(sentence="-", start=0, end=1, pattern="-"),
        mention=mention,
    )


def _score(gold: tuple[GoldEvent, ...], *read: RelationEvent) -> Score:
    passage = Passage(text="-", language="en", published_on=dt.date(2026, 1, 31))
    return Scorer(TAXONOMY).score([(GoldRow(id="en-001", passage=passage, events=gold), read)])


@pytest.mark.parametrize(
    ("gold", "read", "hits"),
    [
        (_gold("threat"), _read("threat"), (1, 1, 1)),
        (_gold("threat"), _read("threat", status=Status.PLANNED), (1, 1, 0)),
        (_gold("threat"), _read("demand"), (1, 0, 0)),
        (_gold("threat", "demand"), _read("demand"), (1, 1, 1)),
        (_gold("threat"), _read("threat", "BBB", "AAA"), (0, 0, 0)),
        (_gold("summit"), _read("summit", "BBB", "AAA"), (1, 1, 1)),
        (_gold("threat", source=None), _read("threat", "CCC"), (1, 1, 1)),
        (_gold("threat", source=None), _read("threat", None), (1, 1, 1)),
        (_gold("threat", source=None), _read("threat", "CCC", "CCC"), (0, 0, 0)),
        (_gold("threat"), _read("threat", "AAA", None), (0, 0, 0)),
    ],
)
def test_given_a_label_and_a_reading_when_scored_then_each_level_asks_for_more(
    gold: GoldEvent, read: RelationEvent, hits: tuple[int, int, int]
) -> None:
    score = _score((gold,), read)
    assert (score.actors.hits, score.type.hits, score.full.hits) == hits


def test_given_one_label_and_the_same_reading_twice_when_scored_then_the_second_is_wrong() -> None:
    score = _score((_gold("threat"),), _read("threat"), _read("threat"))
    assert (score.full.precision, score.full.recall) == (0.5, 1.0)
    assert score.full.f1 == pytest.approx(2 / 3)
    assert [len(miss.unlabelled) for miss in score.misses] == [1]


@pytest.mark.parametrize(
    ("gold", "read", "alarms", "right"),
    [
        ((_gold("threat"),), _read("threat"), 1, 1),
        ((_gold("threat"),), _read("threat", status=Status.DENIED), 0, 0),
        ((_gold("threat"),), _read("threat", mention=True), 0, 0),
        ((_gold("visit"),), _read("visit"), 0, 0),
        ((_gold("threat", mention=True),), _read("threat"), 1, 0),
        ((_gold("threat", status=Status.PAST),), _read("threat"), 1, 0),
        ((_gold("visit"),), _read("summit", "BBB", "AAA"), 1, 0),
        ((_gold("demand"),), _read("threat"), 1, 0),
    ],
)
def test_given_a_reading_when_it_would_alert_then_only_news_makes_the_alarm_right(
    gold: tuple[GoldEvent, ...], read: RelationEvent, alarms: int, right: int
) -> None:
    score = _score(gold, read)
    assert (score.alarms, score.alarms_right) == (alarms, right)


def test_given_a_row_without_events_when_something_is_read_then_it_was_roused() -> None:
    assert (_score((), _read("threat")).roused, _score((), _read("visit")).roused) == (1, 0)
    assert (_score(()).quiet, _score(()).alarm_precision, _score(()).full.f1) == (1, 1.0, 0.0)
