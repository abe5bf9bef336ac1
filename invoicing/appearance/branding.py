"""What an organization's documents look like: its colour, its logo, its second language.

A logo comes from outside. Its first bytes and the size that it declares are checked before anything decodes it, and
what is kept is our own encoding of its pixels: small, without the metadata (a camera's position, an editor's
comments) and without whatever else the file may have carried.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

from invoicing.appearance.logo_files import JPEG_MAGIC, LOGO_BYTES_MAX, PNG_MAGIC, not_an_image
from invoicing.appearance.pixels import jpeg_with_pixels_alone, png_with_pixels_alone
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal

LOGO_SIDE_MAX = 4_000
LOGO_PIXELS_MAX = 8_000_000
# Twice what a printer resolves in the space that a letterhead gives to a logo.
KEPT_WIDTH_MAX, KEPT_HEIGHT_MAX = 1_200, 500

# Each scan of a progressive JPEG goes over the whole picture: a thousand of them fit into a small file.
_JPEG_SCANS_MAX = 32
_JPEG_SEGMENTS_MAX = 1_000
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_GRAYSCALE_OF_16_BITS = b"\x10\x00"
_DATA_URL = re.compile(r"data:image/(?:png|jpe?g);base64,", re.IGNORECASE)
_ORIENTATION = 0x0112
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Branding:
    """How documents are printed, besides what they say. `logo` is a PNG or JPEG of `kept_logo`, or empty; `color`
    as `#RRGGBB` or empty; `second_language` an ISO 639-1 code or empty.
    """

    logo: bytes = b""
    color: str = ""
    second_language: str = ""
    payment_qr: bool = True


@dataclass(frozen=True, slots=True)
class KeptLogo:
    """A logo as it is kept; `suffix` is `.png` or `.jpg`."""

    content: bytes
    suffix: str


def logo_from_text(text: str) -> bytes:
    """The bytes of a logo given as base64, with or without the head of a data URL.

    Raises:
        InvalidInput: it is not base64.
        LimitExceeded: more than `LOGO_BYTES_MAX` bytes.
    """
    stripped = text.strip()
    head = _DATA_URL.match(stripped)
    if head is None and stripped[:5].lower() == "data:":
        raise not_an_image()
    if len(stripped) > LOGO_BYTES_MAX * 3 // 2:
        raise _too_large()
    encoded = "".join(stripped[head.end() if head else 0 :].split())
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput(
            "logo must be the base64 text of a PNG or JPEG file, or a data: URL of one.", field="logo"
        ) from None


def logo_of_text(text: str) -> KeptLogo:
    """`kept_logo` of a logo that is given as text.

    Raises:
        InvalidInput, LimitExceeded: as `logo_from_text` and `kept_logo`.
    """
    return kept_logo(logo_from_text(text))


def kept_logo(content: bytes) -> KeptLogo:
    """The logo as it is kept: decoded, upright, made smaller where it is larger than a letterhead can show.

    It is decoded once and at no greater size than it declares: some 100 MB of memory at most, for a moment.

    Raises:
        InvalidInput: no PNG or JPEG, or one that is damaged.
        LimitExceeded: too many bytes or pixels.
    """
    kind = _checked_kind(content)
    pixels_only = png_with_pixels_alone if kind == "PNG" else jpeg_with_pixels_alone
    try:
        with Image.open(io.BytesIO(pixels_only(content)), formats=(kind,)) as opened:
            # The decoded size counts as well: it is the declared one, or the file is not what it says.
            _check_size(*opened.size)
            bare = _upright(_small(opened))
    except _UNREADABLE:
        raise InvalidInput("logo: the image is damaged or cut off; save it anew.", field="logo") from None
    output = io.BytesIO()
    if kind == "PNG":
        bare.save(output, "PNG", optimize=True)
        return KeptLogo(output.getvalue(), ".png")
    bare.save(output, "JPEG", quality=92, subsampling=0)
    return KeptLogo(output.getvalue(), ".jpg")


def is_kept_logo(content: bytes) -> bool:
    """Whether the bytes can be a logo that `kept_logo` made, by their first bytes and the size that they declare."""
    try:
        width, height = _declared_size(content)[1]
    except Refusal:
        return False
    return 0 < width <= KEPT_WIDTH_MAX and 0 < height <= KEPT_HEIGHT_MAX


def _small(opened: ImageFile) -> Image.Image:
    """The picture, in the colours of a screen and within the greatest size that is kept, and nothing of the file."""
    turned = opened.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE
    room = (KEPT_HEIGHT_MAX, KEPT_WIDTH_MAX) if turned else (KEPT_WIDTH_MAX, KEPT_HEIGHT_MAX)
    # A JPEG can be decoded at a half, a quarter or an eighth of its size; twice what is kept is plenty.
    opened.draft("RGB", (room[0] * 2, room[1] * 2))
    opened.load()
    see_through = "A" in opened.getbands() or "transparency" in opened.info
    mode = "RGBA" if see_through else "RGB"
    picture: Image.Image = opened if opened.mode == mode else opened.convert(mode)
    picture.thumbnail(room, Image.Resampling.LANCZOS)
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    bare.getexif()[_ORIENTATION] = opened.getexif().get(_ORIENTATION, 1)
    return bare


def _upright(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    # A new picture has the pixels and nothing else.
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _checked_kind(content: bytes) -> str:
    """The kind of the image, after everything that can be known without decoding it."""
    if len(content) > LOGO_BYTES_MAX:
        raise _too_large()
    kind, size = _declared_size(content)
    _check_size(*size)
    return kind


def _declared_size(content: bytes) -> tuple[str, tuple[int, int]]:
    if content.startswith(PNG_MAGIC):
        return "PNG", _png_size(content)
    if content.startswith(JPEG_MAGIC):
        return "JPEG", _jpeg_size(content)
    raise not_an_image()


def _check_size(width: int, height: int) -> None:
    if not (width and height):
        raise InvalidInput("logo: the image has no pixels.", field="logo")
    if max(width, height) > LOGO_SIDE_MAX or width * height > LOGO_PIXELS_MAX:
        raise LimitExceeded(
            f"logo: {width} x {height} pixels; at most {LOGO_SIDE_MAX} a side, and"
            f" {LOGO_PIXELS_MAX // 1_000_000} million in all.",
            field="logo",
        )


def _png_size(content: bytes) -> tuple[int, int]:
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise InvalidInput("logo: the image is damaged or cut off; save it anew.", field="logo")
    if content[24:26] == _GRAYSCALE_OF_16_BITS:
        raise InvalidInput("logo: save the image with 8 bits per channel.", field="logo")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height of the frame header, found by walking the segments before it."""
    if content.count(b"\xff\xda") > _JPEG_SCANS_MAX:
        raise LimitExceeded("logo: the JPEG has too many scans; save it anew.", field="logo")
    position = 2
    for _ in range(_JPEG_SEGMENTS_MAX):
        head = content[position : position + 9]
        if len(head) < 9 or head[0] != 0xFF:
            break
        if head[1] == 0xFF:
            position += 1
        elif head[1] in _FRAME_HEADERS:
            return int.from_bytes(head[7:9], "big"), int.from_bytes(head[5:7], "big")
        else:
            position += 2 + int.from_bytes(head[2:4], "big")
    raise InvalidInput("logo: the image is damaged or cut off; save it anew.", field="logo")


def _too_large() -> LimitExceeded:
    return LimitExceeded(f"logo: at most {LOGO_BYTES_MAX // 1024} KiB.", field="logo")
