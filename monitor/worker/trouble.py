"""Tells the operator about feeds that need attention: one message for each trouble, one when it is over (P14, P15).

What counts as trouble is feeds/trouble.py's to say, and whether the network is down feeds/outage.py's. Here what is
new is gathered into one message, however many feeds it concerns, and remembered in the same transaction.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence

import structlog

from monitor.delivery.channel import Channel
from monitor.domain.delivery import Notice
from monitor.domain.feeds import FeedSource, FeedState, FeedTrouble
from monitor.feeds.trouble import TroubleLimits, sentence, trouble_of
from monitor.storage import notes, polls
from monitor.storage.connection import Connection
from monitor.worker.notices import post

log = structlog.get_logger()

_SHOWN = 20
_NETWORK_NOTE = "network_down_since"


def tell_feeds(
    connection: Connection,
    receivers: Sequence[Channel],
    feeds: Mapping[str, FeedSource],
    limits: TroubleLimits,
    now: dt.datetime,
) -> int:
    """Posts what is new about the feeds; how many feeds it concerns. A paused feed is left as it was told.

    Raises:
        DatabaseUnavailable: nothing is told, and will be by the next call.
    """
    told: dict[str, FeedTrouble | None] = {}
    states: dict[str, FeedState] = {}
    # No feed counts as silent before that, however lively it was.
    for state in polls.doubtful_feeds(connection, newest_before=now - limits.silent):
        source = feeds.get(state.feed_id)
        if source is None or source.is_paused(now):
            continue
        trouble = trouble_of(state, limits)
        if trouble is not state.told:
            told[state.feed_id] = trouble
            states[state.feed_id] = state
    if not told:
        return 0
    polls.tell(connection, told, now)
    post(connection, receivers, _notice(told, states, feeds, now))
    for feed_id, trouble in told.items():
        log.info("feed_trouble_told", feed=feed_id, trouble=trouble.value if trouble else "over")
    return len(told)


def tell_network(
    connection: Connection, receivers: Sequence[Channel], down_since: dt.datetime | None, now: dt.datetime
) -> bool:
    """Posts that no feed can be reached, once, and that they can again; whether it is so now."""
    noted = notes.read(connection, _NETWORK_NOTE) or None
    if down_since is not None and noted is None:
        notes.write(connection, _NETWORK_NOTE, down_since.isoformat())
        log.warning("network_down", since=str(down_since))
        text = (
            "Not one feed has answered since then, on any host, so the network of this machine seems to be down. No feed "
            "counts this as its own failure; all are tried again every minute."
        )
        title = f"No feed can be reached since {down_since:%H:%M} UTC"
        post(connection, receivers, Notice(dedup_key=f"network:{down_since}", title=title, text=text, at=now))
    elif down_since is None and noted is not None:
        notes.write(connection, _NETWORK_NOTE, "")
        log.info("network_back", down_since=noted)
        text = f"The network was down since {dt.datetime.fromisoformat(noted):%Y-%m-%d %H:%M} UTC. Polling goes on."
        post(
            connection,
            receivers,
            Notice(dedup_key=f"network-back:{noted}", title="Feeds answer again", text=text, at=now),
        )
    return down_since is not None


def _notice(
    told: Mapping[str, FeedTrouble | None],
    states: Mapping[str, FeedState],
    feeds: Mapping[str, FeedSource],
    now: dt.datetime,
) -> Notice:
    lines = [
        f"{feeds[feed_id].title} ({feed_id}) "
        + (sentence(states[feed_id], trouble, now) if trouble else "is well again")
        for feed_id, trouble in sorted(told.items(), key=lambda one: (one[1] is None, one[0]))
    ]
    shown = lines[:_SHOWN]
    if len(lines) > _SHOWN:
        shown.append(f"... and {len(lines) - _SHOWN} more: `relmon feeds list --failing`")
    # What was told is remembered in this transaction, so no later call tells the same.
    key = hashlib.blake2b("\n".join([*lines, now.isoformat()]).encode(), digest_size=12).hexdigest()
    return Notice(dedup_key=f"feeds:{key}", title=_title(told, feeds), text="\n".join(shown), at=now)


def _title(told: Mapping[str, FeedTrouble | None], feeds: Mapping[str, FeedSource]) -> str:
    new = [feed_id for feed_id, trouble in told.items() if trouble]
    if len(told) == 1:
        (feed_id,) = told
        return f"Feed {feeds[feed_id].title}: {'needs attention' if new else 'well again'}"
    if not new:
        return f"{len(told)} feeds are well again"
    well = f", {len(told) - len(new)} well again" if len(new) < len(told) else ""
    return f"{len(new)} feed{'s' if len(new) > 1 else ''} in trouble{well}"
