import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.browsing import StoryFilter
from monitor.domain.taxonomy import Severity, Status
from monitor.web.filters import BadQuery, FilterQuery, read_filter
from monitor.web.texts import read_texts
from tests.unit.delivery.books import TAXONOMY
from tests.unit.web.exhibits import NOW, a_site, empty_database

DAYS = st.dates(dt.date(1970, 1, 1), dt.date(9998, 12, 31))
QUERIES = st.builds(
    FilterQuery,
    between=st.lists(st.sampled_from(["BTN", "FJI", "MLT"]), max_size=2, unique=True).map(
        lambda two: tuple(sorted(two))
    ),
    kind=st.lists(st.sampled_from(["talks", "missions", "embassy.opened"]), max_size=2, unique=True).map(tuple),
    severity=st.none() | st.sampled_from(Severity),
    status=st.lists(st.sampled_from(Status), max_size=2, unique=True).map(tuple),
    language=st.none() | st.sampled_from(["en", "es"]),
    days=st.none(),
    day=st.none() | DAYS,
)


def assert_is_sentence(key: str) -> None:
    assert key in read_texts()["en"].texts


@given(QUERIES)
def test_given_any_filter_when_written_into_an_address_then_it_reads_back_the_same(query: FilterQuery) -> None:
    assert read_filter(dict(query.pairs()), TAXONOMY) == query


@given(
    st.dictionaries(
        st.sampled_from(["between", "kind", "severity", "status", "language", "days", "day", "from", "to"]), st.text()
    )
)
def test_given_any_nonsense_when_read_then_it_is_a_filter_or_a_sentence(query: dict[str, str]) -> None:
    try:
        written = read_filter(query, TAXONOMY).pairs()
    except BadQuery as error:
        written = []
        assert_is_sentence(error.text)
    assert read_filter(dict(written), TAXONOMY).pairs() == written


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"between": "FJI,FJI"}, "errors.bad_between"),
        ({"between": "A,B,C"}, "errors.bad_between"),
        ({"between": "<b>"}, "errors.bad_between"),
        ({"kind": "gossip"}, "errors.bad_kind"),
        ({"severity": "loud"}, "errors.bad_severity"),
        ({"status": "reported,maybe"}, "errors.bad_status"),
        ({"language": "español"}, "errors.bad_language"),
        ({"days": "0"}, "errors.bad_days"),
        ({"days": "²"}, "errors.bad_days"),
        ({"day": "2026-02-30"}, "errors.bad_day"),
        ({"days": "3", "day": "2026-01-03"}, "errors.two_spans"),
        ({"from": "2026-01-04", "to": "2026-01-03"}, "errors.span_backwards"),
    ],
)
def test_given_a_wrong_value_when_read_then_the_sentence_is_about_it(query: dict[str, str], text: str) -> None:
    with pytest.raises(BadQuery) as caught:
        read_filter(query, TAXONOMY)
    assert caught.value.text == text


def test_given_a_day_when_asked_for_then_it_is_the_day_of_the_sites_zone(tmp_path: Path) -> None:
    with empty_database(tmp_path) as database:
        site = a_site(database)
    asked = read_filter({"day": "2026-03-01", "between": "ven,mlt", "severity": "major"}, TAXONOMY).filter(site)
    assert asked == StoryFilter(
        sides=("MLT", "VEN"),
        min_severity=Severity.MAJOR,
        since=dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC),
        until=dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC),
    )
    lately = replace(FilterQuery(), days=2).filter(site)
    assert lately.since == NOW - dt.timedelta(days=2)


def test_given_a_filter_when_a_link_changes_a_part_then_the_rest_stays_and_spans_of_time_give_way() -> None:
    query = read_filter({"between": "BTN,FJI", "days": "7"}, TAXONOMY)
    assert query.link("/", severity=Severity.MAJOR) == "/?between=BTN,FJI&severity=major&days=7"
    assert query.link("/", day=dt.date(2026, 1, 3)) == "/?between=BTN,FJI&day=2026-01-03"
    assert query.link("/", days=None, between=()) == "/"
