"""Finding and starting anything from anywhere: in the organization at hand, and among those in reach."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.refusals import InvalidInput, Unavailable
from operations.access import is_allowed, open_books
from operations.customers import find_customers
from operations.finding_invoices import first_invoices
from operations.organizations import list_organizations
from operations.rights import Right
from server.pages.figures.reports import GROUPS
from server.pages.figures.words import question_word, report_word
from server.pages.invoices import status_choice
from server.pages.languages import gettext
from server.pages.organization_pages import pages_of
from server.pages.rendering import part, render
from server.pages.visiting import Desk, Visitor
from server.pages.words import act_word, page_word
from storage.directory import access_queries
from views.finding import Lead, Leads, customer_leads, document_leads, organization_leads
from views.organizations import place_of

_WORDS_MAX = 200
_FOUND = 6
"""So many of a kind are shown; whoever looks for another writes more of it."""
_ACTS: Mapping[str, Right] = {
    "invoices/drafts/new": Right.DRAFT,
    "customers/new": Right.SAVE_CUSTOMER,
    "items/new": Right.SAVE_ITEM,
    "clients/new": Right.CREATE_CLIENT,
}
"""The acts that can be started from anywhere: where each begins, below an organization's place, and who may."""
_STATUSES = ("open", "overdue", "draft")
"""The lists of documents that one looks for most."""
_OF_PRACTICES = {"clients/new"}
"""The acts that begin at practices alone."""


def routes(desk: Desk) -> list[Route]:
    return [desk.page("/find", _find)]


async def _find(request: Request, visitor: Visitor) -> Response:
    """The page, or with `part` what a script shows of it. `at` is the handle of the organization at hand; one that is
    out of reach is left out like one that never existed.
    """
    query, at = (request.query_params.get(name, "").strip()[:_WORDS_MAX] for name in ("q", "at"))
    organization = await _at_hand(visitor, at)
    try:
        groups = [] if organization is None else await _within(visitor, organization, query)
        groups += await _organizations(visitor, organization, query)
    except InvalidInput:
        # Nothing is called by a sign that cannot be seen, as words that were copied may have one.
        groups = []
    found = [one for one in groups if one.leads]
    if "part" in request.query_params:
        return part("found.html", groups=found)
    handle = "" if organization is None else organization.handle
    title = gettext("Find or start")
    return render("find.html", title=title, visitor=visitor, at=handle, groups=found, query=query)


async def _at_hand(visitor: Visitor, handle: str) -> OrganizationRef | None:
    if not handle:
        return None
    reach = visitor.office.principal.reach
    directory = visitor.office.store.directory
    return await directory.read(lambda db: access_queries.reachable_by_handle(db, reach, handle))


async def _within(visitor: Visitor, organization: OrganizationRef, query: str) -> list[Leads]:
    """What is found in one organization, and what can be opened and started there."""
    groups = []
    if query and is_allowed(Right.READ, organization, visitor.office.principal):
        groups = await _in_the_books(visitor, organization, query)
    place, principal = place_of(organization), visitor.office.principal
    acts = [
        Lead(name=act_word(act), about="", address=f"{place}/{act}")
        for act, right in _ACTS.items()
        if act not in _OF_PRACTICES or organization.kind is OrganizationKind.PARTNER
        if not organization.archived and is_allowed(right, organization, principal)
    ]
    opened = [Lead(name=tab.name, about="", address=tab.address) for tab in pages_of(visitor, organization)]
    if query and is_allowed(Right.READ, organization, principal):
        opened += _answers(place)
    started = [_of(organization, gettext("Start"), acts), _of(organization, gettext("Open"), opened)]
    return groups + [_with(one, query) for one in started]


def _answers(place: str) -> list[Lead]:
    """What answers a question: lists of documents, and reports, which are found by what they are asked too."""
    documents = page_word("invoices")
    lists = [
        Lead(name=f"{documents}: {status_choice(one)}", about="", address=f"{place}/invoices?status={one}")
        for one in _STATUSES
    ]
    reports = [
        Lead(name=report_word(one), about=question_word(one), address=f"{place}/reports/{one}")
        for group in GROUPS
        for one in group
    ]
    return lists + reports


async def _in_the_books(visitor: Visitor, organization: OrganizationRef, query: str) -> list[Leads]:
    """Nothing where the books cannot be read: the way to another organization is found all the same."""
    try:
        books = open_books(visitor.office, organization, Right.READ)
        documents = await first_invoices(books, query, limit=_FOUND)
        customers = await find_customers(books, query=query, cursor="", limit=_FOUND)
    except Unavailable:
        return []
    return [
        _of(organization, gettext("Documents"), document_leads(documents, organization)),
        _of(organization, gettext("Customers"), customer_leads(customers.items, organization)),
    ]


async def _organizations(visitor: Visitor, organization: OrganizationRef | None, query: str) -> list[Leads]:
    """The organizations that one can switch to, but the one at hand."""
    page, _ = await list_organizations(visitor.office, query=query, cursor="", limit=_FOUND + 1)
    others = [one for one in page.items if organization is None or one.id != organization.id]
    return [Leads(name=gettext("Organizations"), whose="", leads=organization_leads(others[:_FOUND]))]


def _of(organization: OrganizationRef, name: str, leads: list[Lead]) -> Leads:
    return Leads(name=name, whose=organization.name, leads=leads)


def _with(group: Leads, query: str) -> Leads:
    """What of it is called by the words that were written, or asked with them."""
    wanted = query.casefold()
    return group.model_copy(
        update={"leads": [one for one in group.leads if wanted in f"{one.name}\n{one.about}".casefold()]}
    )
