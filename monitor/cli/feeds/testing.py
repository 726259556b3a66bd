"""`relmon feeds test`: what a feed would bring: what is polled, what is parsed, what is read in it, who would hear, and why not.

Nothing is stored and nothing is sent. The stages are those of a poll, one after the other: fetch, parse, identify,
classify, gather, route.
"""

import asyncio
import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.classify.compile import compile_classifier
from monitor.classify.explain import explain
from monitor.classify.matcher import Classifier
from monitor.cli.common import config_option, json_option, tells_errors
from monitor.cli.feeds.own import FeedId, all_feeds, configuration, count, rhythm, shown
from monitor.cli.feeds.scouting import address, allow_option, scouting, stranger
from monitor.cli.feeds.seen import feed_facts
from monitor.cli.listing import local
from monitor.cli.wiring import gatherer_of, utc_now
from monitor.delivery.sentences import label
from monitor.delivery.wording import printable
from monitor.domain.events import Passage, RelationEvent
from monitor.domain.feeds import FeedSource, FetchFailed, FetchFailure, NewsItem
from monitor.domain.memory import FeedHabits
from monitor.domain.routing import SilenceReason
from monitor.domain.shapes import event_json
from monitor.domain.stories import StoredEvent, Story
from monitor.feeds.identity import identify
from monitor.routing.watches import Routed, route
from monitor.settings.files import Loaded
from monitor.settings.units import format_duration
from monitor.stories.ids import event_id
from monitor.worker.classifying import passage_of
from monitor.worker.scout import SeenFeed

_OFFERS_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An entry as it would be read: its events, each with who would hear of it, or why there is none."""

    item: NewsItem
    events: tuple[tuple[RelationEvent, Routed], ...]
    silence: str | None


@click.command(short_help="Show what a feed would bring, and why not more.")
@click.argument("target", metavar="URL|ID", type=FeedId())
@click.option(
    "-n", "--entries", "most", type=click.IntRange(min=0), default=10, show_default=True, help="Entries to show."
)
@allow_option
@config_option
@json_option
@tells_errors
def test(*, target: str, most: int, allow: tuple[str, ...], config_folder: Path | None, as_json: bool) -> None:
    """Show what the feed at URL, or the configured one called ID, would bring, and why not more.

    It is fetched once and read as the daemon reads it, the latest entries first. Nothing is stored or sent. Exit code 1
    where it can't be used.
    """
    loaded = configuration(config_folder)
    source = _source(target, loaded)
    outcome = asyncio.run(_look(source, loaded, allow))
    if isinstance(outcome, FetchFailed):
        _tell_failure(source, outcome, as_json=as_json)
        sys.exit(1)
    now = utc_now()
    identified = identify(source, outcome.parsed, FeedHabits(), now)
    items = sorted((one.item for one in identified.sightings), key=lambda item: item.published_at, reverse=True)
    read = _read_all(items, source, loaded, now)
    if as_json:
        click.echo(json.dumps(_report(source, outcome, read[:most], entries=len(items)), ensure_ascii=False, indent=2))
        return
    for line in (*_feed_lines(source, outcome), *_entry_lines(read[:most]), *_rest_lines(read[most:], len(items))):
        click.echo(line)


def _source(target: str, loaded: Loaded) -> FeedSource:
    """The configured feed of this id, else one at this address."""
    for feed in all_feeds(loaded):
        if feed.id == target:
            return feed
    try:
        return stranger(address(target), loaded.settings.poll.every)
    except ValueError as error:
        raise click.BadParameter(f"{error}, or the id of a feed (`relmon feeds list`).", param_hint="URL|ID") from None


async def _look(source: FeedSource, loaded: Loaded, allow: Sequence[str]) -> SeenFeed | FetchFailed:
    if source.is_sample:
        return FetchFailed(
            reason=FetchFailure.REFUSED, detail="the sample newswire ships with the program, and is not fetched"
        )
    async with scouting(loaded, allow) as scout:
        return await scout.look(source)


def _read_all(items: Sequence[NewsItem], source: FeedSource, loaded: Loaded, now: dt.datetime) -> tuple[_Read, ...]:
    """Reads the items as one poll would whose feed is known already: the second report of an event is none to alert on."""
    documents = loaded.documents
    classifier = compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=documents.patterns, actors=documents.actors
    )
    gatherer = gatherer_of(loaded)
    standing: dict[str, Story] = {}
    told: dict[str, set[str]] = {}
    read: list[_Read] = []
    for item in reversed(items):
        passage = passage_of(source, item)
        events = []
        for event in classifier.classify(passage):
            kind = loaded.taxonomy[event.type]
            report = StoredEvent(id=event_id(item, event), item=item, event=event)
            change = gatherer.gather(report, tuple(standing.values()))
            heard = told.setdefault(change.story.id, set()) if change.story else set()
            routed = route(
                change,
                loaded.watches,
                kind,
                {name: str(entry.values.get("kind")) for name, entry in loaded.channel_entries.items()},
                now=now,
                max_age=loaded.settings.alerts.max_age,
                source=source,
                told=heard,
                baseline=False,
                edited=False,
            )
            heard.update(alert.channel_id for alert in routed.alerts)
            if change.story is not None:
                standing[change.story.id] = change.story
            events.append((event, routed))
        read.append(_Read(item=item, events=tuple(events), silence=None if events else _silence(classifier, passage)))
    return tuple(reversed(read))


def _silence(classifier: Classifier, passage: Passage) -> str:
    """Why nothing is read in a text: what comes nearest in its title, else what the title lacks."""
    title = next(explain(classifier, passage), None)
    if title is None:
        return "it has no text"
    if title.near:
        nearest = title.near[0]
        return f"nearly {label(nearest.type)}, but it lacks {nearest.lacks}"
    return title.silence or "no pattern fits"


def _feed_lines(source: FeedSource, seen: SeenFeed) -> Iterator[str]:
    yield f"{printable(seen.parsed.title or source.title)}: {shown(source.url)}"
    for fact in feed_facts(seen):
        yield f"    {fact}"
    yield f"    {_polling(source, seen)}"
    if source.article_text:
        yield "    the daemon reads the articles behind new entries, too; here are titles and summaries alone"


def _polling(source: FeedSource, seen: SeenFeed) -> str:
    """How often it is asked, and what each time costs."""
    validators = seen.body.validators
    asks = (
        "says in a few bytes when nothing is new" if validators.etag or validators.last_modified else "sends it whole"
    )
    promised = f", and promises no change for {format_duration(seen.body.fresh_for)}" if seen.body.fresh_for else ""
    return f"polled {rhythm(source)}; the server {asks}{promised}"


def _entry_lines(read: Sequence[_Read]) -> Iterator[str]:
    if read:
        yield "What is read in it, as if all of it were new (a feed's first poll only stores what stands there):"
    for one in read:
        yield f"{local(one.item.published_at)}  {printable(one.item.title)}"
        for event, routed in one.events:
            source, target = (side.code if side else "?" for side in (event.source, event.target))
            said = f"{label(event.type)} ({event.status.value}, {event.confidence:.0%})"
            yield f"    {source} → {target}: {said}"
            yield from (f"        {line}" for line in _hearing(routed))
        if one.silence:
            yield f"    no event: {one.silence}"


def _rest_lines(rest: Sequence[_Read], entries: int) -> Iterator[str]:
    if rest:
        events = sum(len(one.events) for one in rest)
        yield f"... and {count(len(rest), 'older entry')} with {count(events, 'event')}; --entries {entries} shows all."


def _hearing(routed: Routed) -> Iterator[str]:
    """Who is told, and for what reasons the others are not."""
    for alert in routed.alerts:
        yield f"alerts {', '.join(alert.watches)} on {alert.channel_id}"
    reasons: dict[SilenceReason, list[str]] = {}
    for silence in routed.silences:
        reasons.setdefault(silence.reason, []).append(silence.watch_id or "anybody")
    for reason, watches in reasons.items():
        yield f"not for {', '.join(watches)}: {reason.value}"
    if not routed.alerts and not reasons:
        yield "no watch is configured"


def _tell_failure(source: FeedSource, failed: FetchFailed, *, as_json: bool) -> None:
    if as_json:
        offers = [{"url": offer.url, "title": offer.title} for offer in failed.offers]
        report = {"url": shown(source.url), "usable": False, "reason": failed.reason.value, "error": failed.detail}
        click.echo(json.dumps({**report, "offers": offers}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{shown(source.url)}: {failed.detail}", err=True)
    for offer in failed.offers[:_OFFERS_SHOWN]:
        click.echo(
            f"    relmon feeds test {offer.url}" + (f"    # {printable(offer.title)}" if offer.title else ""), err=True
        )


def _report(source: FeedSource, seen: SeenFeed, read: Sequence[_Read], *, entries: int) -> dict[str, object]:
    return {
        "url": shown(source.url),
        "usable": True,
        "found_at": shown(seen.body.url),
        "moved_to": seen.body.moved_to and shown(seen.body.moved_to),
        "title": seen.parsed.title,
        "language": seen.parsed.language,
        "problems": seen.parsed.problems,
        "every_seconds": source.poll_every.total_seconds(),
        "entries": entries,
        "read": [_entry_row(one) for one in read],
    }


def _entry_row(one: _Read) -> dict[str, object]:
    return {
        "title": one.item.title,
        "link": one.item.link,
        "published_at": one.item.published_at.isoformat(),
        "outlet": one.item.outlet,
        "events": [
            {
                **event_json(event),
                "alerts": [{"channel": alert.channel_id, "watches": alert.watches} for alert in routed.alerts],
                "silences": [
                    {"watch": silence.watch_id, "reason": silence.reason.value} for silence in routed.silences
                ],
            }
            for event, routed in one.events
        ],
        "no_event": one.silence,
    }
