"""`relmon config show`: which value holds, and where it comes from."""

import datetime as dt
import json
import os
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, locate, tells_errors
from monitor.domain.delivery import ChannelSpec, OptionValue, Secret
from monitor.domain.errors import ConfigurationError
from monitor.settings.files import Loaded, examine
from monitor.settings.process import setting_keys, value_of
from monitor.settings.secrets import hidden, is_reference
from monitor.settings.units import FOREVER, format_duration, format_size

_SIZES = frozenset({"poll.max_body"})
# Whoever knows it can speak for the daemon.
_SECRETS = frozenset({"heartbeat.url"})
Shown = str | int | float | bool | list["Shown"] | dict[str, "Shown"]


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
@config_option
@json_option
@tells_errors
def show(config_folder: Path | None, *, as_json: bool) -> None:
    """Print every setting with where it comes from, and the channels; secrets stay hidden."""
    loaded = examine(locate(config_folder), overrides={}, environ=os.environ)
    if as_json:
        click.echo(json.dumps(_report(loaded), ensure_ascii=False, indent=2))
    else:
        click.echo(_text(loaded))
    if loaded.errors:
        raise ConfigurationError(loaded.errors)


def _report(loaded: Loaded) -> dict[str, object]:
    return {
        "folder": str(loaded.location.folder),
        "chosen_by": loaded.location.chosen_by,
        "settings": {
            key: {"value": _shown(key, value_of(loaded.settings, key)), "from": loaded.provenance[key]}
            for key in setting_keys()
        },
        "channels": [_channel(spec) for spec in loaded.channels],
        "feeds": len(loaded.feeds),
        "paused_feeds": len(loaded.paused),
        "watches": [watch.id for watch in loaded.watches],
    }


def _text(loaded: Loaded) -> str:
    rows = [(key, _toml(_shown(key, value_of(loaded.settings, key))), loaded.provenance[key]) for key in setting_keys()]
    key_width, value_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    # One very long list must not push every origin off the screen.
    value_width = min(value_width, 40)
    lines = [f"# {loaded.location.folder} ({loaded.location.chosen_by})"]
    lines += [f"{key:<{key_width}} = {value:<{value_width}}  # {origin}" for key, value, origin in rows]
    for spec in loaded.channels:
        described = _channel(spec)
        options = ", ".join(f"{key} = {_toml(value)}" for key, value in described.items() if key not in ("id", "kind"))
        lines.append(f"channel {spec.id}: {spec.kind}" + (f" ({options})" if options else ""))
    paused = f", {len(loaded.paused)} paused" if loaded.paused else ""
    lines.append(f"feeds: {len(loaded.feeds)} polled{paused}")
    lines.append(f"watches: {', '.join(watch.id for watch in loaded.watches) or 'none'}")
    return "\n".join(lines)


def _channel(spec: ChannelSpec) -> dict[str, Shown]:
    return {"id": spec.id, "kind": spec.kind, **{key: _option(key, value) for key, value in spec.options.items()}}


def _option(key: str, value: OptionValue) -> Shown:
    if isinstance(value, Secret):
        return value.reference
    if isinstance(value, str):
        return hidden(key, value)
    if isinstance(value, tuple):
        return [_option(key, inner) for inner in value]
    if isinstance(value, dict):
        return {name: _option(name, inner) for name, inner in value.items()}
    return value


def _shown(key: str, value: object) -> Shown:
    """A setting's value as it would be written in monitor.toml."""
    if isinstance(value, dt.timedelta):
        return format_duration(value)
    if value is None:
        return FOREVER
    if isinstance(value, tuple):
        return [_shown(key, inner) for inner in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return format_size(value) if key in _SIZES else value
    return _hidden_setting(key, str(value))


def _hidden_setting(key: str, text: str) -> str:
    if key in _SECRETS and text and not is_reference(text):
        return "(hidden)"
    return hidden(key, text)


def _toml(value: Shown) -> str:
    """Near enough to TOML: JSON writes these few types the same way."""
    return json.dumps(value, ensure_ascii=False)
