"""When a document is due by its terms of payment, in which instalments, and what paying early takes off."""

from __future__ import annotations

from datetime import date, timedelta

from invoicing.document.documents import Document
from invoicing.document.payable import EarlyPayment, Instalment
from invoicing.document.requested import RequestedDocument
from invoicing.master_data.code_lists import term_texts
from invoicing.master_data.instalments import portions_of
from invoicing.master_data.records import Customer, PaymentTerm, Setup
from invoicing.money.shares import share_out
from invoicing.refusals import InvalidInput
from invoicing.settlement.discounts import WORDS, discount_of
from invoicing.text.codes import capitals


def term_of(request: RequestedDocument, setup: Setup, customer: Customer) -> PaymentTerm:
    """The terms that were asked for, or else the customer's, or else the default ones.

    Raises:
        InvalidInput: there are none of this code, or they are chosen no more.
    """
    terms = setup.terms
    wanted = request.payment_terms or customer.payment_terms
    retired = capitals(request.payment_terms) in terms and not terms[capitals(request.payment_terms)].active
    if retired or (wanted and capitals(wanted) not in terms):
        known = ", ".join(term_texts(terms.values()))
        raise InvalidInput(f"payment_terms: no such terms. Known: {known}.", field="payment_terms")
    return terms[capitals(wanted)] if wanted else setup.default_terms()


def due(request: RequestedDocument, term: PaymentTerm, issue_date: date) -> tuple[date, str]:
    """The day on which the document is due, and its terms in words: none where a day was stated that is not theirs,
    or where it is paid.

    Raises:
        InvalidInput: a due date before the issue date, or a payment after it.
    """
    if request.paid_on is not None:
        _check_paid_before(request.paid_on, issue_date)
        return issue_date, ""
    if request.due_date is None:
        return term.due(issue_date), term.name
    if request.due_date < issue_date:
        raise InvalidInput(
            f"due_date {request.due_date.isoformat()} lies before the issue date {issue_date.isoformat()}.",
            field="due_date",
        )
    # A due date that was stated outranks the terms' own, whose name would then say something else.
    stated = bool(request.payment_terms) or term.due(issue_date) == request.due_date
    return request.due_date, term.name if stated and not term.instalments else ""


def early_payment(
    term: PaymentTerm | None, issue_date: date, *, total_minor: int, tax_minor: int, country: str
) -> EarlyPayment | None:
    """What the terms promise to who pays early; None where that is nothing. `country` is the seller's."""
    if term is None or not term.discount_percent or not term.discount_days or total_minor <= 0:
        return None
    return EarlyPayment(
        percent=term.discount_percent,
        until=issue_date + timedelta(days=term.discount_days),
        amount_minor=discount_of(total_minor, term.discount_percent),
        words=WORDS.get(country, "") if tax_minor else "",
    )


def instalments(request: RequestedDocument, term: PaymentTerm, document: Document) -> tuple[Instalment, ...]:
    """The parts in which the document is to be paid by its terms, by largest remainder; none where a due date was
    stated, where it is paid, or where so little is payable that one of them would be nothing.

    Raises:
        InvalidInput: it was paid, and there is nothing to pay.
    """
    if request.paid_on is not None:
        if document.payable_minor <= 0:
            raise InvalidInput("paid_on: nothing is to be paid; leave it out.", field="paid_on")
        return ()
    portions = portions_of(term.instalments)
    if not portions or request.due_date is not None or document.payable_minor <= 0:
        return ()
    amounts = share_out(document.payable_minor, [portion.percent for portion in portions])
    if not all(amounts):
        return ()
    days = (document.issue_date + timedelta(days=portion.days) for portion in portions)
    return tuple(map(Instalment, days, amounts))


def _check_paid_before(paid_on: date, issue_date: date) -> None:
    if paid_on > issue_date:
        raise InvalidInput(
            f"paid_on {paid_on.isoformat()} lies after the issue date {issue_date.isoformat()}: a later payment is"
            " recorded once it is there.",
            field="paid_on",
        )
