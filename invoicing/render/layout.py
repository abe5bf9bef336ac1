"""Rows of text, and their way onto pages.

Positions across the page are absolute; positions down the page follow from the order of the rows. Everything is
in points, and y runs downwards from the top edge of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, takewhile
from typing import Literal

from invoicing.render.fonts import Face
from invoicing.render.wrapping import wrap_text

CARRY_HEIGHT = 18.0

# A row that is taller than a page starts where it stands if at least this much of the page is left.
_SPLIT_HEIGHT_MIN = 150.0

Ink = tuple[float, float, float]
Align = Literal["left", "right"]
RowKind = Literal["text", "head", "line", "carry"]
TextRole = Literal["P", "H1", "H2", "Artifact"]
CellRole = Literal["TH", "TD"]
Scope = Literal["", "Row", "Column"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of text looks; `leading` is the height of its line."""

    face: Face
    size: float
    leading: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line from `left` to `right`."""

    left: float
    right: float
    weight: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Run:
    """Printable text at its left edge."""

    left: float
    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Raster:
    """A PNG or JPEG image."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Modules:
    """A QR or PDF417 code: rows of light (0) and dark (1) modules without the quiet zone. `cross` is the Swiss one on
    top of it.
    """

    rows: tuple[bytes, ...]
    cross: bool = False


@dataclass(frozen=True, slots=True)
class NoCode:
    """The place of a code that a test does not bear: a box of its size, with words that say so."""

    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Something that is not text, with its left edge and its size; `alt` says it in words to who cannot see it."""

    left: float
    width: float
    height: float
    art: Raster | Modules | NoCode
    alt: str


@dataclass(frozen=True, slots=True)
class TextLine:
    """Runs on one baseline; `rule` is drawn along the top, and `picture` hangs from there. Without runs it is a
    space of height `leading`. A line with a role begins a new text: a heading, a paragraph, or one that is not read
    out.
    """

    leading: float
    runs: tuple[Run, ...] = ()
    rule: Rule | None = None
    picture: Picture | None = None
    role: TextRole | None = None


Column = tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a small table: its lines, whether it heads a row or a column, and how many columns it covers."""

    lines: Column
    role: CellRole = "TD"
    scope: Scope = ""
    span: int = 1


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells that begin at the same height; `rule` is drawn between the space above them and the row before."""

    cells: tuple[Cell, ...]
    space_above: float = 0
    rule: Rule | None = None

    @property
    def height(self) -> float:
        """The height with the space above."""
        return self.space_above + max(sum([line.leading for line in cell.lines]) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A small table beside other columns, such as that of the sums, and a text below it that is no part of it."""

    rows: tuple[TableRow, ...]
    below: Column = ()

    @property
    def height(self) -> float:
        """The height of all rows and the text."""
        return sum(row.height for row in self.rows) + sum(line.leading for line in self.below)


@dataclass(frozen=True, slots=True)
class Row:
    """Columns of lines, or small tables, that begin at the same height.

    `glued` keeps a row on the page of the next one where that is possible. `header` is repeated above the row on
    each page that the row comes first on; `carry` makes the rows for the foot of the page before (the sum so far)
    and for below the header. `band` is the colour behind the row, `kind` what it is in the table of lines, and
    `bookmark` the entry that leads to it from the outline of a file of several pages. `new_page` has it begin one.
    """

    columns: tuple[Column | Table, ...]
    space_above: float = 0
    space_below: float = 0
    rule: Rule | None = None
    band: Ink | None = None
    kind: RowKind = "text"
    glued: bool = False
    header: Row | None = None
    carry: Callable[[], tuple[Row, Row]] | None = None
    bookmark: str = ""
    new_page: bool = False

    @property
    def height(self) -> float:
        """The height with the space above and below."""
        return self.space_above + max(map(height_of, self.columns), default=0) + self.space_below

    def split(self, height: float) -> tuple[Row, Row] | None:
        """The part that fits into `height` and the rest, or nothing where not even one line fits."""
        room = height - self.space_above
        parts = [_split_at(column, room) for column in self.columns]
        heads, tails = tuple(head for head, _ in parts), tuple(tail for _, tail in parts)
        if not any(map(height_of, heads)):
            return None
        head = replace(self, columns=heads, space_below=0, rule=None, glued=False)
        return head, replace(self, columns=tails, carry=None)


@dataclass(frozen=True, slots=True)
class Placed:
    """A row on a page, its top edge at `top`."""

    top: float
    row: Row


@dataclass(slots=True)
class Frame:
    """The part of a page that rows may use."""

    top: float
    bottom: float
    placed: list[Placed] = field(default_factory=list)


def picture_column(picture: Picture, *, space_below: float = 0) -> Column:
    """A picture as a line of its own, with some space below it."""
    return (TextLine(picture.height + space_below, picture=picture),)


def height_of(column: Column | Table) -> float:
    """How far the column reaches down."""
    return column.height if isinstance(column, Table) else sum([line.leading for line in column])


def space(height: float) -> Column:
    """Nothing, of this height."""
    return (TextLine(height),) if height > 0 else ()


def starting(column: Column, role: TextRole) -> Column:
    """The column as a text of its own: what comes before it is another."""
    return (replace(column[0], role=role), *column[1:]) if column else ()


def text_column(
    text: str, style: Style, *, left: float, width: float, align: Align = "left", rule: Rule | None = None
) -> Column:
    """The lines of `text`, wrapped to `width`; `rule` goes above the first. What must not break is drawn with plain
    blanks, so that an account that is copied from the paper is one that can be pasted.
    """
    lines = wrap_text(text, face=style.face, size=style.size, width=width) if text else []
    column: list[TextLine] = []
    for line in lines:
        shift = 0 if align == "left" else width - style.face.width_of(line, style.size)
        runs = (Run(left + shift, line.replace("\u00a0", " "), style),) if line else ()
        column.append(TextLine(style.leading, runs, rule if not column else None))
    return tuple(column)


def side_by_side(*columns: Column) -> Column:
    """One column whose lines hold the runs of all `columns`, such as a label and its value."""
    merged: list[TextLine] = []
    for index in range(max((len(column) for column in columns), default=0)):
        present = [column[index] for column in columns if index < len(column)]
        rules = [line.rule for line in present if line.rule is not None]
        merged.append(
            TextLine(
                leading=max(line.leading for line in present),
                runs=tuple(run for line in present for run in line.runs),
                rule=rules[0] if rules else None,
                picture=next((line.picture for line in present if line.picture is not None), None),
                role=next((line.role for line in present if line.role is not None), None),
            )
        )
    return tuple(merged)


def paginate(rows: Sequence[Row], *, first: Frame, following: Callable[[], Frame]) -> list[list[Placed]]:
    """The rows of each page, in order.

    Glued rows stay together if a page can hold them. A row is split only where it is taller than a page.
    """
    flow = _Flow(frames=[first], new_frame=following, y=first.top)
    chunks = _chunks(rows)
    for index, chunk in enumerate(chunks):
        next_row = chunks[index + 1][0] if index + 1 < len(chunks) else None
        flow.place(chunk, next_row)
    return [frame.placed for frame in flow.frames]


def _chunks(rows: Sequence[Row]) -> list[list[Row]]:
    chunks: list[list[Row]] = []
    open_chunk = False
    for row in rows:
        if open_chunk:
            chunks[-1].append(row)
        else:
            chunks.append([row])
        open_chunk = row.glued
    return chunks


def _height(rows: Sequence[Row], *, below: Row | None) -> float:
    """The height of the rows with the headers they need where the last row so far stands under `below`."""
    height = 0.0
    for row in rows:
        if row.header is not None and row.header is not below:
            height += row.header.height
        below = row.header
        height += row.height
    return height


def _split_at(column: Column | Table, room: float) -> tuple[Column | Table, Column | Table]:
    if isinstance(column, Table):
        count = _number_within([row.height for row in column.rows], room)
        whole = count == len(column.rows)
        head = Table(column.rows[:count], column.below if whole else ())
        return head, () if whole else Table(column.rows[count:], column.below)
    count = _number_within([line.leading for line in column], room)
    return column[:count], column[count:]


def _number_within(heights: Sequence[float], room: float) -> int:
    """How many of these fit one below the other."""
    return len(list(takewhile(lambda bottom: bottom <= room, accumulate(heights))))


@dataclass(slots=True)
class _Flow:
    """The pages so far. `header` is the table header under which the last row of the current page stands."""

    frames: list[Frame]
    new_frame: Callable[[], Frame]
    y: float
    header: Row | None = None

    def place(self, chunk: Sequence[Row], next_row: Row | None) -> None:
        if chunk[0].new_page and self.frames[-1].placed:
            self._break_page(chunk[0])
        # The foot of the page keeps room for the sum so far if the table might go on overleaf.
        reserve = CARRY_HEIGHT if next_row is not None and next_row.carry is not None else 0.0
        if _height(chunk, below=self.header) + reserve <= self._room():
            self._append(chunk)
        elif self._brought_height(chunk[0]) + _height(chunk, below=None) + reserve <= self._fresh_room():
            self._break_page(chunk[0])
            self._append(chunk)
        elif len(chunk) > 1:
            self.place(chunk[:1], chunk[1])
            self.place(chunk[1:], next_row)
        else:
            self._split(chunk[0], reserve)

    def _split(self, row: Row, reserve: float) -> None:
        if self._room() < _SPLIT_HEIGHT_MIN and self.frames[-1].placed:
            self._break_page(row)
        rest: Row | None = row
        while rest is not None:
            parts = rest.split(self._room() - reserve - _height([rest], below=self.header) + rest.height)
            if parts is not None:
                head, tail = parts
                rest = tail if any(map(height_of, tail.columns)) else None
                self._append([head])
            if rest is not None:
                self._break_page(rest)

    def _append(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.header is not None and row.header is not self.header:
                self._put(row.header)
            self.header = row.header
            self._put(row)

    def _put(self, row: Row) -> None:
        self.frames[-1].placed.append(Placed(self.y, row))
        self.y += row.height

    def _break_page(self, row: Row) -> None:
        carried, brought = row.carry() if row.carry is not None and self.header is row.header else (None, None)
        if carried is not None:
            self._put(carried)
        frame = self.new_frame()
        self.frames.append(frame)
        self.y = frame.top
        self.header = None
        if row.header is not None:
            self._put(row.header)
            self.header = row.header
        if brought is not None:
            self._put(brought)

    def _room(self) -> float:
        return self.frames[-1].bottom - self.y

    def _fresh_room(self) -> float:
        frame = self.new_frame()
        return frame.bottom - frame.top

    def _brought_height(self, row: Row) -> float:
        return CARRY_HEIGHT if row.carry is not None and self.header is row.header else 0.0
