"""An invoice as this organization's would look with other choices: composed and drawn, and never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlmodel import Session

from invoicing.appearance.branding import Branding
from invoicing.document.documents import Document
from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.document.languages import languages_of
from invoicing.document.readiness import check_country
from invoicing.master_data.profile_fields import PROFILE
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.render.pdf import render_pdf
from invoicing.render.pictures import PagePicture, picture_of_page
from operations.branding import first_print
from operations.drafts import Resolved, compose_in
from operations.issuing import number_of
from storage.books.pool import Books
from storage.books.profile import load_profile

_SAMPLE = "sample"
_LINES: Sequence[tuple[Decimal, Decimal]] = ((Decimal(12), Decimal(85)), (Decimal(1), Decimal(240)))
"""Quantity and price of each line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How documents are to look: fields of the profile as they are typed, whether the code of a payment is printed, and
    whether the logo that is kept is.
    """

    texts: Mapping[str, str]
    payment_qr: bool
    with_logo: bool = True


@dataclass(frozen=True, slots=True)
class Wording:
    """Whom the sample is for, and what its two lines say."""

    customer: str
    lines: tuple[str, str]


async def sample_look(books: Books) -> Look:
    """How this organization's documents look today."""
    profile = await books.read(load_profile)
    texts = {name: getattr(profile, name) for name in ("brand_color", "second_language", "footer")}
    return Look(texts=texts, payment_qr=profile.payment_qr)


async def picture_of_sample(books: Books, look: Look, wording: Wording, *, width: int) -> PagePicture:
    """The first page of an invoice of this look, so many pixels wide.

    Raises:
        InvalidInput, LimitExceeded: a text that could not be kept, by its field.
        NotReady: the organization has no country yet, and so nothing to charge.
        Unavailable: the logo is damaged.
    """
    texts = {name: PROFILE[name].checked(name, text) for name, text in look.texts.items()}
    logo = (await first_print(books)).logo if look.with_logo else b""
    document = await books.read(lambda db: _composed(db, books, texts, wording))
    branding = Branding(
        logo=logo,
        color=texts.get("brand_color", ""),
        second_language=texts.get("second_language", ""),
        payment_qr=look.payment_qr,
    )
    pdf = await books.render(render_pdf, document, branding)
    return await books.render(picture_of_page, pdf, 1, width)


def _composed(db: Session, books: Books, texts: Mapping[str, str], wording: Wording) -> Document:
    kept = load_profile(db)
    check_country(kept)
    footer, second = texts.get("footer", ""), texts.get("second_language", "")
    profile = replace(kept, footer=footer, second_language=second)
    customer = _customer(profile, wording.customer)
    lines = tuple(
        RequestedLine(quantity=quantity, description=said, unit_price=price)
        for said, (quantity, price) in zip(wording.lines, _LINES, strict=True)
    )
    request = RequestedDocument(customer=customer.id, lines=lines)
    composed = compose_in(db, books, Resolved(request, customer, {}))
    locale, second_language = languages_of(profile, customer)
    number = number_of(db, composed.document, composed.setup.series)
    return replace(
        composed.document,
        id=_SAMPLE,
        number=number,
        footer=profile.footer,
        locale=locale,
        second_language=second_language,
    )


def _customer(profile: Profile, name: str) -> Customer:
    """A business of the organization's own town: nothing about its tax is special."""
    return Customer(
        id=_SAMPLE,
        name=name,
        country=profile.country,
        line1=profile.line1,
        postal_code=profile.postal_code,
        city=profile.city,
    )
