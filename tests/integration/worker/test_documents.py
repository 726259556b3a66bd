"""What a feed's documents teach, over real polls: with children that parse, and a database that remembers."""

from xml.sax.saxutils import escape

from monitor.domain.feeds import FeedSource, FirstPoll
from monitor.domain.memory import FeedMemory
from monitor.domain.routing import SilenceReason
from monitor.feeds.segments import parted
from monitor.storage import events, items, memory, outbox, silences
from monitor.storage.outbox import MessageState
from monitor.worker.poll import PollOutcome
from tests.integration.worker.conftest import Newsroom, Staff

TREATIES = (
    "Tonga recalls its ambassador to Samoa",
    "Palau expels two Nauruan diplomats",
    "Fiji opens an embassy in Kiribati",
    "Vanuatu bans imports from Tuvalu",
)


def document(*entries: tuple[str, str, str], title: str = "Pacific") -> bytes:
    """An RSS document of (guid, link, title)."""
    inside = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>{escape(link)}</link><title>{escape(name)}</title>"
        f"<description>What is known of {escape(name)}.</description></item>\n"
        for guid, link, name in entries
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{inside}</channel></rss>".encode()


def numbered(*titles: str, prefix: str = "urn:", site: str = "https://isles.example") -> list[tuple[str, str, str]]:
    return [(f"{prefix}{number}", f"{site}/{number}", title) for number, title in enumerate(titles)]


def remembered(newsroom: Newsroom, source: FeedSource) -> FeedMemory:
    with newsroom.database.read() as connection:
        return memory.recall(connection, source.id)


def stored(newsroom: Newsroom) -> int:
    with newsroom.database.read() as connection:
        return len(items.recent_items(connection, limit=100))


def reasons(newsroom: Newsroom) -> set[SilenceReason]:
    with newsroom.database.read() as connection:
        found = [archived.stored.id for archived in events.recent_events(connection, limit=100)]
        return {silence.reason for silence in silences.silences_of(connection, found)}


def test_given_a_document_when_it_grows_then_the_entries_before_are_known_by_their_bytes(newsroom: Newsroom) -> None:
    source = newsroom.source()
    first = numbered(*TREATIES)
    newsroom.publisher.documents["/feed"] = document(*first)

    async def scenario(staff: Staff) -> None:
        assert (await staff.poll(source)).written.fresh == 4
        before = remembered(newsroom, source)
        assert len(parted(before.segments)) == 4
        newsroom.publisher.documents["/feed"] = document(("urn:9", "https://isles.example/9", "A museum opens"), *first)
        report = await staff.poll(source)
        assert (report.entries, report.written.fresh, report.written.edited) == (5, 1, 0)
        assert parted(before.segments) < parted(remembered(newsroom, source).segments)
        newsroom.publisher.documents["/feed"] = document(*first, title="Renamed")
        report = await staff.poll(source)
        assert (report.outcome, report.entries, report.written.fresh) == (PollOutcome.READ, 4, 0)
        assert remembered(newsroom, source) == before

    newsroom.play(scenario)
    assert stored(newsroom) == 5


def test_given_a_known_guid_over_another_article_when_it_is_seen_alone_then_the_whole_document_says_that_it_is_new(
    newsroom: Newsroom,
) -> None:
    source = newsroom.source()
    first = numbered(*TREATIES)
    newsroom.publisher.documents["/feed"] = document(*first)

    async def scenario(staff: Staff) -> None:
        await staff.poll(source)
        newsroom.publisher.documents["/feed"] = document(("urn:1", "https://isles.example/9", "A museum opens"), *first)
        report = await staff.poll(source)
        assert (report.entries, report.written.fresh, report.written.edited) == (5, 1, 0)

    newsroom.play(scenario)
    assert stored(newsroom) == 5


def test_given_a_replay_under_other_guids_when_polled_then_nothing_alerts_and_the_operator_hears_of_it_once(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")
    source = newsroom.source(first_poll=FirstPoll.BASELINE)
    newsroom.publisher.documents["/feed"] = document(*numbered(*TREATIES))

    async def scenario(staff: Staff) -> None:
        await staff.poll(source)
        for turn in range(3):
            newsroom.publisher.documents["/feed"] = document(*numbered(*TREATIES, prefix=f"{turn}-"))
            report = await staff.poll(source)
            assert (report.written.fresh, report.written.edited, report.written.messages) == (0, 0, 0)

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        assert outbox.counts(connection)[MessageState.PENDING] == 1
    assert stored(newsroom) == 4
    assert remembered(newsroom, source).habits.replayed_at is not None


def test_given_a_replay_of_rewritten_articles_when_polled_then_they_are_read_and_stay_silent(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")
    source = newsroom.source(first_poll=FirstPoll.BASELINE)
    plain = [f"{title.split(' ')[0]} is quiet" for title in TREATIES]
    newsroom.publisher.documents["/feed"] = document(*numbered(*plain))

    async def scenario(staff: Staff) -> None:
        await staff.poll(source)
        newsroom.publisher.documents["/feed"] = document(*numbered(*TREATIES, prefix="new-"))
        report = await staff.poll(source)
        assert (report.written.fresh, report.written.edited, report.written.messages) == (0, 4, 0)
        assert report.written.events == 4

    newsroom.play(scenario)
    assert reasons(newsroom) == {SilenceReason.REPLAYED}


def test_given_titles_that_end_in_section_and_outlet_when_polled_then_they_are_stored_whole_and_read_without(
    newsroom: Newsroom,
) -> None:
    source = newsroom.source()
    titles = [f"{title} | Pacific - The Desk" for title in (*TREATIES, "A museum opens")]
    newsroom.publisher.documents["/feed"] = document(*numbered(*titles))

    async def scenario(staff: Staff) -> None:
        await staff.poll(source)

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        found = items.recent_items(connection, limit=9)
    assert {item.title for item in found} == set(titles)
    assert {item.headline for item in found} == {*TREATIES, "A museum opens"}
    assert remembered(newsroom, source).habits.endings == (" - The Desk", " | Pacific")
