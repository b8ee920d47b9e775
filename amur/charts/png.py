"""Smaller PNG files: the renderer writes true colour, but a chart has few colours, so a palette serves."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIX_BITS = 63
_MOST_COLOURS = 256

Bytes = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]


def shrink(png: bytes) -> bytes:
    """The same opaque picture with a palette of at most 256 colours; unchanged where it cannot be read.

    Colours are cut to six bits a channel (an error of at most 3 in 255; pure black and white stay
    exact); if more than 256 remain, the rarest become their nearest neighbour. A chart shrinks to about a tenth.
    """
    chunks = _chunks(png)
    width, height, depth, kind, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"][0])
    if (depth, kind, rest) != (8, 6, [0, 0, 0]):
        return png
    pixels = _unfilter(zlib.decompress(b"".join(chunks[b"IDAT"])), width, height)
    if pixels is None or pixels[:, :, 3].min() < 255:
        return png
    palette, indices = _quantise(pixels)
    rows = np.zeros((height, width + 1), dtype=np.uint8)
    rows[:, 1:] = indices
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), *((b"pHYs", body) for body in chunks.get(b"pHYs", ())), (b"PLTE", palette.tobytes())]
    parts += [(b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(name, body) for name, body in parts)


def _chunks(png: bytes) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    at = len(_SIGNATURE)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        found.setdefault(name, []).append(png[at + 8 : at + 8 + length])
        at += 12 + length
    return found


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _unfilter(raw: bytes, width: int, height: int) -> Bytes | None:
    """Pixels [row, column, RGBA]; None where a row uses a filter other than none or sub."""
    rows = np.frombuffer(raw, dtype=np.uint8).reshape(height, 4 * width + 1)
    filters, pixels = rows[:, 0], rows[:, 1:].reshape(height, width, 4)
    if filters.max() > 1:
        return None
    # "Sub" stores the difference from the pixel to the left, modulo 256.
    if filters.all():
        return np.cumsum(pixels, axis=1, dtype=np.uint8)
    sub = filters == 1
    undone = pixels.copy()
    undone[sub] = np.cumsum(pixels[sub], axis=1, dtype=np.uint8)
    return undone


def _quantise(colours: Bytes) -> tuple[Bytes, Bytes]:
    """Palette [colour, RGB] and an index into it for every pixel of `colours` [row, column, RGBA]."""
    whole = np.ascontiguousarray(colours).view("<u4")[..., 0]
    codes = (whole >> 2 & _SIX_BITS) << 12 | (whole >> 10 & _SIX_BITS) << 6 | whole >> 18 & _SIX_BITS
    counts = np.bincount(codes.ravel(), minlength=1 << 18)
    used = np.flatnonzero(counts)
    kept = used[np.argsort(counts[used], kind="stable")[::-1][:_MOST_COLOURS]]
    channels, all_channels = _unpack(kept), _unpack(used)
    # Squared distance, less a term that is the same for every candidate.
    distance = (channels**2).sum(axis=1)[None] - 2 * all_channels @ channels.T
    nearest = np.zeros(1 << 18, dtype=np.uint8)
    nearest[used] = distance.argmin(axis=1)
    palette = np.round(channels * 255 / _SIX_BITS).astype(np.uint8)
    return palette, nearest[codes]


def _unpack(codes: Indices) -> npt.NDArray[np.float32]:
    return np.stack([codes >> 12, codes >> 6 & _SIX_BITS, codes & _SIX_BITS], axis=1).astype(np.float32)
