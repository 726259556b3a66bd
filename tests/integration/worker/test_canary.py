"""No secret of any kind of channel shows anywhere (S9), though each destination repeats all that it was sent."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from monitor import logs, metrics
from monitor.delivery.channel import build, kinds
from monitor.domain.delivery import ChannelSpec, OptionValue, Secret
from monitor.storage import outbox
from monitor.storage.channels import channel_states
from monitor.worker.dispatch import Dispatcher
from tests.integration.delivery.post_office import post_office
from tests.integration.delivery.sink import Answer, Received, open_sink, ways
from tests.integration.worker.conftest import Newsroom, utc_now
from tests.unit.delivery.alerts import make_alert
from tests.unit.storage import examples
from tests.unit.web.exhibits import a_site, visiting

CANARY = "canary-5e8f0c1d"
KEY = "Y2FuYXJ5LTVlOGYwYzFkLXNpZ25pbmcta2V5"


def secret(value: str) -> Secret:
    return Secret("env:CANARY", value)


OPTIONS: dict[str, Callable[[int, int, Path], dict[str, OptionValue]]] = {
    "slack": lambda port, _, __: {"url": secret(f"http://127.0.0.1:{port}/services/T0/B0/{CANARY}")},
    "slack-bot": lambda port, _, __: {
        "token": secret(f"xoxb-{CANARY}"),
        "channel": "C1",
        "api": f"http://127.0.0.1:{port}/api",
    },
    "webhook": lambda port, _, __: {
        "url": secret(f"http://desk:{CANARY}@127.0.0.1:{port}/hook/{CANARY}?token={CANARY}"),
        "secret": secret(f"whsec_{KEY}"),
        "headers": {"Authorization": secret(f"Bearer {CANARY}")},
    },
    "email": lambda _, port, folder: {
        "host": "127.0.0.1",
        "port": port,
        "user": "desk",
        "password": secret(CANARY),
        "from": "monitor@press.example",
        "to": "desk@press.example",
        "ca_file": str(folder / "authority.pem"),
    },
    "apprise": lambda port, _, __: {"url": secret(f"json://desk:{CANARY}@127.0.0.1:{port}/{CANARY}?+X-Key={CANARY}")},
}


def repeat_everything(request: Received) -> Answer:
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return Answer(status=403, body=f"{request.path}\n{headers}\n".encode() + request.body[:200])


def test_every_kind_that_takes_a_secret_when_listed_then_it_is_tried_here() -> None:
    assert {*OPTIONS, "console"} == set(kinds())


@pytest.mark.parametrize("kind", OPTIONS)
def test_given_a_destination_that_repeats_what_it_gets_when_messages_die_there_then_no_secret_shows(
    newsroom: Newsroom, tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure("debug")

    async def scenario() -> str:
        with post_office(protected=True) as office:
            assert office.authority is not None
            office.authority.cert_pem.write_to_path(tmp_path / "authority.pem")
            async with open_sink(repeat_everything) as sink:
                allowed = (f"127.0.0.1:{sink.port}", f"127.0.0.1:{office.port}")
                spec = ChannelSpec(id="desk", kind=kind, options=OPTIONS[kind](sink.port, office.port, tmp_path))
                channel = build(spec, ways(sink.client, *allowed))
                message = examples.message(rendered=channel.render(make_alert(), ()))
                with newsroom.database.write() as connection:
                    outbox.enqueue(connection, [message])
                dispatcher = Dispatcher(
                    database=newsroom.database,
                    channels={"desk": channel},
                    operator=("desk",),
                    schedule=newsroom.schedule,
                    owner="canary",
                    clock=utc_now,
                )
                assert (await dispatcher.round()).dead == 1
                return f"{channel!r} {spec!r}"

    try:
        shown = asyncio.run(scenario())
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
    with newsroom.database.read() as connection:
        (stored,) = outbox.messages(connection)
        shown += f"{stored!r} {outbox.attempts_of(connection, stored.message.id)!r} {channel_states(connection)!r}"
    site = replace(a_site(newsroom.database), channels={"desk": kind})
    with visiting(lambda: site) as visitor:
        pages = [visitor.get(path) for path in ("/deliveries", f"/deliveries/{stored.message.id}", "/api/deliveries")]
    assert [page.status for page in pages] == [200, 200, 200]
    shown += "".join(page.text for page in pages)
    files = b"".join(path.read_bytes() for path in tmp_path.glob("monitor.db*"))
    out, err = capfd.readouterr()
    assert "message_dead" in err
    for place in (shown.encode(), files, out.encode(), err.encode(), metrics.exposition()):
        assert CANARY.encode() not in place
        assert KEY.encode() not in place
