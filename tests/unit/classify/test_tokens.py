"""Sentences and tokens keep their places, whatever stands in a text."""

from hypothesis import given, strategies

from monitor.classify.tokens import Sentence, split_sentences

ABBREVIATIONS = frozenset({"mr.", "gen.", "u.s."})


def sentences(text: str) -> list[str]:
    return [sentence for _, sentence in split_sentences(text, ABBREVIATIONS)]


def test_abbreviations_when_split_then_end_no_sentence() -> None:
    text = "Gen. Silva met Mr. Okafor of the U.S. delegation. John F. Baker left. EE.UU. y Cuba hablan."
    assert sentences(text) == [
        "Gen. Silva met Mr. Okafor of the U.S. delegation.",
        "John F. Baker left.",
        "EE.UU. y Cuba hablan.",
    ]


def test_a_headline_and_a_body_when_split_then_the_line_break_parts_them() -> None:
    assert sentences("Peru recalls envoy\n\nLima said so. It was late.") == [
        "Peru recalls envoy",
        "Lima said so.",
        "It was late.",
    ]


def test_words_when_tokenised_then_abbreviations_hyphens_and_possessives_come_apart() -> None:
    assert Sentence("U.S.-China's 1.5% cut won’t hold, O'Brien said", 0).words == (
        "U.S.", "-", "China", "'s", "1.5%", "cut", "won’t", "hold", ",", "O'Brien", "said",
    )  # fmt: skip


@given(strategies.text(max_size=200))
def test_any_text_when_tokenised_then_each_token_stands_where_it_says(text: str) -> None:
    for start, sentence in split_sentences(text, ABBREVIATIONS):
        tokens = Sentence(sentence, start)
        assert text[start : start + len(sentence)] == sentence
        for word, first, last in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
            assert text[first:last] == word
            assert last > first


@given(strategies.text(alphabet="ab. \n?", max_size=60))
def test_any_text_when_split_then_no_word_is_lost(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
