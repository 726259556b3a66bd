"""Whether a publisher corrects what it reported before: by an edit of its entry, or by a new one that says so (P23). Pure.

An edit whose reading changes type, sides, direction or status corrects the report where most of its words stay: what was
wrong is replaced. Where most words change, the page has moved on (a live page, a lead that is written anew), and tells news.
So does a step in the life of a story: what was planned has happened. A mark ("Corrected:", "Fe de erratas:") leaves no doubt
of either. Comes before gather, which takes in what is no correction; worker/corrections.py does what follows from one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from monitor.domain.feeds import NewsItem
from monitor.domain.stories import StoredEvent
from monitor.stories.life import is_step
from monitor.stories.sides import may_be_same, sides_of

MOSTLY = 0.6
"""The share of its words that a corrected sentence has in common with the wrong one: "Fiji expels three Tongan envoys" is
corrected by "Tonga expels three Fijian envoys", and "Fiji and Tonga hold talks" is not by "Fiji and Tonga sign trade pact"."""

_WORD = re.compile(r"\w+")


class Corrections:
    """Finds which reports are corrected. `marks` are the words by which publishers say so, in any language and case."""

    def __init__(self, marks: Iterable[str] = ()) -> None:
        words = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)) or r"(?!)"
        # "CORRECTED-Fiji expels ..." is a mark, "correction-fluid" is none.
        begins = rf"^\W*(?i:{words})[\])]?(?:\s*[:–—]\s*|\s+-\s+|-(?=[A-ZÁÉÍÓÚÑ]))"
        self._mark = re.compile(rf"{begins}|^[\[(](?i:{words})[\])]\s*|\s*[\[(](?i:{words})[\])]\s*$")

    def says_so(self, item: NewsItem) -> bool:
        """Whether the title of the item says that it corrects an earlier one."""
        return self._mark.search(item.headline) is not None

    def find(self, withdrawn: Sequence[StoredEvent], new: Sequence[StoredEvent]) -> dict[str, StoredEvent]:
        """Which of the `withdrawn` reports is corrected by which of the `new` ones, by the id of the latter.

        `withdrawn` stand in an earlier text of the publisher and no more in its latest, `new` in the latest alone. Each
        report is corrected once.
        """
        found: dict[str, StoredEvent] = {}
        left = [one for one in withdrawn if one.is_news]
        for report in (one for one in new if one.is_news):
            fitting = [one for one in left if self._corrects(report, one)]
            if fitting:
                found[report.id] = max(fitting, key=lambda one: (self._alike(report, one), one.id))
                left.remove(found[report.id])
        return found

    def _corrects(self, report: StoredEvent, earlier: StoredEvent) -> bool:
        """Whether `report` stands in place of `earlier`, and says something else."""
        # The same words, read otherwise: our patterns have changed, and no publisher has.
        if report.event.evidence.sentence == earlier.event.evidence.sentence:
            return False
        is_marked = self.says_so(report.item)
        if self._alike(report, earlier) < MOSTLY and not (is_marked and _is_of_the_same(report, earlier)):
            return False
        return _is_otherwise(report, earlier) and (is_marked or not _goes_on(report, earlier))

    def _alike(self, one: StoredEvent, other: StoredEvent) -> float:
        here, there = (Counter(self._words(report)) for report in (one, other))
        return (here & there).total() / max(here.total(), there.total(), 1)

    def _words(self, report: StoredEvent) -> list[str]:
        return _WORD.findall(self._mark.sub("", report.event.evidence.sentence.strip()).casefold())


def _is_of_the_same(one: StoredEvent, other: StoredEvent) -> bool:
    """Whether two reports share an actor, whatever it does."""
    here, there = ({code for code in sides_of(report) if code} for report in (one, other))
    return one.item.key == other.item.key and not here.isdisjoint(there)


def _is_otherwise(report: StoredEvent, earlier: StoredEvent) -> bool:
    """Whether the two can't both be right."""
    here, there = report.event, earlier.event
    return (
        here.type != there.type
        or sides_of(report) != sides_of(earlier)
        or here.status is not there.status
        or not may_be_same(here.object, there.object)
    )


def _goes_on(report: StoredEvent, earlier: StoredEvent) -> bool:
    """Whether the later report only knows more of the same: who it was, or that what was planned has happened."""
    here, there = report.event, earlier.event
    return (
        here.type == there.type
        and may_be_same(here.object, there.object)
        and sides_of(report).meets(sides_of(earlier)) > 0
        and (here.status is there.status or is_step(there.status, here.status))
    )
