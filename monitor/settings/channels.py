"""channels.toml: where messages go.

Entries come gathered from entries.py; references to secrets are resolved here. What comes out are ChannelSpec values:
which kinds exist, and which options each takes, is delivery's business and its own check.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor.domain.delivery import DEFAULT_LANGUAGE, AlertTemplate, ChannelSpec, OptionValue, Secret
from monitor.domain.documents import Finding, TomlDocument, TomlPath
from monitor.settings.entries import Entry, gather_entries
from monitor.settings.secrets import FILE, SecretMissing, is_reference, resolve

# What every kind of channel has; the other keys are its own options.
_COMMON = frozenset({"kind", "language", "template"})
_LONGEST_TEMPLATE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsRead:
    """The channels, their entries (for findings of others about their options), and what was wrong."""

    channels: tuple[ChannelSpec, ...]
    entries: Mapping[str, Entry]
    findings: tuple[Finding, ...]


def read_channels(
    documents: Sequence[TomlDocument], *, environ: Mapping[str, str], folder: Path, languages: Collection[str]
) -> ChannelsRead:
    """Reads channels.toml; a channel with an error is left out. `languages` are those that alerts can be written in."""
    entries, shape = gather_entries(documents, "channel")
    findings = list(shape)
    channels: list[ChannelSpec] = []
    for entry in entries:
        kind = entry.values.get("kind")
        if not isinstance(kind, str):
            problem = '"kind" is missing' if kind is None else '"kind" must be text in quotes'
            findings.append(entry.finding(("kind",), f'{problem}; write kind = "console", for instance'))
            continue
        options = _Options(entry=entry, environ=environ, folder=folder, findings=[])
        read = {key: options.read(value, (key,)) for key, value in entry.values.items() if key not in _COMMON}
        language = entry.values.get("language", DEFAULT_LANGUAGE)
        if "language" in entry.values and language not in languages:
            options.findings.append(entry.finding(("language",), _no_language(language, languages)))
        template = _template(entry, folder, options.findings)
        findings += options.findings
        if not options.findings:
            channels.append(ChannelSpec(id=entry.id, kind=kind, options=read, language=language, template=template))
    return ChannelsRead(
        channels=tuple(channels), entries={entry.id: entry for entry in entries}, findings=tuple(findings)
    )


def reread(spec: ChannelSpec, *, environ: Mapping[str, str], folder: Path) -> ChannelSpec:
    """The channel with its `file:` secrets as they are now; one that can't be read stays as it was.

    What stands in the environment can't change while the process runs.
    """
    options = {key: _reread(value, environ, folder) for key, value in spec.options.items()}
    return replace(spec, options=options)


def _reread(value: OptionValue, environ: Mapping[str, str], folder: Path) -> OptionValue:
    match value:
        case Secret(reference=reference) if reference.startswith(FILE):
            try:
                return resolve(reference, environ=environ, folder=folder)
            except SecretMissing:
                return value
        case tuple():
            return tuple(_reread(one, environ, folder) for one in value)
        case dict():
            return {key: _reread(one, environ, folder) for key, one in value.items()}
        case _:
            return value


def _template(entry: Entry, folder: Path, findings: list[Finding]) -> AlertTemplate | None:
    """The text of the file under `template`, looked for in the configuration's folder."""
    name = entry.values.get("template")
    if name is None:
        return None
    if not isinstance(name, str) or not name:
        findings.append(entry.finding(("template",), '"template" names a file, as in template = "desk.txt.j2"'))
        return None
    path = folder / name
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST_TEMPLATE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text in UTF-8"
        findings.append(entry.finding(("template",), f'"template": {path} can\'t be read: {reason}'))
        return None
    if len(text) > _LONGEST_TEMPLATE:
        findings.append(entry.finding(("template",), f'"template": {path} is longer than any message'))
        return None
    return AlertTemplate(file=str(path), text=text)


def _no_language(written: Any, languages: Collection[str]) -> str:
    known = ", ".join(f'"{one}"' for one in sorted(languages))
    return f'"language": alerts are written in one of {known}, not in {written!r}'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """Reads the options of one channel, and gathers what is wrong with them."""

    entry: Entry
    environ: Mapping[str, str]
    folder: Path
    findings: list[Finding]

    def read(self, value: Any, path: TomlPath) -> OptionValue:
        if isinstance(value, str) and is_reference(value):
            try:
                return resolve(value, environ=self.environ, folder=self.folder)
            except SecretMissing as error:
                self.findings.append(self.entry.finding(path, f'"{path[0]}": {error}'))
                return value
        if isinstance(value, str | int | float | bool):
            return value
        if isinstance(value, list):
            return tuple(self.read(inner, (*path, index)) for index, inner in enumerate(value))
        if isinstance(value, dict):
            return {key: self.read(inner, (*path, key)) for key, inner in value.items()}
        self.findings.append(
            self.entry.finding(path, f'"{path[0]}": a date or time has no meaning here; put it in quotes')
        )
        return str(value)
