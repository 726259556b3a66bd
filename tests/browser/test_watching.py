"""What people come for: that news shows by itself, that an alert leads to what came before, and that no link leads nowhere."""

import re
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.browser.desk import Desk
from tests.browser.newsroom import TOKEN, Newsroom
from tests.browser.sights import addresses

_MOST_CRAWLED = 120


def test_given_a_page_of_what_is_now_when_something_happens_then_it_says_so_and_shows_it_without_a_reload(
    desk: Desk,
) -> None:
    with desk.window() as look:
        look.visit("/")
        look.page.evaluate("window.isTheSame = true")
        desk.room.report("Andorra expels two Monegasque diplomats")
        look.page.get_by_role("status").get_by_role("button").click(timeout=30_000)
        look.page.locator("main").get_by_text("Andorra expels two Monegasque diplomats").wait_for()
        assert look.page.evaluate("window.isTheSame")
        assert look.trouble == []


def test_given_an_alert_in_slack_when_its_link_is_followed_then_all_between_the_two_is_two_clicks_away(
    desk: Desk,
) -> None:
    (alert,) = [one for one in desk.room.slack_messages() if "Tonga expels three Fijian diplomats" in one][:1]
    link = re.search(rf"{re.escape(desk.room.address)}/stories/\w+", alert)
    assert link is not None
    with desk.window() as look:
        look.visit(link.group())
        assert "expel" in look.page.locator("h1").inner_text()
        look.page.locator("main").locator("a[href^='/relations/FJI-TON']").first.click()
        look.page.wait_for_url("**/relations/FJI-TON**")
        assert look.page.locator("main svg").count() >= 1
        told = look.page.locator("main").inner_text()
        assert "expelled" in told
        assert "agreement" in told
        assert look.trouble == []


def test_given_all_links_of_all_pages_when_they_are_followed_then_each_leads_somewhere(
    newsroom: Newsroom, desk: Desk
) -> None:
    waiting = list(addresses(newsroom).values())
    seen = dict.fromkeys(waiting, "the list of pages")
    broken = []
    for path in _each(waiting):
        status, links = _fetch(newsroom, path)
        if status != 200:
            broken.append(f"{path} (from {seen[path]}) answered {status}")
        for link in links:
            if link not in seen and len(seen) < _MOST_CRAWLED:
                seen[link] = path
                waiting.append(link)
    assert broken == []


def _each(waiting: list[str]) -> Iterator[str]:
    while waiting:
        yield waiting.pop(0)


def _fetch(newsroom: Newsroom, path: str) -> tuple[int, list[str]]:
    """The status of an address, and where it leads within the site."""
    asked = urllib.request.Request(newsroom.address + path, headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            links = _Links()
            if answer.headers.get_content_type() == "text/html":
                links.feed(answer.read().decode())
            return answer.status, links.found
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code, []


class _Links(HTMLParser):
    """The addresses within the site that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value and value.startswith("/") and not value.startswith("//"):
                self.found.append(value.partition("#")[0])
