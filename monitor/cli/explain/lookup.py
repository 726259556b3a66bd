"""What is meant by the words after `relmon explain`: an id, a link, or the title of a stored entry. Anything else is a text."""

import re
from dataclasses import dataclass

from monitor.domain.explanation import Seen
from monitor.storage import outbox
from monitor.storage.events import events_with_id
from monitor.storage.items import items_with_key
from monitor.storage.stories import stories_with_id
from monitor.worker.explain import Archivist

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_MESSAGE = re.compile(r"msg_[0-9a-f]{0,32}", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{4,32}", re.IGNORECASE)
# "decade" and "2026" are words as well as the beginnings of ids; what has digits and letters, or is so long, is an id alone.
_SURELY_ID = re.compile(r"(?=.*[0-9])(?=.*[a-f]).{4,32}|.{16,32}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nothing is meant by it, or too much: a sentence on what to do."""

    sentence: str


def is_text(wanted: str) -> bool:
    """Whether it can only be read as a text: it is neither a link nor an id."""
    return not (_LINK.fullmatch(wanted) or _MESSAGE.fullmatch(wanted) or _is_surely_id(wanted))


def look_up(wanted: str, archivist: Archivist) -> tuple[Seen, ...] | Unknown:
    """What is stored of it; nothing where it is a text that isn't."""
    if _LINK.fullmatch(wanted):
        return archivist.items_at(wanted) or Unknown(
            sentence=f"no entry with the link {wanted} was ever seen in a feed. Give its headline, to see what would become of it."
        )
    if _ID.fullmatch(wanted) or _MESSAGE.fullmatch(wanted):
        found = _with_id(wanted.lower(), archivist)
        if found or not is_text(wanted):
            return found or Unknown(
                sentence=f"{wanted} is the id of nothing stored. `relmon stories list`, `relmon deliveries list` and "
                "`relmon events --json` name ids."
            )
    return archivist.items_titled(wanted)


def _is_surely_id(wanted: str) -> bool:
    return bool(_ID.fullmatch(wanted) and _SURELY_ID.fullmatch(wanted))


def _with_id(prefix: str, archivist: Archivist) -> tuple[Seen, ...] | Unknown:
    connection = archivist.connection
    message_prefix = prefix if prefix.startswith("msg_") else f"msg_{prefix}"
    messages = outbox.messages(connection, id_prefix=message_prefix, limit=2)
    is_message = prefix.startswith("msg_")
    stories = () if is_message else stories_with_id(connection, prefix)
    # An event is a reading of its item, whose way it goes.
    events = () if is_message else events_with_id(connection, prefix)
    items = () if is_message else items_with_key(connection, prefix)
    names = [
        *(f"message {one.message.id}" for one in messages),
        *(f"story {one.id}" for one in stories),
        *(f"event {one.stored.id}" for one in events),
        *(f"entry {one.key.hex()}" for one in items),
    ]
    if len(names) > 1:
        return Unknown(sentence=f"{prefix} fits several: {', '.join(names)}. Write more of it.")
    return (
        *(archivist.alert(one) for one in messages),
        *(archivist.story(one) for one in stories),
        *(archivist.item(one.stored.item) for one in events),
        *(archivist.item(one) for one in items),
    )
