"""Which phrase stands behind the name of a pattern that an event carries, such as "en/visit#2": for whoever mends patterns."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.classify.compile import language_of
from monitor.domain.documents import TomlDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What was written: the language and type of the pattern, and its phrases of this number.

    Several entries of one type share a name, so that there may be more phrases than one.
    """

    language: str
    type: str
    phrases: tuple[str, ...]


def origin_of(name: str, documents: Iterable[TomlDocument]) -> Origin | None:
    """Where a pattern comes from; None where no document holds it any more."""
    pattern_id, _, number = name.rpartition("#")
    if not number.isdecimal():
        return None
    place, language, kind, phrases = int(number) - 1, "", "", list[str]()
    for document in documents:
        for entry in document.data.get("pattern", ()):
            own = str(entry.get("id", f"{language_of(document)}/{entry.get('type')}"))
            if own == pattern_id and 0 <= place < len(entry.get("say", ())):
                language, kind = language_of(document), str(entry["type"])
                phrases.append(str(entry["say"][place]))
    return Origin(language=language, type=kind, phrases=tuple(dict.fromkeys(phrases))) if phrases else None
