"""Slack's Block Kit: how alerts and notices look there, whichever way they go.

Text from outside is escaped, then cut to Slack's limits (https://docs.slack.dev/reference/block-kit/blocks), so that
no message is refused for its length. Comes after wording.py; slack.py and slack_bot.py send what is made here.
"""

import datetime as dt
import json
from collections.abc import Sequence
from itertools import accumulate

from monitor.delivery.bulletins import BulletinLine, bulletin, text_lines
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.wording import ADDRESS, MarkedText, printable, word
from monitor.domain.delivery import Notice, Rendered
from monitor.domain.digests import Digest
from monitor.domain.routing import Alert
from monitor.domain.stories import Story

CONTENT_TYPE = "application/json"

# Slack allows 150 characters in a header, 3,000 in a section, 2,000 in a field, and advises 4,000 for `text`. These are
# far lower, so that the whole stays under 12,000 even where every character needs a backslash in JSON.
_HEADER = 150
_LINE = 300
_EVIDENCE = 600
_FIELD = 100
_EARLIER = 200
_CONTEXT = 600
_LINK = 1500
_OTHERS_LINK = 300
_NOTICE = 2500
_SECTION = 2900
_MESSAGE = 12_000
# The longest text and the longest link of each line of a digest, tried in this order.
_DIGEST_SIZES = ((300, 1000), (250, 150), (200, 0), (80, 0))

_Block = dict[str, object]


def alert_blocks(alert: Alert, earlier: Sequence[Story], book: Phrasebook) -> Rendered:
    """The alert as blocks, with a `text` that says the same to notifications and to old clients."""
    said, item = word(alert, earlier, book), alert.report.item
    first = f"{book.say('labels.sample')} " if alert.story.sample else ""
    title = f"{first}{said.severity.upper()}: {said.sentence}"
    headline = _link(item.link, said.headline)
    blocks: list[_Block] = [{"type": "header", "text": {"type": "plain_text", "text": _cut(title, _HEADER)}}]
    lines = [f"*{headline}*"]
    lines += [f"_{_cut(said.update, _LINE)}_"] if said.update else []
    lines += [f">{_evidence(said.evidence)}"] if said.evidence_adds else []
    blocks.append(_section("\n".join(lines)))
    shown = said.facts_but("severity", "story")
    facts = [f"*{_cut(fact.label, _FIELD)}*\n{_cut(fact.value, _FIELD)}" for fact in shown]
    facts.append(f"*{_cut(book.say('labels.published'), _FIELD)}*\n{_date(item.published_at)}")
    blocks.append({"type": "section", "fields": [_mrkdwn(fact) for fact in facts[:10]]})
    if said.others:
        lines = [f"• {_link(one.link, one.name, longest=_OTHERS_LINK)}" for one in said.others]
        lines += [f"• {_cut(said.and_more, _FIELD)}"] if said.and_more else []
        blocks.append(_section("\n".join([f"*{_cut(book.say('labels.others'), _FIELD)}*", *lines])))
    if said.earlier:
        lines = [f"• {_cut(one, _EARLIER)}" for one in said.earlier]
        blocks.append(_section("\n".join([f"*{_cut(book.say('labels.earlier'), _FIELD)}*", *lines])))
    closing = [f"{book.say('labels.why')}: {' '.join(said.why)}"] if said.why else []
    closing.append(f"{book.say('labels.story')} {alert.story.id}")
    closing.append(said.feedback)
    elements = [_mrkdwn(_cut(one, _CONTEXT)) for one in closing]
    elements += [_mrkdwn(_link(alert.page, book.say("labels.page")))] if alert.page else []
    blocks.append({"type": "context", "elements": elements})
    text = f"{_cut(title, _LINE)}\n{headline}\n{_cut(item.outlet, _FIELD)}, {_date(item.published_at)}"
    return _rendered(text, blocks)


def notice_blocks(notice: Notice) -> Rendered:
    """A notice about the program itself."""
    title, text = _cut(notice.title, _HEADER), _lines(notice.text, _NOTICE) or "-"
    return _rendered(
        f"{title}\n{text}",
        [
            {"type": "header", "text": {"type": "plain_text", "text": title}},
            _section(text),
            {"type": "context", "elements": [_mrkdwn(_date(notice.at))]},
        ],
    )


def digest_blocks(digest: Digest, book: Phrasebook) -> Rendered:
    """A digest, section by section; where its links are so long that Slack would refuse it, without them."""
    *larger, smallest = _DIGEST_SIZES
    for most, longest_link in larger:
        rendered = _digest(digest, book, most, longest_link)
        if len(rendered.body.decode()) < _MESSAGE:
            return rendered
    return _digest(digest, book, *smallest)


def _digest(digest: Digest, book: Phrasebook, most: int, longest_link: int) -> Rendered:
    said = bulletin(digest, book)
    blocks: list[_Block] = [{"type": "header", "text": {"type": "plain_text", "text": _cut(said.title, _HEADER)}}]
    if said.lead:
        blocks.append({"type": "context", "elements": [_mrkdwn(_cut(said.lead, _CONTEXT))]})
    for section in said.sections:
        lines = [_digest_line(line, most, longest_link) for line in section.lines]
        if not section.heading:
            blocks += [{"type": "context", "elements": [_mrkdwn(line)]} for line in lines]
            continue
        part = f"*{_cut(section.heading, _FIELD)}*"
        for line in lines:
            if len(part) + len(line) + 3 > _SECTION:
                blocks.append(_section(part))
                part = f"• {line}"
            else:
                part += f"\n• {line}"
        blocks.append(_section(part))
    text = _cut(" · ".join(text_lines(said)), most * 5)
    return _rendered(f"{_cut(said.title, _LINE)}\n{text}", blocks)


def _digest_line(line: BulletinLine, most: int, longest_link: int) -> str:
    severity = f"*{_cut(line.severity_name, _FIELD)}* " if line.severity_name else ""
    note = f" _{_cut(line.note, most // 2)}_" if line.note else ""
    link = line.link if line.link and len(line.link) <= longest_link else None
    headline = f": {_cut(line.headline, most)}" if line.headline else ""
    return f"{severity}{_link(link, line.text, most)}{headline}{note}"


def _rendered(text: str, blocks: Sequence[_Block]) -> Rendered:
    message = {"text": text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    return Rendered(content_type=CONTENT_TYPE, body=json.dumps(message, ensure_ascii=False).encode())


def plain(body: bytes) -> bytes:
    """The same message as text alone, for a Slack that refuses its layout."""
    text = json.loads(body)["text"]
    return json.dumps({"text": text, "unfurl_links": False, "unfurl_media": False}, ensure_ascii=False).encode()


def follow_up_noted(first: bytes, follow_up: bytes, book: Phrasebook) -> dict[str, object]:
    """The first message of a story, with a line that says what has come since. Both are as `alert_blocks` made them."""
    message, later = json.loads(first), json.loads(follow_up)
    news = later["text"].partition("\n")[0]
    words = book.say("words.since_then", news=news)
    note: _Block = {"type": "context", "elements": [_mrkdwn(f":thread: {words}")]}
    # One note, that of the latest news, however many follow-ups there are.
    return {"text": message["text"], "blocks": [*message["blocks"], note], "unfurl_links": False, "unfurl_media": False}


def _section(text: str) -> _Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> _Block:
    # verbatim: Slack turns no word of a headline into a link or a channel of its own.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _lines(text: str, limit: int) -> str:
    """Escapes a text of several lines, its addresses as links, and leaves out the lines that find no room."""
    kept: list[str] = []
    for line in text.splitlines():
        pieces = ADDRESS.split(line)
        words = "".join(_link(piece, piece, limit) if at % 2 else _cut(piece, limit) for at, piece in enumerate(pieces))
        room = limit - sum(len(one) + 1 for one in kept)
        if len(words) > room:
            return "\n".join([*kept, _cut(line, max(room, 1))]) if not kept else "\n".join([*kept, "…"])
        kept.append(words)
    return "\n".join(kept)


_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _cut(text: str, limit: int) -> str:
    """Escapes `text`, then cuts its end to `limit` characters, never inside an escape."""
    pieces = [_ESCAPES.get(mark, mark) for mark in printable(text)]
    kept = _fitting(pieces, limit)
    return "".join(pieces) if kept is None else "".join(kept).rstrip() + "…"


def _cut_start(text: str, limit: int) -> str:
    """The same, but cuts the start: what stands before the marked words matters most close to them."""
    pieces = [_ESCAPES.get(mark, mark) for mark in reversed(printable(text))]
    kept = _fitting(pieces, limit)
    return "".join(reversed(pieces)) if kept is None else "…" + "".join(reversed(kept)).lstrip()


def _fitting(pieces: Sequence[str], limit: int) -> list[str] | None:
    """The first pieces that leave room for one more character within `limit`; None where all of them fit."""
    if sum(map(len, pieces)) <= limit:
        return None
    lengths = accumulate(map(len, pieces))
    return [piece for piece, length in zip(pieces, lengths, strict=True) if length < limit]


def _link(link: str | None, words: str, most: int = _LINE, *, longest: int = _LINK) -> str:
    """A link with its words. An address too long for Slack is left out: cut, it would lead elsewhere."""
    label = _cut(words, most) or "-"
    address = (link or "").replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace("&", "&amp;")
    return f"<{address}|{label}>" if address and len(address) <= longest else label


def _evidence(found: MarkedText) -> str:
    if not found.marked:
        return _cut(str(found), _EVIDENCE)
    third = _EVIDENCE // 3
    return f"{_cut_start(found.before, third)}*{_cut(found.marked, third)}*{_cut(found.after, third)}"


def _date(at: dt.datetime) -> str:
    """A time that Slack shows in each reader's own zone, with words for clients that can't."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at.astimezone(dt.UTC):%Y-%m-%d %H:%M UTC}>"
