"""All metrics of the process, in one place: `relmon_` prefix, base units, closed label sets (never an address).

Gauges that describe the database (oldest undelivered message, failing feeds) are set by the daemon's own tick, so that
reading /metrics costs no query.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()

POLLS = Counter("relmon_polls", "Polls of feeds, by outcome", ["outcome"], registry=REGISTRY)
POLL_SECONDS = Histogram(
    "relmon_poll_duration_seconds",
    "From the start of a fetch to the commit",
    registry=REGISTRY,
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
POLL_LAG_SECONDS = Histogram(
    "relmon_poll_lag_seconds",
    "How late a poll starts after the feed was due",
    registry=REGISTRY,
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
ITEMS = Counter("relmon_items", "Items that were new or edited", ["change"], registry=REGISTRY)
ARTICLES = Counter("relmon_articles", "Articles behind new items, by outcome", ["outcome"], registry=REGISTRY)
EVENTS = Counter("relmon_events", "Relation events read out of items", ["family"], registry=REGISTRY)
ALERTS = Counter("relmon_alerts", "Alerts put into the outbox", ["severity"], registry=REGISTRY)
DELIVERIES = Counter(
    "relmon_deliveries", "Attempts to deliver, by kind of channel and verdict", ["kind", "verdict"], registry=REGISTRY
)
CHILDREN_KILLED = Counter(
    "relmon_children_killed", "Worker children killed at their time limit or found dead", registry=REGISTRY
)
TICKS_MISSED = Counter(
    "relmon_ticks_missed", "Scheduled ticks that failed or could not run", ["reason"], registry=REGISTRY
)
DATABASE_ERRORS = Counter("relmon_database_errors", "Transactions that the database refused", registry=REGISTRY)
DATABASE_CONFLICTS = Counter(
    "relmon_database_conflicts", "Transactions that PostgreSQL ended in favour of another", registry=REGISTRY
)
WORKERS = Gauge("relmon_workers", "Daemons that share the database, where several may", registry=REGISTRY)
FEEDS = Gauge("relmon_feeds", "Configured feeds, by health", ["health"], registry=REGISTRY)
OUTBOX = Gauge("relmon_outbox_messages", "Messages in the outbox, by state", ["state"], registry=REGISTRY)
OLDEST_UNDELIVERED_SECONDS = Gauge(
    "relmon_outbox_oldest_undelivered_age_seconds", "Age of the oldest message still to be delivered", registry=REGISTRY
)
LAST_TICK_TIMESTAMP = Gauge(
    "relmon_last_tick_timestamp_seconds", "When the daemon's loop last turned", registry=REGISTRY
)
BUILD = Gauge("relmon_build_info", "The running version", ["version"], registry=REGISTRY)


def exposition() -> bytes:
    """All metrics in Prometheus' text format 0.0.4."""
    return generate_latest(REGISTRY)
