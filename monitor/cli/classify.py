"""`relmon classify`: who did what to whom, in one text or in a stream of JSON lines.

Needs no database and no configuration; reads the shipped types, patterns and names alone, so that its answers are the
same on every machine.
"""

import json
import sys
from collections.abc import Iterator

import click

from monitor.classify.compile import compile_classifier
from monitor.classify.explain import explain
from monitor.classify.matcher import Classifier
from monitor.cli.passages import day_of, passages
from monitor.cli.telling import tells_errors
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Passage, RelationEvent
from monitor.domain.explanation import Explained
from monitor.domain.shapes import event_json
from monitor.settings.documents import read_documents


@click.command()
@click.argument("text", nargs=-1)
@click.option("--jsonl", "lines", is_flag=True, help="Read JSON lines from standard input, and write one for each.")
@click.option("--lang", "language", metavar="CODE", help="The text's language (en ...); recognised where left out.")
@click.option("--published", metavar="DATE", help="When the text was published, as 2026-01-31.")
@click.option("--explain", "why", is_flag=True, help="Say why: the words behind each event, or what came nearest.")
@click.option("--home", metavar="CODE", help='The state whose "Government" a text means where it names none.')
@tells_errors
def classify(
    text: tuple[str, ...], *, lines: bool, language: str | None, published: str | None, home: str | None, why: bool
) -> None:
    """Read relation events out of TEXT: a headline, or an article with its title in the first line.

    With --jsonl each line of standard input is an object {"id", "text", "lang", "published", "actors", "home"}, all but
    the first two optional; "actors" is a list of {"name", "code"}. Each answer is {"id", "events": [...]}, in order.
    """
    if lines == bool(text):
        raise click.UsageError("Give either a TEXT or --jsonl.")
    if lines and why:
        raise click.UsageError("--explain is for people and takes a TEXT; --jsonl answers with the evidence alone.")
    classifier = _classifier()
    if lines:
        _stream(classifier)
        return
    passage = Passage(
        text=" ".join(text),
        language=language,
        published_on=day_of(published, "--published"),
        home=home and home.upper(),
    )
    if why:
        for explained in explain(classifier, passage):
            click.echo("\n".join(_explanation(explained)))
        return
    events = classifier.classify(passage)
    for event in events:
        click.echo(_sentence(event))
    if not events:
        click.echo("No relation event.")


def _classifier() -> Classifier:
    documents, findings = read_documents()
    if findings:
        raise ConfigurationError(findings)
    return compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=documents.patterns, actors=documents.actors
    )


def _stream(classifier: Classifier) -> None:
    """One answer for each line, in order and at once; a line that can't be read ends the run and is named."""
    for identity, passage in passages(sys.stdin, "standard input", needed=("id", "text")):
        events = [event_json(event) for event in classifier.classify(passage)]
        sys.stdout.write(json.dumps({"id": identity, "events": events}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _explanation(explained: Explained) -> Iterator[str]:
    """What is known of one sentence, as lines."""
    yield explained.sentence.strip()
    if explained.actors:
        yield f"  actors   {'; '.join(explained.actors)}"
    for event in explained.events:
        yield f"  event    {_sentence(event)}"
        sides = [f"{role} {side.name!r}" for role, side in (("source", event.source), ("target", event.target)) if side]
        yield f"           {', '.join(sides)}" + (f", object {event.object!r}" if event.object else "")
    if explained.events and explained.status_signs:
        yield f"  status   from {', '.join(repr(sign) for sign in explained.status_signs)}"
    for miss in explained.near:
        yield f"  nearly   {miss.type} ({miss.pattern}) lacks {miss.lacks}"
    if explained.silence:
        yield f"  silent   {explained.silence}"


def _sentence(event: RelationEvent) -> str:
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    notes = [event.status, f"confidence {event.confidence:.2f}", *(["a mention"] if event.mention else [])]
    return f"{source} {event.type} {target}  ({', '.join(notes)}; pattern {event.evidence.pattern})"
