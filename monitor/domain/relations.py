"""Values about pairs of states: as much of a story as the relations index needs, and who did what to whom how often.

Read by storage/browse/relations.py, weighed by stories/index.py, shown by the pages.
"""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from monitor.domain.taxonomy import Status


# A named tuple, since a page may weigh a hundred thousand of them: making one costs a third of a frozen dataclass.
class CountedStory(NamedTuple):
    """As much of a story as counts for the index of its relation ("USA-VEN").

    `opened_on` is the day (UTC) of the first report, `stated_on` the day that a text states, where it states a precise one,
    and `publishers` how many independent ones report it.
    """

    relation: str
    type: str
    status: Status
    opened_on: dt.date
    stated_on: dt.date | None
    publishers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedCount:
    """How many stories tell that `source` did this (a type) to `target`."""

    source: str
    target: str
    type: str
    count: int
