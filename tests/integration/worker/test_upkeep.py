import datetime as dt

from monitor.domain.feeds import FirstPoll
from monitor.domain.routing import SilenceReason
from monitor.storage import events, items, silences
from monitor.worker.upkeep import REASONS_KEPT_FOR, Retention, shed
from tests.integration.worker.conftest import ON_BOTH_DATABASES, Newsroom, Staff, utc_now

pytestmark = ON_BOTH_DATABASES


def reasons(newsroom: Newsroom) -> list[SilenceReason]:
    with newsroom.database.read() as connection:
        (event,) = events.recent_events(connection, limit=9)
        return [silence.reason for silence in silences.silences_of(connection, [event.stored.id])]


def test_given_reasons_when_a_month_has_passed_then_they_go_and_the_report_stays(newsroom: Newsroom) -> None:
    newsroom.publisher.publish("Norway recalls its ambassador to Hungary")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source(first_poll=FirstPoll.BASELINE))

    newsroom.play(scenario)
    assert shed(newsroom.database, Retention(), utc_now() + REASONS_KEPT_FOR - dt.timedelta(hours=1)) == {}
    assert reasons(newsroom) == [SilenceReason.BASELINE]
    assert shed(newsroom.database, Retention(), utc_now() + REASONS_KEPT_FOR + dt.timedelta(hours=1)) == {"reasons": 1}
    assert reasons(newsroom) == []


def test_given_an_entry_whose_item_has_gone_when_it_is_polled_again_then_it_is_no_news(newsroom: Newsroom) -> None:
    newsroom.publisher.publish("Norway recalls its ambassador to Hungary", "A market opens in Apia")
    stored: list[int] = []

    async def scenario(staff: Staff) -> None:
        source = newsroom.source(first_poll=FirstPoll.BASELINE)
        assert (await staff.poll(source)).written.fresh == 2
        later = utc_now() + dt.timedelta(days=91)
        retention = Retention(items_without_events=dt.timedelta(days=90))
        stored.append(shed(newsroom.database, retention, later)["items without events"])
        # What else the document holds is no reason to take the old entry for a new one.
        newsroom.publisher.publish(
            "Norway recalls its ambassador to Hungary", "A market opens in Apia", "A bridge opens in Suva"
        )
        assert (await staff.poll(source)).written.fresh == 1

    newsroom.play(scenario)
    assert stored == [1]
    with newsroom.database.read() as connection:
        titles = {item.title for item in items.recent_items(connection, limit=9)}
    assert titles == {"Norway recalls its ambassador to Hungary", "A bridge opens in Suva"}
