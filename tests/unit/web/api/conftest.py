"""The archive of the islands, and a visitor who asks for it: both once for all tests of a module, since nothing changes them."""

from collections.abc import Iterator

import pytest

from monitor.web.site import Site
from tests.unit.web.api.pacific import pacific
from tests.unit.web.exhibits import Visitor, visiting


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with pacific(tmp_path_factory.mktemp("pacific")) as made:
        yield made


@pytest.fixture(scope="module")
def visitor(site: Site) -> Iterator[Visitor]:
    with visiting(lambda: site) as asking:
        yield asking
