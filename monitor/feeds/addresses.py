"""Lists of feeds that people bring along: OPML from another reader, or one address per line.

Reads text into addresses with their titles and groups; what can't be used is said, line by line. Giving ids and
writing configuration is for `relmon feeds import`, asking the feeds for `relmon poll --feeds`.
"""

from dataclasses import dataclass
from xml.parsers import expat

from monitor.feeds.links import web_link
from monitor.feeds.text import plain

_MAX_NAME_CHARACTERS = 200
_MAX_DEPTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed's address as a list has it. `group` is the path of OPML outlines above it: "News / Americas"."""

    url: str
    title: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeeds:
    """What a list holds, each address once, and one sentence for each thing in it that can't be used."""

    feeds: tuple[FoundFeed, ...]
    problems: tuple[str, ...] = ()


def read_addresses(text: str) -> FoundFeeds:
    """Reads OPML where the text begins with '<', else one address per line with '#' for comments.

    Addresses are http or https (feed: is understood) and keep the user info that the person wrote. OPML with a DOCTYPE
    is refused whole: entities declared there can grow without limit, and no reader needs them.
    """
    text = text.removeprefix("\ufeff")
    return _read_opml(text) if text.lstrip().startswith("<") else _read_lines(text)


def _read_lines(text: str) -> FoundFeeds:
    list_ = _List()
    for number, line in enumerate(text.splitlines(), start=1):
        # A '#' after a space begins a comment; without one it belongs to the address.
        words = line.strip()
        address = "" if words.startswith("#") else words.split(" #", 1)[0].strip()
        if address:
            list_.add(number, address, title=None, group=None)
    return list_.found()


class _Refused(Exception):
    """The document is not read any further; the message says why."""


def _read_opml(text: str) -> FoundFeeds:
    list_ = _List()
    parser = expat.ParserCreate("utf-8")  # whatever the document declares: by now it is text
    above: list[str | None] = []
    """What each open outline is called; None for outlines that are feeds, and for other elements."""

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(above) >= _MAX_DEPTH:
            raise _Refused("its outlines are nested too deep")
        by_name = {key.lower(): value for key, value in attributes.items()}
        called = plain(by_name.get("title") or by_name.get("text") or "", _MAX_NAME_CHARACTERS) or None
        address = by_name.get("xmlurl", "").strip()
        is_outline = name.lower() == "outline"
        if is_outline and address:
            group = " / ".join(title for title in above if title) or None
            list_.add(parser.CurrentLineNumber, address, title=called, group=group)
        above.append(called if is_outline and not address else None)

    def end(_name: str) -> None:
        above.pop()

    def doctype(*_declaration: object) -> None:
        raise _Refused("it has a DOCTYPE, which OPML does not need; remove that line and try again")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.lstrip().encode("utf-8", "replace"), True)  # noqa: FBT003 - expat's own "this is all"
    except _Refused as refusal:
        return FoundFeeds(feeds=(), problems=(f"line {parser.CurrentLineNumber}: the list is not read: {refusal}",))
    except expat.ExpatError as error:
        list_.problems.append(f"line {error.lineno}: is not valid OPML: {expat.ErrorString(error.code)}")
    found = list_.found()
    if not found.feeds and not found.problems:
        return FoundFeeds(feeds=(), problems=("holds no outline with an xmlUrl, so no feed",))
    return found


class _List:
    """Collects addresses, each once, and what is wrong with others."""

    def __init__(self) -> None:
        self.feeds: dict[str, FoundFeed] = {}
        self.problems: list[str] = []

    def add(self, line: int, address: str, *, title: str | None, group: str | None) -> None:
        url = _with_scheme(address)
        if web_link(url) is None or " " in url:
            shown = plain(address.rpartition("@")[2], _MAX_NAME_CHARACTERS)  # without a password before the @
            self.problems.append(f"line {line}: {shown!r} is not an http or https address")
            return
        self.feeds.setdefault(url, FoundFeed(url=url, title=title, group=group))

    def found(self) -> FoundFeeds:
        return FoundFeeds(feeds=tuple(self.feeds.values()), problems=tuple(self.problems))


def _with_scheme(address: str) -> str:
    """feed://host/path and feed:https://host/path are how browsers once wrote addresses of feeds."""
    if address.lower().startswith("feed://"):
        return "http://" + address[len("feed://") :]
    if address.lower().startswith(("feed:http://", "feed:https://")):
        return address[len("feed:") :]
    return address
