"""The top of the first page: what is to be paid and until when, who sends what to whom, and the days that matter.

The title and the address are on the side of the envelope's window, the sender and the facts on the other. Nothing above
the address moves it: a logo has its own place.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from reportlab.lib.utils import ImageReader

from invoicing.appearance.payment_codes import asks_for_payment
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.parties import Party
from invoicing.master_data.electronic_addresses import customer_number
from invoicing.render.addresses import (
    address_lines,
    buyer_tax_number_label,
    is_abroad,
    known_country,
    registration_label,
    tax_office_label,
)
from invoicing.render.besides import besides_rows
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels
from invoicing.render.layout import (
    Column,
    Picture,
    Raster,
    Row,
    Style,
    TextLine,
    height_of,
    picture_column,
    space,
    starting,
    text_column,
)
from invoicing.render.metadata import one_line
from invoicing.render.pairs import pairs_column
from invoicing.render.references import identifier_text, reference_pairs
from invoicing.render.sender import return_column
from invoicing.render.theme import MM, Paper, theme
from invoicing.render.totals import total_label

TOP = 34.0
"""The upper edge of the first page's text, in points from that of the sheet."""

_LOGO_WIDTH_MAX, _LOGO_HEIGHT_MAX = 190.0, 58.0
_NAME_SIZES = (12.0, 10.5)
_TITLE_SIZES = (23.0, 20.0, 17.5, 15.0, 13.0)
_TITLE_LINES_MAX = 2
# In two languages on one line, if it need not be smaller than this.
_TITLE_SIZE_OF_TWO = 15.0
_DUE_LEFT, _DUE_GAP = 118.0, 12.0
_SEVERAL = 2
# What says which register a number is of: no "n°".
_WORD = re.compile(r"\w{3,}")
# So many references stand with the days beside the address; of more only the first, which is the buyer's own.
_REFERENCES_BESIDE = 3


def title_of(document: Document, labels: Labels) -> str:
    """The title: the kind of the document, or that it is a draft."""
    return kind_of(document, labels) if document.number else labels.draft


def kind_of(document: Document, labels: Labels) -> str:
    """What the document is called."""
    if document.kind is DocumentKind.CREDIT_NOTE:
        return labels.credit_note
    if document.advance is not None:
        return labels.advance_invoice
    return labels.final_invoice if document.deducts else labels.invoice


def heading_of(document: Document, labels: Labels) -> str:
    """The title with the number, as later pages and the file's metadata repeat it."""
    return f"{title_of(document, labels)} {document.number}".rstrip()


def letterhead_rows(document: Document, *, logo: bytes, paper: Paper, formats: Formats, labels: Labels) -> list[Row]:
    """The rows with title, what is due, buyer, seller and dates, then why a credit note was made, and that the
    paper is only a copy.
    """
    right = paper.window.at_right
    at_left, at_right = (paper.left, paper.left_width), (paper.middle, paper.right_width)
    (ours, our_width), (theirs, their_width) = (at_left, at_right) if right else (at_right, at_left)
    title = _title_column(document, paper, labels, left=theirs, width=their_width)
    due = _due_columns(document, paper, formats, labels, left=theirs, width=their_width)
    head = height_of(title)
    address = _address_column(document, paper, formats, labels, below=head + max(map(height_of, due), default=0))
    sender = _sender_column(document, logo, formats, labels, left=ours, width=our_width)
    # The facts begin beside the address, or below a sender that reaches so far.
    gap = max(12.0, paper.window.top * MM - theme().label.leading - TOP - height_of(sender))
    facts_here, further = _facts(document, formats, labels)
    told = [*facts_here, (labels.contact, document.buyer.contact)]
    facts = pairs_column(told, left=ours, width=our_width)
    facts = (*facts, *_buyer_numbers(document, formats, labels, left=ours, width=our_width))
    columns = (title, *((*space(head), *column) for column in due), address, (*sender, *space(gap), *facts))
    # The table stays out of the window.
    window = (paper.window.top + paper.window.height) * MM - TOP
    below = max(18.0, window - max(map(height_of, columns)) + 8)
    rows = [Row(columns, space_below=below, bookmark=heading_of(document, labels))]
    rows += besides_rows(document, further, paper=paper, formats=formats, labels=labels)
    if document.reason:
        reason = pairs_column([(labels.reason, document.reason)], left=paper.left, width=paper.text_width)
        rows.append(Row((reason,), space_below=14))
    if document.form_words:
        words = text_column(document.form_words, theme().strong, left=paper.left, width=paper.text_width)
        rows.append(Row((words,), space_below=14))
    return rows


def _logo_column(logo: bytes, seller: str, left: float) -> Column:
    width, height = ImageReader(io.BytesIO(logo)).getSize()
    scale = min(_LOGO_WIDTH_MAX / width, _LOGO_HEIGHT_MAX / height)
    return picture_column(
        Picture(left, width * scale, height * scale, Raster(logo), alt=one_line(seller)), space_below=8
    )


def _title_column(document: Document, paper: Paper, labels: Labels, *, left: float, width: float) -> Column:
    """The title, in two languages beside or below each other, and the number: the heading of the document."""
    column = partial(text_column, left=left, width=width)
    title = title_of(document, labels)
    first, *second = title.split(" / ")
    whole = _title_style(title, paper, width, words=[title])
    if second and whole.size < _TITLE_SIZE_OF_TWO:
        lines = (
            *column(first, _title_style(first, paper, width)),
            *(line for text in second for line in column(text, replace(theme().number, ink=theme().quiet.ink))),
        )
    else:
        lines = column(title, whole if second else _title_style(title, paper, width))
    issued, not_issued = f"{labels.number} {document.number}", f"{kind_of(document, labels)}, {labels.not_issued}"
    number = issued if document.number else not_issued
    return starting((*lines, *column(number, theme().number)), "H1")


def _title_style(title: str, paper: Paper, width: float, words: Sequence[str] = ()) -> Style:
    """As large as the longest word of the title allows, for a broken word would look like a mistake; and on two lines
    where it can be, since a third one pushes what is to be paid towards the address.
    """
    style = paper.title
    widest = max(style.face.width_of(printable(word), 1) for word in words or title.split())
    fitting = [replace(style, size=size) for size in _TITLE_SIZES if widest * size <= width]
    low = (one for one in fitting if len(text_column(title, one, left=0, width=width)) <= _TITLE_LINES_MAX)
    return next(low, fitting[0] if fitting else replace(style, size=_TITLE_SIZES[-1]))


def _due_columns(
    document: Document, paper: Paper, formats: Formats, labels: Labels, *, left: float, width: float
) -> list[Column]:
    """What is to be paid and until when, or was and when, large and beside each other where there is room. Nobody owes
    anything on a credit note, so there is nothing of it; the days of instalments stand with their amounts in the terms.
    """
    told = _due(document, formats, labels)
    if not told:
        return []
    style = paper.amount
    # In two languages one below the other, where that leaves room for both.
    for pairs in (told, [(label.replace(" / ", "\n"), value) for label, value in told]):
        least, last = _told_width(pairs[0], style), _told_width(pairs[-1], style)
        shift = min(_DUE_LEFT, width - last)
        if shift >= least + _DUE_GAP:
            places = ((left, shift - 6), (left + shift, width - shift))
            return [
                starting((*space(3), *_told(*pair, style, left=edge, width=room)), "P")
                for pair, (edge, room) in zip(pairs, places, strict=False)
            ]
    columns = [starting(_told(*pair, style, left=left, width=width), "P") for pair in told]
    return [(*space(3), *(line for column in columns for line in column))]


def _due(document: Document, formats: Formats, labels: Labels) -> list[tuple[str, str]]:
    payable = formats.money(document.payable_minor)
    if document.paid_on is not None:
        whole = document.payable_minor == document.total_minor
        label = total_label(document, labels) if whole else labels.payable
        return [(label, payable), (labels.paid_on, formats.date(document.paid_on))]
    if not asks_for_payment(document):
        return []
    until = [(labels.due_date, formats.date(document.due_date))] if len(document.instalments) < _SEVERAL else []
    return [(labels.payable, payable), *until]


def _date_label(document: Document, labels: Labels) -> str:
    return labels.credit_date if document.kind is DocumentKind.CREDIT_NOTE else labels.issue_date


def _told_width(pair: tuple[str, str], style: Style) -> float:
    label, value = pair
    return max(_width(value, style), *(_width(line, theme().label) for line in label.split("\n")))


def _told(label: str, value: str, style: Style, *, left: float, width: float) -> Column:
    return (
        *text_column(label, theme().label, left=left, width=width),
        *text_column(value, style, left=left, width=width),
    )


def _width(text: str, style: Style) -> float:
    return style.face.width_of(printable(text), style.size)


def _address_column(document: Document, paper: Paper, formats: Formats, labels: Labels, *, below: float) -> Column:
    """The buyer's address in the window, below what it is called or below the sender, as letters there have it."""
    styles, window = theme(), paper.window
    left, width = paper.address_left, paper.address_width
    if window.return_line:
        above = return_column(document.seller, formats, left=left, width=width)
    else:
        above = starting(text_column(_addressed(document, labels), styles.label, left=left, width=width), "P")
    address = (
        *text_column(document.buyer.name, styles.number, left=left, width=width),
        *_lines(filter(None, [document.buyer.trading_name]), left=left, width=width),
        *_lines(address_lines(document.buyer.address, formats, abroad=is_abroad(document)), left=left, width=width),
    )
    gap = max(below + 6, window.first_line * MM - TOP - height_of(above))
    return (*space(gap), *above, *starting(address, "P"))


def _addressed(document: Document, labels: Labels) -> str:
    return labels.bill_to if document.kind is DocumentKind.INVOICE else labels.credit_to


def _sender_column(
    document: Document, logo: bytes, formats: Formats, labels: Labels, *, left: float, width: float
) -> Column:
    """The logo, the seller's name and address, its numbers, and how it is reached."""
    styles, seller = theme(), document.seller
    name = _fitting_name(seller.name, styles.number if logo else styles.seller, width)
    address = (
        *text_column(seller.name, name, left=left, width=width),
        *_lines(filter(None, [seller.trading_name]), left=left, width=width),
        *_lines(address_lines(seller.address, formats, abroad=is_abroad(document)), left=left, width=width),
    )
    told = _without_what_the_foot_says(seller, registration_label(seller, formats.locale.language, labels))
    numbers = _lines(_numbers(told, document.tax_number_label, formats, labels), left=left, width=width)
    person = f"{labels.contact}: {seller.contact}" if seller.contact else ""
    reached = (person, seller.email, seller.phone, seller.website)
    contact = _lines(filter(None, reached), left=left, width=width)
    return (
        *(_logo_column(logo, seller.name, left) if logo else ()),
        *starting(address, "P"),
        *(line for group in (numbers, contact) if group for line in (TextLine(3), *starting(group, "P"))),
    )


def _without_what_the_foot_says(seller: Party, register: str) -> Party:
    """The seller without the number of its register, where its particulars say it by the same name, or where the number
    names its register itself (HRB, FN). What is known by two names (SIREN, RCS) stands under both.
    """
    number = _bare(seller.registration_number)
    words = _WORD.findall(register.casefold())
    lines = [line.text.casefold() for line in seller.particulars.lines] if seller.particulars else []
    said = [line for line in lines if number and number in _bare(line)]
    named = number[:2].isalpha() or any(word in line for word in words for line in said)
    return replace(seller, registration_number="") if said and named else seller


def _bare(number: str) -> str:
    """Letters and digits alone: blanks and points stand in a number as its country has them."""
    return "".join(filter(str.isalnum, number)).casefold()


def _fitting_name(name: str, style: Style, width: float) -> Style:
    """The style, smaller where the name would have to be broken."""
    smaller = (style, *(replace(style, size=size) for size in _NAME_SIZES if size < style.size))
    return next((one for one in smaller if _width(name, one) <= width), theme().number)


def _numbers(party: Party, tax_number_label: str, formats: Formats, labels: Labels) -> list[str]:
    """The numbers of a business with what they are called; one that is its VAT number too, and called alike, once."""
    language = formats.locale.language
    for_tax = (
        (tax_number_label, party.tax_number),
        (tax_office_label(party, language, labels), party.tax_office_number),
    )
    register = registration_label(party, language, labels)
    alike = register == tax_number_label and _digits(party.registration_number) == _digits(party.tax_number)
    registered = (register, "" if alike else party.registration_number)
    rules = known_country(party.address.country)
    first = rules is not None and rules.register_number_first
    named = (registered, *reversed(for_tax)) if first else (*for_tax, registered)
    numbers = [f"{label} {number}".strip() for label, number in named if number]
    return [*numbers, *filter(None, [identifier_text(party.identifier)])]


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


def _buyer_numbers(document: Document, formats: Formats, labels: Labels, *, left: float, width: float) -> Column:
    """The buyer's numbers, which are nobody's business at a window: they stand below the facts."""
    named = buyer_tax_number_label(document, formats.locale.language, labels)
    buyer = document.buyer
    if customer_number(buyer.identifier):
        # It stands among the facts.
        buyer = replace(buyer, identifier="")
    numbers = _lines(_numbers(buyer, named, formats, labels), left=left, width=width)
    if not numbers:
        return ()
    label = text_column(_addressed(document, labels), theme().label, left=left, width=width)
    return (TextLine(5), *starting((*label, *numbers), "P"))


def _lines(texts: Iterable[str], *, left: float, width: float) -> Column:
    return tuple(line for text in texts for line in text_column(text, theme().text, left=left, width=width))


def _supplied(document: Document, formats: Formats, labels: Labels) -> tuple[str, str]:
    """When it was supplied: nothing for an advance whose supply is not known yet (Article 226(7) Directive 2006/112/EC,
    in Germany § 14(4) no. 6 UStG), which is one that states no other day than its own.
    """
    supply, supply_end = document.supply_date, document.supply_end
    if supply_end is not None and supply_end != supply:
        return labels.supply_period, f"{formats.date(supply)} – {formats.date(supply_end)}"
    own = document.credits.issue_date if document.credits else document.issue_date
    if document.advance is not None and supply == own:
        return labels.supply_date, ""
    return labels.supply_date, formats.date(supply)


def _facts(document: Document, formats: Formats, labels: Labels) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The days and what the buyer finds the document by; and apart what it refers to, where that is much."""
    credited = document.credits
    references = reference_pairs(document, labels)
    here = len(references) if len(references) <= _REFERENCES_BESIDE else 1
    facts = [
        (labels.credited_invoice, f"{credited.number}, {formats.date(credited.issue_date)}" if credited else ""),
        (_date_label(document, labels), formats.date(document.issue_date)),
        _supplied(document, formats, labels),
        (labels.customer_number, customer_number(document.buyer.identifier)),
        (labels.purchase_order, document.purchase_order),
        *references[:here],
        (labels.currency, document.currency),
    ]
    return facts, references[here:]
