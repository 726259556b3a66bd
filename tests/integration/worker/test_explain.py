"""The whole way of an entry, walked back on what real polls and sends have left."""

from collections.abc import Callable
from typing import TypeVar

from monitor.classify.compile import compile_classifier
from monitor.domain.explanation import ItemSeen
from monitor.domain.feeds import FirstPoll
from monitor.domain.routing import SilenceReason, Watch
from monitor.domain.stories import Stage, Step
from monitor.domain.taxonomy import Severity
from monitor.storage import items, outbox, stories
from monitor.storage.browse.story import life_of
from monitor.worker.explain import Archivist
from tests.integration.worker.conftest import ON_BOTH_DATABASES, Newsroom, Staff
from tests.integration.worker.test_situations import BURST, NEXT

pytestmark = ON_BOTH_DATABASES

EXPELLED = "Peru expels three Chilean diplomats"
_Found = TypeVar("_Found")

EVERYTHING = Watch(id="everything", name="Everything", between=(), channels=("ok",), min_severity=Severity.ROUTINE)
LATER = Watch(id="later", name="Later", between=(frozenset({"FJI"}),), channels=("ok",))


def asked(newsroom: Newsroom, question: Callable[[Archivist], _Found]) -> _Found:
    source = newsroom.classifier
    classifier = compile_classifier(
        source.taxonomy, languages=source.languages, patterns=source.patterns, actors=source.actors
    )
    with newsroom.database.read() as connection:
        archivist = Archivist(
            connection=connection,
            taxonomy=source.taxonomy,
            watches=(EVERYTHING, LATER),
            classifier=lambda: classifier,
            feeds={"feed": newsroom.source()},
        )
        return question(archivist)


def the_entry(found: tuple[object, ...]) -> ItemSeen:
    (entry,) = found
    assert isinstance(entry, ItemSeen)
    return entry


def test_given_a_told_entry_when_asked_for_then_each_step_of_its_way_is_known(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(EXPELLED, "A quiet day at the museum")
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source())
        await staff.dispatcher.round()

    newsroom.play(scenario)
    entry = the_entry(asked(newsroom, lambda archivist: archivist.items_titled(EXPELLED.upper())))
    (report,), (story,) = entry.reports, entry.stories
    assert (entry.feed.feed_id, entry.feed.url, entry.reads_the_same) == ("feed", newsroom.source().shown_url, True)
    assert "title" in entry.known_by
    assert (report.step, report.story_id, report.signs) == (Step.OPENED, story.story.id, ("expels",))
    everything, later = report.answers
    (told,) = story.told
    assert everything.told == (told.message_id,)
    assert (told.state, told.event_id, told.watches) == ("delivered", report.report.id, ("everything",))
    assert [answer.verdict for answer in told.answers] == ["delivered"]
    # A watch that came later left no trace; what it would say now is known all the same.
    assert (later.told, later.silences, later.objections) == ((), (), (SilenceReason.RELATION,))


def test_given_a_second_outlet_and_an_entry_without_event_when_asked_for_then_it_is_said_why_nobody_was_told(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(EXPELLED, path="/feed")
    newsroom.publisher.publish("Peru expels Chilean diplomats", "Chilean singer condemned Peru", path="/two")
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source())
        await staff.poll(newsroom.source("/two"))

    newsroom.play(scenario)
    second = the_entry(asked(newsroom, lambda archivist: archivist.items_titled("Peru expels Chilean diplomats")))
    (report,) = second.reports
    assert (report.step, second.feed.url) == (Step.ADVANCED, None)
    assert report.story_id is not None
    with newsroom.database.read() as connection:
        (known,) = stories.stories_with_id(connection, report.story_id)
        life = life_of(connection, known)
    assert [step.stage for step in life] == [Stage.FIRST, Stage.CORROBORATED]
    assert [silence.reason for silence in report.answers[0].silences] == [SilenceReason.FOLLOW_UP]
    assert second.stories[0].told[0].event_id != report.report.id
    silent = the_entry(asked(newsroom, lambda archivist: archivist.items_titled("Chilean singer condemned Peru")))
    assert silent.reports == ()
    assert silent.sentences[0].near


def test_given_a_baseline_when_asked_by_link_then_it_is_the_reason_for_all(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(EXPELLED)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source(first_poll=FirstPoll.BASELINE))

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        (item,) = items.recent_items(connection, limit=2)
    address = f"{item.link}?utm_source=letter"
    entry = the_entry(asked(newsroom, lambda archivist: archivist.items_at(address)))
    assert [silence.reason for silence in entry.reports[0].for_all] == [SilenceReason.BASELINE]
    assert asked(newsroom, lambda archivist: archivist.items_at("https://nowhere.example/")) == ()


def test_given_a_burst_when_a_held_story_is_asked_for_then_the_message_that_tells_it_is_named(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(*BURST)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source())
        newsroom.publisher.publish(NEXT, *BURST)
        await staff.poll(newsroom.source())

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        found = stories.recent_stories(connection, 99)
        sent = {one.message.id for one in outbox.messages(connection)}
    seen = asked(newsroom, lambda archivist: [archivist.story(one) for one in found])
    held = [one for story in seen for one in story.held]
    assert held
    assert {message_id for one in held for message_id in one.told_in} <= sent
    assert [one.is_over for one in held].count(False) == 1


def test_given_an_alert_when_asked_for_then_it_leads_to_the_entry_that_it_told(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(EXPELLED)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source())

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        (message,) = outbox.messages(connection)
    seen = asked(newsroom, lambda archivist: archivist.alert(message))
    assert isinstance(seen.about, ItemSeen)
    assert seen.about.item.title == EXPELLED
    assert seen.told.state == "pending"
