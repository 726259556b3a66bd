import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given, settings, strategies

from monitor.outbound.decoding import BadEncoding, CappedDecoder, TooLarge

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 100_000


def raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


def two_gzip_files(data: bytes) -> bytes:
    return gzip.compress(data[:7]) + gzip.compress(data[7:]) + b"\0\0\0"


def two_zstd_frames(data: bytes) -> bytes:
    return zstd.compress(data[:7]) + zstd.compress(data[7:])


PACKERS: list[tuple[str | None, Callable[[bytes], bytes]]] = [
    (None, bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("X-GZIP ", gzip.compress),
    ("gzip", two_gzip_files),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
    ("zstd", two_zstd_frames),
]


def decoded(encoding: str | None, packed: bytes, step: int, limit: int = LIMIT) -> bytes:
    decoder = CappedDecoder(encoding, limit)
    for start in range(0, len(packed), step):
        decoder.add(packed[start : start + step])
    return decoder.finish()


@settings(deadline=None)
@given(
    strategies.binary(max_size=300) | strategies.just(b"news " * 5000),
    strategies.sampled_from(PACKERS),
    strategies.integers(1, 50),
)
def test_any_body_when_packed_and_sent_in_pieces_then_it_comes_out_whole(
    body: bytes, packer: tuple[str | None, Callable[[bytes], bytes]], step: int
) -> None:
    encoding, pack = packer
    assert decoded(encoding, pack(body), step) == body


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_body_at_its_limit_when_one_byte_longer_then_it_is_too_large(
    encoding: str | None, pack: Callable[[bytes], bytes]
) -> None:
    assert len(decoded(encoding, pack(b"a" * 1000), 64, limit=1000)) == 1000
    with pytest.raises(TooLarge):
        decoded(encoding, pack(b"a" * 1001), 64, limit=1000)


def gzip_bomb(block: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(squeeze.compress(block) for _ in range(64)) + squeeze.flush()


def brotli_bomb(block: bytes) -> bytes:
    squeeze = brotli.Compressor(quality=1)
    return bytes(b"".join(squeeze.process(block) for _ in range(64)) + squeeze.finish())


def zstd_bomb(block: bytes) -> bytes:
    squeeze = zstd.ZstdCompressor()
    return b"".join(squeeze.compress(block) for _ in range(64)) + squeeze.flush()


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip_bomb), ("br", brotli_bomb), ("zstd", zstd_bomb)])
def test_much_in_a_small_piece_when_decoded_then_memory_stays_small(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    bomb = pack(b"\0" * (1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decoded(encoding, bomb, len(bomb))
        assert tracemalloc.get_traced_memory()[1] < 10 * LIMIT
    finally:
        tracemalloc.stop()


def test_a_zstd_frame_that_wants_a_large_window_when_decoded_then_it_is_refused() -> None:
    wide = zstd.compress(b"news " * 3_000_000, options={zstd.CompressionParameter.window_log: 27})
    with pytest.raises(BadEncoding, match="not compressed in the way it says"):
        decoded("zstd", wide, len(wide), limit=20_000_000)


@pytest.mark.parametrize(("encoding", "pack"), [packer for packer in PACKERS if packer[1] is not bytes])
def test_packed_data_when_cut_short_then_it_is_said_to_end_too_early(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(bytes(range(256)) * 40).rstrip(b"\0")
    with pytest.raises(BadEncoding, match="ends too early"):
        decoded(encoding, packed[:-20], 100)


@pytest.mark.parametrize("encoding", ["compress", "gzip, br", "gzip, gzip", "x-nonsense"])
def test_a_compression_that_was_not_asked_for_when_met_then_it_is_refused(encoding: str) -> None:
    with pytest.raises(BadEncoding, match="not asked for"):
        CappedDecoder(encoding, LIMIT)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_plain_text_when_it_claims_to_be_packed_then_it_is_refused(encoding: str) -> None:
    with pytest.raises(BadEncoding, match="not compressed in the way it says"):
        decoded(encoding, b"<rss>plain text</rss>", 100)


@pytest.mark.parametrize("encoding", [None, "gzip", "deflate", "br", "zstd"])
def test_an_empty_body_when_it_claims_to_be_packed_then_it_is_empty(encoding: str | None) -> None:
    assert CappedDecoder(encoding, LIMIT).finish() == b""


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_packed_files_without_end_when_decoded_then_they_are_refused(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(BadEncoding, match="too many"):
        decoded(encoding, pack(b"") * 200, 1000)
