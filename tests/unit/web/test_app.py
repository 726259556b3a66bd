import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from monitor.web.app import create_app
from monitor.web.server import serving


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


@contextmanager
def served(daemon: Daemon, hosts: tuple[str, ...] = ()) -> Iterator[int]:
    app = create_app(loop_age=daemon.loop_age, database_trouble=daemon.database_trouble, hosts=hosts)
    with serving(app, host="127.0.0.1", port=0) as port:
        assert port is not None
        yield port


def ask(port: int, path: str, method: str = "GET", host: str | None = None) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def test_given_a_living_loop_when_asked_then_healthz_is_ok_and_a_hanging_one_is_told() -> None:
    daemon = Daemon()
    with served(daemon) as port:
        assert ask(port, "/healthz")[::2] == (200, "ok\n")
        daemon.age_s = 31.4
        assert ask(port, "/healthz")[::2] == (503, "the loop has not turned for 31 s\n")


def test_given_a_database_in_trouble_when_asked_then_readyz_says_why() -> None:
    daemon = Daemon()
    daemon.trouble = "The disk is full."
    with served(daemon) as port:
        assert ask(port, "/readyz")[::2] == (503, "The disk is full.\n")


def test_given_many_questions_at_once_when_readyz_answers_then_the_database_is_tried_once() -> None:
    daemon = Daemon()
    with served(daemon) as port:
        askers = [threading.Thread(target=ask, args=(port, "/readyz")) for _ in range(8)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert ask(port, "/readyz")[0] == 200
    assert daemon.checks == 1


def test_given_a_database_that_does_not_answer_when_asked_then_readyz_does_and_is_right_again_afterwards() -> None:
    held = threading.Event()
    app = create_app(loop_age=lambda: 0.0, database_trouble=lambda: None if held.wait(20) else "in vain", hosts=())
    with serving(app, host="127.0.0.1", port=0) as port:
        assert port is not None
        try:
            status, _, said = ask(port, "/readyz")
        finally:
            held.set()
        assert (status, "has not answered" in said) == (503, True)
        assert ask(port, "/readyz")[0] == 200


def test_given_the_metrics_page_when_asked_then_it_holds_our_metrics_in_prometheus_format() -> None:
    with served(Daemon()) as port:
        status, headers, text = ask(port, "/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE relmon_polls_total counter" in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nothing-here"])
def test_given_any_page_when_asked_then_the_security_headers_are_there(path: str) -> None:
    with served(Daemon()) as port:
        headers = ask(port, path)[1]
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
def test_given_a_host_name_when_it_is_not_ours_then_nothing_is_served(host: str, status: int) -> None:
    with served(Daemon(), hosts=("monitor.example",)) as port:
        answer = ask(port, "/metrics", host=host)
    assert answer[0] == status
    assert (status == 200) == ("relmon_" in answer[2])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_given_a_page_when_the_method_would_change_something_then_it_is_refused(method: str) -> None:
    with served(Daemon()) as port:
        assert ask(port, "/healthz", method=method)[0] == 405


def test_given_a_port_that_is_taken_when_serving_then_one_warning_says_so_and_life_goes_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, capture_logs() as logs:
        port = taken.getsockname()[1]
        daemon = Daemon()
        app = create_app(loop_age=daemon.loop_age, database_trouble=daemon.database_trouble, hosts=())
        with serving(app, host="127.0.0.1", port=port) as served_at:
            assert served_at is None
    (entry,) = logs
    assert entry["event"] == "web_not_served"
    assert entry["port"] == port
    assert "in use" in entry["error"]
