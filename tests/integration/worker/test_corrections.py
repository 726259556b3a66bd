"""Publishers that correct themselves: from the edit in the feed to the message for whoever had been told."""

from monitor.domain.delivery import MessageKind
from monitor.domain.routing import SilenceReason
from monitor.domain.stories import Step
from monitor.storage import events, outbox, silences, stories
from monitor.storage.events import ArchivedEvent
from monitor.storage.outbox import StoredMessage
from monitor.worker.poll import PollReport
from tests.integration.worker.conftest import ON_BOTH_DATABASES, Newsroom, Staff

pytestmark = ON_BOTH_DATABASES

WRONG = "Peru expels three Chilean diplomats"
RIGHT = "Chile expels three Peruvian diplomats"


def told(newsroom: Newsroom) -> list[StoredMessage]:
    """What was put on the way, the first first."""
    with newsroom.database.read() as connection:
        return [*reversed(outbox.messages(connection))]


def reports(newsroom: Newsroom) -> list[ArchivedEvent]:
    with newsroom.database.read() as connection:
        return sorted(events.recent_events(connection, limit=99), key=lambda one: one.read_at)


async def edit(staff: Staff, *titles: str, path: str = "/feed") -> PollReport:
    staff.room.publisher.publish(*titles, path=path)
    return await staff.poll(staff.room.source(path))


def test_given_a_told_story_when_its_publisher_edits_the_sides_then_it_is_amended_and_corrected_once(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await edit(staff, WRONG)
        assert (await edit(staff, RIGHT)).written.messages == 1
        # A publisher that can't decide is told of once in each direction.
        assert (await edit(staff, WRONG)).written.messages == 1
        assert (await edit(staff, RIGHT)).written.messages == 0

    newsroom.play(scenario)
    alert, correction, back = (one.message for one in told(newsroom))
    assert [one.kind for one in (alert, correction, back)] == [
        MessageKind.ALERT,
        MessageKind.SUMMARY,
        MessageKind.SUMMARY,
    ]
    assert {one.story_id for one in (alert, correction, back)} == {alert.story_id}
    body = correction.rendered.body.decode()
    assert "Corrected: Chile expelled diplomats of Peru" in body
    assert "We had told you: Peru expelled diplomats of Chile" in body
    assert "Wire /feed has corrected its report" in body
    with newsroom.database.read() as connection:
        (story,) = stories.recent_stories(connection, 9)
    assert (story.source, story.target, story.headline) == ("CHL", "PER", RIGHT)
    first, second = reports(newsroom)
    assert (first.withdrawn_at is None, second.withdrawn_at, second.step) == (False, None, Step.CORRECTED)
    with newsroom.database.read() as connection:
        reasons = [silence.reason for silence in silences.silences_of(connection, [second.stored.id])]
    assert SilenceReason.KNOWN in reasons


def test_given_a_story_of_two_publishers_when_one_corrects_itself_then_it_stands_without_it(newsroom: Newsroom) -> None:
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await edit(staff, WRONG, path="/one")
        await edit(staff, "Peru expels Chilean diplomats", path="/two")
        assert (await edit(staff, RIGHT, path="/one")).written.opened == 1

    newsroom.play(scenario)
    bodies = [one.message.rendered.body.decode() for one in told(newsroom)]
    (taken_back,) = [body for body in bodies if "takes back" in body]
    assert "One other publisher still reports it." in taken_back
    with newsroom.database.read() as connection:
        found = {story.source: story for story in stories.recent_stories(connection, 9)}
    assert set(found) == {"PER", "CHL"}
    assert len(found["PER"].publishers) == 1


def test_given_a_told_story_when_a_new_entry_says_that_it_corrects_it_then_it_is_amended(newsroom: Newsroom) -> None:
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await edit(staff, WRONG)
        assert (await edit(staff, WRONG, f"Corrected: {RIGHT}")).written.opened == 0

    newsroom.play(scenario)
    assert [one.message.kind for one in told(newsroom)] == [MessageKind.ALERT, MessageKind.SUMMARY]
    first, second = reports(newsroom)
    assert (first.story_id, first.withdrawn_at is None) == (second.story_id, False)


def test_given_a_told_story_when_its_entry_is_rephrased_or_moves_on_then_no_correction_is_sent(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await edit(staff, "Peru to expel three Chilean diplomats")
        assert (await edit(staff, "Peru to expel three Chilean diplomats soon")).written.messages == 0
        # What was planned has happened: an update, and no correction.
        assert (await edit(staff, WRONG)).written.messages == 1
        # A live page moves on to other news.
        await edit(staff, "Chile recalls its ambassador to Peru for consultations")

    newsroom.play(scenario)
    assert {one.message.kind for one in told(newsroom)} == {MessageKind.ALERT}
    assert all(one.withdrawn_at is None for one in reports(newsroom))
