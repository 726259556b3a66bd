"""`relmon feeds fix`: what could be put right about the feeds, and, when asked, putting it right in the files."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import assert_never
from urllib.parse import urljoin

import click

from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.feeds.own import FeedId, chosen, configuration, count, own_configuration, shown, write_changes
from monitor.cli.feeds.scouting import allow_option, scouting
from monitor.cli.reading import configuration_of, remembered_feeds
from monitor.cli.wiring import utc_now
from monitor.delivery.wording import printable
from monitor.domain.feeds import FeedSource, FeedState, FetchFailed, FetchFailure
from monitor.feeds.proposals import Look, Move, Proposal, Rest, propose, to_address
from monitor.settings.edit import FeedChange, Value
from monitor.settings.files import Loaded
from monitor.worker.scout import Scout, SeenFeed

_LOOKS_AT_ONCE = 8
_NO_MORE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# What another address can mend; a server that is down or slow comes back at the old one.
_WORTH_A_LOOK = frozenset({FetchFailure.NOT_A_FEED, FetchFailure.STATUS, FetchFailure.REDIRECTS, FetchFailure.GONE})


@click.command(short_help="Propose what to do about feeds in trouble, and do it.")
@click.argument("ids", metavar="[ID...]", nargs=-1, type=FeedId())
@click.option("--write", is_flag=True, help="Write the proposals into the files where the feeds stand.")
@click.option(
    "--search", is_flag=True, help="Ask failing feeds again, and look for a feed behind the page that answers."
)
@allow_option
@config_option
@database_option
@json_option
@tells_errors
def fix(
    *,
    ids: tuple[str, ...],
    write: bool,
    search: bool,
    allow: tuple[str, ...],
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Propose what to do about feeds that have moved, have ended, or stand there twice; all of them, or those named.

    Rests on what the daemon has met; --search looks anew. --write writes: comments and order stay, and what brings
    nothing is paused rather than removed. Exit code 1 where proposals are left to be written.
    """
    url = configuration_of(config_folder, database).settings.database.url
    loaded = own_configuration(config_folder) if write else configuration(config_folder)
    wanted = {feed.id for feed in chosen(loaded, ids)} if ids else {feed.id for feed in loaded.feeds}
    states = {state.feed_id: state for state in remembered_feeds(url)}
    # They come in the order of the files: of two feeds at one address the first stays.
    proposals = propose(loaded.feeds, states, utc_now())
    if search:
        failing = [feed for feed in loaded.feeds if feed.id in wanted and _is_worth_a_look(states.get(feed.id))]
        found = {proposal.feed_id: proposal for proposal in asyncio.run(_search(failing, loaded, allow))}
        proposals = (*(one for one in proposals if one.feed_id not in found), *found.values())
    mine = [proposal for proposal in proposals if proposal.feed_id in wanted]
    to_write = [proposal for proposal in mine if not isinstance(proposal, Look)]
    written = write_changes([_change(proposal, loaded) for proposal in to_write]) if write else ()
    if as_json:
        click.echo(json.dumps(_report(mine, written), ensure_ascii=False, indent=2))
    else:
        for line in (*_lines(mine, loaded), _summary(to_write, written)):
            click.echo(line)
    sys.exit(1 if to_write and not write else 0)


def _is_worth_a_look(state: FeedState | None) -> bool:
    return state is not None and state.failures > 0 and state.failure in _WORTH_A_LOOK


async def _search(failing: Sequence[FeedSource], loaded: Loaded, allow: Sequence[str]) -> tuple[Proposal, ...]:
    """What a new look at failing feeds brings, where it brings anything."""
    turns = asyncio.Semaphore(_LOOKS_AT_ONCE)

    async def look(scout: Scout, feed: FeedSource) -> Proposal | None:
        async with turns:
            seen = await scout.find(feed)
            place = "the page that stands there now offers"
            if isinstance(seen, FetchFailed) and seen.status in _NO_MORE:
                front = replace(feed, url=urljoin(feed.url, "/"), headers=())
                place = f"it {seen.detail}; the front page of its site offers"
                seen = await scout.find(front)
        if not isinstance(seen, SeenFeed) or seen.page is None:
            return None
        why = f"fails: {place} the feed {seen.source.url} ({printable(seen.parsed.title or 'without a title')})"
        return to_address(feed, seen.source.url, why=why)

    if not failing:
        return ()
    async with scouting(loaded, allow) as scout:
        found = await asyncio.gather(*(look(scout, feed) for feed in failing))
    return tuple(proposal for proposal in found if proposal is not None)


def _change(proposal: Move | Rest, loaded: Loaded) -> FeedChange:
    return FeedChange(entry=loaded.feed_entries[proposal.feed_id], values=_values(proposal))


def _values(proposal: Proposal) -> Mapping[str, Value | None]:
    match proposal:
        case Move():
            return {"url": proposal.url}
        case Rest():
            return {"paused": True, "paused_until": None}
        case Look():
            return {}
        case _:
            assert_never(proposal)


def _lines(proposals: Sequence[Proposal], loaded: Loaded) -> Iterator[str]:
    for proposal in proposals:
        entry = loaded.feed_entries[proposal.feed_id]
        place = entry.finding((), "")
        yield f"{place.file}:{place.line}: {proposal.feed_id} {printable(proposal.why)}"
        match proposal:
            case Move(url=url):
                yield f'    url = "{shown(url)}"    (now "{shown(str(entry.values["url"]))}")'
            case Rest():
                yield "    paused = true"
            case Look():
                pass
            case _:
                assert_never(proposal)


def _summary(to_write: Sequence[Proposal], written: Sequence[Path]) -> str:
    if not to_write:
        return "Nothing to write."
    if written:
        return f"{count(len(to_write), 'change')} written to {', '.join(map(str, written))}, which the daemon reads when it starts."
    return f"{count(len(to_write), 'proposal')}. `relmon feeds fix --write` writes them; with ids, those alone."


def _report(proposals: Sequence[Proposal], written: Sequence[Path]) -> dict[str, object]:
    return {
        "proposals": [
            {
                "id": proposal.feed_id,
                "kind": type(proposal).__name__.lower(),
                "why": proposal.why,
                "set": {
                    key: shown(value) if isinstance(value, str) else value for key, value in _values(proposal).items()
                },
            }
            for proposal in proposals
        ],
        "written": [str(path) for path in written],
    }
