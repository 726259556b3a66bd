import datetime as dt

from monitor.domain.publishers import Coverage, Printing, Publisher
from monitor.stories.corroborate import Voices
from monitor.stories.coverage import coverage_of
from tests.unit.stories.reports import NOON, item

VOICES = Voices(
    [
        Publisher(id="tidewire", names=("Tidewire", "Tidewire News Agency"), agency=True),
        Publisher(id="isles", names=("Isles Herald", "The Reef Post")),
    ]
)
HOUR = dt.timedelta(hours=1)
TITLE = "Suva recalls its envoy from Apia"


def test_given_reports_of_several_outlets_when_covered_then_each_publisher_stands_once_the_first_one_first() -> None:
    reports = [
        item(outlet="Cape Radio", link="https://cape.example/1", at=NOON + 2 * HOUR),
        item(outlet="Isles Herald", link="https://isles.example/1", at=NOON),
        item(outlet="The Reef Post", link="https://reef.example/1", at=NOON + HOUR),
        item(outlet="Cape Radio", link="https://cape.example/2", at=NOON + 3 * HOUR),
    ]
    assert coverage_of(reports, VOICES) == (
        Coverage(
            publisher="isles",
            printings=(
                Printing(outlet="Isles Herald", link="https://isles.example/1"),
                Printing(outlet="The Reef Post", link="https://reef.example/1"),
            ),
        ),
        Coverage(publisher="cape", printings=(Printing(outlet="Cape Radio", link="https://cape.example/1"),)),
    )


def test_given_papers_that_print_one_agency_when_covered_then_they_stand_behind_its_name() -> None:
    reports = [
        item(title=f"{TITLE} (Tidewire)", outlet=outlet, link=f"https://{outlet}.example/", at=NOON)
        for outlet in ("harbour", "lagoon", "summit")
    ]
    (tidewire,) = coverage_of(reports, VOICES)
    assert (tidewire.publisher, tidewire.agency) == ("tidewire", "Tidewire")
    assert len(tidewire.printings) == 3


def test_given_the_agency_itself_when_covered_then_it_is_an_outlet_like_others() -> None:
    (tidewire,) = coverage_of([item(title=f"{TITLE} (Tidewire)", outlet="Tidewire News Agency")], VOICES)
    assert tidewire.agency is None


def test_given_an_outlet_without_a_link_first_when_covered_then_its_later_link_leads_there() -> None:
    reports = [
        item(outlet="Cape Radio", link=None, at=NOON),
        item(outlet="Cape Radio", link="https://cape.example/2", at=NOON + HOUR),
    ]
    (cape,) = coverage_of(reports, VOICES)
    assert cape.printings == (Printing(outlet="Cape Radio", link="https://cape.example/2"),)
