"""`relmon patterns test FILE`: what a pattern file of one's own would change, before it is installed."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import track

from monitor.classify.compile import compile_classifier, examples
from monitor.classify.matcher import Classifier
from monitor.cli.common import config_option, database_option, documents_of, json_option, tells_errors
from monitor.cli.passages import passages
from monitor.cli.reading import configuration_of, opened
from monitor.cli.shapes import finding_json
from monitor.cli.trial import Change, Trial, compare
from monitor.delivery.wording import printable
from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.errors import ConfigurationError, DatabaseError
from monitor.domain.events import Passage
from monitor.domain.feeds import NewsItem
from monitor.domain.shapes import event_json
from monitor.settings.documents import Documents
from monitor.settings.forms import pattern_findings
from monitor.settings.toml import read_toml
from monitor.storage.engine import Database
from monitor.storage.items import recent_items
from monitor.storage.overview import overview

# Items are read in pages of so many, each in a short transaction: classifying them must not keep one open.
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What came out of a file: its mistakes or failing examples, and what it changes where it could be compiled."""

    file: Path
    examples: int = 0
    findings: tuple[Finding, ...] = ()
    trial: Trial | None = None


@click.group()
def patterns() -> None:
    """Try patterns of your own."""


@patterns.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--against",
    metavar="JSONL",
    type=click.File(encoding="utf-8"),
    help='Texts to try it on, one {"text", "lang", "published"} a line; - is standard input. Else the stored items.',
)
@config_option
@database_option
@json_option
@tells_errors
def test(
    file: Path, *, against: TextIO | None, config_folder: Path | None, database: str | None, as_json: bool
) -> None:
    """Run the examples of the pattern FILE, and list the events that would be gained and lost with it.

    FILE is compared with the shipped patterns and those of your configuration, FILE itself left out there. Its language is
    its `language` key, or else the name of its folder. Exit code 1 where it can't be compiled or an example fails.
    """
    if against is not None and database is not None:
        raise click.UsageError("Give either --against or --database.")
    _, documents, findings = documents_of(config_folder)
    others = tuple(finding for finding in findings if not _is_same(finding.file, file))
    if others:
        raise ConfigurationError(others)
    given = None if against is None else _given(against)
    rest = tuple(document for document in documents.patterns if not _is_same(document.file, file))
    with_file, tried = _compiled(file, documents, rest)
    if not as_json:
        for line in _example_lines(tried):
            click.echo(line)
    if with_file is not None:
        without = _compile(documents, rest)
        trial = (
            _compare_stored(without, with_file, config_folder, database)
            if given is None
            else _compare(without, with_file, given)
        )
        tried = replace(tried, trial=trial)
    if as_json:
        click.echo(json.dumps(_report(tried), ensure_ascii=False, indent=2))
    elif tried.trial is not None:
        for line in _trial_lines(tried.trial):
            click.echo(line)
    sys.exit(1 if tried.findings else 0)


def _is_same(named: str, file: Path) -> bool:
    return Path(named).resolve() == file.resolve()


def _compiled(file: Path, documents: Documents, rest: tuple[TomlDocument, ...]) -> tuple[Classifier | None, _Tried]:
    """The classifier with the file, where it can be compiled, and what its examples say.

    Raises:
        ConfigurationError: something else than the file can't be compiled.
    """
    document = read_toml(file)
    if isinstance(document, Finding):
        return None, _Tried(file=file, findings=(document,))
    if misshapen := tuple(pattern_findings(document)):
        return None, _Tried(file=file, findings=misshapen)
    if not document.data.get("pattern"):
        message = "holds no pattern; begin each below a line [[pattern]]"
        return None, _Tried(file=file, findings=(document.finding((), message),))
    try:
        classifier = _compile(documents, (*rest, document))
    except ConfigurationError as error:
        if others := tuple(finding for finding in error.findings if not _is_same(finding.file, file)):
            raise ConfigurationError(others) from error
        return None, _Tried(file=file, findings=error.findings)
    failing = tuple(examples(classifier, (document,)))
    return classifier, _Tried(file=file, examples=_count_examples(document), findings=failing)


def _compile(documents: Documents, chosen: Sequence[TomlDocument]) -> Classifier:
    return compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=chosen, actors=documents.actors
    )


def _count_examples(document: TomlDocument) -> int:
    return sum(len(entry.get(kind, ())) for entry in document.data["pattern"] for kind in ("yes", "no"))


def _given(file: TextIO) -> list[tuple[Any, Passage]]:
    try:
        return list(passages(file, file.name, needed=("text",)))
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is not UTF-8 text: {error.reason}.") from error


def _compare_stored(
    without: Classifier, with_file: Classifier, config_folder: Path | None, flag: str | None
) -> Trial | None:
    """Compares over the stored items. Without any, that is only a mistake where a database was named."""
    loaded = configuration_of(config_folder, flag)
    homes = {feed.id: feed.home for feed in (*loaded.feeds, *loaded.paused)}
    try:
        with opened(loaded.settings.database.url) as database:
            with database.read() as connection:
                total = overview(connection).items
            return _compare(without, with_file, _stored(database, homes), total)
    except DatabaseError as error:
        if flag is not None:
            raise
        click.echo(f"There are no stored items to try it on. {error}\nName texts instead: --against FILE.", err=True)
        return None


def _stored(database: Database, homes: Mapping[str, str | None]) -> Iterator[tuple[str | None, Passage]]:
    """All stored items as the daemon reads them, the latest first."""
    last: NewsItem | None = None
    while True:
        with database.read() as connection:
            page = recent_items(connection, limit=_PAGE, behind=last)
        if not page:
            return
        for item in page:
            published_on, home = item.published_at.date(), homes.get(item.feed_id)
            yield item.link, Passage(text=item.text, language=item.language, published_on=published_on, home=home)
        last = page[-1]


def _compare(
    without: Classifier, with_file: Classifier, texts: Iterable[tuple[Any, Passage]], total: int | None = None
) -> Trial:
    """Compares, with a bar on a terminal."""
    shown = track(
        texts,
        description="Reading",
        total=total,
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    return compare(without, with_file, shown)


def _example_lines(tried: _Tried) -> Iterator[str]:
    yield from map(str, tried.findings)
    if tried.examples:
        failing = len(tried.findings)
        outcome = f"{failing} of them not as they say" if failing else "all as they say"
        yield f"{tried.file}: {_count(tried.examples, 'example')}, {outcome}."
    elif tried.findings:
        yield f"{tried.file} can't be used: {_count(len(tried.findings), 'mistake')}."
    else:
        yield f"{tried.file}: it holds no examples; say with `yes` and `no` what it is to find, and what not."


def _trial_lines(trial: Trial) -> Iterator[str]:
    for sign, changes in (("+", trial.gained), ("-", trial.lost)):
        for change in changes:
            yield f"{sign} {_change_line(change)}"
    yield (
        f"{_count(trial.texts, 'text')} read: {len(trial.gained):,} gained (+), {len(trial.lost):,} lost (-). "
        f"{_count(trial.without, 'event')} without the file, {trial.with_file:,} with it."
    )


def _change_line(change: Change) -> str:
    event = change.event
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    notes = ", ".join((event.status, *(["a mention"] if event.mention else []), event.evidence.pattern))
    return f"{source} {event.type} {target} ({notes}): {printable(event.evidence.sentence).strip()}"


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _report(tried: _Tried) -> dict[str, object]:
    trial = tried.trial or Trial()
    return {
        "file": str(tried.file),
        "ok": not tried.findings,
        "examples": tried.examples,
        "findings": [finding_json(finding) for finding in tried.findings],
        "texts": trial.texts,
        "events_without": trial.without,
        "events_with": trial.with_file,
        "gained": [_change_json(change) for change in trial.gained],
        "lost": [_change_json(change) for change in trial.lost],
    }


def _change_json(change: Change) -> dict[str, object]:
    return {"id": change.text_id, "text": change.headline, "event": event_json(change.event)}
