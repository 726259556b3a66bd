import pytest

from monitor.domain.routing import Alert
from tests.unit.delivery.alerts import make_alert


@pytest.fixture
def alert() -> Alert:
    return make_alert()
