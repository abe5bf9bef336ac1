"""All pages, in one list."""

from __future__ import annotations

from starlette.routing import Route

from server.pages import (
    activity,
    approval_paper,
    approvals,
    choosing_language,
    clients,
    connections,
    crediting,
    customers,
    documents,
    draft_editing,
    drafts,
    exports,
    finding,
    home,
    imports,
    invoices,
    items,
    keys,
    new_clients,
    payments,
    people,
    pushing,
    records,
    several,
    starting,
    switching,
)
from server.pages.figures import journal, reports, summary
from server.pages.overview import room as overview
from server.pages.overview import work
from server.pages.settings import routes as settings
from server.pages.static_files import static_route
from server.pages.visiting import Desk


def pages(desk: Desk) -> list[Route]:
    """The routes of every page, and of what pages load."""
    rooms = (
        home,
        finding,
        switching,
        clients,
        new_clients,
        starting,
        invoices,
        documents,
        records,
        several,
        customers,
        items,
        exports,
        imports,
        connections,
        people,
        pushing,
        activity,
        approvals,
        approval_paper,
        keys,
        settings,
        draft_editing,
        drafts,
        overview,
        work,
        journal,
        reports,
        summary,
        payments,
        crediting,
        choosing_language,
    )
    return [static_route(), *(route for room in rooms for route in room.routes(desk))]
