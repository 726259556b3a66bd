import dataclasses

import pytest

from monitor.domain.stories import StoredEvent, Story
from monitor.worker.standing import StandingStories
from tests.unit.storage import examples


def story(name: str, source: str | None, target: str | None, *, sample: bool = False) -> Story:
    relation = "-".join(sorted((source or "?", target or "?")))
    return examples.story(name, source=source, target=target, relation=relation, sample=sample)


def report(source: str | None, target: str | None) -> StoredEvent:
    actor = examples.report().event.source
    assert actor is not None
    return examples.report(
        source=dataclasses.replace(actor, code=source) if source else None,
        target=dataclasses.replace(actor, code=target) if target else None,
    )


STORIES = [
    story("pair", "USA", "VEN"),
    story("turned", "VEN", "USA"),
    story("half", "USA", None),
    story("other", "VEN", "COL"),
    story("far", "CHN", "JPN"),
]


@pytest.mark.parametrize(
    ("source", "target", "names"),
    [
        ("USA", "VEN", {"pair", "turned", "half"}),
        ("VEN", None, {"pair", "turned", "other"}),
        (None, "USA", {"pair", "turned", "half"}),
        ("CHN", "JPN", {"far"}),
        ("KOR", "JPN", set()),
    ],
)
def test_given_standing_stories_when_a_report_comes_then_only_those_that_share_a_side_are_near(
    source: str | None, target: str | None, names: set[str]
) -> None:
    standing = StandingStories()
    for one in STORIES:
        standing.keep(one)
    near = standing.near(report(source, target))
    assert {one.id for one in near} == {f"story-{name}" for name in names}


def test_given_a_story_when_a_report_names_its_unknown_side_then_it_is_found_under_its_new_relation_only() -> None:
    standing = StandingStories()
    standing.keep(story("half", "USA", None))
    whole = story("half", "USA", "VEN")
    standing.keep(whole)
    assert standing.near(report("USA", "VEN")) == (whole,)
    assert standing.near(report("USA", "CUB")) == ()
    assert standing.get("story-half") == whole
    assert list(standing.ids) == ["story-half"]


def test_given_several_stories_of_a_pair_when_asked_what_else_stands_then_the_latest_comes_first_and_no_samples() -> (
    None
):
    standing = StandingStories()
    old = story("old", "USA", "VEN")
    new = dataclasses.replace(story("new", "VEN", "USA"), last_report_at=examples.NOW + examples.MINUTE)
    for one in (old, new, story("sample", "USA", "VEN", sample=True), story("far", "CHN", "JPN")):
        standing.keep(one)
    assert standing.between_the_same(story("third", "USA", "VEN")) == (new, old)
