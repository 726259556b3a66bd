from hypothesis import given, strategies

from monitor.feeds.addresses import FoundFeed, FoundFeeds, read_addresses

OPML = """\ufeff
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
  <outline xmlUrl="https://bare.example/feed?a=1&amp;b=2"/>
</body></opml>
"""


def test_opml_when_read_then_addresses_come_with_titles_and_groups() -> None:
    found = read_addresses(OPML)
    assert found.feeds == (
        FoundFeed(url="https://diario.example/rss", title="Diario", group="Américas / The Andes"),
        FoundFeed(url="http://wire.example/all", title="Wire", group="Américas"),
        FoundFeed(url="https://bare.example/feed?a=1&b=2"),
    )
    assert found.problems == ("line 8: 'javascript:alert(1)' is not an http or https address",)


def test_a_list_of_lines_when_read_then_comments_and_repeats_are_left_out() -> None:
    found = read_addresses(
        "# mine\r\n\r\nhttps://a.example/feed#part  # the first\n"
        "feed:https://b.example/\nhttps://a.example/feed#part\nnot an address\n"
        "ftp://user:hunter2@c.example/\nhttps://user:hunter2@d.example/feed\n"
    )
    assert [feed.url for feed in found.feeds] == [
        "https://a.example/feed#part",
        "https://b.example/",
        "https://user:hunter2@d.example/feed",
    ]
    assert [problem[:7] for problem in found.problems] == ["line 6:", "line 7:"]
    assert "hunter2" not in str(found.problems)


def test_opml_with_entities_when_read_then_it_is_refused_with_its_line() -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    found = read_addresses(f'<?xml version="1.0"?>\n<!DOCTYPE opml [<!ENTITY l0 "x">{bomb}]>\n<opml>&l9;</opml>')
    assert found.feeds == ()
    assert found.problems[0].startswith("line 2: ")
    assert "DOCTYPE" in found.problems[0]


def test_broken_opml_when_read_then_what_stood_before_the_fault_is_kept() -> None:
    found = read_addresses('<opml><body>\n<outline xmlUrl="https://a.example/"/>\n<outline text="x></body></opml>')
    assert [feed.url for feed in found.feeds] == ["https://a.example/"]
    assert found.problems[0].startswith("line 3: is not valid OPML")


def test_xml_that_holds_no_feed_when_read_then_this_is_said() -> None:
    assert read_addresses("<html><body>hello</body></html>").problems == (
        "holds no outline with an xmlUrl, so no feed",
    )
    assert read_addresses("") == FoundFeeds(feeds=())


def test_opml_nested_without_end_when_read_then_it_is_refused() -> None:
    assert "nested too deep" in read_addresses("<opml>" + "<outline>" * 100_000).problems[0]


@given(strategies.text() | strategies.text(alphabet='<opml>outline xmlUrl="/&').map(lambda text: f"<{text}"))
def test_any_text_when_read_then_every_address_is_of_the_web(text: str) -> None:
    assert all(feed.url.startswith(("http", "HTTP", "Http")) for feed in read_addresses(text).feeds)
