"""Whether a report tells of the event of a standing story, or of another one of the same pair and kind. Pure.

What is known decides first: kind, sides, object, days, in what order things were said. Where that is not enough, how it is
told does, since headlines rarely state a day: a verb tells what is new, a noun as often looks back, "another" says that it
is one more, and what has happened anew is told by several at once. All limits were found on half a year of headlines;
docs/decisions/0014 and 0018 say how. Used by `gather`, which makes stories of the answers.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.domain.events import EventDate, RelationEvent, Telling
from monitor.domain.severity import SeverityTable
from monitor.domain.stories import StoredEvent, Story
from monitor.domain.taxonomy import Status, Taxonomy
from monitor.stories.corroborate import Voices
from monitor.stories.severity import heads_act, is_of_heads
from monitor.stories.sides import Sides, may_be_same, opposition_in, sides_of

STANDING_FOR = dt.timedelta(days=3)
"""How long after its last report a story still takes reports in."""

# A side that is open on one of both fits any: only what is told at the same time is likely to be the same.
_HALF_KNOWN_FOR = dt.timedelta(hours=12)
# From when on what is told as news, or by several at once, is no sequel any more.
_FRESH_FOR = dt.timedelta(hours=36)
# A strike of which nobody has told since yesterday is not in the news any more: the next one is.
_UNTOLD_FOR = dt.timedelta(hours=18)
_ONE_MORE_AFTER = dt.timedelta(hours=12)
_AT_ONCE = dt.timedelta(hours=3)
_QUIET_FOR = dt.timedelta(hours=12)
_SEVERAL = 2
_FADED = 1
# Whoever is blamed denies at once. "Will not attack this week", days after an attack, denies another one.
_DENIED_WITHIN = dt.timedelta(hours=24)
_DAY = dt.timedelta(days=1)

_CONTACT, _ASSAULT = "CONSULT", "ASSAULT"
_LOOKING_BACK = frozenset({Telling.NOUN, Telling.OUTCOME})

# Types under which different outlets report one and the same event: an encounter is a "visit" to one and a "meeting"
# to the other. Only types of one severity stand together: were "summit" (notable) and "meeting" (routine) one kind, a
# routine first report would open the story and a watch for notable news would never hear of the summit.
_ONE_KIND = (frozenset({"meeting", "visit"}), frozenset({"summit", "talks"}))
# When heads meet, it is a meeting to one outlet and a summit to the next, and loud under either name.
_OF_HEADS = frozenset({"meeting", "summit", "talks"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sameness:
    """Compares reports with stories. `taxonomy` has the types of all of them, `voices` finds who reports.

    `severities` says whether it matters that heads act.
    """

    taxonomy: Taxonomy
    voices: Voices
    severities: SeverityTable

    def best(self, report: StoredEvent, standing: Sequence[Story]) -> Story | None:
        """The story that fits best: most shared sides, then the same object, then the latest that stood by then."""
        fitting = [story for story in standing if self._fits(report, story)]
        if not fitting:
            return None
        is_named, published_at = report.event.object is not None, report.item.published_at

        def closeness(story: Story) -> tuple[int, bool, bool, bool, float, str]:
            away = published_at - story.opened_at
            return (
                self.sides_as_in(story, report).meets(sides_of(story)),
                (story.object is not None) == is_named,
                self._is_spoken_of(report, story),
                away >= dt.timedelta(0),
                -abs(away).total_seconds(),
                story.id,
            )

        best = max(fitting, key=closeness)
        return None if self._is_told_by_several_anew(report, best) else best

    def sides_as_in(self, story: Story, report: StoredEvent) -> Sides:
        """The sides of the report in the order in which the story has them, where their order carries no meaning."""
        sides, there = sides_of(report), sides_of(story)
        # Two types of one kind ("visit", "meeting") name their sides by different rules, so their order says nothing.
        alike = self._shipped(report.event.type) == self._shipped(story.type)
        if not self.taxonomy[report.event.type].mutual and alike:
            return sides
        return sides.turned if sides.turned.meets(there) > sides.meets(there) else sides

    def _fits(self, report: StoredEvent, story: Story) -> bool:
        event, item = report.event, report.item
        return (
            story.sample == item.sample
            and (self._same_kind(event.type, story.type) or self._is_encounter_of_heads(event, story))
            and self.sides_as_in(story, report).meets(sides_of(story)) > 0
            and _speak_for_the_same(report, story)
            and may_be_same(event.object, story.object)
            and self._stands(report, story)
            and _dates_touch(event.date, story.date)
            and _had_happened_by_then(report, story)
            and _denies_this_one(report, story)
            and not self._comes_after(report, story)
        )

    def _same_kind(self, one: str, other: str) -> bool:
        one, other = self._shipped(one), self._shipped(other)
        return one == other or any(one in kinds and other in kinds for kinds in _ONE_KIND)

    def _is_encounter_of_heads(self, event: RelationEvent, story: Story) -> bool:
        return (
            self._shipped(event.type) in _OF_HEADS
            and self._shipped(story.type) in _OF_HEADS
            and heads_act(event, self.taxonomy[event.type], self.severities)
            and is_of_heads(story)
        )

    def _shipped(self, type_id: str) -> str:
        """The type above an operator's own: what one feed's words make "ferry.seized" is "asset.seized" in another's."""
        while type_id in self.taxonomy and (parent := self.taxonomy[type_id].parent) is not None:
            type_id = parent
        return type_id

    def _stands(self, report: StoredEvent, story: Story) -> bool:
        """Whether the report comes while the story still takes reports of what it says of the two sides.

        Who did it may be found out for days. To whom it was done is open mostly because it was done to many.
        """
        there, said = sides_of(story), self.sides_as_in(story, report)
        as_known = said == there or (there.source is None and said.target == there.target)
        standing_for = STANDING_FOR if as_known else _HALF_KNOWN_FOR
        return story.opened_at - standing_for <= report.item.published_at <= story.last_report_at + standing_for

    def _comes_after(self, report: StoredEvent, story: Story) -> bool:
        """Whether the words of the report tell of a later deed than the one that has happened."""
        event, happened_at = report.event, story.happened_at
        if happened_at is None:
            return False
        since = report.item.published_at - happened_at
        if event.told is Telling.ANEW and event.status is not Status.DENIED:
            return since >= _ONE_MORE_AFTER
        if event.status is Status.PLANNED:
            # A plan to strike, unlike one to meet, is still argued about after the strike.
            return since >= _FRESH_FOR and self._is_contact_to_come(event)
        if event.told is not Telling.VERB or event.status is Status.DENIED:
            return False
        if event.status is Status.POSSIBLE:
            return since >= _FRESH_FOR
        kind = self.taxonomy[event.type]
        untold_for = report.item.published_at - story.last_report_at
        is_next_strike = kind.plover == _ASSAULT and untold_for >= _UNTOLD_FOR
        return kind.recurs and (since >= _FRESH_FOR or is_next_strike)

    def _is_spoken_of(self, report: StoredEvent, story: Story) -> bool:
        """Whether the story, as far as it has come, is what such a report speaks of.

        A deed that is talked about is the one that happened, not one that was denied or planned since. A meeting that is to
        come is no such deed.
        """
        event, happened_at = report.event, story.happened_at
        looks_back = event.told in _LOOKING_BACK and not self._is_contact_to_come(event)
        if event.status is not Status.REPORTED and not looks_back:
            return True
        return happened_at is not None and (looks_back or report.item.published_at - happened_at < _FRESH_FOR)

    def _is_contact_to_come(self, event: RelationEvent) -> bool:
        return event.status is Status.PLANNED and self.taxonomy[event.type].plover == _CONTACT

    def _is_told_by_several_anew(self, report: StoredEvent, story: Story) -> bool:
        """Whether the same happens anew: a story that had faded is told by several publishers within hours.

        One late report is a sequel; an attack that follows another after days makes everyone report at once, mostly
        without a word on the day.
        """
        event, item = report.event, report.item
        if event.status is not Status.REPORTED or story.happened_at is None or event.object is not None:
            return False
        if item.published_at - story.happened_at < _FRESH_FOR:
            return False
        ages = {one.publisher: item.published_at - one.at for one in story.lately if one.at <= item.published_at}
        just_now = {one for one, age in ages.items() if age < _AT_ONCE}
        before = [age for age in ages.values() if age >= _AT_ONCE]
        return (
            len(just_now | {self.voices.of_item(item)}) >= _SEVERAL
            and len(before) <= _FADED
            and all(age >= _QUIET_FOR for age in before)
        )


def _speak_for_the_same(report: StoredEvent, story: Story) -> bool:
    """Whether no side is its government here and its opposition there: a state's envoy is not received with its dissident."""
    both_name = (set(sides_of(report)) & set(sides_of(story))) - {None}
    here, there = opposition_in(report), story.opposition
    return all((code in here) == (code in there) for code in both_name)


def _dates_touch(one: EventDate | None, other: EventDate | None) -> bool:
    """Two stated dates must overlap or adjoin: around midnight, outlets name two days for one event."""
    if one is None or other is None:
        return True
    return one.first <= other.last + _DAY and other.first <= one.last + _DAY


def _had_happened_by_then(report: StoredEvent, story: Story) -> bool:
    """What was reported as done before the day that this report gives to the deed is another deed; and the reverse."""
    if report.event.status is not Status.REPORTED or story.happened_at is None:
        return True
    published_on = report.item.published_at.date()
    # A deed that is done has a day, however a text may be read; no later one than that of the report itself.
    told_of = min(report.event.date.first, published_on) if report.event.date else None
    known_as = min(story.date.first, story.last_report_at.date()) if story.date else None
    return (told_of is None or told_of <= story.happened_at.date() + _DAY) and (
        known_as is None or known_as <= published_on + _DAY
    )


def _denies_this_one(report: StoredEvent, story: Story) -> bool:
    if report.event.status is not Status.DENIED or story.happened_at is None:
        return True
    return report.item.published_at <= story.happened_at + _DENIED_WITHIN
