"""What new patterns read otherwise in an item: events gained, lost, changed. Pure.

Comes after the classifier has read a stored item once more; what follows for stories is worker/rereading.py's.
"""

import dataclasses
from collections.abc import Sequence

from monitor.domain.rereading import Changed, Difference, Gained, Lost, Refined
from monitor.domain.stories import StoredEvent


def differences(known: Sequence[StoredEvent], read: Sequence[StoredEvent]) -> tuple[Difference, ...]:
    """What of one item is read otherwise, in the order of the text. `known` are the events that stand, `read` those read now.

    An event that was read in a text which is stored no more (before an edit; in a summary whose place an article has taken)
    can't be read again, and stays as it is.
    """
    standing, now = {one.id: one for one in known}, {one.id: one for one in read}
    lost = [one for one in standing.values() if one.id not in now and _can_be_read_again(one)]
    gained = [one for one in now.values() if one.id not in standing]
    found: list[Difference] = [
        Refined(before=standing[after.id], after=after)
        for after in now.values()
        if after.id in standing and _can_be_read_again(standing[after.id]) and _says_more(standing[after.id], after)
    ]
    for before in lost:
        of_same_words = [after for after in gained if _is_of_same_words(before, after)]
        if of_same_words:
            after = min(of_same_words, key=lambda one: (one.event.type != before.event.type, _distance(before, one)))
            gained.remove(after)
            found.append(Changed(before=before, after=after))
        else:
            found.append(Lost(before=before))
    found += [Gained(after=after) for after in gained]
    return tuple(sorted(found, key=_place))


def _can_be_read_again(known: StoredEvent) -> bool:
    return known.event.evidence.sentence in known.item.text


def _says_more(before: StoredEvent, after: StoredEvent) -> bool:
    """Whether more differs than the words of the evidence: the number of a pattern's phrase moves with any edit of its file."""
    return dataclasses.replace(before.event, evidence=after.event.evidence) != after.event


def _is_of_same_words(before: StoredEvent, after: StoredEvent) -> bool:
    """Whether both rest on the same words, or on one sentence about the same two; another deed in it is another event."""
    one, other = before.event.evidence, after.event.evidence
    if one.sentence != other.sentence:
        return False
    return (one.start < other.end and other.start < one.end) or _sides(before) == _sides(after)


def _sides(one: StoredEvent) -> frozenset[str | None]:
    return frozenset(side.code if side else None for side in (one.event.source, one.event.target))


def _distance(one: StoredEvent, other: StoredEvent) -> int:
    return abs(one.event.evidence.start - other.event.evidence.start)


def _place(one: Difference) -> tuple[int, str]:
    event = one.before if isinstance(one, Lost) else one.after
    return event.event.evidence.start, event.id
