"""Undoing the compression of an answer, piece by piece, and never by more than a set number of bytes.

A megabyte on the wire can unpack to a gigabyte, and httpx unpacks whole pieces before anyone can count. This decoder
stops in the middle of a piece. Comes after the transport, which hands over raw bytes; the client turns its errors into
outcomes.
"""

import zlib

ACCEPT_ENCODING = "gzip, deflate"
"""What the program can undo, as a request header."""

_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_MAGIC_BYTES = 2
_MAX_GZIP_MEMBERS = 100
"""RFC 1952 lets gzip files follow one another; nobody needs more of them, and each one costs time."""


class TooLarge(Exception):
    """The decoded answer is longer than its limit."""


class BadEncoding(Exception):
    """The answer's compression can't be undone; the message says why."""


class CappedDecoder:
    """Collects an answer's body, decoded, up to `max_bytes`. Feed it pieces with `add`, then call `finish`.

    `encoding` is the Content-Encoding header's value: gzip, x-gzip, deflate (with or without zlib's wrapper, since
    servers send either), identity or nothing. Anything else raises BadEncoding at once.
    """

    def __init__(self, encoding: str | None, max_bytes: int) -> None:
        self._kind = _kind(encoding)
        self._max_bytes = max_bytes
        self._out = bytearray()
        self._pending = b""
        self._inflater: zlib._Decompress | None = None
        self._members = 0
        self._started = False

    def add(self, piece: bytes) -> None:
        """Takes the next raw bytes. Raises TooLarge or BadEncoding."""
        if self._kind == "identity":
            self._keep(piece)
            return
        self._started = self._started or bool(piece)
        self._pending += piece
        self._inflate()

    def finish(self) -> bytes:
        """The whole body. Raises BadEncoding where the compressed data ended too early."""
        if self._started and (self._inflater is None or not self._inflater.eof):
            raise BadEncoding("the compressed answer ends too early")
        return bytes(self._out)

    def _keep(self, piece: bytes) -> None:
        if len(self._out) + len(piece) > self._max_bytes:
            raise TooLarge
        self._out += piece

    def _inflate(self) -> None:
        while self._pending:
            if self._inflater is None or self._inflater.eof:
                # How a deflate answer is wrapped, and whether one more gzip file follows, shows in the next two bytes.
                if len(self._pending) < _MAGIC_BYTES:
                    return
                if not self._another_member():
                    self._pending = b""  # padding behind the last member, as gzip(1) ignores it
                    return
                self._members += 1
                self._inflater = zlib.decompressobj(self._window())
            room = self._max_bytes - len(self._out) + 1  # one more, so that an overrun shows
            try:
                self._keep(self._inflater.decompress(self._pending, room))
            except zlib.error as error:
                raise BadEncoding(f"the answer is not valid {self._kind} data") from error
            self._pending = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def _another_member(self) -> bool:
        if self._members == 0:
            return True
        if self._kind != "gzip" or not self._pending.startswith(b"\x1f\x8b"):
            return False
        if self._members >= _MAX_GZIP_MEMBERS:
            raise BadEncoding(f"the answer is made of more than {_MAX_GZIP_MEMBERS} gzip files")
        return True

    def _window(self) -> int:
        if self._kind == "gzip":
            return _GZIP_WINDOW
        # RFC 1950: the low four bits of the first byte are 8, and the first two bytes are a multiple of 31.
        wrapped = self._pending[0] & 0x0F == zlib.DEFLATED and int.from_bytes(self._pending[:2]) % 31 == 0
        return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


def _kind(encoding: str | None) -> str:
    named = (encoding or "identity").strip().lower()
    match named:
        case "" | "identity":
            return "identity"
        case "gzip" | "x-gzip":
            return "gzip"
        case "deflate":
            return "deflate"
        case _:
            raise BadEncoding("the answer is compressed in a way that was not asked for")
