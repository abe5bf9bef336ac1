"""The payment part and the receipt of a Swiss QR-bill, at the bottom of an A4 page.

Sizes, places and words (`[slip]` of the catalogues) are those of SIX's implementation guidelines, chapter 3 and annex
D. One thing differs: the guidelines name four typefaces, and the letters here are those of the rest of the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reportlab.pdfgen.canvas import Canvas

from invoicing.appearance.swiss_bill import SwissBill
from invoicing.render.codes import swiss_modules
from invoicing.render.drawing import box_of, draw_picture, draw_tagged
from invoicing.render.formats import grouped_by_four
from invoicing.render.labels import FALLBACK_LANGUAGE, labels_of
from invoicing.render.layout import Column, Modules, NoCode, Picture, Style, TextLine, text_column
from invoicing.render.tagging import Tags
from invoicing.render.theme import Paper, theme
from invoicing.render.wrapping import fit_line

_MM = 72 / 25.4
SLIP_HEIGHT = 105 * _MM
SLIP_WIDTH = 210 * _MM
_RECEIPT = 62 * _MM
_MARGIN = 5 * _MM
_CODE_TOP, _CODE_SIDE = 17 * _MM, 46 * _MM
_AMOUNT_TOP = 68 * _MM
_ACCEPTANCE_TOP = 82 * _MM
_TEXT_LEFT = _RECEIPT + 56 * _MM
_TEXT_WIDTH = 87 * _MM
_RECEIPT_WIDTH = 52 * _MM
_BLACK = (0.0, 0.0, 0.0)
_MARK, _MARK_GAP = 3 * _MM, 2.0


@dataclass(frozen=True, slots=True)
class Slip:
    """A QR-bill ready to be drawn: the bill, its code or the box of a test, and the language of its words."""

    bill: SwissBill
    code: Modules | NoCode
    language: str


@dataclass(frozen=True, slots=True)
class _Block:
    """A column of the slip; `top` is measured from its upper edge. `blank` is a field to fill in by hand, with its
    left edge, width and height, below the text.
    """

    top: float
    column: Column
    blank: tuple[float, float, float] | None = None


def slip_of(bill: SwissBill, language: str, *, test: bool = False) -> Slip | None:
    """The slip in a language of Switzerland or in English, or nothing where the code would be too large.

    The slip of a test has all but the code, and says twice with the words of the guidelines that it is not for paying.
    """
    spoken = language if labels_of(language).slip else FALLBACK_LANGUAGE
    modules = swiss_modules(bill)
    if modules is None:
        return None
    void = labels_of(spoken).slip["void"]
    return Slip(replace(bill, message=void), NoCode(void), spoken) if test else Slip(bill, modules, spoken)


def draw_slip(canvas: Canvas, slip: Slip, paper: Paper, tags: Tags) -> None:
    """Draw the slip at the bottom of the page: receipt, then payment part. A watermark stays visible below it."""
    words, top = labels_of(slip.language).slip, paper.height - SLIP_HEIGHT
    with tags.artifact():
        _draw_cuts(canvas)
    small = Style(theme().text.face, 7, 9, _BLACK)
    width = small.face.width_of(words["separate"], small.size)
    separate = text_column(words["separate"], small, left=(SLIP_WIDTH - width) / 2, width=width)
    draw_tagged(canvas, separate, top - 10, paper, tags, tags.root)
    for block in (*_receipt(slip.bill, words), *_payment_part(slip.bill, words)):
        draw_tagged(canvas, block.column, top + block.top, paper, tags, tags.root)
        if block.blank is not None:
            left, blank_width, height = block.blank
            below = top + block.top + sum(line.leading for line in block.column) + _MARK_GAP
            with tags.artifact():
                _draw_marks(canvas, left, paper.height - below - height, blank_width, height)
    alt = slip.code.words if isinstance(slip.code, NoCode) else words["payment_part"]
    code = Picture(_RECEIPT + _MARGIN, _CODE_SIDE, _CODE_SIDE, slip.code, alt=alt)
    with tags.content(tags.root, "Figure", code.alt, box_of(code, top + _CODE_TOP, paper)):
        draw_picture(canvas, code, top + _CODE_TOP, paper)


def _receipt(bill: SwissBill, words: Mapping[str, str]) -> list[_Block]:
    head, text = _styles(6, 9, 8, 9)
    left, width = _MARGIN, _RECEIPT_WIDTH
    debtor_words = words["payable_by"] if bill.debtor else words["payable_by_blank"]
    # The receipt has room for one line each; the payment part says everything.
    account = _fitted(_account_lines(bill), text, width)
    debtor = _fitted(bill.debtor.lines if bill.debtor else ("",), text, width)
    details = (
        *_section(words["account"], account, head, text, left, width),
        *_section(words["reference"], _reference_lines(bill), head, text, left, width),
        *_section(debtor_words, debtor, head, text, left, width),
    )
    end = text_column(words["acceptance_point"], head, left=left, width=width, align="right")
    return [
        _Block(_MARGIN, _title(words["receipt"], left)),
        _Block(12 * _MM, details, None if bill.debtor else (left, 52 * _MM, 20 * _MM)),
        *_amounts(bill, words, head, text, left, 14 * _MM),
        _Block(_ACCEPTANCE_TOP, end),
    ]


def _payment_part(bill: SwissBill, words: Mapping[str, str]) -> list[_Block]:
    head, text = _styles(8, 11, 10, 11)
    left, width = _TEXT_LEFT, _TEXT_WIDTH
    debtor_words = words["payable_by"] if bill.debtor else words["payable_by_blank"]
    details = (
        *_section(words["account"], _account_lines(bill), head, text, left, width),
        *_section(words["reference"], _reference_lines(bill), head, text, left, width),
        *_section(words["information"], (bill.message,) if bill.message else (), head, text, left, width),
        *_section(debtor_words, bill.debtor.lines if bill.debtor else ("",), head, text, left, width),
    )
    return [
        _Block(_MARGIN, _title(words["payment_part"], _RECEIPT + _MARGIN)),
        *_amounts(bill, words, head, text, _RECEIPT + _MARGIN, 16 * _MM),
        _Block(_MARGIN, details, None if bill.debtor else (left, 65 * _MM, 25 * _MM)),
    ]


def _amounts(
    bill: SwissBill, words: Mapping[str, str], head: Style, text: Style, left: float, step: float
) -> list[_Block]:
    whole, _, cents = bill.amount.partition(".")
    amount = f"{int(whole):,}".replace(",", " ") + f".{cents}"
    return [
        _Block(_AMOUNT_TOP, _section(words["currency"], (bill.currency,), head, text, left, step)),
        _Block(_AMOUNT_TOP, _section(words["amount"], (amount,), head, text, left + step, 35 * _MM)),
    ]


def _section(title: str, texts: tuple[str, ...], head: Style, text: Style, left: float, width: float) -> Column:
    """A heading with its lines, and an empty line after them; nothing where there are none."""
    if not texts:
        return ()
    written = [line for one in texts for line in text_column(one, text, left=left, width=width)]
    space = (TextLine(text.leading),) if written else ()
    return (*text_column(title, head, left=left, width=width), *written, *space)


def _fitted(texts: tuple[str, ...], style: Style, width: float) -> tuple[str, ...]:
    return tuple(fit_line(text, face=style.face, size=style.size, width=width) for text in texts)


def _account_lines(bill: SwissBill) -> tuple[str, ...]:
    return (grouped_by_four(bill.iban), *bill.creditor.lines)


def _reference_lines(bill: SwissBill) -> tuple[str, ...]:
    reference = bill.reference
    match bill.reference_type:
        case "QRR":
            # Two digits, then groups of five.
            groups = [reference[:2], *(reference[start : start + 5] for start in range(2, len(reference), 5))]
            return (" ".join(groups),)
        case "SCOR":
            return (grouped_by_four(reference),)
        case _:
            return ()


def _styles(head: float, head_leading: float, text: float, text_leading: float) -> tuple[Style, Style]:
    styles = theme()
    return (
        replace(styles.label, size=head, leading=head_leading, ink=_BLACK),
        replace(styles.text, size=text, leading=text_leading, ink=_BLACK),
    )


def _title(text: str, left: float) -> Column:
    style = replace(theme().label, size=11, leading=13, ink=_BLACK)
    return text_column(text, style, left=left, width=_RECEIPT)


def _draw_cuts(canvas: Canvas) -> None:
    """Where the slip is cut off and apart."""
    canvas.saveState()
    canvas.setStrokeColorRGB(*_BLACK)
    canvas.setLineWidth(0.5)
    canvas.setDash(3, 2)
    canvas.line(0, SLIP_HEIGHT, SLIP_WIDTH, SLIP_HEIGHT)
    canvas.line(_RECEIPT, 0, _RECEIPT, SLIP_HEIGHT)
    canvas.restoreState()


def _draw_marks(canvas: Canvas, left: float, bottom: float, width: float, height: float) -> None:
    """The corners of a field that is filled in by hand."""
    canvas.setStrokeColorRGB(*_BLACK)
    canvas.setLineWidth(0.75)
    for x, inwards in ((left, _MARK), (left + width, -_MARK)):
        for y, upwards in ((bottom, _MARK), (bottom + height, -_MARK)):
            canvas.line(x, y, x + inwards, y)
            canvas.line(x, y, x, y + upwards)
