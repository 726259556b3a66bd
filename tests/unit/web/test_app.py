import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.web.access import Access
from monitor.web.app import Pages, create_app
from monitor.web.health import Vitals
from monitor.web.server import serving
from tests.unit.web.exhibits import QUIET, Visitor, a_site, empty_database, visiting


class Daemon:
    """What the pages look at: plain values that a test sets."""

    def __init__(self) -> None:
        self.age_s = 0.2
        self.trouble: str | None = None
        self.checks = 0

    def loop_age(self) -> float:
        return self.age_s

    def database_trouble(self) -> str | None:
        self.checks += 1
        return self.trouble

    @property
    def vitals(self) -> Vitals:
        return Vitals(loop_age=self.loop_age, database_trouble=self.database_trouble)


@contextmanager
def served(folder: Path, vitals: Vitals = QUIET, hosts: tuple[str, ...] = ()) -> Iterator[Visitor]:
    with empty_database(folder) as database, visiting(lambda: a_site(database), vitals=vitals, hosts=hosts) as visitor:
        yield visitor


def test_given_a_living_loop_when_asked_then_healthz_is_ok_and_a_hanging_one_is_told(tmp_path: Path) -> None:
    daemon = Daemon()
    with served(tmp_path, daemon.vitals) as visitor:
        fine = visitor.get("/healthz")
        daemon.age_s = 31.4
        hanging = visitor.get("/healthz")
    assert (fine.status, fine.text) == (200, "ok\n")
    assert (hanging.status, hanging.text) == (503, "the loop has not turned for 31 s\n")


def test_given_a_database_in_trouble_when_asked_then_readyz_says_why(tmp_path: Path) -> None:
    daemon = Daemon()
    daemon.trouble = "The disk is full."
    with served(tmp_path, daemon.vitals) as visitor:
        answer = visitor.get("/readyz")
    assert (answer.status, answer.text) == (503, "The disk is full.\n")


def test_given_many_questions_at_once_when_readyz_answers_then_the_database_is_tried_once(tmp_path: Path) -> None:
    daemon = Daemon()
    with served(tmp_path, daemon.vitals) as visitor:
        askers = [threading.Thread(target=visitor.get, args=("/readyz",)) for _ in range(8)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert visitor.get("/readyz").status == 200
    assert daemon.checks == 1


def test_given_a_database_that_does_not_answer_when_asked_then_readyz_does_and_is_right_again_afterwards(
    tmp_path: Path,
) -> None:
    held = threading.Event()
    vitals = Vitals(loop_age=lambda: 0.0, database_trouble=lambda: None if held.wait(20) else "in vain")
    with served(tmp_path, vitals) as visitor:
        try:
            answer = visitor.get("/readyz")
        finally:
            held.set()
        assert (answer.status, "has not answered" in answer.text) == (503, True)
        assert visitor.get("/readyz").status == 200


def test_given_the_metrics_page_when_asked_then_it_holds_our_metrics_in_prometheus_format(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        answer = visitor.get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE relmon_polls_total counter" in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nothing-here", "/static/relmon.css"])
def test_given_any_page_when_asked_then_the_security_headers_are_there(tmp_path: Path, path: str) -> None:
    with served(tmp_path) as visitor:
        headers = visitor.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8321", 200),
        ("[::1]:8321", 200),
        ("monitor.example:8321", 200),
        ("MONITOR.example", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
    ],
)
def test_given_a_host_name_when_it_is_not_ours_then_nothing_is_served(tmp_path: Path, host: str, status: int) -> None:
    with served(tmp_path, hosts=("monitor.example",)) as visitor:
        answer = visitor.get("/metrics", host=host)
    assert answer.status == status
    assert (status == 200) == ("relmon_" in answer.text)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_given_a_page_when_the_method_would_change_something_then_it_is_refused(tmp_path: Path, method: str) -> None:
    with served(tmp_path) as visitor:
        assert visitor.ask(method, "/healthz").status == 405


def test_given_a_port_that_is_taken_when_serving_then_one_warning_says_so_and_life_goes_on(
    tmp_path: Path,
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        empty_database(tmp_path) as database,
        capture_logs() as logs,
    ):
        port = taken.getsockname()[1]
        pages = Pages(site=lambda: a_site(database), access=Access())
        app = create_app(vitals=QUIET, hosts=(), pages=pages)
        with serving(app, host="127.0.0.1", port=port) as served_at:
            assert served_at is None
    (entry,) = logs
    assert entry["event"] == "web_not_served"
    assert entry["port"] == port
    assert "in use" in entry["error"]


def test_given_an_address_without_a_page_when_asked_then_a_page_in_the_readers_language_says_so(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        english, spanish = visitor.get("/nothing-here"), visitor.get("/nothing-here", accept_language="es-VE,es;q=0.9")
        chosen = visitor.get("/nothing-here?lang=es")
        kept = visitor.get("/nothing-here", cookie=chosen.headers["Set-Cookie"].partition(";")[0])
    assert english.status == spanish.status == 404
    assert "There is no page at this address." in english.text
    for answer in (spanish, chosen, kept):
        assert '<html lang="es">' in answer.text
        assert "No hay ninguna página en esta dirección." in answer.text


def test_given_an_endless_address_when_asked_then_it_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with served(tmp_path) as visitor:
        answer = visitor.get("/?between=" + "A" * 5_000)
    assert (answer.status, answer.text) == (414, "This address is too long.\n")


def test_given_the_stylesheet_when_asked_then_browsers_may_keep_it_and_nothing_outside_its_folder_is_served(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as visitor:
        style = visitor.get("/static/relmon.css")
        outside = [visitor.get(f"/static/{path}").status for path in ("../app.py", "%2e%2e/app.py", "..%2fapp.py")]
    assert style.status == 200
    assert "immutable" in style.headers["Cache-Control"]
    assert outside == [404, 404, 404]
