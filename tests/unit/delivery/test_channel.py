import pytest

from monitor.delivery.channel import build, check_spec, kinds
from monitor.delivery.ways import Ways
from monitor.domain.delivery import ChannelSpec, OptionValue, Secret
from monitor.outbound.client import HttpClient
from monitor.outbound.mail import MailClient
from monitor.outbound.policy import AddressPolicy
from tests.unit.delivery.books import BOOKS

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SLACK = Secret("env:SLACK_URL", "https://hooks.example/services/T0/B0/abcdefgh")
MAIL: dict[str, OptionValue] = {"host": "mail.example", "from": "monitor@press.example", "to": "desk@press.example"}
BOT = Secret("env:BOT", "xoxb-abcdefgh-canary")
GOOD: dict[str, dict[str, OptionValue]] = {
    "apprise": {"url": Secret("env:NTFY", "ntfy://desk:abcdefgh-canary@ntfy.example/press"), "zone": "UTC"},
    "console": {"zone": "America/Caracas"},
    "email": {
        "host": "mail.example",
        "user": "desk",
        "password": Secret("env:MAIL_PASSWORD", "abcdefgh-canary"),
        "from": "monitor@press.example",
        "to": ("desk@press.example", "night.desk@press.example"),
        "unsubscribe": "https://press.example/leave",
        "zone": "America/La_Paz",
    },
    "slack": {"url": SLACK},
    "slack-bot": {"token": BOT, "channel": "C0123ABCD"},
    "webhook": {
        "format": "cloudevents",
        "source": "https://press.example/monitor",
        "url": "https://desk.example/hook",
        "secrets": (Secret("env:NEW", KEY), Secret("env:OLD", KEY.removeprefix("whsec_"))),
        "headers": {"Authorization": Secret("env:TOKEN", "Bearer 0123456789")},
    },
}


def spec(kind: str, **options: OptionValue) -> ChannelSpec:
    return ChannelSpec(id="desk", kind=kind, options=options)


def all_ways() -> Ways:
    policy = AddressPolicy()
    return Ways(http=HttpClient(policy, "tests"), mail=MailClient(policy), policy=policy, books=BOOKS)


def test_given_the_kinds_of_channels_when_listed_then_each_is_tried_here() -> None:
    assert set(kinds()) == set(GOOD)


@pytest.mark.parametrize("kind", GOOD)
def test_given_good_options_when_checked_and_built_then_a_channel_of_that_kind(kind: str) -> None:
    good = spec(kind, **GOOD[kind])
    assert check_spec(good) == ()
    channel = build(good, all_ways())
    assert (channel.id, channel.kind) == ("desk", kind)
    assert channel.send_limit.total_seconds() <= 60


def test_given_a_pace_when_built_then_the_channel_keeps_it() -> None:
    assert build(spec("email", **MAIL, per_minute=30), all_ways()).spacing.total_seconds() == 2
    assert build(spec("webhook", url="https://desk.example"), all_ways()).spacing.total_seconds() == 0


@pytest.mark.parametrize("kind", GOOD)
def test_given_any_channel_when_shown_then_it_tells_no_secret(kind: str) -> None:
    shown = repr(build(spec(kind, **GOOD[kind]), all_ways()))
    for secret in (SLACK.reveal(), KEY, KEY.removeprefix("whsec_"), "0123456789", "abcdefgh"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("kind", "options", "where", "words"),
    [
        ("pigeon", {}, "kind", "console, slack, slack-bot, email, webhook, apprise"),
        ("console", {"zone": "Mars/Olympus"}, "zone", "America/Caracas"),
        ("console", {"zone": 3}, "zone", "America/Caracas"),
        ("console", {"colour": True}, "colour", "It takes: zone."),
        ("apprise", {}, None, "env:NAME"),
        ("apprise", {"url": "discord://123/abcdefgh"}, "url", "file:PATH"),
        ("apprise", {"url": Secret("env:A", "pigeon://abcdefgh")}, "url", "env:A"),
        ("apprise", {"url": Secret("env:A", "syslog://")}, "url", "names no host"),
        ("apprise", {"url": Secret("env:A", "ntfy://ntfy.example/press"), "per_minute": "many"}, "per_minute", "1 to"),
        ("email", {**MAIL, "per_minute": 0}, "per_minute", "a minute"),
        ("webhook", {"url": "https://desk.example", "per_minute": True}, "per_minute", "a minute"),
        ("email", {**MAIL, "zone": "Mars/Olympus"}, "zone", "America/Caracas"),
        ("email", {key: MAIL[key] for key in ("host", "from")}, None, 'to = "..."'),
        ("email", {**MAIL, "port": 70000}, "port", "65535"),
        ("email", {**MAIL, "to": "Desk <desk@press.example>"}, "to", "bare"),
        ("email", {**MAIL, "to": ()}, "to", "1 to 50"),
        ("email", {**MAIL, "from": "desk"}, "from", "bare"),
        ("email", {**MAIL, "name": "Desk\r\nBcc: x@y.example"}, "name", "one line"),
        ("email", {**MAIL, "user": "desk"}, None, "belong together"),
        ("email", {**MAIL, "user": "desk", "password": "abcdefgh"}, "password", "env:NAME"),
        (
            "email",
            {**MAIL, "user": "desk", "password": Secret("env:M", "abcdefgh"), "encryption": "none"},
            "encryption",
            "starttls",
        ),
        ("email", {**MAIL, "encryption": "ssl"}, "encryption", "starttls, tls, none"),
        ("email", {**MAIL, "unsubscribe": "http://press.example/leave"}, "unsubscribe", "https://"),
        ("email", {**MAIL, "ca_file": "/nowhere/authority.pem"}, "ca_file", "/nowhere/authority.pem"),
        ("slack", {}, None, "env:NAME"),
        ("slack", {"url": "https://hooks.example/services/T0/B0/abcdefgh"}, "url", "file:PATH"),
        ("slack", {"url": Secret("env:SLACK_URL", "hooks.example")}, "url", "env:SLACK_URL"),
        ("slack-bot", {"channel": "C1"}, "token", "env:NAME"),
        ("slack-bot", {"channel": "C1", "token": "xoxb-abcdefgh"}, "token", "file:PATH"),
        ("slack-bot", {"channel": "C1", "token": Secret("env:BOT", "xoxp-abcdefgh")}, "token", "env:BOT"),
        ("slack-bot", {"token": BOT}, "channel", "C0123ABCD"),
        ("slack-bot", {"token": BOT, "channel": "C1", "api": "slack"}, "api", "https://"),
        ("slack-bot", {"token": BOT, "channel": "C1", "broadcast": "no"}, "broadcast", "true or false"),
        ("webhook", {}, None, "https://"),
        ("webhook", {"url": "https://desk.example", "format": "xml"}, "format", "cloudevents"),
        ("webhook", {"url": "https://desk.example", "source": "/me"}, "source", "cloudevents"),
        ("webhook", {"url": "https://desk.example", "format": "cloudevents", "source": "a b"}, "source", "as in"),
        ("webhook", {"url": 7}, "url", "must be text"),
        ("webhook", {"url": "ftp://desk.example"}, "url", "https://"),
        ("webhook", {"url": "https://desk.example/a b"}, "url", "space"),
        ("webhook", {"url": "https://desk.example:notaport/"}, "url", "can't be read"),
        ("webhook", {"url": "https://desk.example", "secret": "whsec_c2VjcmV0"}, "secret", "env:NAME"),
        ("webhook", {"url": "https://desk.example", "secret": Secret("env:K", "no base64!")}, "secret", "env:K"),
        ("webhook", {"url": "https://desk.example", "secrets": (Secret("env:K", "whsec_"),)}, "secrets", "openssl"),
        (
            "webhook",
            {"url": "https://desk.example", "secret": Secret("env:K", KEY), "secrets": (Secret("env:K", KEY),)},
            "secrets",
            "not both",
        ),
        ("webhook", {"url": "https://desk.example", "headers": "X: 1"}, "headers", "table"),
        ("webhook", {"url": "https://desk.example", "headers": {"Webhook-Id": "1"}}, "headers", "Webhook-Id"),
        ("webhook", {"url": "https://desk.example", "headers": {"X Y": "1"}}, "headers", "'X Y'"),
        ("webhook", {"url": "https://desk.example", "headers": {"X": "a\r\nY: b"}}, "headers", "one line"),
    ],
)
def test_given_a_mistake_when_checked_then_it_says_where_and_what_to_do(
    kind: str, options: dict[str, OptionValue], where: str | None, words: str
) -> None:
    wrong = spec(kind, **options)
    ((option, sentence),) = check_spec(wrong)
    assert option == where
    assert words in sentence
    assert "abcdefgh" not in sentence
    with pytest.raises(ValueError, match="channel desk: "):
        build(wrong, all_ways())
