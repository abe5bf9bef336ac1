"""The top of the first page: who sends what to whom, and when."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from reportlab.lib.utils import ImageReader

from invoicing.appearance.payment_codes import asks_for_payment
from invoicing.document.documents import Document, DocumentKind, Party
from invoicing.render.addresses import (
    address_lines,
    buyer_tax_number_label,
    is_abroad,
    registration_label,
    tax_office_label,
)
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels
from invoicing.render.layout import (
    Align,
    Column,
    Picture,
    Raster,
    Row,
    Style,
    TextLine,
    picture_column,
    side_by_side,
    text_column,
)
from invoicing.render.theme import Paper, theme

_LABEL_WIDTH = 92.0
_LOGO_WIDTH_MAX, _LOGO_HEIGHT_MAX = 190.0, 58.0
_TITLE_SIZES = (23.0, 20.0, 17.5, 15.0, 13.0)


def title_of(document: Document, labels: Labels) -> str:
    """The title: the kind of the document, or that it is a draft."""
    return labels.kind(document.kind) if document.number else labels.draft


def heading_of(document: Document, labels: Labels) -> str:
    """The title with the number, as later pages and the file's metadata repeat it."""
    return f"{title_of(document, labels)} {document.number}".rstrip()


def letterhead_rows(document: Document, *, logo: bytes, paper: Paper, formats: Formats, labels: Labels) -> list[Row]:
    """The rows with seller and title, then buyer and dates, then why a credit note was made, and that the
    paper is only a copy.
    """
    left = partial(text_column, left=paper.left, width=paper.left_width)
    abroad = is_abroad(document)
    language = formats.locale.language
    seller_column = (
        *(_logo_column(logo, document.seller.name, paper) if logo else ()),
        *left(document.seller.name, theme().seller),
        *_party_column(document.seller, document.tax_number_label, formats, labels, abroad=abroad, paper=paper),
    )
    to = labels.bill_to if document.kind is DocumentKind.INVOICE else labels.credit_to
    buyer_label = buyer_tax_number_label(document, language, labels)
    buyer_column = (
        *left(to, theme().label),
        *left(document.buyer.name, theme().number),
        *_party_column(document.buyer, buyer_label, formats, labels, abroad=abroad, paper=paper),
    )
    facts = pairs_column(_facts(document, formats, labels), left=paper.middle, width=paper.right_width)
    line = paper.accent_line(paper.left, paper.right)
    rows = [
        Row((seller_column, _title_column(document, paper, labels)), space_below=18, rule=line),
        Row((buyer_column, facts), space_above=16, space_below=22),
    ]
    if document.reason:
        reason = pairs_column([(labels.reason, document.reason)], left=paper.left, width=paper.text_width)
        rows.append(Row((reason,), space_below=14))
    if document.form_words:
        words = text_column(document.form_words, theme().strong, left=paper.left, width=paper.text_width)
        rows.append(Row((words,), space_below=14))
    return rows


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
            # In two languages each has its own line, where they do not fit beside each other.
            fits = styles.quiet.face.width_of(printable(label), styles.quiet.size) <= label_width - 6
            words = label if fits else label.replace(" / ", "\n")
            lines.extend(
                side_by_side(
                    text_column(words, styles.quiet, left=left, width=label_width - 6),
                    text_column(value, styles.text, left=left + label_width, width=width - label_width, align=align),
                )
            )
    return tuple(lines)


def _logo_column(logo: bytes, seller: str, paper: Paper) -> Column:
    width, height = ImageReader(io.BytesIO(logo)).getSize()
    scale = min(_LOGO_WIDTH_MAX / width, _LOGO_HEIGHT_MAX / height)
    return picture_column(Picture(paper.left, width * scale, height * scale, Raster(logo), alt=seller), space_below=8)


def _title_column(document: Document, paper: Paper, labels: Labels) -> Column:
    """The title, in the second language smaller below it, and the number."""
    right = partial(text_column, left=paper.middle, width=paper.right_width)
    first, *second = title_of(document, labels).split(" / ")
    return (
        *right(first, _title_style(first, paper)),
        *(line for text in second for line in right(text, replace(theme().number, ink=theme().quiet.ink))),
        *right(document.number or f"{labels.kind(document.kind)}, {labels.not_issued}", theme().number),
    )


def _title_style(title: str, paper: Paper) -> Style:
    """As large as the longest word of the title allows: a broken word would look like a mistake."""
    style = paper.title
    widest = max(style.face.width_of(printable(word), 1) for word in title.split())
    size = next((size for size in _TITLE_SIZES if widest * size <= paper.right_width), _TITLE_SIZES[-1])
    return replace(style, size=size)


def _party_column(
    party: Party, tax_number_label: str, formats: Formats, labels: Labels, *, abroad: bool, paper: Paper
) -> Column:
    styles = theme()
    language = formats.locale.language
    named = (
        (tax_number_label, party.tax_number),
        (tax_office_label(party, language, labels), party.tax_office_number),
        (registration_label(party, language, labels), party.registration_number),
    )
    numbers = [f"{label} {number}".strip() if number else "" for label, number in named]
    contact = [text for text in (party.email, party.phone, party.website) if text]
    lines: list[TextLine] = []
    for text in address_lines(party.address, formats, abroad=abroad):
        lines.extend(text_column(text, styles.text, left=paper.left, width=paper.left_width))
    for group in (numbers, contact):
        if any(group) and lines:
            lines.append(TextLine(3))
        for text in group:
            lines.extend(text_column(text, styles.quiet, left=paper.left, width=paper.left_width))
    return tuple(lines)


def _facts(document: Document, formats: Formats, labels: Labels) -> list[tuple[str, str]]:
    supply, supply_end = document.supply_date, document.supply_end
    if supply_end is not None and supply_end != supply:
        supplied = (labels.supply_period, f"{formats.date(supply)} – {formats.date(supply_end)}")
    else:
        supplied = (labels.supply_date, formats.date(supply))
    credited = document.credits
    return [
        (labels.credited_invoice, f"{credited.number}, {formats.date(credited.issue_date)}" if credited else ""),
        (labels.issue_date, formats.date(document.issue_date)),
        # Nobody owes anything on a credit note, so a due date would only mislead.
        (labels.due_date, formats.date(document.due_date) if asks_for_payment(document) else ""),
        supplied,
        (labels.purchase_order, document.purchase_order),
        (labels.currency, document.currency),
    ]
