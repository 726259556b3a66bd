"""The ways out that channels are built with: each kind takes the one that it needs."""

from dataclasses import dataclass, field

from monitor.outbound.client import HttpClient
from monitor.outbound.mail import MailClient
from monitor.outbound.policy import AddressPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """`http` is for webhooks of all kinds; `policy` is the same rule for those who open connections of their own."""

    http: HttpClient = field(repr=False)
    mail: MailClient = field(repr=False)
    policy: AddressPolicy
