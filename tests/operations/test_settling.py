# ruff: noqa: S608  Statements are put together from our own names.
"""What settles documents besides plain money: of several at once, credits, differences, withheld tax, other rates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.lifecycle import Status
from invoicing.refusals import Conflict, IdempotencyMismatch, InvalidInput, LimitExceeded, NotFound, Refusal
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.invoices import get_invoice
from operations.profile import update_organization
from operations.settling.asked import Share
from storage.books.pool import BOOKS_FILE
from tests.support.folders import folder_of
from tests.support.german_office import RATED, GermanOffice, german_office
from tests.support.issuing import issue_credit_note
from tests.support.money_document import money_table
from tests.support.people import refusal
from tests.support.raw import past_triggers, raw

OVER_SEVERAL = money_table("owed", "paid")
BANK, RECEIVABLE, CREDIT, TAX, REVENUE = "1000", "1100", "2310", "2100", "4000"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    async with german_office(tmp_path) as found:
        yield found
        # Whatever a test did, the books are whole.
        await found.balances()
        await found.verified()


async def due(office: GermanOffice, number: str) -> tuple[Status, int]:
    shown = await get_invoice(office.books, number)
    return shown.status, shown.balance.due_minor


async def refused(office: GermanOffice, invoice: str = "", amount: str = "", **fields: Any) -> Refusal:
    return await refusal(office.settle(invoice, amount, **fields))


@pytest.mark.parametrize("row", OVER_SEVERAL, ids=lambda row: f"{row['paid']} of {row['owed']} {row['over']}")
async def test_money_goes_to_several_invoices_as_written(office: GermanOffice, row: dict[str, str]) -> None:
    # Abroad there is no tax: the net is what is owed.
    numbers = [await office.invoice(office.abroad, net.strip()) for net in row["owed"].split(",")]
    shares = tuple(Share(invoice=number) for number in numbers)
    act = office.settle(amount=row["paid"], invoices=shares, accept_overpayment=row["over"] == "yes")
    if row["of each"] == "refused":
        await refusal(act)
        assert [(await due(office, number))[0] for number in numbers] == [Status.ISSUED] * len(numbers)
        return
    made = await act
    assert ", ".join(f"{one.payment.amount_minor / 100:.2f}" for one in made.parts) == row["of each"]
    assert {one.payment.receipt_id for one in made.parts} == {made.payment.id}


async def test_the_amounts_of_several_invoices_sum_up_or_nothing_is_recorded(office: GermanOffice) -> None:
    first, second = [await office.invoice(office.abroad, net) for net in ("30", "60")]
    other = await office.invoice(office.home, "30")
    dollars = await office.invoice(office.abroad, "30", **RATED)
    stated = (Share(invoice=first, amount=Decimal(30)), Share(invoice=second, amount=Decimal(20)))
    for shares, amount, kind, field in (
        (stated, "51", InvalidInput, "amount"),
        ((*stated[:1], Share(invoice=second)), "50", InvalidInput, "invoices"),
        ((Share(invoice=first), Share(invoice=first)), "60", InvalidInput, "invoices"),
        ((Share(invoice=first), Share(invoice=other)), "60", Conflict, "invoices"),
        ((Share(invoice=first), Share(invoice=dollars)), "60", Conflict, "invoices"),
        ((Share(invoice=first), Share(invoice="TEST-INV-2026-09999")), "60", NotFound, "invoices[1].invoice"),
        ((Share(invoice=first, kind="gift"),), "60", InvalidInput, "invoices[0].kind"),
        ((Share(invoice=first, amount=Decimal(31)), stated[1]), "", LimitExceeded, "invoices[0].amount"),
    ):
        found = await refused(office, amount=amount, invoices=shares)
        assert (type(found), found.field) == (kind, field), shares
    assert (await refused(office, first, "5", invoices=stated)).field == "invoices"
    assert [await due(office, number) for number in (first, second)] == [(Status.ISSUED, 3000), (Status.ISSUED, 6000)]
    await office.settle(amount="50", invoices=stated, reference="RE 1")
    assert [await due(office, number) for number in (first, second)] == [
        (Status.PAID, 0),
        (Status.PARTIALLY_PAID, 4000),
    ]


async def test_a_retry_of_an_act_of_several_answers_all_of_it(office: GermanOffice) -> None:
    first, second = [await office.invoice(office.abroad, net) for net in ("30", "60")]
    shares = (Share(invoice=first), Share(invoice=second))
    fields: dict[str, Any] = {"amount": "80", "client_reference": "bank 7"}
    made = await office.settle(invoices=shares, **fields)
    again = await office.settle(invoices=shares, **fields)
    assert again.replayed
    assert [one.payment for one in again.parts] == [one.payment for one in made.parts]
    assert isinstance(await refused(office, invoices=shares[::-1], **fields), IdempotencyMismatch)


async def test_one_part_of_an_act_is_taken_back_by_itself(office: GermanOffice) -> None:
    first, second, third = [await office.invoice(office.abroad, "30") for _ in range(3)]
    made = await office.settle(amount="60", invoices=(Share(invoice=first), Share(invoice=second)))
    back = await office.settle(second, reverse=made.parts[1].payment.id)
    assert [warning.code for warning in back.warnings] == ["recorded_with_it"]
    await office.settle(third, "30")
    assert [(await due(office, number))[1] for number in (first, second, third)] == [0, 3000, 0]
    assert await office.balances() == {BANK: (6000, 6000), RECEIVABLE: (3000, 3000), REVENUE: (-9000, -9000)}


async def test_what_a_customer_is_owed_is_applied_or_paid_back_in_part(office: GermanOffice) -> None:
    paid, overpaid, open_one = [await office.invoice(office.abroad, "30") for _ in range(3)]
    await office.settle(paid, "30")
    await issue_credit_note(office.books, CreditRequest(invoice=paid, reason="Returned"))
    await office.settle(overpaid, "45", accept_overpayment=True)
    too_much = await refused(office, open_one, "30.01", kind="credit")
    assert isinstance(too_much, LimitExceeded)
    made = await office.settle(open_one, kind="credit")
    # The oldest first: what was credited, 30.00, is all that is wanted.
    kinds = [(one.payment.kind.value, one.document.document.number, one.payment.amount_minor) for one in made.parts]
    assert kinds == [("credit", open_one, 3000), ("credit_used", paid, 3000)]
    assert [(await due(office, number))[1] for number in (paid, overpaid, open_one)] == [0, -1500, 0]
    assert isinstance(await refused(office, overpaid, "15.01", kind="paid_back"), LimitExceeded)
    await office.settle(overpaid, "10", kind="paid_back")
    assert (await due(office, overpaid))[1] == -500
    # Either side takes all of it back.
    await office.settle(paid, reverse=made.parts[1].payment.id)
    assert [(await due(office, number))[1] for number in (paid, open_one)] == [-3000, 3000]
    assert (await office.balances())[BANK] == (6500, 6500)
    assert isinstance(await refused(office, open_one, reverse=made.payment.id), Conflict)


async def test_a_customers_credit_is_its_own_and_in_its_currency(office: GermanOffice) -> None:
    mine, others, dollars = (
        await office.invoice(office.abroad, "30"),
        await office.invoice(office.france, "30"),
        await office.invoice(office.abroad, "30", **RATED),
    )
    await office.settle(others, "40", accept_overpayment=True)
    await office.settle(dollars, "40", accept_overpayment=True, rate="0.9")
    for fields in ({"amount": "5"}, {}):
        found = await refused(office, mine, kind="credit", **fields)
        assert isinstance(found, LimitExceeded)
        assert "Seine" not in found.message


async def test_a_small_difference_is_written_off_up_to_the_limit(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100")
    await office.settle(number, "116")
    await office.settle(number, "2.50", kind="write_off")
    assert await due(office, number) == (Status.PARTIALLY_PAID, 50)
    office.books, _ = await update_organization(office.one.office, office.books, {"write_off_limit": "2.99"})
    found = await refused(office, number, kind="write_off")
    assert isinstance(found, LimitExceeded)
    assert "2.99" in found.message
    await update_organization(office.one.office, office.books, {"write_off_limit": "3"})
    await office.settle(number, kind="write_off")
    assert await due(office, number) == (Status.PAID, 0)
    found = await refusal(issue_credit_note(office.books, CreditRequest(invoice=number, reason="Returned")))
    assert isinstance(found, Conflict)
    # The tax is what it was.
    assert await office.balances() == {
        BANK: (11600, 11600),
        TAX: (-1900, -1900),
        REVENUE: (-10000, -10000),
        "6600": (300, 300),
    }


async def test_bank_charges_and_the_money_that_came_are_one_act(office: GermanOffice) -> None:
    number = await office.invoice(office.abroad, "100")
    shares = (
        Share(invoice=number, amount=Decimal("93.50")),
        Share(invoice=number, amount=Decimal("6.50"), kind="charges"),
    )
    await office.settle(amount="93.50", invoices=shares)
    assert await due(office, number) == (Status.PAID, 0)
    assert await office.balances() == {BANK: (9350, 9350), "6800": (650, 650), REVENUE: (-10000, -10000)}


async def test_withheld_tax_settles_what_is_owed(office: GermanOffice) -> None:
    number = await office.invoice(office.abroad, "100")
    await office.settle(number, "85")
    assert isinstance(await refused(office, number, kind="withheld_tax"), InvalidInput)
    made = await office.settle(number, "15", kind="withheld_tax", reference="Certificate 7")
    assert made.payment.kind.value == "withheld_tax"
    assert (await office.balances())["1410"] == (1500, 1500)


async def test_a_role_without_an_account_refuses_its_kind_until_one_is_chosen(office: GermanOffice) -> None:
    with raw(folder_of(office.books) / BOOKS_FILE) as connection:
        connection.execute("UPDATE posting_profiles SET bank_charges = NULL")
    number = await office.invoice(office.abroad, "100")
    found = await refused(office, number, "5", kind="charges")
    assert (type(found), found.field) == (Conflict, "kind")
    assert "bank_charges" in found.message
    assert await due(office, number) == (Status.ISSUED, 10000)
    change = Change(code="Standard", values={"bank_charges": "6800"})
    await save_entry(office.one.office, office.books, Part.POSTING_PROFILES, change)
    await office.settle(number, "5", kind="charges")


async def test_money_at_another_rate_leaves_a_difference_and_clears_the_invoice(office: GermanOffice) -> None:
    number = await office.invoice(office.abroad, "1000", **RATED)
    assert (await office.balances())[RECEIVABLE] == (100000, 92000)
    first = await office.settle(number, "400", rate="0.9")
    assert first.payment.exchange_rate == Decimal("0.9")
    assert (await office.balances())["7100"] == (0, 800)
    await office.settle(number, "600", rate="0.95")
    assert await office.balances() == {
        BANK: (100000, 93000),
        REVENUE: (-100000, -92000),
        "7100": (0, -1000),
    }
    await office.settle(number, reverse=first.payment.id)
    assert await due(office, number) == (Status.PARTIALLY_PAID, 40000)
    assert (await office.balances())[RECEIVABLE] == (40000, 36800)


async def test_money_in_the_currency_of_the_books_settles_by_its_rate_or_by_what_is_said(office: GermanOffice) -> None:
    first, second = [await office.invoice(office.abroad, "1000", **RATED) for _ in range(2)]
    assert (await refused(office, first, "900", currency="EUR")).field == "exchange_rate"
    assert (await refused(office, first, "900", currency="GBP", rate="0.9")).field == "currency"
    await office.settle(first, "900", currency="EUR", rate="0.9")
    assert await due(office, first) == (Status.PAID, 0)
    said = (Share(invoice=second, amount=Decimal(1000)),)
    assert (await refused(office, amount="888", currency="EUR", invoices=said, rate="0.9")).field == "exchange_rate"
    await office.settle(amount="888", currency="EUR", invoices=said)
    assert await office.balances() == {
        BANK: (200000, 178800),
        REVENUE: (-200000, -184000),
        "7100": (0, 5200),
    }


async def test_without_a_rate_the_documents_own_counts_and_is_said(office: GermanOffice) -> None:
    rated = await office.invoice(office.abroad, "1000", **RATED)
    made = await office.settle(rated, "1000")
    assert [warning.code for warning in made.warnings] == ["rate_of_the_document"]
    assert (await office.balances())[BANK] == (100000, 92000)
    unrated = await office.invoice(office.abroad, "500", currency="USD")
    assert (await refused(office, unrated, "500", rate="0.9")).field == "exchange_rate"
    made = await office.settle(unrated, "500")
    assert made.warnings == ()
    euros = await office.invoice(office.abroad, "10")
    assert (await refused(office, euros, "10", rate="0.9")).field == "exchange_rate"
    assert (await refused(office, rated, "1", kind="charges", rate="0.9")).field == "kind"


async def test_of_a_credit_note_only_a_refund_is_recorded(office: GermanOffice) -> None:
    number = await office.invoice(office.abroad, "30")
    await office.settle(number, "30")
    made = await issue_credit_note(office.books, CreditRequest(invoice=number, reason="Returned"))
    note = made.note.document.number
    for kind in ("paid_back", "credit", "write_off", "charges", "withheld_tax", "discount"):
        assert (await refused(office, note, "5", kind=kind)).field == "kind"
    await office.settle(note, "30")


async def test_nothing_is_dated_into_a_closed_month(office: GermanOffice) -> None:
    number = await office.invoice(office.abroad, "30", on=date(2026, 1, 10))
    office.at(date(2026, 2, 5))
    await save_entry(office.one.office, office.books, Part.PERIODS, Change(code="2026-01"))
    for kind in ("payment", "charges", "write_off"):
        assert (await refused(office, number, "5", kind=kind, paid_on=date(2026, 1, 31))).field == "paid_on"


async def test_a_credit_of_another_rate_leaves_its_difference_and_nothing_between_the_invoices(
    office: GermanOffice,
) -> None:
    first = await office.invoice(office.abroad, "1000", **RATED)
    await office.settle(first, "1000", rate="0.92")
    await issue_credit_note(office.books, CreditRequest(invoice=first, reason="Returned"))
    second = await office.invoice(office.abroad, "1000", **(RATED | {"exchange_rate": Decimal("0.85")}))
    await office.settle(second, kind="credit")
    # 920.00 were owed to the customer, and settle what stood at 850.00.
    assert await office.balances() == {BANK: (100000, 92000), REVENUE: (-100000, -85000), "7100": (0, -7000)}


async def test_what_settles_the_rest_takes_what_roundings_left_of_either_sign(office: GermanOffice) -> None:
    yen: dict[str, Any] = {"currency": "JPY", "exchange_rate": Decimal("0.006"), "exchange_source": "ECB"}
    number = await office.invoice(office.abroad, "149999", **yen)
    for amount in ("50001", "49996", "50001"):
        await office.settle(number, amount)
    await office.settle(number, kind="write_off")
    assert RECEIVABLE not in await office.balances()


async def test_money_that_came_before_anybody_said_its_worth_is_counted_at_the_documents_rate(
    office: GermanOffice,
) -> None:
    number = await office.invoice(office.abroad, "1000", **RATED)
    first = await office.settle(number, "400")
    path, of_first = folder_of(office.books) / BOOKS_FILE, (first.payment.id,)
    of_payment = "(SELECT id FROM journal_entries WHERE payment_id = ?)"
    with past_triggers(path) as connection:
        # As an earlier release left it.
        connection.execute(f"UPDATE journal_lines SET accounting_minor = NULL WHERE entry_id = {of_payment}", of_first)
    made = await office.settle(number, "600", rate="0.95")
    with past_triggers(path) as connection:
        query = f"SELECT accounting_minor FROM journal_lines WHERE entry_id = {of_payment} ORDER BY position"
        assert connection.execute(query, (made.payment.id,)).fetchall() == [(57000,), (-55200,), (-1800,)]
        worth = "CASE WHEN debit_minor > 0 THEN 36800 ELSE -36800 END"
        connection.execute(
            f"UPDATE journal_lines SET accounting_minor = {worth} WHERE entry_id = {of_payment}", of_first
        )


async def test_nothing_is_settled_without_money_before_there_is_anything_to_settle(office: GermanOffice) -> None:
    office.at(date(2026, 2, 10))
    number = await office.invoice(office.home, "100")
    for kind in ("write_off", "charges", "withheld_tax"):
        found = await refused(office, number, "1", kind=kind, paid_on=date(2026, 2, 9))
        assert found.field == "paid_on"
    # Money may come in advance.
    await office.settle(number, "150", paid_on=date(2026, 2, 9), accept_overpayment=True)
    other = await office.invoice(office.home, "100")
    office.at(date(2026, 2, 20))
    await issue_credit_note(office.books, CreditRequest(invoice=number, reason="Returned"))
    assert (await refused(office, other, kind="credit", paid_on=date(2026, 2, 19))).field == "paid_on"
    await office.settle(other, kind="credit")


async def test_money_in_both_directions_and_spread_money_beside_other_kinds_are_refused(office: GermanOffice) -> None:
    first, second = [await office.invoice(office.abroad, "100") for _ in range(2)]
    await office.settle(first, "120", accept_overpayment=True)
    both = (Share(invoice=second, amount=Decimal(100)), Share(invoice=first, amount=Decimal(20), kind="paid_back"))
    assert (await refused(office, invoices=both)).field == "invoices"
    mixed = (Share(invoice=second), Share(invoice=second, amount=Decimal(5), kind="charges"))
    assert (await refused(office, amount="95", invoices=mixed)).field == "invoices"


async def test_taking_money_back_says_where_its_surplus_went(office: GermanOffice) -> None:
    paid, other = [await office.invoice(office.abroad, "100") for _ in range(2)]
    made = await office.settle(paid, "200", accept_overpayment=True)
    await office.settle(other, kind="credit")
    assert (await refused(office, paid, reverse=made.payment.id, kind="discount")).field == "reverse"
    back = await office.settle(paid, reverse=made.payment.id)
    assert [warning.code for warning in back.warnings] == ["credit_used_elsewhere"]


async def test_equal_amounts_of_other_kinds_or_ways_are_no_likely_duplicates(office: GermanOffice) -> None:
    number, other = [await office.invoice(office.abroad, "100") for _ in range(2)]
    await office.settle(number, "20", kind="withheld_tax", reference="R1")
    assert (await office.settle(number, "20", reference="R1")).warnings == ()
    await office.settle(number, "80", reference="R2", accept_overpayment=True)
    await office.settle(number, "20", kind="paid_back", reference="R3")
    assert (await office.settle(other, "20", reference="R3")).warnings == ()
    assert [one.code for one in (await office.settle(other, "20", reference="R3")).warnings] == ["likely_duplicate"]
