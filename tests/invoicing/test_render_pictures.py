"""A page of a PDF as a picture."""

from __future__ import annotations

import io

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from invoicing.render.pictures import WIDTH_MAX, picture_of_page


def _pdf() -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(200, 400), invariant=1)
    for red in (0.0, 1.0):
        canvas.setFillColorRGB(red, 0, 0)
        canvas.rect(0, 0, 200, 400, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def test_each_page_is_drawn_as_wide_as_it_is_wanted_and_its_last_one_for_what_lies_beyond() -> None:
    for page, colour in ((1, (0, 0, 0)), (2, (255, 0, 0)), (9, (255, 0, 0)), (0, (0, 0, 0))):
        made = picture_of_page(_pdf(), page, 100)
        picture = Image.open(io.BytesIO(made.png)).convert("RGB")
        assert (made.pages, picture.size, picture.getpixel((50, 100))) == (2, (100, 200), colour)
    assert Image.open(io.BytesIO(picture_of_page(_pdf(), 1, 9_999).png)).width == WIDTH_MAX
