"""What is paid when it is issued says so, is settled in the same act, and asks for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.details import with_document_details
from invoicing.document.documents import Withholding
from invoicing.document.lifecycle import Status
from invoicing.document.payable import PaymentMeans
from invoicing.document.requested import RequestedDocument, check_request
from invoicing.refusals import Conflict, InvalidInput
from invoicing.render.labels import labels_of
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.invoices import IssueRequest, get_invoice, issue_invoice
from tests.support.german_office import RATED, GermanOffice, german_office
from tests.support.issuing import issue_credit_note
from tests.support.people import refusal
from tests.support.printed import invoice, printed
from tests.support.samples import line, request

MARCH = date(2026, 3, 16)
IN_CASH: dict[str, Any] = {"paid_on": MARCH, "payment_means": PaymentMeans.CASH}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    async with german_office(tmp_path) as found:
        yield found
        await found.balances()
        await found.verified()


async def test_what_was_paid_in_cash_is_settled_as_it_is_issued(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=MARCH, **IN_CASH)
    found = await get_invoice(office.books, number)
    assert (found.status, found.balance.due_minor) == (Status.PAID, 0)
    (payment,) = found.payments
    assert (payment.amount_minor, payment.paid_on, payment.method) == (11_900, MARCH, "cash")
    assert (found.document.due_date, found.document.payment_terms) == (MARCH, "")
    text = printed(replace(found.document, locale="de_DE"))
    assert "Bezahlt am\n16.03.2026" in text
    assert "Bezahlt am 16.03.2026 119,00 €" in text
    assert "Zahlungsart\nBar" in text
    for absent in ("payable", "due_date", "payment_terms", "payment_details"):
        assert getattr(labels_of("de"), absent) not in text, absent


async def test_a_payment_that_the_terms_or_the_currency_say_more_of_is_settled_too(office: GermanOffice) -> None:
    await office.terms_in_instalments("PARTS", "50:0, 50:30")
    abroad = await office.invoice(office.abroad, "200", on=MARCH, paid_on=date(2026, 3, 12), **RATED)
    found = await get_invoice(office.books, abroad)
    assert (found.status, found.payments[0].paid_on) == (Status.PAID, date(2026, 3, 12))
    assert found.document.instalments == ()


async def test_a_credit_note_of_what_was_paid_was_not_paid_itself(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=MARCH, **IN_CASH)
    note = await issue_credit_note(office.books, CreditRequest(invoice=number, reason="Returned"))
    assert note.note.document.paid_on is None
    assert "Bezahlt" not in printed(note.note.document)


async def test_a_payment_to_come_is_refused_and_nothing_is_issued(office: GermanOffice) -> None:
    office.at(MARCH)
    wanted = RequestedDocument(office.home, (line("100"),), issue_date=date(2026, 3, 17), paid_on=date(2026, 3, 17))
    refused = await refusal(issue_invoice(office.books, IssueRequest(request=DraftRequest(document=wanted))))
    assert isinstance(refused, InvalidInput)
    late = replace(wanted, issue_date=MARCH)
    refused = await refusal(issue_invoice(office.books, IssueRequest(request=DraftRequest(document=late))))
    assert (type(refused), refused.field) == (InvalidInput, "paid_on")
    assert await office.invoice(office.home, "100", on=MARCH) == "TEST-INV-2026-00001"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"due_date": MARCH}, "due_date"),
        ({"payment_terms": "NET30"}, "payment_terms"),
        ({"terms_text": "Soon"}, "payment_terms_text"),
        ({"paid_on": date(1026, 3, 16)}, "paid_on"),
    ],
)
def test_what_is_paid_has_no_terms(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_request(replace(request(line(), paid_on=MARCH), **fields))
    assert refused.value.field == field


def test_that_it_was_paid_is_a_detail() -> None:
    said = with_document_details(request(line()), [("payment_means", "card"), ("paid_on", "2026-03-16")])
    assert (said.payment_means, said.paid_on) == (PaymentMeans.CARD, MARCH)


def test_a_part_that_is_withheld_leaves_the_sum_that_was_paid_on_the_page() -> None:
    paid = replace(invoice("DE"), paid_on=MARCH, payment_terms="")
    assert "Gesamtbetrag\n89,25 €" in printed(paid)
    withheld = replace(paid, withholding=Withholding("W", "Einbehalt", Decimal(10), 7_500, 750))
    assert "Bezahlt am 16.03.2026 81,75 €" in printed(withheld)
    assert "Payé le / Paid on" in printed(replace(paid, locale="fr_FR", second_language="en"))


async def test_a_draft_says_that_the_day_of_its_payment_is_closed(office: GermanOffice) -> None:
    """Regression: it was ready to be issued, and issuing it was refused."""
    office.at(MARCH)
    await save_entry(office.one.office, office.books, Part.PERIODS, Change(code="2026-02"))
    wanted = DraftRequest(document=RequestedDocument(office.home, (line("100"),), paid_on=date(2026, 2, 27)))
    (said,) = (await draft_invoice(office.books, wanted)).blockers
    assert said.text.startswith("paid_on 2026-02-27 lies in a period that is closed, up to the end of 2026-02.")
    refused = await refusal(issue_invoice(office.books, IssueRequest(request=wanted)))
    assert (type(refused), refused.field) == (Conflict, "paid_on")
