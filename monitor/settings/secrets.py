"""Secrets: references to them (`env:NAME`, `file:PATH`), and the marks by which a literal one is recognised.

The configuration names where a secret is; its value is read here, once, and travels as a domain Secret that doesn't
show itself. Which option of a channel has to be a secret is each channel's own check.
"""

import re
import stat
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.domain.delivery import Secret
from monitor.domain.documents import Finding, TomlDocument, TomlPath

ENVIRONMENT = "env:"
FILE = "file:"
_LARGEST = 64 * 1024
_SECRET_KEY = re.compile(r"(^|_)(secrets?|passwords?|tokens?|api_?keys?)$", re.IGNORECASE)
# Slack's webhook path and tokens, Standard Webhooks' secrets, a password before an address's host.
_SECRET_VALUE = re.compile(r"https://hooks\.slack(-gov)?\.com/|\bxox[a-z]-|^whsec_|^[a-z0-9+.-]+://[^/@:]*:[^/@]+@")


class SecretMissing(Exception):
    """A reference leads nowhere. The sentence names the variable or file, never a value."""


def is_reference(text: str) -> bool:
    """Whether the text names a secret's place."""
    return text.startswith((ENVIRONMENT, FILE))


def resolve(reference: str, *, environ: Mapping[str, str], folder: Path) -> Secret:
    """Reads the secret, without the line ends around it.

    A relative PATH is looked for among systemd's credentials ($CREDENTIALS_DIRECTORY), then in the configuration's
    folder.
    """
    if reference.startswith(ENVIRONMENT):
        name = reference.removeprefix(ENVIRONMENT)
        if not (value := environ.get(name, "")):
            raise SecretMissing(
                f"the environment variable {name or '(no name)'} is {'empty' if name in environ else 'not set'}"
            )
        return Secret(reference, value)
    path = _secret_file(reference.removeprefix(FILE), environ, folder)
    try:
        with path.open("rb") as file:
            value = file.read(_LARGEST).decode().strip("\r\n")
    except OSError as error:
        raise SecretMissing(f"the file {path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SecretMissing(f"the file {path} is not UTF-8 text") from error
    if not value:
        raise SecretMissing(f"the file {path} is empty")
    return Secret(reference, value)


def _secret_file(path: str, environ: Mapping[str, str], folder: Path) -> Path:
    if credentials := environ.get("CREDENTIALS_DIRECTORY"):
        among_credentials = Path(credentials) / path
        if among_credentials.is_file():
            return among_credentials
    return folder / path


def looks_secret(key: str, text: str) -> bool:
    """Whether a literal text, under this key, looks like a secret that should be a reference."""
    return not is_reference(text) and bool(_SECRET_VALUE.search(text) or (_SECRET_KEY.search(key) and text))


def exposed_secrets(document: TomlDocument, path: Path) -> Iterator[Finding]:
    """A finding for each literal secret in a file that every user of the machine may read."""
    try:
        readable_by_all = path.stat().st_mode & stat.S_IROTH
    except OSError:
        return
    if readable_by_all:
        for place, key, text in _texts(document.data):
            if looks_secret(key, text):
                message = (
                    f'"{key}" holds what looks like a secret, and every user of this machine can read this file: '
                    f'put it into the environment and write "env:NAME", or "file:PATH"; at the least, chmod 600 the file'
                )
                yield document.finding(place, message)


def hidden(key: str, text: str) -> str:
    """How a literal text is shown: passwords in addresses starred, other likely secrets not at all."""
    if is_reference(text):
        return text
    if _SECRET_KEY.search(key):
        return "(hidden)"
    try:
        parts = urllib.parse.urlsplit(text)
        if parts.password:
            return text.replace(f":{parts.password}@", ":***@", 1)
    except ValueError:
        return "(hidden)"
    return "(hidden)" if looks_secret(key, text) else text


def _texts(value: Any, path: TomlPath = (), key: str = "") -> Iterator[tuple[TomlPath, str, str]]:
    """Every text of a document, with its path and the nearest key that has a name."""
    if isinstance(value, str):
        yield path, key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name), name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index), key)
