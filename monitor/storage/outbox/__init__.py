"""The outbox: messages on their way out.

A row keeps its id and bytes for life (decision 7). A claim is a lease on the database's clock (R3): it is settled only
where owner and attempt still match, and the message of a sender that died is claimed again under the same id. Sending
and judging stand in delivery/; the schedule of further attempts is the caller's. Comes after routing and rendering in
the poll's transaction (`enqueue`), and around each send (`claim`, `settle`). Where they go is in channels.py.
"""

from monitor.storage.outbox.queue import claim, enqueue, release, settle, void_leases
from monitor.storage.outbox.reading import (
    attempts_of,
    counts,
    counts_by_channel,
    enqueued_behind,
    find_message,
    next_attempt_at,
    oldest_undelivered_age,
)
from monitor.storage.outbox.replay import drop, hasten, messages, send_again
from monitor.storage.outbox.rows import UNDELIVERED, Attempt, AttemptVerdict, MessageState, StoredMessage

__all__ = [
    "UNDELIVERED",
    "Attempt",
    "AttemptVerdict",
    "MessageState",
    "StoredMessage",
    "attempts_of",
    "claim",
    "counts",
    "counts_by_channel",
    "drop",
    "enqueue",
    "enqueued_behind",
    "find_message",
    "hasten",
    "messages",
    "next_attempt_at",
    "oldest_undelivered_age",
    "release",
    "send_again",
    "settle",
    "void_leases",
]
