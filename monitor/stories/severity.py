"""How loud a story is by what is known of it: the severity of its type, with the steps of the operator's table.

Pure. `gather` asks with each report; whether a story is the first of its type is a question to the archive, which
worker/firsts.py puts. Why the rules are as they are stands in docs/decisions/0019-severities-are-adjusted.md.
"""

import dataclasses

from monitor.domain.events import EventActor, Part, RelationEvent
from monitor.domain.severity import Adjustment, Ground, SeverityTable, adjusted
from monitor.domain.stories import Story
from monitor.domain.taxonomy import RelationType, Severity, Status


def severity_of_type(story: Story) -> Severity:
    """The severity of the weightiest type that a report of the story had, whatever moved it."""
    return story.type_severity or story.severity


def weighed(story: Story, event: RelationEvent, kind: RelationType, table: SeverityTable) -> Story:
    """The story with its severity once this event of it, of this type, is known. What an operator has set stays."""
    if _has(story, Ground.BY_HAND):
        return story
    weightiest = max(severity_of_type(story), kind.severity, key=lambda severity: severity.rank)
    holds = {
        Ground.POSSIBLE: _is_only_possible(story),
        Ground.HEADS: _has(story, Ground.HEADS) or heads_act(event, kind, table),
        Ground.FIRST: _has(story, Ground.FIRST),
    }
    return _with(story, weightiest, [ground for ground, so in holds.items() if so], table)


def as_first_of_its_type(story: Story, table: SeverityTable) -> Story:
    """The story, known to be the first of its type between the two for as long as the table asks."""
    if _has(story, Ground.BY_HAND):
        return story
    grounds = [adjustment.ground for adjustment in story.adjustments if adjustment.ground is not Ground.FIRST]
    return _with(story, severity_of_type(story), [*grounds, Ground.FIRST], table)


def with_type_severity(story: Story, severity: Severity) -> Story:
    """The story as of another type, moved as it was before; what an operator has set stays."""
    if _has(story, Ground.BY_HAND):
        return story
    moved = adjusted(severity, story.adjustments)
    return dataclasses.replace(story, type_severity=severity, severity=moved)


def set_by_hand(story: Story, severity: Severity) -> Story:
    """The story with a severity that no report will move."""
    by_hand = (Adjustment(ground=Ground.BY_HAND, step=0),)
    return dataclasses.replace(story, type_severity=severity, severity=severity, adjustments=by_hand)


def as_before(story: Story, former: Story, table: SeverityTable) -> Story:
    """A story that is told anew with what `former` was known by beside its reports: a first, or what an operator has set."""
    if _has(former, Ground.BY_HAND):
        return dataclasses.replace(
            story,
            type_severity=former.type_severity,
            severity=former.severity,
            adjustments=former.adjustments,
        )
    is_same = (story.relation, story.type) == (former.relation, former.type)
    return as_first_of_its_type(story, table) if is_same and _has(former, Ground.FIRST) else story


def _with(story: Story, weightiest: Severity, grounds: list[Ground], table: SeverityTable) -> Story:
    steps = {Ground.POSSIBLE: table.possible, Ground.HEADS: table.heads, Ground.FIRST: table.first}
    adjustments = tuple(Adjustment(ground=ground, step=steps[ground]) for ground in grounds if steps[ground])
    return dataclasses.replace(
        story, type_severity=weightiest, adjustments=adjustments, severity=adjusted(weightiest, adjustments)
    )


def _is_only_possible(story: Story) -> bool:
    """A denial weighs as much as what it denies, so it leaves the ground as it was."""
    if story.status is Status.DENIED:
        return _has(story, Ground.POSSIBLE)
    return story.status is Status.POSSIBLE


def is_of_heads(story: Story) -> bool:
    """Whether a report of the story has told of heads of state or government, where the table asks for that."""
    return _has(story, Ground.HEADS)


def heads_act(event: RelationEvent, kind: RelationType, table: SeverityTable) -> bool:
    """Whether a head of state or government acts; in an encounter, one on each side."""
    if table.heads_in.isdisjoint(kind.names):
        return False
    acting = (event.source, event.target) if kind.mutual else (event.source,)
    return all(_is_head(actor, table) for actor in acting)


def _is_head(actor: EventActor | None, table: SeverityTable) -> bool:
    return (
        actor is not None
        and actor.part is Part.GOVERNMENT
        and actor.role is not None
        and actor.role.casefold() in table.head_offices
    )


def _has(story: Story, ground: Ground) -> bool:
    return any(adjustment.ground is ground for adjustment in story.adjustments)
