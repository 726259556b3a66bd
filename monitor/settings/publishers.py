"""publishers.toml and publishers.d: publishers of several names, agencies, and states that speak themselves.

A table of an operator's own takes the place of the shipped one with its id. Read without pydantic, as the types are.
Comes before stories/corroborate.py, which finds publishers in items.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.publishers import Publisher
from monitor.settings.spelling import did_you_mean

_KEYS = frozenset({"names", "agency", "official"})


def read_publishers(documents: Sequence[TomlDocument]) -> tuple[tuple[Publisher, ...], tuple[Finding, ...]]:
    """The publishers in the order of the documents; each with a mistake is left out and reported."""
    publishers: dict[str, Publisher] = {}
    findings: list[Finding] = []
    for document in documents:
        for publisher_id, table in document.data.items():
            problems = list(_problems(table))
            findings += [document.finding((publisher_id, key), f"{publisher_id}: {said}") for key, said in problems]
            if not problems:
                publishers[publisher_id] = Publisher(
                    id=publisher_id,
                    names=tuple(table["names"]),
                    agency=table.get("agency", False),
                    official=table.get("official"),
                )
    return tuple(publishers.values()), tuple(findings) + tuple(_given_twice(documents, publishers.values()))


def _problems(table: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with a table: the key and a sentence."""
    if not isinstance(table, dict):
        yield "", "must be a table"
        return
    for key in sorted(table.keys() - _KEYS):
        yield key, f'unknown key "{key}"{did_you_mean(key, _KEYS)}'
    names = table.get("names")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name.strip() for name in names):
        yield "names", '"names" must list the names of its outlets, each in quotes'
    if not isinstance(table.get("agency", False), bool):
        yield "agency", '"agency" must be true or false'
    official = table.get("official")
    if official is not None and not (isinstance(official, str) and official.isupper()):
        yield "official", '"official" must be the code of a state, such as "VEN"'


def _given_twice(documents: Sequence[TomlDocument], publishers: Iterable[Publisher]) -> Iterator[Finding]:
    """A name can stand for one publisher alone; which one would be meant is left to nobody's guess."""
    owners: dict[str, str] = {}
    for publisher in publishers:
        for name in publisher.names:
            owner = owners.setdefault(name.casefold(), publisher.id)
            if owner != publisher.id:
                document = next(one for one in reversed(documents) if publisher.id in one.data)
                message = f'{publisher.id}: the name "{name}" is that of {owner} already'
                yield document.finding((publisher.id, "names"), message)
