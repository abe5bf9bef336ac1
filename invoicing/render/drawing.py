"""Putting lines of text, rules and pictures on a PDF canvas. `top` runs downwards from the edge of the sheet."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from invoicing.render.colors import QUIET_INK, WHITE
from invoicing.render.layout import (
    Column,
    Ink,
    Modules,
    NoCode,
    Picture,
    Raster,
    Rule,
    Run,
    Scope,
    Table,
    text_column,
)
from invoicing.render.tagging import Element, Role, Tags
from invoicing.render.theme import Paper, theme

# The middle of the capitals lies this far above the baseline, in parts of the font size.
CAPITAL_MIDDLE = 0.357

# The Swiss cross of the QR-bill covers 7 of the code's 46 millimetres. Within it: the white edge, the black square,
# and the arms of the cross as parts of the black square (the flag's proportions: arms of 6 by 20 of 32).
_CROSS_SIDE = 7 / 46
_CROSS_EDGE = 1 / 14
_ARM_LENGTH, _ARM_WIDTH = 20 / 32, 6 / 32
_BAND_MARGIN = 4.0
_BOX_PADDING = 6.0
# Its words grow with the box: eleven of their sizes go across it.
_BOX_PARTS = 11


def draw_tagged(canvas: Canvas, column: Column, top: float, paper: Paper, tags: Tags, parent: Element) -> None:
    """The lines of a column as texts that are read out, and its pictures as figures with their words."""
    for lines in _texts(column):
        first = lines[0]
        role = first.role or "P"
        if first.picture is not None:
            with tags.content(parent, "Figure", first.picture.alt, box_of(first.picture, top, paper)):
                draw_column(canvas, lines, top, paper)
        elif role == "Artifact":
            with tags.artifact():
                draw_column(canvas, lines, top, paper)
        elif any(line.runs for line in lines):
            with tags.content(parent, role):
                draw_column(canvas, lines, top, paper)
        top += sum(line.leading for line in lines)


def draw_cell(
    canvas: Canvas, column: Column, top: float, paper: Paper, tags: Tags, row: Element, role: Role, attributes: str = ""
) -> None:
    """The lines of a column as a cell of a table."""
    if column:
        with tags.content(row, role, attributes=attributes):
            draw_column(canvas, column, top, paper)
    else:
        # A cell without text is still a cell: the others keep their places below the heads.
        row.add(role, attributes=attributes)


def draw_table(canvas: Canvas, table: Table, top: float, paper: Paper, tags: Tags) -> None:
    """A small table, with what tells a reader which head belongs to which cell."""
    element = tags.root.add("Table")
    for row in table.rows:
        if row.rule is not None:
            with tags.artifact():
                draw_rule(canvas, row.rule, top + row.space_above / 2, paper)
        cells = element.add("TR")
        for cell in row.cells:
            attributes = cell_attributes(cell.scope, cell.span)
            draw_cell(canvas, cell.lines, top + row.space_above, paper, tags, cells, cell.role, attributes)
        top += row.height
    draw_tagged(canvas, table.below, top, paper, tags, tags.root)


def cell_attributes(scope: Scope, span: int = 1) -> str:
    """The attributes of a table's cell as the file has them: what it is the head of, and how many columns it covers."""
    said = [f"/Scope/{scope}"] if scope else []
    said += [f"/ColSpan {span}"] if span > 1 else []
    return f"<</O/Table{''.join(said)}>>" if said else ""


def _texts(column: Column) -> list[Column]:
    """The column in its texts and pictures, each of which is tagged by itself."""
    starts = [
        index
        for index, line in enumerate(column)
        if not index or line.role is not None or line.picture is not None or column[index - 1].picture is not None
    ]
    return [column[start:end] for start, end in pairwise([*starts, len(column)])]


def box_of(picture: Picture, top: float, paper: Paper) -> str:
    """Where a picture is on its page, as the file has it."""
    bottom = paper.height - top - picture.height
    corners = (picture.left, bottom, picture.left + picture.width, bottom + picture.height)
    return f"<</O/Layout/Placement/Block/BBox[{' '.join(f'{corner:.2f}' for corner in corners)}]>>"


def draw_column(canvas: Canvas, column: Column, top: float, paper: Paper) -> None:
    """The lines of a column, one below the other. Between its runs are blanks: a program that reads the text in the
    file's order, as a screen reader does, would glue the words together.
    """
    last = next((line.runs[-1] for line in reversed(column) if line.runs), None)
    for line in column:
        if line.rule is not None:
            draw_rule(canvas, line.rule, top, paper)
        if line.picture is not None:
            draw_picture(canvas, line.picture, top, paper)
        if line.runs:
            size = max(run.style.size for run in line.runs)
            baseline = paper.height - top - line.leading / 2 - size * CAPITAL_MIDDLE
            for run in line.runs:
                _draw_run(canvas, run, baseline, "" if run is last else " ")
        top += line.leading


def draw_rule(canvas: Canvas, rule: Rule, top: float, paper: Paper) -> None:
    """A horizontal line."""
    canvas.setStrokeColorRGB(*rule.ink)
    canvas.setLineWidth(rule.weight)
    canvas.line(rule.left, paper.height - top, rule.right, paper.height - top)


def draw_band(canvas: Canvas, ink: Ink, top: float, height: float, paper: Paper) -> None:
    """A coloured surface across the text and a little beyond."""
    canvas.setFillColorRGB(*ink)
    left, width = paper.left - _BAND_MARGIN, paper.text_width + 2 * _BAND_MARGIN
    canvas.rect(left, paper.height - top - height, width, height, stroke=0, fill=1)


def draw_picture(canvas: Canvas, picture: Picture, top: float, paper: Paper) -> None:
    """A picture whose upper edge is at `top`."""
    bottom = paper.height - top - picture.height
    match picture.art:
        case Raster(content):
            reader = ImageReader(io.BytesIO(content))
            canvas.drawImage(reader, picture.left, bottom, picture.width, picture.height, mask="auto")
        case Modules() as modules:
            _draw_modules(canvas, modules, picture, bottom)
        case NoCode(words):
            _draw_box(canvas, picture, bottom)
            _draw_centred_words(canvas, words, picture, top, paper)
        case _:
            assert_never(picture.art)


def _draw_run(canvas: Canvas, run: Run, baseline: float, after: str) -> None:
    style = run.style
    canvas.setFont(style.face.name, style.size)
    canvas.setFillColorRGB(*style.ink)
    canvas.drawString(run.left, baseline, run.text + after)


def _draw_box(canvas: Canvas, picture: Picture, bottom: float) -> None:
    canvas.saveState()
    canvas.setStrokeColorRGB(*QUIET_INK)
    canvas.setLineWidth(0.75)
    canvas.setDash(3, 2)
    canvas.rect(picture.left, bottom, picture.width, picture.height, stroke=1, fill=0)
    canvas.restoreState()


def _draw_centred_words(canvas: Canvas, words: str, picture: Picture, top: float, paper: Paper) -> None:
    """The words in the middle of the picture, each line centred."""
    width = picture.width - 2 * _BOX_PADDING
    size = picture.width / _BOX_PARTS
    style = replace(theme().label, size=size, leading=size * 1.3)
    lines = text_column(words, style, left=picture.left + _BOX_PADDING, width=width)
    centred = []
    for line in lines:
        runs = []
        for run in line.runs:
            spare = width - run.style.face.width_of(run.text, run.style.size)
            runs.append(replace(run, left=run.left + spare / 2))
        centred.append(replace(line, runs=tuple(runs)))
    height = sum(line.leading for line in lines)
    draw_column(canvas, tuple(centred), top + (picture.height - height) / 2, paper)


def _draw_modules(canvas: Canvas, modules: Modules, picture: Picture, bottom: float) -> None:
    """The dark modules as one path, so that no hair of light shows between neighbours."""
    rows, count = len(modules.rows), len(modules.rows[0])
    width, height, left = picture.width / count, picture.height / rows, picture.left
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(left, bottom, picture.width, picture.height, stroke=0, fill=1)
    path = canvas.beginPath()
    for index, row in enumerate(modules.rows):
        floor = bottom + (rows - index - 1) * height
        start = 0
        while start < count:
            end = start + 1
            while end < count and row[end] == row[start]:
                end += 1
            if row[start]:
                path.rect(left + start * width, floor, (end - start) * width, height)
            start = end
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1)
    if modules.cross:
        _draw_cross(canvas, left + picture.width / 2, bottom + picture.height / 2, picture.width * _CROSS_SIDE)


def _draw_cross(canvas: Canvas, x: float, y: float, side: float) -> None:
    """The Swiss cross: a black square with a white edge, and the white cross on it."""
    black = side * (1 - 2 * _CROSS_EDGE)
    _draw_centred(canvas, WHITE, x, y, side, side)
    _draw_centred(canvas, (0, 0, 0), x, y, black, black)
    _draw_centred(canvas, WHITE, x, y, black * _ARM_LENGTH, black * _ARM_WIDTH)
    _draw_centred(canvas, WHITE, x, y, black * _ARM_WIDTH, black * _ARM_LENGTH)


def _draw_centred(canvas: Canvas, ink: Ink, x: float, y: float, width: float, height: float) -> None:
    canvas.setFillColorRGB(*ink)
    canvas.rect(x - width / 2, y - height / 2, width, height, stroke=0, fill=1)
