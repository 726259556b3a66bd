"""Undoing the compression of an answer, piece by piece, and never by more than a set number of bytes.

A megabyte on the wire can unpack to a gigabyte, and httpx unpacks whole pieces before anyone can count. Here every
coding hands out its result in small parts, and the count stops in the middle of a piece. Comes after the transport,
which hands over raw bytes; the client turns its errors into outcomes.
"""

import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
"""What the program can undo, as a request header."""

_PART_BYTES = 65_536
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_MAGIC_BYTES = 2
_MAX_MEMBERS = 100
"""gzip files (RFC 1952) and zstd frames (RFC 8878) may follow one another; nobody needs more, and each costs time."""
_ZSTD_WINDOW_LOG = 23
"""RFC 9659: no server may ask for a window of more than 8 MB."""


class TooLarge(Exception):
    """The decoded answer is longer than its limit."""


class BadEncoding(Exception):
    """The answer's compression can't be undone; the message says why."""


class CappedDecoder:
    """Collects an answer's body, decoded, up to `max_bytes`. Feed it pieces with `add`, then call `finish`.

    `encoding` is the Content-Encoding header's value: gzip, x-gzip, deflate (with or without zlib's wrapper, since
    servers send either), br, zstd, identity or nothing. Anything else raises BadEncoding at once, and so do several
    codings over one another.
    """

    def __init__(self, encoding: str | None, max_bytes: int) -> None:
        self._coding = _coding(encoding)
        self._max_bytes = max_bytes
        self._out = bytearray()

    def add(self, piece: bytes) -> None:
        """Takes the next raw bytes. Raises TooLarge or BadEncoding."""
        if not piece:
            return
        try:
            for part in self._coding.unpack(piece):
                if len(self._out) + len(part) > self._max_bytes:
                    raise TooLarge
                self._out += part
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise BadEncoding("the answer is not compressed in the way it says") from error

    def finish(self) -> bytes:
        """The whole body. Raises BadEncoding where the compressed data ended too early."""
        if not self._coding.complete:
            raise BadEncoding("the compressed answer ends too early")
        return bytes(self._out)


class _Coding(Protocol):
    """One way to compress. `complete`: nothing has come yet, or what came is whole."""

    @property
    def complete(self) -> bool: ...

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        """What a piece decodes to, in parts of at most about `_PART_BYTES`; all of them must be taken."""
        ...


class _Identity:
    complete = True

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        yield piece


class _Inflate:
    """gzip and deflate. `window` says, by the first two bytes of a member, how it is wrapped."""

    def __init__(self, window: Callable[[bytes], int], *, members: int) -> None:
        self._window = window
        self._members_left = members
        self._inflater: zlib._Decompress | None = None
        self._pending = b""
        self._begun = False

    @property
    def complete(self) -> bool:
        return not self._begun or (self._inflater is not None and self._inflater.eof)

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        self._begun = True
        self._pending += piece
        while self._pending:
            if self._inflater is None or self._inflater.eof:
                if len(self._pending) < _MAGIC_BYTES:
                    return
                if not self._begin_member():
                    self._pending = b""  # padding behind the last member, as gzip(1) ignores it
                    return
            inflater = self._inflater
            if inflater is not None:
                yield inflater.decompress(self._pending, _PART_BYTES)
                self._pending = inflater.unused_data if inflater.eof else inflater.unconsumed_tail

    def _begin_member(self) -> bool:
        magic = self._pending[:_MAGIC_BYTES]
        if self._inflater is not None and magic != b"\x1f\x8b":
            return False
        if not self._members_left:
            raise BadEncoding("the answer is made of too many compressed files")
        self._members_left -= 1
        self._inflater = zlib.decompressobj(self._window(magic))
        return True


class _Brotli:
    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()
        self._begun = False

    @property
    def complete(self) -> bool:
        return not self._begun or self._decoder.is_finished()

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        self._begun = True
        yield self._decoder.process(piece, output_buffer_limit=_PART_BYTES)
        while not self._decoder.can_accept_more_data():
            yield self._decoder.process(b"", output_buffer_limit=_PART_BYTES)


class _Zstd:
    def __init__(self) -> None:
        self._members_left = _MAX_MEMBERS
        self._decoder: zstd.ZstdDecompressor | None = None

    @property
    def complete(self) -> bool:
        return self._decoder is None or self._decoder.eof

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        while True:
            if self._decoder is None or self._decoder.eof:
                if not piece:
                    return
                if not self._members_left:
                    raise BadEncoding("the answer is made of too many compressed files")
                self._members_left -= 1
                self._decoder = zstd.ZstdDecompressor(
                    options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
                )
            yield self._decoder.decompress(piece, _PART_BYTES)
            if self._decoder.eof:
                piece = self._decoder.unused_data
            elif self._decoder.needs_input:
                return
            else:
                piece = b""


def _gzip() -> _Coding:
    return _Inflate(lambda _: _GZIP_WINDOW, members=_MAX_MEMBERS)


def _deflate() -> _Coding:
    return _Inflate(_deflate_window, members=1)


def _deflate_window(magic: bytes) -> int:
    # RFC 1950: the low four bits of the first byte are 8, and the first two bytes are a multiple of 31.
    wrapped = magic[0] & 0x0F == zlib.DEFLATED and int.from_bytes(magic) % 31 == 0
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


_CODINGS: Mapping[str, Callable[[], _Coding]] = {
    "": _Identity,
    "identity": _Identity,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}


def _coding(encoding: str | None) -> _Coding:
    make = _CODINGS.get((encoding or "").strip().lower())
    if make is None:
        raise BadEncoding("the answer is compressed in a way that was not asked for")
    return make()
