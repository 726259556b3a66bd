"""The system's Chromium without a window, and what it has to say about a page.

Playwright drives it; neither it nor the tests download a browser. Whatever a page asks of another host is noted and refused, so that
nothing here leaves the machine.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_REQUIRED = "RELMON_TESTS_NEED_BROWSER"
"""Set where a missing browser is a mistake rather than a choice: .ci/run does."""

DESKTOP = {"width": 1280, "height": 800}
TELEPHONE = {"width": 360, "height": 740}
"""The sizes at which pages are looked at, in CSS pixels."""

_PARTS_OF_A_DATE = 8
"""A field for a date takes the Tab key several times, for its day, its month and so on."""

_GRAVE = ("serious", "critical")


def find_chromium() -> str:
    """The path of the browser; where it or what drives it is missing, the test is skipped with a sentence that says so."""
    if importlib.util.find_spec("playwright") is None:
        _do_without("Playwright is not installed (make setup-browser)")
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        _do_without("Chromium is not on this machine (on Debian: apt install chromium)")
    return program


@contextmanager
def chromium(program: str) -> Iterator[Any]:
    """Playwright's browser at this path, while the block lasts."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not installed where nobody asked for it

    # Chromium's sandbox refuses to start as root, which CI's containers are.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        try:
            yield browser
        finally:
            browser.close()


def _do_without(missing: str) -> NoReturn:
    if os.environ.get(_REQUIRED):
        pytest.fail(f"{missing}, and {_REQUIRED} asks for it.")
    pytest.skip(f"{missing}, so no page was looked at.")


@dataclass(slots=True)
class Look:
    """One person's window: a Playwright page, and what went wrong in it since it was opened."""

    page: Any
    trouble: list[str] = field(default_factory=list)

    def visit(self, path: str) -> None:
        """Opens an address of the site and waits until nothing more is loaded."""
        answer = self.page.goto(path, wait_until="load")
        if answer is None or answer.status != 200:
            self.trouble.append(f"{path} answered {answer and answer.status}")

    def see_as(self, scheme: str, size: Mapping[str, int]) -> None:
        """Goes on in the light or the dark, on a screen of this size."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size(dict(size))

    def fill_in_token(self, token: str) -> None:
        """Fills in the form for signing in, and sends it off."""
        self.page.get_by_label("Token").fill(token)
        self.page.get_by_role("button", name="Sign in").click()

    def grave_findings(self) -> list[str]:
        """What axe-core calls serious or critical, each with the first place where it is."""
        self.page.evaluate(_axe())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])} places) {one['nodes'][0]['failureSummary'][:300]}"
            for one in found["violations"]
            if one["impact"] in _GRAVE
        ]

    def try_out(self, text: str) -> None:
        """Pastes a text into the page that shows what is read in it, and has it read."""
        self.page.locator("textarea").fill(text)
        self.page.locator("form.try button").click()
        self.page.locator("#answer").wait_for()

    def layout_shift(self) -> float:
        """How much of what was seen has moved since the page was opened (https://web.dev/articles/cls); 0 is nothing."""
        return float(self.page.evaluate(_LAYOUT_SHIFT))

    def first_paint_ms(self) -> float:
        """When the first text or picture stood there, counted from when the address was asked for."""
        return float(self.page.evaluate(_FIRST_PAINT))

    def transferred(self) -> int:
        """The bytes of the page and of all that it loads, heads included, as they came over the wire."""
        return int(
            self.page.evaluate(
                "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                ".reduce((sum, one) => sum + one.transferSize, 0)"
            )
        )

    def start_at_the_top(self) -> None:
        """Has the next Tab lead to the first place of the page, wherever the focus was."""
        self.page.evaluate(
            "const top = document.body; top.tabIndex = -1; top.focus(); top.removeAttribute('tabindex'); scrollTo(0, 0)"
        )

    def unreached(self) -> list[str]:
        """Goes through the page with the Tab key; what it doesn't come to, or where the focus can't be seen."""
        self.start_at_the_top()
        left: list[str] = self.page.evaluate(_WATCH_WHAT_CAN_BE_USED)
        for _ in range(len(left) + _PARTS_OF_A_DATE):
            self.page.keyboard.press("Tab")
        reached = {int(number): shows for number, shows in self.page.evaluate("window.reached").items()}
        hidden = [f"the focus can't be seen: {left[number]}" for number, shows in reached.items() if not shows]
        return [what for number, what in enumerate(left) if number not in reached] + hidden

    def width_too_much(self) -> int:
        """By how many pixels the page can be scrolled sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


_LAYOUT_SHIFT = """
new Promise(tell => {
  let moved = 0;
  const watch = new PerformanceObserver(list => list.getEntries().forEach(one => { moved += one.value; }));
  watch.observe({type: "layout-shift", buffered: true});
  setTimeout(() => { watch.disconnect(); tell(moved); }, 100);
})
"""

_FIRST_PAINT = """
new Promise(tell => {
  const is_it = one => { if (one.name === "first-contentful-paint") tell(one.startTime); };
  new PerformanceObserver(list => list.getEntries().forEach(is_it)).observe({type: "paint", buffered: true});
})
"""

_WATCH_WHAT_CAN_BE_USED = """
() => {
  const usable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const all = [...document.querySelectorAll(usable)]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled);
  const shows = one => {
    const style = getComputedStyle(one), place = one.getBoundingClientRect();
    const seen = place.right > 0 && place.bottom > 0 && place.left < innerWidth && place.top < innerHeight;
    return seen && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  window.reached = {};
  addEventListener("focusin", event => {
    const number = all.indexOf(event.target);
    if (number >= 0) window.reached[number] ||= shows(event.target);
  });
  return all.map(one => one.outerHTML.slice(0, 120));
}
"""


@contextmanager
def window(browser: Any, address: str, **options: Any) -> Iterator[Look]:
    """A window of somebody new, who knows no cookie. `options` are those of Playwright's `new_context`."""
    context = browser.new_context(base_url=address, **options)
    context.set_default_timeout(10_000)
    look = Look(page=context.new_page())
    own = urlsplit(address).netloc

    def pass_on(route: Any) -> None:
        asked = route.request.url
        if urlsplit(asked).scheme in ("http", "https", "ws", "wss") and urlsplit(asked).netloc != own:
            look.trouble.append(f"asked another host for {asked}")
            route.abort()
        else:
            route.continue_()

    context.route("**/*", pass_on)
    page = look.page
    page.on("console", lambda said: _note(look, said))
    page.on("pageerror", lambda error: look.trouble.append(f"script: {error}"))
    page.on("requestfailed", lambda asked: _note_failure(look, asked))
    page.on("response", lambda answer: _note_answer(look, answer))
    page.on("dialog", lambda dialog: _note_dialog(look, dialog))
    try:
        yield look
    finally:
        context.close()


def sign_in(browser: Any, address: str, token: str) -> Any:
    """Signs in by the form; what the browser keeps of it, for windows to come."""
    with window(browser, address) as look:
        look.visit("/sign-in")
        look.fill_in_token(token)
        return look.page.context.storage_state()


def _note(look: Look, said: Any) -> None:
    if said.type in ("error", "warning"):
        look.trouble.append(f"console: {said.text}")


def _note_failure(look: Look, asked: Any) -> None:
    # A stream that ends because its page was left has not failed.
    if asked.failure != "net::ERR_ABORTED":
        look.trouble.append(f"{asked.url}: {asked.failure}")


def _note_answer(look: Look, answer: Any) -> None:
    if answer.status >= 400:
        look.trouble.append(f"{answer.url} answered {answer.status}")


def _note_dialog(look: Look, dialog: Any) -> None:
    look.trouble.append(f"dialog: {dialog.message}")
    dialog.dismiss()


@cache
def _axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text()
