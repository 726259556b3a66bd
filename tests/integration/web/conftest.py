"""One hostile archive for all these tests, which only read, and one server that asks for a token."""

from collections.abc import Iterator

import pytest

from monitor.web.site import Site
from tests.integration.web.places import Place, hostile_database, hostile_site, places, served
from tests.unit.web.exhibits import Visitor


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with hostile_database(tmp_path_factory.mktemp("hostile")) as database:
        yield hostile_site(database)


@pytest.fixture(scope="session")
def everything(site: Site) -> tuple[Place, ...]:
    """All places that are served."""
    return places(site)


@pytest.fixture(scope="session")
def stranger(site: Site) -> Iterator[Visitor]:
    """Somebody at a server that asks for the token."""
    with served(site) as visitor:
        yield visitor
