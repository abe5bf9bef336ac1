"""What a document and its lines refer to, and who and where is concerned besides seller and buyer.

Few documents have any of it: each is None, or empty, where nothing was said. An identifier is a text that may begin
with its scheme, as Peppol writes them: `0088:4012345000009` is a GLN (ISO 6523).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from invoicing.document.marks import LATER, text_of


@dataclass(frozen=True, slots=True)
class Attachment:
    """Another document that belongs to this one (BG-24): its number or name, what it is, and where it lies."""

    name: str = field(default="", metadata=text_of(100))
    description: str = field(default="", metadata=text_of(200))
    url: str = field(default="", metadata=text_of(500))

    @property
    def text(self) -> str:
        """`T-7; Time sheets of March; https://example.com/t-7.pdf`."""
        return "; ".join(part for part in (self.name, self.description, self.url) if part)


@dataclass(frozen=True, slots=True)
class References:
    """How the buyer finds the document, and what it belongs to: BT-10 (in Germany the Leitweg-ID), BT-11, BT-12,
    BT-14 to BT-19 and BG-24 of EN 16931.
    """

    buyer_reference: str = field(default="", metadata=text_of(100))
    project: str = field(default="", metadata=text_of(100))
    contract: str = field(default="", metadata=text_of(100))
    sales_order: str = field(default="", metadata=text_of(100))
    receiving_advice: str = field(default="", metadata=text_of(100))
    despatch_advice: str = field(default="", metadata=text_of(100))
    tender: str = field(default="", metadata=text_of(100))
    object: str = field(default="", metadata=text_of(100))
    accounting_reference: str = field(default="", metadata=text_of(100))
    attachments: tuple[Attachment, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class Place:
    """Who is somewhere, and where; `country` is an ISO 3166-1 alpha-2 code, the rest as written."""

    name: str = field(default="", metadata=text_of(200))
    line1: str = field(default="", metadata=text_of(120))
    line2: str = field(default="", metadata=text_of(120))
    postal_code: str = field(default="", metadata=text_of(20))
    city: str = field(default="", metadata=text_of(80))
    region: str = field(default="", metadata=text_of(80))
    country: str = field(default="", metadata=text_of(60))


@dataclass(frozen=True, slots=True)
class Delivery(Place):
    """To whom and where it was delivered (BT-70, BG-15); `location` is an identifier of the place (BT-71). `on` is the
    day, where the document is for a period that says another (BT-72 beside BG-14).
    """

    location: str = field(default="", metadata=text_of(60))
    on: date | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid instead of the seller, as in factoring (BG-10)."""

    name: str = field(default="", metadata=text_of(200))
    identifier: str = field(default="", metadata=text_of(60))
    registration_number: str = field(default="", metadata=text_of(60))


@dataclass(frozen=True, slots=True)
class TaxRepresentative(Place):
    """Who pays the tax for a seller from abroad (BG-11), with its VAT number (BT-63)."""

    tax_number: str = field(default="", metadata=text_of(40))


@dataclass(frozen=True, slots=True)
class Classification:
    """What kind of thing an item is (BT-158): a code of a scheme of UNTDID 7143, such as STI or CG, of a version."""

    code: str = field(default="", metadata=text_of(60))
    scheme: str = field(default="", metadata=text_of(10))
    version: str = field(default="", metadata=text_of(20))

    @property
    def text(self) -> str:
        """`STI=65434568`, or with a version `STI:2.1=65434568`."""
        return f"{self.scheme}{f':{self.version}' if self.version else ''}={self.code}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of an item, such as its colour (BG-32)."""

    name: str = field(default="", metadata=text_of(60))
    value: str = field(default="", metadata=text_of(100))

    @property
    def text(self) -> str:
        """`colour=red`."""
        return f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True)
class LineReferences:
    """What a line belongs to (BT-128, BT-133), and how its item is known: to the seller (BT-155), to the buyer
    (BT-156), everywhere (BT-157), by its kind (BT-158) and origin (BT-159, a country), and by what it is like (BG-32).
    """

    object: str = field(default="", metadata=text_of(100))
    accounting_reference: str = field(default="", metadata=text_of(100))
    seller_item: str = field(default="", metadata=text_of(60))
    buyer_item: str = field(default="", metadata=text_of(60))
    gtin: str = field(default="", metadata=text_of(30))
    classifications: tuple[Classification, ...] = field(default=(), metadata=LATER)
    origin: str = field(default="", metadata=text_of(60))
    attributes: tuple[Attribute, ...] = field(default=(), metadata=LATER)
