"""JSON lines become dated items of feeds; what can't be used is named by file and line."""

import datetime as dt
import gzip
import json
from pathlib import Path

import click
import pytest

from monitor.cli.backtest.given import Outlets, given_items, size_of
from monitor.domain.feeds import FeedSource, NewsItem

GAZETTE = FeedSource(
    id="gazette", url="https://gazette.example/rss", title="The Suva Gazette", poll_every=dt.timedelta(minutes=5)
)
FIRST = {"seen": "2026-03-01T08:00:00Z", "outlet": "the suva gazette", "text": "Fiji thanks Tonga", "lang": "en"}
SECOND = {"seen": "2026-03-01T09:30:00+01:00", "outlet": "Matangi", "text": "Tonga thanks Fiji\n\nBoth are\nglad."}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n\n" for row in rows), encoding="utf-8")
    return path


def read(*files: Path) -> list[tuple[FeedSource, NewsItem]]:
    return list(given_items(files, Outlets([GAZETTE]), lambda _: None))


def test_given_rows_when_read_then_each_is_an_item_of_its_outlets_feed(tmp_path: Path) -> None:
    (feed, item), (other, article) = read(write(tmp_path / "news.jsonl", FIRST, SECOND))
    assert feed is GAZETTE
    assert (item.feed_id, item.title, item.language) == ("gazette", "Fiji thanks Tonga", "en")
    assert item.published_at == item.seen_at == dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)
    assert (other.id, other.title, article.outlet) == ("Matangi", "Matangi", "Matangi")
    assert (article.title, article.summary) == ("Tonga thanks Fiji", "Both are glad.")
    assert article.published_at == dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)


def test_given_several_files_when_read_then_they_are_merged_by_time(tmp_path: Path) -> None:
    evening = write(tmp_path / "a.jsonl", {**FIRST, "seen": "2026-03-01T20:00Z", "text": "Fiji sleeps"})
    day = write(tmp_path / "b.jsonl", FIRST, {**FIRST, "seen": "2026-03-02T00:00", "text": "Fiji wakes"})
    assert [item.title for _, item in read(evening, day)] == ["Fiji thanks Tonga", "Fiji sleeps", "Fiji wakes"]


def test_given_a_gzipped_file_when_read_then_it_reads_as_the_plain_one(tmp_path: Path) -> None:
    plain = write(tmp_path / "news.jsonl", FIRST, SECOND)
    packed = tmp_path / "news.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    progress: list[int] = []
    assert list(given_items([packed], Outlets([GAZETTE]), progress.append)) == read(plain)
    assert sum(progress) == size_of([packed]) == packed.stat().st_size


def test_given_the_same_headline_twice_when_read_then_both_have_one_key(tmp_path: Path) -> None:
    (_, once), (_, again), (_, elsewhere) = read(
        write(
            tmp_path / "news.jsonl",
            FIRST,
            {**FIRST, "seen": "2026-03-01T09:00Z"},
            {**SECOND, "seen": "2026-03-01T10:00Z", "text": FIRST["text"]},
        )
    )
    assert once.key == again.key != elsewhere.key


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "is not JSON"),
        ("[1]", "a line is an object"),
        ('{"seen": "2026-03-01T08:00Z", "outlet": "Matangi"}', '"text" is missing'),
        ('{"seen": "2026-03-01T08:00Z", "text": " \\n\\n"}', '"text" is missing'),
        ('{"seen": "2026-03-01T08:00Z", "text": 7}', '"text" must be text in quotes, not 7'),
        ('{"text": "Fiji thanks Tonga"}', '"seen" is missing; write it like'),
        ('{"seen": "yesterday", "text": "Fiji thanks Tonga"}', "is no time: 'yesterday'"),
        ('{"seen": "0001-01-01T00:00+14:00", "text": "Fiji thanks Tonga"}', "is no time"),
        ('{"seen": "2026-02-28T08:00Z", "text": "Fiji thanks Tonga"}', "was seen before the one above it"),
    ],
)
def test_given_a_bad_line_when_read_then_file_and_line_are_named(tmp_path: Path, line: str, sentence: str) -> None:
    path = write(tmp_path / "news.jsonl", FIRST)
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(click.ClickException) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:3: ")
    assert sentence in str(caught.value)


def test_given_bytes_that_are_no_text_when_read_then_file_and_line_are_named(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(b'\xef\xbb\xbf\n{"text": "\xff"}')
    with pytest.raises(click.ClickException, match=r":2: this line is not UTF-8 text"):
        read(path)


def test_given_a_gzipped_file_that_is_cut_off_when_read_then_a_sentence_says_so(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(FIRST).encode() + b"\n")[:-12])
    with pytest.raises(click.ClickException, match="its compression is broken behind line"):
        read(path)


def test_given_an_endless_line_when_read_then_no_more_than_a_piece_of_it_is_held(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(b" " * 1_100_000)
    with pytest.raises(click.ClickException, match=r":1: this line has more than 1,000,000 bytes"):
        read(path)
