import pytest
from hypothesis import given, strategies

from monitor.domain.feeds import FeedEntry, ParsedFeed
from monitor.feeds.titles import end_in_outlets, ending_of, learn_endings

NEWS = (
    "Fiji opens an embassy",
    "Tonga and Samoa talk",
    "Nauru signs a treaty",
    "Palau recalls an envoy",
    "Kiribati votes",
)


def entry(title: str, outlet: str | None = None) -> FeedEntry:
    return FeedEntry(guid=None, link=None, title=title, summary="", published_at=None, outlet=outlet)


def feed(*titles: str, title: str | None = None) -> ParsedFeed:
    return ParsedFeed(title=title, language=None, entries=tuple(map(entry, titles)))


def headline(title: str, endings: tuple[str, ...]) -> str:
    ending, _ = ending_of(entry(title), endings, outlets_at_end=False)
    return title.removesuffix(ending)


@pytest.mark.parametrize(
    "ending", [" - The Desk", " | Pacific", " – Live", " — The Desk", " · World", " » News", " :: X"]
)
def test_an_ending_that_all_titles_share_when_learned_then_it_is_cut_off(ending: str) -> None:
    endings = learn_endings(feed(*(f"{title}{ending}" for title in NEWS)))
    assert endings == (ending,)
    assert headline(f"Vanuatu bans a ship{ending}", endings) == "Vanuatu bans a ship"


def test_section_and_outlet_when_both_stand_at_the_end_then_both_are_cut_off() -> None:
    titles = [
        f"{title} | {section} - The Desk" for title, section in zip(NEWS, ("World", "World", "Politics"), strict=False)
    ]
    parsed = feed(*titles, *(f"{title} | World - The Desk" for title in NEWS), title="World | The Desk")
    endings = learn_endings(parsed)
    assert headline(titles[0], endings) == NEWS[0]
    assert headline(titles[2], endings) == f"{NEWS[2]} | Politics"


def test_what_the_feed_is_called_when_two_titles_end_in_it_then_it_is_cut_off() -> None:
    parsed = feed(
        f"{NEWS[0]} - The Desk", f"{NEWS[1]} - the desk", f"{NEWS[2]} - The Desk", *NEWS, title="THE DESK: world"
    )
    assert learn_endings(parsed) == ()
    assert learn_endings(ParsedFeed(title="World - THE DESK", language=None, entries=parsed.entries)) == (
        " - The Desk",
    )


@pytest.mark.parametrize(
    "titles",
    [
        [f"{title} - report" for title in NEWS[:2]] + list(NEWS),
        [f"{title} - The Desk" for title in NEWS[:3]],
        ["Fiji-Tonga talks"] * 6,
        ["Live - Fiji"] * 6,
        [],
    ],
)
def test_an_ending_that_few_share_or_that_leaves_too_little_when_learned_then_there_is_none(titles: list[str]) -> None:
    assert learn_endings(feed(*titles)) == ()


def test_a_title_when_it_is_nothing_but_endings_then_something_is_left() -> None:
    endings = (" - The Desk",)
    assert headline("World - The Desk", endings) == "World - The Desk"
    assert headline("Fiji votes - The Desk - The Desk", endings) == "Fiji votes"
    assert headline(" - The Desk", endings) == " - The Desk"


def test_the_outlet_that_an_entry_states_when_its_title_ends_in_it_then_it_is_cut_off() -> None:
    assert ending_of(entry("Fiji votes - Wire", "WIRE"), (), outlets_at_end=False) == (" - Wire", "Wire")
    assert ending_of(entry("Fiji votes - Desk", "Wire"), (), outlets_at_end=False) == ("", None)
    assert ending_of(entry("Fiji votes - Desk"), (), outlets_at_end=True) == (" - Desk", "Desk")


def test_an_aggregators_titles_when_they_end_in_outlets_then_that_is_seen() -> None:
    outlets = ("The Desk", "Wire", "isles.example", "The Desk", "Wire")
    titles = [f"{title} - {outlet}" for title, outlet in zip(NEWS * 2, outlets * 2, strict=True)]
    assert end_in_outlets([entry(title) for title in titles])
    assert not end_in_outlets([entry(title) for title in titles[:5]])
    assert not end_in_outlets([entry(f"{title} - The Desk") for title in NEWS * 2])
    assert not end_in_outlets([entry(f"{title} - on day {number}") for number, title in enumerate(NEWS * 2)])
    assert end_in_outlets([entry(title, title.rpartition(" - ")[2]) for title in titles[:3]])
    assert not end_in_outlets([entry(title, "Aggregator") for title in titles[:3]])
    assert not end_in_outlets([])


TITLES = strategies.lists(
    strategies.lists(
        strategies.sampled_from(["Fiji", "votes", "-", "|", "–", "Desk", "World", "::", "a", "·"]), max_size=9
    ).map(" ".join),
    max_size=9,
)


@given(TITLES, strategies.sampled_from([None, "Desk", "World | Desk"]), strategies.booleans())
def test_any_titles_when_their_endings_are_cut_off_then_each_keeps_its_beginning(
    titles: list[str], name: str | None, outlets: bool
) -> None:
    endings = learn_endings(feed(*titles, title=name))
    for title in titles:
        ending, _ = ending_of(entry(title), endings, outlets_at_end=outlets)
        assert title.endswith(ending)
        assert len(title.removesuffix(ending).split()) >= min(2, len(title.split()))
