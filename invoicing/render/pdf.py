"""The PDF of a document."""

from __future__ import annotations

from invoicing.documents import Document, Environment
from invoicing.render.closing import closing_rows, footer_row
from invoicing.render.formats import Formats, formats_for
from invoicing.render.labels import ENGLISH, Labels
from invoicing.render.layout import Row, paginate, text_column
from invoicing.render.letterhead import heading_of, letterhead_rows
from invoicing.render.line_table import line_rows
from invoicing.render.sheet import Metadata, Sheet, draw_pages, footer_column
from invoicing.render.theme import Paper, paper_of, theme
from invoicing.render.totals import common_tax_label, totals_rows


def render_pdf(document: Document) -> bytes:
    """The printed document as a PDF; the same document always gives the same bytes.

    A4, or Letter for a seller in the US or Canada. Numbers and dates are written as `document.locale` has them
    (British English where it is unknown); the fixed words are English. Every text appears literally: markup in it
    has no meaning. A character that the embedded fonts lack is printed as U+FFFD;
    `invoicing.render.fonts.unprintable_characters` tells beforehand which ones. A document without a number is
    titled "Draft". In a sandbox every page bears a watermark. A credit note shows no due date. The environment's
    libraries are part of the promise: another version of reportlab, babel or zlib may write other bytes.

    Raises:
        InvalidInput: the currency does not exist.
    """
    labels = ENGLISH
    formats = formats_for(document.locale, document.currency)
    paper = paper_of(document.seller.address.country)
    footer = footer_column(document.footer, paper)
    sheet = Sheet(
        paper=paper,
        heading=heading_of(document, labels),
        sender=document.seller.name,
        footer=footer or (),
        watermark=labels.sandbox if document.environment is Environment.SANDBOX else "",
        labels=labels,
    )
    rows = _rows(document, paper=paper, formats=formats, labels=labels)
    if footer is None:
        rows.append(footer_row(document.footer, paper=paper))
    pages = paginate(rows, first=sheet.first_frame(), following=sheet.next_frame)
    return draw_pages(pages, sheet, _metadata(document, formats, labels))


def _rows(document: Document, *, paper: Paper, formats: Formats, labels: Labels) -> list[Row]:
    tax = common_tax_label(document)
    sentence = labels.prices_with_tax if document.prices_include_tax else labels.prices_without_tax
    caption = sentence.format(currency=document.currency, tax=tax or labels.tax_in_sentence)
    return [
        *letterhead_rows(document, paper=paper, formats=formats, labels=labels),
        Row(
            (text_column(caption, theme().small, left=paper.left, width=paper.text_width),),
            space_below=6,
            glued=True,
        ),
        *line_rows(document, tax_label=tax or labels.tax, paper=paper, formats=formats, labels=labels),
        *totals_rows(document, paper=paper, formats=formats, labels=labels),
        *closing_rows(document, paper=paper, labels=labels),
    ]


def _metadata(document: Document, formats: Formats, labels: Labels) -> Metadata:
    heading = heading_of(document, labels)
    return Metadata(
        title=heading,
        author=document.seller.name,
        subject=f"{heading}, {document.issue_date.isoformat()}, {document.buyer.name}",
        language=formats.language,
    )
