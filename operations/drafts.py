"""Drafts: what will happen is shown before it happens, and nothing is consumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from invoicing.catalog import Customer, Item, Setup
from invoicing.documents import Document, DocumentKind, Line
from invoicing.drafting import (
    Circumstances,
    RequestedDocument,
    RequestedLine,
    check_request,
    compose,
)
from invoicing.numbering import number, period
from invoicing.profiles import Profile
from invoicing.readiness import blockers, customer_gaps
from invoicing.refusals import InvalidInput, NotFound, NotReady
from invoicing.warnings import warnings_for
from operations.customers import resolve_customer
from operations.items import resolve_items
from storage import audit, documents, drafts
from storage.books import Books
from storage.ids import new_id
from storage.items import item_by_id, items_by_ids
from storage.profile import load_profile
from storage.setup import load_setup


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """A draft as asked for. `customer` and each line's `item` are ids or exact names; what `copy_of` names (an
    invoice's id or number) fills what is left out. `draft` is the draft to replace.
    """

    document: RequestedDocument
    copy_of: str = ""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What issuing would make, and what to know before. `blockers` is empty where it could be issued now."""

    draft: str
    document: Document
    number: str
    warnings: tuple[str, ...]
    blockers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A request that names customer and items by their ids, with the customer and the items by id."""

    request: RequestedDocument
    customer: Customer
    items: Mapping[str, Item]


@dataclass(frozen=True, slots=True)
class Composed:
    """A composed document with all that was looked at."""

    document: Document
    profile: Profile
    setup: Setup
    customer: Customer
    today: date


async def draft_invoice(books: Books, request: DraftRequest) -> Preview:
    """Keep a draft, new or in place of another, and show the document it would become.

    Raises:
        NotFound, InvalidInput, LimitExceeded, Conflict, NotReady: nothing is kept then.
    """
    return await books.write(lambda db: _draft(db, books, request))


async def delete_draft(books: Books, draft: str) -> None:
    """Delete a draft. No number is lost with it: a draft has none.

    Raises:
        NotFound: no such draft in these books.
    """

    def work(db: Session) -> None:
        load_draft(db, draft)
        drafts.delete_draft(db, draft)
        audit.record(db, "delete_draft", draft, at=books.clock(), by=books.actor, detail={})

    await books.write(work)


def resolve_request(db: Session, request: DraftRequest) -> Resolved:
    """The request with everything resolved in these books, and filled from what it copies.

    Raises:
        NotFound, InvalidInput, LimitExceeded.
    """
    wanted = request.document
    if request.copy_of:
        wanted = _filled_from(db, wanted, request.copy_of)
    if not wanted.customer:
        raise InvalidInput("customer is required: an id, or the exact name.", field="customer")
    wanted = check_request(wanted)
    items = resolve_items(db, [line.item for line in wanted.lines])
    customer = resolve_customer(db, wanted.customer)
    lines = tuple(replace(line, item=items[line.item].id) if line.item else line for line in wanted.lines)
    return Resolved(
        replace(wanted, customer=customer.id, lines=lines), customer, {item.id: item for item in items.values()}
    )


def resolve_draft(db: Session, draft: str) -> Resolved:
    """A kept draft with what it names, as that is today.

    Raises:
        NotFound: no such draft in these books.
    """
    request = load_draft(db, draft)
    items = items_by_ids(db, (line.item for line in request.lines if line.item))
    return Resolved(request, resolve_customer(db, request.customer), items)


def compose_in(db: Session, books: Books, resolved: Resolved) -> Composed:
    """The document that the request would become now, in these books."""
    profile = load_profile(db)
    if not profile.country:
        raise NotReady("The organization has no country yet: set it with update_organization.", field="country")
    setup = load_setup(db, DocumentKind.INVOICE)
    today = local_date(books.clock(), profile)
    circumstances = Circumstances(
        organization=books.organization.id,
        profile=profile,
        setup=setup,
        customer=resolved.customer,
        items=resolved.items,
        today=today,
    )
    return Composed(compose(resolved.request, circumstances), profile, setup, resolved.customer, today)


def load_draft(db: Session, draft: str) -> RequestedDocument:
    """Raises:
    NotFound: no such draft in these books.
    """
    found = drafts.draft_by_id(db, draft)
    if found is None:
        raise NotFound("draft: no such draft here; it may have been issued or deleted.", field="draft")
    return found


def issuing_blockers(composed: Composed) -> tuple[str, ...]:
    """Why this document could not be issued: the organization's readiness, and the customer's gaps when live."""
    found = [blocker.message for blocker in blockers(composed.profile)]
    if gaps := customer_gaps(composed.profile, composed.customer):
        found.append(f"{composed.customer.name} lacks {', '.join(gaps)}: complete it with save_customer.")
    return tuple(found)


def date_refusal(db: Session, composed: Composed) -> InvalidInput | None:
    """Why the document's issue date does not fit its series or the organization's policy, if it does not."""
    document, profile, today = composed.document, composed.profile, composed.today
    last = documents.last_issue_date(db, document.series)
    if last is not None and document.issue_date < last:
        return InvalidInput(
            f"issue_date {document.issue_date.isoformat()} lies before {last.isoformat()}, the date of the last"
            " document of this series: dates follow the numbers. Use that date or a later one, and supply_date for"
            " when it was supplied.",
            field="issue_date",
        )
    if document.issue_date > today + timedelta(days=profile.future_days):
        return InvalidInput(
            f"issue_date {document.issue_date.isoformat()} is too far ahead: at most {profile.future_days} days after"
            f" today ({today.isoformat()}); see future_days in update_organization.",
            field="issue_date",
        )
    return None


def local_date(moment: datetime, profile: Profile) -> date:
    """The date at the organization's own place."""
    return moment.astimezone(ZoneInfo(profile.time_zone)).date()


def _draft(db: Session, books: Books, request: DraftRequest) -> Preview:
    if request.draft:
        load_draft(db, request.draft)
    resolved = resolve_request(db, request)
    composed = compose_in(db, books, resolved)
    draft_id = request.draft or new_id("drf")
    drafts.save_draft(db, draft_id, resolved.request, now=books.clock(), by=books.actor)
    return _preview(db, draft_id, composed)


def _preview(db: Session, draft_id: str, composed: Composed) -> Preview:
    document, pattern = composed.document, composed.setup.series.pattern
    sequence = documents.next_sequence(db, document.series, period(pattern, document.issue_date))
    found = issuing_blockers(composed)
    warnings = warnings_for(document, profile=composed.profile, customer=composed.customer, today=composed.today)
    live = composed.profile.environment.value == "live"
    dates = date_refusal(db, composed)
    refused = (dates.message,) if dates else ()
    return Preview(
        draft=draft_id,
        document=document,
        number=number(
            pattern, sequence=sequence, issue_date=document.issue_date, environment=composed.profile.environment
        ),
        warnings=warnings if live else (*warnings, *found),
        blockers=(*found, *refused) if live else refused,
    )


def _filled_from(db: Session, wanted: RequestedDocument, key: str) -> RequestedDocument:
    """What the request leaves out, from an earlier document; its dates and number are never copied."""
    earlier = documents.document_by_id_or_number(db, key)
    if earlier is None:
        raise NotFound("copy_of: no such document here. Look for it with find_invoices.", field="copy_of")
    document = earlier.document
    return replace(
        wanted,
        customer=wanted.customer or document.customer,
        lines=wanted.lines or tuple(_copied_line(db, line) for line in document.lines),
        currency=wanted.currency or document.currency,
        prices_include_tax=(
            document.prices_include_tax if wanted.prices_include_tax is None else wanted.prices_include_tax
        ),
        purchase_order=wanted.purchase_order or document.purchase_order,
        note=wanted.note or document.note,
    )


def _copied_line(db: Session, line: Line) -> RequestedLine:
    item = item_by_id(db, line.item) if line.item else None
    return RequestedLine(
        # An item that was archived since is no reason to lose the line: its text and price are here.
        item=line.item if item is not None and not item.archived else "",
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        tax_code=line.tax_code,
        supply=line.supply,
        discount_percent=line.discount_percent,
    )
