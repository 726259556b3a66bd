"""What /metrics shows: documented to the last one, and named as Prometheus' own tool wants it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor import metrics

PAGE = (Path(__file__).parents[2] / "docs" / "seeing-inside.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `(relmon_\w+)` \| (\w+)[^|]*\| (.*?) ?\| (.+) \|$", flags=re.MULTILINE)


def test_every_metric_when_looked_up_is_documented_with_its_kind_and_help() -> None:
    shown = {
        family.name + ("_total" if family.type == "counter" else ""): (family.type, family.documentation)
        for family in text_string_to_metric_families(metrics.exposition().decode())
        if family.name.startswith("relmon_")
    }
    assert {name: (kind, text) for name, kind, _, text in _ROW.findall(PAGE)} == shown


def test_every_label_when_looked_up_is_documented_and_every_stage_is_there_from_the_start() -> None:
    page = metrics.exposition().decode()
    labels = {name: set(re.findall(r"`(\w+)`", listed)) for name, _, listed, _ in _ROW.findall(PAGE)}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if family.name.startswith("relmon_"):
                name = family.name + ("_total" if family.type == "counter" else "")
                assert sample.labels.keys() - {"le"} <= labels[name]
    for stage in ("fetch", "parse", "classify", "commit", "send"):
        assert f'relmon_stage_duration_seconds_count{{stage="{stage}"}}' in page


def test_the_metrics_page_when_promtool_reads_it_then_it_has_nothing_to_complain_about() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool isn't installed: it comes with Prometheus")
    for counter, label in ((metrics.POLLS, "outcome"), (metrics.HEARTBEATS, "outcome"), (metrics.FEEDS, "health")):
        counter.labels(**{label: "ok"})
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=metrics.exposition(), capture_output=True, timeout=30, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
