"""How `relmon reclassify` tells what differs, to people and to programs."""

from collections.abc import Iterator
from typing import assert_never

from monitor.cli.reclassify.account import Account
from monitor.delivery.wording import printable
from monitor.domain.events import RelationEvent
from monitor.domain.rereading import Changed, Difference, Gained, Lost, Refined
from monitor.domain.shapes import event_json

_SIGNS = {"gained": "+", "lost": "-", "changed": "~", "refined": "="}


def lines(account: Account, *, written: str) -> Iterator[str]:
    """Counts by type, each with its examples, and what follows for stories. `written` says whether it is done."""
    for (kind, type_id), number in sorted(account.events.items()):
        yield f"{_SIGNS[kind]} {type_id}: {number:,} {kind}"
        for one in account.examples.get((kind, type_id), ()):
            yield f"    {_line(one)}"
    if account.events:
        yield ""
    by_kind = {name: sum(number for (kind, _), number in account.events.items() if kind == name) for name in _SIGNS}
    told = ", ".join(f"{number:,} {name} ({_SIGNS[name]})" for name, number in by_kind.items())
    yield f"{account.items:,} items read. Events: {told}."
    stories = account.stories
    yield f"Stories: {stories['opened']:,} opened, {stories['changed']:,} changed, {stories['emptied']:,} emptied."
    if account.kept:
        yield f"{account.kept:,} differences stay as a person has put them (`relmon stories`, `relmon feedback`)."
    yield written


def report(account: Account, *, written: bool) -> dict[str, object]:
    """The same for programs."""
    return {
        "items": account.items,
        "written": written,
        "events": [
            {
                "kind": kind,
                "type": type_id,
                "number": number,
                "examples": [_object(one) for one in account.examples.get((kind, type_id), ())],
            }
            for (kind, type_id), number in sorted(account.events.items())
        ],
        "stories": {name: account.stories[name] for name in ("opened", "changed", "emptied")},
        "kept": account.kept,
    }


def _line(one: Difference) -> str:
    match one:
        case Gained(after=only) | Lost(before=only):
            said = _event(only.event)
        case Changed(before=before, after=only):
            said = f"{_event(before.event)} → {_event(only.event)}"
        case Refined(before=before, after=only):
            said = f"{_event(only.event)}, {', '.join(_details(before.event, only.event))}"
        case _:
            assert_never(one)
    return f"{said}: {printable(only.event.evidence.sentence).strip()}"


def _event(event: RelationEvent) -> str:
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    mention = ", a mention" if event.mention else ""
    return f"{source} {event.type} {target} ({event.status}{mention})"


def _details(before: RelationEvent, after: RelationEvent) -> Iterator[str]:
    """The names of what differs where the event is the same."""
    names = ("source", "target", "speaker", "date", "mention", "told", "confidence", "plover")
    yield from (f"other {name}" for name in names if getattr(before, name) != getattr(after, name))


def _object(one: Difference) -> dict[str, object]:
    before = None if isinstance(one, Gained) else one.before
    after = None if isinstance(one, Lost) else one.after
    item = (after or before).item  # type: ignore[union-attr]  # one of both is there
    return {
        "item": item.key.hex(),
        "title": item.title,
        "before": event_json(before.event) if before else None,
        "after": event_json(after.event) if after else None,
    }
