"""The table of lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate

from invoicing.countries.costs import ADVANCED
from invoicing.document.adjusted import AdjustmentKind, LineAdjustment
from invoicing.document.documents import Document, Line
from invoicing.render.correction import before_and_after, states_difference
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels, as_head, in_line
from invoicing.render.layout import CARRY_HEIGHT, Align, Column, Row, Style, side_by_side, text_column
from invoicing.render.references import line_reference_texts
from invoicing.render.tax_marks import TaxMarks, rate_words
from invoicing.render.theme import Paper, hairline, theme
from invoicing.render.untaxed import is_untaxed
from invoicing.render.wrapping import fit_line
from invoicing.tax.totals import are_apart

_GAP = 12.0
_PADDING = 4.5
_DESCRIPTION_WIDTH_MIN = 150.0
_UNIT_WIDTH_MAX = 60.0
_UNIT_GAP = 4.0
_HEADER_WIDTH_MAX = 80.0

# Figures become smaller only where amounts near the limits of what is allowed leave no room for the description.
_FIGURE_SIZES = (9.0, 8.0, 7.0, 6.0, 5.0)

_DESCRIPTION = 1
_QUANTITY = 2


@dataclass(frozen=True, slots=True)
class _Grid:
    """The left edge and the width of each column, and the style of the figures in them. In the column of quantities
    the last `units` of its width are theirs, and before them the last `decimals` of the figures.
    """

    places: tuple[tuple[float, float], ...]
    figures: Style
    units: float
    decimals: float

    def cell(self, index: int, text: str, style: Style) -> Column:
        left, width = self.places[index]
        align: Align = "left" if index <= _DESCRIPTION else "right"
        width -= self.units if index == _QUANTITY else 0
        return text_column(text, style, left=left, width=width, align=align)

    def quantity(self, figures: str, unit: str, decimal: str) -> Column:
        """Figures above each other at their decimal sign, and the units beside them at a left edge of their own."""
        left, width = self.places[_QUANTITY]
        edge = left + width - self.units
        style = self.figures
        after = _width(figures[len(_whole(figures, decimal)) :], style)
        room = width - self.units - self.decimals + after
        number = text_column(figures, style, left=left, width=room, align="right")
        if not unit:
            return number
        return side_by_side(number, text_column(unit, style, left=edge + _UNIT_GAP, width=self.units - _UNIT_GAP))


def line_rows(document: Document, *, tax_label: str, paper: Paper, formats: Formats, labels: Labels) -> list[Row]:
    """A row per line. The header comes again on each page, with the sum that is carried over."""
    discounted = any(line.discount_percent for line in document.lines)
    marks = TaxMarks.of(document)
    taxed = not is_untaxed(document)
    words = rate_words(document)
    cells = [
        _cells(line, formats, labels, discounted=discounted, taxed=taxed, marks=marks, words=words)
        for line in document.lines
    ]
    titles = [labels.position, labels.description, labels.quantity, labels.unit_price]
    titles += [labels.discount] if discounted else []
    titles += [as_head(tax_label), labels.amount] if taxed else [labels.amount]
    grid = _grid(titles, cells, [line.unit for line in document.lines], formats.decimal, paper)
    header = _header(titles, grid, paper)
    sums = accumulate((line.amount_minor for line in document.lines), initial=0)
    rows: list[Row] = []
    differs = states_difference(document)
    # The tax that an advance bore has the name that it has everywhere on the document.
    named = replace(labels, tax=as_head(tax_label)) if tax_label else labels
    for line, texts, sum_before in zip(document.lines, cells, sums, strict=False):
        carry = partial(_carry_rows, sum_before, grid, paper, formats, labels) if rows else None
        quantity = grid.quantity(texts[_QUANTITY], line.unit, formats.decimal)
        additions = _additions(line, formats, named)
        additions += before_and_after(line, formats, labels) if differs else []
        rows.append(_row(texts, quantity, additions, grid, paper, header=header, carry=carry))
    if rows:
        # The totals never stand alone on a page: the last line goes with them.
        rows[-1] = replace(rows[-1], glued=True, rule=paper.accent_line(paper.left, paper.right))
    return rows


def _cells(
    line: Line,
    formats: Formats,
    labels: Labels,
    *,
    discounted: bool,
    taxed: bool,
    marks: TaxMarks,
    words: Mapping[str, str],
) -> list[str]:
    apart = line.jurisdictions if are_apart(line.jurisdictions) else ()
    rate = "\u00a0+ ".join(formats.percent(part.rate) for part in apart) or formats.percent(line.tax_rate)
    discount = [formats.percent(line.discount_percent) if line.discount_percent else ""] if discounted else []
    mark = marks.of_line(line)
    said = words.get(line.tax_category) or (f"{rate}\u00a0{mark}" if mark else rate)
    # What is outside the taxable amount has no rate, not even one of nothing.
    rates = [mark if line.cost == ADVANCED else said] if taxed else []
    return [
        str(line.position),
        _title(line, formats, labels),
        formats.number(line.quantity),
        _price(line, formats),
        *discount,
        *rates,
        formats.amount(line.amount_minor),
    ]


def _title(line: Line, formats: Formats, labels: Labels) -> str:
    """What is supplied, or which advance is deducted."""
    if (advance := line.advance) is None:
        return line.title
    return f"{labels.advance_invoice} {advance.number}, {formats.date(advance.issue_date)}"


def _price(line: Line, formats: Formats) -> str:
    """The price, and for how many units it is where it is not for one (BT-149)."""
    price = formats.price(line.unit_price)
    return price if line.base_quantity == 1 else f"{price} / {formats.number(line.base_quantity)}"


def _adjustment(item: LineAdjustment, formats: Formats, labels: Labels) -> str:
    """A discount or charge with its reason, and what a percentage was taken of."""
    label = in_line(labels.discount if item.kind is AdjustmentKind.DISCOUNT else labels.charge)
    percent = f"{formats.percent(item.percent)} × {formats.amount(item.base_minor)}" if item.percent else ""
    parts = (f"{label}:" if item.reason else label, item.reason, percent, formats.amount(item.signed_minor))
    return " ".join(part for part in parts if part)


def _tax_deducted(line: Line, formats: Formats, labels: Labels) -> list[str]:
    """Net and tax of the advance that is deducted: the law wants the tax beside it (Article 65 Directive 2006/112/EC;
    § 14(5) UStG).
    """
    if (advance := line.advance) is None:
        return []
    stated = (labels.taxable, advance.net_minor), (in_line(labels.tax), advance.tax_minor)
    return [" · ".join(f"{in_line(label)} {formats.amount(amount)}" for label, amount in stated)]


def _additions(line: Line, formats: Formats, labels: Labels) -> list[str]:
    """What is said besides its name, which line of an order it answers, what it refers to, when it was supplied, and
    what was taken off or added as an amount, which price and quantity do not show.
    """
    amounts = ((labels.discount, -line.discount_amount), (labels.charge, line.charge_amount))
    return [
        *([in_line(labels.price_reduction)] if line.price_only else []),
        *([line.details] if line.details else []),
        *_tax_deducted(line, formats, labels),
        *([line.note] if line.note else []),
        *([f"{labels.order_line} {line.order_line}"] if line.order_line else []),
        *line_reference_texts(line, formats, labels),
        *_own_dates(line, formats, labels),
        *(f"{in_line(label)} {formats.price(amount)}" for label, amount in amounts if amount),
        *(_adjustment(item, formats, labels) for item in line.adjustments),
    ]


def _own_dates(line: Line, formats: Formats, labels: Labels) -> list[str]:
    if line.supply_date is None:
        return []
    if line.supply_end is None:
        return [f"{in_line(labels.supply_date)} {formats.date(line.supply_date)}"]
    return [f"{in_line(labels.supply_period)} {formats.date(line.supply_date)} – {formats.date(line.supply_end)}"]


def _grid(
    titles: Sequence[str], cells: Sequence[Sequence[str]], units: Sequence[str], decimal: str, paper: Paper
) -> _Grid:
    styles, widest = theme(), _HEADER_WIDTH_MAX
    columns = list(zip(titles, *cells, strict=True))
    heads = [
        min(max(styles.label.face.width_of(printable(part), styles.label.size) for part in title.split("\n")), widest)
        for title in titles
    ]
    widths: list[float] = []
    figures = styles.text
    unit_width = decimals = 0.0
    for size in _FIGURE_SIZES:
        figures = replace(styles.text, size=size)
        widths = [
            max(head, _widest(texts, figures)) if index not in (_DESCRIPTION, _QUANTITY) else 0.0
            for index, (head, (_, *texts)) in enumerate(zip(heads, columns, strict=True))
        ]
        quantities = {text: _whole(text, decimal) for text in columns[_QUANTITY][1:]}
        decimals = _widest([text[len(whole) :] for text, whole in quantities.items()], figures)
        unit_width = min(_widest(units, figures), _UNIT_WIDTH_MAX)
        unit_width += _UNIT_GAP if unit_width else 0
        widths[_QUANTITY] = max(heads[_QUANTITY], _widest(list(quantities.values()), figures) + decimals) + unit_width
        widths[_DESCRIPTION] = paper.text_width - paper.hang - sum(widths) - _GAP * (len(widths) - 1)
        if widths[_DESCRIPTION] >= _DESCRIPTION_WIDTH_MIN:
            break
    lefts = accumulate((width + _GAP for width in widths), initial=paper.left)
    return _Grid(tuple(zip(lefts, widths, strict=False)), figures, unit_width, decimals)


def _whole(figures: str, decimal: str) -> str:
    """The figures before the decimal sign."""
    return figures.partition(decimal)[0]


def _width(text: str, style: Style) -> float:
    return style.face.width_of(printable(text), style.size)


def _widest(texts: Sequence[str], style: Style) -> float:
    return max((_width(text, style) for text in set(texts)), default=0.0)


def _header(titles: Sequence[str], grid: _Grid, paper: Paper) -> Row:
    band = paper.palette.band
    style = replace(theme().label, ink=paper.palette.band_text)
    columns = []
    for index, title in enumerate(titles):
        # A tax's name is the user's own text and may be long; the header has one line in each language.
        width = grid.places[index][1]
        parts = [fit_line(part, face=style.face, size=style.size, width=width) for part in title.split("\n")]
        columns.append(grid.cell(index, "\n".join(parts), style))
    rule = paper.accent_line(paper.left, paper.right) if band is None else None
    return Row(tuple(columns), space_above=2 if band is None else 3, space_below=3, rule=rule, band=band, kind="head")


def _row(
    texts: Sequence[str],
    quantity: Column,
    additions: Sequence[str],
    grid: _Grid,
    paper: Paper,
    *,
    header: Row,
    carry: Callable[[], tuple[Row, Row]] | None,
) -> Row:
    styles = theme()
    columns = [
        grid.cell(index, text, styles.text if index == _DESCRIPTION else grid.figures)
        for index, text in enumerate(texts)
    ]
    columns[_QUANTITY] = quantity
    for addition in additions:
        columns[_DESCRIPTION] += grid.cell(_DESCRIPTION, addition, styles.small)
    return Row(
        tuple(columns),
        space_above=_PADDING,
        space_below=_PADDING,
        rule=hairline(paper.left, paper.right),
        kind="line",
        header=header,
        carry=carry,
    )


def _carry_rows(sum_minor: int, grid: _Grid, paper: Paper, formats: Formats, labels: Labels) -> tuple[Row, Row]:
    """The sum of the lines so far: for the foot of their page, and for the top of the next one."""
    styles = theme()
    space = (CARRY_HEIGHT - styles.text.leading) / 2
    # The sum can be wider than every amount in its column, so it may reach over the columns before.
    left = grid.places[_QUANTITY][0]
    amount = text_column(
        formats.amount(sum_minor), grid.figures, left=left, width=paper.figures_right - left, align="right"
    )

    def row(label: str) -> Row:
        words = grid.cell(_DESCRIPTION, label, styles.quiet)
        return Row((words, amount), space_above=space, space_below=space, kind="carry")

    carried, brought = row(labels.carried_forward), row(labels.brought_forward)
    return carried, replace(brought, rule=hairline(paper.left, paper.right))
