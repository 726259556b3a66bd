"""Reads a page as a person would: its headings, links, tables, facts and words, rather than its markup."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.unit.web.exhibits import Visitor

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_BLOCKS = frozenset({"br", "dd", "div", "dt", "h1", "h2", "h3", "li", "p", "td", "th", "tr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element with its attributes, and the words in it."""

    tag: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All text within, with single spaces."""
        return " ".join("".join(self._pieces()).split())

    def find(self, tag: str, **attributes: str) -> list["Element"]:
        """The elements within that have this tag and these attributes ("class_" is one of the classes), in order."""
        found: list[Element] = []
        for one in self.inside:
            if isinstance(one, Element):
                if one.tag == tag and one._fits(attributes):
                    found.append(one)
                found += one.find(tag, **attributes)
        return found

    def links(self) -> dict[str, str]:
        """Where each link leads, by its words."""
        return {one.words: one.attributes.get("href", "") for one in self.find("a")}

    def rows(self) -> list[list[str]]:
        """The words of each cell of each row, heads among them."""
        return [
            [cell.words for cell in row.inside if isinstance(cell, Element) and cell.tag in ("th", "td")]
            for row in self.find("tr")
        ]

    def facts(self) -> dict[str, str]:
        """What stands in its description lists, by name."""
        return {name.words: said.words for name, said in zip(self.find("dt"), self.find("dd"), strict=True)}

    def _fits(self, attributes: dict[str, str]) -> bool:
        classes = self.attributes.get("class", "").split()
        return all(
            value in classes if name == "class_" else self.attributes.get(name) == value
            for name, value in attributes.items()
        )

    def _pieces(self) -> list[str]:
        pieces: list[str] = []
        for one in self.inside:
            pieces += [one] if isinstance(one, str) else [*one._pieces(), " " if one.tag in _BLOCKS else ""]
        return pieces


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Element(tag="", attributes={})
        self._open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag=tag, attributes={name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag=tag, attributes={name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> where {self._open[-1].tag} is open"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def read(html: str) -> Element:
    """The whole page. An element that isn't closed, or not in order, fails the test."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader._open) == 1, f"{reader._open[-1].tag} is left open"
    return reader.top


def main_of(visitor: Visitor, path: str) -> Element:
    """What stands in the middle of a page that is there."""
    answer = visitor.get(path)
    assert answer.status == 200, answer.text
    (main,) = read(answer.text).find("main")
    return main
