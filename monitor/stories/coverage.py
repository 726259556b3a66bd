"""Who has told a story so far: each independent publisher with the outlets that printed its text, and their links.

Who stands behind an outlet is corroborate.py's to say. Pure: items in, coverage out. Comes after gathering; delivery lists it
in alerts.
"""

from collections.abc import Iterable

from monitor.domain.feeds import NewsItem
from monitor.domain.publishers import Coverage, Printing
from monitor.stories.corroborate import Voices


def coverage_of(items: Iterable[NewsItem], voices: Voices) -> tuple[Coverage, ...]:
    """The publishers of `items` in the order in which they first reported; an outlet counts once for each."""
    outlets: dict[str, dict[str, Printing]] = {}
    agencies: dict[str, str] = {}
    for item in sorted(items, key=lambda one: (one.published_at, one.key)):
        publisher, agency = voices.of_item(item), voices.agency_of(item)
        if agency is not None:
            agencies.setdefault(publisher, agency)
        known = outlets.setdefault(publisher, {})
        printing = known.get(item.outlet)
        if printing is None or printing.link is None:
            known[item.outlet] = Printing(outlet=item.outlet, link=item.link)
    return tuple(
        Coverage(publisher=publisher, printings=tuple(printings.values()), agency=agencies.get(publisher))
        for publisher, printings in outlets.items()
    )
