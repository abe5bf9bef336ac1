"""What settles documents besides plain money, in every file of the journal: entries of more than two sides, and sides
that are nothing in their document's currency.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from operations.files import DATEV_BATCH
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from operations.settling.asked import Share
from tests.operations.test_datev import imported
from tests.operations.test_ledgers import in_beancount, in_csv
from tests.support.datev import read_datev
from tests.support.fec import read_fec
from tests.support.german_office import RATED, GermanOffice, german_office
from tests.support.ledgers import csv_sides, exported_ledger, in_the_books, with_differences_in
from tests.support.quarter import DOLLARS, line, quarter_of


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    """An invoice for each: a discount taken with its tax, a difference written off, charges, withheld tax, a credit
    that is used and paid back, and money that came at a better and at a worse rate, one of them reversed.
    """
    async with german_office(tmp_path / "data") as found:
        await found.terms("SKONTO", "2", 14)
        early = await found.invoice(found.home, "100", "7: 50", on=date(2026, 1, 10), payment_terms="SKONTO")
        found.at(date(2026, 1, 20))
        await found.settle(early, "169.05", paid_on=date(2026, 1, 20))
        await found.settle(early, kind="discount", paid_on=date(2026, 1, 20))
        small = await found.invoice(found.home, "100")
        await found.settle(small, "118.50")
        await found.settle(small, kind="write_off")
        charged = await found.invoice(found.abroad, "100")
        shares = (
            Share(invoice=charged, amount=Decimal("93.50")),
            Share(invoice=charged, amount=Decimal("6.50"), kind="charges"),
        )
        await found.settle(amount="93.50", invoices=shares)
        withheld = await found.invoice(found.abroad, "100")
        await found.settle(withheld, "15", kind="withheld_tax", reference="Certificate 7")
        overpaid = await found.invoice(found.abroad, "30")
        await found.settle(overpaid, "45", accept_overpayment=True)
        await found.settle(withheld, "5", kind="credit")
        await found.settle(overpaid, "10", kind="paid_back")
        dollars = await found.invoice(found.abroad, "1000", **RATED)
        worse = await found.settle(dollars, "400", rate="0.9")
        await found.settle(dollars, "600", rate="0.95")
        await found.settle(dollars, reverse=worse.payment.id)
        yield found


async def test_every_settlement_goes_out_as_the_journal_has_it(office: GermanOffice) -> None:
    wanted = await in_the_books(office.books)
    assert any(not side.amount and side.worth for side in wanted), "an exchange difference"
    rows = csv_sides((await exported_ledger(office.books, "journal_csv"))[1])
    assert in_csv(rows) == wanted
    text = (await exported_ledger(office.books, "beancount"))[1].read_text("utf-8")
    assert in_beancount(text, "EUR") == with_differences_in("EUR", wanted)


async def test_every_settlement_comes_to_its_accounts_in_a_datev_batch(office: GermanOffice, tmp_path: Path) -> None:
    made, path = await exported_ledger(office.books, "datev")
    with ZipFile(path) as archive:
        archive.extractall(tmp_path)
    sides = csv_sides((await exported_ledger(office.books, "journal_csv"))[1])
    wanted: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in sides:
        wanted[row["account"]] += Decimal(row["accounting_amount"])
    found = imported(read_datev(tmp_path / DATEV_BATCH), tax_account="2100")
    assert {account: amount for account, amount in found.items() if amount} == {
        account: amount for account, amount in wanted.items() if amount
    }
    assert len(made.notes) == 1


async def test_an_exchange_difference_is_a_line_in_euros_in_a_fec(tmp_path: Path) -> None:
    async with quarter_of(tmp_path, "Pâtisserie du Port", "FR") as made:
        await update_organization(made.one.office, made.books, {"registration_number": "404833048"})
        number = await made.invoice((line("100"),), date(2026, 3, 20), **DOLLARS)
        paid = PaymentRequest(invoice=number, amount=Decimal(100), exchange_rate=Decimal("0.9"))
        await record_payment(made.books, paid)
        _, path = await exported_ledger(made.books, "fec", issued_from=date(2026, 3, 20))
        wanted = with_differences_in("EUR", await in_the_books(made.books))
        sides = [replace(side, entry="") for side in read_fec(path)]
        assert Counter(sides) == Counter(
            replace(side, entry="") for side in wanted.elements() if side.label.startswith("2026-03-20")
        )
        assert any((side.amount, side.currency) == (Decimal("1.73"), "EUR") for side in sides)
