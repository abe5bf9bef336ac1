"""Advance and final invoices: what was invoiced before is deducted once, with the tax that it bore there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from invoicing.credit.wanted import CreditCharge, CreditLine
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.advances import AdvanceTax, DeductedAdvance
from invoicing.document.documents import Document
from invoicing.document.lifecycle import Status
from invoicing.document.requested import ALL_ADVANCES, RequestedAdjustment, RequestedDocument, RequestedLine
from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.reports.figures import ReportName
from invoicing.settlement.kinds import SettlementKind
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.files import DATEV_BATCH
from operations.finding_invoices import InvoiceSearch, find_invoices
from operations.invoices import IssueRequest, get_invoice
from operations.payments import PaymentRequest, record_payment
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.ledgers import exported_ledger
from tests.support.practice import Practice, practice
from tests.support.printed import printed
from tests.support.raw import raw
from tests.support.reconciled import whole

CONTRACT_LIABILITIES = "2300"
"""The account of advances in our chart under IFRS."""


@dataclass(slots=True)
class Desk:
    one: Practice
    books: Books
    buyer: str

    def line(self, price: int | str, **more: object) -> RequestedLine:
        return RequestedLine(Decimal(1), description="Work", unit_price=Decimal(price), **more)  # type: ignore[arg-type]

    async def advance(self, *prices: int | str, **more: object) -> Document:
        wanted = RequestedDocument(self.buyer, tuple(map(self.line, prices)), advance=True)
        return await self.issue(replace(wanted, **more))  # type: ignore[arg-type]

    async def final(self, *prices: int | str, deducts: tuple[str, ...] = (ALL_ADVANCES,), **more: object) -> Document:
        wanted = RequestedDocument(self.buyer, tuple(map(self.line, prices)), deducts=deducts)
        return await self.issue(replace(wanted, **more))  # type: ignore[arg-type]

    async def issue(self, wanted: RequestedDocument) -> Document:
        return (await issue_invoice(self.books, IssueRequest(request=DraftRequest(document=wanted)))).document

    async def credit(self, invoice: str, *positions: int) -> Document:
        lines = tuple(CreditLine(position) for position in positions) or None
        return (
            await issue_credit_note(self.books, CreditRequest(invoice=invoice, reason="So", lines=lines))
        ).note.document

    async def left(self, advance: str) -> tuple[int, int, tuple[str, ...]]:
        found = (await get_invoice(self.books, advance)).advance_left
        assert found is not None
        return found.net_minor, found.tax_minor, found.deducted_by

    async def warnings(self, *prices: int, **more: object) -> list[str]:
        wanted = RequestedDocument(self.buyer, tuple(map(self.line, prices)), **more)  # type: ignore[arg-type]
        shown = await draft_invoice(self.books, DraftRequest(document=wanted))
        return [one.text for one in shown.warnings if one.code == "advances_open"]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path) as one:
        client = await one.client("Atelier Süd", "DE")
        books = one.books(client)
        buyer = await one.customer(books, "Bauherr", country="DE")
        yield Desk(one, books, buyer.id)
        assert (await verify_books(books)).problem == ""


async def statuses(desk: Desk, document: Document) -> list[str]:
    """Those under which the document is found, of which one is shown: as many as there are."""
    found = []
    for status in Status:
        page = await find_invoices(desk.books, InvoiceSearch(status=status), cursor="", limit=100)
        found += [item.status.value for item in page.items if item.header.number == document.number]
    return found


def amounts(document: Document) -> tuple[int, int, int]:
    return document.net_minor, document.tax_minor, document.total_minor


async def test_a_final_invoice_deducts_its_advances_one_by_one_with_the_tax_of_each(desk: Desk) -> None:
    first, second = await desk.advance(1000), await desk.advance(500)
    assert amounts(first) == (100_000, 19_000, 119_000)
    assert first.advance is AdvanceTax.PAYMENT
    final = await desk.final(5000)
    assert amounts(final) == (350_000, 66_500, 416_500)
    assert [line.advance for line in final.lines] == [
        None,
        DeductedAdvance(first.id, first.number, first.issue_date, 100_000, 19_000),
        DeductedAdvance(second.id, second.number, second.issue_date, 50_000, 9_500),
    ]
    assert amounts(first)[1] + amounts(second)[1] + amounts(final)[1] == 95_000
    assert await desk.left(first.number) == (0, 0, (final.number,))


async def test_an_advance_says_when_it_is_supplied_only_where_that_is_known(desk: Desk) -> None:
    advance, final = await desk.advance(1000), await desk.final(5000)
    assert "Leistungsdatum" not in printed(advance)
    assert "Leistungsdatum" in printed(final)
    planned = await desk.advance(1000, supply_date=advance.issue_date + timedelta(days=30))
    assert "Leistungsdatum" in printed(planned)
    unplanned = await desk.advance(1000)
    assert "Leistungsdatum" not in printed(await desk.credit(unplanned.number))


async def test_an_advance_is_deducted_once_also_where_two_want_it_at_once(desk: Desk) -> None:
    advance = await desk.advance(1000)
    made = await asyncio.gather(
        *(desk.final(3000, deducts=(advance.number,)) for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in made if isinstance(one, BaseException)] == [Conflict]
    assert [amounts(one)[0] for one in made if isinstance(one, Document)] == [200_000]
    assert amounts(await desk.final(3000))[0] == 300_000


async def test_only_what_is_left_of_an_advance_is_deducted(desk: Desk) -> None:
    advance = await desk.advance(1000, 400)
    await desk.credit(advance.number, 2)
    assert await desk.left(advance.number) == (100_000, 19_000, ())
    assert amounts(await desk.final(3000)) == (200_000, 38_000, 238_000)
    gone = await desk.advance(10)
    await desk.credit(gone.number)
    with pytest.raises(Conflict, match="nothing is left"):
        await desk.final(3000, deducts=(gone.number,))


async def test_an_advance_that_takes_back_more_than_it_asks_for_at_a_rate_is_refused(desk: Desk) -> None:
    """Regression: a final invoice deducted the other rate alone, so that what was taken back was lost."""
    back = replace(desk.line(30, tax_code="REDUCED"), quantity=Decimal(-1))
    with pytest.raises(InvalidInput, match=r"takes back more than it asks for at 7 %"):
        await desk.advance(lines=(desk.line(100), back))
    within = await desk.advance(lines=(desk.line(100), replace(desk.line(30), quantity=Decimal(-1))))
    assert amounts(await desk.final(1000)) == (93_000, 17_670, 110_670)
    assert await desk.left(within.number) == (0, 0, ("TEST-INV-2026-00002",))


async def test_an_advance_whose_tax_the_buyer_paid_itself_is_deducted_where_it_does_so_again(tmp_path: Path) -> None:
    """Regression: a final invoice had VAT of both kinds, which no e-invoice may have (EN 16931, BR-B-2)."""
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Studio Verdi", "IT"))
        comune = await one.customer(books, "Comune di Roma", country="IT", public_body=True, postal_code="00184")
        desk = Desk(one, books, comune.id)
        advance = await desk.advance(100)
        assert [tax.category.value for tax in advance.taxes] == ["B"]
        with pytest.raises(InvalidInput, match=f"deduct: of {advance.number} and this invoice, only one has VAT that"):
            await desk.final(1000, split_payment=False)
        assert amounts(await desk.final(1000)) == (90_000, 19_800, 109_800)
        paid = await desk.advance(100, split_payment=False)
        with pytest.raises(InvalidInput, match="split_payment in details as the advance has it"):
            await desk.final(1000)
        final = await desk.final(1000, split_payment=False)
        assert await desk.left(paid.number) == (0, 0, (final.number,))


async def test_what_is_named_beside_all_advances_is_looked_at_too(desk: Desk) -> None:
    """Regression: a number that nobody has, or that was deducted already, was passed over where `all` stood beside."""
    advance, other = await desk.advance(1000), await desk.advance(500)
    assert amounts(await desk.final(3000, deducts=("ALL", advance.number)))[0] == 150_000
    for key, error in (("INV-99", NotFound), (other.number, Conflict)):
        with pytest.raises(error):
            await desk.final(3000, deducts=(ALL_ADVANCES, key))


async def test_an_advance_of_nothing_leaves_nothing_to_deduct(desk: Desk) -> None:
    """Regression: the refusal said that it was credited."""
    nothing = await desk.advance(0)
    with pytest.raises(Conflict, match=r"nothing is left of TEST-INV-2026-00001 to deduct\.$"):
        await desk.final(100, deducts=(nothing.number,))


async def test_an_advance_that_is_deducted_is_taken_back_with_its_final_invoice_alone(desk: Desk) -> None:
    advance = await desk.advance(1000)
    final = await desk.final(3000)
    with pytest.raises(Conflict, match=rf"is deducted by {final.number}: credit that first"):
        await desk.credit(advance.number)
    note = await desk.credit(final.number)
    assert amounts(note) == amounts(final)
    assert await desk.left(advance.number) == (100_000, 19_000, ())
    again = await desk.final(2000)
    assert amounts(again) == (100_000, 19_000, 119_000)
    assert await desk.left(advance.number) == (0, 0, (again.number,))


async def test_an_advance_at_another_rate_is_deducted_at_that(desk: Desk) -> None:
    advance = await desk.advance(100, lines=(desk.line(100, tax_code="REDUCED"),))
    final = await desk.final(300)
    assert [(tax.rate, tax.taxable_minor, tax.tax_minor) for tax in final.taxes] == [
        (Decimal(19), 30_000, 5_700),
        (Decimal(7), -10_000, -700),
    ]
    assert final.total_minor + advance.total_minor == 35_700


async def test_an_advance_with_tax_in_its_prices_is_deducted_to_the_cent(desk: Desk) -> None:
    advance = await desk.advance("99.99", "0.05", prices_include_tax=True)
    for inclusive in (True, False):
        final = await desk.final("200.00", prices_include_tax=inclusive)
        whole = 20_000 if inclusive else 23_800
        assert final.total_minor + advance.total_minor == whole
        await desk.credit(final.number)


async def test_a_final_invoice_below_its_advances_states_what_is_paid_back(desk: Desk) -> None:
    await desk.advance(1000)
    final = await desk.final(600)
    assert amounts(final) == (-40_000, -7_600, -47_600)
    standing = await get_invoice(desk.books, final.number)
    assert standing.balance.due_minor == -47_600
    assert await statuses(desk, final) == ["issued"]
    (aged,) = (await whole(desk.books, ReportName.RECEIVABLES_AGING)).rows
    assert (aged.amounts["owed_to_customers"], aged.amounts["overdue"]) == (47_600, 0)
    part = PaymentRequest(invoice=final.number, kind=SettlementKind.PAID_BACK, amount=Decimal(100))
    assert (await record_payment(desk.books, part)).owed_minor == -37_600
    assert await statuses(desk, final) == ["partially_paid"]
    paid_back = PaymentRequest(invoice=final.number, kind=SettlementKind.PAID_BACK)
    assert (await record_payment(desk.books, paid_back)).owed_minor == 0
    assert await statuses(desk, final) == ["paid"]
    page = printed(final)
    assert all(words in page for words in ("Schlussrechnung", "Erstattungsbetrag", "Bereits berechnet"))
    # The tax that the advance bore has the name that it has in the heads and the sums.
    assert "· USt. 190,00" in page
    assert amounts(await desk.credit(final.number)) == amounts(final)


async def test_a_final_invoice_below_zero_is_credited_like_any_other(desk: Desk) -> None:
    await desk.advance(1000)
    final = await desk.final(600)
    await desk.credit(final.number)
    assert await statuses(desk, final) == ["credited"]


async def test_what_cannot_be_deducted_is_refused_by_its_reason(desk: Desk) -> None:
    plain = await desk.final(10, deducts=())
    other = await desk.one.customer(desk.books, "Other", country="DE")
    theirs = await desk.advance(10, customer=other.id)
    dollars = await desk.advance(10, currency="USD")
    advance = await desk.advance(10)
    for key, error, words in (
        ("INV-99", NotFound, "No such document"),
        (plain.number, InvalidInput, "is no advance invoice"),
        (theirs.number, InvalidInput, "of another customer"),
        (dollars.number, InvalidInput, "is in USD, and this invoice in EUR"),
    ):
        with pytest.raises(error, match=words):
            await desk.final(100, deducts=(key,))
    with pytest.raises(InvalidInput, match="named twice"):
        await desk.final(100, deducts=(advance.number, advance.id))
    with pytest.raises(InvalidInput, match="an advance deducts no other"):
        await desk.final(100, advance=True)


async def test_an_invoice_that_deducts_nothing_of_an_open_advance_is_warned_of(desk: Desk) -> None:
    assert await desk.warnings(100) == []
    advance = await desk.advance(1000)
    (said,) = await desk.warnings(5000)
    assert f"does not deduct advance {advance.number} of Bauherr" in said
    assert await desk.warnings(5000, deducts=(ALL_ADVANCES,)) == []
    assert await desk.warnings(10, advance=True) == []
    await desk.final(5000)
    assert await desk.warnings(100) == []


async def test_an_advance_that_is_deducted_before_it_is_paid_is_warned_of(desk: Desk) -> None:
    advance = await desk.advance(1000)
    await record_payment(desk.books, PaymentRequest(invoice=advance.number, amount=Decimal(1000)))
    wanted = RequestedDocument(desk.buyer, (desk.line(5000),), deducts=(advance.number,))
    shown = await draft_invoice(desk.books, DraftRequest(document=wanted))
    assert [one.text for one in shown.warnings if one.code == "advance_unpaid"] == [
        f"{advance.number} is deducted, and 190.00 EUR of it is not paid: its tax waits for that, though the supply's"
        " is due now. Credit what is not paid before."
    ]
    await record_payment(desk.books, PaymentRequest(invoice=advance.number, amount=Decimal(190)))
    shown = await draft_invoice(desk.books, DraftRequest(document=wanted))
    assert "advance_unpaid" not in {one.code for one in shown.warnings}


async def test_what_deducts_an_advance_is_credited_whole(desk: Desk) -> None:
    await desk.advance(100, lines=(desk.line(60), desk.line(40, tax_code="REDUCED")))
    final = await desk.final(300)
    with pytest.raises(InvalidInput, match="what deducts an advance is credited whole: lines 2, 3"):
        await desk.credit(final.number, 1, 2)
    assert amounts(await desk.credit(final.number)) == amounts(final)


async def test_what_deducts_an_advance_does_not_take_goods_back(desk: Desk) -> None:
    await desk.advance(100)
    final = await desk.final(300)
    with pytest.raises(InvalidInput, match="lines: line 2 deducts what was paid in advance, so only") as refused:
        await desk.credit(final.number, 1)
    assert "goods back" not in refused.value.message


async def test_a_document_discount_of_a_final_invoice_is_of_what_it_supplies(desk: Desk) -> None:
    discount = RequestedAdjustment(AdjustmentKind.DISCOUNT, "Skonto", percent=Decimal(10))
    await desk.advance(1000)
    final = await desk.final(2000, adjustments=(discount,))
    assert final.net_minor == 180_000 - 100_000


async def test_a_copy_of_a_final_invoice_deducts_nothing_and_of_an_advance_is_none(desk: Desk) -> None:
    advance = await desk.advance(1000)
    final = await desk.final(3000)
    for source in (advance, final):
        wanted = DraftRequest(document=RequestedDocument("", ()), copy_of=source.number)
        copied = (await draft_invoice(desk.books, wanted)).document
        assert (len(copied.lines), copied.advance) == (1, None)


async def test_an_advance_is_posted_to_its_account_and_the_final_invoice_clears_it(desk: Desk) -> None:
    advance = await desk.advance(1000, 20)
    assert {line.revenue_account for line in advance.lines} == {CONTRACT_LIABILITIES}
    final = await desk.final(5000)
    assert [line.revenue_account == CONTRACT_LIABILITIES for line in final.lines] == [False, True]
    with raw(folder_of(desk.books) / BOOKS_FILE) as connection:
        sides = "SELECT debit_minor, credit_minor FROM journal_lines WHERE account = ? ORDER BY debit_minor"
        assert connection.execute(sides, (CONTRACT_LIABILITIES,)).fetchall() == [(0, 102_000), (102_000, 0)]


async def test_a_discounted_advance_is_on_its_account_alone_also_where_its_charge_is_credited_by_itself(
    desk: Desk,
) -> None:
    adjustments = (
        RequestedAdjustment(AdjustmentKind.DISCOUNT, "Rabatt", percent=Decimal(10)),
        RequestedAdjustment(AdjustmentKind.CHARGE, "Porto", amount=Decimal(5)),
    )
    advance = await desk.advance(100, adjustments=adjustments)
    charge = CreditRequest(invoice=advance.number, reason="So", lines=(), charges=(CreditCharge(2),))
    await issue_credit_note(desk.books, charge)
    assert amounts(await desk.final(300)) == (21_000, 3_990, 24_990)
    with raw(folder_of(desk.books) / BOOKS_FILE) as connection:
        balance = "SELECT sum(debit_minor - credit_minor), count(*) FROM journal_lines WHERE account = ?"
        assert connection.execute(balance, (CONTRACT_LIABILITIES,)).fetchone() == (0, 3)


@pytest.mark.parametrize("kind", [AdjustmentKind.DISCOUNT, AdjustmentKind.CHARGE])
async def test_what_an_advance_is_discounted_or_charged_by_is_exported_against_its_revenue(
    desk: Desk, kind: AdjustmentKind
) -> None:
    """Regression: it was booked against the receivable itself, which no entry of an advance posts a discount to."""
    await desk.advance(100, adjustments=(RequestedAdjustment(kind, "Rabatt", percent=Decimal(10)),))
    _, path = await exported_ledger(desk.books, "datev")
    with ZipFile(path) as archive:
        batch = archive.read(DATEV_BATCH).decode("cp1252")
    _, _, *rows = batch.splitlines()
    assert {tuple(row.split(";")[6:8]) for row in rows} == {("1100", CONTRACT_LIABILITIES)}
