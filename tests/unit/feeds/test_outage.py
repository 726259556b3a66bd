import datetime as dt

from monitor.domain.feeds import CacheValidators, FeedState, FetchFailed, FetchFailure, NotModified
from monitor.feeds.outage import NetworkWatch

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
WELL = FeedState(feed_id="f", last_ok_at=NOW)
NEVER_WELL = FeedState(feed_id="f")
LOST = FetchFailed(reason=FetchFailure.UNREACHABLE, detail="could not be reached: no route to host")
SILENT = FetchFailed(reason=FetchFailure.TIMED_OUT, detail="did not answer within 10 s")
ANSWERED = NotModified(validators=CacheValidators())


def test_several_hosts_that_were_well_when_none_can_be_reached_then_the_network_is_to_blame() -> None:
    network = NetworkWatch()
    assert not network.is_to_blame("a:443", WELL, LOST, NOW)
    assert not network.is_to_blame("b:443", WELL, SILENT, NOW + dt.timedelta(seconds=1))
    assert not network.is_to_blame("b:443", WELL, LOST, NOW + dt.timedelta(seconds=2))
    assert network.is_to_blame("c:443", WELL, LOST, NOW + dt.timedelta(seconds=3))
    assert network.down_since == NOW
    assert network.is_to_blame("d:443", NEVER_WELL, LOST, NOW)


def test_an_answer_of_anybody_when_it_comes_then_the_network_is_up() -> None:
    failures = (
        ANSWERED,
        FetchFailed(reason=FetchFailure.STATUS, detail="answered 500", status=500),
        FetchFailed(reason=FetchFailure.TIMED_OUT, detail="sent no complete answer within 10 s", status=200),
        FetchFailed(reason=FetchFailure.TLS, detail="no secure connection"),
    )
    for answer in failures:
        network = NetworkWatch()
        for host in "abcd":
            network.is_to_blame(host, WELL, LOST, NOW)
        assert network.is_to_blame("a", WELL, LOST, NOW)
        assert not network.is_to_blame("e", WELL, answer, NOW)
        assert not network.is_to_blame("a", WELL, LOST, NOW)
        assert network.down_since is None


def test_feeds_that_were_never_well_when_they_fail_then_the_network_is_not_blamed() -> None:
    network = NetworkWatch()
    failing = FeedState(feed_id="f", last_ok_at=NOW, failures=2)
    refused = FetchFailed(reason=FetchFailure.REFUSED, detail="refused to connect")
    for number in range(10):
        assert not network.is_to_blame(f"{number}", NEVER_WELL, LOST, NOW)
        assert not network.is_to_blame(f"{number}", failing, LOST, NOW)
        assert not network.is_to_blame(f"{number}", WELL, refused, NOW)
