import datetime as dt
from pathlib import Path

import pytest

from monitor.web.render import Reader
from monitor.web.texts import read_texts
from tests.unit.delivery.books import BOOKS
from tests.unit.web.exhibits import NOW, a_site, empty_database


@pytest.mark.parametrize(
    ("language", "before", "said"),
    [
        ("en", dt.timedelta(seconds=20), "just now"),
        ("en", dt.timedelta(minutes=1), "a minute ago"),
        ("es", dt.timedelta(hours=3), "hace 3 horas"),
        ("en", dt.timedelta(days=13), "13 days ago"),
        ("en", dt.timedelta(days=20), "22 February 2026"),
        ("es", dt.timedelta(days=20), "22 de febrero de 2026"),
        ("en", dt.timedelta(days=-2), "in 2 days"),
    ],
)
def test_given_a_moment_when_told_how_long_ago_then_roughly_or_by_its_day_and_exactly_at_hand(
    tmp_path: Path, language: str, before: dt.timedelta, said: str
) -> None:
    with empty_database(tmp_path) as database:
        reader = Reader(texts=read_texts()[language], book=BOOKS[language], site=a_site(database))
    shown = reader.ago(NOW - before)
    assert f">{said}</time>" in shown
    assert f'datetime="{NOW - before:%Y-%m-%dT%H:%M:%SZ}"' in shown
    assert "-04" in shown
