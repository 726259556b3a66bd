"""The starter configuration is right, and holds what the project promises."""

import re
from collections import Counter
from pathlib import Path

from monitor.domain.feeds import FirstPoll
from monitor.settings.documents import read_documents
from monitor.settings.files import Loaded, load
from monitor.settings.location import ConfigLocation
from monitor.settings.starter import starter_folder


def starter() -> Loaded:
    location = ConfigLocation(folder=starter_folder(), chosen_by="--config")
    return load(location, overrides={}, environ={"HOME": "/home/someone"})


def test_starter_when_loaded_has_no_finding_at_all() -> None:
    assert starter().findings == ()


def test_starter_feeds_when_counted_cover_both_languages_and_all_groups() -> None:
    real = [feed for feed in starter().feeds if not feed.is_sample]
    assert len(real) >= 30
    assert min(Counter(feed.language for feed in real)[language] for language in ("en", "es")) >= 12
    assert {feed.group for feed in real} == {"world", "wires", "venezuela", "region", "official", "analysis"}
    assert all(feed.tags and feed.group and feed.title for feed in real)
    assert all(feed.first_poll is FirstPoll.BASELINE for feed in real)


def test_sample_feed_when_loaded_alerts_from_its_first_poll() -> None:
    (sample,) = (feed for feed in starter().feeds if feed.is_sample)
    assert (sample.id, sample.url, sample.first_poll) == ("sample", "sample:newswire", FirstPoll.ALERT)


def test_sample_newswire_when_read_is_short_recent_and_has_stable_ids() -> None:
    entries = starter().sample.data["entry"]
    ids = [entry["id"] for entry in entries]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+", entry_id) for entry_id in ids)
    assert all(5 <= entry["minutes_ago"] <= 700 for entry in entries)
    assert all(entry.keys() <= {"id", "minutes_ago", "outlet", "title", "summary", "language"} for entry in entries)
    assert {entry.get("language", "en") for entry in entries} == {"en", "es"}


def test_shipped_documents_when_read_parse_and_name_their_language(tmp_path: Path) -> None:
    documents, findings = read_documents(tmp_path)
    assert findings == ()
    assert {Path(document.file).parent.name for document in documents.patterns} <= {"en", "es"}
    assert len(documents.taxonomy.families) >= 5
