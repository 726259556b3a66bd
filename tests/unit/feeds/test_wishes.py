import datetime as dt

import pytest
from hypothesis import given, strategies

from monitor.domain.feeds import FeedWishes
from monitor.feeds.wishes import read_wishes

HEAD = b"<rss version='2.0'><channel><title>Wire</title>"


def test_a_head_with_all_wishes_when_read_then_each_is_understood() -> None:
    wishes = read_wishes(
        HEAD + b"<ttl> 20 </ttl><skipHours><hour>0</hour><hour> 5</hour><hour>24</hour></skipHours>"
        b"<skipDays>\n<day>Saturday</day>\n<day>sunday</day><day>Payday</day></skipDays></channel></rss>"
    )
    assert wishes == FeedWishes(ttl=dt.timedelta(minutes=20), skip_hours=frozenset({0, 5}), skip_days=frozenset({5, 6}))


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"<ttl>0</ttl>",
        b"<ttl>soon</ttl>",
        b"<ttl>" + b"9" * 5000 + b"</ttl>",
        b"<skipHours><hour>25</hour><hour>-1</hour></skipHours>",
        b"<hour>3</hour><day>Monday</day>",
        b"<skipDays>"
        + b"".join(f"<day>{d}day</day>".encode() for d in ("Mon", "Tues", "Wednes", "Thurs", "Fri"))
        + b"<day>Saturday</day><day>Sunday</day></skipDays>",
        b"<skipHours>" + b"".join(f"<hour>{hour}</hour>".encode() for hour in range(24)) + b"</skipHours>",
    ],
)
def test_wishes_that_make_no_sense_when_read_then_they_count_as_not_said(nonsense: bytes) -> None:
    assert read_wishes(HEAD + nonsense) == FeedWishes()


def test_a_careless_ttl_when_read_then_it_is_a_week_at_most() -> None:
    assert read_wishes(b"<ttl>999999</ttl>").ttl == dt.timedelta(days=7)


@given(
    strategies.binary(max_size=300)
    | strategies.lists(
        strategies.sampled_from(
            [b"<ttl>", b"</ttl>", b"<skipHours>", b"</skipHours>", b"<hour>", b"</hour>", b"7", b"99"]
        ),
        max_size=40,
    ).map(b"".join)
)
def test_any_bytes_when_read_then_the_wishes_keep_their_bounds(content: bytes) -> None:
    wishes = read_wishes(content)
    assert wishes.ttl is None or dt.timedelta(0) < wishes.ttl <= dt.timedelta(days=7)
    assert wishes.skip_hours < frozenset(range(24))
    assert wishes.skip_days < frozenset(range(7))
