from collections.abc import Sequence

import pytest
from hypothesis import assume, example, given, strategies

from monitor.domain.feeds import CacheValidators, FeedBody, FetchFailed, ParsedFeed
from monitor.feeds.parse import parse
from monitor.feeds.segments import joined, parted, segments_of


def body(content: bytes, content_type: str | None = "application/xml") -> FeedBody:
    return FeedBody(
        url="https://news.example/f.xml", content=content, content_type=content_type, validators=CacheValidators()
    )


def rss(*entries: str, head: str = "<title>World</title>", tail: str = "") -> bytes:
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{head}{"".join(entries)}</channel>{tail}</rss>'.encode()


def item(number: int, extra: str = "") -> str:
    return f"<item><guid>urn:{number}</guid><title>Entry {number}</title>{extra}</item>\n"


def read(content: bytes, seen: bytes = b"") -> ParsedFeed:
    found = parse(body(content), seen)
    assert isinstance(found, ParsedFeed), found
    return found


def titles(feed: ParsedFeed) -> list[str]:
    return [entry.title for entry in feed.entries]


def test_a_changed_document_when_read_then_only_what_is_new_in_it_is_parsed() -> None:
    before = read(rss(*(item(number) for number in range(6))))
    after = read(rss(item(9), *(item(number) for number in range(5)), head="<title>Later</title>"), before.segments)
    assert titles(after) == ["Entry 9"]
    assert (after.title, after.known) == ("Later", 5)
    again = read(rss(item(9), *(item(number) for number in range(5))), after.segments)
    assert (again.entries, again.known, again.segments) == ((), 6, after.segments)


def test_a_page_that_stands_where_the_feed_was_when_read_then_it_is_no_empty_feed() -> None:
    before = read(rss(item(1), item(2)))
    assert isinstance(parse(body(b"<html><body>Please sign in</body></html>"), before.segments), FetchFailed)
    assert read(rss(), before.segments).entries == ()


def test_an_edited_entry_when_read_then_it_is_parsed_again() -> None:
    before = read(rss(item(1), item(2), item(3)))
    after = read(rss(item(1), item(2, "<description>more</description>"), item(3)), before.segments)
    assert [(entry.guid, entry.summary) for entry in after.entries] == [("urn:2", "more")]


def test_a_document_that_is_mostly_new_when_read_then_the_whole_is_parsed() -> None:
    before = read(rss(item(1), item(2)))
    after = read(rss(item(1), item(3), item(4)), before.segments)
    assert (titles(after), after.known) == (["Entry 1", "Entry 3", "Entry 4"], 0)


def test_what_stands_between_the_entries_when_one_is_cut_out_then_it_stays() -> None:
    segments = segments_of(rss(item(1), "<image>x</image>", item(2), "<!-- <item> -->", item(3), tail="<z/>"))
    assert segments is not None
    assert segments.only({1}) == rss("\n<image>x</image>", item(2), "<!-- <item> -->", "\n", tail="<z/>")


@pytest.mark.parametrize(
    "content",
    [
        rss("<item><item></item></item>"),
        rss("</item>"),
        rss("<item>"),
        rss("<item></entry>"),
        rss("<!-- <item></item>"),
        rss("<item><![CDATA[</item>"),
        rss('<item a="x>y"></item>'),
        rss("<item "),
        b'<!DOCTYPE rss [<!ENTITY i "<item/>">]>' + rss(item(1), "&i;"),
        rss(item(1)).decode().encode("utf-16"),
        rss("<item>é</item>").decode().encode("latin-1"),
    ],
)
def test_a_document_whose_entries_cannot_be_told_apart_when_cut_then_there_are_no_segments(content: bytes) -> None:
    assert segments_of(content) is None


def test_markup_that_is_text_when_cut_then_it_is_no_entry() -> None:
    tricky = "<item><title><![CDATA[</item><item>]]></title><!-- </item> --><?x <item> ?></item>"
    segments = segments_of(rss(tricky, item(1), "<item/>"))
    assert segments is not None
    assert len(segments.spans) == 3
    assert segments.content[slice(*segments.spans[0])].decode() == tricky


@pytest.mark.parametrize(
    "damage",
    ["&eacute;", "AT&T", "&nosuch;", "a & b", "\x07", "&#xD800;", "&#11;", "&#x110000;", "&;"],
)
def test_small_damage_when_mended_then_the_entries_still_add_up(damage: str) -> None:
    entries = [item(number, f"<description>{damage}</description>") for number in range(4)]
    before = read(rss(*entries))
    assert len(parted(before.segments)) == 4
    after = read(rss(item(7, f"<category>{damage}</category>"), *entries), before.segments)
    assert (titles(after), after.known) == (["Entry 7"], 4)
    assert "read as far as possible" in before.problems[0]


def test_damage_that_reaches_across_entries_when_read_then_nothing_is_taken_for_known() -> None:
    assert read(rss(item(1), "<item><b><title>x</title></item>", item(2))).segments == b""


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8"])
def test_a_document_of_one_byte_a_letter_when_it_grows_then_only_what_is_new_is_parsed(encoding: str) -> None:
    def written(*entries: str) -> bytes:
        return rss(*entries).decode().replace("?>", f' encoding="{encoding}"?>', 1).encode(encoding)

    entries = (
        [item(number, "<description>Perú – ya</description>") for number in range(4)]
        if encoding != "iso-8859-1"
        else [item(number, "<description>Perú</description>") for number in range(4)]
    )
    before = read(written(*entries))
    after = read(written(item(9, "<description>Señor</description>"), *entries), before.segments)
    assert [(entry.title, entry.summary) for entry in after.entries] == [("Entry 9", "Señor")]


def test_digests_when_joined_then_they_part_again() -> None:
    digests = [b"12345678", b"abcdefgh", b"12345678"]
    assert parted(joined(digests)) == {b"12345678", b"abcdefgh"}
    assert parted(b"") == frozenset()


ENTRIES = strategies.builds(
    lambda number, extra: (number, extra),
    strategies.integers(0, 12),
    strategies.sampled_from(
        ["", "<link>https://news.example/a?b=1&amp;c=2</link>", "<description><![CDATA[<p>a</p> ]]></description>",
         "<description>&lt;item&gt; é &eacute; &amp;</description>", "<!-- </item><item> -->", "<x:item/>", "<item/>",
         "<description>a & b</description>", "<title/>", "<![CDATA[]]>", "<source url='x'>Wire</source>", "<image>y</image>"]
    ),
)  # fmt: skip
SHAPES = strategies.sampled_from(["rss", "atom", "rdf", "prefixed"])
DAMAGE = strategies.lists(
    strategies.tuples(
        strategies.floats(0, 1),
        strategies.integers(0, 12),
        strategies.sampled_from(
            ["", "<", ">", "&", "<item>", "</item>", "<![CDATA[", "]]>", "<!--", "-->", '"', "'", "\x00", "\xff", "<?", "?>",
             "<!DOCTYPE x>", "</channel>", "<b>", "<entry/>", "/"]
        ),
    ),
    max_size=2,
)  # fmt: skip


def document(shape: str, entries: Sequence[tuple[int, str]], damage: Sequence[tuple[float, int, str]]) -> bytes:
    name, identity = (
        ("entry", "id") if shape == "atom" else ("p:item", "guid") if shape == "prefixed" else ("item", "guid")
    )
    inside = "".join(
        f"<{name}><{identity}>urn:{number}</{identity}><title>Entry {number}</title>{extra}</{name}>\n"
        for number, extra in entries
    )
    text = {
        "rss": f'<rss version="2.0"><channel><title>W</title>{inside}</channel></rss>',
        "atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title>{inside}</feed>',
        "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>W</title></channel>{inside}</rdf:RDF>",
        "prefixed": f'<rss version="2.0" xmlns:p="http://purl.org/rss/1.0/"><channel>{inside}</channel></rss>',
    }[shape]
    content = text.encode()
    for place, length, snippet in damage:
        start = int(place * len(content))
        content = content[:start] + snippet.encode("latin-1") + content[start + length :]
    return content


@given(SHAPES, strategies.lists(ENTRIES, max_size=6), strategies.lists(ENTRIES, max_size=3), DAMAGE, DAMAGE)
@example("rss", [(1, ""), (2, ""), (3, "")], [(4, "")], [], [])
@example("rss", [(1, ""), (2, "<item/>")], [(4, "")], [], [])
def test_any_two_documents_when_only_news_is_parsed_then_no_entry_of_the_whole_is_lost(
    shape: str,
    entries: list[tuple[int, str]],
    more: list[tuple[int, str]],
    damage: list[tuple[float, int, str]],
    later_damage: list[tuple[float, int, str]],
) -> None:
    before = parse(body(document(shape, entries, damage)))
    assume(isinstance(before, ParsedFeed))
    assert isinstance(before, ParsedFeed)
    content = document(shape, [*more, *entries], later_damage)
    whole, news = parse(body(content)), parse(body(content), before.segments)
    if isinstance(whole, FetchFailed) or isinstance(news, FetchFailed):
        # Where nothing in it is new, a document's head is not looked at.
        assert whole == news or (isinstance(news, ParsedFeed) and news.known and not news.entries)
        return
    for entry in whole.entries:
        assert entry in news.entries or entry in before.entries
    assert set(news.entries) <= set(whole.entries)
    assert whole.segments in (b"", news.segments)
