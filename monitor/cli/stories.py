"""`relmon stories`: what stands, and putting right what was gathered or read wrongly."""

import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, json_option, load_or_exit, tells_errors
from monitor.cli.listing import event_lines, local
from monitor.cli.moments import SINCE_HELP
from monitor.cli.moments import since as moment
from monitor.cli.reading import database_of, opened, stored
from monitor.cli.wiring import USER_AGENT, gatherer_of, require_channels, utc_now, ways
from monitor.delivery.channel import Channel, build
from monitor.delivery.sentences import label
from monitor.delivery.wording import printable
from monitor.domain.shapes import story_json
from monitor.domain.stories import Story, relation_of
from monitor.domain.taxonomy import Severity, Status, Taxonomy
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.storage.connection import Connection
from monitor.storage.events import ArchivedEvent, events_of_story
from monitor.storage.stories import stories_between, stories_with_id
from monitor.stories.gather import Gatherer
from monitor.stories.severity import set_by_hand, with_type_severity
from monitor.worker import putting_right

_SHORTEST_PREFIX = 4
_SHOWN_OF_ID = 8


@click.group()
def stories() -> None:
    """See the stories that reports were gathered into, and put right what is wrong with them."""


@stories.command("list")
@click.option("--between", metavar="A,B", help="Of this pair, by codes, such as USA,VEN.")
@click.option("--since", "since_text", metavar="TIME", help=f"Reported since then: {SINCE_HELP}.")
@click.option("--limit", default=30, show_default=True, type=click.IntRange(min=1), help="At most so many.")
@config_option
@database_option
@json_option
@tells_errors
def list_stories(
    *,
    between: str | None,
    since_text: str | None,
    limit: int,
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """List stories, the latest reported first: id, when, who and whom, what, how many publishers, the first headline."""
    pair = relation_of(*_pair(between)) if between else None
    after = moment(since_text, utc_now()) if since_text else None
    with stored(database_of(config_folder, database)) as connection:
        found = stories_between(connection, limit=limit, relation_name=pair, since=after)
    for story in found:
        click.echo(json.dumps(story_json(story), ensure_ascii=False) if as_json else _line(story))
    if not found and not as_json:
        click.echo("No stories are stored that fit." if between or after else "No stories are stored yet.", err=True)


@stories.command("show")
@click.argument("story_id", metavar="STORY")
@config_option
@database_option
@json_option
@tells_errors
def show(*, story_id: str, config_folder: Path | None, database: str | None, as_json: bool) -> None:
    """Show a story and every report of it, with the ids that `split` takes."""
    with stored(database_of(config_folder, database)) as connection:
        story = _find(connection, story_id)
        reports = events_of_story(connection, story.id)
    if as_json:
        click.echo(json.dumps({**story_json(story), "reports": [_report(one) for one in reports]}, ensure_ascii=False))
        return
    click.echo(_line(story))
    for name, value in _facts(story):
        click.echo(f"  {name}: {value}")
    for one, line in zip(reports, event_lines(reports), strict=True):
        click.echo(f"  {one.stored.id[:_SHOWN_OF_ID]}  {line}")


@stories.command()
@click.argument("story_id", metavar="STORY")
@click.option("--reason", default="", help="Why; those who were told read it.")
@config_option
@database_option
@tells_errors
def retract(*, story_id: str, reason: str, config_folder: Path | None, database: str | None) -> None:
    """Take a story back. Whoever was told gets a correction; further reports of it tell nobody."""
    with _desk(config_folder, database) as desk:
        told = putting_right.retract(
            desk.connection, _find(desk.connection, story_id), reason, desk.channels, utc_now()
        )
    click.echo(f"Taken back; {_corrections(told)}")


@stories.command()
@click.argument("story_id", metavar="STORY")
@click.option("--type", "type_id", metavar="TYPE", help="What it was, such as diplomat.expelled.")
@click.option("--source", metavar="CODE", help="Who did it; ? where that is unknown.")
@click.option("--target", metavar="CODE", help="To whom; ? where that is unknown.")
@click.option("--object", "object_", metavar="NAME", help="What it was about: a ship, a person, a place.")
@click.option("--status", type=click.Choice([one.value for one in Status]), help="How it stands.")
@click.option("--severity", type=click.Choice([one.value for one in Severity]), help="How much it weighs.")
@config_option
@database_option
@tells_errors
def amend(
    *,
    story_id: str,
    type_id: str | None,
    source: str | None,
    target: str | None,
    object_: str | None,
    status: str | None,
    severity: str | None,
    config_folder: Path | None,
    database: str | None,
) -> None:
    """Say what a story should say. Whoever was told gets a correction; a story that was taken back stands again."""
    with _desk(config_folder, database) as desk:
        story = _find(desk.connection, story_id)
        sides = _side(source, story.source), _side(target, story.target)
        if sides == (None, None):
            raise click.UsageError("One side at least must be known.")
        if type_id is not None and type_id not in desk.taxonomy:
            raise click.BadParameter(f"'{type_id}' is no type of relation events.", param_hint="--type")
        amended = dataclasses.replace(
            story,
            type=type_id or story.type,
            source=sides[0],
            target=sides[1],
            relation=relation_of(*sides),
            object=object_ or story.object,
            status=Status(status) if status else story.status,
        )
        if type_id is not None:
            amended = with_type_severity(amended, desk.taxonomy[type_id].severity)
        if severity is not None:
            amended = set_by_hand(amended, Severity(severity))
        told = putting_right.amend(desk.connection, story, amended, desk.channels, utc_now())
    click.echo(f"Amended; {_corrections(told)}")


@stories.command()
@click.argument("story_id", metavar="STORY")
@click.argument("into_id", metavar="INTO")
@config_option
@database_option
@tells_errors
def merge(*, story_id: str, into_id: str, config_folder: Path | None, database: str | None) -> None:
    """Move the reports of STORY into INTO, since both tell of one event. Nobody is told of it."""
    with _desk(config_folder, database) as desk:
        story, into = _find(desk.connection, story_id), _find(desk.connection, into_id)
        if story.id == into.id:
            raise click.UsageError("Both are the same story.")
        try:
            merged = putting_right.merge(desk.connection, story, into, desk.gatherer, utc_now())
        except ValueError:
            raise click.UsageError(
                "Neither has a report any more: they were kept for as long as [retention] says."
            ) from None
    click.echo(_line(merged))


@stories.command()
@click.argument("story_id", metavar="STORY")
@click.argument("report_ids", metavar="REPORT...", nargs=-1, required=True)
@config_option
@database_option
@tells_errors
def split(*, story_id: str, report_ids: tuple[str, ...], config_folder: Path | None, database: str | None) -> None:
    """Take reports out of STORY into a story of their own. `relmon stories show` names them. Nobody is told of it."""
    with _desk(config_folder, database) as desk:
        story = _find(desk.connection, story_id)
        chosen = {_find_report(desk.connection, story, one) for one in report_ids}
        try:
            own = putting_right.split(desk.connection, story, chosen, desk.gatherer, utc_now())
        except ValueError:
            raise click.UsageError("Each of the two stories needs a report that is no mention.") from None
    click.echo(_line(own))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What putting right takes: a writing transaction, the channels to tell, and how stories are gathered."""

    connection: Connection
    channels: dict[str, Channel]
    gatherer: Gatherer
    taxonomy: Taxonomy


@contextmanager
def _desk(config_folder: Path | None, database: str | None) -> Iterator[_Desk]:
    overrides = {} if database is None else {"database.url": database}
    loaded = load_or_exit(config_folder, overrides=overrides)
    require_channels(loaded, loaded.channels)
    outside = ways(loaded, HttpClient(AddressPolicy(), USER_AGENT))  # renders only, and is never opened
    with opened(loaded.settings.database.url) as storage, storage.write() as connection:
        yield _Desk(
            connection=connection,
            channels={spec.id: build(spec, outside) for spec in loaded.channels},
            gatherer=gatherer_of(loaded),
            taxonomy=loaded.taxonomy,
        )


def _find(connection: Connection, story_id: str) -> Story:
    found = stories_with_id(connection, story_id) if len(story_id) >= _SHORTEST_PREFIX else ()
    if len(found) != 1:
        reason = "fits several stories; write more of it" if found else "is the id of no story"
        click.echo(f"relmon: {story_id} {reason}. `relmon stories list` shows them.", err=True)
        sys.exit(1)
    return found[0]


def _find_report(connection: Connection, story: Story, report_id: str) -> str:
    ids = [one.stored.id for one in events_of_story(connection, story.id) if one.stored.id.startswith(report_id)]
    if len(ids) != 1:
        reason = "fits several reports; write more of it" if ids else "is the id of no report of this story"
        click.echo(f"relmon: {report_id} {reason}. `relmon stories show {story.id}` names them.", err=True)
        sys.exit(1)
    return ids[0]


def _pair(between: str) -> tuple[str, str]:
    codes = [code.strip().upper() for code in between.split(",")]
    match codes:
        case [one, other] if one and other:
            return one, other
        case _:
            raise click.BadParameter("write two codes with a comma, such as USA,VEN.", param_hint="--between")


def _side(given: str | None, known: str | None) -> str | None:
    if given is None:
        return known
    return None if given == "?" else given.upper()


def _corrections(told: int) -> str:
    if not told:
        return "nobody was told of it."
    return f"a correction goes to {told} {'channel' if told == 1 else 'channels'} as soon as a daemon runs."


def _line(story: Story) -> str:
    sides = f"{story.source or '?'} → {story.target or '?'}"
    voices = f"{len(story.publishers)} {'publisher' if len(story.publishers) == 1 else 'publishers'}"
    mark = "RETRACTED  " if story.retracted_at else "SAMPLE  " if story.sample else ""
    return (
        f"{story.id[:_SHOWN_OF_ID]}  {local(story.last_report_at)}  {sides:<11}  {mark}{label(story.type)} "
        f"({story.status}), {voices}: {printable(story.headline)}"
    )


def _facts(story: Story) -> Sequence[tuple[str, str]]:
    facts = (
        ("id", story.id),
        ("severity", story.severity_explained),
        ("about", printable(story.object) if story.object else ""),
        ("date", str(story.date) if story.date else ""),
        ("official", "one of the states concerned says it itself" if story.official else ""),
        ("first reported", local(story.opened_at)),
        ("publishers", printable(", ".join(sorted(story.publishers)))),
        ("has been", ", ".join(sorted(story.reached))),
        ("taken back", local(story.retracted_at) if story.retracted_at else ""),
        ("merged into", story.merged_into or ""),
    )
    return [(name, value) for name, value in facts if value]


def _report(one: ArchivedEvent) -> dict[str, object]:
    item, event = one.stored.item, one.stored.event
    return {
        "id": one.stored.id,
        "type": event.type,
        "status": event.status.value,
        "mention": event.mention,
        "outlet": item.outlet,
        "title": item.title,
        "link": item.link,
        "published_at": item.published_at.isoformat(),
    }
