"""The heartbeat as the settings have it: its address, read from where it is kept, and a client under a policy of its own."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from monitor.cli.wiring import USER_AGENT
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.files import Loaded
from monitor.settings.secrets import SecretMissing, is_reference, resolve
from monitor.worker.heartbeat import Heartbeat

_KEY = "heartbeat.url"


def heart_findings(loaded: Loaded) -> Iterator[Finding]:
    """What is wrong with the address, for `relmon check`."""
    try:
        _address(loaded)
    except ConfigurationError as error:
        yield from error.findings


@asynccontextmanager
async def heart(loaded: Loaded) -> AsyncIterator[Heartbeat | None]:
    """A heartbeat that is ready to call; None where no address is set.

    Raises:
        ConfigurationError: the address can't be read, or is none.
    """
    address, settings = _address(loaded), loaded.settings
    if not address:
        yield None
        return
    policy = AddressPolicy.parse(settings.outbound.allow_heartbeat, setting="allow_heartbeat")
    async with HttpClient(policy, USER_AGENT) as client:
        yield Heartbeat(client, address, settings.heartbeat.every)


def _address(loaded: Loaded) -> str:
    written = loaded.settings.heartbeat.url
    if not written:
        return ""
    address = written
    if is_reference(written):
        try:
            address = resolve(written, environ=os.environ, folder=loaded.location.folder).reveal()
        except SecretMissing as error:
            raise ConfigurationError((_finding(loaded, str(error)),)) from error
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not address.isprintable() or " " in address:
        # The address itself is not shown: it may be a secret.
        raise ConfigurationError((_finding(loaded, "must be an address such as https://switch.example/ping/4711"),))
    return address


def _finding(loaded: Loaded, sentence: str) -> Finding:
    """At the place where the setting stands: a file's line, or the environment."""
    origin = loaded.provenance[_KEY]
    file, _, line = origin.rpartition(":")
    if file and line.isdigit():
        return Finding(file=file, line=int(line), message=f'"{_KEY}": {sentence}')
    return Finding(file=origin, line=None, message=f'"{_KEY}": {sentence}')
