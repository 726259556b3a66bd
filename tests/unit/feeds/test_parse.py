import datetime as dt
import html
import pickle
from pathlib import Path

import pytest
from hypothesis import given, strategies

from monitor.domain.feeds import CacheValidators, FeedBody, FetchFailed, FetchFailure, ParsedFeed
from monitor.feeds.entries import MAX_ENTRIES
from monitor.feeds.parse import parse
from monitor.feeds.text import without_forbidden

URL = "https://news.example/feeds/world.xml"
WHEN = "Tue, 03 Mar 2026 08:30:00 +0100"


def body(content: str | bytes, content_type: str | None = "application/rss+xml") -> FeedBody:
    encoded = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return FeedBody(url=URL, content=encoded, content_type=content_type, validators=CacheValidators())


def parsed(content: str | bytes, content_type: str | None = "application/rss+xml") -> ParsedFeed:
    found = parse(body(content, content_type))
    assert isinstance(found, ParsedFeed), found
    return found


def item(title: str = "Ruritania recalls its envoy", extra: str = "") -> str:
    return f"<item><title>{title}</title>{extra}</item>"


def rss(items: str, head: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>\n') -> str:
    return f'{prolog}<rss version="2.0"><channel><title>World</title>{head}{items}</channel></rss>'


def titles(feed: ParsedFeed) -> list[str]:
    return [entry.title for entry in feed.entries]


def test_rss_when_parsed_then_every_field_is_plain() -> None:
    extra = (
        "<link>/2026/envoy?a=1&amp;b=2</link><guid isPermaLink='false'>urn:1</guid>"
        f"<pubDate>{WHEN}</pubDate><source url='https://wire.example/'>The &amp; Wire</source>"
        "<description>&lt;p&gt;He left &lt;b&gt;today&lt;/b&gt;.&lt;/p&gt;</description>"
    )
    head = "<language>es-VE</language><ttl>20</ttl>"
    feed = parsed(rss(item("Ruritania &amp;amp; &lt;i&gt;Sylvania&lt;/i&gt;", extra), head))
    (entry,) = feed.entries
    assert (feed.title, feed.language, feed.wishes.ttl, feed.problems) == ("World", "es", dt.timedelta(minutes=20), ())
    assert entry.title == "Ruritania & Sylvania"
    assert (entry.guid, entry.link) == ("urn:1", "https://news.example/2026/envoy?a=1&b=2")
    assert entry.summary == "He left today."
    assert entry.published_at == dt.datetime(2026, 3, 3, 7, 30, tzinfo=dt.UTC)
    assert entry.outlet == "The & Wire"
    assert pickle.loads(pickle.dumps(feed)) == feed  # noqa: S301 - our own bytes, as between processes


def test_atom_when_parsed_then_its_own_names_are_understood() -> None:
    feed = parsed(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Desk</title><id>urn:f</id>
        <entry><id>urn:a</id><title type="html">Talks &lt;b&gt;resume&lt;/b&gt;</title>
          <link rel="alternate" href="https://desk.example/a"/><link rel="self" href="https://desk.example/self"/>
          <updated>2026-03-03T07:30:00Z</updated><published>2026-03-02T07:30:00Z</published>
          <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First.</p><p>Second.</p></div></content>
          <source><title>Origin</title></source></entry>
        <entry><id>urn:b</id><title>Later</title><updated>2026-03-03T09:00:00+02:00</updated>
          <summary>Short.</summary></entry></feed>""",
        "application/atom+xml",
    )
    first, second = feed.entries
    assert (feed.title, feed.language) == ("Desk", "en")
    assert (first.guid, first.link, first.title) == ("urn:a", "https://desk.example/a", "Talks resume")
    assert (first.summary, first.outlet) == ("First. Second.", "Origin")
    assert first.published_at == dt.datetime(2026, 3, 2, 7, 30, tzinfo=dt.UTC)
    assert second.published_at == dt.datetime(2026, 3, 3, 7, 0, tzinfo=dt.UTC)


NETSCAPE = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"'


@pytest.mark.parametrize(
    "document",
    [
        f"<rdf:RDF {NETSCAPE}><channel><title>R</title></channel><item><title>One</title><link>/1</link></item></rdf:RDF>",
        (
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
            '<rss version="0.91"><channel><title>R</title><item><title>One</title><link>/1</link></item></channel></rss>'
        ),
        '<rss version="0.92"><channel><title>R</title><item><title>One</title><link>/1</link></item></channel></rss>',
        '<rss version="0.93"><channel><title>R</title><item><title>One</title><link>/1</link></item></channel></rss>',
        '<rss version="0.94"><channel><title>R</title><item><title>One</title><link>/1</link></item></channel></rss>',
        "<rss><channel><title>R</title><item><title>One</title><link>/1</link></item></channel></rss>",
        (
            '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>R</title>'
            '<entry><title>One</title><link rel="alternate" href="/1"/></entry></feed>'
        ),
        (
            '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>R</a:title>'
            '<a:entry><a:title>One</a:title><a:link href="/1"/></a:entry></a:feed>'
        ),
    ],
)
def test_any_format_since_rss_090_when_parsed_then_its_entry_is_found(document: str) -> None:
    feed = parsed(document, "text/xml")
    assert feed.title == "R"
    assert [(entry.title, entry.link) for entry in feed.entries] == [("One", "https://news.example/1")]


def test_rdf_when_parsed_then_its_entries_are_found() -> None:
    feed = parsed(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
          xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://rdf.example/"><title>R</title>
          <items><rdf:Seq><rdf:li resource="https://rdf.example/1"/></rdf:Seq></items></channel>
        <item rdf:about="https://rdf.example/1"><title>One</title><link>https://rdf.example/1</link>
          <dc:date>2026-03-03T07:30:00Z</dc:date></item></rdf:RDF>""",
        "application/rdf+xml",
    )
    (entry,) = feed.entries
    assert (entry.guid, entry.link) == ("https://rdf.example/1", "https://rdf.example/1")
    assert entry.published_at == dt.datetime(2026, 3, 3, 7, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<!doctype html><html><head><title>Sign in</title></head><body><form></form></body></html>", "web page"),
        ("\n<html><body><p>hello</body></html>", "web page"),
        ('{"version": "1.0", "items": []}', "no JSON Feed"),
        ("[" * 100_000, "no JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [' + "9" * 5000 + "]}", "no JSON Feed"),
        ("nothing of the kind", "neither RSS nor Atom"),
        ("   \n", "empty"),
        ("", "empty"),
        (b"\x00\xff\x80\x81" * 500, "neither RSS nor Atom"),
    ],
)
def test_a_document_that_is_no_feed_when_parsed_then_it_is_said_what_it_seems_to_be(
    content: str | bytes, says: str
) -> None:
    found = parse(body(content, "text/html"))
    assert isinstance(found, FetchFailed)
    assert found.reason is FetchFailure.NOT_A_FEED
    assert says in found.detail


def test_an_empty_feed_when_parsed_then_it_is_a_feed() -> None:
    assert parsed(rss("")).entries == ()


@pytest.mark.parametrize("content_type", ["text/html", "application/octet-stream", "text/xml; charset=x-klingon", None])
def test_a_feed_with_a_wrong_type_when_parsed_then_its_letters_are_right(content_type: str | None) -> None:
    assert titles(parsed(rss(item("Äußerung — 会談"), prolog=""), content_type)) == ["Äußerung — 会談"]


@pytest.mark.parametrize(
    "content",
    [
        rss(item("a&#xD800;")) + "",
        rss(item("a&#x110000;")),
        rss(item("a&#xFFFFFFFF;")),
        rss(item("a&#55296;")),
        rss(item("a&#99999999999999999999999999;")),
        rss(item("&p;"), prolog='<!DOCTYPE rss [\n<!ENTITY p "a:\\data">\n]>\n'),
        rss(item("a"), prolog='<?xml version="1.0" encoding="utf-8\x00"?>\n'),
        rss(item("a\x00\x07&#0;")),
        rss(item("a"), prolog='<?xml version="1.0" encoding="idna"?>\n'),
        rss(item("a"), prolog='<?xml version="1.0" encoding="undefined"?>\n'),
        rss(item("a"), prolog='<?xml version="1.0" encoding="hex"?>\n'),
        rss(item("a"), prolog='<?xml version="1.0" encoding="utf-16"?>\n').encode("utf-16"),
        rss(item("a&#xD800;"), prolog='<?xml version="1.0" encoding="utf-16"?>\n').encode("utf-16"),
        "\n\n\ufeff" + rss(item("a")),
    ],
)
def test_a_document_that_feedparser_stumbles_over_when_parsed_then_no_entry_is_lost(content: str | bytes) -> None:
    encoded = content.encode() if isinstance(content, str) else content
    last = item("the last one")
    whole = encoded.replace(b"</channel>", last.encode() + b"</channel>")
    if encoded.startswith(b"\xff\xfe"):
        whole = encoded.decode("utf-16").replace("</channel>", last + "</channel>").encode("utf-16")
    found = titles(parsed(whole))
    assert len(found) == 2
    assert found[0].startswith("a")
    assert found[1] == "the last one"


def test_a_repaired_document_when_parsed_then_the_operator_is_told() -> None:
    (problem,) = parsed(rss(item("a&#x110000;"))).problems
    assert problem.startswith("is not well-formed XML (line 2: reference to invalid character number)")
    declared = rss(item("a&#x110000;"), prolog="<!DOCTYPE rss>")
    assert parsed(declared).problems == ("holds characters that XML forbids; they were replaced",)
    (problem,) = parsed(rss(item("a") + item("b & c"))).problems
    assert problem.startswith("is not well-formed XML (line 2: not well-formed (invalid token))")


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "us-ascii", "utf-16", "utf-8"])
@pytest.mark.parametrize(
    "header", ["text/xml", "text/xml; charset=iso-8859-1", "application/rss+xml; charset=utf-16", None]
)
def test_letters_in_utf8_when_header_or_declaration_say_otherwise_then_they_are_right(
    declared: str, header: str | None
) -> None:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>\n'
    assert titles(parsed(rss(item("Perú y Côte d’Ivoire"), prolog=prolog), header)) == ["Perú y Côte d’Ivoire"]


@pytest.mark.parametrize(
    "encoding", ["iso-8859-1", "windows-1252", "iso-8859-15", "utf-16", "gb18030", "shift_jis", "koi8-r"]
)
def test_letters_in_another_encoding_when_declared_then_they_are_right(encoding: str) -> None:
    title = {"gb18030": "会谈", "shift_jis": "会談 ソ", "koi8-r": "встреча"}.get(encoding, "Perú y España")
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    assert titles(parsed(rss(item(title), prolog=prolog).encode(encoding), "text/xml")) == [title]


def test_latin_letters_when_declared_as_utf8_then_they_are_read_all_the_same() -> None:
    assert titles(parsed(rss(item("café ’quoted’")).encode("cp1252"))) == ["café ’quoted’"]


def test_an_external_entity_when_met_then_no_file_is_read() -> None:
    prolog = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n'
    assert titles(parsed(rss(item("a &x; b"), prolog=prolog))) == ["a b"]


def test_a_document_with_too_many_entries_when_parsed_then_the_first_are_read_and_the_rest_is_mentioned() -> None:
    feed = parsed(rss("".join(f"<item><title>n{number}</title></item>" for number in range(MAX_ENTRIES + 50))))
    assert (len(feed.entries), feed.entries[-1].title) == (MAX_ENTRIES, f"n{MAX_ENTRIES - 1}")
    assert feed.problems == ("holds more than 5,000 entries; the rest is left out",)


def test_long_texts_when_parsed_then_they_are_cut() -> None:
    (entry,) = parsed(rss(item("Z" * 3000, f"<description>{'word ' * 9000}</description>"))).entries
    assert len(entry.title) == 1000
    assert len(entry.summary) <= 20_000


@pytest.mark.parametrize(
    "date",
    ["Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1200", "Wed, 31 Dec 1969 23:59:59 GMT", "soon",
     "Tue, 32 Jan 2024 25:61:61 GMT", "1704164645", ""],
)  # fmt: skip
def test_a_nonsense_date_when_parsed_then_there_is_none(date: str) -> None:
    (entry,) = parsed(rss(item(extra=f"<pubDate>{date}</pubDate>"))).entries
    assert entry.published_at is None


def test_links_and_markup_of_an_attacker_when_parsed_then_nothing_live_is_left() -> None:
    script = html.escape("<script>alert(1)</script>Norway <img src=x onerror=alert(1)>speaks")
    feed = parsed(rss(item(script, "<link>javascript:alert(1)</link>"), f"<link>x</link><ttl>{'9' * 5000}</ttl>"))
    (entry,) = feed.entries
    assert (entry.title, entry.link) == ("Norway speaks", None)
    assert feed.wishes.ttl is None


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        ("", "a/b", "https://news.example/feeds/a/b"),
        ("", "//other.example/b", "https://other.example/b"),
        ("https://base.example/x/", "b", "https://base.example/x/b"),
        ("/x/", "b", "https://news.example/x/b"),
        ("javascript:", "b", "https://news.example/feeds/b"),
        ("", "http://[bad", None),
    ],
)
def test_a_relative_link_when_parsed_then_it_is_seen_from_its_base(base: str, link: str, expected: str | None) -> None:
    document = f"<rss version='2.0' xml:base='{base}'><channel><item><title>x</title><link>{link}</link></item></channel></rss>"
    (entry,) = parsed(document).entries
    assert entry.link == expected


def test_an_entry_without_a_title_when_parsed_then_its_text_or_link_stands_in_and_an_empty_one_is_left_out() -> None:
    text = "<item><description>" + "Envoys meet again. " * 20 + "</description></item>"
    feed = parsed(rss(text + "<item><link>https://news.example/x</link></item><item/>"))
    assert titles(feed)[0].startswith("Envoys meet again. Envoys")
    assert titles(feed)[0].endswith("…")
    assert len(titles(feed)[0]) <= 151
    assert titles(feed)[1:] == ["https://news.example/x"]
    assert feed.problems == ("has entries without title, text and link; left out: 1",)


def test_a_document_that_is_a_path_when_parsed_then_no_file_is_opened(tmp_path: Path) -> None:
    # feedparser opens bytes and text that name a file or an address, and reads the feed there.
    file = tmp_path / "feed.xml"
    file.write_text(rss(item()), encoding="utf-8")
    assert isinstance(parse(body(str(file))), FetchFailed)


PIECES = strategies.sampled_from(
    [b"<rss version='2.0'>", b"<channel>", b"<item>", b"</item>", b"<title>", b"</title>", b"<feed xmlns='http://www.w3.org/2005/Atom'>",
     b"<entry>", b"</entry>", b"<link href='/a'/>", b"<guid>a</guid>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&amp;", b"&#xD800;",
     b"&eacute;", b"&", b"<", b">", b"<!DOCTYPE x [", b"<?xml version='1.0' encoding='", b"utf-16", b"'?>", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
     "é".encode(), b"\xe9", b"<pubDate>Fri, 31 Dec 9999 23:59:59 -1200</pubDate>", b"{", b'{"version": "https://jsonfeed.org/version/1", "items": [{',
     b'"id": 1', b"}]}", b"<html>", b"<link rel=alternate type=application/rss+xml href=x>", b"</channel></rss>", b"text"]
)  # fmt: skip
HEADERS = strategies.sampled_from(
    [
        None,
        "",
        "text/html",
        "text/xml; charset=utf-16",
        "application/xml; charset=idna",
        "text/xml; charset=\x00",
        ";;=",
        "a/b; charset=hex",
    ]
) | strategies.text(max_size=30)


@given(strategies.lists(PIECES, max_size=30).map(b"".join) | strategies.binary(max_size=60), HEADERS)
def test_any_document_under_any_header_when_parsed_then_what_comes_out_is_clean(
    content: bytes, header: str | None
) -> None:
    found = parse(body(content, header))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes, as between processes
    if isinstance(found, FetchFailed):
        assert found.reason is FetchFailure.NOT_A_FEED
        return
    for entry in found.entries:
        for text in (entry.title, entry.summary, entry.guid or "", entry.outlet or ""):
            assert text == without_forbidden(text)
        assert entry.link is None or entry.link.startswith(("http://", "https://"))
        assert entry.published_at is None or entry.published_at.tzinfo is dt.UTC
