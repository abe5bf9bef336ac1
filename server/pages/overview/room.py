"""The overview of a practice: read from the summaries of all clients that the visitor reaches, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.latest import latest
from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment, OrganizationRef
from invoicing.refusals import InvalidInput, Refusal
from operations.access import is_allowed, open_books
from operations.attention import MANDATE_DAYS, Attention, attention_at, work_at
from operations.clients_at_a_glance import (
    AMOUNTS,
    NAME,
    ORDERS,
    WORST,
    Column,
    Glance,
    State,
    chosen,
    glance_at_clients,
)
from operations.issue_dates import today_in
from operations.overview import ClientStanding, Onboarding, clients_in_reach, sums_of, told_apart
from operations.rights import Right
from operations.saved_views import remove_view, rename_view, save_view, view_of, views_of
from operations.verification import verify_organization
from server.pages.languages import gettext, language
from server.pages.organization_pages import show
from server.pages.overview.asked import Overview, kept_query, overview_of
from server.pages.overview.words import column_word, order_word, rule_of, standing_word, state_word
from server.pages.rendering import made_part, nothing_here, part, see_other, told
from server.pages.visiting import Desk, Visitor
from storage.books.profile import load_profile
from views.organizations import place_of
from views.practice_desk import attention_row, client_row, months_charts, reading_of, sum_card
from views.remedies import message_of, on_page

HERE = "overview"
_MATTERS, _CLIENTS, _CHARTS = 5, 50, 3


@dataclass(frozen=True, slots=True)
class Table:
    """The clients of a page, each in its row; `amounts` says which columns are of numbers, and `currency` is that of
    all amounts, or empty where they have several.
    """

    rows: Markup
    currency: str
    amounts: tuple[bool, ...]


def routes(desk: Desk) -> list[Route]:
    whole = "/practice/{handle}/" + HERE
    return [
        desk.page(whole, _overview),
        desk.page(f"{whole}/reading", _reading),
        desk.page(f"{whole}/verify", _verify, methods=["POST"]),
        desk.page(f"{whole}/views", _save, methods=["POST"]),
        desk.page(whole + "/views/{view}", _change, methods=["GET", "POST"]),
    ]


async def _overview(request: Request, visitor: Visitor) -> Response:
    practice = await visitor.organization(request)
    wanted = overview_of(request.query_params)
    try:
        return await _shown(visitor, practice, wanted, verified=request.query_params.get("verified", ""))
    except InvalidInput:
        # An address that was made by hand: what is searched for is nothing that can be.
        return see_other(_place(practice))


async def _shown(
    visitor: Visitor,
    practice: OrganizationRef,
    wanted: Overview,
    *,
    verified: str = "",
    refusal: Refusal | None = None,
    name: str = "",
) -> Response:
    profile: Profile
    books = open_books(visitor.office, practice, Right.READ)
    profile, today = await books.read(lambda db: (load_profile(db), today_in(db, books)))
    glance = await glance_at_clients(visitor.office, practice)
    summed, sandboxes = told_apart(practice, glance.clients)
    found = attention_at(glance.clients, glance.verified, overdue_days=wanted.overdue_days)
    place, of_sandboxes = _place(practice), any(one.is_sandbox for one in summed)
    return await show(
        visitor,
        practice,
        "overview.html",
        here=HERE,
        status=200 if refusal is None else 400,
        title=gettext("Overview"),
        to_do={"work": len(work_at(found))},
        overview=wanted,
        here_address=place,
        count=len(glance.clients) + glance.unread,
        reading=reading_of(glance, place),
        sums=[sum_card(one, profile) for one in sums_of(summed)],
        of_sandboxes=of_sandboxes,
        sandboxes=len(sandboxes),
        charts=months_charts(summed, today, profile, title=gettext("Invoiced in each month"))[:_CHARTS],
        found_in_order=_name_of(glance, verified),
        refused=message_of(refusal, on_page) if refusal else "",
        new_name=name,
        views=[
            (one, f"{place}?{_joined(one.asked, f'view={one.id}')}") for one in await views_of(visitor.office, practice)
        ],
        **_matters(visitor, found, wanted, profile, place),
        **_clients(visitor, glance, wanted, profile, place, of_sandboxes=of_sandboxes),
        # Looked up once each: they stand in every row.
        names={one.value: column_word(one.value) for one in Column},
        rules={one.value: rule_of(one.value) for one in Column},
    )


def _matters(
    visitor: Visitor, found: Sequence[Attention], wanted: Overview, profile: Profile, place: str
) -> dict[str, Any]:
    """The worst matters, and where the next ones are."""
    skip = min(wanted.skip, len(found) // _MATTERS * _MATTERS)
    next_skip = skip + _MATTERS
    return {
        "matters": [
            attention_row(one, profile, on_page, decides=_decides(visitor, one.client)) for one in found[skip:next_skip]
        ],
        "matters_count": len(found),
        "matters_from": skip + 1,
        "matters_next": f"{place}?{wanted.query(skip=str(next_skip))}" if len(found) > next_skip else "",
        "matters_first": f"{place}?{wanted.query()}" if skip else "",
        "mandate_days": MANDATE_DAYS,
    }


def _clients(
    visitor: Visitor, glance: Glance, wanted: Overview, profile: Profile, place: str, *, of_sandboxes: bool
) -> dict[str, Any]:
    """The clients that are asked for, a page of them, and by what one chooses others."""
    found = chosen(glance, wanted.asked)
    start = wanted.start if wanted.start < len(found) else 0
    end = start + _CLIENTS
    shown = found[start:end]
    # Of the others nothing is told: what is made of these stays as it is while they do.
    these = {one.standing.organization.id for one in shown}
    verified = {one: day for one, day in glance.verified.items() if one in these}
    decides = tuple(_decides(visitor, one) for one in shown)
    return {
        "table": _table(tuple(shown), wanted.columns, verified, profile, decides, of_sandboxes, language())
        if shown
        else None,
        "amounts": AMOUNTS,
        "found": len(found),
        "start": start,
        "end": min(end, len(found)),
        "rows_next": f"{place}?{wanted.query(start=str(end))}#clients" if len(found) > end else "",
        "columns": [(one.value, column_word(one.value), one in wanted.columns) for one in Column],
        "headings": _headings(wanted, place),
        "states": [(one.value, state_word(one.value)) for one in State],
        "environments": [
            ("", gettext("Live and sandbox")),
            (Environment.LIVE.value, gettext("Live")),
            (Environment.SANDBOX.value, gettext("Sandbox")),
        ],
        "orders": _orders(),
        "limited": bool(wanted.asked.query or wanted.asked.state or wanted.asked.environment),
    }


# Somebody who looks at the overview looks at it again, and few of the clients have changed.
@latest(16)
def _table(
    clients: tuple[ClientStanding, ...],
    columns: tuple[Column, ...],
    verified: Mapping[str, date],
    profile: Profile,
    decides: tuple[bool, ...],
    of_sandboxes: bool,
    spoken: str,
) -> Table:
    glance = Glance(list(clients), verified)
    rows = [
        client_row(one, columns, glance, profile, on_page, decides=may)
        for one, may in zip(clients, decides, strict=True)
    ]
    currencies = {fact.currency for row in rows for cell in row.cells for fact in cell.facts if fact.currency}
    # Said once where there is but one.
    currency = currencies.pop() if len(currencies) == 1 else ""
    made = made_part(
        "overview_rows.html",
        spoken,
        rows=rows,
        currency=currency,
        amounts=AMOUNTS,
        of_sandboxes=of_sandboxes,
        names={one.value: column_word(one.value) for one in Column},
        standings={one.value: standing_word(one.value) for one in Onboarding},
    )
    return Table(made, currency, tuple(cell.amount for cell in rows[0].cells))


def _decides(visitor: Visitor, client: ClientStanding) -> bool:
    """Whether the visitor decides on approvals at the client: nobody else has a page of what waits."""
    return is_allowed(Right.DECIDE_APPROVAL, client.standing.organization, visitor.office.principal)


def _orders() -> Sequence[tuple[str, str]]:
    """The orders that one chooses from: amounts and counts the greatest first."""
    return [(one if one in {WORST, NAME} else f"-{one}", order_word(one)) for one in ORDERS]


def _headings(wanted: Overview, place: str) -> list[tuple[str, str, str]]:
    """The heading of each column that is shown: its name, the address in which its order is turned, and how it is in
    order now.
    """
    found = []
    for name in (NAME, *(one.value for one in wanted.columns)):
        is_now = wanted.asked.order == name
        turned = name if (is_now and wanted.asked.downwards) or (name == NAME and not is_now) else f"-{name}"
        now = "" if not is_now else "descending" if wanted.asked.downwards else "ascending"
        found.append((name, f"{place}?{wanted.query(sort=turned)}#clients", now))
    return found


async def _reading(request: Request, visitor: Visitor) -> Response:
    """Reads the books of some more clients, for a page that is told how far that has come."""
    practice = await visitor.organization(request)
    books = open_books(visitor.office, practice, Right.READ)
    glance = await glance_at_clients(visitor.office, books.organization)
    return part("overview_reading.html", visitor=visitor, reading=reading_of(glance, _place(practice)))


async def _verify(request: Request, visitor: Visitor) -> Response:
    """Check the books of one client, which the form names."""
    practice = await visitor.organization(request)
    handle = (await visitor.form(request)).text("client")
    reached = await clients_in_reach(visitor.office, practice)
    client = next((one for one in reached if handle == one.handle), None)
    if client is None:
        return nothing_here()
    found = await verify_organization(visitor.office, client)
    if not found.problem:
        return see_other(f"{_place(practice)}?verified={client.handle}")
    said = f"{client.name} ({client.handle}): {found.problem}."
    links = ((_place(practice), gettext("Back to the overview")),)
    return told(gettext("Something is wrong in these books"), said, status=409, links=links)


async def _save(request: Request, visitor: Visitor) -> Response:
    practice = await visitor.organization(request)
    form = await visitor.form(request)
    asked, name = kept_query(form.text("asked")), form.text("name")
    try:
        view = await save_view(visitor.office, practice, name=name, asked=asked)
    except Refusal as refusal:
        return await _shown(visitor, practice, overview_of(QueryParams(asked)), refusal=refusal, name=name)
    return see_other(f"{_place(practice)}?{_joined(asked, f'view={view.id}')}#clients")


async def _change(request: Request, visitor: Visitor) -> Response:
    """Rename or remove a saved view."""
    practice = await visitor.organization(request)
    view = await view_of(visitor.office, practice, request.path_params["view"])
    name, refused = view.name, ""
    back = f"{_place(practice)}?{_joined(view.asked, f'view={view.id}')}#clients"
    if request.method == "POST":
        form = await visitor.form(request)
        if form.text("act") == "remove":
            await remove_view(visitor.office, practice, view.id)
            return see_other(f"{_place(practice)}#clients")
        name = form.text("name")
        try:
            await rename_view(visitor.office, practice, view.id, name=name)
        except Refusal as refusal:
            refused = message_of(refusal, on_page)
        else:
            return see_other(back)
    return await show(
        visitor,
        practice,
        "saved_view.html",
        here=HERE,
        status=400 if refused else 200,
        title=gettext("Saved view"),
        view=view,
        name=name,
        refused=refused,
        back=back,
    )


def _joined(*parts: str) -> str:
    return "&".join(part for part in parts if part)


def _name_of(glance: Glance, handle: str) -> str:
    """The name of the client whose books have just been found in order."""
    found = (one.standing.organization for one in glance.clients if one.standing.organization.id in glance.verified)
    return next((one.name for one in found if one.handle == handle), "")


def _place(practice: OrganizationRef) -> str:
    return f"{place_of(practice)}/{HERE}"
