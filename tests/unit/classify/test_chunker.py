"""Which tokens belong together: numbers, sums, dates and articles in a row."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Japan gave Palau up to $2 million.", ["JPN aid.provided PLW reported"]),
        ("Japan gave about $3 million in credits to Palau.", ["JPN aid.provided PLW reported"]),
        ("Chad gave Niger a June 3 deadline for an answer.", ["TCD threat NER reported"]),
        ("Uganda withdrew its last troops from Burundi.", ["UGA military.withdrawn BDI reported"]),
        ("Sudan denounced what it called Kenya's meddling.", ["SDN statement.criticism KEN reported"]),
        ("Ghana sent 40 troops, among them ten medics, to Liberia.", ["GHA military.mobilized LBR reported"]),
        ("Togo agreed to re-open its border with Benin.", ["TGO border.opened BEN planned"]),
        ("Fiji's leader held talks with the Tongan king just days after a storm.", ["FJI talks TON reported"]),
        ("Chad carried out many attacks, mainly on towns in Niger.", ["TCD military.attack NER reported"]),
        ("Kenya jailed 30% of the Ugandan fishermen.", ["KEN person.detained UGA reported"]),
    ],
)
def test_given_numbers_and_articles_in_a_row_when_read_then_they_stay_with_their_noun(
    read: Callable[[str], list[str]], text: str, events: list[str]
) -> None:
    assert read(text) == events


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Silva says he's ending talks with Tuvalu", []),
        ("Tuvalu says it's ending talks with Fiji", ["TUV contact.broken FJI reported"]),
        ("Tuvalu says it's not meeting Fiji", ["TUV meeting FJI denied"]),
        ("Tuvalu says it's imposed tariffs on Fiji", ["TUV trade.restricted FJI reported"]),
        ("Tuvalu's envoy meets Fiji's premier", ["TUV meeting FJI reported"]),
    ],
)
def test_given_a_pronoun_when_an_apostrophe_follows_then_it_is_a_verb_and_no_owner(
    read: Callable[[str], list[str]], text: str, events: list[str]
) -> None:
    assert read(text) == events
