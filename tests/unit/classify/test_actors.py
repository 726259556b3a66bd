"""For whom a noun group stands that names nobody by itself."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("A court in Dakar jailed three Malian officers.", ["SEN person.detained MLI reported"]),
        ("The government in Lome recalled its ambassador to Benin.", ["TGO ambassador.recalled BEN reported"]),
        ("A spokesman for the Gabonese government criticised Chad.", ["GAB statement.criticism TCD reported"]),
        ("Several countries, including Estonia and Latvia, have expelled Cuban diplomats.", ["EST diplomat.expelled CUB reported", "LVA diplomat.expelled CUB reported"]),
        ("Norway imposed sanctions on several states, including Mali and Niger.", ["NOR sanctions.imposed MLI reported", "NOR sanctions.imposed NER reported"]),
        ("Ecuador's Congress condemned Bolivia.", ["ECU statement.criticism BOL reported"]),
        ("Ecuadorian Senate condemned Bolivia.", ["ECU statement.criticism BOL reported"]),
        ("Congress condemned Bolivia.", ["USA statement.criticism BOL reported"]),
        ("The Dutch have recognised Tuvalu.", ["NLD recognition.granted TUV reported"]),
        ("The Czechs condemned Belarus.", ["CZE statement.criticism BLR reported"]),
        ("Five Czechs condemned Belarus.", []),
        ("A singer in Dakar criticised Mali.", []),
        ("Diplomats in Vienna met Malian officials.", []),
        ("Houthi fighters shelled a Saudi town.", ["HOUTHIS military.attack SAU reported"]),
        ("Syrian gunmen shelled a Saudi town.", []),
        ("Hundreds of Gambians marched to the Senegalese embassy.", ["GMB protest.staged SEN reported"]),
        ("The president of Uruguay's chess federation criticised Peru.", []),
        ("South Korea's premier Kim Boo-kyum thanked Mongolia.", ["KOR statement.support MNG reported"]),
    ],
)  # fmt: skip
def test_given_somebody_who_acts_for_a_state_when_read_then_the_state_is_found(
    read: Callable[[str], list[str]], text: str, events: list[str]
) -> None:
    assert read(text) == events
