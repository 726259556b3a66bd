"""What a person types is never a mistake, and what was found is marked where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.searching import (
    LONGEST,
    MOST_TERMS,
    Piece,
    Search,
    Term,
    excerpt,
    fold,
    found_share,
    marked,
    read_search,
)

WORDS = st.lists(st.sampled_from(["envoy", "Señor", "US-led", '"a lynx"', "-otter", "el", "…", "ß"]), max_size=20)


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("", [], []),
        ("   ", [], []),
        ("envoy", [Term(words=("envoy",), begins=True)], []),
        ("envoy to Elbonia", [Term(words=("envoy",)), Term(words=("to",)), Term(words=("Elbonia",), begins=True)], []),
        ("el", [Term(words=("el",))], []),
        ("env* el", [Term(words=("env",), begins=True), Term(words=("el",))], []),
        ('"an envoy"', [Term(words=("an", "envoy"))], []),
        ("«an envoy»", [Term(words=("an", "envoy"))], []),
        ('"an envoy', [Term(words=("an", "envoy"))], []),
        ("US-led talks ", [Term(words=("US", "led")), Term(words=("talks",), begins=True)], []),
        ('envoy -lynx -"an otter"', [Term(words=("envoy",))], [Term(words=("lynx",)), Term(words=("an", "otter"))]),
        ("- – -", [], []),
        ("-lynx", [], [Term(words=("lynx",))]),
        ("lynx lynx lynx", [Term(words=("lynx",)), Term(words=("lynx",), begins=True)], []),
    ],
)
def test_what_is_typed_when_read_then_its_terms_come_out(typed: str, wanted: list[Term], unwanted: list[Term]) -> None:
    search = read_search(typed)
    assert (list(search.wanted), list(search.unwanted)) == (wanted, unwanted)
    assert search.is_empty is (not wanted)


@given(st.text(max_size=LONGEST * 2))
def test_any_text_when_typed_then_it_is_read_as_words(typed: str) -> None:
    search = read_search(typed)
    assert len(search.wanted) + len(search.unwanted) <= MOST_TERMS
    for term in (*search.wanted, *search.unwanted):
        assert term.words
        assert all(word.isalnum() for word in term.words)


@given(st.one_of(st.text(), WORDS.map(" ".join)), st.one_of(st.text(), WORDS.map(" ".join)))
def test_any_text_when_marked_then_the_pieces_are_the_text(typed: str, text: str) -> None:
    pieces = marked(read_search(typed), text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces[1:])


@given(st.text(min_size=1), WORDS.map(" ".join), st.integers(min_value=40, max_value=200))
def test_a_long_text_when_cut_then_what_is_shown_is_of_it_and_bounded(typed: str, text: str, length: int) -> None:
    shown = "".join(piece.text for piece in excerpt(read_search(typed), text, length))
    assert shown.removeprefix("… ").removesuffix(" …") in text
    # Words are not cut, if they are no longer than words are.
    assert len(shown) <= length + 34


def test_words_with_accents_and_capitals_when_marked_then_they_are_found() -> None:
    found = marked(read_search("nunez elbo"), "Señor Núñez saw ELBONIA's lake.")
    assert found == (
        Piece(text="Señor "),
        Piece(text="Núñez", is_found=True),
        Piece(text=" saw "),
        Piece(text="ELBONIA", is_found=True),
        Piece(text="'s lake."),
    )


def test_terms_that_overlap_when_marked_then_they_are_one_piece() -> None:
    assert marked(read_search('"grey lynx" "lynx cub"'), "A grey lynx cub") == (
        Piece(text="A "),
        Piece(text="grey lynx cub", is_found=True),
    )


def test_a_long_text_when_cut_then_the_part_with_what_is_looked_for_is_shown() -> None:
    text = (
        "Nothing of interest here. " * 20 + "At the harbour a lynx met an otter, said the palace. " + "And so on. " * 40
    )
    pieces = excerpt(read_search("otter lynx"), text, 100)
    assert [piece.text for piece in pieces if piece.is_found] == ["lynx", "otter"]
    assert pieces[0].text.startswith("… ")
    assert pieces[-1].text.endswith(" …")


def test_the_terms_in_a_text_when_counted_then_their_share_is_told() -> None:
    search = read_search("lynx otter")
    assert found_share(search, "A lynx and two otters") == 1
    assert found_share(search, "An otter") == 0.5
    assert found_share(Search(), "An otter") == 0


def test_a_word_when_folded_then_accents_and_capitals_go() -> None:
    assert fold("ÑANDÚ") == "nandu"
