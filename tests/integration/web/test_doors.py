"""Nobody sees anything without the token, by no way and at no place; and each place takes the methods it is to, and no other."""

import base64
import datetime as dt
import http.client
import ipaddress
from collections.abc import Mapping

import pytest

from monitor.web.access import COOKIE, Access
from monitor.web.site import Site
from tests.integration.web.hostile import SIGN
from tests.integration.web.places import OPEN, TAKES_POST, TOKEN, Place, served
from tests.unit.web.exhibits import NOW, Answer, Visitor

BEARER = {"Authorization": f"Bearer {TOKEN}"}
OTHERS = Access(token="another-token-of-somebody-else")
_GRANTED = (200, 303)
"""With a redirect from one place behind the door to another; the door's own leads to the form."""
WRONG: Mapping[str, dict[str, str]] = {
    "nothing": {},
    "an empty bearer": {"Authorization": "Bearer "},
    "another token": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "more than the token": {"Authorization": f"Bearer {TOKEN}x"},
    "the token by itself": {"Authorization": TOKEN},
    "a wrong password": {"Authorization": "Basic " + base64.b64encode(b"anybody:guess").decode()},
    "the token as a user name": {"Authorization": "Basic " + base64.b64encode(f"{TOKEN}:".encode()).decode()},
    "no base64": {"Authorization": "Basic \xff\xfe"},
    "the token as a cookie": {"Cookie": f"{COOKIE}={TOKEN}"},
    "a cookie without a seal": {"Cookie": f"{COOKIE}=99999999999"},
    "a cookie with an empty seal": {"Cookie": f"{COOKIE}=99999999999."},
    "a cookie of another token": {"Cookie": f"{COOKIE}={OTHERS.session(NOW)}"},
    "a cookie that has ended": {"Cookie": f"{COOKIE}={Access(token=TOKEN).session(NOW - dt.timedelta(days=31))}"},
    "a proxy that says it is here": {"X-Forwarded-User": "desk", "X-Forwarded-For": "127.0.0.1, 127.0.0.1"},
    "a proxy's other headers": {"Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1", "Remote-User": "desk"},
}


@pytest.mark.parametrize("shown", WRONG.values(), ids=WRONG)
def test_given_no_token_when_any_place_is_asked_then_it_says_nothing_of_the_archive(
    stranger: Visitor, everything: tuple[Place, ...], shown: dict[str, str]
) -> None:
    for place in everything:
        answer = stranger.ask("GET", place.path, headers=shown)
        if place.is_open:
            assert answer.status in _GRANTED, place
        else:
            assert answer.status in (303, 401), place
        assert SIGN not in answer.text, place


def test_given_no_token_when_a_place_is_asked_with_any_other_method_then_it_is_refused(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    for place in everything:
        if place.is_open:
            continue
        for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
            assert stranger.ask(method, place.path).status in (303, 401), (method, place)


def test_given_the_token_when_any_place_is_asked_then_it_answers_and_head_says_the_same_without_a_body(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    assert {place.written for place in everything if place.is_open} == set(OPEN)
    for place in everything:
        if place.is_endless:
            continue
        answer = stranger.ask("GET", place.path, headers=BEARER)
        assert answer.status in _GRANTED, (place, answer.text)
        assert not answer.headers.get("Location", "").startswith("/sign-in"), place
        if "HEAD" in place.methods:
            head = stranger.ask("HEAD", place.path, headers=BEARER)
            assert (head.status, head.text) == (answer.status, ""), place
            assert head.headers.get("Content-Type") == answer.headers.get("Content-Type"), place


def test_given_the_token_when_a_method_would_change_something_then_only_the_named_places_take_it(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    posting = {place.written for place in everything if "POST" in place.methods}
    assert posting <= set(TAKES_POST)
    for place in everything:
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            if method in place.methods:
                continue
            answer = stranger.ask(method, place.path, headers=BEARER)
            assert answer.status == 405, (method, place)
            assert SIGN not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "http://127.0.0.1/"},
    ],
    ids=str,
)
def test_given_a_form_of_another_page_when_sent_with_the_token_then_no_place_takes_it(
    stranger: Visitor, everything: tuple[Place, ...], headers: dict[str, str]
) -> None:
    for place in everything:
        if "POST" in place.methods:
            form = {**BEARER, **headers, "Content-Type": "application/x-www-form-urlencoded"}
            answer = stranger.ask("POST", place.path, headers=form, body=f"token={TOKEN}".encode())
            assert answer.status == 403, place
            assert "Set-Cookie" not in answer.headers


def test_given_a_server_that_others_reach_and_no_token_when_asked_then_it_answers_for_its_health_alone(
    site: Site, everything: tuple[Place, ...]
) -> None:
    with served(site, Access(is_local=False)) as visitor:
        for place in everything:
            answer = visitor.ask("GET", place.path, headers=BEARER)
            if place.written in ("/healthz", "/readyz"):
                assert answer.status == 200
            else:
                # There is no form where there is no token.
                assert answer.status == (404 if place.written == "/sign-in" else 403), place
            assert SIGN not in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Proto"])
def test_given_pages_for_this_machine_alone_when_a_proxy_on_it_passes_others_on_then_they_see_nothing(
    site: Site, everything: tuple[Place, ...], header: str
) -> None:
    with served(site, Access()) as visitor:
        assert visitor.get("/feeds").status == 200
        for place in everything:
            if place.written not in ("/healthz", "/readyz"):
                answer = visitor.ask("GET", place.path, headers={header: "203.0.113.7", "Host": "127.0.0.1:8321"})
                assert answer.status == (404 if place.written == "/sign-in" else 403), place
                assert SIGN not in answer.text


def test_given_a_proxy_that_is_trusted_when_it_names_nobody_or_another_asks_then_the_door_stays_shut(
    site: Site, everything: tuple[Place, ...]
) -> None:
    here = (ipaddress.ip_network("127.0.0.0/8"),)
    elsewhere = (ipaddress.ip_network("192.0.2.0/24"),)
    # A proxy says for whom it asks, too; that is no reason to take it for somebody else.
    named = {"X-Forwarded-User": "desk", "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    unnamed = {"X-Forwarded-User": " "}
    for proxies, headers, opens in ((here, named, True), (here, unnamed, False), (elsewhere, named, False)):
        with served(site, Access(proxy_header="X-Forwarded-User", proxies=proxies)) as visitor:
            for place in everything:
                if place.is_endless or place.is_open:
                    continue
                status = visitor.ask("GET", place.path, headers=headers).status
                assert status in (_GRANTED if opens else (403,)), (place, proxies, headers)


@pytest.mark.parametrize(
    "host", ["news.example", "127.0.0.1.news.example", "localhost.news.example", "", "127.0.0.1@news.example"]
)
def test_given_another_host_name_when_any_place_is_asked_with_the_token_then_nothing_is_served(
    stranger: Visitor, everything: tuple[Place, ...], host: str
) -> None:
    for place in everything:
        answer = stranger.ask("GET", place.path, headers={**BEARER, "Host": host})
        assert answer.status == 400, place
        assert SIGN not in answer.text


def test_given_two_host_names_when_asked_then_nothing_is_served(stranger: Visitor) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stranger.port, timeout=10)
    try:
        connection.putrequest("GET", "/feeds", skip_host=True)
        for header in (("Host", "127.0.0.1"), ("Host", "news.example"), *BEARER.items()):
            connection.putheader(*header)
        connection.endheaders()
        assert connection.getresponse().status == 400
    finally:
        connection.close()


def test_given_any_answer_when_it_goes_out_then_it_carries_the_headers_that_keep_a_browser_safe(
    site: Site, stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    asked: list[tuple[str, Answer]] = []
    for place in everything:
        asked.append((place.path, stranger.ask("GET", place.path)))
        if not place.is_endless:
            asked.append((place.path, stranger.ask("GET", place.path, headers=BEARER)))
        asked.append((place.path, stranger.ask("DELETE", place.path, headers=BEARER)))
    others = ("/nowhere", "/static/relmon.css", "/static/nowhere", "/feeds?show=x", "/" + "x" * 5_000, "/api/nowhere")
    asked += [(path, stranger.ask("GET", path, headers=BEARER)) for path in others]
    asked.append(("another host", stranger.ask("GET", "/feeds", headers={"Host": "news.example"})))
    for path, answer in asked:
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy.pop("default-src") == "'none'", path
        assert policy.pop("frame-ancestors") == "'none'", path
        assert set(policy.values()) <= {"'self'", "'none'"}, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        assert "Server" not in answer.headers, path
        assert "Access-Control-Allow-Origin" not in answer.headers, path
        if SIGN in answer.text:
            assert "public" not in answer.headers["Cache-Control"], path
    assert "/static/relmon.css" in dict(asked)
