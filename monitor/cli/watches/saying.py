"""A watch in plain English, so that whoever wrote it sees what it will do. Every key that says something has its clause."""

from collections.abc import Iterable, Iterator

from monitor.delivery.phrasebook import Phrasebook
from monitor.domain.events import Part
from monitor.domain.routing import USUAL_FOLLOW_UPS, Watch
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity, Status

_USUAL = Watch(id="", name="", between=(), channels=())
_ONE_ACTOR, _TWO_ACTORS = 1, 2
_PARTS = {
    Part.GOVERNMENT: "the government",
    Part.LEGISLATURE: "the legislature",
    Part.COURT: "a court",
    Part.OPPOSITION: "the opposition",
    Part.COMPANY: "a company",
    Part.FORMER: "somebody formerly in office",
}
_STAGES_ORDER = tuple(Stage)


def said(watch: Watch, book: Phrasebook) -> str:
    """The watch in two or three sentences. `book` is the English one, for the names of actors."""
    heard = f"{listed(watch.channels, 'and')} {'hears' if len(watch.channels) == 1 else 'hear'}"
    limits = tuple(_limits(watch))
    only = f" Only {'; '.join(limits)}." if limits else ""
    told = f"{heard} {between_words(watch.between, book)}, {_severity(watch)}.{only}"
    return " ".join([told, _afterwards(watch), *_when(watch)])


def between_words(between: tuple[frozenset[str], ...], book: Phrasebook) -> str:
    """Whose relation it is; `between` is that of a watch or a mute."""
    sides = [_side(codes, book) for codes in between]
    if len(sides) == _ONE_ACTOR:
        return f"what happens between {sides[0]} and anyone"
    if len(sides) == _TWO_ACTORS:
        return f"what happens between {sides[0]} and {sides[1]}"
    return "what happens between any two"


def _side(codes: frozenset[str], book: Phrasebook) -> str:
    names = book.listed(sorted(book.actor(code) for code in codes))
    return f"any of {names}" if len(codes) > 1 else names


def _severity(watch: Watch) -> str:
    return "however small" if watch.min_severity is Severity.ROUTINE else f"from “{watch.min_severity}” up"


def _limits(watch: Watch) -> Iterator[str]:
    if watch.types:
        yield f"of the {_nouns('type', watch.types)}"
    if watch.statuses != _USUAL.statuses:
        yield f"what is {listed((status for status in Status if status in watch.statuses), 'or')}"
    if watch.parts != _USUAL.parts:
        yield f"where {listed((words for part, words in _PARTS.items() if part in watch.parts), 'or')} acts"
    if watch.min_publishers > 1:
        yield f"once {watch.min_publishers} independent publishers report it, or a state concerned says it itself"
    if watch.min_confidence:
        yield f"what is read with a confidence of at least {watch.min_confidence:.0%}"
    if watch.feeds:
        yield f"from the {_nouns('feed', watch.feeds)}"
    if watch.tags:
        yield f"from feeds with the tag {listed(sorted(watch.tags), 'or')}"
    if watch.languages:
        yield f"in the {_nouns('language', watch.languages)}"


def _nouns(noun: str, names: frozenset[str]) -> str:
    return f"{noun}{'s' if len(names) > 1 else ''} {listed(sorted(names), 'and')}"


def _when(watch: Watch) -> Iterator[str]:
    """Sentences on what does not come at once, and by which clock."""
    clock = f"({watch.time_zone})"
    if watch.at_once is None:
        yield "Nothing is told at once."
    elif watch.at_once is not Severity.ROUTINE:
        yield f"What is below “{watch.at_once}” is not told at once."
    if watch.digest:
        yield f"A digest comes at {listed((f'{time:%H:%M}' for time in watch.digest), 'and')} {clock}."
    if watch.quiet is not None:
        begin, end, unless = watch.quiet.begin, watch.quiet.end, watch.quiet.unless
        grave = f"“{unless}”" if unless is Severity.CRITICAL else f"“{unless}” or more"
        yield f"From {begin:%H:%M} to {end:%H:%M} {clock} alerts wait, unless they are {grave}."
    if watch.at_most_per_hour is not None:
        number = watch.at_most_per_hour
        messages = "one message" if number == 1 else f"{number} messages"
        yield f"At most {messages} come within an hour; the rest waits for a summary."


def _afterwards(watch: Watch) -> str:
    if watch.follow_ups == USUAL_FOLLOW_UPS:
        told = "What becomes of a story is told, too"
    elif watch.follow_ups:
        stages = [stage for stage in _STAGES_ORDER if stage in watch.follow_ups]
        told = f"Of what becomes of a story, these are told: {listed(stages, 'and')}"
    else:
        told = "First reports alone are told"
    return f"{told}{'; so is a change of band of the relations index' if watch.index_changes else ''}."


def listed(words: Iterable[str], joined_by: str) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} {joined_by} {last}" if others else last
