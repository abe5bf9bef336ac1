"""Cash accounting: the tax summary by payment, what documents say of it, and what stays as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.credit.wanted import CreditLine
from invoicing.document.canonical import document_from_text, document_text
from invoicing.render.cash_accounting import with_cash_accounting
from invoicing.reports.figures import Report, ReportName
from operations.credit_notes import CreditRequest
from operations.invoices import get_invoice
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE
from tests.support.folders import folder_of
from tests.support.german_office import RATED, GermanOffice, german_office
from tests.support.issuing import issue_credit_note
from tests.support.printed import printed
from tests.support.raw import past_triggers

JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 3), date(2026, 3, 5)
TERMS = "SKONTO"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    async with german_office(tmp_path) as found:
        await found.terms(TERMS, "3", 14)
        await tax_due(found, "payment")
        yield found
        await found.balances()
        await found.verified()


async def tax_due(office: GermanOffice, when: str) -> None:
    office.books, _ = await update_organization(office.one.office, office.books, {"tax_due": when})


async def taxes(office: GermanOffice, period: str = "2026") -> dict[str, tuple[int, int]]:
    """Taxable and tax by category and rate, without what comes to nothing."""
    report = await office.report(ReportName.TAX_SUMMARY, period=period)
    found = {" ".join(row.key.split("/")[:2]): (row.amounts["taxable"], row.amounts["tax"]) for row in report.rows}
    return {key: amounts for key, amounts in found.items() if any(amounts)}


async def made_of(office: GermanOffice, rate: str, period: str = "2026") -> list[tuple[str, int, int]]:
    rows = (await office.report(ReportName.TAX_SUMMARY, period=period)).rows
    (key,) = (row.key for row in rows if row.key.split("/")[:2] == ["S", rate])
    found: Report = await office.report(ReportName.TAX_SUMMARY, period=period, row=key)
    return [(row.key, row.amounts["taxable"], row.amounts["tax"]) for row in found.rows]


async def test_a_part_payment_over_several_rates_makes_its_part_due_in_its_own_month(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", "7: 100", on=JANUARY)
    assert await taxes(office) == {}
    office.at(FEBRUARY)
    first = await office.settle(number, "113")
    office.at(MARCH)
    await office.settle(number, "113")
    assert await taxes(office, "2026-01") == {}
    assert await taxes(office, "2026-02") == {"S 19": (5000, 950), "S 7": (5000, 350)}
    assert await taxes(office) == {"S 19": (10000, 1900), "S 7": (10000, 700)}
    assert await made_of(office, "19", "2026-02") == [(first.payment.id, 5000, 950)]


async def test_a_credit_after_a_part_payment_is_a_change_of_its_own(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", "7: 100", on=JANUARY)
    paid = await office.settle(number, "113")
    office.at(FEBRUARY)
    request = CreditRequest(invoice=number, reason="Returned", lines=(CreditLine(2, None),))
    note = (await issue_credit_note(office.books, request)).note.document
    assert note.cash_accounting
    assert await taxes(office, "2026-02") == {"S 19": (4496, 854), "S 7": (-5000, -350)}
    assert await made_of(office, "7") == [(paid.payment.id, 5000, 350), (note.id, -5000, -350)]
    await office.settle(number, "6")
    assert await taxes(office) == {"S 19": (10000, 1900)}


async def test_tax_on_what_is_credited_after_it_was_paid_falls_when_the_money_goes_back(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", "7: 100", on=JANUARY)
    await office.settle(number, "226")
    lines = (CreditLine(2, None),)
    made = await issue_credit_note(office.books, CreditRequest(invoice=number, reason="Returned", lines=lines))
    assert await taxes(office) == {"S 19": (10000, 1900), "S 7": (10000, 700)}
    office.at(FEBRUARY)
    refund = await office.settle(made.note.document.number, "53.50")
    assert await made_of(office, "7", "2026-02") == [(refund.payment.id, -5000, -350)]
    other = await office.invoice(office.home, "7: 50")
    await office.settle(other, kind="credit")
    assert await taxes(office) == {"S 19": (10000, 1900), "S 7": (5000, 350)}


async def test_a_discount_lowers_what_becomes_due_and_is_not_counted_besides(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", "7: 100", on=JANUARY, payment_terms=TERMS)
    taken = await office.settle(number, kind="discount")
    assert await taxes(office) == {}
    paid = await office.settle(number, "219.22")
    assert await taxes(office) == {"S 19": (9700, 1843), "S 7": (9700, 679)}
    await office.settle(number, reverse=taken.payment.id)
    due = await taxes(office)
    assert sum(map(sum, due.values())) == 21922
    await office.settle(number, reverse=paid.payment.id)
    assert await taxes(office) == {}


async def test_what_is_written_off_never_becomes_due(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=JANUARY)
    await office.settle(number, "117")
    await office.settle(number, "2", kind="write_off")
    assert await taxes(office) == {"S 19": (9832, 1868)}


async def test_what_is_not_taxed_goes_by_the_tax_point(office: GermanOffice) -> None:
    number = await office.invoice(office.france, "1000", on=JANUARY)
    assert not (await get_invoice(office.books, number)).document.cash_accounting
    assert list((await taxes(office)).values()) == [(100000, 0)]


async def test_in_another_currency_all_paid_is_what_the_document_states(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "33.33", "7: 66.67", on=JANUARY, **RATED)
    stated = (await get_invoice(office.books, number)).document.exchange
    assert stated is not None
    for amount in ("10", "0.07", "44.44"):
        await office.settle(number, amount, rate="0.9")
    owed = (await get_invoice(office.books, number)).balance.due_minor
    await office.settle(number, str(Decimal(owed) / 100), rate="0.95")
    rows = (await office.report(ReportName.TAX_SUMMARY, period="2026")).rows
    assert sum(row.accounting["tax"] for row in rows) == stated.tax_minor
    assert sum(row.accounting["taxable"] for row in rows) == stated.net_minor


async def test_documents_issued_before_stay_as_they_were(office: GermanOffice) -> None:
    by_payment = await office.invoice(office.home, "100", on=JANUARY)
    await tax_due(office, "supply")
    by_supply = await office.invoice(office.home, "200")
    assert await taxes(office) == {"S 19": (20000, 3800)}
    await office.settle(by_payment, "119")
    await office.settle(by_supply, "238")
    assert await taxes(office) == {"S 19": (30000, 5700)}
    documents = [(await get_invoice(office.books, one)).document for one in (by_payment, by_supply)]
    assert ["cash_accounting" in document_text(one) for one in documents] == [True, False]
    assert all(document_from_text(document_text(one)) == one for one in documents)


TAMPERED = {
    "of a payment": ("UPDATE settlement_taxes SET tax_minor = tax_minor + 1 WHERE event_id = '{payment}'", "payment"),
    "of a credit note": ("UPDATE settlement_taxes SET month = '2026-01' WHERE event_id = '{note}'", "document"),
    "deleted": ("DELETE FROM settlement_taxes WHERE event_id = '{note}'", "document"),
    "of another invoice": ("UPDATE settlement_taxes SET event_id = 'pay_x' WHERE event_id = '{payment}'", "payment"),
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_verification_names_what_became_due_otherwise_than_it_was_recorded(tmp_path: Path, what: str) -> None:
    async with german_office(tmp_path) as office:
        await tax_due(office, "payment")
        number = await office.invoice(office.home, "100", "7: 100", on=JANUARY)
        paid = await office.settle(number, "113")
        office.at(FEBRUARY)
        request = CreditRequest(invoice=number, reason="Returned", lines=(CreditLine(2, None),))
        made = await issue_credit_note(office.books, request)
        statement, named = TAMPERED[what]
        ids = {"payment": paid.payment.id, "note": made.note.document.id}
        with past_triggers(folder_of(office.books) / BOOKS_FILE) as connection:
            assert connection.execute(statement.format(**ids)).rowcount > 0
        problem = (await verify_books(office.books)).problem
        assert problem.startswith(f"{named} ")
        assert "what it changes in taxes" in problem


async def test_readers_of_the_document_are_told_in_print(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=JANUARY, note="Thank you.")
    document = (await get_invoice(office.books, number)).document
    assert with_cash_accounting(document, ["en", "pl"]).note == "Cash accounting / Metoda kasowa\nThank you."
    assert "Cash accounting" in printed(replace(document, locale="en_GB"))
