"""The life of a story: which step a further report takes it, if any.

Pure; `gather` asks for each report that joins a standing story. What is told of a step is routing's, how it is worded
delivery's.
"""

import datetime as dt

from monitor.domain.events import Telling
from monitor.domain.stories import Stage, StoredEvent, Story
from monitor.domain.taxonomy import Status
from monitor.stories.severity import severity_of_type

# What each later report can do to the status of a story. A report that is not listed leaves it as it is: a story never
# goes back from deed to plan. A deed that is reported after its denial is news again: a denied plan may be carried out.
_STEPS: dict[tuple[Status, Status], Stage] = {
    (Status.POSSIBLE, Status.PLANNED): Stage.PLANNED,
    (Status.POSSIBLE, Status.REPORTED): Stage.HAPPENED,
    (Status.PLANNED, Status.REPORTED): Stage.HAPPENED,
    (Status.DENIED, Status.REPORTED): Stage.HAPPENED,
    (Status.POSSIBLE, Status.DENIED): Stage.DENIED,
    (Status.PLANNED, Status.DENIED): Stage.CALLED_OFF,
    (Status.REPORTED, Status.DENIED): Stage.DENIED,
}

_SECOND, _THIRD = 2, 3


def status_after(story: Story, report: StoredEvent) -> Status:
    """The status of the story once the report has joined it."""
    return report.event.status if _change_of_status(story, report) else story.status


def says_it_happened(story: Story, report: StoredEvent) -> bool:
    """Whether the report says that what the story tells has happened.

    A noun says so only where it is known already: headlines speak of "the attack on Fiji" while it is feared, and of "the
    summit" for weeks before it. What is set for a day has not happened before that day (or the night before: outlets
    count days in their own zones).
    """
    if report.event.status is not Status.REPORTED:
        return False
    if story.status is Status.REPORTED or story.happened_at is not None:
        return True
    ahead = story.date is not None and report.item.published_at.date() < story.date.first - dt.timedelta(days=1)
    return not ahead and report.event.told is not Telling.NOUN


def next_stage(story: Story, known: Story, report: StoredEvent) -> Stage | None:
    """The step that `report` takes from `story` to `known`; None where it says what is known. Each is taken once.

    Where one report does several things, the weightiest counts: what changes the case, then who did it, then how sure it
    is.
    """
    steps = (
        _change_of_status(story, report),
        Stage.ATTRIBUTED if story.source is None and known.source is not None else None,
        # By the types alone: that a second paper names the president instead of the state is no news.
        Stage.RAISED if severity_of_type(known).rank > severity_of_type(story).rank else None,
        Stage.OFFICIAL if known.official and not story.official else None,
        Stage.ESTABLISHED if len(story.publishers) < _THIRD <= len(known.publishers) else None,
        Stage.CORROBORATED if len(story.publishers) < _SECOND <= len(known.publishers) else None,
        Stage.DETAILED if story.object is None and known.object is not None else None,
    )
    return next((step for step in steps if step is not None and step not in story.reached), None)


def _change_of_status(story: Story, report: StoredEvent) -> Stage | None:
    said = report.event.status
    step = _STEPS.get((story.status, said))
    if said is Status.REPORTED and not says_it_happened(story, report):
        return None
    if step is Stage.HAPPENED and story.status is Status.DENIED and story.happened_at is not None:
        return Stage.CONTRADICTED
    return step


def is_step(status: Status, said: Status) -> bool:
    """Whether a story may go on from one status to the other, as what was planned may happen."""
    return (status, said) in _STEPS
