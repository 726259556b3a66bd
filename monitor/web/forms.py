"""What the few forms that are sent here have in common: fields up to a size, and so many sendings a minute."""

import datetime as dt
import time
from collections import OrderedDict
from urllib.parse import parse_qsl

from starlette.requests import Request

_FIELDS = 10
_REMEMBERED = 10_000


async def read_form(request: Request, largest: int) -> dict[str, str] | None:
    """The fields of a form; None where it is longer than `largest` bytes, of which no more are read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            return None
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_FIELDS))
    except ValueError:  # more fields than any form of ours has
        return None


class Tries:
    """What was tried lately, by the address that it came from: `most` times `within` a span."""

    def __init__(self, *, most: int, within: dt.timedelta) -> None:
        self._most = most
        self._within_s = within.total_seconds()
        self._made: OrderedDict[str, list[float]] = OrderedDict()

    def are_used_up(self, who: str) -> bool:
        """Whether that address has to wait."""
        return len(self._lately(who)) >= self._most

    def note(self, who: str) -> None:
        """Counts one more."""
        self._made[who] = [*self._lately(who), time.monotonic()]
        self._made.move_to_end(who)
        while len(self._made) > _REMEMBERED:
            self._made.popitem(last=False)

    def _lately(self, who: str) -> list[float]:
        now = time.monotonic()
        return [at for at in self._made.get(who, ()) if now - at < self._within_s]
