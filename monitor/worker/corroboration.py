"""Has watches with `min_publishers` hear of what waited for corroboration, once a further publisher reports it.

Mostly the corroborating report itself matches the watch, and routing tells it. Where it doesn't (it is in another
language, from another feed), the watch gets the report that had matched and lacked company alone. Part of the poll's
transaction, after `route`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.domain.routing import Silence, SilenceReason, Watch
from monitor.domain.stories import StoredEvent, Story
from monitor.routing.watches import Routed
from monitor.storage import events, silences
from monitor.storage.connection import Connection

# Whoever has one of these as the answer to the corroborating report has been asked all there is to ask.
_ANSWERED = frozenset(
    {SilenceReason.UNCORROBORATED, SilenceReason.KNOWN, SilenceReason.FOLLOW_UP, SilenceReason.SAMPLE}
    | {SilenceReason.SILENCED, SilenceReason.DIGEST}
)


@dataclass(slots=True)
class Corroboration:
    """The reports of one transaction that lacked publishers, beside those that the database knows of."""

    connection: Connection
    watches: tuple[Watch, ...]
    _lacking: dict[str, list[tuple[str, StoredEvent]]] = field(default_factory=dict)

    def note(self, story: Story, report: StoredEvent, given: Iterable[Silence]) -> None:
        """Remembers for which watches this report had too few publishers."""
        self._lacking.setdefault(story.id, []).extend(
            (one.watch_id, report)
            for one in given
            if one.reason is SilenceReason.UNCORROBORATED and one.watch_id is not None
        )

    def released(
        self, former: Story | None, story: Story, routed: Routed
    ) -> list[tuple[StoredEvent, tuple[Watch, ...]]]:
        """Earlier reports and the watches that waited with them, where `story` has more behind it than `former` had.

        `routed` is what came of the corroborating report itself.
        """
        if former is None or not self._has_gained(former, story):
            return []
        answered = {watch for alert in routed.alerts for watch in alert.watches}
        answered |= {one.watch_id for one in routed.silences if one.reason in _ANSWERED and one.watch_id is not None}
        asking = {watch.id: watch for watch in self.watches if watch.min_publishers > 1 and watch.id not in answered}
        if not asking:
            return []
        waiting: dict[str, list[Watch]] = {}
        reports = {report.id: report for _, report in self._lacking.get(story.id, ())}
        stored = silences.uncorroborated(self.connection, story.id)
        if not asking.keys().isdisjoint(stored):
            archived = events.events_of_story(self.connection, story.id)
            reports |= {one.stored.id: one.stored for one in archived if one.withdrawn_at is None}
        for watch_id, watch in asking.items():
            ids = {
                *stored.get(watch_id, ()),
                *(one.id for at, one in self._lacking.get(story.id, ()) if at == watch_id),
            }
            known = sorted((reports[one] for one in ids if one in reports), key=_age)
            if known:
                waiting.setdefault(known[0].id, []).append(watch)
        return [(reports[one], tuple(watches)) for one, watches in waiting.items()]

    def _has_gained(self, former: Story, story: Story) -> bool:
        most = max((watch.min_publishers for watch in self.watches), default=1)
        if len(former.publishers) >= most or former.official:
            return False
        return len(story.publishers) > len(former.publishers) or story.official


def _age(report: StoredEvent) -> tuple[object, str]:
    return report.item.published_at, report.id
