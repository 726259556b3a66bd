import dataclasses

from monitor.domain.events import Evidence
from monitor.domain.taxonomy import Status
from monitor.stories.ids import event_id, story_id
from tests.unit.stories.reports import actor, event, item


def test_given_one_reading_when_its_wording_changes_then_the_id_stays() -> None:
    where, what = item(), event(source=actor("VEN"), target=actor("CHL"))
    reworded = dataclasses.replace(
        what,
        source=actor("VEN", "Caracas"),
        confidence=0.4,
        evidence=Evidence(sentence="Other words", start=0, end=5, pattern="q"),
    )
    assert event_id(where, what) == event_id(where, reworded)


def test_given_one_item_when_anything_that_is_said_differs_then_so_do_the_ids() -> None:
    where, what = item(), event(source=actor("VEN"), target=actor("CHL"))
    others = [
        what,
        dataclasses.replace(what, type="ambassador.recalled"),
        dataclasses.replace(what, source=actor("CHL"), target=actor("VEN")),
        dataclasses.replace(what, source=None),
        dataclasses.replace(what, object="the consul"),
        dataclasses.replace(what, status=Status.DENIED),
    ]
    ids = {event_id(where, one) for one in others} | {event_id(item(guid="harbour-2"), what)}
    assert len(ids) == len(others) + 1
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in ids)


def test_given_an_event_when_it_opens_a_story_then_the_two_ids_differ() -> None:
    opening = event_id(item(), event(source=actor("VEN")))
    assert story_id(opening) == story_id(opening)
    assert story_id(opening) != opening
