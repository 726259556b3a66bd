import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.corroborate import publisher_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BBC News", "BBC Mundo"),
        ("BBC", "www.bbc.co.uk"),
        ("The Guardian", "guardian"),
        ("Associated Press", "AP News"),
        ("The Associated Press", "AP"),
        ("Agence France-Presse", "AFP"),
        ("CNN en Español", "CNN"),
        ("https://www.reuters.com/world", "Reuters"),
        ("Al Jazeera English", "al jazeera"),
    ],
)
def test_given_two_names_of_one_publisher_when_compared_then_they_are_one_voice(one: str, other: str) -> None:
    assert publisher_of(one) == publisher_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("El Mundo", "El Nacional"), ("El Mundo", "Mundo"), ("Le Monde", "Le Figaro"), ("Fox News", "Sky News")],
)
def test_given_two_publishers_when_compared_then_they_stay_two(one: str, other: str) -> None:
    assert publisher_of(one) != publisher_of(other)


@given(st.text())
def test_given_any_name_when_its_key_is_taken_again_then_case_and_space_do_not_matter(name: str) -> None:
    assert publisher_of(f"  {name} ") == publisher_of(name)
