"""A correction as the seller's country writes it: its words, its sign, and what it leaves of the invoice.

The rules are data of the country (`invoicing.countries.corrections`). A document keeps its positive amounts
(EN 16931, type 381); only the paper shows them with the country's sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from invoicing.countries import CorrectionRules, CorrectionSign, CorrectionWords
from invoicing.document.documents import Document, DocumentKind, Line
from invoicing.render.addresses import known_country
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import FALLBACK_LANGUAGE, Labels, as_head, in_line
from invoicing.render.layout import Cell, Row, Table, TableRow, text_column
from invoicing.render.theme import Paper, hairline, theme
from invoicing.render.totals import total_label
from invoicing.render.untaxed import is_untaxed

_NAME_WIDTH_MIN = 84.0
_GAP = 12.0


def correction_labels(labels: Labels, document: Document, language: str) -> Labels:
    """The words of one language with those that the seller's country has for this correction."""
    words = _words(document, language)
    if words is None:
        return labels
    title = (words.untaxed if is_untaxed(document) else "") or words.title
    whole = document.credits is not None and document.credits.whole
    said: dict[str, Any] = {
        "credit_note": (words.whole if whole else "") or title,
        "credited_invoice": (words.whole_reference if whole else "") or words.reference,
        "reason": words.reason,
        "price_reduction": words.price,
    }
    return replace(labels, **{name: text for name, text in said.items() if text})


def with_correction(document: Document, languages: Sequence[str]) -> Document:
    """The document as it is printed: with the country's sign, and with what the country wants said before its note."""
    rules = _rules(document)
    if rules is None:
        return document
    said = dict.fromkeys((*_mentions(rules, languages), *_orders(rules, document, languages)))
    note = "\n".join(text for text in (*said, document.note) if text)
    return replace(document if _title_says_it(rules, languages[0]) else _negated(document), note=note)


def states_difference(document: Document) -> bool:
    """Whether each line says what was before and what is after the correction."""
    rules = _rules(document)
    return rules is not None and rules.sign is CorrectionSign.DIFFERENCE


def before_and_after(line: Line, formats: Formats, labels: Labels) -> list[str]:
    """What was left of the line of the invoice before the correction, and after it; the line bears its printed sign."""
    if line.correction is None:
        return []
    quantity, amount_minor = line.correction.quantity_before, line.correction.amount_before_minor
    rest = quantity if line.price_only else quantity - abs(line.quantity)
    stated = (
        (labels.before_correction, quantity, amount_minor),
        (labels.after_correction, rest, amount_minor - abs(line.amount_minor)),
    )
    return [
        f"{in_line(label)}: {f'{formats.number(left)} {line.unit}'.rstrip()} · {formats.amount(amount)}"
        for label, left, amount in stated
    ]


def correction_rows(document: Document, *, tax_label: str, paper: Paper, formats: Formats, labels: Labels) -> list[Row]:
    """What remains of the invoice, where something does; where the country states differences, also what was before."""
    credited = document.credits
    if credited is None or credited.remains is None:
        return []
    remains = credited.remains
    after = (remains.net_minor, remains.tax_minor, remains.total_minor)
    taken = (document.net_minor, document.tax_minor, document.total_minor)
    if states_difference(document):
        before = tuple(left + abs(part) for left, part in zip(after, taken, strict=True))
        stated = [(labels.before_correction, before), (labels.after_correction, after)]
    elif remains.total_minor:
        stated = [(f"{labels.remaining} {credited.number}", after)]
    else:
        return []
    titles = [
        labels.net.format(tax=tax_label or labels.tax_in_sentence),
        as_head(tax_label or in_line(labels.tax)),
        total_label(document, labels),
    ]
    table = [("", titles), *((name, [formats.amount(one) for one in amounts]) for name, amounts in stated)]
    if is_untaxed(document):
        table = [(name, [formats.money(amounts[2])]) for name, amounts in stated]
    return [Row((_drawn(table, paper),), space_above=14, space_below=2, rule=hairline(paper.left, paper.right))]


def _drawn(table: Sequence[tuple[str, Sequence[str]]], paper: Paper) -> Table:
    """Each line of the table: its name at the left, its figures in columns at the right; the head has no name."""
    style, head = theme().text, theme().label
    widths = [
        max(one.face.width_of(printable(text), one.size) for text in texts for one in (style, head))
        for texts in zip(*(figures for _, figures in table), strict=True)
    ]
    first = paper.figures_right - sum(widths) - _GAP * (len(widths) - 1)
    rows: list[TableRow] = []
    for name, figures in table:
        look, left = style if name else head, first
        room = max(first - paper.left - _GAP, _NAME_WIDTH_MIN)
        words = text_column(in_line(name), look, left=paper.left, width=room)
        cells = [Cell(words, "TH", "Row") if name else Cell(())]
        for figure, width in zip(figures, widths, strict=True):
            lines = text_column(figure, look, left=left, width=width, align="right")
            cells.append(Cell(lines) if name else Cell(lines, "TH", "Column"))
            left += width + _GAP
        rows.append(TableRow(tuple(cells), 4 if rows else 0))
    return Table(tuple(rows))


def _rules(document: Document) -> CorrectionRules | None:
    if document.kind is not DocumentKind.CREDIT_NOTE:
        return None
    country = known_country(document.seller.address.country)
    return country.correction if country is not None else None


def _words(document: Document, language: str) -> CorrectionWords | None:
    rules = _rules(document)
    return rules.words.get(language) if rules is not None else None


def _title_says_it(rules: CorrectionRules, language: str) -> bool:
    """Whether the title alone tells that something is taken back: the country's own where it has a plain one, and an
    English one. A title of another language can mean more as well as less (Rechnungskorrektur).
    """
    own = language in rules.words and bool(rules.words[language].title)
    return rules.sign is CorrectionSign.POSITIVE and (own or language == FALLBACK_LANGUAGE)


def _mentions(rules: CorrectionRules, languages: Sequence[str]) -> list[str]:
    return [rules.words[language].mention for language in languages if language in rules.words]


def _orders(rules: CorrectionRules, document: Document, languages: Sequence[str]) -> list[str]:
    """What the law wants said where tax is taken back: in the document's languages, else in the law's first."""
    if not document.tax_minor or not rules.words:
        return []
    known = [language for language in languages if language in rules.words] or list(rules.words)[:1]
    return [rules.words[language].mention_taxed for language in known]


def _negated(document: Document) -> Document:
    """The same with all amounts less than zero, and the quantities that come back."""
    withheld, exchange = document.withholding, document.exchange
    return replace(
        document,
        lines=tuple(map(_negated_line, document.lines)),
        adjustments=tuple(
            replace(item, amount_minor=-item.amount_minor, net_minor=-item.net_minor, base_minor=-item.base_minor)
            for item in document.adjustments
        ),
        taxes=tuple(
            replace(
                tax,
                taxable_minor=-tax.taxable_minor,
                tax_minor=-tax.tax_minor,
                jurisdictions=tuple(replace(part, tax_minor=-part.tax_minor) for part in tax.jurisdictions),
            )
            for tax in document.taxes
        ),
        net_minor=-document.net_minor,
        tax_minor=-document.tax_minor,
        total_minor=-document.total_minor,
        withholding=withheld
        and replace(withheld, base_minor=-withheld.base_minor, amount_minor=-withheld.amount_minor),
        exchange=exchange and replace(exchange, net_minor=-exchange.net_minor, tax_minor=-exchange.tax_minor),
    )


def _negated_line(line: Line) -> Line:
    return replace(
        line,
        quantity=-line.quantity,
        discount_amount=-line.discount_amount,
        charge_amount=-line.charge_amount,
        amount_minor=-line.amount_minor,
        net_minor=-line.net_minor,
    )
