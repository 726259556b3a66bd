import base64
import datetime as dt
import ipaddress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from monitor.web.access import COOKIE, SESSION_LASTS, Access, Verdict, is_same_origin
from tests.unit.web.exhibits import NOW, Answer, Visitor, a_site, empty_database, visiting

header_text = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=80)
"""What a header may hold, as a server reads it."""
TOKEN = "correct-horse-battery-staple"
PROXY = (ipaddress.ip_network("10.1.0.0/16"),)


def verdict(
    access: Access, headers: dict[str, str] | None = None, *, cookie: str | None = None, client: str = "192.0.2.7"
) -> Verdict:
    return access.verdict(Headers(headers or {}), cookie, client, NOW)


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"reader:{password}".encode()).decode()


def test_given_no_token_when_served_to_this_machine_alone_then_all_is_open_and_elsewhere_all_is_closed() -> None:
    assert verdict(Access()) is Verdict.GRANTED
    assert verdict(Access(is_local=False)) is Verdict.CLOSED
    assert verdict(Access(is_local=False), {"authorization": "Bearer "}) is Verdict.CLOSED


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"Bearer {TOKEN}", Verdict.GRANTED),
        (f"bearer {TOKEN}", Verdict.GRANTED),
        (basic(TOKEN), Verdict.GRANTED),
        ("Bearer wrong", Verdict.SIGN_IN),
        (basic("wrong"), Verdict.SIGN_IN),
        ("Basic %%%", Verdict.SIGN_IN),
        ("Basic /w==", Verdict.SIGN_IN),
        ("Digest x", Verdict.SIGN_IN),
        ("", Verdict.SIGN_IN),
    ],
)
def test_given_a_token_when_a_header_shows_something_then_only_the_token_opens(header: str, expected: Verdict) -> None:
    assert verdict(Access(token=TOKEN), {"authorization": header}) is expected


@given(
    authorization=header_text | header_text.map("Bearer {}".format) | header_text.map("Basic {}".format),
    cookie=header_text | header_text.map("99999999999.{}".format) | st.none(),
)
def test_given_whatever_a_stranger_sends_when_judged_then_it_opens_nothing_and_is_no_error(
    authorization: str, cookie: str | None
) -> None:
    access = Access(token=TOKEN, proxy_header="X-Forwarded-User", proxies=PROXY)
    headers = {"authorization": authorization, "x-forwarded-user": authorization}
    assert verdict(access, headers, cookie=cookie) is Verdict.SIGN_IN


def test_given_a_session_when_it_has_ended_is_forged_or_the_token_changed_then_it_opens_nothing() -> None:
    access = Access(token=TOKEN)
    good, old = access.session(NOW), access.session(NOW - SESSION_LASTS - dt.timedelta(seconds=1))
    ends, _, seal = good.partition(".")
    assert verdict(access, cookie=good) is Verdict.GRANTED
    for forged in (
        old,
        f"{int(ends) + 9}.{seal}",
        f"{ends}.{'0' * 64}",
        "",
        ".",
        f"-1.{seal}",
        f"{'9' * 40}.{seal}",
        TOKEN,
    ):
        assert verdict(access, cookie=forged) is Verdict.SIGN_IN
    assert verdict(Access(token=TOKEN + "!"), cookie=good) is Verdict.SIGN_IN
    assert TOKEN not in good


def test_given_a_proxy_when_it_names_who_asks_then_only_a_trusted_one_is_believed() -> None:
    access = Access(is_local=True, proxy_header="X-Forwarded-User", proxies=PROXY)
    named = {"x-forwarded-user": "desk"}
    assert verdict(access, named, client="10.1.2.3") is Verdict.GRANTED
    assert verdict(access, named, client="::ffff:10.1.2.3") is Verdict.GRANTED
    assert verdict(access, named, client="10.2.0.1") is Verdict.CLOSED
    assert verdict(access, {"x-forwarded-user": " "}, client="10.1.2.3") is Verdict.CLOSED
    assert verdict(access, client="10.1.2.3") is Verdict.CLOSED


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://here.example"}, False),
        ({"origin": "http://here.example"}, True),
        ({"origin": "http://elsewhere.example"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
def test_given_a_form_when_sent_then_the_browser_says_whether_a_page_here_has_it(
    headers: dict[str, str], *, expected: bool
) -> None:
    assert is_same_origin(Headers({"host": "here.example", **headers})) is expected


def send(visitor: Visitor, **fields: str) -> Answer:
    return visitor.ask("POST", "/sign-in", headers={"sec-fetch-site": "same-origin"}, body=urlencode(fields).encode())


def test_given_a_browser_when_it_signs_in_then_it_comes_where_it_wanted_and_its_cookie_opens(tmp_path: Path) -> None:
    with (
        empty_database(tmp_path) as database,
        visiting(lambda: a_site(database), access=Access(token=TOKEN)) as visitor,
    ):
        away = visitor.get("/nothing?day=2026-01-03&kind=talks")
        wrong, right = send(visitor, token="no"), send(visitor, token=f" {TOKEN} ", next="/nothing?day=2026-01-03")
        cookie = right.headers["Set-Cookie"]
        inside = visitor.get("/nothing", cookie=cookie.partition(";")[0])
        out = send(visitor, out="1")
    assert (away.status, away.headers["Location"]) == (
        303,
        "/sign-in?next=/nothing%3Fday%3D2026-01-03%26kind%3Dtalks",
    )
    assert (wrong.status, "That is not the token." in wrong.text) == (403, True)
    assert (right.status, right.headers["Location"]) == (303, "/nothing?day=2026-01-03")
    assert all(mark in cookie for mark in (COOKIE, "HttpOnly", "SameSite=lax"))
    assert inside.status == 404
    assert "Max-Age=0" in out.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "path", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "", "/\n/x"]
)
def test_given_a_way_out_of_this_site_when_signing_in_then_it_is_not_taken(tmp_path: Path, path: str) -> None:
    with (
        empty_database(tmp_path) as database,
        visiting(lambda: a_site(database), access=Access(token=TOKEN)) as visitor,
    ):
        assert send(visitor, token=TOKEN, next=path).headers["Location"] == "/"


def test_given_a_form_from_elsewhere_when_sent_then_it_signs_nobody_in(tmp_path: Path) -> None:
    with (
        empty_database(tmp_path) as database,
        visiting(lambda: a_site(database), access=Access(token=TOKEN)) as visitor,
    ):
        body = urlencode({"token": TOKEN}).encode()
        answer = visitor.ask("POST", "/sign-in", headers={"sec-fetch-site": "cross-site"}, body=body)
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers


def test_given_somebody_who_guesses_when_they_go_on_then_they_are_told_to_wait_even_with_the_token(
    tmp_path: Path,
) -> None:
    with (
        empty_database(tmp_path) as database,
        visiting(lambda: a_site(database), access=Access(token=TOKEN)) as visitor,
    ):
        guesses = [send(visitor, token=str(number)).status for number in range(10)]
        assert guesses == [403] * 10
        assert send(visitor, token=TOKEN).status == 429


def test_given_a_program_when_it_shows_no_token_then_it_hears_how_and_health_is_open(tmp_path: Path) -> None:
    with (
        empty_database(tmp_path) as database,
        visiting(lambda: a_site(database), access=Access(token=TOKEN)) as visitor,
    ):
        refused = visitor.get("/metrics")
        assert (refused.status, refused.headers["WWW-Authenticate"].partition(" ")[0]) == (401, "Basic")
        assert visitor.get("/metrics", authorization=f"Bearer {TOKEN}").status == 200
        assert visitor.get("/healthz").status == 200
