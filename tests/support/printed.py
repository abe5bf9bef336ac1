"""Documents of several countries as they are printed, and their text as a reader's program finds it."""

from __future__ import annotations

import ctypes
import io
from dataclasses import replace
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # It ships no type information.
import pypdfium2.raw as raw  # type: ignore[import-untyped]  # It ships no type information.
from PIL import Image

from invoicing.appearance.branding import Branding
from invoicing.countries import country
from invoicing.document.documents import Document, Supply
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.organizations import Environment
from invoicing.render.pdf import render_pdf
from tests.support.samples import CODES, circumstances, customer, document, line, request

PARTIES = {
    "GB": Party(
        "Hartley & Daughters Ltd", Address("12 Station Road", "", "BS1 4ND", "Bristol", "", "GB"), "GB123456782"
    ),
    "DE": Party(
        "Müller & Söhne GmbH", Address("Lindenstraße 5", "", "10969", "Berlin", "", "DE"), "DE136695976", "HRB 12345"
    ),
    "GR": Party("Ελαιώνας Α.Ε.", Address("Ερμού 5", "", "105 63", "Αθήνα", "", "GR"), "EL094259216"),
    "CH": Party(
        "Robert Schneider AG", Address("Rue du Lac 1268", "", "2501", "Biel", "", "CH"), "CHE-116.281.710 MWST"
    ),
    "US": Party("Sunset Inc.", Address("100 Main St", "", "90012", "Los Angeles", "CA", "US"), "12-3456789"),
    "PL": Party("Żółć Sp. z o.o.", Address("ul. Długa 5", "", "00-238", "Warszawa", "", "PL"), "PL8567346215"),
    "ES": Party("Gestoría Núñez SL", Address("Calle Mayor 10", "", "28013", "Madrid", "", "ES"), "ESB58378431"),
    "FR": Party("Hôtel Bristol", Address("1 Rue de Rivoli", "", "75001", "Paris", "", "FR"), "FR40303265045"),
}
"""A business of each of these countries, with its address and tax number."""

_ACCOUNTS = {
    "GB": PaymentDetails("", "Barclays", "GB33BUKB20201555555555", "BUKBGB22"),
    "DE": PaymentDetails("", "Commerzbank", "DE89370400440532013000", "COBADEFFXXX"),
    "GR": PaymentDetails("", "", "GR1601101250000000012300695", "ETHNGRAA"),
    "CH": PaymentDetails("", "", "CH4431999123000889012", ""),
    "US": PaymentDetails("", "", "", "", "123456789", "121100782"),
    "PL": PaymentDetails("", "", "PL61109010140000071219812874", ""),
    "ES": PaymentDetails("", "", "ES9121000418450200051332", ""),
    "FR": PaymentDetails(),
}


def invoice(seller: str, buyer: str = "", *, count: int = 3, **wanted: object) -> Document:
    """A live invoice of a business in `seller`, to one in `buyer` or at home; `wanted` goes into the request."""
    buyer = buyer or seller
    asked = [
        replace(line("12.50", quantity=str(1 + index % 3)), description=f"<Item {index}>", supply=Supply.SERVICES)
        for index in range(1, count + 1)
    ]
    given = circumstances(
        seller=seller,
        buyer=customer(buyer, tax_number=PARTIES[buyer].tax_number),
        codes=CODES if seller == "US" else None,
    )
    composed = document(request(**{"lines": tuple(asked), **wanted}), given)
    party = PARTIES[seller]
    return replace(
        composed,
        id="doc_1",
        number="INV-2026-00042",
        environment=Environment.LIVE,
        locale=country(seller).locale,
        tax_number_label=country(seller).tax_number_label,
        seller=party,
        buyer=replace(PARTIES[buyer], name="Hotel Bristol"),
        payment=replace(_ACCOUNTS[seller], account_holder=party.name),
    )


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page in the order of the file, without the blanks that end its lines."""
    with pdfium.PdfDocument(pdf) as opened:
        texts = [page.get_textpage().get_text_range() for page in opened]
    return [text.replace("\r\n", "\n").replace(" \n", "\n") for text in texts]


def printed(what: Document, branding: Branding | None = None) -> str:
    """The text of the printed document."""
    return "\n".join(pages_of(render_pdf(what, branding or Branding())))


def image(kind: str = "PNG", size: tuple[int, int] = (300, 100), color: str = "#C0392B", mode: str = "RGB") -> bytes:
    """An image of one colour."""
    output = io.BytesIO()
    Image.new(mode, size, color).save(output, kind)
    return output.getvalue()


def picture(pdf: bytes, page: int = 0) -> Image.Image:
    """A page as a picture, a pixel for each point."""
    with pdfium.PdfDocument(pdf) as opened:
        drawn: Image.Image = opened[page].render(scale=1).to_pil().convert("RGB")
    return drawn


def structure(pdf: bytes, page: int = 0) -> list[tuple[str, str]]:
    """What a screen reader finds on a page: the roles in their order, each with its words for a picture."""
    with pdfium.PdfDocument(pdf) as opened:
        # The tree lives only as long as its page.
        loaded = opened[page]
        tree = raw.FPDF_StructTree_GetForPage(loaded.raw)
        roots = [raw.FPDF_StructTree_GetChildAtIndex(tree, 0)] if raw.FPDF_StructTree_CountChildren(tree) else []
        found = [one for root in roots for one in _below(root)]
        raw.FPDF_StructTree_Close(tree)
        loaded.close()
    return found


def _below(element: Any) -> list[tuple[str, str]]:
    found = [(_said(raw.FPDF_StructElement_GetType, element), _said(raw.FPDF_StructElement_GetAltText, element))]
    for index in range(max(raw.FPDF_StructElement_CountChildren(element), 0)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
        found += _below(child) if child else []
    return found


def _said(ask: Any, element: Any) -> str:
    buffer = ctypes.create_string_buffer(400)
    length = ask(element, buffer, len(buffer))
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le")


def place_of(pdf: bytes, text: str, *, measured: int | None = None) -> tuple[float, float, float, float]:
    """Where a text first stands on the first page: left, upper, right and lower edge of its letters in millimetres from
    the left and upper edge of the sheet; of its first letters alone where `measured` says how many.
    """
    with pdfium.PdfDocument(pdf) as opened:
        loaded = opened[0]
        found = loaded.get_textpage()
        match = found.search(text, match_case=True).get_next()
        assert match is not None, text
        first, count = match
        boxes = [found.get_charbox(index) for index in range(first, first + (measured or count))]
        height = loaded.get_height()
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    edges = (min(lefts), height - max(tops), max(rights), height - min(bottoms))
    left, top, right, bottom = (edge * 25.4 / 72 for edge in edges)
    return left, top, right, bottom
