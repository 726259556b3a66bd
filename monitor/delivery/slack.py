"""The Slack channel: incoming webhooks with Block Kit (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).

How a message looks is blocks.py's. An answer is judged by its words first, its status second: Slack says there whether
the destination is gone or the message at fault. Comes after routing; the dispatcher sends.
"""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.delivery.blocks import CONTENT_TYPE, alert_blocks, digest_blocks, notice_blocks, plain
from monitor.delivery.options import Problem, address_problem, conceal, telling_parts, unknown_options
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.retry import answer_text, judge_failure, judge_http
from monitor.delivery.ways import Ways
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
from monitor.domain.digests import Digest
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
BAD_PAYLOAD = frozenset(
    {"invalid_payload", "invalid_blocks", "no_text", "msg_blocks_too_long", "msg_too_long", "too_many_attachments"}
)

# How much of an answer is read (S5), how long one may take, and Slack's pace of one message a second; the bot's as well.
ANSWER_BYTES = 64_000
REQUEST_LIMIT = dt.timedelta(seconds=6)
SPACING = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel:
    """One incoming webhook. Slack takes about one message a second for each."""

    id: str
    url: Secret
    client: HttpClient = field(repr=False)
    book: Phrasebook = field(repr=False)
    kind: str = field(default=KIND, init=False)
    spacing: dt.timedelta = SPACING
    # Two requests and the pause between them, since a refused layout is sent once more as plain text.
    send_limit: dt.timedelta = field(default=2 * REQUEST_LIMIT + SPACING, init=False)

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """The alert as blocks, with a `text` that says the same to notifications and to old clients."""
        return alert_blocks(alert, earlier, self.book)

    def render_notice(self, notice: Notice) -> Rendered:
        """A notice about the program itself."""
        return notice_blocks(notice)

    def render_digest(self, digest: Digest) -> Rendered:
        """A digest, with as much of each line as Slack takes."""
        return digest_blocks(digest, self.book)

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:
        """Sends the stored bytes; where Slack refuses their layout, sends their plain text once instead."""
        body = claim.message.rendered.body
        answer = await self._post(body, claim.message.id)
        if word_of(answer) in BAD_PAYLOAD:
            await asyncio.sleep(self.spacing.total_seconds())
            answer = await self._post(plain(body), claim.message.id)
        return self._judge(answer, now)

    async def _post(self, body: bytes, message_id: str) -> HttpAnswer | RequestFailed:
        return await self.client.request(
            "POST",
            self.url.reveal(),
            headers=(("Content-Type", CONTENT_TYPE), ("Idempotency-Key", message_id)),
            content=body,
            time_limit=REQUEST_LIMIT,
            max_bytes=ANSWER_BYTES,
            max_redirects=0,
        )

    def _judge(self, answer: HttpAnswer | RequestFailed, now: dt.datetime) -> Verdict:
        hidden = telling_parts(self.url.reveal())
        if isinstance(answer, RequestFailed):
            return judge_failure(answer, now=now)
        said = conceal(answer_text(answer.content), hidden)
        what = word_of(answer)
        if what in _DEAD:
            return GaveUp(reason=f"Slack says that this webhook is gone ({what})", destination_dead=True)
        if what in BAD_PAYLOAD:
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
    return SlackChannel(id=spec.id, url=url, client=ways.http, book=ways.books[spec.language])


def word_of(answer: HttpAnswer | RequestFailed) -> str:
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
