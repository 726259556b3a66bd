import datetime as dt

from monitor.domain.feeds import FirstPoll
from monitor.domain.routing import SilenceReason
from monitor.storage import events, silences
from monitor.worker.upkeep import REASONS_KEPT_FOR, shed
from tests.integration.worker.conftest import Newsroom, Staff, utc_now


def reasons(newsroom: Newsroom) -> list[SilenceReason]:
    with newsroom.database.read() as connection:
        (event,) = events.recent_events(connection, limit=9)
        return [silence.reason for silence in silences.silences_of(connection, [event.stored.id])]


def test_given_reasons_when_a_month_has_passed_then_they_go_and_the_report_stays(newsroom: Newsroom) -> None:
    newsroom.publisher.publish("Norway recalls its ambassador to Hungary")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source(first_poll=FirstPoll.BASELINE))

    newsroom.play(scenario)
    assert shed(newsroom.database, utc_now() + REASONS_KEPT_FOR - dt.timedelta(hours=1)) == 0
    assert reasons(newsroom) == [SilenceReason.BASELINE]
    assert shed(newsroom.database, utc_now() + REASONS_KEPT_FOR + dt.timedelta(hours=1)) == 1
    assert reasons(newsroom) == []
