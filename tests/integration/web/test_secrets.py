"""No secret stands in any answer, in what is logged of it, or in what a browser tells others (S9)."""

import logging
import re

import pytest
from structlog.testing import capture_logs

from monitor.web.access import COOKIE
from monitor.web.site import Site
from tests.integration.web.places import PASSWORD, TOKEN, Place, served
from tests.unit.web.exhibits import Visitor

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def signed_in(visitor: Visitor) -> str:
    """The cookie of a browser that has shown the token."""
    form = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    answer = visitor.ask("POST", "/sign-in", headers=form, body=f"token={TOKEN}&next=/feeds".encode())
    assert (answer.status, answer.headers["Location"]) == (303, "/feeds")
    cookie = answer.headers["Set-Cookie"]
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert TOKEN not in str(answer.headers)
    return cookie.partition(";")[0]


def test_given_whoever_may_see_all_when_they_look_at_every_place_then_no_secret_is_shown_or_logged(
    site: Site, everything: tuple[Place, ...], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logged, served(site) as visitor:
        cookie = signed_in(visitor)
        for headers in (BEARER, {"Cookie": cookie}):
            for place in everything:
                if place.is_endless:
                    continue
                answer = visitor.ask("GET", place.path, headers=headers)
                assert answer.status < 400, place
                said = f"{answer.headers}{answer.text}"
                for secret in (TOKEN, PASSWORD, cookie.partition("=")[2]):
                    assert secret not in said, place
        for shown in ("a-wrong-guess-of-the-token", TOKEN[:-1]):
            visitor.ask("GET", "/feeds", headers={"Authorization": f"Bearer {shown}"})
    out, err = capfd.readouterr()
    for told in (str(logged), caplog.text, out, err):
        for secret in (TOKEN[:-1], PASSWORD, cookie.partition("=")[2], "a-wrong-guess"):
            assert secret not in told


def test_given_a_page_that_leads_to_others_when_followed_then_they_do_not_hear_where_from(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    for place in everything:
        if place.is_endless:
            continue
        answer = stranger.ask("GET", place.path, headers=BEARER)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        for link in re.findall(r"<a [^>]*href=\"https?:[^>]*>", answer.text):
            assert 'rel="noopener noreferrer nofollow"' in link, place


def test_given_a_browser_that_signs_out_when_it_comes_back_then_its_cookie_is_gone(stranger: Visitor) -> None:
    cookie = signed_in(stranger)
    assert stranger.ask("GET", "/feeds", headers={"Cookie": cookie}).status == 200
    form = {"Sec-Fetch-Site": "same-origin", "Cookie": cookie}
    out = stranger.ask("POST", "/sign-in", headers=form, body=b"out=1")
    assert out.headers["Set-Cookie"].startswith(f'{COOKIE}=""; expires=')


def test_given_the_token_in_a_link_when_followed_then_it_opens_nothing(stranger: Visitor) -> None:
    for name in ("token", "access_token", "key", COOKIE):
        answer = stranger.ask("GET", f"/feeds?{name}={TOKEN}")
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")


def test_given_a_form_that_never_ends_when_it_guesses_then_it_is_told_to_wait(site: Site) -> None:
    form = {"Sec-Fetch-Site": "same-origin"}
    with served(site) as visitor:
        # Whoever says to come from elsewhere is the same.
        answers = [
            visitor.ask(
                "POST", "/sign-in", headers={**form, "X-Forwarded-For": f"203.0.113.{number}"}, body=b"token=guess"
            )
            for number in range(11)
        ]
    assert [one.status for one in answers] == [403] * 10 + [429]
