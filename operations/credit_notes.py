"""Credit notes: the correction of an invoice, which itself never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.approval.approvals import Approval, GivenApproval, digest_of
from invoicing.approval.matching import AskedStep
from invoicing.credit.crediting import credit
from invoicing.credit.remaining import Remaining, remaining
from invoicing.credit.wanted import CreditCharge, CreditLine
from invoicing.document.canonical import canonical_json
from invoicing.document.converting import completed
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.law_of_form import LawOfForm, law_of_form
from invoicing.document.lifecycle import Balance
from invoicing.document.mandates import Acknowledgement
from invoicing.document.notices import Notice
from invoicing.document.numbering import period
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Posting, Series, Setup
from invoicing.money.amounts import money_text
from invoicing.organizations import Environment
from invoicing.refusals import Conflict, InvalidInput, NotReady, Refusal
from invoicing.remedies import ReversePayment
from invoicing.render.fonts import unprintable_characters
from invoicing.settlement.kinds import SettlementKind
from invoicing.text.typed import clean_line
from operations.advances import check_advance_is_open
from operations.approval.waiting import (
    AwaitingApproval,
    approvals_on_record,
    begin_waiting,
    standing_approval,
    steps_for,
    warnings_kept,
)
from operations.customers import resolve_customer
from operations.drafts import month_gross_of
from operations.issue_dates import date_refusal, local_date
from operations.issuing import (
    StandingDocument,
    answered_for,
    find_document,
    fingerprint,
    issue_document,
    number_of,
    standing,
    standing_on,
)
from operations.likely_duplicates import duplicate_credit_note
from operations.settling.cash import due_by_credit_note
from operations.settling.limits import written_off_or_discounted
from storage.books import documents, idempotency
from storage.books.approvals import delete_approval
from storage.books.journal import receivable_of
from storage.books.mandates import standing_acknowledgements
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_setup
from storage.ids import new_id

_TOOL = "issue_credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRequest:
    """What to take back: an invoice by its id or number, whole or by lines and charges, and why.

    `lines` None without `charges` is all that remains. Without `issue_date` it is today's, or the first later day that
    the invoice and the series allow. `client_reference` is the caller's own name for the credit note.
    """

    invoice: str
    reason: str
    lines: tuple[CreditLine, ...] | None = None
    charges: tuple[CreditCharge, ...] = ()
    issue_date: date | None = None
    client_reference: str = ""


@dataclass(frozen=True, slots=True)
class IssuedCreditNote:
    """A credit note, and what is owed of its invoice now: less than zero where the customer is owed. `warnings` are
    what is to be known of it.
    """

    note: StandingDocument
    invoice_number: str
    invoice_balance: Balance
    warnings: tuple[Notice, ...] = ()


async def issue_credit_note(
    books: Books, request: CreditRequest, *, seen_as: str = ""
) -> IssuedCreditNote | AwaitingApproval:
    """Take an invoice back, whole or in part, with a document of its own: all of it in one transaction.

    What a workflow matches, or the policy wants a person for, waits for approval.

    With `seen_as` it is issued only as a person was shown it, by the digest that `foresee_credit` has answered.

    Paid or not: what was paid of what is taken back is owed to the customer, until it is refunded.

    Raises:
        NotFound: no such document in these books.
        Conflict: a credit note, an invoice of which nothing remains, or it is not as it was shown.
        LimitExceeded: more of a line than remains.
        NotReady: the law takes no PDF here, and nobody has acknowledged how it is handed in.
        InvalidInput: no reason, or one that the PDF cannot print where it is live; an unknown line, or a date before
            the invoice's or the series' last one.
        IdempotencyMismatch: the client reference was used for something else.
    """
    reference = clean_line(request.client_reference, field="client_reference", limit=100)
    wanted = replace(request, client_reference=reference)
    return await books.write(lambda db: _credit(db, books, wanted, seen_as))


@dataclass(frozen=True, slots=True)
class ForeseenCredit:
    """What crediting would come to, and the `number` that it would get now. `obstacle` is what its date is refused for;
    it would wait for the `steps`. `seen_as` is the digest of all that a person is shown of it.
    """

    document: Document
    number: str
    warnings: tuple[Notice, ...]
    obstacle: Refusal | None
    steps: tuple[AskedStep, ...]
    seen_as: str


async def foresee_credit(books: Books, request: CreditRequest) -> ForeseenCredit:
    """What `issue_credit_note` would make of the request now. Nothing is written.

    Raises:
        NotFound, Conflict, LimitExceeded, NotReady, InvalidInput: as `issue_credit_note` does.
    """

    def work(db: Session) -> ForeseenCredit:
        composed = compose_credit(db, books, request)
        return ForeseenCredit(
            document=composed.document,
            number=number_of(db, composed.document, composed.setup.series),
            warnings=composed.warnings,
            obstacle=date_refusal(db, *composed.refused_for_its_date, today=composed.today),
            steps=steps_for(db, books, composed.document, overridden=False, preparers=(books.acting,)),
            seen_as=_shown_digest(db, books, request, composed),
        )

    return await books.read(work)


async def left_to_credit(books: Books, key: str) -> Remaining:
    """What earlier credit notes have left of an invoice.

    Raises:
        NotFound, Conflict: no such invoice, or one of a former system.
    """

    def work(db: Session) -> Remaining:
        invoice = find_document(db, key).document
        earlier = [note.document for note in documents.credit_notes_of(db, invoice.id)]
        return remaining(completed(invoice, accounting_currency=load_profile(db).currency), earlier)

    return await books.read(work)


def _shown_digest(db: Session, books: Books, request: CreditRequest, composed: ComposedCredit) -> str:
    warnings = [[one.code, one.text] for one in composed.warnings]
    return fingerprint([credit_digest(db, books, request, composed), warnings])


def _check_nothing_was_given_up(db: Session, invoice: Document) -> None:
    """What was never paid, because it was a discount or was written off, is not paid back."""
    if given_up := written_off_or_discounted(db, invoice):
        what = "discount" if given_up.kind is SettlementKind.DISCOUNT else "write-off"
        raise Conflict(
            f"A {what} of {money_text(given_up.amount_minor, given_up.currency)} {given_up.currency} stands on"
            f" {invoice.number}: what was never paid would be paid back. Take it back first, credit, and record it anew"
            " on what is left.",
            field="invoice",
            remedy=ReversePayment(given_up.id),
        )


@dataclass(frozen=True, slots=True)
class ComposedCredit:
    """A credit note that could be issued: as it would be today, with all that was looked at."""

    document: Document
    invoice: Document
    profile: Profile
    setup: Setup
    posting: Posting
    form: LawOfForm
    warnings: tuple[Notice, ...]
    today: date

    @property
    def refused_for_its_date(self) -> tuple[Document, Profile, Series]:
        return self.document, self.profile, self.setup.series


def compose_credit(db: Session, books: Books, request: CreditRequest) -> ComposedCredit:
    """The credit note that the request would become now, whatever its date is refused for.

    Raises:
        NotFound, Conflict, LimitExceeded, NotReady, InvalidInput: as `issue_credit_note` says.
    """
    invoice = find_document(db, request.invoice).document
    _check_nothing_was_given_up(db, invoice)
    check_advance_is_open(db, invoice)
    profile = load_profile(db)
    today = local_date(books.clock(), profile)
    setup = load_setup(db, DocumentKind.CREDIT_NOTE)
    first_day = max(today, invoice.issue_date)
    last = documents.last_issue_date(db, setup.series.code, period(setup.series.pattern, first_day))
    credited = [note.document for note in documents.credit_notes_of(db, invoice.id)]
    document = credit(
        completed(invoice, accounting_currency=profile.currency),
        credited,
        request.lines,
        request.charges,
        reason=request.reason,
        issue_date=request.issue_date or max(first_day, last or first_day),
        series=setup.series.code,
    )
    # Neither the organization's readiness nor the customer's gaps are looked at: what is wrong must be put right. But
    # where a PDF is no invoice in law, it is no credit note either.
    form = law_of_form(
        document,
        profile=profile,
        customer=resolve_customer(db, invoice.customer),
        acknowledgements=_standing_for(db, invoice),
        month_gross_minor=month_gross_of(db, document, profile),
    )
    if form.mandate_blockers:
        raise NotReady(*form.mandate_blockers)
    _check_reason(document)
    return ComposedCredit(
        replace(document, form_words=form.words),
        invoice,
        profile,
        setup,
        # What is receivable is taken back where it stands.
        replace(setup.posting, receivable=receivable_of(db, invoice.id) or setup.posting.receivable),
        form,
        (*form.warnings, *duplicate_credit_note(document, credited)),
        today,
    )


def credit_digest(db: Session, books: Books, request: CreditRequest, composed: ComposedCredit) -> str:
    """What exactly is approved: the request, and the credit note that it becomes on the day of `composed`."""
    named = replace(request, invoice=composed.invoice.id, client_reference="")
    pinned = compose_credit(db, books, replace(named, issue_date=composed.document.issue_date))
    return digest_of(pinned.document, asdict(named), pinned.setup.series.pattern, pinned.posting)


def issue_composed_credit(
    db: Session,
    books: Books,
    composed: ComposedCredit,
    *,
    client_reference: str,
    request_hash: str,
    given: Sequence[GivenApproval] = (),
    waited_as: str = "",
) -> IssuedCreditNote:
    """Issue a composed credit note; `waited_as` is the id under which it waited for approval."""
    document, invoice = composed.document, composed.invoice
    on_record = answered_for(composed.form) | {"client_reference": client_reference} | approvals_on_record(given)
    issued = issue_document(
        db,
        books,
        document,
        series=composed.setup.series,
        posting=composed.posting,
        on_record=on_record | ({"draft": waited_as} if waited_as else {}),
        credited=invoice,
        changes=due_by_credit_note(db, invoice, document),
        given=given,
    )
    if waited_as:
        delete_approval(db, waited_as)
    for what, reference in ((idempotency.ISSUED_DRAFT, waited_as), (_TOOL, client_reference)):
        idempotency.remember(db, what, reference, request_hash, issued.document.id, at=books.clock())
    balance = documents.balance_of(db, invoice.id)
    return IssuedCreditNote(standing_on(composed.today, issued), invoice.number, balance, composed.warnings)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A credit note that can be issued, or waits for `steps`; `digest` is of what is approved then, or empty."""

    composed: ComposedCredit
    request_hash: str
    steps: tuple[AskedStep, ...]
    digest: str


def _credit(db: Session, books: Books, request: CreditRequest, seen_as: str) -> IssuedCreditNote | AwaitingApproval:
    prepared = _prepare(db, books, request)
    if not isinstance(prepared, _Prepared):
        return prepared
    if seen_as and seen_as != _shown_digest(db, books, request, prepared.composed):
        raise Conflict("It is not as it was shown to you any more. Nothing was issued: this is how it is now.")
    if prepared.steps:
        return _wait(db, books, request, prepared)
    return issue_composed_credit(
        db,
        books,
        prepared.composed,
        client_reference=request.client_reference,
        request_hash=prepared.request_hash,
    )


def _prepare(db: Session, books: Books, request: CreditRequest) -> _Prepared | IssuedCreditNote | AwaitingApproval:
    """What would be issued, or what became of an earlier call with the same reference. Nothing is written."""
    invoice = find_document(db, request.invoice).document
    # An invoice has an id and a number: a retry may name it by either.
    request_hash = fingerprint(replace(request, invoice=invoice.id)) if request.client_reference else ""
    first = idempotency.subject_of(db, _TOOL, request.client_reference, request_hash)
    if first is not None:
        note = replace(standing(db, books, find_document(db, first)), replayed=True)
        return IssuedCreditNote(note, invoice.number, documents.balance_of(db, invoice.id))
    waits_as = idempotency.subject_of(db, idempotency.CREDIT_ASKED_FOR, request.client_reference, request_hash) or ""
    found = standing_approval(db, waits_as, reference=request.client_reference, request_hash=request_hash)
    if found is not None:
        return found
    composed = compose_credit(db, books, request)
    if refused := date_refusal(db, *composed.refused_for_its_date, today=composed.today):
        raise refused
    steps = steps_for(db, books, composed.document, overridden=False, preparers=(books.acting,))
    digest = credit_digest(db, books, request, composed) if steps else ""
    return _Prepared(composed, request_hash, steps, digest)


def _wait(db: Session, books: Books, request: CreditRequest, prepared: _Prepared) -> AwaitingApproval:
    """Keep the request, which waits. It is no draft of an invoice, and stands among what waits alone."""
    composed, reference = prepared.composed, request.client_reference
    before = idempotency.known_subject(db, idempotency.CREDIT_ASKED_FOR, reference)
    key = before or new_id("crd")
    wanted = Approval(
        id=key,
        document=composed.document,
        digest=prepared.digest,
        steps=prepared.steps,
        preparers=(books.acting,),
        asked_at=books.clock(),
        asked_by=books.actor,
        warnings=warnings_kept(composed.warnings),
        request=canonical_json(asdict(replace(request, invoice=composed.invoice.id))),
        client_reference=reference,
        request_hash=prepared.request_hash,
    )
    if before is None:
        idempotency.remember(db, idempotency.CREDIT_ASKED_FOR, reference, prepared.request_hash, key, at=books.clock())
    return AwaitingApproval(begin_waiting(db, books, wanted))


def _check_reason(document: Document) -> None:
    """A credit note is final and has no draft: what its paper could not say is refused before."""
    missing = unprintable_characters(document.reason)
    if missing and document.environment is Environment.LIVE:
        raise InvalidInput(
            f"reason: the PDF cannot print {missing[:20]}: write it in Latin, Greek or Cyrillic letters.",
            field="reason",
        )


def _standing_for(db: Session, invoice: Document) -> list[Acknowledgement]:
    """What stands acknowledged, with what somebody answered for when the draft was issued that became the invoice: that
    holds for taking it back, too.
    """

    def became_it(one: Acknowledgement) -> bool:
        issued = idempotency.known_subject(db, idempotency.ISSUED_DRAFT, one.draft)
        return one.customer == invoice.customer and issued == invoice.id

    found = standing_acknowledgements(db)
    return [replace(one, draft="") if one.draft and became_it(one) else one for one in found]
