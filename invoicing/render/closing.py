"""What follows the totals: how to pay, the terms, the note, and a footer that is too long for the foot of a page."""

from __future__ import annotations

import re

from babel.units import format_unit

from invoicing.documents import Document, DocumentKind
from invoicing.render.formats import grouped_by_four
from invoicing.render.labels import Labels
from invoicing.render.layout import Column, Modules, Picture, Row, TextLine, picture_column, text_column
from invoicing.render.letterhead import pairs_column
from invoicing.render.theme import Paper, theme

_SPACE = 20.0
# The terms that every organization begins with.
_DAYS_NET = re.compile(r"(\d{1,4}) days net")
# 30 millimetres: the modules of the largest code are still half a millimetre wide.
_CODE_SIDE = 85.0
# A reader wants four empty modules around the code.
_QUIET_ZONE = 9.0


def closing_rows(document: Document, code: Modules | None, *, paper: Paper, labels: Labels) -> list[Row]:
    """The payment details beside the payment terms and the code to pay by, then the note. What is empty is left out."""
    payment = pairs_column(_payment_pairs(document, labels), left=paper.left, width=paper.left_width)
    blocks: list[tuple[Column, ...]] = []
    if payment:
        terms = _titled(labels.payment_terms, _terms(document), paper.middle, paper.right_width)
        beside = (*_code_column(code, paper, labels), *terms) if code is not None else terms
        blocks.append((_with_title(labels.payment_details, payment, paper), beside))
    else:
        blocks.append((_titled(labels.payment_terms, _terms(document), paper.left, paper.text_width),))
    blocks.append((_titled(labels.note, document.note, paper.left, paper.text_width),))
    return [Row(columns, space_above=_SPACE) for columns in blocks if any(columns)]


def _terms(document: Document) -> str:
    """The payment terms; those that name nothing but days, in the language of the document."""
    found = _DAYS_NET.fullmatch(document.payment_terms)
    if found is None or document.locale.startswith("en"):
        return document.payment_terms
    return format_unit(int(found.group(1)), "duration-day", locale=document.locale)


def footer_row(footer: str, *, paper: Paper) -> Row:
    """A footer as the last text of the document."""
    return Row((text_column(footer, theme().small, left=paper.left, width=paper.text_width),), space_above=_SPACE)


def _code_column(code: Modules, paper: Paper, labels: Labels) -> Column:
    return (
        *text_column(labels.scan_to_pay, theme().strong, left=paper.middle, width=paper.right_width),
        TextLine(_QUIET_ZONE),
        *picture_column(
            Picture(paper.middle, _CODE_SIDE, _CODE_SIDE, code, alt=labels.scan_to_pay), space_below=_QUIET_ZONE
        ),
    )


def _payment_pairs(document: Document, labels: Labels) -> list[tuple[str, str]]:
    payment = document.payment
    if document.kind is DocumentKind.CREDIT_NOTE:
        # Nobody pays onto a credit note, so an account would only mislead.
        return []
    pairs = [
        (labels.account_holder, payment.account_holder),
        (labels.bank, payment.bank_name),
        ("IBAN", grouped_by_four(payment.iban)),
        ("BIC", payment.bic),
        (labels.account_number, payment.account_number),
        (labels.routing_number, payment.routing_number),
    ]
    # Without an account there is nothing that a reference could be put on.
    return [*pairs, (labels.reference, document.number)] if any(value for _, value in pairs) else []


def _with_title(title: str, column: Column, paper: Paper) -> Column:
    return (*text_column(title, theme().strong, left=paper.left, width=paper.left_width), *column)


def _titled(title: str, text: str, left: float, width: float) -> Column:
    if not text.strip():
        return ()
    styles = theme()
    return (
        *text_column(title, styles.strong, left=left, width=width),
        *text_column(text, styles.text, left=left, width=width),
    )
