"""The sums, and what leads from the lines to the amount to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, DocumentKind
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels, in_line
from invoicing.render.layout import Column, Row, Style, TextLine, side_by_side, text_column
from invoicing.render.tax_table import common_tax_label, style_across, tax_column, tax_table, width_of
from invoicing.render.theme import Paper, theme
from invoicing.render.untaxed import is_untaxed, untaxed_texts

_NAME_WIDTH_MIN = 84.0
_COLUMN_GAP = 12.0
_TOTAL_SIZES = (12.0, 10.0, 9.0, 8.0, 7.0)

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is added up, the amount to pay, and what else is said of it."""

    parts: Sequence[_Pair]
    payable: _Pair
    remarks: Sequence[_Pair]
    remark: str


def totals_rows(
    document: Document, *, languages: tuple[str, ...], paper: Paper, formats: Formats, labels: Labels
) -> list[Row]:
    """The tax summary beside the sums, or above them where amounts are too wide for that. They are never split."""
    sums = _sums(document, formats, labels)
    if is_untaxed(document):
        reasons = text_column(
            "\n".join(untaxed_texts(document, languages)), theme().text, left=paper.left, width=paper.left_width
        )
        column = _sums_column(sums, paper, left=paper.middle, width=paper.right_width)
        if _sums_width(sums, _TOTAL_SIZES[0]) <= paper.right_width:
            return [Row((reasons, column), space_above=12)]
        column = _sums_column(sums, paper, left=paper.left, width=paper.text_width)
        return [*([Row((reasons,), space_above=12, glued=True)] if reasons else []), Row((column,), space_above=12)]
    table = tax_table(document, languages, formats, labels)
    fits = width_of(table, theme().quiet) <= paper.left_width
    if fits and _sums_width(sums, _TOTAL_SIZES[0]) <= paper.right_width:
        taxes = tax_column(table, theme().quiet, paper, width=paper.left_width)
        return [Row((taxes, _sums_column(sums, paper, left=paper.middle, width=paper.right_width)), space_above=12)]
    taxes = tax_column(table, style_across(table, paper), paper, width=paper.text_width)
    return [
        Row((taxes,), space_above=12, space_below=16, glued=True),
        Row((_sums_column(sums, paper, left=paper.left, width=paper.text_width),)),
    ]


def _sums(document: Document, formats: Formats, labels: Labels) -> _Sums:
    tax = common_tax_label(document)
    parts: list[_Pair] = []
    if document.adjustments:
        lines_minor = sum(line.amount_minor for line in document.lines)
        parts = [(labels.lines_total, formats.money(lines_minor)), *_adjustments(document, formats, labels)]
    if not is_untaxed(document):
        parts.append((labels.net.format(tax=tax or labels.tax_in_sentence), formats.money(document.net_minor)))
        parts.append((tax or in_line(labels.tax), formats.money(document.tax_minor)))
    last = (labels.total, formats.money(document.total_minor))
    withheld = document.withholding
    if withheld is not None:
        words = f"{labels.withheld}: {withheld.label} {formats.percent(withheld.rate)}"
        if withheld.base_minor != document.net_minor:
            words += f" ({in_line(labels.taxable)} {formats.money(withheld.base_minor)})"
        parts += [last, (words, formats.money(-withheld.amount_minor))]
        # A credit note asks nobody to pay, so it says what is left of it otherwise.
        words = labels.payable if document.kind is DocumentKind.INVOICE else labels.credited_amount
        last = (words, formats.money(document.payable_minor))
    return _Sums(parts, last, *_exchange(document, formats, labels))


def _adjustments(document: Document, formats: Formats, labels: Labels) -> list[_Pair]:
    """The discounts and charges of the document, each once, whatever tax groups it was split over."""
    pairs = []
    for _, group in groupby(document.adjustments, key=lambda one: one.position):
        shares = list(group)
        first = shares[0]
        is_discount = first.kind is AdjustmentKind.DISCOUNT
        label = in_line(labels.discount if is_discount else labels.charge)
        amount_minor = sum(share.amount_minor for share in shares)
        percent = formats.percent(first.percent) if first.percent else ""
        # A fund's contribution has a name of its own, and is no surcharge.
        named = "" if first.cost else f"{label}:" if first.reason else label
        words = " ".join(part for part in (named, first.reason, percent) if part)
        pairs.append((words, formats.money(-amount_minor if is_discount else amount_minor)))
    return pairs


def _exchange(document: Document, formats: Formats, labels: Labels) -> tuple[list[_Pair], str]:
    exchange = document.exchange
    if exchange is None:
        return [], ""
    tax = common_tax_label(document) or in_line(labels.tax)
    theirs = replace(formats, currency=exchange.currency)
    words = labels.tax_in_currency.format(tax=tax, currency=exchange.currency)
    rate = f"{document.currency} 1 = {exchange.currency} {formats.number(exchange.rate)}"
    said = ", ".join(part for part in (rate, formats.date(exchange.on), exchange.source) if part)
    return [(words, theirs.money(exchange.tax_minor))], f"{labels.exchange_rate}: {said}"


def _sums_width(sums: _Sums, total_size: float) -> float:
    styles = theme()
    label, value = sums.payable
    widths = [
        styles.text.face.width_of(printable(amount), styles.text.size) + _NAME_WIDTH_MIN
        for _, amount in (*sums.parts, *sums.remarks)
    ]
    # The words beside the amount to pay may take two lines, in two languages at least.
    words = max(styles.total.face.width_of(printable(part), total_size) for part in label.split(" / "))
    widths.append(styles.total.face.width_of(printable(value), total_size) + words + _COLUMN_GAP)
    return max(widths)


def _sums_column(sums: _Sums, paper: Paper, *, left: float, width: float) -> Column:
    styles = theme()
    size = next((size for size in _TOTAL_SIZES if _sums_width(sums, size) <= width), _TOTAL_SIZES[-1])
    style = replace(styles.text, leading=15)
    label_style = replace(style, ink=styles.quiet.ink)
    lines: list[TextLine] = []
    for pair in sums.parts:
        lines.extend(_sum_lines(pair, style, label_style, left=left, width=width))
    total_style = replace(paper.total, size=size)
    lines.append(TextLine(4))
    lines.append(TextLine(4, rule=paper.accent_line(left, left + width)))
    lines.extend(_sum_lines(sums.payable, total_style, total_style, left=left, width=width))
    for pair in sums.remarks:
        lines.extend(_sum_lines(pair, style, label_style, left=left, width=width))
    lines.extend(text_column(sums.remark, styles.small, left=left, width=width))
    return tuple(lines)


def _sum_lines(pair: _Pair, value_style: Style, label_style: Style, *, left: float, width: float) -> Column:
    label, value = pair
    value_width = value_style.face.width_of(printable(value), value_style.size)
    return side_by_side(
        text_column(label, label_style, left=left, width=max(width - value_width - _COLUMN_GAP, 40)),
        text_column(value, value_style, left=left, width=width, align="right"),
    )
