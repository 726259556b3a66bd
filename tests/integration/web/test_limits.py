"""Whoever asks too much, at too great a length or beside the path is refused, and the server goes on."""

import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from monitor.web import app, server
from monitor.web.site import Site
from tests.acceptance.installation import wait_until
from tests.integration.web.places import TOKEN, served
from tests.unit.web.exhibits import Visitor

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def say(visitor: Visitor, request: bytes) -> bytes:
    """What the server answers to these bytes, to its end."""
    with socket.create_connection(("127.0.0.1", visitor.port), timeout=10) as connection:
        answer = b""
        # It may hang up in the middle of what it is told.
        with suppress(ConnectionError):
            connection.sendall(request)
            while part := connection.recv(65536):
                answer += part
        return answer


@pytest.mark.parametrize(
    "beside",
    [
        "../app.py", "../templates/base.html", "%2e%2e/app.py", "%2e%2e%2fapp.py", "..%5capp.py", "..%2f..%2fsettings",
        "/etc/passwd", "%2fetc%2fpasswd", "....//app.py", "relmon.css/../../app.py", "%00", "relmon.css%00.html", ".", "",
    ],
)  # fmt: skip
def test_given_a_path_beside_the_static_files_when_asked_then_nothing_is_served(stranger: Visitor, beside: str) -> None:
    answer = say(stranger, f"GET /static/{beside} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert answer.split(b" ", 2)[1] in (b"404", b"400")
    assert b"root:" not in answer
    assert b"import" not in answer


def test_given_the_static_folder_when_listed_then_all_in_it_is_ours_to_show() -> None:
    static = Path(app.__file__).parent / "static"
    assert {path.suffix for path in static.iterdir()} <= {".css", ".js", ".svg"}


@pytest.mark.parametrize(
    "path", ["/feeds?name=" + "x" * 5_000, "/" + "x" * 5_000, "/search?" + "&".join(f"q{n}=x" for n in range(800))]
)
def test_given_an_endless_address_when_asked_then_it_is_refused(stranger: Visitor, path: str) -> None:
    assert stranger.ask("GET", path, headers=BEARER).status == 414


def test_given_endless_headers_when_sent_then_the_server_hangs_up_on_them_and_goes_on(stranger: Visitor) -> None:
    answer = say(stranger, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert stranger.get("/healthz").status == 200


def test_given_an_endless_form_when_sent_then_it_signs_nobody_in_and_is_not_kept(stranger: Visitor) -> None:
    form = f"token={TOKEN}&".encode() + b"x" * 2_000_000
    answer = stranger.ask("POST", "/sign-in", headers={"Sec-Fetch-Site": "same-origin"}, body=form)
    assert answer.status in (400, 403, 413)
    assert "Set-Cookie" not in answer.headers


def test_given_a_body_with_a_question_when_sent_then_it_changes_nothing(stranger: Visitor) -> None:
    answer = stranger.ask("GET", "/deliveries", headers=BEARER, body=b"state=dropped")
    assert answer.status == 200


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET http://news.example/feeds HTTP/1.1",
        b"GET //news.example/feeds HTTP/1.1",
        b"CONNECT news.example:443 HTTP/1.1",
    ],
)
def test_given_a_request_for_another_host_in_its_first_line_when_sent_then_it_is_not_followed(
    stranger: Visitor, request_line: bytes
) -> None:
    answer = say(stranger, request_line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    status = int(answer.split(b" ", 2)[1])
    assert status in (303, 400, 401, 404)
    assert b"location: //" not in answer.lower()
    assert b"location: http" not in answer.lower()


def test_given_a_request_that_does_not_come_to_its_end_when_it_takes_too_long_then_the_server_hangs_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_PATIENCE_S", 0.2)
    whole, part = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: 127.0."
    with served(site) as visitor:
        assert say(visitor, b"") == say(visitor, part) == b""
        with socket.create_connection(("127.0.0.1", visitor.port), timeout=10) as connection:
            connection.sendall(whole)
            answer = b""
            while not answer.endswith(b"ok\n"):
                answer += connection.recv(65536)
            connection.sendall(part)
            assert connection.recv(65536) == b""
        assert visitor.get("/healthz").status == 200


def test_given_more_connections_than_may_be_when_they_ask_for_nothing_then_there_is_room_again_once_they_go(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_MOST_CONNECTIONS", 3)
    with served(site) as visitor:
        with ExitStack() as held:
            for _ in range(3):
                held.enter_context(socket.create_connection(("127.0.0.1", visitor.port), timeout=10))
            assert say(visitor, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n") == b""
        wait_until(lambda: b"200 OK" in say(visitor, b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"))


def test_given_a_request_for_a_socket_when_it_is_made_then_it_is_a_request_like_any_other(stranger: Visitor) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "eA==",
    }
    assert stranger.ask("GET", "/live", headers=upgrade).status == 401
    assert stranger.ask("GET", "/healthz", headers=upgrade).status == 200
