"""A page as tests read it: its elements with their attributes and text, instead of its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
"""Elements without an end."""


@dataclass(slots=True)
class Element:
    """An element. `text` is what it and all within it say, with single spaces."""

    tag: str
    attributes: Mapping[str, str | None]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    @property
    def classes(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())


class Markup(HTMLParser):
    """The elements of a page, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"<{self._open[-1].tag}> is not closed"

    def all(self, tag: str, *classes: str, **attributes: str) -> list[Element]:
        """The elements with this tag, these classes and these attributes (aria_label is aria-label)."""
        return list(self._matching(tag, classes, attributes))

    def one(self, tag: str, *classes: str, **attributes: str) -> Element:
        (found,) = self.all(tag, *classes, **attributes)
        return found

    def links(self) -> dict[str, str]:
        """The text of each link by where it leads; a name for those who listen comes before the text."""
        found = (one for one in self.elements if one.tag == "a" and one.attributes.get("href"))
        return {str(one.attributes["href"]): one.attributes.get("aria-label") or one.text for one in found}

    def _matching(self, tag: str, classes: tuple[str, ...], attributes: Mapping[str, str]) -> Iterator[Element]:
        for element in self.elements:
            wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
            if element.tag == tag and element.classes >= set(classes) and wanted.items() <= element.attributes.items():
                yield element

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        opened = self._open.pop()
        assert opened.tag == tag, f"<{opened.tag}> ends with </{tag}>"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)
