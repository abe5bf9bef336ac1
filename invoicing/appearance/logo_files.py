"""What a logo's file is before anything decodes it: how large at most, and how it begins."""

from __future__ import annotations

from invoicing.refusals import InvalidInput

LOGO_BYTES_MAX = 512 * 1024

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPEG_MAGIC = b"\xff\xd8\xff"


def check_is_picture(beginning: bytes) -> None:
    """Refuse what is neither PNG nor JPEG, by how it begins.

    Raises:
        InvalidInput: it is something else.
    """
    if not beginning.startswith((PNG_MAGIC, JPEG_MAGIC)):
        raise not_an_image()


def not_an_image() -> InvalidInput:
    """The refusal of anything but the two formats."""
    return InvalidInput("logo must be a PNG or JPEG image; SVG, GIF and others are not taken.", field="logo")
