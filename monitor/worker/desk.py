"""What the configuration makes of a report: handed to whatever decides on one in worker/."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.delivery.channel import Channel
from monitor.domain.routing import Watch
from monitor.domain.severity import SeverityTable
from monitor.domain.taxonomy import Taxonomy
from monitor.stories.corrections import Corrections
from monitor.stories.corroborate import Voices
from monitor.stories.gather import Gatherer


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the configuration makes of a report: the types, who watches what, and where they are told."""

    taxonomy: Taxonomy
    watches: tuple[Watch, ...]
    channels: Mapping[str, Channel]
    max_age: dt.timedelta
    """How old news may be when it alerts (P7)."""
    operator: tuple[str, ...] = ()
    """The channels that are told about the program itself."""
    burst: int = 6
    """So many stories of one pair on one channel within an hour make a situation (P22)."""
    voices: Voices = field(default_factory=Voices)
    """Finds who stands behind an outlet."""
    corrections: Corrections = field(default_factory=Corrections)
    """Finds what publishers correct."""
    public_url: str = ""
    """Where watchers reach the pages; empty where nobody has said."""
    severities: SeverityTable = field(default_factory=SeverityTable)
    """What makes a story weigh more or less than its type."""

    @property
    def channel_kinds(self) -> dict[str, str]:
        """The kind of each channel, by its id."""
        return {channel.id: channel.kind for channel in self.channels.values()}

    @property
    def gatherer(self) -> Gatherer:
        """What takes reports into stories."""
        return Gatherer(taxonomy=self.taxonomy, voices=self.voices, severities=self.severities)
