"""The tax per category and rate, and the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from invoicing.documents import Document, TaxSubtotal
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels
from invoicing.render.layout import Column, Row, Style, TextLine, side_by_side, text_column
from invoicing.render.theme import Paper, accent_line, hairline, theme
from invoicing.render.wrapping import fit_line

_NAME_WIDTH_MIN = 84.0
_COLUMN_GAP = 12.0
_TOTAL_SIZES = (12.0, 10.0, 9.0, 8.0, 7.0)
_TABLE_SIZES = (8.5, 7.5, 6.5, 5.5)


@dataclass(frozen=True, slots=True)
class _TaxLine:
    """A subtotal as it is printed: its name, the rate and the two amounts, and the legal reason."""

    name: str
    figures: tuple[str, str, str]
    reason: str


def common_tax_label(document: Document) -> str:
    """The name of the tax where the document has only one, such as "VAT"; else nothing."""
    names = {tax.label for tax in document.taxes}
    return names.pop() if len(names) == 1 else ""


def totals_rows(document: Document, *, paper: Paper, formats: Formats, labels: Labels) -> list[Row]:
    """The tax summary beside the sums, or above them where amounts are too wide for that."""
    table = _tax_table(document, formats, labels)
    sums = _sums(document, formats, labels)
    fits = _table_width(table, theme().quiet) <= paper.left_width
    if fits and _sums_width(sums, _TOTAL_SIZES[0]) <= paper.right_width:
        taxes = _table_column(table, theme().quiet, left=paper.left, width=paper.left_width)
        return [Row((taxes, _sums_column(sums, left=paper.middle, width=paper.right_width)), space_above=12)]
    # Smaller figures only where the largest amounts would not fit across the whole paper either.
    styles = [replace(theme().quiet, size=size) for size in _TABLE_SIZES]
    style = next((style for style in styles if _table_width(table, style) <= paper.text_width), styles[-1])
    taxes = _table_column(table, style, left=paper.left, width=paper.text_width)
    return [
        Row((taxes,), space_above=12, space_below=16, glued=True),
        Row((_sums_column(sums, left=paper.left, width=paper.text_width),)),
    ]


def _sums(document: Document, formats: Formats, labels: Labels) -> list[tuple[str, str]]:
    tax = common_tax_label(document)
    return [
        (labels.net.format(tax=tax or labels.tax_in_sentence), formats.money(document.net_minor)),
        (tax or labels.tax, formats.money(document.tax_minor)),
        (labels.total, formats.money(document.total_minor)),
    ]


def _sums_width(sums: Sequence[tuple[str, str]], total_size: float) -> float:
    styles = theme()
    *plain, (label, value) = sums
    widths = [styles.text.face.width_of(printable(value), styles.text.size) + _NAME_WIDTH_MIN for _, value in plain]
    widths.append(styles.total.face.width_of(printable(label + value), total_size) + _COLUMN_GAP)
    return max(widths)


def _sums_column(sums: Sequence[tuple[str, str]], *, left: float, width: float) -> Column:
    styles = theme()
    size = next((size for size in _TOTAL_SIZES if _sums_width(sums, size) <= width), _TOTAL_SIZES[-1])
    *plain, total = sums
    lines: list[TextLine] = []
    for pair in plain:
        style = replace(styles.text, leading=15)
        lines.extend(_sum_lines(pair, style, replace(style, ink=styles.quiet.ink), left=left, width=width))
    total_style = replace(styles.total, size=size)
    lines.append(TextLine(4))
    lines.append(TextLine(4, rule=accent_line(left, left + width)))
    lines.extend(_sum_lines(total, total_style, total_style, left=left, width=width))
    return tuple(lines)


def _sum_lines(pair: tuple[str, str], value_style: Style, label_style: Style, *, left: float, width: float) -> Column:
    label, value = pair
    value_width = value_style.face.width_of(printable(value), value_style.size)
    return side_by_side(
        text_column(label, label_style, left=left, width=max(width - value_width - _COLUMN_GAP, 40)),
        text_column(value, value_style, left=left, width=width, align="right"),
    )


def _tax_table(document: Document, formats: Formats, labels: Labels) -> list[_TaxLine]:
    """The lines of the summary; the first is the header."""
    tax = common_tax_label(document) or labels.tax
    header_style = theme().label
    short = fit_line(tax, face=header_style.face, size=header_style.size, width=_NAME_WIDTH_MIN)
    header = _TaxLine(labels.tax_summary.format(tax=short), (labels.tax_rate, labels.taxable, short), "")
    return [header, *(_tax_line(subtotal, formats, labels) for subtotal in document.taxes)]


def _tax_line(tax: TaxSubtotal, formats: Formats, labels: Labels) -> _TaxLine:
    name = " ".join(part for part in (tax.label or labels.tax, labels.categories[tax.category]) if part)
    figures = (formats.percent(tax.rate), formats.amount(tax.taxable_minor), formats.amount(tax.tax_minor))
    return _TaxLine(name, figures, tax.reason)


def _figure_widths(table: Sequence[_TaxLine], style: Style) -> list[float]:
    header, *rest = table
    head = theme().label
    return [
        max(
            head.face.width_of(printable(header.figures[index]), head.size),
            *(style.face.width_of(printable(line.figures[index]), style.size) for line in rest),
            0,
        )
        for index in range(len(header.figures))
    ]


def _table_width(table: Sequence[_TaxLine], style: Style) -> float:
    widths = _figure_widths(table, style)
    return _NAME_WIDTH_MIN + sum(widths) + _COLUMN_GAP * len(widths)


def _table_column(table: Sequence[_TaxLine], style: Style, *, left: float, width: float) -> Column:
    widths = _figure_widths(table, style)
    name_width = width - sum(widths) - _COLUMN_GAP * len(widths)
    lines: list[TextLine] = []
    for index, tax_line in enumerate(table):
        text_style = style if index else theme().label
        cells = [text_column(tax_line.name, text_style, left=left, width=name_width)]
        edge = left + name_width
        for text, figure_width in zip(tax_line.figures, widths, strict=True):
            edge += _COLUMN_GAP
            cells.append(text_column(text, text_style, left=edge, width=figure_width, align="right"))
            edge += figure_width
        rule = accent_line(left, left + width) if index == 1 else hairline(left, left + width)
        lines.extend([TextLine(3), TextLine(3, rule=rule)] if index else [])
        lines.extend(side_by_side(*cells))
        lines.extend(text_column(tax_line.reason, theme().small, left=left, width=width))
    return tuple(lines)
