"""How all pairs stand, for the page and the API alike: reckoned once for both, and no oftener than once a minute.

The reckoning reads all stories of three months (storage/browse/relations.py) and weighs them (stories/standings.py): half a second
for seventy thousand, which no visitor should wait for. Leaves to remembered.py when it is made anew.
"""

import datetime as dt
from collections.abc import Callable

from monitor.storage.browse.relations import counted_stories
from monitor.stories.standings import LOOKS_BACK, Standings, standings
from monitor.web.remembered import Kept, Remembered
from monitor.web.site import Site

_FRESH = dt.timedelta(minutes=1)
# A week halves what a story weighs: an hour changes little, and the page says as of when it is.
_USABLE = dt.timedelta(hours=1)
_MOVERS = 6


class AllPairs:
    """What is remembered of all pairs. One for a server; threads may share it."""

    def __init__(self) -> None:
        self._remembered: Remembered[Standings] = Remembered(fresh=_FRESH, usable=_USABLE)

    def look(self, site: Site) -> tuple[Kept[Standings], Callable[[], None] | None]:
        """How they stand today (UTC), and, where that is no longer fresh, what renews it once the visitor is answered.

        Raises:
            DatabaseUnavailable: nothing is remembered, and the database can't be read.
        """
        now = site.clock()
        day = now.astimezone(dt.UTC).date()
        return self._remembered.look(lambda: _reckoned(site, day), (site.database, site.taxonomy, day), now)


def _reckoned(site: Site, day: dt.date) -> Standings:
    since = dt.datetime.combine(day, dt.time(), dt.UTC) - LOOKS_BACK
    with site.database.read() as connection:
        counted = counted_stories(connection, since)
    return standings(counted, {kind.id: kind.scale for kind in site.taxonomy}, day=day, movers=_MOVERS)
