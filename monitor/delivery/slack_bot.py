"""The Slack bot: `chat.postMessage` with a token (https://docs.slack.dev/reference/methods/chat.postMessage).

What a webhook can't do: follow-ups go into the thread of their story, and the story's first message says that there is
more (`chat.update`). How a message looks is blocks.py's, as for the webhook. Comes after routing; the dispatcher sends.
"""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.delivery.blocks import CONTENT_TYPE, alert_blocks, digest_blocks, follow_up_noted, notice_blocks, plain
from monitor.delivery.options import (
    Problem,
    address_problem,
    conceal,
    telling_parts,
    text_of,
    unknown_options,
)
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.retry import answer_text, judge_failure, judge_http, retry_after
from monitor.delivery.slack import ANSWER_BYTES, BAD_PAYLOAD, REQUEST_LIMIT, SPACING, word_of
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
    TryAgain,
    Verdict,
)
from monitor.domain.digests import Digest
from monitor.domain.routing import Alert
from monitor.domain.stories import Story
from monitor.outbound.client import HttpAnswer, HttpClient, RequestFailed

KIND = "slack-bot"

_API = "https://slack.com/api"
# What Slack says when no further message can get there: the token is no good, the bot may not post, the place is gone.
_DEAD = frozenset(
    {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "org_login_required"}
    | {"no_permission", "missing_scope", "not_allowed_token_type", "team_access_not_granted", "ekm_access_denied"}
    | {"channel_not_found", "is_archived", "not_in_channel", "restricted_action"}
    | {"restricted_action_read_only_channel", "restricted_action_non_threadable_channel"}
)
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_IN_TROUBLE = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
# The first message was deleted, or takes no replies: what follows then stands for itself.
_NO_THREAD = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackBotChannel:
    """One conversation that the bot is a member of. `broadcast` shows follow-ups outside their thread, too."""

    id: str
    token: Secret
    channel: str
    client: HttpClient = field(repr=False)
    book: Phrasebook = field(repr=False)
    api: str = _API
    broadcast: bool = True
    kind: str = field(default=KIND, init=False)
    spacing: dt.timedelta = SPACING
    # The message, once more as plain text or without its thread, and the note at the first one, with pauses between.
    send_limit: dt.timedelta = field(default=3 * (REQUEST_LIMIT + SPACING), init=False)

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """The alert as blocks; where it goes is added as it is sent."""
        return alert_blocks(alert, earlier, self.book)

    def render_notice(self, notice: Notice) -> Rendered:
        """A notice about the program itself."""
        return notice_blocks(notice)

    def render_digest(self, digest: Digest) -> Rendered:
        """A digest, with as much of each line as Slack takes."""
        return digest_blocks(digest, self.book)

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:
        """Posts the stored bytes, into the thread of their story where it has one."""
        place = _place(claim.thread.receipt) if claim.thread else None
        body = claim.message.rendered.body
        answer = await self._post(claim, body, place)
        what = word_of(answer)
        if what in BAD_PAYLOAD or (what in _NO_THREAD and place is not None):
            await asyncio.sleep(self.spacing.total_seconds())
            place = place if what in BAD_PAYLOAD else None
            answer = await self._post(claim, plain(body) if what in BAD_PAYLOAD else body, place)
        verdict = self._judge(answer, now)
        if isinstance(verdict, Delivered) and claim.thread is not None and place is not None:
            await self._note_follow_up(claim.thread.rendered.body, body, place)
        return verdict

    async def _post(self, claim: Claim, body: bytes, place: "_Place | None") -> HttpAnswer | RequestFailed:
        thread = {"thread_ts": place.ts, "reply_broadcast": self.broadcast} if place else {}
        # The id travels along: after a lost answer a message may stand there twice, and whoever reads can tell.
        metadata = {"event_type": "relation_monitor", "event_payload": {"id": claim.message.id}}
        return await self._call(
            "chat.postMessage", {**json.loads(body), "channel": self.channel, **thread, "metadata": metadata}, claim
        )

    async def _note_follow_up(self, first: bytes, follow_up: bytes, place: "_Place") -> None:
        """Says at the first message what has come since. The news itself is delivered: nothing hangs on this."""
        await asyncio.sleep(self.spacing.total_seconds())
        await self._call(
            "chat.update", {**follow_up_noted(first, follow_up, self.book), "channel": place.channel, "ts": place.ts}
        )

    async def _call(
        self, method: str, payload: dict[str, Any], claim: Claim | None = None
    ) -> HttpAnswer | RequestFailed:
        return await self.client.request(
            "POST",
            f"{self.api}/{method}",
            headers=(
                ("Content-Type", f"{CONTENT_TYPE}; charset=utf-8"),
                ("Authorization", f"Bearer {self.token.reveal()}"),
                *([("Idempotency-Key", claim.message.id)] if claim else []),
            ),
            content=json.dumps(payload, ensure_ascii=False).encode(),
            time_limit=REQUEST_LIMIT,
            max_bytes=ANSWER_BYTES,
            max_redirects=0,
        )

    def _judge(self, answer: HttpAnswer | RequestFailed, now: dt.datetime) -> Verdict:
        if isinstance(answer, RequestFailed):
            return judge_failure(answer, now=now)
        said = conceal(answer_text(answer.content), telling_parts(self.token.reveal()))
        what = word_of(answer)
        if what in BAD_PAYLOAD:
            return GaveUp(reason=f"Slack refuses the message, even as plain text ({what})")
        if what in _DEAD:
            return GaveUp(reason=f"Slack lets nothing through to {self.channel} ({what})", destination_dead=True)
        if what in _LIMITED | _IN_TROUBLE:
            wish = retry_after(answer.headers.get("Retry-After"), now=now)
            return TryAgain(reason=said, not_before=wish, limited=what in _LIMITED)
        verdict = judge_http(answer.status, answer.headers, said.encode(), now=now)
        place = _place(answer.content.decode("utf-8", "replace")) if what == "ok" else None
        match verdict, place:
            case Delivered(), _Place():
                verdict = Delivered(answer=f"{answer.status} ok, {place.ts}", receipt=place.receipt)
            case Delivered(), None:
                verdict = Refused(reason=f"answered {answer.status}, but not that the message stands there: {said}")
        return verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a message stands: the conversation's own id, and the time that names the message in it."""

    channel: str
    ts: str

    @property
    def receipt(self) -> str:
        return json.dumps({"channel": self.channel, "ts": self.ts})


def _place(text: str | None) -> _Place | None:
    """Reads a receipt, or Slack's answer, which says the same under the same names."""
    try:
        said = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    match said:
        case {"channel": str(channel), "ts": str(ts)}:
            return _Place(channel=channel, ts=ts)
        case _:
            return None


def check(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with the options: `token` and `channel` are needed; `api` and `broadcast` are for special cases."""
    problems = list(unknown_options(spec, ("token", "channel", "api", "broadcast")))
    match spec.options.get("token"):
        case Secret() as token if not token.reveal().startswith("xoxb-"):
            problems.append(("token", f"A bot's token begins with 'xoxb-'. Look at what {token.reference} holds."))
        case Secret():
            pass
        case _:
            problems.append(
                ("token", 'A slack-bot channel needs its token: token = "env:NAME" or token = "file:PATH".')
            )
    channel = spec.options.get("channel")
    if not isinstance(channel, str) or not channel.isprintable() or not channel:
        problems.append(("channel", 'Name the conversation by its id, as in channel = "C0123ABCD".'))
    api = text_of(spec.options.get("api", _API))
    if problem := address_problem(api or ""):
        problems.append(("api", problem))
    if not isinstance(spec.options.get("broadcast", True), bool):
        problems.append(("broadcast", "Write true or false."))
    return tuple(problems)


def build(spec: ChannelSpec, ways: Ways) -> SlackBotChannel:
    """The channel for options that `check` has nothing against."""
    token = spec.options["token"]
    if not isinstance(token, Secret):
        raise TypeError("a Slack token that is no secret was let through")
    return SlackBotChannel(
        id=spec.id,
        token=token,
        channel=text_of(spec.options["channel"]) or "",
        client=ways.http,
        book=ways.books[spec.language],
        api=(text_of(spec.options.get("api")) or _API).rstrip("/"),
        broadcast=spec.options.get("broadcast", True) is True,
    )
