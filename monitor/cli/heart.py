"""The heartbeat as the settings have it, and as a reload changes it.

Its address is read from where it is kept, and each has a client under a policy of its own. How a call is made, and when it is withheld, is worker/heartbeat's. `cli/run.py` has it follow each configuration.
"""

import asyncio
import datetime as dt
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """Who is called and how often. The address may be a secret."""

    address: str = field(repr=False)
    every: dt.timedelta
    allow: tuple[str, ...]
    """Exceptions to the address policy."""


def heart_findings(loaded: Loaded) -> Iterator[Finding]:
    """What is wrong with the address, for `relmon check`."""
    try:
        _address(loaded)
    except ConfigurationError as error:
        yield from error.findings


def calling_of(loaded: Loaded) -> Calling | None:
    """Whom the configuration has called; None where no address is set.

    Raises:
        ConfigurationError: the address can't be read, or is none.
    """
    address, settings = _address(loaded), loaded.settings
    if not address:
        return None
    return Calling(address=address, every=settings.heartbeat.every, allow=settings.outbound.allow_heartbeat)


class Heart:
    """One heartbeat after the other, each as the configuration of the time has it. `ailment` says what keeps the daemon from its work."""

    def __init__(self, ailment: Callable[[], Awaitable[str | None]]) -> None:
        self._ailment = ailment
        self._calling: Calling | None = None
        self._beating: asyncio.Task[None] | None = None

    def follow(self, calling: Calling | None) -> None:
        """Calls there from now on; one that has not changed goes on in its rhythm. Call it in the running loop."""
        if calling == self._calling:
            return
        self._calling = calling
        if self._beating is not None:
            self._beating.cancel()
        self._beating = None if calling is None else asyncio.create_task(_beat(calling, self._ailment))

    async def stop(self) -> None:
        """Ends the calls, and what belongs to them."""
        former, self._calling, self._beating = self._beating, None, None
        if former is not None:
            former.cancel()
            await asyncio.gather(former, return_exceptions=True)


async def _beat(calling: Calling, ailment: Callable[[], Awaitable[str | None]]) -> None:
    policy = AddressPolicy.parse(calling.allow, setting="allow_heartbeat")
    async with HttpClient(policy, USER_AGENT) as client:
        await Heartbeat(client, calling.address, calling.every).keep_calling(ailment)


def _address(loaded: Loaded) -> str:
    written = loaded.settings.heartbeat.url
    if not written:
        return ""
    address = written
    if is_reference(written):
        try:
            address = resolve(written, environ=os.environ, folder=loaded.location.folder).reveal()
        except SecretMissing as error:
            raise ConfigurationError((loaded.setting_finding(_KEY, str(error)),)) from error
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not address.isprintable() or " " in address:
        # The address itself is not shown: it may be a secret.
        raise ConfigurationError(
            (loaded.setting_finding(_KEY, "must be an address such as https://switch.example/ping/4711"),)
        )
    return address
