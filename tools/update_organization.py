"""The tool `update_organization`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from mcp_types import CallToolResult
from pydantic import Field

from operations import profile
from operations.access import Office
from operations.organizations import OrganizationDetails
from storage.books import Books
from tools.answers import answer, heading
from tools.context import ChangeableBooks, TheOffice
from tools.description import Description, Effect
from tools.get_organization import OrganizationProfile, profile_lines, readiness_lines, structured_organization
from tools.inputs import AddressArgument, OrganizationArgument, SessionArgument, given
from tools.mandate_answers import mandate_lines

NamedWritesArgument = Annotated[
    Literal["live", "always", "off"] | None, Field(description="Which changes must name the organization")
]
MandatesArgument = Annotated[Literal["refuse", "warn"] | None, Field(description="Where the law takes no PDF")]


async def update_organization(
    office: TheOffice,
    books: ChangeableBooks,
    name: str | None = None,
    legal_name: str | None = None,
    country: Annotated[str | None, Field(description="Two-letter code; set once")] = None,
    currency: str | None = None,
    address: AddressArgument = None,
    tax_number: str | None = None,
    registration_number: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    website: str | None = None,
    account_holder: str | None = None,
    bank_name: str | None = None,
    iban: str | None = None,
    bic: str | None = None,
    account_number: str | None = None,
    routing_number: str | None = None,
    footer: str | None = None,
    logo: Annotated[str | None, Field(description="PNG or JPEG, base64")] = None,
    brand_color: Annotated[str | None, Field(description="#RRGGBB")] = None,
    second_language: Annotated[str | None, Field(description="Of documents, two letters")] = None,
    payment_qr: bool | None = None,
    locale: str | None = None,
    time_zone: str | None = None,
    prices_include_tax: bool | None = None,
    rounding: Literal["sum_of_lines", "per_line"] | None = None,
    small_business: Annotated[bool | None, Field(description="Charges no tax, as a small enterprise")] = None,
    annual_turnover: Annotated[str | None, Field(description="Whole units of the national currency")] = None,
    mandates: MandatesArgument = None,
    future_days: Annotated[int | None, Field(description="How many days ahead an issue date may be")] = None,
    named_writes: NamedWritesArgument = None,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, OrganizationProfile]:
    changes = given(
        name=name,
        legal_name=legal_name,
        country=country,
        currency=currency,
        tax_number=tax_number,
        registration_number=registration_number,
        email=email,
        phone=phone,
        website=website,
        account_holder=account_holder,
        bank_name=bank_name,
        iban=iban,
        bic=bic,
        account_number=account_number,
        routing_number=routing_number,
        footer=footer,
        logo=logo,
        brand_color=brand_color,
        second_language=second_language,
        payment_qr=payment_qr,
        locale=locale,
        time_zone=time_zone,
        prices_include_tax=prices_include_tax,
        rounding=rounding,
        small_business=small_business,
        annual_turnover=annual_turnover,
        mandates=mandates,
        future_days=future_days,
        named_writes=named_writes,
        **(address.model_dump(exclude_none=True) if address else {}),
    )
    updated, details = await profile.update_organization(office, books, changes)
    return _answer(office, updated, details, changes)


def _answer(office: Office, books: Books, details: OrganizationDetails, changes: Collection[str]) -> CallToolResult:
    shown = structured_organization(office, books, details)
    lines = [f"Updated: {', '.join(sorted(changes))}.", *profile_lines(shown), *readiness_lines(books, details)]
    # The country is set once, and with it what its law wants.
    lines += mandate_lines(details.mandates) if "country" in changes else []
    return answer(heading(books.organization), lines, shown)


TOOL = Description(
    update_organization,
    title="Update organization",
    text="Change an organization's profile, bank details, document footer or policy; only the given fields change, an"
    " empty text clears one. Setting the country of a new practice brings its chart, tax codes and terms.",
    effect=Effect.CHANGES,
    repeatable=True,
)
