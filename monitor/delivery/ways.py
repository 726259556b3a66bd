"""What channels are built with: the ways out, of which each kind takes the one that it needs, and the texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.delivery.phrasebook import Phrasebook
from monitor.outbound.client import HttpClient
from monitor.outbound.mail import MailClient
from monitor.outbound.policy import AddressPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """`http` is for webhooks of all kinds; `policy` is the same rule for those who open connections of their own."""

    http: HttpClient = field(repr=False)
    mail: MailClient = field(repr=False)
    policy: AddressPolicy
    books: Mapping[str, Phrasebook] = field(repr=False)
    """The texts of alerts by language; a channel is built only in one of these."""
