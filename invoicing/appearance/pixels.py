"""Image files without what makes no pixels: texts, profiles, previews, animations and whatever else they carry.

A decoder looks at all of that before it looks at a pixel, and some of it is packed: a text of some hundred bytes
unpacks to a megabyte, and a file may have a hundred of them. What is not there costs nothing.
"""

from __future__ import annotations

_PNG_SIGNATURE_BYTES = 8
_PNG_CHUNKS_MAX = 10_000
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_EXIF_CHUNK = b"eXIf"
# Beyond the mark for the orientation it holds previews, places and names; a camera's has a few kilobytes.
_EXIF_BYTES_MAX = 64 * 1024
_START_OF_SCAN = 0xDA
# What of the application's own segments says how the pixels are to be read: JFIF, Exif's orientation, Adobe's colours.
_JFIF, _EXIF, _ADOBE = b"JFIF\0", b"Exif\0\0", b"Adobe"
_READ_WITH = {0xE0: _JFIF, 0xE1: _EXIF, 0xEE: _ADOBE}
_JPEG_SEGMENTS_MAX = 1_000


def png_with_pixels_alone(content: bytes) -> bytes:
    """The PNG with the chunks alone that its pixels, or which way is up, are known from.

    Raises:
        ValueError: it is damaged or cut off.
    """
    kept = [content[:_PNG_SIGNATURE_BYTES]]
    position, has_exif = _PNG_SIGNATURE_BYTES, False
    for _ in range(_PNG_CHUNKS_MAX):
        size = int.from_bytes(content[position : position + 4], "big")
        kind = content[position + 4 : position + 8]
        end = position + 12 + size
        if end > len(content):
            break
        wanted = kind in _PIXEL_CHUNKS
        if kind == _EXIF_CHUNK and not has_exif and size <= _EXIF_BYTES_MAX:
            wanted = has_exif = True
        if wanted:
            kept.append(content[position:end])
        if kind == b"IEND":
            return b"".join(kept)
        position = end
    raise ValueError("a PNG without an end")


def jpeg_with_pixels_alone(content: bytes) -> bytes:
    """The JPEG without comments, profiles and previews; from its first scan on it is left as it is.

    Raises:
        ValueError: it is damaged or cut off.
    """
    kept = [content[:2]]
    position = 2
    for _ in range(_JPEG_SEGMENTS_MAX):
        mark = content[position : position + 2]
        if len(mark) < 2 or mark[0] != 0xFF:
            break
        if mark[1] == 0xFF:
            position += 1
            continue
        if mark[1] == _START_OF_SCAN:
            return b"".join([*kept, content[position:]])
        end = position + 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        if _is_wanted(mark[1], content[position + 4 : end]):
            kept.append(content[position:end])
        position = end
    raise ValueError("a JPEG without a scan")


def _is_wanted(mark: int, segment: bytes) -> bool:
    if mark == 0xFE:
        return False
    if not 0xE0 <= mark <= 0xEF:
        return True
    return mark in _READ_WITH and segment.startswith(_READ_WITH[mark])
