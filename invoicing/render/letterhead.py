"""The top of the first page: who sends what to whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from invoicing.documents import Address, Document, DocumentKind, Party
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels
from invoicing.render.layout import Align, Column, Row, TextLine, side_by_side, text_column
from invoicing.render.theme import Paper, accent_line, theme

# There the city comes before the region and the postal code; elsewhere the postal code leads.
_CITY_FIRST = frozenset({"US", "CA", "AU", "NZ", "GB", "IE", "IN", "ZA", "SG"})

_LABEL_WIDTH = 92.0


def title_of(document: Document, labels: Labels) -> str:
    """The title: the kind of the document, or that it is a draft."""
    return labels.kind(document.kind) if document.number else labels.draft


def heading_of(document: Document, labels: Labels) -> str:
    """The title with the number, as later pages and the file's metadata repeat it."""
    return f"{title_of(document, labels)} {document.number}".rstrip()


def letterhead_rows(document: Document, *, paper: Paper, formats: Formats, labels: Labels) -> list[Row]:
    """The rows with seller and title, then buyer and dates."""
    styles = theme()
    seller = document.seller
    left = partial(text_column, left=paper.left, width=paper.left_width)
    right = partial(text_column, left=paper.middle, width=paper.right_width)
    seller_column = (
        *left(seller.name, styles.seller),
        *_party_column(seller, document.tax_number_label, formats, labels, left=paper.left, width=paper.left_width),
    )
    title_column = (
        *right(title_of(document, labels), styles.title),
        *right(document.number or _not_issued(document, labels), styles.number),
    )
    to = labels.bill_to if document.kind is DocumentKind.INVOICE else labels.credit_to
    buyer = document.buyer
    buyer_column = (
        *left(to, styles.label),
        *left(buyer.name, styles.number),
        *_party_column(buyer, document.tax_number_label, formats, labels, left=paper.left, width=paper.left_width),
    )
    facts = pairs_column(_facts(document, formats, labels), left=paper.middle, width=paper.right_width)
    return [
        Row((seller_column, title_column), space_below=18, rule=accent_line(paper.left, paper.right)),
        Row((buyer_column, facts), space_above=16, space_below=22),
    ]


def pairs_column(
    pairs: Sequence[tuple[str, str]],
    *,
    left: float,
    width: float,
    label_width: float = _LABEL_WIDTH,
    align: Align = "left",
) -> Column:
    """Labels with their values beside them; a pair without a value is left out."""
    styles = theme()
    lines: list[TextLine] = []
    for label, value in pairs:
        if value:
            lines.extend(
                side_by_side(
                    text_column(label, styles.quiet, left=left, width=label_width - 6),
                    text_column(value, styles.text, left=left + label_width, width=width - label_width, align=align),
                )
            )
    return tuple(lines)


def address_lines(address: Address, formats: Formats) -> list[str]:
    """The lines of an address in the order of its country."""
    country = address.country.upper()
    if country in _CITY_FIRST:
        region_and_code = f"{address.region} {address.postal_code}".strip()
        city = ", ".join(part for part in (address.city, region_and_code if address.region else "") if part)
        place = [city if address.region else f"{address.city} {address.postal_code}".strip()]
    else:
        place = [f"{address.postal_code} {address.city}".strip(), address.region]
    lines = [address.line1, address.line2, *place, formats.country(country) if country else ""]
    return [line for line in lines if line]


def _party_column(
    party: Party, tax_number_label: str, formats: Formats, labels: Labels, *, left: float, width: float
) -> Column:
    styles = theme()
    numbers = [
        f"{tax_number_label} {party.tax_number}".strip() if party.tax_number else "",
        f"{labels.registration} {party.registration_number}" if party.registration_number else "",
    ]
    contact = [text for text in (party.email, party.phone, party.website) if text]
    lines: list[TextLine] = []
    for text in address_lines(party.address, formats):
        lines.extend(text_column(text, styles.text, left=left, width=width))
    for group in (numbers, contact):
        if any(group) and lines:
            lines.append(TextLine(3))
        for text in group:
            lines.extend(text_column(text, styles.quiet, left=left, width=width))
    return tuple(lines)


def _facts(document: Document, formats: Formats, labels: Labels) -> list[tuple[str, str]]:
    is_invoice = document.kind is DocumentKind.INVOICE
    supply, supply_end = document.supply_date, document.supply_end
    if supply_end is not None and supply_end != supply:
        supplied = (labels.supply_period, f"{formats.date(supply)} – {formats.date(supply_end)}")
    else:
        supplied = (labels.supply_date, formats.date(supply))
    return [
        (labels.issue_date, formats.date(document.issue_date)),
        # Nobody owes anything on a credit note, so a due date would only mislead.
        (labels.due_date, formats.date(document.due_date) if is_invoice else ""),
        supplied,
        (labels.purchase_order, document.purchase_order),
        (labels.currency, document.currency),
    ]


def _not_issued(document: Document, labels: Labels) -> str:
    is_invoice = document.kind is DocumentKind.INVOICE
    return labels.invoice_not_issued if is_invoice else labels.credit_note_not_issued
