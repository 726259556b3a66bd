"""`relmon check`: every mistake at once, with file and line, before anything starts."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from monitor.classify.compile import compile_classifier, examples
from monitor.cli.common import config_option, json_option, locate, tells_errors
from monitor.cli.heart import heart_findings
from monitor.cli.pages import page_findings
from monitor.cli.shapes import finding_json
from monitor.delivery.channel import check_spec, template_problems
from monitor.delivery.phrasebook import compile_phrasebooks
from monitor.domain.documents import Finding, FindingLevel, TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.feeds.page_text import EXTRA, can_extract
from monitor.settings.files import Loaded, examine


@click.command()
@config_option
@json_option
@tells_errors
def check(config_folder: Path | None, *, as_json: bool) -> None:
    """Find every mistake in the configuration, with file and line.

    Exit code 1 where there is an error; warnings leave it at 0.
    """
    loaded = examine(locate(config_folder), overrides={}, environ=os.environ)
    findings = (*loaded.findings, *_findings_of_rooms(loaded))
    errors = sum(finding.level is FindingLevel.ERROR for finding in findings)
    if as_json:
        click.echo(json.dumps(_report(loaded, findings, errors), ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(_summary(loaded, errors, len(findings) - errors))
    sys.exit(1 if errors else 0)


def _findings_of_rooms(loaded: Loaded) -> Iterator[Finding]:
    """What the other rooms know about their part of the configuration; each room adds its own findings here."""
    yield from _channel_findings(loaded)
    yield from heart_findings(loaded)
    yield from page_findings(loaded)
    yield from compile_phrasebooks(loaded.messages, loaded.documents.actors, loaded.taxonomy).findings
    yield from _article_findings(loaded)
    yield from _classifier_findings(loaded)


def _channel_findings(loaded: Loaded) -> Iterator[Finding]:
    for spec in loaded.channels:
        entry = loaded.channel_entries[spec.id]
        for option, sentence in check_spec(spec):
            yield entry.finding((option,) if option else (), f'channel "{spec.id}": {sentence}')
        yield from template_problems(spec)


def _article_findings(loaded: Loaded) -> Iterator[Finding]:
    asking = [feed.id for feed in (*loaded.feeds, *loaded.paused) if feed.article_text]
    if asking and not can_extract():
        others = f" (and {len(asking) - 1} more)" if len(asking) > 1 else ""
        yield loaded.feed_entries[asking[0]].finding(
            ("article_text",),
            f'feed "{asking[0]}"{others}: the package that reads articles is not installed, so titles and summaries are '
            f"all that is read; install it with: pip install 'relation-monitor[{EXTRA}]'",
            FindingLevel.WARNING,
        )


def _classifier_findings(loaded: Loaded) -> Iterator[Finding]:
    """What can't be compiled; and where all can, the patterns' own examples that don't come out as they say."""
    documents = loaded.documents
    try:
        classifier = compile_classifier(
            documents.taxonomy,
            languages=documents.languages,
            patterns=documents.patterns,
            actors=documents.actors,
        )
    except ConfigurationError as error:
        yield from error.findings
    else:
        own, shipped = _own_and_shipped(loaded)
        yield from examples(classifier, own)
        kept = [_without_examples_of(_ids(own), document) for document in shipped]
        for finding in examples(classifier, kept):
            yield _less_grave(finding) if _has_additions(loaded) else finding


def _own_and_shipped(loaded: Loaded) -> tuple[list[TomlDocument], list[TomlDocument]]:
    patterns = loaded.documents.patterns
    own = [document for document in patterns if _lies_in(document, loaded.location.folder / "patterns.d")]
    return own, [document for document in patterns if document not in own]


def _has_additions(loaded: Loaded) -> bool:
    """Whether an operator's own patterns or names may change how the shipped examples read."""
    own = [loaded.location.folder / name for name in ("patterns.d", "actors.d")]
    return any(
        _lies_in(document, folder)
        for folder in own
        for document in (*loaded.documents.patterns, *loaded.documents.actors)
    )


def _lies_in(document: TomlDocument, folder: Path) -> bool:
    return Path(document.file).is_relative_to(folder)


def _ids(documents: Iterable[TomlDocument]) -> frozenset[str]:
    """The ids that patterns of these files name: a shipped pattern with one of them is replaced."""
    return frozenset(
        entry["id"] for document in documents for entry in document.data.get("pattern", ()) if "id" in entry
    )


def _without_examples_of(replaced: frozenset[str], document: TomlDocument) -> TomlDocument:
    """The file with the examples that still are to hold; every pattern keeps its place, for the findings."""
    language = Path(document.file).parent.name
    entries = [
        {**entry, "yes": (), "no": ()} if entry.get("id", f"{language}/{entry['type']}") in replaced else entry
        for entry in document.data.get("pattern", ())
    ]
    return replace(document, data={**document.data, "pattern": entries})


def _less_grave(finding: Finding) -> Finding:
    """A shipped example that an operator's additions change may be just what they are for."""
    return replace(finding, level=FindingLevel.WARNING, message=f"with your own additions: {finding.message}")


def _summary(loaded: Loaded, errors: int, warnings: int) -> str:
    place = f"{loaded.location.folder} ({loaded.location.chosen_by})"
    if errors or warnings:
        counts = (_count(errors, "error"), _count(warnings, "warning"))
        return f"{' and '.join(filter(None, counts))} in {place}"
    paused = f" ({len(loaded.paused)} more paused)" if loaded.paused else ""
    holds = (
        _count(len(loaded.feeds), "feed") + paused,
        _count(len(loaded.watches), "watch", "watches"),
        _count(len(loaded.channels), "channel"),
        _count(len(loaded.taxonomy.types), "relation type"),
    )
    return f"No mistakes in {place}: {', '.join(filter(None, holds))}."


def _count(number: int, noun: str, several: str | None = None) -> str:
    """`1 feed`, `3 feeds`, or nothing for none."""
    return f"{number} {noun if number == 1 else several or noun + 's'}" if number else ""


def _report(loaded: Loaded, findings: tuple[Finding, ...], errors: int) -> dict[str, object]:
    return {
        "folder": str(loaded.location.folder),
        "chosen_by": loaded.location.chosen_by,
        "ok": errors == 0,
        "findings": [finding_json(finding) for finding in findings],
    }
