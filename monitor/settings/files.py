"""A configuration folder as a whole: everything read, every mistake found, before anything starts.

Brings together what process.py, feeds.py, watches.py, channels.py and documents.py read. The classifier's and the
channels' own checks are theirs; `relmon check` adds them. The worker and the commands come next.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.delivery import ChannelSpec
from monitor.domain.documents import Finding, FindingLevel, TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.domain.feeds import FeedSource
from monitor.domain.routing import Watch
from monitor.domain.taxonomy import Taxonomy
from monitor.outbound.policy import problems
from monitor.settings.channels import ChannelsRead, read_channels
from monitor.settings.documents import Documents, read_documents, read_messages
from monitor.settings.entries import Entry
from monitor.settings.feeds import FeedDefaults, FeedsRead, read_feeds
from monitor.settings.location import ConfigLocation, state_folder
from monitor.settings.process import Settings, SettingsRead, read_settings, value_of
from monitor.settings.secrets import exposed_secrets
from monitor.settings.spelling import did_you_mean
from monitor.settings.starter import OPERATOR_FILES, starter_folder
from monitor.settings.toml import read_toml
from monitor.settings.watches import Surroundings, WatchesRead, read_watches


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration. Whatever has an error is left out of it, and stands in `findings`."""

    location: ConfigLocation
    settings: Settings
    provenance: Mapping[str, str]
    """Where each setting comes from, by "section.key"."""
    feeds: tuple[FeedSource, ...]
    paused: tuple[FeedSource, ...]
    """Feeds that the operator set `paused = true` for: not polled, but not forgotten."""
    watches: tuple[Watch, ...]
    channels: tuple[ChannelSpec, ...]
    documents: Documents
    messages: tuple[TomlDocument, ...]
    """The texts of alerts, a document for each language."""
    sample: TomlDocument
    """The entries of the sample newswire."""
    findings: tuple[Finding, ...]
    channel_entries: Mapping[str, Entry]
    """Where each channel stands, for findings about its options."""
    feed_entries: Mapping[str, Entry]
    """Where each feed stands, for commands that change it."""
    watch_entries: Mapping[str, Entry]
    """Where each watch stands, for commands that remove it."""
    watch_documents: tuple[TomlDocument, ...]
    """watches.toml and watches.d, for their groups."""
    around: Surroundings
    """What watches may refer to."""

    @property
    def taxonomy(self) -> Taxonomy:
        """The kinds of relation events."""
        return self.documents.taxonomy

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make this configuration unusable."""
        return tuple(finding for finding in self.findings if finding.level is FindingLevel.ERROR)

    def setting_finding(self, key: str, sentence: str, level: FindingLevel = FindingLevel.ERROR) -> Finding:
        """A finding about "section.key", at the place where it stands: a file's line, the environment, a flag."""
        origin, message = self.provenance[key], f'"{key}": {sentence}'
        file, _, line = origin.rpartition(":")
        if file and line.isdigit():
            return Finding(file=file, line=int(line), message=message, level=level)
        return Finding(file=origin, line=None, message=message, level=level)


def load(
    location: ConfigLocation,
    *,
    overrides: Mapping[str, str],
    environ: Mapping[str, str],
) -> Loaded:
    """Reads a configuration that can be used; otherwise a ConfigurationError lists every error at once."""
    loaded = examine(location, overrides=overrides, environ=environ)
    if loaded.errors:
        raise ConfigurationError(loaded.errors)
    return loaded


def examine(
    location: ConfigLocation,
    *,
    overrides: Mapping[str, str],
    environ: Mapping[str, str],
    starter: Path | None = None,
) -> Loaded:
    """Reads what can be read and finds every mistake; never raises for what an operator wrote.

    `overrides` are flags by "section.key", as text; `starter` is where the shipped files lie, if not where this installation keeps them.
    """
    starter = starter or starter_folder()
    files = _OperatorFiles(location)
    settings = read_settings(
        files.one("monitor.toml"),
        overrides=overrides,
        environ=environ,
        database_url=_default_database(environ),
    )
    documents, document_findings = read_documents(location.folder, starter=starter)
    # A document that can't be read may name any actor, so none is called unknown then.
    actor_codes = None if document_findings else documents.actor_codes or None
    messages, message_findings = read_messages(starter=starter)
    channels = read_channels(
        files.several("channels.toml"),
        environ=environ,
        folder=location.folder,
        languages=[Path(document.file).stem for document in messages],
    )
    defaults = FeedDefaults(
        poll_every=settings.settings.poll.every,
        stretch_to=settings.settings.poll.stretch_to,
        environ=environ,
        folder=location.folder,
    )
    feeds = read_feeds(files.several("feeds.toml"), defaults, actor_codes=actor_codes)
    around = Surroundings(
        channel_ids=channels.entries,
        feed_ids=feeds.ids,
        feeds=feeds.feeds + feeds.paused,
        taxonomy=documents.taxonomy,
        actor_codes=actor_codes,
        zone=settings.settings.alerts.zone,
        severities=settings.settings.severity.table,
    )
    watch_documents = files.several("watches.toml")
    watches = read_watches(watch_documents, around)
    sample = read_toml(starter / "sample" / "newswire.toml")
    findings = (
        *files.findings,
        *settings.findings,
        *_operator_findings(settings, channels),
        *_policy_findings(settings),
        *_severity_findings(settings, documents.taxonomy),
        *document_findings,
        *message_findings,
        *feeds.findings,
        *channels.findings,
        *watches.findings,
        *_unused(files, settings, feeds, channels, watches),
        *((sample,) if isinstance(sample, Finding) else ()),
    )
    return Loaded(
        location=location,
        settings=settings.settings,
        provenance=settings.provenance,
        feeds=feeds.feeds,
        paused=feeds.paused,
        watches=watches.watches,
        channels=channels.channels,
        documents=documents,
        messages=messages,
        sample=TomlDocument(file=sample.file, text="", data={}) if isinstance(sample, Finding) else sample,
        findings=tuple(sorted(findings, key=lambda finding: (finding.file, finding.line or 0))),
        channel_entries=channels.entries,
        feed_entries=feeds.entries,
        watch_entries=watches.entries,
        watch_documents=watch_documents,
        around=around,
    )


class _OperatorFiles:
    """Reads the operator's files of one folder, and gathers what is wrong with them as files."""

    def __init__(self, location: ConfigLocation) -> None:
        self.folder = location.folder
        self.findings: list[Finding] = []
        self.usable = False
        if not self.folder.is_dir():
            message = f"is no folder (named by {location.chosen_by}); `relmon init {self.folder}` makes one"
            self.findings.append(Finding(file=str(self.folder), line=None, message=message))
        elif not any((self.folder / name).is_file() for name in OPERATOR_FILES):
            message = f"holds none of {', '.join(OPERATOR_FILES)}; `relmon init {self.folder}` writes them"
            self.findings.append(Finding(file=str(self.folder), line=None, message=message))
        else:
            self.usable = True

    def one(self, name: str) -> TomlDocument | None:
        """The file of this name, or None where it doesn't exist or can't be read."""
        return self._read(self.folder / name)

    def several(self, name: str) -> tuple[TomlDocument, ...]:
        """The file of this name, then those of its overlay folder (feeds.toml, feeds.d/*.toml) by name."""
        overlays = sorted((self.folder / name).with_suffix(".d").glob("*.toml"))
        return tuple(filter(None, (self._read(path) for path in (self.folder / name, *overlays))))

    def _read(self, path: Path) -> TomlDocument | None:
        if not path.exists():
            return None
        document = read_toml(path)
        if isinstance(document, Finding):
            self.findings.append(document)
            return None
        self.findings.extend(exposed_secrets(document, path))
        return document


def _default_database(environ: Mapping[str, str]) -> str:
    return f"sqlite:///{state_folder(environ, root=os.geteuid() == 0) / 'monitor.db'}"


def _setting_finding(read: SettingsRead, key: str, message: str) -> Finding:
    """A finding about a setting, in the file and line that gave it."""
    file, _, line = read.provenance[key].rpartition(":")
    if file and line.isdigit():
        return Finding(file=file, line=int(line), message=message)
    return Finding(file=read.provenance[key], line=None, message=message)


def _operator_findings(read: SettingsRead, channels: ChannelsRead) -> list[Finding]:
    return [
        _setting_finding(
            read,
            "operator.channels",
            f'"operator.channels": "{name}" is no channel of channels.toml{did_you_mean(name, channels.entries)}',
        )
        for name in read.settings.operator.channels
        if name not in channels.entries
    ]


def _policy_findings(read: SettingsRead) -> list[Finding]:
    findings: list[Finding] = []
    for kind in ("feeds", "webhooks", "smtp", "heartbeat"):
        key = f"outbound.allow_{kind}"
        entries = value_of(read.settings, key)
        if isinstance(entries, tuple):
            findings += [_setting_finding(read, key, f'"{key}": {problem}') for problem in problems(entries)]
    return findings


def _severity_findings(read: SettingsRead, taxonomy: Taxonomy) -> list[Finding]:
    known = (*taxonomy.families, *taxonomy.types)
    return [
        _setting_finding(
            read,
            "severity.heads_in",
            f'"severity.heads_in": "{name}" is neither a type nor a family of relation events{did_you_mean(name, known)}',
        )
        for name in read.settings.severity.heads_in
        if name not in known
    ]


def _unused(
    files: _OperatorFiles, settings: SettingsRead, feeds: FeedsRead, channels: ChannelsRead, watches: WatchesRead
) -> list[Finding]:
    """What stands in the files to no effect."""
    findings = [
        entry.finding(
            (), f'nothing uses the channel "{channel_id}"; name it in a watch\'s "send"', FindingLevel.WARNING
        )
        for channel_id, entry in channels.entries.items()
        if channel_id not in watches.channels_named and channel_id not in settings.settings.operator.channels
    ]
    if not files.usable:
        return findings
    if not feeds.ids and not feeds.findings:
        message = "no feed is configured, so there is nothing to read; add one, or `relmon feeds import FILE`"
        findings.append(
            Finding(file=str(files.folder / "feeds.toml"), line=None, message=message, level=FindingLevel.WARNING)
        )
    if not watches.watches and not watches.findings:
        message = "no watch is configured, so nothing will alert; add a [[watch]]"
        findings.append(
            Finding(file=str(files.folder / "watches.toml"), line=None, message=message, level=FindingLevel.WARNING)
        )
    return findings
