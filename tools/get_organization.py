"""The tool `get_organization`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.master_data.handles import connection_name
from invoicing.organizations import OrganizationKind
from operations import organizations
from operations.access import Office
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import ReadableBooks, TheOffice
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from views.connections import own_connection
from views.mandates import mandate_lines
from views.organizations import counts_text, heading, named
from views.profile import ProfileShown, profile_lines, profile_shown, setting_lines
from views.remedies import for_assistant
from views.settings import readiness_lines
from views.snippets import is_loopback, snippets


class OrganizationProfile(ProfileShown, Answer):
    """`provenance` says where the settings came from; `connection_url` and `snippets`, which say for each AI client how
    to add the connection, are there where they were asked for.
    """

    connection_url: str
    snippets: dict[str, str]


async def get_organization(
    office: TheOffice,
    books: ReadableBooks,
    connections: Annotated[bool, Field(description="Also how AI clients connect to it")] = False,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, OrganizationProfile]:
    details = await organizations.sources_told(office, await organizations.get_organization(books))
    shown = profile_shown(books.organization, details, for_assistant)
    structured = _structured(office, books, shown, connections=connections)
    lines = [
        *profile_lines(books.organization, shown),
        *setting_lines(shown, details),
        f"It has {counts_text(details.counts)}.",
        *readiness_lines(books.organization, details, for_assistant),
        *mandate_lines(details.mandates, for_assistant),
        *(_connection_lines(office, books, structured) if connections else ()),
    ]
    return answer(heading(books.organization), lines, structured)


def _structured(office: Office, books: Books, shown: ProfileShown, *, connections: bool) -> OrganizationProfile:
    organization = books.organization
    url = office.connection_url(organization) if connections else ""
    return OrganizationProfile(
        **dict(shown),
        organization=named(organization),
        connection_url=url,
        snippets=snippets(connection_name(organization.handle), url) if url else {},
    )


def _connection_lines(office: Office, books: Books, shown: OrganizationProfile) -> list[str]:
    return [
        f"Its own connection: {own_connection(office, books.organization)}",
        *_practice_lines(office, books),
        *_snippet_lines(shown),
    ]


def _practice_lines(office: Office, books: Books) -> list[str]:
    """A practice's own connection is for its own invoices; the one for its clients is another."""
    if books.organization.kind is not OrganizationKind.PARTNER or not office.public_url:
        return []
    return [f"The connection for it and its clients, to switch between: {office.public_url}/mcp"]


def _snippet_lines(shown: OrganizationProfile) -> list[str]:
    if not shown.snippets:
        return []
    # Claude's web lives elsewhere, and opens nothing on this machine.
    needs = {"claude": " (reached once the server has a --public-url)"} if is_loopback(shown.connection_url) else {}
    return [
        "Ready for each AI client, which then asks its user to sign in. One that cannot sends a token or an API key as"
        " the header Authorization: Bearer TOKEN, or has a secret link of counterfoil link create as its URL:",
        *(f"{client}{needs.get(client, '')}: {text}" for client, text in shown.snippets.items()),
    ]


TOOL = Description(
    get_organization,
    title="Get organization",
    text="Show an organization: profile, bank details, policy, tax codes with their rates, payment terms, number"
    " series, and whether it is ready to issue, with what is missing.",
    effect=Effect.READS,
)
