from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.documents import TomlDocument
from monitor.settings.publishers import read_publishers
from monitor.settings.toml import read_toml
from monitor.stories.corroborate import Voices, publisher_of
from tests.unit.stories.reports import item

_DOCUMENT = read_toml(Path("config/publishers.toml"))
assert isinstance(_DOCUMENT, TomlDocument)
SHIPPED = Voices(read_publishers([_DOCUMENT])[0])


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
    assert SHIPPED.of_outlet(one) == SHIPPED.of_outlet(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC News", "ABC"),
        ("El Mundo", "El Nacional"),
        ("El Mundo", "Mundo"),
        ("Le Monde", "Le Figaro"),
        ("Fox News", "Sky News"),
    ],
)
def test_given_two_publishers_when_compared_then_they_stay_two(one: str, other: str) -> None:
    assert SHIPPED.of_outlet(one) != SHIPPED.of_outlet(other)


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Suva recalls its envoy from Apia (Reuters)", ""),
        ("Reuters: Suva recalls its envoy from Apia", ""),
        ("Suva recalls its envoy from Apia - Reuters", ""),
        ("Suva recalls its envoy from Apia, according to Reuters", ""),
        ("Suva llama a su embajador en Apia, según Reuters", ""),
        ("Suva recalls its envoy from Apia, Reuters reports", ""),
        ("Suva recalls its envoy from Apia", "SUVA (Reuters) The government of Fiji said on Monday"),
        ("Suva recalls its envoy from Apia", "Reuters - The government of Fiji said on Monday"),
    ],
)
def test_given_an_agencys_text_in_several_papers_when_counted_then_it_is_the_agencys(title: str, summary: str) -> None:
    voices = {
        SHIPPED.of_item(item(outlet=outlet, title=title, summary=summary)) for outlet in ("Coast FM", "Cape Wire")
    }
    assert voices == {"reuters"}


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Reuters reporter expelled from Apia", ""),
        ("EFECTO: Apia after the storm", ""),
        ("Apia closes its port", "The minister spoke. " * 12 + "(Reuters)"),
    ],
)
def test_given_a_text_that_only_talks_of_an_agency_when_counted_then_it_is_the_papers(title: str, summary: str) -> None:
    assert SHIPPED.of_item(item(outlet="Coast FM", title=title, summary=summary)) == "coast fm"


def test_given_a_ministrys_own_page_when_it_reports_then_it_speaks_for_its_state() -> None:
    assert SHIPPED.official_of(item(outlet="U.S. Department of State")) == "USA"
    assert SHIPPED.official_of(item(outlet="Coast FM")) is None


def test_given_an_outlet_without_a_word_when_counted_then_its_feed_stands_for_it() -> None:
    assert SHIPPED.of_item(item(outlet="—")) == item().feed_id


@given(st.text())
def test_given_any_name_when_its_key_is_taken_again_then_case_and_space_do_not_matter(name: str) -> None:
    assert publisher_of(f"  {name} ") == publisher_of(name)
