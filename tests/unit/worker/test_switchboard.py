"""Secrets in files may change while the daemon runs; what can't be used leaves the former one in place."""

from pathlib import Path

from structlog.testing import capture_logs

from monitor.delivery.channel import build
from monitor.delivery.webhook import WebhookChannel
from monitor.domain.delivery import ChannelSpec
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.channels import reread
from monitor.settings.secrets import resolve
from monitor.worker.switchboard import Switchboard
from tests.integration.delivery.sink import ways

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def switchboard(folder: Path) -> Switchboard:
    environ: dict[str, str] = {}
    secret = resolve("file:hook.secret", environ=environ, folder=folder)
    spec = ChannelSpec(id="desk", kind="webhook", options={"url": "https://desk.example/hook", "secrets": (secret,)})
    outside = ways(HttpClient(AddressPolicy(), "tests"))
    return Switchboard(
        [spec],
        reread=lambda one: reread(one, environ=environ, folder=folder),
        build=lambda one: build(one, outside),
    )


def keys(board: Switchboard) -> tuple[bytes, ...]:
    channel = board["desk"]
    assert isinstance(channel, WebhookChannel)
    return channel.keys


def test_given_a_secret_that_changes_when_renewed_then_the_channel_uses_it_and_once_is_enough(tmp_path: Path) -> None:
    (tmp_path / "hook.secret").write_text(KEY)
    board = switchboard(tmp_path)
    before = keys(board)
    assert not board.renew("desk")
    (tmp_path / "hook.secret").write_text(KEY.lower().replace("whsec_m", "whsec_x") + "\n")
    assert board.renew("desk")
    assert not board.renew("desk")
    assert keys(board) != before
    assert (list(board), len(board)) == (["desk"], 1)


def test_given_a_file_that_vanishes_or_holds_no_secret_when_renewed_then_the_former_one_stays(tmp_path: Path) -> None:
    (tmp_path / "hook.secret").write_text(KEY)
    board = switchboard(tmp_path)
    before = keys(board)
    (tmp_path / "hook.secret").unlink()
    assert not board.renew("desk")
    (tmp_path / "hook.secret").write_text("no base64!")
    with capture_logs() as logs:
        assert not board.renew("desk")
        assert not board.renew("desk")
    assert [line["event"] for line in logs] == ["new_secret_not_used"]
    assert keys(board) == before
