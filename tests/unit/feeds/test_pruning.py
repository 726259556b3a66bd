import pytest
from hypothesis import given, strategies

from monitor.domain.feeds import FeedEntry
from monitor.feeds.parse import _entry, _read
from monitor.feeds.pruning import pruned

HEAD = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">'
)


def document(*elements: str) -> bytes:
    return f"{HEAD}<channel><title>Desk</title><item>{''.join(elements)}</item></channel></rss>".encode()


def entries(content: bytes) -> list[FeedEntry | None]:
    found = _read(content, "application/xml; charset=utf-8")
    assert found is not None
    assert "bozo_exception" not in found
    return [_entry(entry, "https://desk.example/f") for entry in found["entries"]]


@pytest.mark.parametrize(
    "element",
    [
        "<category>World</category>",
        '<category domain="x" term="y"/>',
        "<dc:creator><![CDATA[A & B]]></dc:creator>",
        '<media:content url="https://x.example/a.jpg" medium="image" />',
        '<media:thumbnail url="a.jpg"></media:thumbnail >',
        "<slash:comments>\n7\n</slash:comments>",
        "<author></author>",
    ],
)
def test_an_element_that_nobody_reads_when_pruned_then_it_is_gone(element: str) -> None:
    assert pruned(document("<title>a</title>", element, "<link>b</link>")) == document(
        "<title>a</title>", "<link>b</link>"
    )


@pytest.mark.parametrize(
    "element",
    [
        "<title>category</title>",
        "<media:title>a</media:title>",
        "<itunes:summary>a</itunes:summary>",
        "<author><name>a</name></author>",
        "<media:content url='x'><media:description>a</media:description></media:content>",
        "<categories>a</categories>",
        "<description>&lt;category&gt;a&lt;/category&gt;</description>",
    ],
)
def test_any_other_element_when_pruned_then_it_stays(element: str) -> None:
    assert pruned(document(element)) == document(element)


ELEMENTS = strategies.lists(
    strategies.sampled_from(
        ["<title>Fiji &amp; Samoa</title>", "<link>/a</link>", "<guid>urn:a</guid>", "<description>x</description>",
         "<category>World</category>", "<category/>", "<dc:creator>A</dc:creator>", "<dc:date>2026-01-31T08:00:00Z</dc:date>",
         "<media:content url='a'/>", "<media:content url='a'><media:credit>B</media:credit></media:content>",
         "<media:title>M</media:title>", "<media:description>D</media:description>", "<media:thumbnail url='t'/>",
         "<itunes:author>I</itunes:author>", "<itunes:summary>S</itunes:summary>", "<slash:comments>7</slash:comments>",
         "<author>a@b.example (C)</author>", "<source url='x'>Wire</source>", "<comments>https://x.example/c</comments>",
         "<pubDate>Sat, 31 Jan 2026 08:00:00 GMT</pubDate>", "<description><![CDATA[<p>x</p>]]></description>",
         "<image><url>u</url></image>", "<media:group><media:content url='g'/><media:title>G</media:title></media:group>"]
    ),
    max_size=8,
)  # fmt: skip


@given(ELEMENTS)
def test_any_entry_when_its_document_is_pruned_then_what_is_read_of_it_stays_the_same(elements: list[str]) -> None:
    content = document(*elements)
    assert entries(pruned(content)) == entries(content)
