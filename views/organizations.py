"""An organization as it is shown: by its name and handle, in a list, and with what there is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.text.typed import counted
from operations.organizations import ClientSummary
from storage.books.counts import Counts
from views.base import View
from views.remedies import Words, told

_BLOCKERS_SAID_MAX = 2_400
"""Characters: with them, a list of 25 clients is one that a model reads with ease."""


class OrganizationAnswer(View):
    handle: str
    name: str
    environment: str


def heading(organization: OrganizationRef) -> str:
    """The first line of an answer."""
    return f"{organization.name} ({organization.handle})"


def place_of(organization: OrganizationRef) -> str:
    """Where the organization's pages are."""
    room = "practice" if organization.kind is OrganizationKind.PARTNER else "o"
    return f"/{room}/{organization.handle}"


def named(organization: OrganizationRef) -> OrganizationAnswer:
    return OrganizationAnswer(handle=organization.handle, name=organization.name, environment=organization.environment)


def counts_text(counts: Counts) -> str:
    """How many documents and the like an organization has."""
    return ", ".join(
        counted(number, noun)
        for number, noun in (
            (counts.documents, "document"),
            (counts.drafts, "draft"),
            (counts.customers, "customer"),
            (counts.items, "item"),
        )
    )


class OrganizationShown(View):
    """An organization in a list. `partner` is the handle of its practice, empty where that is none that is seen."""

    handle: str
    name: str
    kind: str
    role: str
    partner: str
    environment: str
    country: str
    currency: str


def organization_shown(one: OrganizationRef, partners: Mapping[str, str]) -> dict[str, str]:
    """The fields of `OrganizationShown`; `partners` are the handles of practices by their ids."""
    return {
        "handle": one.handle,
        "name": one.name,
        "kind": one.kind,
        "role": one.role,
        "partner": partners.get(one.partner_id, ""),
        "environment": one.environment,
        "country": one.country,
        "currency": one.currency,
    }


def organization_line(one: OrganizationRef) -> str:
    """An organization in a few words."""
    kind = "practice" if one.kind is OrganizationKind.PARTNER else "client" if one.partner_id else "business"
    place = f"{one.country}, {one.currency}" if one.country else "no country yet"
    return f"{one.name}: {kind}, {one.environment}, {place}{', archived' if one.archived else ''}"


class CountsAnswer(View):
    customers: int
    items: int
    drafts: int
    documents: int


class Client(View):
    handle: str
    name: str
    environment: str
    country: str
    currency: str
    ready: bool
    blockers: list[str]
    counts: CountsAnswer


def client_answer(summary: ClientSummary, words: Words) -> Client:
    organization, counts = summary.organization, summary.counts
    return Client(
        handle=organization.handle,
        name=organization.name,
        environment=organization.environment,
        country=organization.country,
        currency=organization.currency,
        ready=not summary.blockers,
        blockers=[told(blocker, words) for blocker in summary.blockers],
        counts=CountsAnswer(
            customers=counts.customers if counts else 0,
            items=counts.items if counts else 0,
            drafts=counts.drafts if counts else 0,
            documents=counts.documents if counts else 0,
        ),
    )


def client_lines(summaries: Iterable[ClientSummary], words: Words) -> Iterator[str]:
    """A line for each client. What it lacks is said whole as long as there is room for it, and then by its fields."""
    room = _BLOCKERS_SAID_MAX
    for summary in summaries:
        said = " ".join(told(one, words) for one in summary.blockers)
        fields = [field for one in summary.blockers for field in one.fields]
        if fields and len(said) > room:
            said = f"lacks {', '.join(fields)}"
        else:
            room -= len(said)
        yield _client_line(summary, f"not ready: {said}" if said else "ready")


def _client_line(summary: ClientSummary, ready: str) -> str:
    organization, counts = summary.organization, summary.counts
    amounts = counts_text(counts) if counts else "counts unknown"
    place = f"{organization.country} {organization.currency}"
    return f"- {heading(organization)}: {organization.environment}, {place}, {amounts}; {ready}"
