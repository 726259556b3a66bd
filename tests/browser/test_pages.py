"""Every page in a real browser: light and dark, on a telephone and a desk, by keyboard, without JavaScript, in Spanish."""

import re

import pytest

from tests.browser.chromium import DESKTOP, TELEPHONE, Look
from tests.browser.desk import Desk
from tests.browser.newsroom import TOKEN, Newsroom
from tests.browser.sights import PAGES, SCRIPTED, addresses

_MOST_CRAWLED = 250


@pytest.fixture(scope="module")
def paths(newsroom: Newsroom) -> dict[str, str]:
    return addresses(newsroom)


@pytest.fixture(params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(name: str, paths: dict[str, str]) -> str:
    return paths[name]


def test_given_a_page_when_it_is_seen_at_a_desk_and_on_a_telephone_in_the_dark_then_nothing_is_wrong_with_it(
    desk: Desk, name: str, path: str
) -> None:
    with desk.window() as look:
        for scheme, size in (("light", DESKTOP), ("dark", TELEPHONE)):
            look.see_as(scheme, size)
            look.visit(path)
            assert look.layout_shift() == 0, size
            assert look.width_too_much() == 0, size
            assert look.grave_findings() == [], scheme
        assert look.page.title() not in ("", "taken")
        assert look.page.locator("h1").count() == 1
        assert look.page.locator("script").count() == (name in SCRIPTED)
        assert look.trouble == []


def test_given_a_reader_of_spanish_with_a_keyboard_alone_when_a_page_is_used_then_focus_reaches_all_in_order_and_shows(
    desk: Desk, path: str
) -> None:
    with desk.window(locale="es-UY") as look:
        look.visit(path)
        assert look.page.locator("html").get_attribute("lang") == "es"
        assert look.unreached() == []
        look.start_at_the_top()
        look.page.keyboard.press("Tab")
        look.page.keyboard.press("Enter")
        assert look.page.evaluate("document.activeElement.id") == "main"
        assert look.trouble == []


@pytest.mark.parametrize("name", SCRIPTED)
def test_given_no_javascript_when_a_page_is_opened_then_it_tells_the_same(
    desk: Desk, paths: dict[str, str], name: str
) -> None:
    with desk.window() as look, desk.window(java_script_enabled=False) as plain:
        for one in (look, plain):
            one.visit(paths[name])
        assert _told(plain) == _told(look)
        assert plain.trouble == []


def _told(look: Look) -> list[str]:
    """The words of a page's main part, without times, which go on."""
    text: str = look.page.evaluate(
        "() => { const main = document.querySelector('main').cloneNode(true);"
        " main.querySelectorAll('time').forEach(one => one.remove()); return main.textContent; }"
    )
    return re.sub(r"\d+", "#", text).split()


def test_given_a_choice_of_language_when_another_page_is_opened_then_it_is_remembered(desk: Desk) -> None:
    with desk.window() as look:
        look.visit("/feeds")
        look.page.get_by_role("link", name="Español").click()
        look.visit("/deliveries")
        assert look.page.locator("html").get_attribute("lang") == "es"
        assert look.trouble == []


def test_given_a_stranger_when_a_page_is_opened_then_the_form_leads_there_and_the_token_stands_in_no_address(
    desk: Desk,
) -> None:
    with desk.stranger() as look:
        look.visit("/relations/FJI-TON?lang=en")
        assert "/sign-in?next=" in look.page.url
        look.fill_in_token("not-the-token-at-all")
        assert look.page.get_by_role("alert").is_visible()
        assert all("403" in one for one in look.trouble)
        look.trouble.clear()
        look.fill_in_token(TOKEN)
        look.page.wait_for_url("**/relations/FJI-TON?lang=en")
        assert TOKEN not in look.page.content()
        (session,) = [one for one in look.page.context.cookies() if one["name"] == "relmon_session"]
        assert session["httpOnly"]
        assert session["sameSite"] == "Lax"
        assert look.trouble == []


def test_given_a_text_when_it_is_tried_with_the_keyboard_then_its_event_is_shown_and_nothing_is_wrong(
    desk: Desk,
) -> None:
    with desk.window() as look:
        for scheme, size in (("light", DESKTOP), ("dark", TELEPHONE)):
            look.see_as(scheme, size)
            look.visit("/try")
            look.page.get_by_label("Text").fill("Bhutan expels two Fijian diplomats\n\nThimphu gave no reason.")
            look.page.get_by_role("button", name="Read it").press("Enter")
            look.page.locator("article mark").wait_for()
            assert "Bhutan expelled diplomats of Fiji" in look.page.locator("article h3").inner_text()
            assert look.width_too_much() == 0, size
            assert look.grave_findings() == [], scheme
        assert look.trouble == []
