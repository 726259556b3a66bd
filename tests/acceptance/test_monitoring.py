"""The alert rules and the dashboard in deploy/, held against what a running daemon shows, and checked by promtool itself."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.installation import Installation, headlines, wait_until
from tests.integration.worker.servers import publisher, receiver

pytestmark = pytest.mark.acceptance

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
TOKEN = "a-token-that-nobody-guesses"
DASHBOARD = DEPLOY / "grafana" / "dashboard.json"

_EXPRESSION = re.compile(r"^\s+expr: (.+)$", flags=re.MULTILINE)
_SELECTED = re.compile(r"\b((?:relmon|process)_\w+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)="([^"]*)"')
_PROMETHEUS_OWN = frozenset({"job", "instance"})


def alert_expressions() -> list[str]:
    return _EXPRESSION.findall(RULES.read_text(encoding="utf-8"))


def dashboard_expressions() -> list[str]:
    """As Prometheus gets them, once Grafana has filled its own variables in."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    written = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    written += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    return [one.replace("$__rate_interval", "5m").replace("$job", "relmon") for one in written]


def promtool(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool isn't installed: it comes with Prometheus")
    return subprocess.run(
        [found, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False, env={"PATH": ""}
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The metrics of a daemon that has polled, read, alerted and delivered."""
    with publisher() as wire, receiver() as desk:
        installation = Installation(tmp_path_factory.mktemp("monitoring"), wire, desk)
        wire.publish(*headlines(2), "A quiet day at the museum")
        wire.pages["/ping"] = lambda: b"OK"
        settings = installation.folder / "monitor.toml"
        settings.write_text(
            settings.read_text().replace("[web]", f'allow_heartbeat = ["127.0.0.1:{wire.port}"]\n[web]')
            + 'hosts = ["relmon"]\ntoken = "file:web-token"\n'
            + f'[heartbeat]\nurl = "{wire.url("/ping")}"\nevery = "1s"\n'
        )
        (installation.folder / "web-token").write_text(f"{TOKEN}\n")
        known = {"Authorization": f"Bearer {TOKEN}"}
        with installation.daemon():
            wait_until(lambda: ("/ping", None) in wire.requests)
            wait_until(lambda: len(installation.told()) == 2)
            wait_until(lambda: "relmon_database_up 1.0" in installation.page("/metrics", **known))
            # As a Prometheus in another container asks.
            yield installation.page("/metrics", Host="relmon", **known)


@pytest.mark.parametrize("expression", [*alert_expressions(), *dashboard_expressions()])
def test_every_expression_when_held_against_a_running_daemon_then_its_series_are_there(
    page: str, expression: str
) -> None:
    shown = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    for name, selector in _SELECTED.findall(expression):
        wanted = {(key, value) for key, value in _LABEL.findall(selector) if key not in _PROMETHEUS_OWN}
        assert any(one.name == name and wanted <= one.labels.items() for one in shown), (name, wanted)


def test_every_metric_when_the_daemon_shows_it_then_the_dashboard_or_an_alert_uses_it_or_it_is_told_why_not(
    page: str,
) -> None:
    used = {name for one in (*alert_expressions(), *dashboard_expressions()) for name, _ in _SELECTED.findall(one)}
    bare = {re.sub(r"_(bucket|count|sum|total)$", "", name) for name in used}
    unused = {
        family.name
        for family in text_string_to_metric_families(page)
        if family.name.startswith("relmon_") and family.name not in bare
    }
    # The version is the dashboard's variable; workers are counted by `up`; articles are an extra that few have; when a
    # configuration was taken up is for whoever asks.
    assert unused <= {
        "relmon_build_info",
        "relmon_workers",
        "relmon_articles",
        "relmon_config_last_reload_success_timestamp_seconds",
    }


def test_the_page_of_a_running_daemon_when_promtool_reads_it_then_it_has_nothing_to_complain_about(
    page: str,
) -> None:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool isn't installed: it comes with Prometheus")
    checked = subprocess.run(
        [found, "check", "metrics"], input=page, capture_output=True, text=True, timeout=60, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_the_alert_rules_when_promtool_tests_them_then_each_fires_when_it_should() -> None:
    checked = promtool("check", "rules", RULES.name, folder=RULES.parent)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tested = promtool("test", "rules", "alerts.test.yml", folder=RULES.parent)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    told = re.findall(r"alert: (\w+)", RULES.read_text(encoding="utf-8"))
    assert set(re.findall(r'alertname="(\w+)"', (RULES.parent / "alerts.test.yml").read_text())) == set(told)


def test_the_dashboard_when_its_expressions_are_rules_then_promtool_can_read_them(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": one} for number, one in enumerate(dashboard_expressions())]
    # JSON is YAML.
    (tmp_path / "panels.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    checked = promtool("check", "rules", "panels.yml", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_alert_when_it_comes_then_the_docs_say_what_to_do() -> None:
    guide = (DEPLOY.parent / "docs" / "seeing-inside.md").read_text(encoding="utf-8")
    for alert in re.findall(r"alert: (\w+)", RULES.read_text(encoding="utf-8")):
        assert f"`{alert}`" in guide
