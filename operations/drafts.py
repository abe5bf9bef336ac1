"""Drafts: what will happen is shown before it happens, and nothing is consumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.approval.people import Actor, with_actor
from invoicing.countries import country
from invoicing.document.copying import earlier_buyer, filled_from
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.drafting import Circumstances, RequestedDocument, check_request, compose_explained, tax_setting
from invoicing.document.law_of_form import LawOfForm, counts_by_month, law_of_form
from invoicing.document.notices import Notice
from invoicing.document.readiness import (
    blockers,
    check_country,
    customer_gaps,
    exchange_gap,
    named_gaps,
    registration_gap,
)
from invoicing.document.shown import Shown, check_as_shown, shown_by
from invoicing.document.warnings import unprintable_parties, warnings_for
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item, Setup
from invoicing.master_data.registration import settled
from invoicing.organizations import Environment
from invoicing.refusals import Immutable, InvalidInput, NotFound
from invoicing.remedies import Act, Remark
from invoicing.tax.choice import ChosenTax, Rule
from invoicing.tax.explaining import explain, explain_choices
from invoicing.tax.inputs import Rounding
from invoicing.tax.local_codes import LOCAL_RATE_UNKNOWN
from operations.advances import advance_warnings, advances_to_deduct
from operations.approval.waiting import end_with_draft, void_approval
from operations.customers import resolve_customer
from operations.issue_dates import date_refusal, local_date
from operations.issuing import number_of
from operations.items import resolve_items
from operations.kind_and_series import check_fits_taken_over, checked_series, kind_of
from operations.likely_duplicates import duplicate_invoice
from operations.naming import no_such_draft
from storage.books import audit, documents, drafts, idempotency
from storage.books.items import items_by_ids
from storage.books.mandates import month_gross_minor, standing_acknowledgements
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_setup
from storage.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """A draft as asked for. `customer` and each line's `item` are ids or exact names; what `copy_of` names (an
    invoice's id or number) fills what is left out. `draft` is the draft to replace, or, where nothing else is asked
    for, the one to show again as it is.
    """

    document: RequestedDocument
    copy_of: str = ""
    draft: str = ""


NOT_READY_FOR_LIVE = "not_ready_for_live"
"""The code of what a sandbox organization is told that a live one could not issue."""

_NOTHING = DraftRequest(document=RequestedDocument(customer="", lines=()))


@dataclass(frozen=True, slots=True)
class Preview:
    """What issuing would make, and what to know before. `blockers` is empty where it could be issued now.

    `explanation` says why tax and totals are what they are; `choices` are its sentences on the choice of the tax.
    """

    draft: str
    document: Document
    number: str
    warnings: tuple[Notice, ...]
    blockers: tuple[Remark, ...]
    explanation: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A request that names customer and items by their ids, with the customer and the items by id.

    `shown` is what the draft last showed, where a draft is to be issued that knows it; `draft` is its id.
    """

    request: RequestedDocument
    customer: Customer
    items: Mapping[str, Item]
    shown: Shown | None = None
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A composed document with all that was looked at, how each line's tax was chosen, and why."""

    document: Document
    profile: Profile
    setup: Setup
    customer: Customer
    today: date
    chosen: tuple[ChosenTax, ...]
    form: LawOfForm

    @property
    def explanation(self) -> tuple[str, ...]:
        """Why tax and totals are what they are; put into words where it is asked for."""
        return explain(self.document, self.chosen)

    @property
    def overrides(self) -> tuple[str, ...]:
        """Which lines state another tax code than the proposed one: what goes on record when it is issued."""
        return tuple(explain_choices([tax for tax in self.chosen if tax.choice.rule is Rule.OVERRIDDEN]))


async def draft_invoice(books: Books, request: DraftRequest) -> Preview:
    """Keep a draft, new or in place of another, and show the document it would become.

    Raises:
        NotFound, InvalidInput, LimitExceeded, Conflict, NotReady: nothing is kept then.
    """
    return await books.write(lambda db: draft_in(db, books, request), size=len(request.document.lines))


async def delete_draft(books: Books, draft: str) -> None:
    """Delete a draft. No number is lost with it: a draft has none.

    Raises:
        NotFound: no such draft in these books.
        Conflict: it waits for approval.
    """

    def work(db: Session) -> None:
        load_draft(db, draft)
        end_with_draft(db, draft)
        drafts.delete_draft(db, draft)
        audit.record(db, "delete_draft", draft, at=books.clock(), by=books.actor, detail={})

    await books.write(work)


def resolve_request(db: Session, books: Books, request: DraftRequest) -> Resolved:
    """The request with everything resolved in these books, and filled from what it copies.

    Raises:
        NotFound, InvalidInput, LimitExceeded.
    """
    wanted = request.document
    if request.copy_of:
        wanted = _filled_from(db, books, wanted, request.copy_of)
    if not wanted.customer:
        raise InvalidInput("customer is required: an id, or the exact name.", field="customer")
    wanted = check_request(wanted)
    items = resolve_items(db, [line.item for line in wanted.lines])
    customer = resolve_customer(db, wanted.customer)
    ids = {name: item.id for name, item in items.items()}
    lines = tuple(
        line if ids.get(line.item, line.item) == line.item else replace(line, item=ids[line.item])
        for line in wanted.lines
    )
    return Resolved(
        replace(wanted, customer=customer.id, lines=lines), customer, {item.id: item for item in items.values()}
    )


def resolve_draft(db: Session, draft: str) -> Resolved:
    """A kept draft with what it names, as that is today, and with what it showed.

    Raises:
        NotFound: no such draft in these books.
    """
    request, shown = load_draft(db, draft)
    items = items_by_ids(db, (line.item for line in request.lines if line.item))
    return Resolved(request, resolve_customer(db, request.customer), items, shown, draft)


def compose_in(db: Session, books: Books, resolved: Resolved) -> Composed:
    """The document that the request would become now, in these books.

    Raises:
        Conflict: it is not what its draft showed.
        InvalidInput, LimitExceeded, NotReady: as composing says.
    """
    kind = kind_of(db, resolved.request)
    circumstances = _circumstances(
        db, books, resolved.customer, items=resolved.items, series=resolved.request.series, kind=kind
    )
    circumstances = replace(circumstances, advances=advances_to_deduct(db, resolved.request, resolved.customer))
    made = compose_explained(resolved.request, circumstances)
    check_fits_taken_over(db, made.document)
    if resolved.shown is not None:
        check_as_shown(resolved.shown, made.document)
    form = law_of_form(
        made.document,
        profile=circumstances.profile,
        customer=resolved.customer,
        acknowledgements=standing_acknowledgements(db),
        draft=resolved.draft,
        month_gross_minor=month_gross_of(db, made.document, circumstances.profile),
    )
    return Composed(
        replace(made.document, form_words=form.words),
        circumstances.profile,
        circumstances.setup,
        resolved.customer,
        circumstances.today,
        made.chosen,
        form,
    )


def load_draft(db: Session, draft: str) -> tuple[RequestedDocument, Shown | None]:
    """What was asked for, and what the draft last showed.

    Raises:
        NotFound: no such draft in these books.
        Immutable: an issued document, or a draft that has become one.
    """
    found = drafts.draft_by_id(db, draft)
    if found is None:
        became = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, draft) or draft
        issued = documents.document_by_id_or_number(db, became)
        if issued is not None:
            raise Immutable(
                f"draft: {issued.document.number} is issued and never changes.",
                field="draft",
                remedy=Act.CREDIT_DOCUMENT,
            )
        raise no_such_draft()
    return found


def issuing_blockers(composed: Composed) -> tuple[Remark, ...]:
    """Why this document could not be issued: the organization's readiness, and when live the customer's gaps and a
    tax that is not in the national currency too.
    """
    default_code = composed.setup.default_tax_code().code
    found = [Remark(one.text, one.remedy) for one in blockers(composed.profile, default_code=default_code)]
    if gaps := customer_gaps(composed.profile, composed.customer):
        lacking = named_gaps(composed.customer, gaps)
        found.append(Remark(f"{composed.customer.name} lacks {lacking}.", Act.SAVE_CUSTOMER))
    if gap := registration_gap(composed.document):
        found.append(Remark(gap))
    if gap := exchange_gap(composed.document, composed.profile):
        found.append(Remark(gap))
    cautions = (caution for tax in composed.chosen for caution in tax.choice.cautions)
    unknown = dict.fromkeys(Remark(one.text, one.remedy) for one in cautions if one.code == LOCAL_RATE_UNKNOWN)
    unprintable = (Remark(text) for text in unprintable_parties(composed.document))
    return (*found, *unknown, *unprintable, *composed.form.blockers)


def month_gross_of(db: Session, document: Document, profile: Profile) -> int | None:
    """What has been invoiced in the month, in these books, where a mandate asks for it."""
    if not counts_by_month(profile, document.issue_date):
        return None
    return month_gross_minor(db, document.issue_date, country(profile.country).currency)


def draft_in(db: Session, books: Books, request: DraftRequest) -> Preview:
    """Keep the draft, new or in place of another, in the transaction of `db`."""
    draft_id = request.draft or new_id("drf")
    if request.draft and replace(request, draft="") == _NOTHING:
        # Shown again, it is accepted with the figures that it has now. Whoever looks at it has not prepared it.
        resolved = replace(resolve_draft(db, request.draft), shown=None)
        composed = compose_in(db, books, resolved)
        before = drafts.preparers_of(db, draft_id)
        return keep_draft(db, books, resolved, composed, draft_id=draft_id, preparers=before)
    if request.draft:
        load_draft(db, request.draft)
        void_approval(db, books, request.draft, "The draft was changed.")
    resolved = replace(resolve_request(db, books, request), draft=request.draft)
    return keep_draft(db, books, resolved, compose_in(db, books, resolved), draft_id=draft_id)


def keep_draft(
    db: Session,
    books: Books,
    resolved: Resolved,
    composed: Composed,
    *,
    draft_id: str,
    warned: bool = True,
    preparers: tuple[Actor, ...] | None = None,
) -> Preview:
    """Keep the draft, which whoever acts prepares where no other `preparers` are said, and show it: what the answer
    says of it, warnings included, is what it has shown from now on.

    Where it is one of many it has not `warned`: whoever acknowledges a warning has seen it with the draft itself.
    """
    by = preparers_with(db, books, draft_id) if preparers is None else preparers
    preview = preview_of(db, draft_id, composed)
    shown = shown_by(composed.document, preview.warnings if warned else ())
    kept = as_kept(resolved.request, composed)
    drafts.save_draft(db, draft_id, kept, shown, now=books.clock(), by=books.actor, preparers=by)
    return preview


def preparers_with(db: Session, books: Books, draft: str) -> tuple[Actor, ...]:
    """Who has prepared a draft, and whoever acts now."""
    return with_actor(drafts.preparers_of(db, draft) if draft else (), books.acting)


def as_kept(request: RequestedDocument, composed: Composed) -> RequestedDocument:
    """The request as it is kept: what a typed price means is the draft's own from now on, whatever becomes of the
    organization's settings.
    """
    document = composed.document
    return replace(request, prices_include_tax=document.prices_include_tax, rounding=document.rounding)


def document_warnings(db: Session, composed: Composed) -> tuple[Notice, ...]:
    """What to know before this document is issued, though nothing forbids it."""
    found = warnings_for(
        composed.document,
        profile=composed.profile,
        customer=composed.customer,
        today=composed.today,
        chosen=composed.chosen,
        accounts=composed.setup.bank_accounts,
    )
    blocked, form = issuing_blockers(composed), composed.form
    found = (*form.warnings, *(warning for warning in found if warning.code not in form.said))
    refused = {one.text for one in blocked}
    more = (*advance_warnings(db, composed.document), *duplicate_invoice(db, composed.document))
    said = (*(warning for warning in found if warning.text not in refused), *more)
    if composed.profile.environment is Environment.LIVE:
        return said
    return (*said, *(Notice(NOT_READY_FOR_LIVE, one.text, one.remedy) for one in blocked))


def preview_of(db: Session, draft_id: str, composed: Composed) -> Preview:
    """What issuing the composed document would make, and what to know before."""
    document = composed.document
    live = composed.profile.environment is Environment.LIVE
    dates = date_refusal(db, document, composed.profile, composed.setup.series, today=composed.today)
    refused = dates.remarks if dates else ()
    return Preview(
        draft=draft_id,
        document=document,
        number=number_of(db, document, composed.setup.series),
        warnings=document_warnings(db, composed),
        blockers=(*issuing_blockers(composed), *refused) if live else refused,
        explanation=composed.explanation,
        choices=tuple(explain_choices(composed.chosen)),
    )


def _filled_from(db: Session, books: Books, wanted: RequestedDocument, key: str) -> RequestedDocument:
    """What the request leaves out, from an earlier invoice."""
    earlier = documents.document_by_id_or_number(db, key)
    if earlier is None:
        raise NotFound("copy_of: no such document here.", field="copy_of", remedy=Act.FIND_DOCUMENT)
    document = earlier.document
    if document.kind is not DocumentKind.INVOICE:
        raise InvalidInput(f"copy_of: {document.number} is a credit note; name an invoice.", field="copy_of")
    before = resolve_customer(db, document.customer)
    items = items_by_ids(db, (line.item for line in document.lines if line.item))
    in_use = {item.id: item for item in items.values() if not item.archived}
    circumstances = _circumstances(db, books, earlier_buyer(document, before), items=in_use)
    setting = tax_setting(circumstances, currency=document.currency, tax_point=document.supply_date)
    customer = resolve_customer(db, wanted.customer) if wanted.customer else before
    overridden = bool(audit.first_detail(db, "issue_invoice", document.id).get("overrides"))
    return filled_from(wanted, document, customer=customer, setting=setting, overridden=overridden)


def _circumstances(
    db: Session,
    books: Books,
    customer: Customer,
    *,
    items: Mapping[str, Item],
    series: str = "",
    kind: DocumentKind = DocumentKind.INVOICE,
) -> Circumstances:
    profile = load_profile(db)
    check_country(profile)
    setup = load_setup(db, kind, series=checked_series(db, series, kind))
    return Circumstances(
        organization=books.organization.id,
        profile=settled(profile, default_code=setup.default_tax_code().code),
        setup=setup,
        customer=customer,
        items=items,
        today=local_date(books.clock(), profile),
        rounding=Rounding(profile.rounding),
    )
