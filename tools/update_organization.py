"""The tool `update_organization`."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Literal

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.countries.identifiers import NUMBER_FIELDS
from invoicing.master_data.fields import clearable
from invoicing.master_data.profile_fields import PROFILE
from invoicing.text.codes import small_letters
from operations import people, profile
from operations.configuration.profile_parts import BRANDING, POLICY
from operations.organizations import OrganizationDetails
from operations.policies import HUMAN_APPROVAL
from operations.rights import Right
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import BooksToUpdate, TheOffice, said_where_to_sign
from tools.description import Description, Effect
from tools.inputs import (
    ADDRESS_FIELDS,
    AddressArgument,
    OptionalWholeNumber,
    OrganizationArgument,
    SessionArgument,
    Several,
    cleared,
    given,
)
from views.mandates import mandate_lines
from views.organizations import heading, named
from views.profile import named_values, policy_of
from views.remedies import for_assistant
from views.settings import Readiness, readiness, readiness_lines


class OrganizationChanged(Answer):
    """What was changed, as it is kept now."""

    changed: dict[str, str | bool | int]
    readiness: Readiness


CLEARABLE = clearable(PROFILE) | dict.fromkeys((*NUMBER_FIELDS, "logo", "client_may"), "")


# What is no field of an organization; each of the other arguments has the name of the field that it sets.
_APART = frozenset({"office", "books", "address", "clear", "organization", "session"})

NamedWritesArgument = Annotated[
    Literal["live", "always", "off"] | None, Field(description="Which changes must name the organization")
]
HumanApprovalArgument = Annotated[
    str | None, Field(description="off, or live: a person approves what is issued in live organizations")
]
ClientMayArgument = Annotated[
    Several[
        Literal[
            "draft",
            "bank_account",
            "policy",
            "mandates",
            "periods",
            "workflows",
            "agents",
            "credentials",
            "people",
        ]
    ]
    | None,
    Field(description="Which of the practice's acts a client's own people may do"),
]
MandatesArgument = Annotated[Literal["refuse", "warn"] | None, Field(description="Where the law takes no PDF")]


async def update_organization(
    office: TheOffice,
    books: BooksToUpdate,
    name: str | None = None,
    legal_name: str | None = None,
    country: Annotated[str | None, Field(description="Two-letter code; set once")] = None,
    currency: str | None = None,
    address: AddressArgument = None,
    tax_number: str | None = None,
    registration_number: str | None = None,
    tax_office_number: Annotated[str | None, Field(description="Tax number that is not for VAT")] = None,
    vat_registration: Literal["registered", "small_business", "not_registered", "group"] | None = None,
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
    trading_name: str | None = None,
    contact: str | None = None,
    identifier: str | None = None,
    e_invoice_address: str | None = None,
    payment_qr: bool | None = None,
    locale: str | None = None,
    time_zone: str | None = None,
    prices_include_tax: bool | None = None,
    rounding: Literal["sum_of_lines", "per_line"] | None = None,
    small_business: Annotated[bool | None, Field(description="Charges no tax, as a small enterprise")] = None,
    annual_turnover: Annotated[str | None, Field(description="Whole units of the national currency")] = None,
    mandates: MandatesArgument = None,
    write_off_limit: Annotated[str | None, Field(description="Most that is written off of an invoice")] = None,
    tax_due: Literal["supply", "payment"] | None = None,
    future_days: Annotated[OptionalWholeNumber, Field(description="How many days ahead an issue date may be")] = None,
    named_writes: NamedWritesArgument = None,
    human_approval: HumanApprovalArgument = None,
    client_may: ClientMayArgument = None,
    owner_email: Annotated[str | None, Field(description="Who works here, for the audit trail; set once")] = None,
    archived: Annotated[bool | None, Field(description="Alone: read, not changed or listed, until false")] = None,
    clear: Annotated[Several[str] | None, Field(description="Fields to empty")] = None,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, OrganizationChanged]:
    sent = {name: value for name, value in locals().items() if name not in _APART}
    sent["client_may"] = " ".join(client_may) if client_may else None
    changes = given(**sent, **(address.model_dump(exclude_none=True) if address else {}))
    changes |= cleared(clear, CLEARABLE, changes)
    with said_where_to_sign(office, books, HUMAN_APPROVAL):
        updated, details = await profile.update_organization(office, books, changes)
    structured = OrganizationChanged(
        organization=named(updated.organization),
        changed=_as_kept(changes, updated, details),
        readiness=readiness(details, for_assistant),
    )
    lines = [
        f"Updated: {named_values(structured.changed)}.",
        *readiness_lines(updated.organization, details, for_assistant),
    ]
    # The country is set once, and with it what its law wants.
    lines += mandate_lines(details.mandates, for_assistant) if "country" in changes else []
    if people.lacks_address(office) and "country" in changes and "owner_email" not in changes:
        lines.append(f"What is done here is on record as done by {people.LOCAL_OWNER_EMAIL}. {_SAY_WHO}")
    return answer(heading(updated.organization), lines, structured)


_SAY_WHO = "owner_email says whose address later entries of the audit trail show; it is the person's own to state."


def _as_kept(changes: dict[str, Any], books: Books, details: OrganizationDetails) -> dict[str, str | bool | int]:
    """What was changed, as it is kept now: an IBAN without its blanks, an address in its parts."""
    kept = {field.name: getattr(details.profile, field.name) for field in fields(details.profile)}
    kept |= policy_of(books.organization) | {"archived": books.organization.archived}
    if "owner_email" in changes:
        kept["owner_email"] = small_letters(changes["owner_email"].strip())
    from_text = {name for name in ADDRESS_FIELDS if "address_text" in changes and kept[name]}
    # The old flag is one of the states that vat_registration has.
    in_full = {"vat_registration"} & set(kept) if "small_business" in changes else set()
    return {name: kept[name] for name in sorted((set(changes) | from_text | in_full) & set(kept))}


TOOL = Description(
    update_organization,
    title="Update organization",
    text="Change an organization's profile or bank details; only the given fields change. Setting the country of a new"
    " practice brings its chart, tax codes and terms. save_configuration's parts branding and policy have the rest.",
    effect=Effect.CHANGES,
    act=Right.UPDATE_PROFILE,
    repeatable=True,
    # What vat_registration says in full, and what stands in parts of the configuration.
    unlisted=frozenset({"small_business", "logo"}) | (frozenset({*BRANDING.fields, *POLICY.fields}) - {"footer"}),
)
