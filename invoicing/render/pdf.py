"""The PDF of a document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from invoicing.appearance.branding import Branding
from invoicing.appearance.payment_codes import payment_code
from invoicing.appearance.swiss_bill import SwissBill
from invoicing.document.documents import Document
from invoicing.organizations import Environment
from invoicing.render.addresses import known_country
from invoicing.render.cash_accounting import with_cash_accounting
from invoicing.render.closing import closing_rows, footer_row
from invoicing.render.codes import size_of, small_modules
from invoicing.render.colors import palette_of
from invoicing.render.correction import correction_labels, correction_rows, with_correction
from invoicing.render.early_payment import with_early_payment
from invoicing.render.formats import Formats, formats_for
from invoicing.render.instalments import with_instalments
from invoicing.render.labels import Labels, in_two_languages, labels_of
from invoicing.render.layout import NoCode, Placed, Row, paginate, text_column
from invoicing.render.letterhead import heading_of, letterhead_rows
from invoicing.render.line_table import line_rows
from invoicing.render.metadata import Metadata
from invoicing.render.particulars import foot_text, with_legal_terms
from invoicing.render.payment_block import CodeToPay
from invoicing.render.sheet import Sheet, draw_pages, footer_column
from invoicing.render.slip import Slip, slip_of
from invoicing.render.tax_table import common_tax_label
from invoicing.render.theme import Paper, paper_of, theme
from invoicing.render.titles import with_title_mention, with_titles
from invoicing.render.totals import hanging_width, totals_rows
from invoicing.render.untaxed import is_untaxed
from invoicing.render.wording import tax_name, worded

PLAIN = Branding()

_LINES_WITH_SLIP = 4


def render_pdf(document: Document, branding: Branding = PLAIN) -> bytes:
    """The printed document as a PDF; the same document and branding always give the same bytes.

    A4, or Letter for a seller in the US or Canada. Numbers and dates are written as `document.locale` has them, the
    fixed words are in its language (British English where it is unknown) and its second one. Every
    text appears literally: markup in it has no meaning. A character that the embedded fonts lack is printed as
    U+FFFD; `invoicing.render.fonts.unprintable_characters` tells beforehand which ones. A document without a number
    is titled as a draft. In a sandbox every page bears a watermark, and no code can be paid by. A credit note shows no
    due date. The environment's libraries are part of the promise: another version of reportlab, babel or zlib may write
    other bytes.

    Raises:
        InvalidInput: the currency does not exist.
    """
    formats = formats_for(document.locale, document.currency)
    languages = _languages(document, formats, branding)
    labels = _first_labels(document, languages[0])
    if len(languages) > 1:
        second = _words(document, languages[1])
        labels = in_two_languages(labels, second, second_tax=_second_tax(document, languages[1]))
    code, slip = _ways_to_pay(document, branding, languages[0], labels)
    document = with_early_payment(worded(document, formats.locale, languages), formats, languages)
    document = with_instalments(document, formats, languages)
    document = with_legal_terms(document, languages)
    document = with_cash_accounting(document, languages)
    document = with_title_mention(with_correction(document, languages), languages)
    paper = paper_of(document.seller.address.country, palette_of(branding.color), needs_a4=slip is not None)
    paper = replace(paper, hang=hanging_width(document, formats))
    foot = foot_text(document, languages)
    footer = footer_column(foot, paper)
    sheet = Sheet(
        paper=paper,
        heading=heading_of(document, labels),
        sender=document.seller.name,
        footer=footer or (),
        watermark=labels.sandbox if document.environment is Environment.SANDBOX else "",
        labels=labels,
        slip=slip,
    )
    look = _Look(paper, formats, labels, languages, has_slip=slip is not None)
    rows = _rows(document, branding.logo, code, look)
    if footer is None:
        rows.append(footer_row(foot, paper=paper))
    return draw_pages(_pages(rows, sheet), sheet, _metadata(document, formats, labels))


@dataclass(frozen=True, slots=True)
class _Look:
    paper: Paper
    formats: Formats
    labels: Labels
    languages: tuple[str, ...]
    has_slip: bool


def _languages(document: Document, formats: Formats, branding: Branding) -> tuple[str, ...]:
    first = formats.locale.language
    second = document.second_language or branding.second_language
    return (first, second) if second and labels_of(second) is not labels_of(first) else (first,)


def _first_labels(document: Document, language: str) -> Labels:
    """The words of the first language, with what the seller's country calls a bank's code."""
    labels = _words(document, language)
    rules = known_country(document.seller.address.country)
    if rules is None or not rules.bank_code_label or language != rules.languages[0]:
        return labels
    return replace(labels, routing_number=rules.bank_code_label)


def _words(document: Document, language: str) -> Labels:
    """The words of a language as the seller's country has them on this document."""
    labels = with_titles(labels_of(language, document.seller.address.country), document, language)
    return correction_labels(labels, document, language)


def _second_tax(document: Document, language: str) -> str:
    """What the document's tax is called in the second language; the first one's name where it has none there."""
    label = common_tax_label(document)
    translated = tax_name(known_country(document.seller.address.country), label, language)
    return "{tax}" if translated == label else translated


def _ways_to_pay(
    document: Document, branding: Branding, language: str, labels: Labels
) -> tuple[CodeToPay | None, Slip | None]:
    """The code and the slip. A test has a box in the place of the code: it would lead to the real account."""
    test = document.environment is Environment.SANDBOX
    match payment_code(document) if branding.payment_qr else None:
        case None:
            return None, None
        case SwissBill() as bill:
            return None, slip_of(bill, language, test=test)
        case code:
            modules = small_modules(code)
            if modules is None:
                return None, None
            return CodeToPay(NoCode(labels.no_code) if test else modules, size_of(modules)), None


def _pages(rows: list[Row], sheet: Sheet) -> list[list[Placed]]:
    """The pages, of which the last has room for the slip. Where it has none at first, the sums and some of the lines go
    with the slip, so that it is not alone on its page.
    """
    pages = paginate(rows, first=sheet.first_frame(), following=sheet.next_frame)
    if sheet.slip is None or (sheet.has_room_for_slip(pages[-1]) and _has_line(pages[-1])):
        return pages
    lines = [index for index, row in enumerate(rows) if row.kind == "line"]
    # Most of a few lines stay where they are.
    for count in range(min(_LINES_WITH_SLIP, (len(lines) + 1) // 2), 0, -1):
        first = lines[-count]
        moved = [*rows[:first], replace(rows[first], new_page=True), *rows[first + 1 :]]
        broken = paginate(moved, first=sheet.first_frame(), following=sheet.next_frame)
        if sheet.has_room_for_slip(broken[-1]):
            return broken
    return pages if sheet.has_room_for_slip(pages[-1]) else [*pages, []]


def _has_line(page: list[Placed]) -> bool:
    return any(item.row.kind == "line" for item in page)


def _rows(document: Document, logo: bytes, code: CodeToPay | None, look: _Look) -> list[Row]:
    paper, formats, labels = look.paper, look.formats, look.labels
    tax = common_tax_label(document)
    sentence = labels.prices_with_tax if document.prices_include_tax else labels.prices_without_tax
    # Where nothing bears tax, nobody need ask whether it is in the prices.
    bears_tax = any(tax.rate for tax in document.taxes) and not is_untaxed(document)
    sentence = sentence if bears_tax else labels.prices
    # The full stop of an abbreviation (USt.) ends the sentence too.
    caption = sentence.format(currency=document.currency, tax=tax or labels.tax_in_sentence).replace("..", ".")
    return [
        *letterhead_rows(document, logo=logo, paper=paper, formats=formats, labels=labels),
        Row(
            (text_column(caption, theme().quiet, left=paper.left, width=paper.text_width),),
            space_below=6,
            glued=True,
        ),
        *line_rows(document, tax_label=tax or labels.tax, paper=paper, formats=formats, labels=labels),
        *totals_rows(document, languages=look.languages, paper=paper, formats=formats, labels=labels),
        *correction_rows(document, tax_label=tax, paper=paper, formats=formats, labels=labels),
        *closing_rows(document, code, has_slip=look.has_slip, paper=paper, labels=labels, language=look.languages[0]),
    ]


def _metadata(document: Document, formats: Formats, labels: Labels) -> Metadata:
    heading = heading_of(document, labels)
    return Metadata(
        title=heading,
        author=document.seller.name,
        subject=f"{heading}, {document.issue_date.isoformat()}, {document.buyer.name}",
        language=formats.language,
        day=document.issue_date,
    )
