"""The documents that the classifier compiles: shipped types, patterns, actors, words and publishers, then the operator's own.

Only reads and parses them; what they mean is known in classify. Without pydantic, since `relmon classify` starts here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.publishers import Publisher
from monitor.domain.taxonomy import Taxonomy
from monitor.settings.forms import actor_findings, pattern_findings
from monitor.settings.publishers import read_publishers
from monitor.settings.starter import starter_folder
from monitor.settings.taxonomy import read_taxonomy
from monitor.settings.toml import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What the classifier is compiled from; within each kind the shipped documents come first, by path."""

    taxonomy: Taxonomy
    patterns: tuple[TomlDocument, ...]
    """A pattern's language is the name of its folder: `Path(document.file).parent.name`."""
    actors: tuple[TomlDocument, ...]
    languages: tuple[TomlDocument, ...]
    """`Path(document.file).parent.name` is the language here, too."""
    publishers: tuple[Publisher, ...] = ()

    @property
    def actor_codes(self) -> frozenset[str]:
        """All actors that a watch can name: the tables of the actors' documents, whose names are codes."""
        return frozenset(
            code
            for document in self.actors
            for code, table in document.data.items()
            if isinstance(table, dict) and code.isupper()
        )


def read_documents(folder: Path | None = None, *, starter: Path | None = None) -> tuple[Documents, tuple[Finding, ...]]:
    """The shipped documents and, where `folder` is an operator's, its own.

    Its own lie in types.d, patterns.d, actors.d and publishers.d.

    `starter` is where the shipped ones lie, if not where this installation keeps them.
    """
    starter = starter or starter_folder()
    findings: list[Finding] = []
    types = read_toml(starter / "relation-types.toml")
    taxonomy = Taxonomy({})
    if isinstance(types, Finding):
        findings.append(types)
    else:
        own = tuple(_below(folder and folder / "types.d", findings))
        taxonomy, type_findings = read_taxonomy(types, own)
        findings += type_findings
    publishers, publisher_findings = read_publishers(tuple(_publisher_documents(folder, starter, findings)))
    findings += publisher_findings
    documents = Documents(
        taxonomy=taxonomy,
        patterns=(
            *_below(starter / "patterns", findings),
            *_well_formed(_below(folder and folder / "patterns.d", findings), pattern_findings, findings),
        ),
        actors=(
            *_below(starter / "actors", findings),
            *_well_formed(_below(folder and folder / "actors.d", findings), actor_findings, findings),
        ),
        languages=tuple(_below(starter / "languages", findings)),
        publishers=publishers,
    )
    return documents, tuple(findings)


def read_messages(*, starter: Path | None = None) -> tuple[tuple[TomlDocument, ...], tuple[Finding, ...]]:
    """The texts of alerts, a document for each language: `Path(document.file).stem` is its code.

    Apart from the other documents, since classifying needs none of them.
    """
    findings: list[Finding] = []
    return tuple(_below((starter or starter_folder()) / "messages", findings)), tuple(findings)


def _publisher_documents(folder: Path | None, starter: Path, findings: list[Finding]) -> Iterator[TomlDocument]:
    shipped = read_toml(starter / "publishers.toml")
    if isinstance(shipped, Finding):
        findings.append(shipped)
    else:
        yield shipped
    yield from _below(folder and folder / "publishers.d", findings)


def _below(folder: Path | None, findings: list[Finding]) -> Iterator[TomlDocument]:
    """The documents of a folder by path; none where there is no folder. What can't be read or parsed is a finding."""
    for path in sorted(folder.rglob("*.toml")) if folder else ():
        document = read_toml(path)
        if isinstance(document, Finding):
            findings.append(document)
        else:
            yield document


def _well_formed(
    documents: Iterable[TomlDocument], faults: Callable[[TomlDocument], Iterable[Finding]], findings: list[Finding]
) -> Iterator[TomlDocument]:
    """The documents that can be compiled as far as their form goes; what is wrong with the others is a finding."""
    for document in documents:
        wrong = tuple(faults(document))
        findings += wrong
        if not wrong:
            yield document
