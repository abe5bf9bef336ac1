"""The tool `get_organization`, and the answer that it shares with `update_organization`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Annotated, Any

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.master_data.code_lists import tax_code_texts, term_texts, withholding_texts
from invoicing.master_data.handles import connection_name
from operations import organizations
from operations.access import Office
from operations.organizations import OrganizationDetails
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import ReadableBooks, TheOffice
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from tools.snippets import is_loopback, snippets
from views.connections import own_connection
from views.mandates import MandateAnswer, mandate_answers, mandate_lines
from views.organizations import counts_text, heading, named
from views.remedies import for_assistant
from views.settings import Readiness, TaxCodeAnswer, readiness, readiness_lines, tax_code_answer


class OrganizationProfile(Answer):
    """`provenance` says where the settings came from; `connection_url` and `snippets`, which say for each AI client how
    to add the connection, are there where they were asked for.
    """

    profile: dict[str, str | bool | int]
    policy: dict[str, str | int | bool]
    readiness: Readiness
    tax_codes: list[TaxCodeAnswer]
    mandates: list[MandateAnswer]
    payment_terms: list[str]
    number_series: list[str]
    withholdings: list[str]
    counts: dict[str, int]
    provenance: dict[str, str]
    connection_url: str
    snippets: dict[str, str]


_POLICY = ("prices_include_tax", "rounding", "small_business", "future_days", "payment_qr", "mandates")
_APART = {"environment", *_POLICY}


async def get_organization(
    office: TheOffice,
    books: ReadableBooks,
    connections: Annotated[bool, Field(description="Also how AI clients connect to it")] = False,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, OrganizationProfile]:
    details = await organizations.get_organization(books)
    shown = structured_organization(office, books, details, connections=connections)
    lines = [
        *profile_lines(shown),
        *_setting_lines(shown, details),
        f"It has {counts_text(details.counts)}.",
        *readiness_lines(books.organization, details, for_assistant),
        *mandate_lines(details.mandates, for_assistant),
        *(_connection_lines(office, books, shown) if connections else ()),
    ]
    return answer(heading(books.organization), lines, shown)


def structured_organization(
    office: Office, books: Books, details: OrganizationDetails, *, connections: bool = False
) -> OrganizationProfile:
    """The structured answer on one organization."""
    organization, settings = books.organization, details.settings
    url = office.connection_url(organization) if connections else ""
    profile: dict[str, Any] = {field.name: getattr(details.profile, field.name) for field in fields(details.profile)}
    return OrganizationProfile(
        organization=named(organization),
        profile={name: value for name, value in profile.items() if name not in _APART},
        policy={name: profile[name] for name in _POLICY} | {"named_writes": organization.named_writes},
        readiness=readiness(details, for_assistant),
        tax_codes=[tax_code_answer(code, details.today) for code in details.tax_codes],
        mandates=mandate_answers(details.mandates),
        payment_terms=term_texts(details.terms),
        number_series=[f"{code} {pattern}" for code, pattern in settings.series],
        withholdings=withholding_texts(details.withholdings),
        counts=asdict(details.counts),
        provenance=settings.sources,
        connection_url=url,
        snippets=snippets(connection_name(organization.handle), url) if url else {},
    )


def profile_lines(shown: OrganizationProfile) -> list[str]:
    """What the organization is and how it works, under the names that `update_organization` takes."""
    filled = {name: value for name, value in shown.profile.items() if value != "" and name not in _NOT_TOLD}
    return [f"{shown.organization.environment}; {named_values(filled)}", f"Policy: {named_values(shown.policy)}"]


def _setting_lines(shown: OrganizationProfile, details: OrganizationDetails) -> list[str]:
    settings = {
        "Tax codes": tax_code_texts(details.tax_codes, details.today),
        "Payment terms": shown.payment_terms,
        "Number series": shown.number_series,
        "Withholdings": shown.withholdings,
    }
    return [f"{name}: {', '.join(values)}" for name, values in settings.items() if values]


def _connection_lines(office: Office, books: Books, shown: OrganizationProfile) -> list[str]:
    return [
        f"Its own connection: {own_connection(office, books.organization)}",
        *_practice_lines(office, books),
        *_snippet_lines(shown),
    ]


def _practice_lines(office: Office, books: Books) -> list[str]:
    """A practice's own connection is for its own invoices; the one for its clients is another."""
    if books.organization.kind != "partner" or not office.public_url:
        return []
    return [f"The connection for it and its clients, to switch between: {office.public_url}/mcp"]


def _snippet_lines(shown: OrganizationProfile) -> list[str]:
    if not shown.snippets:
        return []
    # Claude's web lives elsewhere, opens nothing on this machine, and sends no header.
    reached = "once the server has a --public-url, with" if is_loopback(shown.connection_url) else "with"
    needs = {"claude": f" ({reached} a secret link of counterfoil link create as its URL)"}
    return [
        "TOKEN stands for a token of counterfoil token create, or an API key of this organization:",
        *(f"{client}{needs.get(client, '')}: {text}" for client, text in shown.snippets.items()),
    ]


def named_values(values: Mapping[str, str | int | bool]) -> str:
    return "; ".join(f"{name}: {_shown(value)}" for name, value in values.items())


def _shown(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_NOT_TOLD = frozenset({"name", "logo_sha256"})

TOOL = Description(
    get_organization,
    title="Get organization",
    text="Show an organization: profile, bank details, policy, tax codes with their rates, payment terms, number"
    " series, and whether it is ready to issue, with what is missing.",
    effect=Effect.READS,
)
