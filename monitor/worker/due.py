"""What is told by the clock rather than by a report: summaries of situations, what was held, digests, changes of band.

Called by a tick of the daemon, at the end of `relmon poll`, and by the rehearsal of `relmon backtest`, which asks
beforehand when there is something to do. Each part is a module of its own.
"""

import datetime as dt

from monitor.routing.digest import next_due
from monitor.storage import digests, held
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.situations import open_situations
from monitor.worker.bands import BandWatchers, tell_bands
from monitor.worker.desk import Desk
from monitor.worker.digests import FIRST_POLLS_END_AFTER, tell_digests
from monitor.worker.holding import release_held
from monitor.worker.situations import next_look, tell_situations

_DAY = dt.timedelta(days=1)


def tell_due(
    database: Database, desk: Desk, now: dt.datetime, *, patience: dt.timedelta = FIRST_POLLS_END_AFTER
) -> int:
    """Enqueues all that is due; returns how many messages were new. `patience` is that of `tell_digests`.

    Raises:
        DatabaseUnavailable: the next tick goes on where this one failed.
    """
    return (
        release_held(database, desk, now)
        + tell_situations(database, desk.channels, now, desk.watches)
        + tell_digests(database, desk, now, patience=patience)
        + tell_bands(database, desk.channels, BandWatchers.among(desk.watches, desk.taxonomy), now)
    )


def due_after(connection: Connection, desk: Desk, now: dt.datetime) -> dt.datetime | None:
    """When there will be something to tell if no report comes; None where nothing waits. It may lie before `now`."""
    times = [next_look(situation, desk.watches, now) for situation in open_situations(connection)]
    times += [at] if (at := held.next_due_at(connection)) is not None else []
    times += [due.at for watch in desk.watches if (due := next_due(watch, now)) is not None]
    with_times = {watch.id for watch in desk.watches if watch.digest}
    times += [
        since + FIRST_POLLS_END_AFTER
        for watch_id, since in digests.waiting_since(connection).items()
        if watch_id not in with_times
    ]
    if any(watch.index_changes for watch in desk.watches):
        times.append(dt.datetime.combine(now.date() + _DAY, dt.time(), dt.UTC))
    return min(times, default=None)
