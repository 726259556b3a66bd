"""A burst from a feed to the outbox: one message opens the situation, one summary tells what it held back."""

import datetime as dt

from monitor.domain.routing import SilenceReason
from monitor.storage import events, outbox, silences
from monitor.storage.outbox import StoredMessage
from monitor.storage.situations import open_situations
from monitor.stories.situation import COUNTED_FOR, SUMMARY_EVERY
from monitor.worker.situations import tell_situations
from tests.integration.worker.conftest import ON_BOTH_DATABASES, Newsroom, Staff, utc_now

pytestmark = ON_BOTH_DATABASES

BURST = (
    "Peru expels three Chilean diplomats",
    "Peru recalls its ambassador to Chile",
    "Peru closes its border with Chile",
    "Chile summons the Peruvian ambassador",
    "Chile accuses Peru of spying",
    "Chile imposes sanctions on Peru",
)
NEXT = "Peru accuses Chile of spying"


def messages(newsroom: Newsroom) -> list[StoredMessage]:
    with newsroom.database.read() as connection:
        return list(outbox.messages(connection, limit=100))


def test_given_a_burst_of_one_pair_when_polled_then_one_message_opens_a_situation_and_a_summary_follows(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(*BURST)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source())
        newsroom.publisher.publish(NEXT, *BURST)
        await staff.poll(newsroom.source())
        channels = staff.desk.channels
        now = utc_now()
        assert tell_situations(newsroom.database, channels, now) == 0
        assert tell_situations(newsroom.database, channels, now + SUMMARY_EVERY) == 1
        assert tell_situations(newsroom.database, channels, now + SUMMARY_EVERY) == 0
        tell_situations(newsroom.database, channels, now + SUMMARY_EVERY + COUNTED_FOR + dt.timedelta(minutes=1))

    newsroom.play(scenario)
    bodies = [stored.message.rendered.body.decode() for stored in messages(newsroom)]
    assert sum("6 stories within an hour" in body for body in bodies) == 1
    (summary,) = [body for body in bodies if "one story since" in body]
    assert NEXT in summary
    assert not any(NEXT in body for body in bodies if body != summary)
    with newsroom.database.read() as connection:
        assert open_situations(connection) == ()
        found = [one.stored for one in events.recent_events(connection, limit=100)]
        held = {
            one.event_id
            for one in silences.silences_of(connection, [report.id for report in found])
            if one.reason is SilenceReason.SITUATION
        }
    assert {report.item.title for report in found if report.id in held} == {NEXT}
