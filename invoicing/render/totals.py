"""The sums, and what leads from the lines to the amount to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from invoicing.countries.costs import ADVANCED
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, DocumentKind, JurisdictionLevel, TaxCategory
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels, as_head, in_line
from invoicing.render.layout import Cell, Column, Row, Style, Table, TableRow, height_of, text_column
from invoicing.render.legal_reasons import legal_texts
from invoicing.render.tax_table import (
    common_tax_label,
    drawn_tax_table,
    outside_label,
    style_across,
    tax_table,
    width_of,
)
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
    """The tax summary beside the sums, or above them where it is too wide for that. They are never split."""
    sums = _sums(document, languages, formats, labels)
    # In the same place on every document; only amounts near the limits of what is allowed have the width of the page.
    beside = _sums_width(sums, _TOTAL_SIZES[0]) <= paper.right_width - paper.hang
    left = paper.middle if beside else paper.left
    column = _sums_table(sums, paper, left=left, width=paper.right - left)
    if is_untaxed(document):
        reasons = text_column(
            "\n".join(untaxed_texts(document, languages)), theme().text, left=paper.left, width=paper.left_width
        )
        return _rows(reasons, column, labels, beside=beside)
    table, style = tax_table(document, languages, formats, labels), theme().text
    if width_of(table, style, narrow=True) <= paper.left_width:
        return _rows(drawn_tax_table(table, style, paper, width=paper.left_width), column, labels, beside=beside)
    taxes = drawn_tax_table(table, style_across(table, paper), paper, width=paper.text_width)
    return _rows(taxes, column, labels, beside=False)


def hanging_width(document: Document, formats: Formats) -> float:
    """How wide the sign of a currency that stands after its amounts is at most, with the blank before it."""
    currencies = [formats] + ([replace(formats, currency=document.exchange.currency)] if document.exchange else [])
    style = theme().total
    return max(style.face.width_of(printable(_sign_after(one.money(0))), style.size) for one in currencies)


def _sign_after(amount: str) -> str:
    """What stands after the last digit of an amount."""
    last = max(index for index, character in enumerate(amount) if character.isdigit())
    return amount[last + 1 :]


def _rows(first: Column | Table, sums: Table, labels: Labels, *, beside: bool) -> list[Row]:
    if beside or not height_of(first):
        return [Row((first, sums), space_above=12, bookmark=labels.total)]
    return [
        Row((first,), space_above=12, space_below=16, glued=True),
        Row((sums,), bookmark=labels.total),
    ]


def _sums(document: Document, languages: tuple[str, ...], formats: Formats, labels: Labels) -> _Sums:
    tax = common_tax_label(document)
    outside_minor = _outside(document)
    parts: list[_Pair] = []
    if document.adjustments:
        lines_minor = sum(line.amount_minor for line in document.lines) - outside_minor
        parts = [(labels.lines_total, formats.money(lines_minor)), *_adjustments(document, formats, labels)]
    if not is_untaxed(document):
        net_minor = document.net_minor - outside_minor
        parts.append((labels.net.format(tax=tax or labels.tax_in_sentence), formats.money(net_minor)))
        parts += _taxes(document, as_head(tax or in_line(labels.tax)), formats)
    if outside_minor:
        parts.append((outside_label(document, languages), formats.money(outside_minor)))
    last = (total_label(document, labels), formats.money(document.total_minor))
    deducted = _deducted(document, languages, formats, labels)
    is_invoice = document.kind is DocumentKind.INVOICE
    paid_back = is_invoice and document.payable_minor < 0
    if deducted or paid_back:
        # What asks nobody to pay says what is left of it otherwise.
        words = labels.payable if is_invoice and not paid_back else labels.credited_amount
        left_minor = -document.payable_minor if paid_back else document.payable_minor
        parts, last = [*parts, last, *deducted], (words, formats.money(left_minor))
    remarks, remark = _exchange(document, formats, labels)
    remarks = [*_paid(document, formats, labels), *_invoiced_before(document, formats, labels), *remarks]
    return _Sums(parts, last, remarks, remark)


def _paid(document: Document, formats: Formats, labels: Labels) -> list[_Pair]:
    if document.paid_on is None:
        return []
    return [(f"{in_line(labels.paid_on)} {formats.date(document.paid_on)}", formats.money(document.payable_minor))]


def _outside(document: Document) -> int:
    """What is outside the taxable amount, and apart from it where there is tax: no discount or charge of the document
    touches it.
    """
    if is_untaxed(document):
        return 0
    return sum(line.amount_minor for line in document.lines if line.cost == ADVANCED)


def _invoiced_before(document: Document, formats: Formats, labels: Labels) -> list[_Pair]:
    """What the advances that are deducted came to, with their tax."""
    advances = [line.advance for line in document.lines if line.advance is not None]
    if not advances:
        return []
    return [(labels.invoiced_before, formats.money(sum(one.gross_minor for one in advances)))]


def _taxes(document: Document, name: str, formats: Formats) -> list[_Pair]:
    """The tax; and by itself a surcharge, which is another tax of the same amounts."""
    surcharges: dict[str, int] = {}
    for tax in document.taxes:
        for part in tax.jurisdictions:
            if part.level is JurisdictionLevel.SURCHARGE:
                surcharges[part.name] = surcharges.get(part.name, 0) + part.tax_minor
    rest = document.tax_minor - sum(surcharges.values())
    return [(words, formats.money(amount)) for words, amount in ((name, rest), *surcharges.items())]


def _deducted(document: Document, languages: tuple[str, ...], formats: Formats, labels: Labels) -> list[_Pair]:
    """What of the total is not paid to the seller, and why."""
    pairs = []
    split = next((tax for tax in document.taxes if tax.category is TaxCategory.SPLIT_PAYMENT), None)
    if split is not None:
        words = " / ".join(legal_texts(document, languages, split.reason, split.reason_local))
        pairs.append((words, formats.money(-document.split_tax_minor)))
    withheld = document.withholding
    if withheld is not None:
        # "Retención: Retención IRPF" says it twice.
        says_it = withheld.label.casefold().startswith(labels.withheld.casefold())
        named = withheld.label if says_it else f"{labels.withheld}: {withheld.label}"
        words = f"{named} {formats.percent(withheld.rate)}"
        if withheld.base_minor != document.net_minor - _outside(document):
            words += f" ({in_line(labels.taxable)} {formats.money(withheld.base_minor)})"
        pairs.append((words, formats.money(-withheld.amount_minor)))
    if document.payable_rounding is not None:
        pairs.append((in_line(labels.rounding), formats.money(document.rounding_minor)))
    return pairs


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


def total_label(document: Document, labels: Labels) -> str:
    """What the total is called: as one with tax only where tax is charged."""
    if not document.tax_minor:
        return labels.total
    return labels.total_with_tax.format(tax=common_tax_label(document) or labels.tax_in_sentence)


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


def _sums_table(sums: _Sums, paper: Paper, *, left: float, width: float) -> Table:
    styles = theme()
    room = width - paper.hang
    size = next((size for size in _TOTAL_SIZES if _sums_width(sums, size) <= room), _TOTAL_SIZES[-1])
    style = replace(styles.text, leading=15)
    rows = [TableRow(_cells(pair, style, style, left=left, width=room)) for pair in sums.parts]
    total = replace(paper.total, size=size)
    line = paper.accent_line(left, left + width)
    rows.append(TableRow(_cells(sums.payable, total, total, left=left, width=room), 8 if rows else 4, line))
    rows += [TableRow(_cells(pair, style, style, left=left, width=room)) for pair in sums.remarks]
    return Table(tuple(rows), text_column(sums.remark, styles.small, left=left, width=width))


def _cells(pair: _Pair, value_style: Style, label_style: Style, *, left: float, width: float) -> tuple[Cell, ...]:
    """The words and the amount, whose last digit is at the right: the sign of a currency after it hangs beyond."""
    label, value = pair
    sign = _sign_after(value)
    figures = value.removesuffix(sign)
    value_width = value_style.face.width_of(printable(figures), value_style.size)
    room = max(width - value_width - _COLUMN_GAP, 40)
    # In two languages each on a line of its own, where they do not fit beside each other.
    fits = label_style.face.width_of(printable(label), label_style.size) <= room
    words = text_column(label if fits else label.replace(" / ", " /\n"), label_style, left=left, width=room)
    edge = left + width - value_width
    whole = value_style.face.width_of(printable(value), value_style.size)
    return Cell(words, "TH", "Row"), Cell(text_column(value, value_style, left=edge, width=whole + 1))
