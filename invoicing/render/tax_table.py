"""The tax per category and rate, with the parts of a stack and the text that the law wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from invoicing.countries.costs import ADVANCED
from invoicing.document.documents import Document, TaxSubtotal
from invoicing.render.addresses import known_country
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels, as_head, in_line
from invoicing.render.layout import Cell, CellRole, Column, Style, Table, TableRow, text_column
from invoicing.render.legal_reasons import MARGIN_SCHEMES, legal_texts
from invoicing.render.tax_marks import TaxMarks, rate_words
from invoicing.render.theme import Paper, hairline, theme
from invoicing.render.wrapping import fit_line
from invoicing.tax.totals import are_apart

_NAME_WIDTH_MIN, _NAME_WIDTH_ENOUGH = 48.0, 84.0
_COLUMN_GAP = 12.0
_INDENT = 8.0
_TABLE_SIZES = (9.0, 8.0, 7.0, 6.0, 5.0)
_OUTSIDE_TAXABLE_AMOUNT = "VATEX-EU-79-C"

_Figures = tuple[str, str, str]
_Heads = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class TaxLine:
    """A subtotal as it is printed: its name, the rate and the two amounts, its parts and the legal texts."""

    name: str
    figures: _Figures
    parts: tuple[tuple[str, _Figures], ...] = ()
    texts: tuple[str, ...] = ()


def common_tax_label(document: Document) -> str:
    """The name of the tax where the document has only one, such as "VAT"; else nothing."""
    names = {tax.label for tax in document.taxes}
    return names.pop() if len(names) == 1 else ""


def outside_label(document: Document, languages: Sequence[str]) -> str:
    """What an expense in the buyer's name is called, which is outside the taxable amount (Article 79(c) Directive
    2006/112/EC): in the first language of the seller's country, as the law's text is, or in English where the document
    is in it.
    """
    place = known_country(document.seller.address.country)
    cost = place.cost(ADVANCED) if place is not None else None
    if place is None or cost is None:
        return ""
    return cost.name if languages[0] == "en" != place.languages[0] else cost.label


def tax_table(document: Document, languages: tuple[str, ...], formats: Formats, labels: Labels) -> list[TaxLine]:
    """The lines of the summary; the first is the header."""
    tax = common_tax_label(document) or in_line(labels.tax)
    style = theme().label
    short = fit_line(tax, face=style.face, size=style.size, width=_NAME_WIDTH_ENOUGH)
    said = as_head(short) if labels.tax_summary.startswith("{tax}") else short
    header = TaxLine(labels.tax_summary.format(tax=said), (labels.tax_rate, labels.taxable, as_head(short)))
    marks = TaxMarks.of(document)
    return [header, *(_tax_line(document, tax, languages, marks, formats, labels) for tax in document.taxes)]


def width_of(table: Sequence[TaxLine], style: Style, *, narrow: bool = False) -> float:
    """The least width of the table in this style; narrow with each word of its heads on a line."""
    return _width(table, _figure_widths(table, style, _on_many_lines if narrow else _on_one_line), style)


def _width(table: Sequence[TaxLine], widths: Sequence[float], style: Style) -> float:
    head, *names = [line.name for line in table]
    title = theme().label
    widest = max(
        title.face.width_of(printable(head), title.size),
        *(style.face.width_of(printable(name), style.size) for name in names),
        _NAME_WIDTH_MIN,
    )
    return min(widest, _NAME_WIDTH_ENOUGH) + sum(widths) + _COLUMN_GAP * len(widths)


def style_across(table: Sequence[TaxLine], paper: Paper) -> Style:
    """The style in which the table fits across the paper: smaller only where the largest amounts want it."""
    styles = [replace(theme().text, size=size) for size in _TABLE_SIZES]
    return next((style for style in styles if width_of(table, style) <= paper.text_width), styles[-1])


def drawn_tax_table(table: Sequence[TaxLine], style: Style, paper: Paper, *, width: float) -> Table:
    """The table at the left of the paper."""
    left = paper.left
    ways = [_figure_widths(table, style, heads) for heads in _HEADS]
    widths = next((one for one in ways if _width(table, one, style) <= width), ways[-1])
    rows: list[TableRow] = []
    for index, tax_line in enumerate(table):
        rule = paper.accent_line(left, left + width) if index == 1 else hairline(left, left + width)
        text_style = style if index else theme().label
        cells = _cells(tax_line.name, tax_line.figures, text_style, widths, left=left, width=width, is_head=not index)
        rows.append(TableRow(cells, 6 if index else 0, rule if index else None))
        for name, figures in tax_line.parts:
            small = replace(theme().small, size=min(theme().small.size, style.size))
            rows.append(TableRow(_cells(name, figures, small, widths, left=left, width=width, indent=_INDENT)))
        for text in tax_line.texts:
            # What the law wants to be said is as large and dark as anything else.
            lines = text_column(text, theme().text, left=left, width=width)
            rows.append(TableRow((Cell(lines, span=len(widths) + 1),)))
    return Table(tuple(rows))


def _tax_line(
    document: Document,
    tax: TaxSubtotal,
    languages: tuple[str, ...],
    marks: TaxMarks,
    formats: Formats,
    labels: Labels,
) -> TaxLine:
    label = as_head(tax.label or in_line(labels.tax))
    texts = legal_texts(document, languages, tax.reason, tax.reason_local, code=tax.reason_code)
    name = " ".join(part for part in (label, marks.of_tax(tax), _category(labels, tax, texts)) if part)
    shown = [(tax.rate, tax.tax_minor), *((part.rate, part.tax_minor) for part in tax.jurisdictions)]
    below = [part.name for part in tax.jurisdictions]
    if are_apart(tax.jurisdictions):
        # Two taxes of one amount: the first stands where a single one would, and nothing says their sum.
        del shown[0], below[0]
    (rate, tax_minor), *others = shown
    said = rate_words(document).get(tax.category) or formats.percent(rate)
    figures = (said, formats.amount(tax.taxable_minor), formats.amount(tax_minor))
    if tax.reason_code == _OUTSIDE_TAXABLE_AMOUNT:
        # It has neither a rate nor a tax of nothing.
        name = " ".join(part for part in (outside_label(document, languages) or label, marks.of_tax(tax)) if part)
        figures = ("", formats.amount(tax.taxable_minor), "")
    parts = tuple(
        (part, (formats.percent(rate), "", formats.amount(amount)))
        for part, (rate, amount) in zip(below, others, strict=True)
    )
    return TaxLine(name, figures, parts, tuple(texts))


def _category(labels: Labels, tax: TaxSubtotal, texts: Sequence[str]) -> str:
    """Why the tax is not charged, in each language whose legal text does not say the same words. What is outside the
    taxable amount (Article 79(c) Directive 2006/112/EC) is not exempt, though it goes by that category; nor is what a
    margin scheme taxes.
    """
    if tax.reason_code == _OUTSIDE_TAXABLE_AMOUNT or tax.reason_code in MARGIN_SCHEMES:
        return ""
    said = [text.casefold() for text in texts]
    words = [part for part in labels.categories[tax.category].split(" / ") if part]
    return " / ".join(part for part in words if not any(part.casefold() in text for text in said))


def _figure_widths(table: Sequence[TaxLine], style: Style, heads: _Heads) -> list[float]:
    header, *rest = table
    rows = [figures for line in rest for figures in (line.figures, *(part for _, part in line.parts))]
    return [
        max(
            *(heads(part) for part in header.figures[index].split("\n")),
            *(style.face.width_of(printable(figures[index]), style.size) for figures in rows),
            0,
        )
        for index in range(len(header.figures))
    ]


def _on_one_line(text: str) -> float:
    head = theme().label
    return head.face.width_of(printable(text), head.size)


def _on_two_lines(text: str) -> float:
    words = text.split()
    halves = [(words[:index], words[index:]) for index in range(1, len(words))] or [(words, [])]
    return min(max(_on_one_line(" ".join(half)) for half in both) for both in halves)


def _on_many_lines(text: str) -> float:
    return max(map(_on_one_line, text.split()), default=0)


_HEADS: tuple[_Heads, ...] = (_on_one_line, _on_two_lines, _on_many_lines)
"""How wide the head of a column is in each language, from the widest way to the narrowest."""


def _cells(
    name: str,
    figures: _Figures,
    style: Style,
    widths: Sequence[float],
    *,
    left: float,
    width: float,
    indent: float = 0,
    is_head: bool = False,
) -> tuple[Cell, ...]:
    name_width = width - sum(widths) - _COLUMN_GAP * len(widths)
    first = text_column(name, style, left=left + indent, width=name_width - indent)
    cells = [Cell(first, "TH", "Column" if is_head else "Row")]
    role: CellRole = "TH" if is_head else "TD"
    edge = left + name_width
    for text, figure_width in zip(figures, widths, strict=True):
        edge += _COLUMN_GAP
        column: Column = text_column(text, style, left=edge, width=figure_width, align="right")
        cells.append(Cell(column, role, "Column" if is_head else ""))
        edge += figure_width
    return tuple(cells)
