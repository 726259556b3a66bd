"""Which reports a publisher corrects, and what only goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.events import EventActor, Evidence
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Status
from monitor.stories.corrections import Corrections
from tests.unit.storage.examples import news, report

MARKS = Corrections(["corrected", "correction", "corrección", "fe de erratas"])
EXPELS = "Fiji expels three Tongan envoys"


def told(
    title: str,
    *,
    said: str = "FJI diplomat.expelled TON",
    status: Status = Status.REPORTED,
    name: str = "",
    entry: str = "one",
    mention: bool = False,
    thing: str | None = None,
) -> StoredEvent:
    source, kind, target = said.split()
    return report(
        name or title,
        item=news(entry, title=title),
        type=kind,
        source=None if source == "?" else EventActor(code=source, name=source),
        target=EventActor(code=target, name=target),
        status=status,
        mention=mention,
        object=thing,
        evidence=Evidence(sentence=title, start=0, end=len(title), pattern="en/x#1"),
    )


@pytest.mark.parametrize(
    "later",
    [
        told("Tonga expels three Fijian envoys", said="TON diplomat.expelled FJI"),
        told("Samoa expels three Tongan envoys", said="WSM diplomat.expelled TON"),
        told("Fiji summons three Tongan envoys", said="FJI ambassador.summoned TON"),
        told("Fiji may expel three Tongan envoys", status=Status.POSSIBLE),
        told("Corrected: Fiji did not expel three Tongan envoys", status=Status.DENIED),
        told("CORRECTED-Tonga sends home Fijian diplomats", said="TON diplomat.expelled FJI"),
    ],
    ids=lambda one: one.item.title,
)
def test_given_a_report_when_its_edit_says_otherwise_then_it_is_corrected(later: StoredEvent) -> None:
    earlier = told(EXPELS)
    assert MARKS.find([earlier], [later]) == {later.id: earlier}


@pytest.mark.parametrize(
    "later",
    [
        told("Three Tongan envoys are expelled by Fiji"),
        told("Fiji denies it expels three Tongan envoys", status=Status.DENIED),
        told("Fiji expels three Tongan envoys over a ship", thing="Alba"),
        told("Fiji and Tonga sign a pact on fishing", said="FJI agreement.signed TON"),
        told("After Fiji expels three Tongan envoys", said="TON ambassador.recalled FJI", mention=True),
        # The same words, which our own patterns read otherwise by now.
        told(EXPELS, said="FJI ambassador.recalled TON", name="again"),
    ],
    ids=lambda one: f"{one.item.title} ({one.event.type})",
)
def test_given_a_report_when_its_edit_rephrases_or_goes_on_then_nothing_is_corrected(later: StoredEvent) -> None:
    assert MARKS.find([told(EXPELS)], [later]) == {}


def test_given_a_report_without_a_source_when_its_edit_names_one_then_that_is_no_correction() -> None:
    earlier, later = told("Three Tongan envoys expelled", said="? diplomat.expelled TON"), told(EXPELS)
    assert MARKS.find([earlier], [later]) == {}


def test_given_another_entry_when_it_is_marked_then_it_corrects_the_one_that_it_repeats_and_no_other() -> None:
    earlier = [told(EXPELS), told("Fiji recalls its envoy from Tonga", said="FJI ambassador.recalled TON", entry="two")]
    later = told("Correction: Tonga expels three Fijian envoys", said="TON diplomat.expelled FJI", entry="three")
    assert MARKS.find(earlier, [later]) == {later.id: earlier[0]}
    other = told("Correction: Tonga bans Fijian ships", said="TON sanction.imposed FJI", entry="three")
    assert MARKS.find(earlier, [other]) == {}


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        ("Corrected: Fiji recalls its envoy", True),
        ("CORRECTED-Fiji recalls its envoy", True),
        ("Fe de erratas: Fiyi llama a su embajador", True),
        ("(Corrección) Fiyi llama a su embajador", True),
        ("Fiji recalls its envoy [corrected]", True),
        ("Correction-officers strike in Fiji", False),
        ("Fiji corrected its map: Tonga protests", False),
        ("Correction of a border pleases Fiji", False),
    ],
)
def test_titles_when_they_say_that_they_correct_then_they_are_known(title: str, marked: bool) -> None:
    assert MARKS.says_so(news(title=title)) is marked


@given(st.lists(st.sampled_from(["Fiji", "Tonga", "expels", "three", "envoys", "now"]), min_size=1, max_size=8))
def test_a_report_whatever_its_words_when_said_again_word_for_word_then_it_is_never_corrected(words: list[str]) -> None:
    title = " ".join(words)
    again = told(title, said="TON diplomat.expelled FJI", name="again")
    assert MARKS.find([told(title)], [again]) == {}
