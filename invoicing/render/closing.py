"""What follows the totals: the note, how to pay, the terms, and a footer that is too long for the foot of a page."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.appearance.payment_codes import asks_for_payment
from invoicing.document.documents import Document
from invoicing.render.addresses import is_abroad
from invoicing.render.fonts import printable
from invoicing.render.labels import Labels
from invoicing.render.layout import (
    Column,
    Modules,
    NoCode,
    Picture,
    Row,
    TextLine,
    picture_column,
    space,
    starting,
    text_column,
)
from invoicing.render.pairs import LABEL_WIDTH, pairs_column
from invoicing.render.payment_block import CodeToPay, means_text, payment_pairs
from invoicing.render.theme import Paper, theme

_SPACE = 18.0
# A reader wants four empty modules around the code.
_QUIET_ZONE = 9.0
# Beside it the longest account has room on one line.
_BESIDE = 150.0
_LABEL_WIDTH_MIN = 56.0
_GAP_BESIDE = 12.0
_BETWEEN_PARAGRAPHS = 3.0
_NOTE_LINES_BESIDE = 7


def closing_rows(
    document: Document, code: CodeToPay | None, *, has_slip: bool, paper: Paper, labels: Labels, language: str
) -> list[Row]:
    """The note, which is about the lines and sums before it, then the payment details beside the payment terms and the
    code to pay by. What is empty is left out, and where nothing is to be paid, all that asks for a payment.
    """
    # The slip names account and reference; whoever is abroad cannot pay by it.
    pairs = payment_pairs(document, labels, language) if not has_slip or is_abroad(document) else []
    # Of what is paid they are what the law wants said of late payments.
    stated = document.payment_terms if asks_for_payment(document) or document.paid_on else ""
    means = means_text(document, labels)
    if not means and not any(value for _, value in pairs):
        return _note_and_terms(document.note, stated, paper=paper, labels=labels)
    note = _titled(labels.note, document.note, paper.left, paper.text_width)
    payment = _means_row(means, stated, paper, labels) if means else _payment_row(pairs, stated, code, paper, labels)
    return [*([Row((note,), space_above=_SPACE)] if note else []), payment]


def _means_row(means: str, terms: str, paper: Paper, labels: Labels) -> Row:
    """How it is paid without an account, beside the terms."""
    method = _titled(labels.payment_method, means, paper.left, paper.left_width)
    other = _terms(labels, terms, paper.middle, paper.right_width)
    return Row((method, other), space_above=_SPACE, bookmark=labels.payment_method)


def _payment_row(
    pairs: Sequence[tuple[str, str]], terms: str, code: CodeToPay | None, paper: Paper, labels: Labels
) -> Row:
    label_width = _label_width(pairs, paper)
    beside = paper.middle if label_width else paper.right - max(_BESIDE, code.size[0] if code is not None else 0)
    width = beside - _GAP_BESIDE - paper.left
    title = starting(text_column(labels.payment_details, theme().strong, left=paper.left, width=width), "H2")
    details = (*title, *pairs_column(pairs, left=paper.left, width=width, label_width=label_width or LABEL_WIDTH))
    if code is None:
        other = _terms(labels, terms, beside, paper.right - beside)
    else:
        below = _terms(labels, terms, paper.left, width)
        details = (*details, *space(10 if below else 0), *below)
        other = _code_column(code, beside, paper.right - beside, labels)
    return Row((details, other), space_above=_SPACE, bookmark=labels.payment_details)


def _note_and_terms(note: str, terms: str, *, paper: Paper, labels: Labels) -> list[Row]:
    """A short note beside the terms, so that a slip has room below them; a long one across the page."""
    short = _titled(labels.note, note, paper.left, paper.left_width)
    if terms and 0 < len(short) <= _NOTE_LINES_BESIDE:
        return [Row((short, _terms(labels, terms, paper.middle, paper.right_width)), space_above=_SPACE)]
    columns = (
        _titled(labels.note, note, paper.left, paper.text_width),
        _terms(labels, terms, paper.left, paper.text_width),
    )
    return [Row((column,), space_above=_SPACE) for column in columns if column]


def _label_width(pairs: Sequence[tuple[str, str]], paper: Paper) -> float:
    """What labels may take of the left column of the page: less than usual where an account would have to break for
    them, and nothing where it has no room there at all; then the other column gives way.
    """
    style = theme().text
    widest = max((style.face.width_of(printable(value), style.size) for _, value in pairs), default=0.0)
    left = paper.middle - _GAP_BESIDE - paper.left - widest
    return min(left, LABEL_WIDTH) if left >= _LABEL_WIDTH_MIN else 0.0


def footer_row(footer: str, *, paper: Paper) -> Row:
    """A footer as the last text of the document."""
    return Row((text_column(footer, theme().small, left=paper.left, width=paper.text_width),), space_above=_SPACE)


def _code_column(code: CodeToPay, left: float, width: float, labels: Labels) -> Column:
    return (
        *starting(text_column(labels.scan_to_pay, theme().strong, left=left, width=width), "P"),
        TextLine(_QUIET_ZONE),
        *picture_column(
            Picture(left, *code.size, code.art, alt=_alternative(code.art, labels)), space_below=_QUIET_ZONE
        ),
    )


def _alternative(code: Modules | NoCode, labels: Labels) -> str:
    return code.words if isinstance(code, NoCode) else labels.scan_to_pay


def _titled(title: str, text: str, left: float, width: float) -> Column:
    if not text.strip():
        return ()
    styles = theme()
    return (
        *starting(text_column(title, styles.strong, left=left, width=width), "H2"),
        *starting(text_column(text, styles.text, left=left, width=width), "P"),
    )


def _terms(labels: Labels, text: str, left: float, width: float) -> Column:
    """The terms of payment, each and each sentence of the law a paragraph of its own."""
    first, *others = text.strip().split("\n")
    paragraphs = [text_column(one, theme().text, left=left, width=width) for one in others]
    return (
        *_titled(labels.payment_terms, first, left, width),
        *(line for one in paragraphs for line in (TextLine(_BETWEEN_PARAGRAPHS), *starting(one, "P"))),
    )
