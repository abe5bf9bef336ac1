"""The invoices, credit notes and drafts of an organization: searched, limited and paged by the address alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.document.former_records import FORMER
from invoicing.document.lifecycle import DRAFT, OPEN, Status
from invoicing.master_data.profiles import Profile
from invoicing.refusals import InvalidInput, NotFound
from operations.access import open_books
from operations.finding_invoices import InvoiceSearch, count_of_former_system, find_drafts, find_invoices
from operations.rights import Right
from server.pages.languages import gettext
from server.pages.opening import may
from server.pages.organization_pages import address_of_list, show
from server.pages.reading import day_of
from server.pages.rendering import see_other
from server.pages.visiting import Desk, Visitor
from server.pages.words import kind_word, status_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.listed_documents import DocumentRow, SumRow, document_row, draft_row, sum_rows
from views.organizations import place_of

_SHOWN = 50
_WORDS_MAX = 200
_STATUSES = ("", OPEN, Status.OVERDUE, Status.PAID, Status.CREDITED, DRAFT)
"""Those that one chooses between; of a former system only where there is anything."""
_FIELDS = ("q", "status", "customer", "from", "to")


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization("/invoices", _invoices)


async def _invoices(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    books = open_books(visitor.office, organization, Right.READ)
    wanted = {name: request.query_params.get(name, "").strip()[:_WORDS_MAX] for name in _FIELDS}
    place = f"{place_of(organization)}/invoices"
    try:
        found = await _found(books, wanted, request.query_params.get("after", ""))
    except (InvalidInput, NotFound):
        # An address that was made by hand, cut off, or of a customer that is no more.
        return see_other(place)
    return await show(
        visitor,
        organization,
        "invoices.html",
        here="invoices",
        title=gettext("Invoices"),
        wanted=wanted,
        limited=any(wanted.values()),
        statuses=[
            (one, status_choice(one), address_of_list(place, wanted | {"status": one}))
            for one in (*_STATUSES, *([FORMER] if await count_of_former_system(books, InvoiceSearch()) else []))
        ],
        status_word=status_word,
        kind_word=kind_word,
        more=address_of_list(place, wanted | {"after": found["after"]}) if found["after"] else "",
        beyond="after" in request.query_params,
        here_address=place,
        may_draft=may(visitor, books, Right.DRAFT),
        **found,
    )


async def _found(books: Books, wanted: Mapping[str, str], cursor: str) -> dict[str, Any]:
    """The rows of a page, what all come to, and where the next page begins."""
    profile: Profile = await books.read(load_profile)
    search = InvoiceSearch(
        query=wanted["q"],
        status=wanted["status"],
        customer=wanted["customer"],
        issued_from=day_of(wanted["from"], field="issued_from"),
        issued_to=day_of(wanted["to"], field="issued_to"),
    )
    rows: list[DocumentRow]
    if search.status == DRAFT:
        drafts = await find_drafts(books, search, cursor=cursor, limit=_SHOWN)
        rows, sums = [draft_row(one, profile) for one in drafts.items], drafts.sums
        after = drafts.next_cursor
    else:
        page = await find_invoices(books, search, cursor=cursor, limit=_SHOWN)
        rows, sums = [document_row(one, profile) for one in page.items], page.sums
        after = page.next_cursor
    shown: list[SumRow] = sum_rows(sums, profile)
    # Said once where there is but one.
    currency = shown[0].currency if len(shown) == 1 else ""
    return {"rows": rows, "sums": shown, "currency": currency, "after": after}


def status_choice(status: str) -> str:
    """What a list of the documents of this status is called."""
    return gettext("All") if not status else gettext("Owed") if status == OPEN else status_word(status)
