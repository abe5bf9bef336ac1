"""Drawing pages: rows, running heads, page feet and the sandbox watermark, on a PDF canvas."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from invoicing.render.colors import WATERMARK_INK
from invoicing.render.drawing import (
    CAPITAL_MIDDLE,
    cell_attributes,
    draw_band,
    draw_cell,
    draw_column,
    draw_rule,
    draw_table,
    draw_tagged,
)
from invoicing.render.fonts import EMBEDDING_LOCK, Face, printable
from invoicing.render.labels import Labels
from invoicing.render.layout import Column, Frame, Placed, Row, Run, Style, Table, TextLine, text_column
from invoicing.render.letterhead import TOP
from invoicing.render.metadata import Metadata, describe, one_line
from invoicing.render.particulars import BETWEEN
from invoicing.render.slip import SLIP_HEIGHT, Slip, draw_slip
from invoicing.render.tagging import Element, Tags
from invoicing.render.theme import Paper, hairline, theme
from invoicing.render.wrapping import fit_line, wrap_text

_RUNNING_HEAD_TOP = 34.0
_TOP_WITH_HEAD = 66.0
_FOOT_BASE = 30.0
_FOOT_HEIGHT = 30.0
# Above the slip the foot needs no margin of its own to the edge of the paper.
_SLIP_FOOT_SHIFT = 8.0
# There the rows may come nearer to the foot: a page more for the slip alone would be worse.
_SLIP_NEARER = 9.0

# A longer footer would take the page from the document; it is printed once, at the end.
_FOOTER_LINES_MAX = 5


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is the same on every page. `watermark` is empty on a real document; `slip`, where there is one, takes the
    bottom of the last page.
    """

    paper: Paper
    heading: str
    sender: str
    footer: Column
    watermark: str
    labels: Labels
    slip: Slip | None = None

    def first_frame(self) -> Frame:
        """The part of the first page that rows may use."""
        return Frame(TOP, self._bottom())

    def next_frame(self) -> Frame:
        """The part of a later page that rows may use, below its running head."""
        return Frame(_TOP_WITH_HEAD, self._bottom())

    def has_room_for_slip(self, page: Sequence[Placed]) -> bool:
        """Whether the rows of a page leave its bottom free for the slip, with the page's foot above it."""
        end = max((item.top + item.row.height for item in page), default=0.0)
        return end <= self._bottom() - SLIP_HEIGHT + _SLIP_FOOT_SHIFT + _SLIP_NEARER

    def _bottom(self) -> float:
        return self.paper.height - _FOOT_BASE - _FOOT_HEIGHT - sum(line.leading for line in self.footer)


def footer_column(footer: str, paper: Paper) -> Column | None:
    """The footer for the foot of each page, or nothing where it is too long for that."""
    style = theme().small
    lines = wrap_text(footer.strip(), face=style.face, size=style.size, width=paper.text_width)
    # What stands between two facts of a line is nothing at the end of one.
    text = "\n".join(line.removesuffix(BETWEEN.rstrip()).rstrip() for line in lines)
    column = text_column(text, style, left=paper.left, width=paper.text_width)
    return column if len(column) <= _FOOTER_LINES_MAX else None


def draw_pages(pages: Sequence[Sequence[Placed]], sheet: Sheet, metadata: Metadata) -> bytes:
    """The pages as the bytes of a PDF: the same for the same pages, since nothing of the moment is in them."""
    output = io.BytesIO()
    canvas = Canvas(
        output,
        pagesize=(sheet.paper.width, sheet.paper.height),
        pageCompression=1,
        invariant=1,
        initialFontName=theme().text.face.name,  # type: ignore[arg-type]  # The stub says float; it is a name.
        lang=metadata.language,
        pdfVersion=(1, 7),
    )
    describe(canvas, metadata)
    tags = Tags(canvas)
    for index, page in enumerate(pages):
        tags.begin_page()
        _draw_page(canvas, page, sheet, tags, page=index + 1, pages=len(pages))
        canvas.showPage()
    tags.write_tree()
    with EMBEDDING_LOCK:
        canvas.save()
    return output.getvalue()


def _draw_page(canvas: Canvas, placed: Sequence[Placed], sheet: Sheet, tags: Tags, *, page: int, pages: int) -> None:
    if sheet.watermark:
        # Said once, and first: that this is no invoice must not be missed.
        with tags.content(tags.root, "P") if page == 1 else tags.artifact():
            _draw_watermark(canvas, sheet.watermark, sheet.paper)
    if page > 1:
        with tags.artifact("Header"):
            _draw_running_head(canvas, sheet)
    for item in placed:
        if item.row.bookmark and pages > 1:
            _bookmark(canvas, item, sheet.paper)
        _draw_row(canvas, item, sheet.paper, tags)
    if sheet.slip is not None and page == pages:
        _draw_foot(canvas, sheet, tags, page=page, pages=pages, base=_FOOT_BASE + SLIP_HEIGHT - _SLIP_FOOT_SHIFT)
        draw_slip(canvas, sheet.slip, sheet.paper, tags)
    else:
        _draw_foot(canvas, sheet, tags, page=page, pages=pages, base=_FOOT_BASE)


def _bookmark(canvas: Canvas, item: Placed, paper: Paper) -> None:
    """An entry of the outline, by which a reader of several pages finds the row."""
    key = f"{canvas.getPageNumber()}-{item.top:.0f}"
    canvas.bookmarkHorizontal(key, 0, paper.height - item.top)
    canvas.addOutlineEntry(one_line(item.row.bookmark), key)


def _draw_row(canvas: Canvas, item: Placed, paper: Paper, tags: Tags) -> None:
    row, top = item.row, item.top + item.row.space_above
    if row.band is not None:
        with tags.artifact():
            draw_band(canvas, row.band, item.top, row.height, paper)
    match row.kind:
        case "text":
            for column in row.columns:
                if isinstance(column, Table):
                    draw_table(canvas, column, top, paper, tags)
                else:
                    draw_tagged(canvas, column, top, paper, tags, tags.root)
        case "head" if tags.lines is None:
            tags.lines = tags.root.add("Table")
            _draw_cells(canvas, row, top, paper, tags, tags.lines, "TH")
        case "line" if tags.lines is not None:
            _draw_cells(canvas, row, top, paper, tags, tags.lines, "TD")
        case _:
            # Heads and sums that are there because a page ends, and not read out between two lines.
            with tags.artifact():
                for column in row.columns:
                    if not isinstance(column, Table):
                        draw_column(canvas, column, top, paper)
    if row.rule is not None:
        with tags.artifact():
            draw_rule(canvas, row.rule, item.top + row.height, paper)


def _draw_cells(
    canvas: Canvas, row: Row, top: float, paper: Paper, tags: Tags, table: Element, role: Literal["TH", "TD"]
) -> None:
    """A row of the table of lines."""
    cells = table.add("TR")
    attributes = cell_attributes("Column") if role == "TH" else ""
    for column in row.columns:
        if not isinstance(column, Table):
            draw_cell(canvas, column, top, paper, tags, cells, role, attributes)


def _draw_running_head(canvas: Canvas, sheet: Sheet) -> None:
    paper, style = sheet.paper, theme().quiet
    line = _two_sided(sheet.heading, sheet.sender, style, paper)
    draw_column(canvas, (line,), _RUNNING_HEAD_TOP, paper)
    draw_rule(canvas, hairline(paper.left, paper.right), _RUNNING_HEAD_TOP + style.leading + 4, paper)


def _draw_foot(canvas: Canvas, sheet: Sheet, tags: Tags, *, page: int, pages: int, base: float) -> None:
    paper, style = sheet.paper, theme().fine
    height = sum(line.leading for line in sheet.footer) + style.leading
    top = paper.height - base - height
    number = sheet.labels.page.format(page=page, pages=pages)
    with tags.artifact():
        draw_rule(canvas, hairline(paper.left, paper.right), top - 4, paper)
    # The footer is on every page, and read out on the last.
    if sheet.footer:
        with tags.content(tags.root, "P") if page == pages else tags.artifact("Footer"):
            draw_column(canvas, sheet.footer, top, paper)
    with tags.artifact("Footer"):
        draw_column(canvas, (_two_sided("", number, style, paper),), top + height - style.leading, paper)


def _two_sided(left: str, right: str, style: Style, paper: Paper) -> TextLine:
    """A line with text at both ends; the left one may take two thirds of it, then both are shortened."""
    face: Face = style.face
    width = paper.text_width
    first = fit_line(left, face=face, size=style.size, width=width * 2 / 3)
    second = fit_line(right, face=face, size=style.size, width=width - face.width_of(first, style.size) - 12)
    edge = paper.right - face.width_of(second, style.size)
    return TextLine(style.leading, (Run(paper.left, first, style), Run(edge, second, style)))


def _draw_watermark(canvas: Canvas, words: str, paper: Paper) -> None:
    face = theme().title.face
    text = printable(words)
    diagonal = math.hypot(paper.width, paper.height)
    size = diagonal * 0.78 / face.width_of(text, 1)
    canvas.saveState()
    canvas.translate(paper.width / 2, paper.height / 2)
    canvas.rotate(math.degrees(math.atan2(paper.height, paper.width)))
    canvas.setFont(face.name, size)
    canvas.setFillColorRGB(*WATERMARK_INK)
    canvas.drawString(-face.width_of(text, size) / 2, -size * CAPITAL_MIDDLE, text)
    canvas.restoreState()
