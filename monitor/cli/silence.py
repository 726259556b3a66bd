"""`relmon silence`: hear nothing of a relation, a type, a story or a watch for a while; what was silenced stays explained."""

import datetime as dt
import json
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.feeds.own import count
from monitor.cli.listing import local
from monitor.cli.moments import AHEAD_HELP, ahead
from monitor.cli.reading import configuration_of, opened, stored
from monitor.cli.sides import BETWEEN_HELP, sides
from monitor.cli.watches.own import english
from monitor.cli.watches.saying import between_words
from monitor.cli.wiring import utc_now
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.wording import printable
from monitor.domain.routing import Mute
from monitor.settings.between import BetweenError, read_between, read_groups
from monitor.settings.files import Loaded
from monitor.settings.spelling import did_you_mean
from monitor.storage import mutes
from monitor.storage.connection import Connection
from monitor.storage.silences import silenced_by
from monitor.storage.stories import stories_with_id

_SHORTEST_PREFIX = 4
_SHOWN_OF_ID = 8


@click.group()
def silence() -> None:
    """Hear nothing of a relation, a type, a story or a watch for a while.

    A running daemon heeds it from its next poll on, and a restart keeps it. What comes meanwhile is stored, stands in
    digests, and is not sent afterwards.
    """


@silence.command("add")
@click.option("--between", metavar="A,B", help=f"A relation: {BETWEEN_HELP}")
@click.option("--type", "type_id", metavar="TYPE", help="A type or family, like meeting or missions.")
@click.option("--story", "story_id", metavar="STORY", help="A story, by its id.")
@click.option("--watch", "watch_id", metavar="WATCH", help="What a watch would tell, by its id.")
@click.option(
    "--for",
    "ends_at",
    metavar="WHEN",
    required=True,
    callback=lambda _context, _parameter, written: ahead(written, utc_now()),
    help=f"For how long, or until when: {AHEAD_HELP}.",
)
@click.option("--reason", default="", help="Why, for whoever asks later.")
@config_option
@database_option
@tells_errors
def add(
    *,
    between: str | None,
    type_id: str | None,
    story_id: str | None,
    watch_id: str | None,
    ends_at: dt.datetime,
    reason: str,
    config_folder: Path | None,
    database: str | None,
) -> None:
    """Silence what meets everything that is named: --between USA,VEN --type meeting is the meetings of these two alone."""
    if between is None and type_id is None and story_id is None and watch_id is None:
        raise click.UsageError("Name what is to be silent: --between, --type, --story or --watch, or several of them.")
    loaded = configuration_of(config_folder, database)
    new = Mute(
        id=secrets.token_hex(_SHOWN_OF_ID // 2),
        reason=reason,
        begins_at=utc_now(),
        ends_at=ends_at,
        between=_between(between, loaded) if between is not None else (),
        type=_known("--type", type_id, (*loaded.taxonomy.families, *loaded.taxonomy.types), "type or family"),
        watch_id=_known("--watch", watch_id, [watch.id for watch in loaded.watches], "watch"),
        story_id=story_id,
    )
    with opened(loaded.settings.database.url) as storage, storage.write() as connection:
        if story_id is not None:
            new = _of_story(connection, new, story_id)
        mutes.add(connection, new)
    click.echo(f"Silent until {local(new.ends_at)}: {_said(new, english(loaded))}.")
    click.echo(f"`relmon silence end {new.id}` ends it before.")


@silence.command("list")
@click.option("--all", "with_past", is_flag=True, help="Those that are over, too.")
@config_option
@database_option
@json_option
@tells_errors
def list_mutes(*, with_past: bool, config_folder: Path | None, database: str | None, as_json: bool) -> None:
    """List what is silent now: id, until when, what and why, and how many reports it kept from being sent."""
    loaded = configuration_of(config_folder, database)
    now = utc_now()
    with stored(loaded.settings.database.url) as connection:
        found = mutes.ended_after(connection, None if with_past else now)
        silenced = silenced_by(connection)
    if as_json:
        for mute in found:
            click.echo(json.dumps(_object(mute, silenced), ensure_ascii=False))
        return
    book = english(loaded)
    for mute in found:
        until = "until" if mute.ends_at > now else "ended"
        why = f" ({printable(mute.reason)})" if mute.reason else ""
        kept = f"; {count(silenced[mute.id], 'report')} silenced" if mute.id in silenced else ""
        click.echo(f"{mute.id}  {until} {local(mute.ends_at)}  {_said(mute, book)}{why}{kept}")
    if not found:
        click.echo("Nothing is silenced." if not with_past else "Nothing was ever silenced.", err=True)


@silence.command("end")
@click.argument("mute_id", metavar="ID")
@config_option
@database_option
@tells_errors
def end(*, mute_id: str, config_folder: Path | None, database: str | None) -> None:
    """Hear again of what was silenced. What came meanwhile is not sent."""
    loaded = configuration_of(config_folder, database)
    now = utc_now()
    with opened(loaded.settings.database.url) as storage, storage.write() as connection:
        found = mutes.with_id(connection, mute_id)
        if len(found) != 1:
            reason = "fits several silences; write more of it" if found else "is the id of no silence"
            click.echo(f"relmon: {mute_id} {reason}. `relmon silence list --all` shows them.", err=True)
            sys.exit(1)
        (mute,) = found
        if mute.ends_at > now:
            mutes.end(connection, mute.id, now)
    book = english(loaded)
    if mute.ends_at > now:
        click.echo(f"No longer silent: {_said(mute, book)}.")
    else:
        click.echo(f"It ended by itself, {local(mute.ends_at)}: {_said(mute, book)}.")


def _between(written: str, loaded: Loaded) -> tuple[frozenset[str], ...]:
    groups, _ = read_groups(loaded.watch_documents, loaded.around.actor_codes)
    try:
        return read_between(sides(written, loaded), groups, loaded.around.actor_codes)
    except BetweenError as error:
        raise click.BadParameter(f"{error}.", param_hint="--between") from None


def _known(option: str, name: str | None, known: Sequence[str], kind: str) -> str | None:
    if name is not None and name not in known:
        raise click.BadParameter(f'there is no {kind} "{name}"{did_you_mean(name, known)}.', param_hint=option)
    return name


def _of_story(connection: Connection, new: Mute, prefix: str) -> Mute:
    found = stories_with_id(connection, prefix) if len(prefix) >= _SHORTEST_PREFIX else ()
    if len(found) != 1:
        reason = "fits several stories; write more of it" if found else "is the id of no story"
        click.echo(f"relmon: {prefix} {reason}. `relmon stories list` shows them.", err=True)
        sys.exit(1)
    return replace(new, story_id=found[0].id)


def _said(mute: Mute, book: Phrasebook) -> str:
    return ", ".join(_pieces(mute, book))


def _pieces(mute: Mute, book: Phrasebook) -> Iterator[str]:
    if mute.between:
        yield between_words(mute.between, book)
    if mute.type is not None:
        yield f"the type {mute.type}"
    if mute.story_id is not None:
        yield f"the story {mute.story_id[:_SHOWN_OF_ID]}"
    if mute.watch_id is not None:
        yield f"for the watch {mute.watch_id}"


def _object(mute: Mute, silenced: Mapping[str, int]) -> dict[str, object]:
    return {
        "id": mute.id,
        "begins_at": mute.begins_at.isoformat(),
        "ends_at": mute.ends_at.isoformat(),
        "between": [sorted(side) for side in mute.between],
        "type": mute.type,
        "story": mute.story_id,
        "watch": mute.watch_id,
        "reason": mute.reason,
        "silenced": silenced.get(mute.id, 0),
    }
