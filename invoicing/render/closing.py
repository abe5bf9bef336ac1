"""What follows the totals: how to pay, the terms, the note, and a footer that is too long for the foot of a page."""

from __future__ import annotations

from invoicing.appearance.payment_codes import asks_for_payment
from invoicing.document.documents import Document
from invoicing.render.addresses import is_abroad
from invoicing.render.formats import grouped_by_four
from invoicing.render.labels import Labels
from invoicing.render.layout import Column, Modules, NoCode, Picture, Row, TextLine, picture_column, text_column
from invoicing.render.letterhead import pairs_column
from invoicing.render.theme import Paper, theme

_SPACE = 20.0
# 30 millimetres: the modules of the largest code are still half a millimetre wide.
_CODE_SIDE = 85.0
# A reader wants four empty modules around the code.
_QUIET_ZONE = 9.0
_NOTE_LINES_BESIDE = 7


def closing_rows(
    document: Document, code: Modules | NoCode | None, *, has_slip: bool, paper: Paper, labels: Labels
) -> list[Row]:
    """The payment details beside the payment terms and the code to pay by, then the note. What is empty is left out,
    and where nothing is to be paid, all that asks for a payment.
    """
    # The slip names account and reference; whoever is abroad cannot pay by it.
    pairs = _payment_pairs(document, labels) if not has_slip or is_abroad(document) else []
    payment = pairs_column(pairs, left=paper.left, width=paper.left_width)
    stated = document.payment_terms if asks_for_payment(document) else ""
    blocks: list[tuple[Column, ...]] = []
    if payment:
        terms = _titled(labels.payment_terms, stated, paper.middle, paper.right_width)
        beside = (*_code_column(code, paper, labels), *terms) if code is not None else terms
        blocks.append((_with_title(labels.payment_details, payment, paper), beside))
        blocks.append((_titled(labels.note, document.note, paper.left, paper.text_width),))
    else:
        blocks += _terms_and_note(stated, document.note, paper=paper, labels=labels)
    return [Row(columns, space_above=_SPACE) for columns in blocks if any(columns)]


def _terms_and_note(terms: str, note: str, *, paper: Paper, labels: Labels) -> list[tuple[Column, ...]]:
    """A short note beside the terms, so that a slip has room below them; a long one across the page."""
    beside = _titled(labels.note, note, paper.middle, paper.right_width)
    if terms and 0 < len(beside) <= _NOTE_LINES_BESIDE:
        return [(_titled(labels.payment_terms, terms, paper.left, paper.left_width), beside)]
    return [
        (_titled(labels.payment_terms, terms, paper.left, paper.text_width),),
        (_titled(labels.note, note, paper.left, paper.text_width),),
    ]


def footer_row(footer: str, *, paper: Paper) -> Row:
    """A footer as the last text of the document."""
    return Row((text_column(footer, theme().small, left=paper.left, width=paper.text_width),), space_above=_SPACE)


def _code_column(code: Modules | NoCode, paper: Paper, labels: Labels) -> Column:
    return (
        *text_column(labels.scan_to_pay, theme().strong, left=paper.middle, width=paper.right_width),
        TextLine(_QUIET_ZONE),
        *picture_column(
            Picture(paper.middle, _CODE_SIDE, _CODE_SIDE, code, alt=_alternative(code, labels)), space_below=_QUIET_ZONE
        ),
    )


def _alternative(code: Modules | NoCode, labels: Labels) -> str:
    return code.words if isinstance(code, NoCode) else labels.scan_to_pay


def _payment_pairs(document: Document, labels: Labels) -> list[tuple[str, str]]:
    payment = document.payment
    if not asks_for_payment(document):
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
