"""When a pair makes so many stories that telling each at once would drown them: it becomes a situation (P22).

Pure: an alert and what the channel heard of the pair come in, what to do with the alert comes out. One message opens a
situation, and one every half hour sums up what came since. What an analyst must not miss still passes at once: the first
event of its type, a higher severity than any so far, a reversal, and every first report that is critical. Comes after
routing; storage keeps what comes out, worker/situations.py has it told.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.domain.routing import Alert
from monitor.domain.situations import Situation, SituationEntry
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity

COUNTED_FOR = dt.timedelta(hours=1)
"""Within this time the stories of a pair are counted; a situation without news for as long is over."""
SUMMARY_EVERY = dt.timedelta(minutes=30)

_REVERSALS = frozenset({Stage.DENIED, Stage.CALLED_OFF, Stage.CONTRADICTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAtOnce:
    """The alert goes out as any other. `situation` has noted it, where there is one."""

    situation: Situation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The alert makes a situation of its pair: a message opens it, and the alert itself goes out only if it must."""

    situation: Situation
    alert_passes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The alert is not sent: the next summary tells of it."""

    situation: Situation


Outcome = SendAtOnce | Open | Hold


def judge(
    alert: Alert,
    line: str,
    *,
    standing: Situation | None,
    recent: Sequence[SituationEntry],
    burst: int,
    now: dt.datetime,
) -> Outcome:
    """What to do with an alert. `line` says in words what it tells; `standing` is the pair's open situation on its channel.

    `recent` are the stories of the pair that the channel was told of within `COUNTED_FOR`; with this one, `burst` stories
    make a situation.
    """
    if standing is None:
        stories = {entry.story_id for entry in recent} | {alert.story.id}
        if len(stories) < burst:
            return SendAtOnce()
        return Open(
            situation=Situation(
                id=_id_of(alert, now),
                relation=alert.story.relation,
                channel_id=alert.channel_id,
                opened_at=now,
                last_at=now,
                told_at=now,
                entries=_distinct((*recent, entry_of(alert, line, summary=0, now=now))),
            ),
            alert_passes=_must_pass(alert, recent),
        )
    passes = _must_pass(alert, standing.entries)
    entry = entry_of(alert, line, summary=standing.summaries if passes else None, now=now)
    noted = dataclasses.replace(standing, last_at=now, entries=_distinct((*standing.entries, entry)))
    return SendAtOnce(situation=noted) if passes else Hold(situation=noted)


def summary_due(situation: Situation, now: dt.datetime) -> bool:
    """Whether something waits, and the last message about the situation is old enough."""
    return bool(situation.waiting) and now - situation.told_at >= SUMMARY_EVERY


def is_over(situation: Situation, now: dt.datetime) -> bool:
    """Whether nothing waits and nothing has come for so long that the next story is an ordinary one."""
    return not situation.waiting and now - situation.last_at >= COUNTED_FOR


def due_at(situation: Situation) -> dt.datetime:
    """When a situation that hears nothing more is to be looked at again: to be summed up, or to be closed."""
    return situation.told_at + SUMMARY_EVERY if situation.waiting else situation.last_at + COUNTED_FOR


def summed_up(situation: Situation, now: dt.datetime) -> Situation:
    """The situation once a summary has told what waited."""
    number = situation.summaries + 1
    entries = tuple(
        dataclasses.replace(entry, summary=number) if entry.summary is None else entry for entry in situation.entries
    )
    return dataclasses.replace(situation, summaries=number, told_at=now, entries=entries)


def _must_pass(alert: Alert, known: Sequence[SituationEntry]) -> bool:
    if alert.stage in _REVERSALS or alert.kind.id not in {entry.type for entry in known}:
        return True
    if alert.stage is Stage.FIRST and alert.story.severity is Severity.CRITICAL:
        return True
    return alert.story.severity.rank > max(entry.severity.rank for entry in known)


def entry_of(alert: Alert, line: str, *, summary: int | None, now: dt.datetime) -> SituationEntry:
    """What a situation notes of an alert; see SituationEntry for `summary`."""
    return SituationEntry(
        story_id=alert.story.id,
        stage=alert.stage,
        type=alert.kind.id,
        severity=alert.story.severity,
        at=now,
        line=line,
        watches=alert.watches,
        summary=summary,
    )


def _distinct(entries: Sequence[SituationEntry]) -> tuple[SituationEntry, ...]:
    """Each step of each story once: a repeat is no news."""
    return tuple({(entry.story_id, entry.stage): entry for entry in reversed(entries)}.values())[::-1]


def _id_of(alert: Alert, now: dt.datetime) -> str:
    content = f"{alert.story.relation}:{alert.channel_id}:{now.isoformat()}"
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
