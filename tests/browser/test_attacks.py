"""An archive whose every text is an attack, in a real browser: nothing of it runs, nothing of it is asked for elsewhere."""

from pathlib import Path

from tests.browser.chromium import chromium, sign_in, window
from tests.integration.web.hostile import MARK
from tests.integration.web.places import TOKEN, hostile_database, hostile_site, places, served

_PLANTED = f"document.querySelectorAll('x-{MARK}, [onclick], [onerror], [src^=\"//\"], [href^=javascript]').length"


def test_given_an_archive_of_attacks_when_every_page_is_opened_then_none_of_them_comes_to_anything(
    program: str, tmp_path: Path
) -> None:
    with hostile_database(tmp_path) as database:
        site = hostile_site(database)
        pages = [one for one in places(site) if _is_page(one.written)]
        with served(site) as visitor, chromium(program) as browser:
            address = f"http://127.0.0.1:{visitor.port}"
            with window(browser, address, storage_state=sign_in(browser, address, TOKEN)) as look:
                for page in pages:
                    look.visit(page.path)
                    assert look.page.evaluate(_PLANTED) == 0, page
                assert look.trouble == []
    assert len(pages) >= 12


def _is_page(written: str) -> bool:
    """Whether a person opens it in a browser, rather than a program, a reader of feeds or a spreadsheet."""
    programs = ("/api", "/live", "/metrics", "/healthz", "/readyz")
    return not written.startswith(programs) and not written.endswith((".atom", ".json", ".csv", ".jsonl"))
