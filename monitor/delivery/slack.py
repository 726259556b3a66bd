"""The Slack channel: incoming webhooks with Block Kit (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).

Text from outside is escaped, then cut to Slack's limits (https://docs.slack.dev/reference/block-kit/blocks), so that
no message is refused for its length. An answer is judged by its words first, its status second: Slack says there
whether the destination is gone or the message at fault. Comes after routing; the dispatcher sends.
"""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from monitor.delivery.options import Problem, address_problem, conceal, telling_parts, unknown_options
from monitor.delivery.retry import answer_text, judge_failure, judge_http
from monitor.delivery.ways import Ways
from monitor.delivery.wording import SAMPLE_MARK, MarkedText, printable, word
from monitor.domain.delivery import (
    ChannelSpec,
    Claim,
    Delivered,
    GaveUp,
    Notice,
    Refused,
    Rendered,
    Secret,
    Verdict,
)
from monitor.domain.routing import Alert
from monitor.domain.stories import Story
from monitor.outbound.client import HttpAnswer, HttpClient, RequestFailed

KIND = "slack"

# Slack's own words (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors): the
# destination is gone for good ...
_DEAD = frozenset(
    {"no_service", "no_active_hooks", "no_team", "team_disabled", "channel_not_found", "channel_is_archived"}
    | {"action_prohibited", "posting_to_general_channel_denied", "invalid_token"}
)
# ... or it takes messages, but not in this shape.
_BAD_PAYLOAD = frozenset(
    {"invalid_payload", "invalid_blocks", "no_text", "msg_blocks_too_long", "msg_too_long", "too_many_attachments"}
)

# Slack allows 150 characters in a header, 3,000 in a section, 2,000 in a field, and advises 4,000 for `text`. These are
# far lower, so that the whole stays under 12,000 even where every character needs a backslash in JSON.
_HEADER = 150
_LINE = 300
_EVIDENCE = 600
_FIELD = 100
_EARLIER = 200
_CONTEXT = 600
_LINK = 1500
_NOTICE = 2500

_CONTENT_TYPE = "application/json"
_ANSWER_BYTES = 64_000
_REQUEST_LIMIT = dt.timedelta(seconds=6)
_SPACING = dt.timedelta(seconds=1)

_Block = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel:
    """One incoming webhook. Slack takes about one message a second for each."""

    id: str
    url: Secret
    client: HttpClient = field(repr=False)
    kind: str = field(default=KIND, init=False)
    spacing: dt.timedelta = _SPACING
    # Two requests and the pause between them, since a refused layout is sent once more as plain text.
    send_limit: dt.timedelta = field(default=2 * _REQUEST_LIMIT + _SPACING, init=False)

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """The alert as blocks, with a `text` that says the same to notifications and to old clients."""
        said, item = word(alert, earlier), alert.report.item
        first = f"{SAMPLE_MARK} " if alert.story.sample else ""
        title = f"{first}{alert.kind.severity.upper()}: {said.line}"
        headline = _link(item.link, said.headline)
        blocks: list[_Block] = [{"type": "header", "text": {"type": "plain_text", "text": _cut(title, _HEADER)}}]
        lines = [f"*{headline}*"]
        lines += [f"_{_cut(said.update, _LINE)}_"] if said.update else []
        lines += [f">{_evidence(said.evidence)}"] if said.evidence_adds else []
        blocks.append(_section("\n".join(lines)))
        facts = [f"*{_cut(name, _FIELD)}*\n{_cut(value, _FIELD)}" for name, value in said.facts if name != "Story"]
        facts.append(f"*Published*\n{_date(item.published_at)}")
        blocks.append({"type": "section", "fields": [_mrkdwn(fact) for fact in facts[:10]]})
        if said.earlier:
            lines = [f"• {_cut(one, _EARLIER)}" for one in said.earlier[:3]]
            blocks.append(_section("\n".join(["*Earlier*", *lines])))
        blocks.append({"type": "context", "elements": [_mrkdwn(_cut(f"Story {alert.story.id}", _CONTEXT))]})
        text = f"{_cut(title, _LINE)}\n{headline}\n{_cut(item.outlet, _FIELD)}, {_date(item.published_at)}"
        return _rendered(text, blocks)

    def render_notice(self, notice: Notice) -> Rendered:
        """A notice about the program itself."""
        title, text = _cut(notice.title, _HEADER), _cut(notice.text, _NOTICE) or "-"
        return _rendered(
            f"{title}\n{text}",
            [
                {"type": "header", "text": {"type": "plain_text", "text": title}},
                _section(text),
                {"type": "context", "elements": [_mrkdwn(_date(notice.at))]},
            ],
        )

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:
        """Sends the stored bytes; where Slack refuses their layout, sends their plain text once instead."""
        body = claim.message.rendered.body
        answer = await self._post(body)
        if _word_of(answer) in _BAD_PAYLOAD:
            await asyncio.sleep(self.spacing.total_seconds())
            answer = await self._post(_plain(body))
        return self._judge(answer, now)

    async def _post(self, body: bytes) -> HttpAnswer | RequestFailed:
        return await self.client.request(
            "POST",
            self.url.reveal(),
            headers=(("Content-Type", _CONTENT_TYPE),),
            content=body,
            time_limit=_REQUEST_LIMIT,
            max_bytes=_ANSWER_BYTES,
            max_redirects=0,
        )

    def _judge(self, answer: HttpAnswer | RequestFailed, now: dt.datetime) -> Verdict:
        hidden = telling_parts(self.url.reveal())
        if isinstance(answer, RequestFailed):
            return judge_failure(answer, now=now)
        said = conceal(answer_text(answer.content), hidden)
        what = _word_of(answer)
        if what in _DEAD:
            return GaveUp(reason=f"Slack says that this webhook is gone ({what})", destination_dead=True)
        if what in _BAD_PAYLOAD:
            return GaveUp(reason=f"Slack refuses the message, even as plain text ({what})")
        verdict = judge_http(answer.status, answer.headers, said.encode(), now=now)
        if isinstance(verdict, Delivered) and what != "ok":
            return Refused(reason=f"answered {answer.status}, but not with Slack's 'ok': {said}")
        return verdict


def check(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with the options: `url` is needed, and it is a secret, since who knows it can post."""
    problems = list(unknown_options(spec, ("url",)))
    match spec.options.get("url"):
        case None:
            problems.append((None, 'A slack channel needs its webhook: url = "env:NAME" or url = "file:PATH".'))
        case Secret() as url:
            if problem := address_problem(url.reveal()):
                problems.append(("url", f"{problem} Look at what {url.reference} holds."))
        case _:
            problems.append(
                (
                    "url",
                    "Who knows a Slack webhook can post to it, so it may not stand here. Write env:NAME or file:PATH.",
                )
            )
    return tuple(problems)


def build(spec: ChannelSpec, ways: Ways) -> SlackChannel:
    """The channel for options that `check` has nothing against."""
    url = spec.options["url"]
    if not isinstance(url, Secret):
        raise TypeError("a Slack webhook that is no secret was let through")
    return SlackChannel(id=spec.id, url=url, client=ways.http)


def _rendered(text: str, blocks: Sequence[_Block]) -> Rendered:
    message = {"text": text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    return Rendered(content_type=_CONTENT_TYPE, body=json.dumps(message, ensure_ascii=False).encode())


def _plain(body: bytes) -> bytes:
    text = json.loads(body)["text"]
    return json.dumps({"text": text, "unfurl_links": False, "unfurl_media": False}, ensure_ascii=False).encode()


def _word_of(answer: HttpAnswer | RequestFailed) -> str:
    """What Slack says in one word: "ok", or an error. Its Web API says the same as JSON."""
    if isinstance(answer, RequestFailed):
        return ""
    text = answer.content.decode("utf-8", "replace").strip()
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(said, dict):
        return "ok" if said.get("ok") is True else str(said.get("error", ""))
    return text


def _section(text: str) -> _Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> _Block:
    # verbatim: Slack turns no word of a headline into a link or a channel of its own.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


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


def _link(link: str | None, words: str) -> str:
    """A link with its words. An address too long for Slack is left out: cut, it would lead elsewhere."""
    label = _cut(words, _LINE) or "-"
    address = (link or "").replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace("&", "&amp;")
    return f"<{address}|{label}>" if address and len(address) <= _LINK else label


def _evidence(found: MarkedText) -> str:
    if not found.marked:
        return _cut(str(found), _EVIDENCE)
    third = _EVIDENCE // 3
    return f"{_cut_start(found.before, third)}*{_cut(found.marked, third)}*{_cut(found.after, third)}"


def _date(at: dt.datetime) -> str:
    """A time that Slack shows in each reader's own zone, with words for clients that can't."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at.astimezone(dt.UTC):%Y-%m-%d %H:%M UTC}>"
