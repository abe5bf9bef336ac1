"""How a client reaches one organization alone."""

from __future__ import annotations

from invoicing.organizations import OrganizationRef
from invoicing.text.typed import in_command
from operations.access import Office
from views.base import View
from views.snippets import is_loopback, snippets


class Connecting(View):
    """A connection, with what to open, run or paste in each AI client. `remote` says that Claude's web reaches it."""

    name: str
    url: str
    snippets: dict[str, str]
    remote: bool


def connecting(name: str, url: str) -> Connecting:
    """How AI clients connect to this URL; `name` is what the connection is called there."""
    return Connecting(name=name, url=url, snippets=snippets(name, url), remote=not is_loopback(url))


def own_connection(office: Office, organization: OrganizationRef) -> str:
    """Its URL, or the command that serves it where there is no HTTP server."""
    folder = in_command(str(office.store.root))
    command = f"counterfoil stdio --data {folder} --organization {organization.handle}"
    return office.connection_url(organization) or command
