"""One story whole, for its page: its reports a page at a time, its life, what was told of it, and what came before and after.

Which watches it was told to and why it was silent is found out by whoever explains (worker/explain.py).
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select

from monitor.domain.browsing import Cursor, Page
from monitor.domain.stories import Stage, Step, Story
from monitor.storage.browse.places import behind, moment, name, page_of
from monitor.storage.browse.stories import STANDING
from monitor.storage.events import ArchivedEvent, archived_of, with_item
from monitor.storage.stories import stories_with_id, story_of
from monitor.storage.tables import event, item, story

_MOST_STEPS = 50
_LONGEST_ID = 200
_SHORTEST_PREFIX = 8
"""What `relmon stories list` shows of an id."""

_STAGES = (*Stage, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTally:
    """How much there is of a story: its reports, those that only mention it, those withdrawn, and the languages."""

    reports: int
    mentions: int
    withdrawn: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStep:
    """A report that took a story to a stage.

    `stage` is None where an earlier version wrote it, which kept no stages; and for a report that had opened a story of its own,
    which was merged into this one.
    """

    stage: Stage | None
    report: ArchivedEvent

    @property
    def has_joined(self) -> bool:
        """Whether it came along with another story."""
        return self.stage is None and self.report.step is Step.OPENED


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Other stories of the same relation: the last ones before, the latest of them first, and the next ones after."""

    before: tuple[Story, ...]
    after: tuple[Story, ...]


def find_story(connection: Connection, story_id: str) -> Story | None:
    """The story with this id, or with the only one that begins so. None where there is none, or several."""
    if not story_id.isprintable() or len(story_id) > _LONGEST_ID:
        return None  # PostgreSQL takes offence at a NUL
    row = connection.execute(select(story).where(story.c.id == story_id)).mappings().one_or_none()
    if row is not None:
        return story_of(row)
    found = stories_with_id(connection, story_id) if len(story_id) >= _SHORTEST_PREFIX else ()
    return found[0] if len(found) == 1 else None


def reports_of(
    connection: Connection, story_id: str, *, limit: int, after: Cursor | None = None, language: str | None = None
) -> Page[ArchivedEvent]:
    """Up to `limit` reports of a story, mentions and withdrawn ones among them, the first published first.

    Raises:
        ValueError: the cursor is none of this list.
    """
    query = with_item().where(event.c.story_id == story_id)
    if language is not None:
        query = query.where(item.c.language == language)
    if after is not None:
        at, event_id = _place(after)
        query = query.where(or_(item.c.published_at > at, and_(item.c.published_at == at, event.c.id > event_id)))
    rows = connection.execute(query.order_by(item.c.published_at, event.c.id).limit(limit + 1)).mappings()
    return page_of(
        [archived_of(row) for row in rows], limit, lambda last: behind(last.stored.item.published_at, last.stored.id)
    )


def tally_of(connection: Connection, story_id: str) -> StoryTally:
    """How many reports a story has, and in which languages they are, the most frequent first."""
    query = (
        select(event.c.mention, event.c.withdrawn_at.is_not(None), item.c.language, func.count())
        .join(item, item.c.key == event.c.item_key)
        .where(event.c.story_id == story_id)
        .group_by(event.c.mention, event.c.withdrawn_at.is_not(None), item.c.language)
    )
    reports, mentions, withdrawn = 0, 0, 0
    languages: dict[str, int] = {}
    for is_mention, is_withdrawn, language, number in connection.execute(query):
        if is_withdrawn:
            withdrawn += number
        elif is_mention:
            mentions += number
        else:
            reports += number
            languages[language or ""] = languages.get(language or "", 0) + number
    ranked = sorted((name for name in languages if name), key=lambda name: (-languages[name], name))
    return StoryTally(reports=reports, mentions=mentions, withdrawn=withdrawn, languages=tuple(ranked))


def life_of(connection: Connection, of: Story) -> tuple[LifeStep, ...]:
    """The first report of a story, and those that took it a step on, in the order in which they were read; at most fifty.

    Reports keep what they did where they came: in a story that was split off, or merged, a stage counts where the story has it,
    and once.
    """
    moved = (Step.OPENED.value, Step.ADVANCED.value, Step.CORRECTED.value)
    standing = with_item().where(event.c.story_id == of.id, event.c.withdrawn_at.is_(None), event.c.mention.is_(False))
    in_order = standing.order_by(event.c.seen_at, item.c.published_at, event.c.id)
    steps = in_order.where(or_(event.c.step.in_(moved), event.c.stage.is_not(None))).limit(_MOST_STEPS)
    reports = [archived_of(row) for row in connection.execute(steps).mappings()]
    # Of one poll, in the order in which a story goes through its stages.
    reports.sort(key=lambda one: (one.read_at, one.step is not Step.OPENED, _STAGES.index(one.stage)))
    life: dict[str, LifeStep] = {}
    opening = next((one for one in reports if one.step is Step.OPENED), None)
    if opening is None:
        earliest = connection.execute(in_order.limit(1)).mappings().first()
        opening = None if earliest is None else archived_of(earliest)
    if opening is not None:
        life[Stage.FIRST] = LifeStep(stage=Stage.FIRST, report=opening)
    for one in reports:
        if one.step is Step.OPENED or one.stage is None:
            if opening is None or one.stored.id != opening.stored.id:
                life[one.stored.id] = LifeStep(stage=None, report=one)
        elif one.stage in of.reached:
            life.setdefault(one.stage, LifeStep(stage=one.stage, report=one))
    return tuple(life.values())


def neighbours_of(connection: Connection, of: Story, limit: int) -> Neighbours:
    """Up to `limit` stories of the same relation before this one, and as many after it; sample news stays among its own."""
    same = (story.c.relation == of.relation, story.c.sample == of.sample, story.c.id != of.id, *STANDING)
    before = (
        select(story)
        .where(*same, story.c.opened_at <= of.opened_at, story.c.last_report_at <= of.last_report_at)
        .order_by(story.c.last_report_at.desc(), story.c.id)
    )
    after = (
        select(story)
        .where(*same, story.c.opened_at > of.opened_at, story.c.last_report_at >= of.opened_at)
        .order_by(story.c.last_report_at, story.c.id)
    )
    return Neighbours(
        before=tuple(story_of(row) for row in connection.execute(before.limit(limit)).mappings()),
        after=tuple(story_of(row) for row in connection.execute(after.limit(limit)).mappings()),
    )


def _place(after: Cursor) -> tuple[dt.datetime, str]:
    at, event_id = after.after
    return moment(at), name(event_id)
