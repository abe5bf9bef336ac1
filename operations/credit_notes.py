"""Credit notes: the correction of an invoice, which itself never changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.credit.crediting import CreditLine, credit
from invoicing.document.converting import completed
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.law_of_form import law_of_form
from invoicing.document.lifecycle import Balance
from invoicing.document.mandates import Acknowledgement
from invoicing.document.notices import Notice
from invoicing.document.numbering import period
from invoicing.money.amounts import money_text
from invoicing.organizations import Environment
from invoicing.refusals import Conflict, InvalidInput, NotReady
from invoicing.remedies import ReversePayment
from invoicing.render.fonts import unprintable_characters
from invoicing.settlement.kinds import SettlementKind
from invoicing.text.typed import clean_line
from operations.customers import resolve_customer
from operations.drafts import month_gross_of
from operations.issue_dates import date_refusal, local_date
from operations.issuing import (
    StandingDocument,
    answered_for,
    find_document,
    fingerprint,
    issue_document,
    standing,
    standing_on,
)
from operations.likely_duplicates import duplicate_credit_note
from operations.settling.cash import due_by_credit_note
from operations.settling.limits import written_off_or_discounted
from storage.books import documents, idempotency
from storage.books.journal import receivable_of
from storage.books.mandates import standing_acknowledgements
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_setup

_TOOL = "issue_credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRequest:
    """What to take back: an invoice by its id or number, whole or by lines, and why.

    `lines` None is all that remains. Without `issue_date` it is today's, or the first later day that the invoice and
    the series allow. `client_reference` is the caller's own name for the credit note.
    """

    invoice: str
    reason: str
    lines: tuple[CreditLine, ...] | None = None
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


async def issue_credit_note(books: Books, request: CreditRequest) -> IssuedCreditNote:
    """Take an invoice back, whole or in part, with a document of its own: all of it in one transaction.

    Paid or not: what was paid of what is taken back is owed to the customer, until it is refunded.

    Raises:
        NotFound: no such document in these books.
        Conflict: a credit note, or an invoice of which nothing remains.
        LimitExceeded: more of a line than remains.
        NotReady: the law takes no PDF here, and nobody has acknowledged how it is handed in.
        InvalidInput: no reason, or one that the PDF cannot print where it is live; an unknown line, or a date before
            the invoice's or the series' last one.
        IdempotencyMismatch: the client reference was used for something else.
    """
    reference = clean_line(request.client_reference, field="client_reference", limit=100)
    wanted = replace(request, client_reference=reference)
    return await books.write(lambda db: _credit(db, books, wanted))


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


def _credit(db: Session, books: Books, request: CreditRequest) -> IssuedCreditNote:
    invoice = find_document(db, request.invoice).document
    # An invoice has an id and a number: a retry may name it by either.
    request_hash = fingerprint(replace(request, invoice=invoice.id)) if request.client_reference else ""
    first = idempotency.subject_of(db, _TOOL, request.client_reference, request_hash)
    if first is not None:
        note = replace(standing(db, books, find_document(db, first)), replayed=True)
        return IssuedCreditNote(note, invoice.number, documents.balance_of(db, invoice.id))
    _check_nothing_was_given_up(db, invoice)
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
    warnings = (*form.warnings, *duplicate_credit_note(document, credited))
    document = replace(document, form_words=form.words)
    if refused := date_refusal(db, document, profile, setup.series, today=today):
        raise refused
    on_record = answered_for(form) | {"client_reference": request.client_reference}
    # What is receivable is taken back where it stands.
    posting = replace(setup.posting, receivable=receivable_of(db, invoice.id) or setup.posting.receivable)
    issued = issue_document(
        db,
        books,
        document,
        series=setup.series,
        posting=posting,
        on_record=on_record,
        credited=invoice,
        changes=due_by_credit_note(db, invoice, document),
    )
    idempotency.remember(db, _TOOL, request.client_reference, request_hash, issued.document.id, at=books.clock())
    return IssuedCreditNote(standing_on(today, issued), invoice.number, documents.balance_of(db, invoice.id), warnings)


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
