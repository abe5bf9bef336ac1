"""The tool `get_organization`, and the answer that it shares with `update_organization`."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Annotated, Any

from mcp_types import CallToolResult
from pydantic import BaseModel

from operations import organizations
from operations.access import Office
from operations.organizations import OrganizationDetails
from storage.books import Books
from tools.answers import Answer, answer, heading, named
from tools.context import ReadableBooks, TheOffice
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from tools.snippets import snippets


class Readiness(BaseModel):
    """Whether documents can be issued now, and what a live organization would lack."""

    ready: bool
    blockers: list[str]
    missing_for_live: list[str]


class OrganizationProfile(Answer):
    profile: dict[str, str | bool | int]
    policy: dict[str, str | int | bool]
    readiness: Readiness
    tax_codes: list[str]
    payment_terms: list[str]
    number_series: list[str]
    withholdings: list[str]
    counts: dict[str, int]
    provenance: dict[str, str]
    connection_url: str
    snippets: dict[str, str]


_POLICY = ("prices_include_tax", "rounding", "small_business", "future_days", "payment_qr")
_APART = {"environment", *_POLICY}


async def get_organization(
    office: TheOffice, books: ReadableBooks, organization: OrganizationArgument = "", session: SessionArgument = ""
) -> Annotated[CallToolResult, OrganizationProfile]:
    return organization_answer(office, books, await organizations.get_organization(books))


def organization_answer(
    office: Office, books: Books, details: OrganizationDetails, *, note: str = ""
) -> CallToolResult:
    """The answer on one organization; `note` says what was just done."""
    url = office.connection_url(books.organization)
    profile: dict[str, Any] = {field.name: getattr(details.profile, field.name) for field in fields(details.profile)}
    structured = OrganizationProfile(
        organization=named(books.organization),
        profile={name: value for name, value in profile.items() if name not in _APART},
        policy={name: profile[name] for name in _POLICY} | {"named_writes": books.organization.named_writes},
        readiness=Readiness(
            ready=not details.blockers,
            blockers=[blocker.message for blocker in details.blockers],
            missing_for_live=[blocker.field for blocker in details.live_blockers],
        ),
        tax_codes=list(details.settings.tax_codes),
        payment_terms=list(details.settings.terms),
        number_series=[f"{code} {pattern}" for code, pattern in details.settings.series],
        withholdings=[f"{code} {label}" for code, label in details.settings.withholdings],
        counts=asdict(details.counts),
        provenance=details.settings.sources,
        connection_url=url,
        snippets=snippets(f"counterfoil-{books.organization.handle}", url) if url else {},
    )
    lines = _lines(structured, note)
    if not note:
        lines.append(f"Its own connection: {office.own_connection(books.organization)}")
        lines.extend(f"{client}: {text}" for client, text in structured.snippets.items())
    return answer(heading(books.organization), lines, structured)


def _lines(structured: OrganizationProfile, note: str) -> list[str]:
    filled = [f"{name}: {value}" for name, value in structured.profile.items() if value != ""]
    readiness = structured.readiness
    lines = [
        *([note] if note else []),
        f"{structured.organization.environment}; " + "; ".join(line.replace("\n", " / ") for line in filled),
        "Policy: " + ", ".join(f"{name} {value}" for name, value in structured.policy.items()),
        "Tax codes: " + (", ".join(structured.tax_codes) or "none"),
        "Payment terms: " + (", ".join(structured.payment_terms) or "none"),
        "Number series: " + (", ".join(structured.number_series) or "none"),
        *(["Withholdings: " + ", ".join(structured.withholdings)] if structured.withholdings else []),
        "Counts: " + ", ".join(f"{count} {what}" for what, count in structured.counts.items()),
        "Ready to issue." if readiness.ready else "Not ready to issue: " + " ".join(readiness.blockers),
    ]
    if readiness.missing_for_live:
        lines.append("Missing for live invoices: " + ", ".join(readiness.missing_for_live))
    return lines


TOOL = Description(
    get_organization,
    title="Get organization",
    text="Show an organization: profile, bank details, policy, tax codes, payment terms, number series, and whether"
    " it is ready to issue, with what is missing.",
    effect=Effect.READS,
)
