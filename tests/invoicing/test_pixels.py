"""A small image file can hold much that is no picture, and all of it would be unpacked: none of it is looked at."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image, ImageCms

from invoicing.appearance.branding import KEPT_HEIGHT_MAX, KEPT_WIDTH_MAX, is_kept_logo, kept_logo
from invoicing.appearance.pixels import jpeg_with_pixels_alone, png_with_pixels_alone
from invoicing.refusals import InvalidInput

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(kind: str, mode: str = "RGB", size: tuple[int, int] = (400, 300), **options: object) -> bytes:
    output = io.BytesIO()
    Image.new(mode, size).save(output, kind, **options)
    return output.getvalue()


def with_chunks(png: bytes, kind: bytes, content: bytes, count: int = 1) -> bytes:
    """The PNG with so many of these chunks behind its header."""
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return png[:33] + chunk * count + png[33:]


def opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return image


def test_texts_that_unpack_to_megabytes_are_never_unpacked() -> None:
    bomb = b"Comment\0\0" + zlib.compress(bytes(1_000_000), 9)
    content = with_chunks(saved("PNG"), b"zTXt", bomb, 60)
    content = with_chunks(content, b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(1_000_000), 9), 60)
    assert len(content) < 300_000
    tracemalloc.start()
    try:
        assert kept_logo(content).suffix == ".png"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", [b"iCCP", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"xxXx"])
def test_chunks_that_make_no_pixels_are_left_out(kind: bytes) -> None:
    plain = saved("PNG")
    assert png_with_pixels_alone(with_chunks(plain, kind, b"\0" * 40)) == plain


def test_the_first_picture_of_an_animation_is_kept() -> None:
    output = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), color) for color in ("#FF0000", "#00FF00", "#0000FF")]
    frames[0].save(output, "PNG", save_all=True, append_images=frames[1:])
    assert b"acTL" in output.getvalue()
    assert opened(kept_logo(output.getvalue()).content).getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_kind_of_png_becomes_a_picture_of_a_screen(mode: str) -> None:
    kept = opened(kept_logo(saved("PNG", mode)).content)
    assert kept.size == (400, 300)
    assert kept.mode in ("RGB", "RGBA")


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"icc_profile": PROFILE}, {"comment": b"x" * 60_000}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_becomes_a_picture_of_a_screen(mode: str, options: dict[str, object]) -> None:
    content = saved("JPEG", mode, (3_000, 1_000), **options)
    kept = opened(kept_logo(content).content)
    assert (kept.size, kept.mode) == ((1_200, 400), "RGB")


def test_the_colours_of_an_adobe_jpeg_stay_what_they_were() -> None:
    output = io.BytesIO()
    Image.new("CMYK", (80, 80), (0, 255, 255, 0)).save(output, "JPEG", quality=95)
    red, green, blue = opened(kept_logo(output.getvalue()).content).getpixel((40, 40))  # type: ignore[misc]  # Three bands.
    assert red > 200
    assert green < 60
    assert blue < 60


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_and_fills_the_room_that_it_then_has(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = saved(kind, "RGB", (2_400, 1_600), exif=exif)
    width, height = opened(kept_logo(content).content).size
    assert (width < height) is (orientation >= 5)
    assert width <= KEPT_WIDTH_MAX
    assert height == KEPT_HEIGHT_MAX


def test_a_picture_of_eight_million_pixels_takes_a_bounded_amount_of_memory_in_every_form() -> None:
    tracemalloc.start()
    try:
        for content in (saved("PNG", "P", (4_000, 2_000)), saved("JPEG", "CMYK", (4_000, 2_000))):
            kept_logo(content)
        # What the decoder holds itself is not traced; of ours it is the small picture alone.
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("cut", [20, 40, -30])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_is_cut_off_is_refused(kind: str, cut: int) -> None:
    with pytest.raises(InvalidInput, match=r"damaged or cut off|must be a PNG"):
        kept_logo(saved(kind)[:cut])


def test_files_without_an_end_are_walked_to_a_limit() -> None:
    with pytest.raises(ValueError, match="without an end"):
        png_with_pixels_alone(saved("PNG")[:33] + b"\0\0\0\0abcd\0\0\0\0" * 20_000)
    with pytest.raises(ValueError, match="without a scan"):
        jpeg_with_pixels_alone(b"\xff\xd8" + b"\xff\xfe\0\2" * 20_000)


def test_only_what_was_kept_is_printed() -> None:
    assert is_kept_logo(kept_logo(saved("PNG", "RGB", (4_000, 2_000))).content)
    assert is_kept_logo(kept_logo(saved("JPEG")).content)
    for other in (saved("PNG", "RGB", (4_000, 2_000)), b"", b"<svg/>", saved("GIF")):
        assert not is_kept_logo(other)
