import time
import unicodedata

import pytest
from hypothesis import example, given, strategies

from monitor.feeds.text import plain, without_forbidden

# Text that looks like what attacks and sloppy publishers write.
PIECES = strategies.sampled_from(
    ["<", ">", "&", "&amp;", "&lt;", "&#60;", "&#x3c;", "&#38;", "<b>", "</b>", "<p>", "<!--", "-->", '"', "'", "amp;",
     "lt;", "<script>", "</script>", "x", " ", "\n", "\x00", "\u202e", "\ud800", "&#0;", "&#xD800;", "<a href=", "é", "/"]
)  # fmt: skip
MESSY = strategies.lists(PIECES, max_size=40).map("".join) | strategies.text(
    strategies.characters(codec=None, exclude_categories=()), max_size=80
)


@given(MESSY, strategies.integers(0, 60))
@example("&amp;amp;amp;amp;amp;amp;amp;amp;lt;b>x", 60)
@example("<<b>b>x</b>", 60)
def test_any_text_when_cleaned_then_it_is_short_stable_and_free_of_forbidden_characters(text: str, limit: int) -> None:
    clean = plain(text, limit)
    assert len(clean) <= limit
    assert plain(clean, limit) == clean
    assert clean == " ".join(clean.split())
    for character in clean:
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cs")
        assert unicodedata.bidirectional(character) not in (
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        )  # fmt: skip
        assert ord(character) & 0xFFFE != 0xFFFE


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("Talks   in\n Quito", "Talks in Quito"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("Peru<b>vian</b> envoy", "Peruvian envoy"),
        ("a<br/>b", "a b"),
        ("AT&amp;T &amp;amp; friends", "AT&T & friends"),
        ("&lt;b&gt;bold&lt;/b&gt; words", "bold words"),
        ("caf&eacute; &#8212; &#x4F1A;", "café — 会"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("a<script>alert('<b>')</script>b<style>p{}</style>c", "a b c"),
        ("a<script>never closed", "a"),
        ("a<!-- hidden <b> > -->b", "a b"),
        ("a<!-- never closed > b", "a b"),
        ('see <img alt="a > b" src=x>this', "see this"),
        ("<a href='x'>link</a> text", "link text"),
        ("never <b closed", "never <b closed"),
        ("soft\u00adhyphen zero\u200bwidth \u202eevil\u2069", "softhyphen zerowidth evil"),
        ("a\x00b\x07c\ud800d\ufffe", "abcd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("line\u2028separator\x85next", "line separator next"),
        ("", ""),
    ],
)
def test_html_when_cleaned_then_it_reads_as_a_person_would_read_it(html: str, expected: str) -> None:
    assert plain(html, 100) == expected


def test_a_long_text_when_cleaned_then_it_is_cut_at_the_limit() -> None:
    assert plain("word " * 100, 12) == "word word wo"
    assert plain("<i>" * 30 + "word", 10) == "word"


@pytest.mark.parametrize(
    "attack",
    [
        "<",
        "<!--",
        "&",
        "<a ",
        '<a "',
        "<a \"'",
        "</",
        "&amp;",
        "&lt;",
        "<script>",
        "&#60;b>",
        '<"',
        "<b>",
        "&" + "a" * 40,
    ],
)
def test_an_attack_when_cleaned_then_it_takes_no_longer_than_its_length_asks_for(attack: str) -> None:
    text = attack * (400_000 // len(attack))
    begun = time.process_time()
    plain(text, 20_000)
    # The slowest takes a third of this on a slow machine; anything quadratic takes minutes.
    assert time.process_time() - begun < 3


def test_a_guid_when_cleaned_then_only_invisible_characters_go() -> None:
    assert without_forbidden(" urn:a&amp;<b>\x00\u202e ") == "urn:a&amp;<b>"
