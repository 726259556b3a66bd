"""The page of all relations: who moved stands in its lists, the most active in its table, and a form leads to any two."""

from pathlib import Path

import pytest

from tests.unit.web.exhibits import Visitor, a_site, empty_database, visiting
from tests.unit.web.reading import read


def test_pairs_when_they_have_moved_then_they_stand_in_the_lists_with_their_course(archive_visitor: Visitor) -> None:
    page = read(archive_visitor.get("/relations").text)
    lists = [one.words for one in page.find("ol")]
    cooled_in_week, warmed_in_week, cooled_in_month, warmed_in_month = lists
    assert cooled_in_week.startswith("Fiji – Tonga by −7")
    assert warmed_in_week.startswith("Laos – Vanuatu by +14")
    assert cooled_in_month.startswith("Fiji – Tonga")
    assert "Kiribati – Tuvalu" in warmed_in_month
    names = {one.attributes["aria-label"] for one in page.find("svg", class_="spark")}
    assert "Index of Fiji – Tonga over the last 30 days" in names


def test_states_when_they_are_active_then_each_cell_leads_to_its_pair_and_says_how_it_stands(
    archive_visitor: Visitor,
) -> None:
    page = read(archive_visitor.get("/relations").text)
    columns = [one.words for one in page.find("th", scope="col")]
    assert columns == ["BTN", "FJI", "KIR", "LAO", "NRU", "TON", "TUV", "VUT"]
    assert [one.words for one in page.find("th", scope="row")][:2] == ["Bhutan", "Fiji"]
    links = {one.attributes["href"]: one.attributes.get("aria-label") for one in page.find("a")}
    assert links["/relations/BTN-NRU"] == "Bhutan – Nauru: −23, tense"
    assert links["/relations/BTN-FJI"] == "Bhutan – Fiji: no story that counts"
    assert len(page.find("td", class_="self")) == len(columns)


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [("one=Nauru&other=bhutan", "/relations/BTN-NRU"), ("one=TON&other=lao", "/relations/LAO-TON")],
)
def test_two_states_when_chosen_then_the_page_of_the_pair_opens(
    query: str, leads_to: str, archive_visitor: Visitor
) -> None:
    answer = archive_visitor.get(f"/relations?{query}")
    assert (answer.status, answer.headers["location"]) == (303, leads_to)


@pytest.mark.parametrize("query", ["one=Nauru", "one=Nauru&other=Nauru", "one=Nauru&other=Atlantis"])
def test_two_states_when_they_are_no_two_then_a_page_asks_again(query: str, archive_visitor: Visitor) -> None:
    answer = archive_visitor.get(f"/relations?{query}")
    assert answer.status == 404
    assert read(answer.text).find("datalist")


def test_names_when_there_are_many_to_choose_from_then_accents_and_capitals_do_not_part_them(
    archive_visitor: Visitor,
) -> None:
    page = read(archive_visitor.get("/relations", accept_language="es").text)
    names = [one.attributes["value"] for one in page.find("option")]
    assert names.index("Afganistán") < names.index("ALBA") < names.index("Bután")


def test_an_empty_archive_when_looked_at_then_the_page_says_what_comes(tmp_path: Path) -> None:
    with empty_database(tmp_path) as database, visiting(lambda: a_site(database)) as visitor:
        page = read(visitor.get("/relations").text)
    assert page.find("p", class_="empty")[0].words.startswith("No stories of late")
    assert not page.find("table")
