"""Pages of a PDF as pictures, for those who look at a document where no PDF can be shown."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # It ships no type information.

WIDTH_MAX = 2_000
_ONE_AT_A_TIME = threading.Lock()
"""PDFium is not safe for threads."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a PNG, and of how many pages it is one."""

    png: bytes
    pages: int


def shapes_of_pages(pdf: bytes) -> tuple[tuple[int, int], ...]:
    """Width and height of each page, in points."""
    with _ONE_AT_A_TIME, pdfium.PdfDocument(pdf) as opened:
        return tuple((round(page.get_width()), round(page.get_height())) for page in opened)


def picture_of_page(pdf: bytes, page: int, width: int) -> PagePicture:
    """The page of this number, which counts from 1, so many pixels wide; the last one where there are fewer."""
    with _ONE_AT_A_TIME, pdfium.PdfDocument(pdf) as opened:
        count = len(opened)
        shown = opened[max(0, min(page, count) - 1)]
        drawn = shown.render(scale=min(width, WIDTH_MAX) / shown.get_width()).to_pil()
    written = io.BytesIO()
    drawn.convert("P", palette=1, colors=64).save(written, "PNG", optimize=True)
    return PagePicture(written.getvalue(), count)
