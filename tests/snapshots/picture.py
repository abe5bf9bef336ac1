"""Draws the README's picture: the invoice of the demonstration, as its PDF shows it.

`python -m tests.snapshots.picture` (make picture). Its dates are those of the day, so it is drawn anew when the page
looks otherwise, and not with every `make docs`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # It ships no type information.
from PIL import Image, ImageOps

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "invoice.png"
BYTES_MAX = 200_000
_PIXELS_PER_POINT = 1.6
# Below that the page is empty but for its number.
_SHOWN = 0.58
_COLOURS = 64
_EDGE = "#d0d7de"


def draw(pdf: Path) -> Image.Image:
    """The upper part of the PDF's first page, with an edge around it: pages of any colour may show it."""
    document = pdfium.PdfDocument(pdf)
    try:
        page: Image.Image = document[0].render(scale=_PIXELS_PER_POINT).to_pil()
    finally:
        document.close()
    shown = page.convert("RGB").crop((0, 0, page.width, int(page.height * _SHOWN)))
    return ImageOps.expand(shown, border=1, fill=_EDGE).quantize(_COLOURS)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "server", "demo", "--data", str(Path(folder) / "data"), "--json"]
        report = json.loads(subprocess.check_output(command))
        picture = draw(Path(report["clients"][0]["pdf"]))
    PICTURE.parent.mkdir(exist_ok=True)
    picture.save(PICTURE, optimize=True)
    print(f"{PICTURE.name}: {picture.width} x {picture.height} pixels, {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
