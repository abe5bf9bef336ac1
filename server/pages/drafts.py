"""A draft: as it would be issued now, and the two pages by which it ends: issued for good, or discarded."""

from __future__ import annotations

from typing import Any, assert_never

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import Immutable, NotFound, Refusal, Unavailable
from operations.access import open_books
from operations.approval.showing import show_for_decision
from operations.approval.waiting import AwaitingApproval
from operations.drafts import delete_draft
from operations.invoices import IssuedInvoice, IssueRequest, KeptAsDraft, issue_invoice, issued_from
from operations.issuing import StandingDocument
from operations.paper import picture_of, printed_as_draft
from operations.prepared_drafts import prepared_draft
from operations.rights import Right
from server.http.answers import Turned
from server.pages.documents import PICTURE_WIDTH, number_of_page
from server.pages.languages import gettext
from server.pages.opening import books_to_act, may
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.rendering import see_other
from server.pages.visiting import Desk, Visitor
from server.pages.words import kind_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.organizations import place_of
from views.remedies import message_of, on_page
from views.shown_drafts import ShownDraft, shown_draft, unticked

_HERE = "invoices"
_OWN = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def routes(desk: Desk) -> list[Route]:
    both = ("GET", "POST")
    return [
        *desk.of_organization("/invoices/drafts/{draft}", _draft),
        *desk.of_organization("/invoices/drafts/{draft}/pdf", _pdf),
        *desk.of_organization("/invoices/drafts/{draft}/pages/{page}", _picture),
        *desk.of_organization("/invoices/drafts/{draft}/issue", _issue, methods=both),
        *desk.of_organization("/invoices/drafts/{draft}/discard", _discard, methods=both),
    ]


async def _draft(request: Request, visitor: Visitor) -> Response:
    books = await _books(request, visitor)
    key = request.path_params["draft"]
    one, refused = await _shown_or_refused(books, key)
    rights = {"issue": Right.ISSUE, "edit": Right.DRAFT}
    acts = [act for act, right in rights.items() if may(visitor, books, right)]
    return await show(
        visitor,
        books.organization,
        "draft.html",
        here=_HERE,
        title=gettext("Draft for %(name)s") % {"name": one.customer} if one else gettext("Draft"),
        one=one,
        key=key,
        refused=refused,
        acts=[*acts, "approve"] if one and one.waits and await _decides(visitor, books, key) else acts,
    )


async def _pdf(request: Request, visitor: Visitor) -> Response:
    """The paper as it would be, which says that it is a draft."""
    books = await _books(request, visitor)
    prepared = await prepared_draft(books, request.path_params["draft"])
    pdf = await printed_as_draft(books, prepared.preview.document)
    return Response(pdf, media_type="application/pdf", headers=_OWN | {"Content-Disposition": "inline"})


async def _picture(request: Request, visitor: Visitor) -> Response:
    books = await _books(request, visitor)
    page = number_of_page(request)
    prepared = await prepared_draft(books, request.path_params["draft"])
    pdf = await printed_as_draft(books, prepared.preview.document)
    picture = await picture_of(books, pdf, page, width=PICTURE_WIDTH)
    return Response(picture.png, media_type="image/png", headers=_OWN)


async def _issue(request: Request, visitor: Visitor) -> Response:
    """What will stand is said first, in full; the button of that page issues it."""
    books = await books_to_act(request, visitor, Right.ISSUE)
    key = request.path_params["draft"]
    if request.method != "POST":
        return await _show_issue(visitor, books, await _shown(books, key))
    form = await visitor.form(request)
    if became := await issued_from(books, key):
        return await _issued_already(visitor, books, became)
    one = await _shown(books, key)
    if form.text("seen_as") != one.seen_as:
        changed = gettext("It is not as it was shown to you any more. Nothing was issued: this is how it is now.")
        return await _show_issue(visitor, books, one, refused=changed, status=409)
    if left := unticked(one.warnings, form.several("warning")):
        said = gettext("Nothing was issued: tick each warning that you have read.")
        field = f"warning-{left[0]}"
        return await _show_issue(visitor, books, one, refused=said, field=field, ticked=form, status=400)
    return await _issued(visitor, books, one, form)


async def _issued(visitor: Visitor, books: Books, one: ShownDraft, form: Form) -> Response:
    place = f"{place_of(books.organization)}/invoices"
    wanted = IssueRequest(draft=one.key, acknowledge=one.codes, seen_as=one.seen_as)
    try:
        made = await issue_invoice(books, wanted)
    except Unavailable:
        raise
    except Refusal as refusal:
        # Of two at once, the second finds it issued.
        if became := await issued_from(books, one.key):
            return await _issued_already(visitor, books, became)
        refused = message_of(refusal, on_page)
        return await _show_issue(visitor, books, await _shown(books, one.key), refused=refused, ticked=form, status=409)
    match made:
        case IssuedInvoice():
            return see_other(f"{place}/{made.document.document.id}?done=issued")
        case AwaitingApproval():
            return see_other(f"{place}/drafts/{one.key}")
        case KeptAsDraft():
            said = gettext("Nothing was issued: tick each warning that you have read.")
            return await _show_issue(visitor, books, await _shown(books, one.key), refused=said, status=409)
        case never:
            assert_never(never)


async def _show_issue(
    visitor: Visitor,
    books: Books,
    one: ShownDraft,
    *,
    refused: str = "",
    field: str = "",
    ticked: Form | None = None,
    status: int = 200,
) -> Response:
    kind = kind_word(one.kind)
    if one.asks:
        title = gettext("Ask for the approval of this %(kind)s?") % {"kind": kind}
    else:
        title = gettext("Issue %(number)s?") % {"number": one.number}
    return await show(
        visitor,
        books.organization,
        "draft_issue.html",
        here=_HERE,
        status=status,
        title=title,
        one=one,
        kind=kind,
        refused=refused,
        field=field,
        ticked=ticked.several("warning") if ticked else [],
    )


async def _discard(request: Request, visitor: Visitor) -> Response:
    books = await books_to_act(request, visitor, Right.DRAFT)
    key = request.path_params["draft"]
    one, broken = await _shown_or_refused(books, key)
    refused = ""
    if request.method == "POST":
        await visitor.form(request)
        try:
            await delete_draft(books, key)
        except (NotFound, Unavailable):
            raise
        except Refusal as refusal:
            refused = message_of(refusal, on_page)
        else:
            return see_other(f"{place_of(books.organization)}/invoices?status=draft")
    context: dict[str, Any] = {"one": one, "key": key, "broken": broken, "refused": refused}
    title, status = gettext("Discard this draft?"), 409 if refused else 200
    return await show(
        visitor, books.organization, "draft_discard.html", here=_HERE, status=status, title=title, **context
    )


async def _books(request: Request, visitor: Visitor) -> Books:
    organization = await visitor.organization(request)
    return open_books(visitor.office, organization, Right.READ)


async def _shown_or_refused(books: Books, key: str) -> tuple[ShownDraft | None, str]:
    """The draft, or why it cannot be shown as a document any more."""
    try:
        return await _shown(books, key), ""
    except (NotFound, Unavailable):
        raise
    except Refusal as refusal:
        return None, message_of(refusal, on_page)


async def _shown(books: Books, key: str) -> ShownDraft:
    """The draft as it would be issued now.

    Raises:
        Turned: it is issued, and leads to what it became.
    """
    try:
        prepared = await prepared_draft(books, key)
    except Immutable:
        became = await issued_from(books, key)
        at = became.document.id if became else key
        raise Turned(see_other(f"{place_of(books.organization)}/invoices/{at}")) from None
    return shown_draft(prepared, await books.read(load_profile))


async def _decides(visitor: Visitor, books: Books, key: str) -> bool:
    """Whether it is the visitor who decides next on what waits."""
    if not may(visitor, books, Right.DECIDE_APPROVAL):
        return False
    try:
        await show_for_decision(books, key, to_sign=False)
    except Refusal:
        return False
    return True


async def _issued_already(visitor: Visitor, books: Books, became: StandingDocument) -> Response:
    return await show(
        visitor,
        books.organization,
        "issued_already.html",
        here=_HERE,
        status=409,
        title=gettext("Issued already"),
        key=became.document.id,
        number=became.document.number,
    )
