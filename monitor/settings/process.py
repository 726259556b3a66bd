"""The settings of the process: monitor.toml, with RELMON_SECTION__KEY and flags laid over it.

A flag beats the environment, the environment beats the file, the file beats the default; where each value came from is
kept for `relmon config show`. Feeds, watches and channels are no settings: files.py reads them and comes next.
"""

import dataclasses
import datetime as dt
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, TypeAdapter, ValidationError

from monitor.domain.delivery import RETRY_SCHEDULE
from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.severity import HEADS, PERSONAL, SeverityTable
from monitor.logs import LogFormat
from monitor.settings.hours import zone_name
from monitor.settings.mistakes import not_empty, unknown_key, value_sentences
from monitor.settings.spelling import did_you_mean
from monitor.settings.units import parse_duration, parse_kept_for, parse_size

ENVIRONMENT_PREFIX = "RELMON_"


def _more_than_nothing(duration: dt.timedelta) -> dt.timedelta:
    if not duration:
        raise ValueError("must be longer than nothing")
    return duration


def _web_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if address and (not known or not address.isprintable() or set(address) & set(' <>"|') or "?" in address):
        raise ValueError("must be an address such as https://monitor.example.org, without a query")
    return address


def _host_names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not name or not name.isprintable() or set(name) & set(" /@?#*") or name.startswith("["):
            raise ValueError(
                f'each must be a name or an address without scheme and port, such as "relmon"; not "{name}"'
            )
        if name.count(":") == 1:
            raise ValueError(f'"{name}" names a port: leave it out, every port counts')
    return names


def _networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise ValueError(
                f'"{network}" is no address and no network; write it like "10.0.0.5" or "10.0.0.0/24"'
            ) from None
    return networks


Duration = Annotated[dt.timedelta, BeforeValidator(parse_duration)]
TimeLimit = Annotated[Duration, AfterValidator(_more_than_nothing)]
_DAY = dt.timedelta(days=1)


def _at_least(days: int) -> AfterValidator:
    def check(kept_for: dt.timedelta | None) -> dt.timedelta | None:
        if kept_for is not None and kept_for < days * _DAY:
            raise ValueError(f'must be at least "{days}d", or "forever"')
        return kept_for

    return AfterValidator(check)


KeptFor = Annotated[dt.timedelta | None, BeforeValidator(parse_kept_for)]
Size = Annotated[int, BeforeValidator(parse_size), Field(ge=1_000)]
Count = Annotated[StrictInt, Field(ge=1)]
Step = Annotated[StrictInt, Field(ge=-3, le=3)]
Port = Annotated[StrictInt, Field(ge=0, le=65_535)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where everything is kept. Without a value: monitor.db in the state folder."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings:
    """How feeds are fetched and read."""

    every: TimeLimit = dt.timedelta(minutes=5)
    """How often a feed is polled that names no rhythm of its own."""
    stretch_to: TimeLimit = dt.timedelta(minutes=15)
    """How rarely a feed may be polled that names no rhythm of its own and publishes rarely."""
    concurrency: Count = 32
    """Feeds that are fetched at the same time."""
    host_spacing: Duration = dt.timedelta(seconds=1)
    """The pause between two requests to one host and port."""
    host_concurrency: Count = 2
    """Requests to one host and port at the same time."""
    time_limit: TimeLimit = dt.timedelta(seconds=10)
    """For one fetch, from the name's lookup to the last byte, redirects included."""
    max_body: Size = 10_000_000
    """Bytes of a document, after decompression."""
    parse_limit: TimeLimit = dt.timedelta(seconds=5)
    """For reading one document; then the child that reads it is killed."""
    children: Count = 2
    """Processes that read documents."""
    article_patience: TimeLimit = dt.timedelta(seconds=30)
    """For all articles of one poll together, of feeds that ask for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Which news is young enough to alert, and how much of it is told together."""

    max_age: TimeLimit = dt.timedelta(hours=48)
    situation_stories: Annotated[int, Field(ge=2, le=1000)] = 6
    """So many stories of one pair on one channel within an hour make a situation."""
    zone: Annotated[str, AfterValidator(zone_name)] = "UTC"
    """The time zone by whose clock digests and quiet hours go, where a watch names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveritySettings:
    """How many steps a story weighs more or less than its type; 0 leaves a ground out of account."""

    possible: Step = -1
    """What is only considered, speculated, asked about."""
    heads: Step = 1
    """A head of state or government acts; in an encounter, one on each side."""
    heads_in: tuple[str, ...] = tuple(sorted(PERSONAL))
    """The types and families in which it matters who acts."""
    head_offices: tuple[str, ...] = tuple(sorted(HEADS))
    """The offices of heads of state and government, as news in each language names them."""
    first: Step = 1
    """The first of its type between the two for as long as `first_within`."""
    first_within: TimeLimit = dt.timedelta(days=365)

    @property
    def table(self) -> SeverityTable:
        """The table as stories are weighed by it."""
        return SeverityTable(
            possible=self.possible,
            heads=self.heads,
            heads_in=frozenset(self.heads_in),
            head_offices=frozenset(office.casefold() for office in self.head_offices),
            first=self.first,
            first_within=self.first_within,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """How messages are sent, and how often they are tried again."""

    retry: Annotated[tuple[Duration, ...], AfterValidator(not_empty)] = RETRY_SCHEDULE
    """The pause before each attempt; after the last one a message is a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundSettings:
    """Exceptions to the address policy, each `host:port` or a CIDR, apart for each kind of connection."""

    allow_feeds: tuple[str, ...] = ()
    allow_webhooks: tuple[str, ...] = ()
    allow_smtp: tuple[str, ...] = ()
    allow_heartbeat: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """The small web server: pages, health, metrics."""

    enabled: StrictBool = True
    host: str = "127.0.0.1"
    port: Port = 8321
    """0 lets the system choose a free one."""
    hosts: Annotated[tuple[str, ...], AfterValidator(_host_names)] = ()
    """Further names under which it may be asked, besides its own, that of `public_url` and this machine's."""
    public_url: Annotated[str, AfterValidator(_web_address)] = ""
    """The address under which watchers reach the pages; alerts link to their story there. Empty: no links."""
    token: str = ""
    """Where the token is kept by which people sign in: env:NAME, file:PATH. Empty: only this machine gets pages."""
    proxy_header: str = ""
    """The header in which a trusted proxy says who asks; who comes with it needs no token. Empty: none does."""
    trusted_proxies: Annotated[tuple[str, ...], AfterValidator(_networks)] = ("127.0.0.1", "::1")
    """The addresses or networks of such proxies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """Where the program reports trouble of its own."""

    channels: tuple[str, ...] = ()
    feed_failing: TimeLimit = dt.timedelta(hours=3)
    """How long a feed may fail before it is reported."""
    feed_silent: TimeLimit = dt.timedelta(days=3)
    """How long a feed may bring nothing new, however lively it was, before it is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSettings:
    """Who is called for as long as the daemon does its work, so that silence says that it doesn't."""

    url: str = ""
    """An address, or where it is kept: env:NAME, file:PATH. Empty: nobody is called."""
    every: TimeLimit = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """How long what is stored is kept; None is for ever."""

    # A publisher's edit, and the same news under another guid, are compared with it for as long.
    items_without_events: Annotated[KeptFor, _at_least(1)] = dt.timedelta(days=90)
    """Items in which nothing was read. Their keys stay for good."""
    # Digests and reasons name them for up to 30 days.
    events: Annotated[KeptFor, _at_least(31)] = None
    """Events with their items, once their story is as old. The story itself stays."""
    # No message is tried for longer than four days.
    deliveries: Annotated[KeptFor, _at_least(7)] = dt.timedelta(days=180)
    """Messages that were sent or given up, with the answers of their destinations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadSettings:
    """When the daemon reads its configuration again, besides at SIGHUP."""

    watch_files: StrictBool = True
    """Whether it does so once files have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is logged, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: LogFormat = LogFormat.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, a section each as in monitor.toml."""

    database: DatabaseSettings
    poll: PollSettings = PollSettings()
    alerts: AlertSettings = AlertSettings()
    severity: SeveritySettings = SeveritySettings()
    delivery: DeliverySettings = DeliverySettings()
    outbound: OutboundSettings = OutboundSettings()
    web: WebSettings = WebSettings()
    operator: OperatorSettings = OperatorSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    retention: RetentionSettings = RetentionSettings()
    reload: ReloadSettings = ReloadSettings()
    log: LogSettings = LogSettings()


SECTIONS: Mapping[str, type[Any]] = get_type_hints(Settings)

NEEDS_RESTART = frozenset(
    {
        "database.url",
        "web.enabled",
        "web.host",
        "web.port",
        "web.hosts",
        "web.token",
        "web.proxy_header",
        "web.trusted_proxies",
        "log.level",
        "log.format",
    }
)
"""The settings that count only at a start; a reload takes up all others."""


def setting_keys() -> tuple[str, ...]:
    """All settings as "section.key", in the order of monitor.toml."""
    return tuple(f"{name}.{field.name}" for name, section in SECTIONS.items() for field in dataclasses.fields(section))


def environment_name(key: str) -> str:
    """The variable for a setting: "poll.every" is RELMON_POLL__EVERY."""
    return ENVIRONMENT_PREFIX + key.upper().replace(".", "__")


def value_of(settings: Settings, key: str) -> object:
    """The value of "section.key"."""
    section, name = key.split(".")
    return getattr(getattr(settings, section), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsRead:
    """The settings, where each value comes from, and what was wrong; a wrong value leaves the default standing."""

    settings: Settings
    provenance: Mapping[str, str]
    findings: tuple[Finding, ...]


def read_settings(
    document: TomlDocument | None, *, overrides: Mapping[str, str], environ: Mapping[str, str], database_url: str
) -> SettingsRead:
    """Lays flags (`overrides`, by "section.key") over the environment, over the file, over the defaults."""
    values: dict[str, dict[str, object]] = {name: {} for name in SECTIONS}
    values["database"]["url"] = database_url
    provenance = dict.fromkeys(setting_keys(), "default")
    findings = [*_unknown_in_file(document), *_unknown_in_environment(environ)]
    for key in setting_keys():
        section, name = key.split(".")
        annotation = get_type_hints(SECTIONS[section], include_extras=True)[name]
        found = _strongest(key, annotation, document, overrides=overrides, environ=environ)
        if found is None:
            continue
        try:
            values[section][name] = TypeAdapter[object](annotation).validate_python(found.raw)
            provenance[key] = found.origin
        except ValidationError as error:
            findings.extend(
                Finding(file=found.file, line=found.line, message=sentence)
                for sentence in value_sentences(error, found.shown_as)
            )
    settings = Settings(**{name: section(**values[name]) for name, section in SECTIONS.items()})
    return SettingsRead(settings=settings, provenance=provenance, findings=tuple(findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A value as written, and where; `shown_as` is the name under which the operator knows it there."""

    raw: object
    origin: str
    file: str
    line: int | None
    shown_as: str


def _strongest(
    key: str,
    annotation: object,
    document: TomlDocument | None,
    *,
    overrides: Mapping[str, str],
    environ: Mapping[str, str],
) -> _Found | None:
    if key in overrides:
        raw = _from_text(annotation, overrides[key])
        return _Found(raw=raw, origin="command line", file="command line", line=None, shown_as=key)
    variable = environment_name(key)
    if variable in environ:
        raw = _from_text(annotation, environ[variable])
        return _Found(raw=raw, origin=f"environment {variable}", file="environment", line=None, shown_as=variable)
    section, name = key.split(".")
    table = document.data.get(section) if document else None
    if document is None or not isinstance(table, dict) or name not in table:
        return None
    line = document.line_of((section, name))
    raw = table[name]
    return _Found(raw=raw, origin=f"{document.file}:{line}", file=document.file, line=line, shown_as=key)


def _from_text(annotation: object, text: str) -> object:
    """What a variable or flag means where TOML would have a type; text that fits no type is left for the validator."""
    base = _bare(annotation)
    if get_origin(base) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if base is bool:
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text.lower(), text)
    if base is int and text.isascii() and text.isdigit():
        return text if _reads_units(annotation) else int(text)
    return text


def _bare(annotation: object) -> object:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _reads_units(annotation: object) -> bool:
    return any(isinstance(part, BeforeValidator) for part in get_args(annotation))


def _unknown_in_file(document: TomlDocument | None) -> Iterator[Finding]:
    if document is None:
        return
    for name, table in document.data.items():
        if name not in SECTIONS:
            yield document.finding((name,), unknown_key(name, SECTIONS).replace("unknown key", "unknown section"))
        elif not isinstance(table, dict):
            yield document.finding((name,), f'"{name}" is a section: write [{name}], and its keys below')
        else:
            known = [field.name for field in dataclasses.fields(SECTIONS[name])]
            for key in table.keys() - set(known):
                yield document.finding((name, key), unknown_key(key, known))


def _unknown_in_environment(environ: Mapping[str, str]) -> Iterator[Finding]:
    known = {environment_name(key) for key in setting_keys()}
    for variable in sorted(environ):
        if variable.startswith(ENVIRONMENT_PREFIX) and "__" in variable and variable not in known:
            hint = did_you_mean(variable, known)
            yield Finding(file="environment", line=None, message=f"{variable} is no setting{hint}")
