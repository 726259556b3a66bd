import pytest
from hypothesis import given, strategies

from monitor.feeds.mending import mended, repaired
from monitor.feeds.segments import segments_of


def within(text: str) -> bytes:
    return f"<rss><item>{text}</item></rss>".encode()


@pytest.mark.parametrize(
    ("damaged", "better"),
    [
        ("caf&eacute; &mdash; &nbsp;", "caf&#233; &#8212; &#160;"),
        ("AT&T & co", "AT&amp;T &amp; co"),
        ("&nosuch; &;", "&amp;nosuch; &amp;;"),
        ("a\x00\x07b", "ab"),
        ("&#xD800; &#0; &#x41;", "&#xFFFD; &#xFFFD; &#x41;"),
        ("<![CDATA[a & b &eacute;]]> &eacute;", "<![CDATA[a & b &eacute;]]> &#233;"),
        ("<!-- a & b --> & c", "<!-- a & b --> &amp; c"),
    ],
)
def test_small_damage_when_mended_then_it_is_xml_that_says_the_same(damaged: str, better: str) -> None:
    found = mended(within(damaged))
    assert (found.content, found.is_xml) == (within(better), True)
    assert found.fault is not None
    assert found.fault.startswith("line 1: ")


def test_a_sound_document_when_mended_then_it_is_as_it_was() -> None:
    found = mended(within("&amp;nbsp; <![CDATA[&]]>"))
    assert (found.content, found.fault, found.is_xml) == (within("&amp;nbsp; <![CDATA[&]]>"), None, True)


@pytest.mark.parametrize("text", ["<b>", "a < b &eacute;", "<a x=1/>"])
def test_greater_damage_when_mended_then_nothing_is_changed(text: str) -> None:
    found = mended(within(text))
    assert (found.content, found.is_xml) == (within(text), False)


@pytest.mark.parametrize(
    ("raising", "better"),
    [
        (b'<?xml version="1.0" encoding="hex"?><rss/>', b'<?xml version="1.0"?><rss/>'),
        (b'<!DOCTYPE a [<!ENTITY p "a:\\b">]><rss>\\</rss>', b'<!DOCTYPE a [<!ENTITY p "a:b">]><rss>\\</rss>'),
        (b"<rss>\x00a&#x110000;</rss>", b"<rss>a&#xFFFD;</rss>"),
        ('<?xml version="1.0" encoding="utf-16"?><rss/>'.encode("utf-16"), b'\xef\xbb\xbf<?xml version="1.0"?><rss/>'),
    ],
)
def test_what_makes_feedparser_raise_when_repaired_then_it_is_gone(raising: bytes, better: bytes) -> None:
    assert repaired(raising).removeprefix(b"\xef\xbb\xbf") == better.removeprefix(b"\xef\xbb\xbf")


@given(
    strategies.lists(
        strategies.sampled_from(["&", ";", "eacute", "amp", "#", "x", "41", "<i/>", "<![CDATA[", "]]>", "a", "\x01"])
    )
)
def test_any_text_when_mended_then_no_entry_comes_or_goes(pieces: list[str]) -> None:
    content = within("".join(pieces))
    segments = segments_of(content)
    if segments is not None:
        again = segments_of(mended(content).content)
        assert again is not None
        assert len(again.spans) == len(segments.spans)
