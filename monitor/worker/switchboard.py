"""The channels as they are now: a secret that lies in a file may be changed while the daemon runs.

Whoever looks a channel up here gets the one with the latest secrets. Built by cli/wiring from what settings have read;
dispatch.py asks for a renewal where a destination has refused a message, and service.py at SIGHUP and for what is broken.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import structlog

from monitor.delivery.channel import Channel
from monitor.domain.delivery import ChannelSpec

log = structlog.get_logger()


class Switchboard(Mapping[str, Channel]):
    """Channels by id. `reread` brings a spec with the secrets of today, `build` makes a channel of it."""

    def __init__(
        self,
        specs: Iterable[ChannelSpec],
        *,
        reread: Callable[[ChannelSpec], ChannelSpec],
        build: Callable[[ChannelSpec], Channel],
    ) -> None:
        self._reread = reread
        self._build = build
        self._specs = {spec.id: spec for spec in specs}
        self._refused: dict[str, ChannelSpec] = {}
        self._channels = {spec_id: build(spec) for spec_id, spec in self._specs.items()}

    def __getitem__(self, channel_id: str) -> Channel:
        return self._channels[channel_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)

    def renew(self, channel_id: str) -> bool:
        """Whether a secret of this channel has changed; then the channel uses it from now on. Reads files."""
        spec = self._specs[channel_id]
        fresh = self._reread(spec)
        if fresh in (spec, self._refused.get(channel_id)):
            return False
        try:
            self._channels[channel_id] = self._build(fresh)
        except ValueError as error:  # what lies in the file now is no such secret: the former one is the better guess
            log.error("new_secret_not_used", channel=channel_id, error=str(error))  # noqa: TRY400 - for the operator
            self._refused[channel_id] = fresh
            return False
        self._specs[channel_id] = fresh
        log.info("secret_renewed", channel=channel_id)
        return True
