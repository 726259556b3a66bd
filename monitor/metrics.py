"""All metrics of the process, in one place: `relmon_` prefix, base units, closed label sets (never an address).

Counters and histograms are this process's own. Gauges that describe the database (oldest undelivered message, failing
feeds) are read from it by the daemon's own tick, every few seconds: so each of several daemons tells the same of what they
share, a scrape costs no query, and a database that hangs doesn't hang /metrics, which says so in `relmon_database_up`.
docs/operating.md lists them all.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

# Half as many series again, which nobody asks for: Prometheus knows by itself when a counter began anew.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it is not annotated

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

POLLS = Counter("relmon_polls", "Polls of feeds, by outcome", ["outcome"], registry=REGISTRY)
POLLS_IN_PROGRESS = Gauge(
    "relmon_polls_in_progress", "Polls between the start of their fetch and their commit", registry=REGISTRY
)
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
STAGE_SECONDS = Histogram(
    "relmon_stage_duration_seconds",
    "What each stage takes, waiting for a child or for the database included: fetch, parse, classify, commit, send",
    ["stage"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
# By name, so that every stage is there from the start and none is looked up at each poll.
FETCHING, PARSING, CLASSIFYING, COMMITTING, SENDING = (
    STAGE_SECONDS.labels(stage=stage) for stage in ("fetch", "parse", "classify", "commit", "send")
)
ITEMS = Counter("relmon_items", "Items that were new or edited", ["change"], registry=REGISTRY)
ARTICLES = Counter("relmon_articles", "Articles behind new items, by outcome", ["outcome"], registry=REGISTRY)
EVENTS = Counter("relmon_events", "Relation events read out of items", ["family"], registry=REGISTRY)
ALERTS = Counter("relmon_alerts", "Alerts put into the outbox", ["severity"], registry=REGISTRY)
DELIVERIES = Counter(
    "relmon_deliveries", "Attempts to deliver, by kind of channel and verdict", ["kind", "verdict"], registry=REGISTRY
)
DELIVERY_DELAY_SECONDS = Histogram(
    "relmon_delivery_delay_seconds",
    "From the moment a message was put into the outbox to the moment its destination took it",
    registry=REGISTRY,
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200),
)
CHILDREN = Gauge("relmon_children", "Children that are there to read documents", registry=REGISTRY)
CHILD_JOBS = Gauge("relmon_child_jobs", "Jobs that a child does, or that wait for one", registry=REGISTRY)
CHILDREN_KILLED = Counter(
    "relmon_children_killed", "Worker children killed at their time limit or found dead", registry=REGISTRY
)
TICKS_MISSED = Counter(
    "relmon_ticks_missed", "Scheduled ticks that failed or could not run", ["reason"], registry=REGISTRY
)
CLOCK_SET = Counter(
    "relmon_clock_set",
    "How often the machine's clock was set by seconds or more, or the machine slept",
    registry=REGISTRY,
)
DATABASE_UP = Gauge("relmon_database_up", "Whether the database could be read just now", registry=REGISTRY)
DATABASE_BYTES = Gauge("relmon_database_size_bytes", "Size of the database, without its log", registry=REGISTRY)
DATABASE_TRANSACTION_SECONDS = Histogram(
    "relmon_database_transaction_duration_seconds",
    "Transactions, the wait for their turn included, by what they may do: read, write",
    ["access"],
    registry=REGISTRY,
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
)
READING, WRITING = (DATABASE_TRANSACTION_SECONDS.labels(access=access) for access in ("read", "write"))
DATABASE_ERRORS = Counter("relmon_database_errors", "Transactions that the database refused", registry=REGISTRY)
DATABASE_CONFLICTS = Counter(
    "relmon_database_conflicts", "Transactions that PostgreSQL ended in favour of another", registry=REGISTRY
)
WORKERS = Gauge("relmon_workers", "Daemons that share the database, where several may", registry=REGISTRY)
OUT_OF_STEP = Gauge(
    "relmon_out_of_step",
    "Whether another daemon follows a newer configuration, so that this one rests",
    registry=REGISTRY,
)
FEEDS = Gauge("relmon_feeds", "Configured feeds, by health", ["health"], registry=REGISTRY)
FEEDS_OVERDUE = Gauge("relmon_feeds_overdue", "Feeds that are due and that nobody polls yet", registry=REGISTRY)
LONGEST_OVERDUE_SECONDS = Gauge(
    "relmon_feeds_longest_overdue_seconds",
    "How long ago the feed was due that is overdue the longest",
    registry=REGISTRY,
)
OUTBOX = Gauge(
    "relmon_outbox_messages",
    "Messages in the outbox that need a look or a send, by state",
    ["state"],
    registry=REGISTRY,
)
OLDEST_UNDELIVERED_SECONDS = Gauge(
    "relmon_outbox_oldest_undelivered_age_seconds",
    "Age of the oldest message that is due, on channels that are not broken",
    registry=REGISTRY,
)
CHANNELS = Gauge("relmon_channels", "Configured channels, by state: open, paused, broken", ["state"], registry=REGISTRY)
HEARTBEATS = Counter(
    "relmon_heartbeats", "Calls of the heartbeat address: answered, failed, or withheld", ["outcome"], registry=REGISTRY
)
# Alert rules look for increases, and a series that begins at 1 has none: these begin at 0.
for _reason in ("error", "missed", "still_running"):
    TICKS_MISSED.labels(reason=_reason)
for _outcome in ("answered", "failed", "withheld"):
    HEARTBEATS.labels(outcome=_outcome)
LAST_TICK_TIMESTAMP = Gauge(
    "relmon_last_tick_timestamp_seconds", "When the daemon's loop last turned", registry=REGISTRY
)
CONFIG_TAKEN_UP = Gauge(
    "relmon_config_last_reload_successful",
    "1 where the latest configuration was taken up, 0 where it was refused and the former one stays",
    registry=REGISTRY,
)
CONFIG_TAKEN_UP_TIMESTAMP = Gauge(
    "relmon_config_last_reload_success_timestamp_seconds",
    "When the configuration that is followed was taken up",
    registry=REGISTRY,
)
BUILD = Gauge("relmon_build_info", "The running version", ["version"], registry=REGISTRY)


def exposition() -> bytes:
    """All metrics in Prometheus' text format 0.0.4."""
    return generate_latest(REGISTRY)
