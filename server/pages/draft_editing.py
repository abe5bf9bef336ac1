"""Writing a draft: a form that keeps what was typed, with the paper as it would be beside it. Nothing is kept before it
is saved.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.document.documents import Document
from invoicing.master_data.records import Customer
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal, Unavailable
from operations.customers import find_customers
from operations.drafts import DraftRequest
from operations.identity.browsing import new_mark
from operations.paper import picture_of, printed_as_draft
from operations.prepared_drafts import Choices, KeptDraft, choices_for_draft, foresee_draft, kept_draft, save_draft
from operations.rights import Right
from server.pages.draft_forms import FORM_BYTES_MAX, LINES_MAX, NEW_LINE, TypedDraft, requested, typed_from, typed_of
from server.pages.languages import gettext
from server.pages.opening import books_to_act
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.refused import status_of
from server.pages.rendering import part, see_other, told
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from views.listed_documents import formats_of
from views.listed_records import CustomerRow, customer_row
from views.organizations import place_of
from views.remedies import message_of, on_page
from views.shown_drafts import ShownFigures, shown_figures

_HERE = "invoices"
_PICTURE_WIDTH = 800
_MATCHES = 8
_FIRST = "lines[0]"


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """What was typed as a document, or why it is none: the field at fault, and customers who could be meant, each with
    what is written for it and what it is told by.
    """

    figures: ShownFigures | None = None
    picture: str = ""
    refused: str = ""
    field: str = ""
    matches: tuple[tuple[str, str], ...] = ()


def routes(desk: Desk) -> list[Route]:
    both = ("GET", "POST")
    return [
        *desk.of_organization("/invoices/drafts/new", _new, methods=both),
        *desk.of_organization("/invoices/drafts/preview", _preview, methods=["POST"]),
        *desk.of_organization("/invoices/drafts/{draft}/edit", _edit, methods=both),
    ]


async def _new(request: Request, visitor: Visitor) -> Response:
    books = await books_to_act(request, visitor, Right.DRAFT)
    if request.method == "POST":
        return await _sent(visitor, books, await visitor.form(request, most=FORM_BYTES_MAX), "", None)
    typed = TypedDraft(customer=request.query_params.get("customer", "")[:200])
    return await _show(visitor, books, typed, "", None)


async def _edit(request: Request, visitor: Visitor) -> Response:
    books = await books_to_act(request, visitor, Right.DRAFT)
    draft = request.path_params["draft"]
    kept = await kept_draft(books, draft)
    if len(kept.request.lines) > LINES_MAX:
        said = gettext("This draft has more lines than a page can show: an assistant can be asked to change it.")
        return told(gettext("Too long for this page"), said, status=409)
    if request.method == "POST":
        return await _sent(visitor, books, await visitor.form(request, most=FORM_BYTES_MAX), draft, kept)
    typed = typed_from(kept, decimal=await _decimal(books))
    # What is kept has an address for its picture; what is only typed has none.
    at = f"{place_of(books.organization)}/invoices/drafts/{draft}/pages/1"
    foreseen = await _foresee(books, typed, draft, kept, picture=at)
    return await _show(visitor, books, typed, draft, kept, foreseen=foreseen)


async def _preview(request: Request, visitor: Visitor) -> Response:
    """What was typed so far as a document, for the script that shows it beside the form."""
    books = await books_to_act(request, visitor, Right.DRAFT)
    form = await visitor.form(request, most=FORM_BYTES_MAX)
    draft = form.text("draft")
    kept = await kept_draft(books, draft) if draft else None
    foreseen = await _foresee(books, typed_of(form), draft, kept)
    return part("draft_preview.html", foreseen=foreseen)


async def _sent(visitor: Visitor, books: Books, form: Form, draft: str, kept: KeptDraft | None) -> Response:
    """Save it, or show the form again: with a line more or less, or with what it would be."""
    typed, act = typed_of(form), form.text("act")
    what, _, place = act.partition(":")
    if act == "add":
        typed = replace(typed, lines=(*typed.lines, NEW_LINE)[:LINES_MAX])
        focus = f"lines[{len(typed.lines) - 1}].item"
        return await _show(visitor, books, typed, draft, kept, form=form, focus=focus)
    if what == "remove":
        typed = replace(typed, lines=tuple(one for at, one in enumerate(typed.lines) if str(at) != place))
        return await _show(visitor, books, typed, draft, kept, form=form, focus="add")
    typed = typed.without_empty_lines()
    if act != "save":
        foreseen = await _foresee(books, typed, draft, kept)
        status = 200 if not foreseen.refused else 400
        return await _show(visitor, books, typed, draft, kept, form=form, foreseen=foreseen, status=status)
    drafts = f"{place_of(books.organization)}/invoices"
    if not draft:
        await visitor.check_first_time(form, gettext("This draft was saved already"), f"{drafts}?status=draft")
    try:
        wanted = DraftRequest(document=requested(typed, kept, decimal=await _decimal(books)), draft=draft)
        made = await save_draft(books, wanted, kept_as=form.text("kept_as"))
    except Unavailable:
        raise
    except Refusal as refusal:
        foreseen = await _refused(books, typed, refusal)
        return await _show(visitor, books, typed, draft, kept, form=form, foreseen=foreseen, status=status_of(refusal))
    return see_other(f"{drafts}/drafts/{made.draft}")


async def _foresee(
    books: Books, typed: TypedDraft, draft: str, kept: KeptDraft | None, *, picture: str = ""
) -> _Foreseen:
    typed = typed.without_empty_lines()
    if not typed.customer and not any(line.item or line.description for line in typed.lines):
        return _Foreseen()
    try:
        document = requested(typed, kept, decimal=await _decimal(books))
        preview = await foresee_draft(books, DraftRequest(document=document, draft=draft))
    except Unavailable:
        raise
    except Refusal as refusal:
        # Whoever has written no line yet is not told so before it is to be saved.
        return await _refused(books, typed, refusal) if typed.lines or refusal.field != "lines" else _Foreseen()
    choices = await choices_for_draft(books)
    return _Foreseen(shown_figures(preview, choices.profile), picture or await _drawn(books, preview.document))


async def _drawn(books: Books, document: Document) -> str:
    """The first page of its paper, within the page that shows it."""
    drawn = await picture_of(books, await printed_as_draft(books, document), 1, width=_PICTURE_WIDTH)
    return "data:image/png;base64," + base64.b64encode(drawn.png).decode()


async def _refused(books: Books, typed: TypedDraft, refusal: Refusal) -> _Foreseen:
    found: list[Customer] = []
    if refusal.field == "customer":
        # What cannot be a name at all, such as one with a control character, is like none.
        with suppress(InvalidInput, LimitExceeded):
            found = list((await find_customers(books, query=typed.customer, cursor="", limit=_MATCHES)).items)
    names = [one.name for one in found]
    rows = [customer_row(one) for one in found]
    matches = tuple(
        (row.name, row.name) if names.count(row.name) == 1 else (row.key, " · ".join(_told_by(row))) for row in rows
    )
    field = f"{_FIRST}.item" if refusal.field == "lines" else refusal.field
    return _Foreseen(refused=message_of(refusal, on_page), field=field, matches=matches)


def _told_by(row: CustomerRow) -> list[str]:
    """By what one of several customers of a name is told from the others; in the end by its id."""
    said = [text for text in (row.place, row.tax_number, row.email) if text]
    return [row.name, *(said or [row.key])]


async def _decimal(books: Books) -> str:
    choices = await choices_for_draft(books)
    return formats_of(choices.profile, "").decimal


async def _show(
    visitor: Visitor,
    books: Books,
    typed: TypedDraft,
    draft: str,
    kept: KeptDraft | None,
    *,
    form: Form | None = None,
    foreseen: _Foreseen | None = None,
    focus: str = "",
    status: int = 200,
) -> Response:
    choices: Choices = await choices_for_draft(books)
    context: dict[str, Any] = {"choices": choices, "foreseen": foreseen or _Foreseen(), "focus": focus}
    inclusive = kept.request.prices_include_tax if kept else None
    return await show(
        visitor,
        books.organization,
        "draft_form.html",
        here=_HERE,
        status=status,
        title=gettext("Change the draft") if draft else gettext("New invoice"),
        typed=typed if typed.lines or focus else replace(typed, lines=(NEW_LINE,)),
        draft=draft,
        # What it was when the form was opened, and not what it has become since.
        kept_as=form.text("kept_as") if form else kept.kept_as if kept else "",
        with_tax=choices.profile.prices_include_tax if inclusive is None else inclusive,
        lines_max=LINES_MAX,
        mark=new_mark,
        **context,
    )
