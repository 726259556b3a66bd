"""The words of the pages, in each language: a folder for a language, a file for a page.

What alerts say (sentences, actors' names, severities, dates) is said by delivery's phrasebook here, too; these are the
headings and labels around it. Read once, when the web server starts.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of one language, by "file.key" or "file.section.key"."""

    language: str
    texts: Mapping[str, str] = field(repr=False)

    def say(self, key: str, **parts: object) -> str:
        """The text under a key, filled in. What is filled in is never read as a text itself."""
        return self.texts[key].format(**parts)

    def count(self, key: str, number: int, **parts: object) -> str:
        """The text for that many: "key.one" for 1, "key.other" for all else; {count} is the number."""
        form = "one" if number == 1 else "other"
        return self.say(f"{key}.{form}", count=number, **parts)

    def has(self, key: str) -> bool:
        """Whether there is such a text: types of an operator's own have none."""
        return key in self.texts


def read_texts() -> dict[str, Texts]:
    """All languages, by their ISO 639-1 code."""
    folders = (one for one in files(__package__).iterdir() if one.is_dir() and not one.name.startswith("_"))
    return {folder.name: Texts(language=folder.name, texts=dict(_texts_of(folder))) for folder in folders}


def _texts_of(folder: Traversable) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            _flatten(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")), found)
    return found


def _flatten(prefix: str, table: Mapping[str, Any], found: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(f"{prefix}.{key}", value, found)
        else:
            found[f"{prefix}.{key}"] = value
