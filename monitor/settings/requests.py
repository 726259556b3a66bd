"""What is sent with a feed's requests beside the usual: a user and password, headers of the operator's own.

Values may be references to secrets, which are resolved here. Comes within feeds.py; the outbound client drops all of it
where a redirect leads to another origin.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.delivery import Secret
from monitor.domain.documents import Finding
from monitor.settings.entries import Entry
from monitor.settings.secrets import SecretMissing, is_reference, looks_secret, resolve

# RFC 9110, 5.6.2: what a header's name is made of.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]{0,4000}")
# These describe the connection or the body, or are polling's own to set.
_OURS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "if-modified-since",
        "if-none-match",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The keys of a `[[feed]]` that are about its requests, as written."""

    headers: Mapping[str, str]
    user: str | None
    password: str | None


def request_headers(
    entry: Entry, wanted: Wanted, *, environ: Mapping[str, str], folder: Path
) -> tuple[tuple[tuple[str, Secret], ...], tuple[Finding, ...]]:
    """The headers to send, and what is wrong with them; a wrong one is left out."""
    reading = _Reading(entry=entry, environ=environ, folder=folder, findings=[])
    headers = [*reading.headers(wanted.headers), *reading.login(wanted)]
    return tuple(headers), tuple(reading.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    entry: Entry
    environ: Mapping[str, str]
    folder: Path
    findings: list[Finding]

    def headers(self, written: Mapping[str, str]) -> Iterator[tuple[str, Secret]]:
        for name, text in written.items():
            path = ("headers", name)
            value = self._value(path, name, text)
            if not _NAME.fullmatch(name):
                self._wrong(path, f'"{name}" is no name of a header')
            elif name.lower() in _OURS:
                self._wrong(path, f'the header "{name}" is set by the program itself')
            elif value is not None and not _VALUE.fullmatch(value):
                self._wrong(path, f'the header "{name}" holds what no header can: line ends, or letters beyond ASCII')
            elif value is not None:
                yield name, Secret(text if is_reference(text) else "feeds.toml", value)

    def login(self, wanted: Wanted) -> Iterator[tuple[str, Secret]]:
        """RFC 7617, with UTF-8 as its charset."""
        if wanted.user is None and wanted.password is None:
            return
        if wanted.user is None or wanted.password is None:
            self._wrong(("user",), '"user" and "password" belong together; write both')
            return
        if any(name.lower() == "authorization" for name in wanted.headers):
            self._wrong(("user",), 'write "user" and "password", or an Authorization header, not both')
            return
        user = self._value(("user",), "user", wanted.user)
        password = self._value(("password",), "password", wanted.password)
        if user is not None and password is not None:
            if ":" in user:
                self._wrong(("user",), '"user" may not hold a colon')
                return
            login = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
            yield "Authorization", Secret(wanted.password, f"Basic {login}")

    def _value(self, path: tuple[str, ...], key: str, text: str) -> str | None:
        if not is_reference(text):
            if looks_secret(key, text) or key.lower() == "authorization":
                self._wrong(path, f'"{key}" is a secret: write "env:NAME" or "file:PATH", and put it there')
                return None
            return text
        try:
            return resolve(text, environ=self.environ, folder=self.folder).reveal()
        except SecretMissing as error:
            self._wrong(path, f'"{key}": {error}')
            return None

    def _wrong(self, path: tuple[str, ...], sentence: str) -> None:
        self.findings.append(self.entry.finding(path, sentence))
