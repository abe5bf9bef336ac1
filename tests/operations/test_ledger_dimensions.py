"""Lines that have dimensions, whose revenue has a side for each of them, in the files that do not say dimensions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from invoicing.document.tags import tags_from_text
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.files import DATEV_BATCH
from operations.profile import update_organization
from storage.books.pool import Books
from tests.operations.test_datev import imported
from tests.operations.test_saft import PROFILE
from tests.support.datev import read_datev
from tests.support.fec import read_fec
from tests.support.issuing import issue_credit_note
from tests.support.ledgers import Posted, csv_sides, exported_ledger
from tests.support.quarter import Quarter, line, quarter_of
from tests.support.saft import read_saft
from tests.support.sales_files import read_quickbooks, read_xero

Sums = dict[str, Decimal]
DAY = date(2026, 3, 12)


async def tagged(made: Quarter) -> str:
    """An invoice of one account whose lines are tagged in three ways, taken back on the same day."""
    for code in ("place", "place/bakery", "place/shop"):
        change = Change(code=code, values={"name": code.title()})
        await save_entry(made.one.office, made.books, Part.DIMENSIONS, change)
    plain = line("10"), line("20", "REDUCED"), line("40"), line("80")
    tags = "place=bakery", "place=shop", "", "place=bakery"
    lines = [replace(one, dimensions=tags_from_text(text, field="")) for one, text in zip(plain, tags, strict=True)]
    number = await made.invoice(tuple(lines), DAY)
    sides = csv_sides((await exported_ledger(made.books, "journal_csv"))[1])
    revenue = [(side["dimensions"], side["credit"]) for side in sides if side["document"] == number]
    assert revenue[1:4] == [("place=bakery", "90.00"), ("place=shop", "20.00"), ("", "40.00")]
    await issue_credit_note(made.books, CreditRequest(invoice=number, reason="Returned"))
    await made.invoice((replace(lines[1], unit_price=Decimal(7)), replace(lines[2], unit_price=Decimal(9))), DAY)
    return number


async def journal(books: Books) -> Sums:
    """What the accounts come to in the currency of the books."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for side in csv_sides((await exported_ledger(books, "journal_csv", issued_from=DAY))[1]):
        found[side["account"]] += Decimal(side["accounting_amount"])
    return plainly(found)


def plainly(sums: Sums) -> Sums:
    return {account: amount for account, amount in sums.items() if amount}


def of_sides(sides: list[Posted]) -> Sums:
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for side in sides:
        assert side.worth is not None
        found[side.label.split(": ")[-1].split(" ")[0]] += side.worth
    return plainly(found)


async def test_german_books_come_to_the_same_accounts_in_a_datev_batch(tmp_path: Path) -> None:
    async with quarter_of(tmp_path / "data") as made:
        await tagged(made)
        _, path = await exported_ledger(made.books, "datev", issued_from=DAY)
        with ZipFile(path) as archive:
            archive.extractall(tmp_path)
        found = imported(read_datev(tmp_path / DATEV_BATCH), tax_account="2100")
        assert plainly(found) == await journal(made.books)


@pytest.mark.parametrize("file_format", ["xero", "quickbooks"])
async def test_files_of_sales_have_each_line_once(tmp_path: Path, file_format: str) -> None:
    async with quarter_of(tmp_path) as made:
        number = await tagged(made)
        path = (await exported_ledger(made.books, file_format, issued_from=DAY))[1]
        rows = (read_xero if file_format == "xero" else read_quickbooks)(path)
        assert [(row.account, row.net) for row in rows if row.number == number] == [
            ("4000", Decimal(net)) for net in (10, 20, 40, 80)
        ]


async def test_french_books_come_to_the_same_accounts_in_a_fec(tmp_path: Path) -> None:
    async with quarter_of(tmp_path, "Pâtisserie du Port", "FR") as made:
        await update_organization(made.one.office, made.books, {"registration_number": "404833048"})
        await tagged(made)
        sides = read_fec((await exported_ledger(made.books, "fec", issued_from=DAY))[1])
        assert of_sides(sides) == await journal(made.books)


async def test_norwegian_books_come_to_the_same_accounts_in_saf_t(tmp_path: Path) -> None:
    async with quarter_of(tmp_path, "Havn", "NO") as made:
        await update_organization(made.one.office, made.books, PROFILE)
        await tagged(made)
        found = read_saft((await exported_ledger(made.books, "saft", issued_from=DAY))[1])
        assert of_sides(found.sides) == await journal(made.books)
