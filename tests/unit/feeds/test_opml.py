"""OPML as people's readers write it is read; what is written reads back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.found import FoundFeed
from monitor.feeds.opml import read_opml, write_opml
from monitor.feeds.text import plain

OPML = """\
<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="Américas">
    <outline text="Andes" title="The Andes">
      <outline type="rss" text="Diario" xmlUrl="https://diario.example/rss" htmlUrl="https://diario.example/"/>
    </outline>
    <outline title="Wire" xmlurl="feed://wire.example/all"/>
    <outline text="Bad" xmlUrl="javascript:alert(1)"/>
  </outline>
  <outline text="Again" xmlUrl="https://diario.example/rss"/>
  <outline xmlUrl=" https://bare.example/feed?a=1&amp;b=2 "/>
  <outline type="RSS" text="By url" url="https://url.example/"/>
  <outline text="Harbour office" type="rss" htmlUrl="https://page.example/"/>
  <outline text="Others" type="include" url="https://others.example/all.opml"/>
  <outline text="Lakes" htmlUrl="https://lakes.example/"><outline xmlUrl="https://lakes.example/rss"/></outline>
</body></opml>
"""


def document(*outlines: str) -> str:
    return f"<opml><body>{''.join(outlines)}</body></opml>"


def test_opml_when_read_then_addresses_come_with_titles_and_groups() -> None:
    found = read_opml(OPML)
    assert found.feeds == (
        FoundFeed(url="https://diario.example/rss", title="Diario", group="Américas / The Andes"),
        FoundFeed(url="http://wire.example/all", title="Wire", group="Américas"),
        FoundFeed(url="https://bare.example/feed?a=1&b=2"),
        FoundFeed(url="https://url.example/", title="By url"),
        FoundFeed(url="https://lakes.example/rss", group="Lakes"),
    )


def test_opml_when_read_then_what_cannot_be_used_is_said_with_its_line() -> None:
    assert read_opml(OPML).problems == (
        "line 8: 'javascript:alert(1)' is not an http or https address",
        "line 13: https://page.example/ is a page and no feed; `relmon feeds add` finds the feed behind it",
        "line 14: the list 'Others' that it includes is not followed",
    )


@pytest.mark.parametrize(
    ("written", "url", "title"),
    [
        ('text="Salt & Tin" xmlUrl="https://a.example/?x=1&y=2"', "https://a.example/?x=1&y=2", "Salt & Tin"),
        ('text="Caf&eacute; &nbsp;Sur&amp;" xmlUrl="https://a.example/"', "https://a.example/", "Café Sur&"),
        ('text="&#0;&#xD800;Tin\x0b" xmlUrl="https://a.example/"', "https://a.example/", "\ufffd\ufffdTin"),
        ('text="&;&nosuch;" xmlUrl="https://a.example/"', "https://a.example/", "&;&nosuch;"),
    ],
)
def test_opml_with_faults_of_readers_when_read_then_it_is_mended(written: str, url: str, title: str) -> None:
    found = read_opml(document(f"<outline {written}/>", '<outline xmlUrl="https://last.example/"/>'))
    assert found.feeds == (FoundFeed(url=url, title=title), FoundFeed(url="https://last.example/"))
    assert found.problems == ()


def test_opml_with_entities_when_read_then_it_is_refused_with_its_line() -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    found = read_opml(f'<?xml version="1.0"?>\n<!DOCTYPE opml [<!ENTITY l0 "x">{bomb}]>\n<opml>&l9;</opml>')
    assert found.feeds == ()
    assert found.problems[0].startswith("line 2: ")
    assert "DOCTYPE" in found.problems[0]


def test_broken_opml_when_read_then_what_stood_before_the_fault_is_kept() -> None:
    found = read_opml('<opml><body>\n<outline xmlUrl="https://a.example/"/>\n<outline text="x></body></opml>')
    assert [feed.url for feed in found.feeds] == ["https://a.example/"]
    assert found.problems[0].startswith("line 3: is not valid OPML")


def test_opml_behind_blank_lines_when_read_then_lines_are_counted_from_the_first() -> None:
    found = read_opml('\n \n<?xml version="1.0"?>\n' + document('<outline xmlUrl="ftp://a.example/"/>'))
    assert found.problems == ("line 4: 'ftp://a.example/' is not an http or https address",)


def test_xml_that_holds_no_feed_when_read_then_this_is_said() -> None:
    assert read_opml("<html><body>hello</body></html>").problems == ("holds no outline with an xmlUrl, so no feed",)


def test_opml_nested_without_end_when_read_then_it_is_refused() -> None:
    assert "nested too deep" in read_opml("<opml>" + "<outline>" * 100_000).problems[0]


# Words that stay as they are when they are cleaned, as titles from a configuration mostly do.
WORDS = (
    st.text(max_size=30).map(lambda text: plain(text.replace("/", ""), 30)).filter(lambda text: plain(text, 30) == text)
)
NAMES = WORDS.filter(bool)


@given(
    st.lists(
        st.builds(
            FoundFeed,
            url=st.integers(0, 99).map('https://a.example/?x="1"&n={}'.format),
            title=NAMES,
            group=st.none() | st.lists(NAMES, min_size=1, max_size=3).map(" / ".join),
        ),
        unique_by=lambda feed: feed.url,
    )
)
def test_any_feeds_when_written_then_they_read_back_the_same(feeds: list[FoundFeed]) -> None:
    found = read_opml(write_opml(feeds, title="Mine & <yours>"))
    assert set(found.feeds) == set(feeds)
    assert all(problem.startswith("holds no outline") for problem in found.problems)
