"""Drawing pages: rows, running heads, page feet and the sandbox watermark, on a PDF canvas."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from invoicing.render.fonts import EMBEDDING_LOCK, Face, printable
from invoicing.render.labels import Labels
from invoicing.render.layout import Column, Frame, Placed, Rule, Run, Style, TextLine, text_column
from invoicing.render.theme import WATERMARK_INK, Paper, hairline, theme
from invoicing.render.wrapping import fit_line

_TOP = 50.0
_RUNNING_HEAD_TOP = 34.0
_TOP_WITH_HEAD = 66.0
_FOOT_BASE = 30.0
_FOOT_HEIGHT = 30.0

# A longer footer would take the page from the document; it is printed once, at the end.
_FOOTER_LINES_MAX = 5

# The middle of the capitals lies this far above the baseline, in parts of the font size.
_CAPITAL_MIDDLE = 0.357


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says about itself."""

    title: str
    author: str
    subject: str
    language: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is the same on every page. `watermark` is empty on a real document."""

    paper: Paper
    heading: str
    sender: str
    footer: Column
    watermark: str
    labels: Labels

    def first_frame(self) -> Frame:
        """The part of the first page that rows may use."""
        return Frame(_TOP, self._bottom())

    def next_frame(self) -> Frame:
        """The part of a later page that rows may use, below its running head."""
        return Frame(_TOP_WITH_HEAD, self._bottom())

    def _bottom(self) -> float:
        return self.paper.height - _FOOT_BASE - _FOOT_HEIGHT - sum(line.leading for line in self.footer)


def footer_column(footer: str, paper: Paper) -> Column | None:
    """The footer for the foot of each page, or nothing where it is too long for that."""
    column = text_column(footer.strip(), theme().small, left=paper.left, width=paper.text_width)
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
    )
    _describe(canvas, metadata)
    for index, page in enumerate(pages):
        _draw_page(canvas, page, sheet, page=index + 1, pages=len(pages))
        canvas.showPage()
    with EMBEDDING_LOCK:
        canvas.save()
    return output.getvalue()


def _describe(canvas: Canvas, metadata: Metadata) -> None:
    canvas.setTitle(_one_line(metadata.title))
    canvas.setAuthor(_one_line(metadata.author))
    canvas.setSubject(_one_line(metadata.subject))
    canvas.setCreator("Counterfoil")
    canvas.setProducer("Counterfoil")


def _one_line(text: str) -> str:
    # Half a surrogate pair cannot be encoded; metadata otherwise keeps characters that the faces lack.
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _draw_page(canvas: Canvas, placed: Sequence[Placed], sheet: Sheet, *, page: int, pages: int) -> None:
    if sheet.watermark:
        _draw_watermark(canvas, sheet.watermark, sheet.paper)
    if page > 1:
        _draw_running_head(canvas, sheet)
    for item in placed:
        row = item.row
        for column in row.columns:
            _draw_column(canvas, column, item.top + row.space_above, sheet.paper)
        if row.rule is not None:
            _draw_rule(canvas, row.rule, item.top + row.height, sheet.paper)
    _draw_foot(canvas, sheet, page=page, pages=pages)


def _draw_column(canvas: Canvas, column: Column, top: float, paper: Paper) -> None:
    for line in column:
        if line.rule is not None:
            _draw_rule(canvas, line.rule, top, paper)
        if line.runs:
            size = max(run.style.size for run in line.runs)
            baseline = paper.height - top - line.leading / 2 - size * _CAPITAL_MIDDLE
            for run in line.runs:
                _draw_run(canvas, run, baseline)
        top += line.leading


def _draw_run(canvas: Canvas, run: Run, baseline: float) -> None:
    style = run.style
    canvas.setFont(style.face.name, style.size)
    canvas.setFillColorRGB(*style.ink)
    canvas.drawString(run.left, baseline, run.text)


def _draw_rule(canvas: Canvas, rule: Rule, top: float, paper: Paper) -> None:
    canvas.setStrokeColorRGB(*rule.ink)
    canvas.setLineWidth(rule.weight)
    canvas.line(rule.left, paper.height - top, rule.right, paper.height - top)


def _draw_running_head(canvas: Canvas, sheet: Sheet) -> None:
    paper, style = sheet.paper, theme().quiet
    line = _two_sided(sheet.heading, sheet.sender, style, paper)
    _draw_column(canvas, (line,), _RUNNING_HEAD_TOP, paper)
    _draw_rule(canvas, hairline(paper.left, paper.right), _RUNNING_HEAD_TOP + style.leading + 4, paper)


def _draw_foot(canvas: Canvas, sheet: Sheet, *, page: int, pages: int) -> None:
    paper, style = sheet.paper, theme().small
    height = sum(line.leading for line in sheet.footer) + style.leading
    top = paper.height - _FOOT_BASE - height
    _draw_rule(canvas, hairline(paper.left, paper.right), top - 4, paper)
    number = sheet.labels.page.format(page=page, pages=pages)
    _draw_column(canvas, sheet.footer, top, paper)
    _draw_column(canvas, (_two_sided("", number, style, paper),), top + height - style.leading, paper)


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
    canvas.drawString(-face.width_of(text, size) / 2, -size * _CAPITAL_MIDDLE, text)
    canvas.restoreState()
