"""Logos and colours: what is refused before it is decoded, and what is kept."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from invoicing.appearance.branding import kept_logo, logo_from_text
from invoicing.appearance.colors import check_color
from invoicing.appearance.logo_files import LOGO_BYTES_MAX
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.render.colors import CONTRAST_MIN, WHITE, contrast, ink_of, palette_of
from tests.support.printed import image

_SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def png_claiming(width: int, height: int, *, bits: int = 8, color: int = 2) -> bytes:
    """A PNG whose header names a size, with hardly any data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    whole = bytearray(image("JPEG", (16, 16)))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG",
        _SVG,
        b"GIF89a" + bytes(100),
        image("GIF"),
        image("BMP"),
        image("WEBP"),
        image("TIFF"),
        b"%PDF-1.7",
        b"\0" + image("PNG"),
        image("PNG")[:60],
        image("PNG")[:-20].replace(b"IDAT", b"IDAX"),
        image("JPEG", (800, 600))[:400],
        b"\xff\xd8\xff\xe0" + b"\0" * 40,
        b"\xff\xd8\xff" + b"\xff" * 5_000,
        png_claiming(0, 100),
        png_claiming(20, 20),
        png_claiming(20, 20, bits=16, color=0),
    ],
)
def test_what_is_no_whole_png_or_jpeg_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        kept_logo(content)
    assert refused.value.field == "logo"


@pytest.mark.parametrize(
    "content",
    [
        png_claiming(4_001, 1),
        png_claiming(4_000, 2_001),
        png_claiming(60_000, 60_000),
        png_claiming(2**31 - 1, 2**31 - 1),
        jpeg_claiming(65_535, 65_535),
        jpeg_claiming(1, 4_001),
        image("PNG") + bytes(LOGO_BYTES_MAX),
        image("JPEG")[:-2] + b"\xff\xda" * 40,
    ],
)
def test_what_is_too_large_is_refused_by_what_it_declares(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(Image, "open", decode)
    with pytest.raises(LimitExceeded):
        kept_logo(content)


@pytest.mark.parametrize(
    ("kind", "suffix", "mode"),
    [
        ("PNG", ".png", "RGB"),
        ("PNG", ".png", "P"),
        ("PNG", ".png", "LA"),
        ("JPEG", ".jpg", "RGB"),
        ("JPEG", ".jpg", "CMYK"),
    ],
)
def test_a_logo_is_kept_small_and_opens_again(kind: str, suffix: str, mode: str) -> None:
    output = io.BytesIO()
    Image.new(mode, (3_000, 600)).save(output, kind)
    kept = kept_logo(output.getvalue())
    assert kept.suffix == suffix
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert opened.size == (1_200, 240)
    assert kept_logo(kept.content).suffix == suffix


def test_transparency_stays_and_what_else_a_file_carries_does_not() -> None:
    picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    output = io.BytesIO()
    picture.save(output, "PNG", exif=exif.tobytes())
    assert b"SECRET-PLACE" in output.getvalue()
    kept = kept_logo(output.getvalue() + b"<?php SECRET-TAIL ?>")
    assert b"SECRET" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert opened.convert("RGBA").getpixel((1, 1)) == (0, 0, 0, 0)


def test_a_photograph_that_lies_on_its_side_is_kept_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    output = io.BytesIO()
    Image.new("RGB", (40, 20)).save(output, "JPEG", exif=exif.tobytes())
    with Image.open(io.BytesIO(kept_logo(output.getvalue()).content)) as opened:
        assert opened.size == (20, 40)


@pytest.mark.parametrize("head", ["", "data:image/png;base64,", "DATA:image/jpeg;base64,", "data:image/jpg;base64,\n"])
def test_a_logo_comes_as_base64_or_as_a_data_url(head: str) -> None:
    assert logo_from_text(f" {head}{base64.encodebytes(b'abc' * 40).decode()}") == b"abc" * 40


@pytest.mark.parametrize(
    "text",
    ["data:image/svg+xml;base64,PHN2Zz4=", "data:text/html,<b>", "https://example.com/logo.png", "not base64!", "YQ"],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        logo_from_text(text)


def test_a_text_that_is_too_long_is_not_decoded() -> None:
    with pytest.raises(LimitExceeded):
        logo_from_text("A" * (LOGO_BYTES_MAX * 2))


def test_a_colour_is_six_hexadecimal_digits() -> None:
    assert check_color(" 1f3a5f") == "#1F3A5F"
    assert check_color("#FFFFFF") == "#FFFFFF"
    for text in ("red", "#FFF", "#12345G", "#1F3A5F00", "", "#１２３４５６"):
        with pytest.raises(InvalidInput):
            check_color(text)


@given(st.integers(0, 0xFFFFFF))
@example(0xFFD500)
@example(0x777777)
@example(0xFF0000)
def test_text_can_be_read_in_every_colour(color: int) -> None:
    palette = palette_of(f"#{color:06X}")
    assert contrast(palette.accent, WHITE) >= CONTRAST_MIN
    assert palette.band is not None
    assert contrast(palette.band_text, palette.band) >= CONTRAST_MIN


def test_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast(ink_of("#000000"), WHITE), 2) == 21
    assert round(contrast(ink_of("#777777"), WHITE), 2) == 4.48
    assert round(contrast(ink_of("#767676"), WHITE), 2) == 4.54
