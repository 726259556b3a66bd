"""Mail over real SMTP: what arrives, to whom, under which headers, and what each answer of a server means."""

import asyncio
import datetime as dt
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.delivery.channel import build, check_spec
from monitor.delivery.email import EmailChannel
from monitor.domain.delivery import (
    ChannelSpec,
    Claim,
    Delivered,
    GaveUp,
    OptionValue,
    Refused,
    Rendered,
    Secret,
    Thread,
    TryAgain,
    Verdict,
)
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from tests.integration.delivery.post_office import PASSWORD, USER, PostOffice, post_office
from tests.integration.delivery.sink import assert_leaks_no_secret, ways
from tests.unit.delivery.alerts import make_alert, message
from tests.unit.stories.reports import NOON

ANA, BEN = "ana@press.example", "ben@press.example"


def spec(port: int, **options: OptionValue) -> ChannelSpec:
    given: dict[str, OptionValue] = {
        "host": "127.0.0.1",
        "port": port,
        "encryption": "none",
        "from": "monitor@press.example",
        "to": (ANA, BEN),
    }
    return ChannelSpec(id="mail", kind="email", options=given | options)


def send_all(one: ChannelSpec, claims: Sequence[Claim], *, allowed: bool = True) -> list[Verdict]:
    assert check_spec(one) == ()
    allow = [f"127.0.0.1:{one.options['port']}"] if allowed else []
    channel = build(one, ways(HttpClient(AddressPolicy(), "tests"), *allow))

    async def run() -> list[Verdict]:
        return [await channel.send(claim, NOON) for claim in claims]

    return asyncio.run(run())


def rendered(title: str = "Caracas orders two Chilean envoys to leave") -> Rendered:
    channel = build(spec(25), ways(HttpClient(AddressPolicy(), "tests")))
    return channel.render(make_alert(title=title), ())


def send(office: PostOffice, claim: Claim | None = None, **options: OptionValue) -> Verdict:
    (verdict,) = send_all(spec(office.port, **options), [claim or message(rendered())])
    return verdict


def test_given_an_alert_when_sent_then_it_is_text_and_html_under_the_headers_of_an_automatic_list() -> None:
    with post_office() as office:
        verdict = send(office, unsubscribe="https://press.example/leave", name="Desk «Sur»")
    assert isinstance(verdict, Delivered)
    assert verdict.answer == "2.0.0 queued"
    ((recipients, mail, raw),) = office.taken
    assert recipients == (ANA, BEN)
    assert raw.isascii()
    assert mail["Message-ID"] == "<msg_0123456789abcdef@press.example>"
    assert mail["From"] == "Desk «Sur» <monitor@press.example>"
    assert (mail["Auto-Submitted"], mail["List-ID"]) == ("auto-generated", "<mail.relation-monitor.press.example>")
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (
        "<https://press.example/leave>",
        "List-Unsubscribe=One-Click",
    )
    assert mail["References"] is None
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Caracas [orders] two Chilean envoys to leave" in text
    assert ">orders</mark>" in html


def test_given_a_mailto_to_leave_when_sent_then_no_one_click_is_promised() -> None:
    with post_office() as office:
        send(office, unsubscribe="mailto:leave@press.example")
    ((_, mail, _),) = office.taken
    assert mail["List-Unsubscribe"] == "<mailto:leave@press.example>"
    assert mail["List-Unsubscribe-Post"] is None


def test_given_the_same_message_when_sent_again_then_every_byte_is_the_same() -> None:
    claim = message(rendered())
    with post_office() as office:
        send_all(spec(office.port), [claim, claim])
    first, second = (raw for *_, raw in office.taken)
    assert first == second


def test_given_a_follow_up_when_sent_then_it_refers_to_the_first_mail_of_its_story() -> None:
    first = Thread(message_id="msg_first", rendered=rendered())
    with post_office() as office:
        send(office, message(rendered(), thread=first))
    ((_, mail, _),) = office.taken
    assert mail["References"] == mail["In-Reply-To"] == "<msg_first@press.example>"


def test_given_a_title_with_line_ends_when_sent_then_it_adds_no_header() -> None:
    with post_office() as office:
        verdict = send(office, message(rendered("Envoys out\r\nBcc: all@press.example\r\n\r\nhello")))
    assert isinstance(verdict, Delivered)
    ((recipients, mail, raw),) = office.taken
    assert recipients == (ANA, BEN)
    assert mail["Bcc"] is None
    assert b"\r\nBcc:" not in raw


def test_given_one_recipient_who_comes_later_when_tried_again_then_the_other_does_not_get_it_twice() -> None:
    with post_office() as office:
        office.at_recipient[BEN] = ["450 4.2.0 greylisted"]
        first = send(office)
        assert isinstance(first, TryAgain)
        assert "the others have it" in first.reason
        assert "ben@press.example: 450 4.2.0 greylisted" in first.reason
        second = send(office, message(rendered(), receipt=first.receipt))
        assert isinstance(second, Delivered)
        third = send(office, message(rendered(), receipt=second.receipt))
    assert third == Delivered(answer="all recipients had it already")
    assert [recipients for recipients, *_ in office.taken] == [(ANA,), (BEN,)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["451 4.3.0 later"], TryAgain),
        (["552 5.3.4 too big"], Refused),
        (["554 5.7.1 looks like spam"], Refused),
    ],
)
def test_given_an_answer_to_the_data_when_judged_then_its_class_decides(
    answers: list[str], expected: type[Verdict]
) -> None:
    with post_office() as office:
        office.at_data = list(answers)
        verdict = send(office)
    assert isinstance(verdict, expected)
    assert not isinstance(verdict, Delivered)
    assert verdict.reason == f"answered {answers[0][:3]}: {answers[0][4:]}"


def test_given_mailboxes_that_do_not_exist_when_nobody_has_it_then_the_destination_is_gone() -> None:
    nobody = "550 5.1.1 no such user"
    with post_office() as office:
        office.at_recipient = {ANA: [nobody], BEN: [nobody]}
        verdict = send(office)
    assert isinstance(verdict, GaveUp)
    assert verdict.destination_dead
    assert ANA in verdict.reason


def test_given_one_mailbox_that_does_not_exist_when_the_other_has_it_then_the_destination_lives() -> None:
    with post_office() as office:
        office.at_recipient = {BEN: ["550 5.1.1 no such user"] * 2}
        first = send(office)
        assert isinstance(first, Refused)
        second = send(office, message(rendered(), receipt=first.receipt))
    assert isinstance(second, Refused)
    assert office.asked == {ANA: 1, BEN: 2}


def protected(office: PostOffice, folder: Path, password: str = PASSWORD) -> dict[str, OptionValue]:
    assert office.authority is not None
    office.authority.cert_pem.write_to_path(folder / "authority.pem")
    return {
        "encryption": "starttls",
        "user": USER,
        "password": Secret("env:MAIL", password),
        "ca_file": str(folder / "authority.pem"),
    }


def test_given_a_server_that_wants_a_login_when_given_one_over_tls_then_it_takes_the_mail(tmp_path: Path) -> None:
    with post_office(protected=True) as office:
        assert isinstance(send(office, None, **protected(office, tmp_path)), Delivered)


def test_given_a_wrong_password_when_refused_then_nothing_shows_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with post_office(protected=True) as office:
        verdict = send(office, None, **protected(office, tmp_path, "canary-wrong"))
    assert verdict == Refused(reason="answered 535: 5.7.8 not with (hidden)", receipt="[]")
    assert_leaks_no_secret(("canary-wrong",), verdict, caplog.text, *capfd.readouterr())


def test_given_a_certificate_that_nobody_vouches_for_when_connecting_then_no_login_is_sent(tmp_path: Path) -> None:
    with post_office(protected=True) as office:
        options = {**protected(office, tmp_path)}
        del options["ca_file"]
        verdict = send(office, None, **options)
    assert isinstance(verdict, TryAgain)
    assert "certificate is not valid" in verdict.reason


def test_given_a_server_without_encryption_when_it_is_asked_for_then_nothing_is_sent() -> None:
    with post_office() as office:
        verdict = send(office, encryption="starttls")
    assert isinstance(verdict, TryAgain)
    assert not office.taken


def test_given_a_server_on_this_machine_when_nobody_permits_it_then_it_is_not_connected_to() -> None:
    with post_office() as office:
        (verdict,) = send_all(spec(office.port), [message(rendered())], allowed=False)
    assert isinstance(verdict, Refused)
    assert "loopback" in verdict.reason
    assert not office.asked


@pytest.mark.parametrize(("greeting", "words"), [(b"421 4.3.2 closing\r\n", "421"), (b"", "broke the connection off")])
def test_given_a_server_that_turns_everybody_away_when_connecting_then_it_is_tried_again(
    greeting: bytes, words: str
) -> None:
    async def play() -> Verdict:
        async def turn_away(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(greeting)
            writer.close()

        server = await asyncio.start_server(turn_away, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            channel = build(spec(port), ways(HttpClient(AddressPolicy(), "tests"), f"127.0.0.1:{port}"))
            return await channel.send(message(rendered()), NOON)

    verdict = asyncio.run(play())
    assert isinstance(verdict, TryAgain)
    assert words in verdict.reason


def test_given_no_server_at_all_when_connecting_then_it_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (verdict,) = send_all(spec(port), [message(rendered())])
    assert verdict == TryAgain(reason="could not be reached: connection refused")


def test_given_a_server_that_says_nothing_when_the_time_is_over_then_it_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        channel = build(spec(port), ways(HttpClient(AddressPolicy(), "tests"), f"127.0.0.1:{port}"))
        assert isinstance(channel, EmailChannel)
        hasty = replace(channel, send_limit=dt.timedelta(seconds=0.2))
        verdict = asyncio.run(hasty.send(message(rendered()), NOON))
    assert verdict == TryAgain(reason="did not answer within 0.2 s")
