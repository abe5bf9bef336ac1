"""The journal out, for other ledgers: as plain CSV and as beancount, beside what the books' own reports say of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.exports.ledger.journal_csv import COLUMNS
from invoicing.money.amounts import to_major
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.reports.figures import ReportName
from operations import files, ledgers
from operations.files import ExportRequest, export_documents
from tests.support.clock import SettableClock
from tests.support.ledgers import (
    Posted,
    beancount_errors,
    beancount_transactions,
    csv_sides,
    exported_ledger,
    in_the_books,
    with_differences_in,
)
from tests.support.practice import practice
from tests.support.quarter import Quarter, line, quarter_of
from tests.support.reconciled import whole
from tests.support.settling_year import random_year

NEW_YEAR = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


def in_csv(rows: list[dict[str, str]]) -> Counter[Posted]:
    found: Counter[Posted] = Counter()
    for row in rows:
        assert row["description"].startswith(f"{row['document']} ")
        # A difference of rates is in the currency of the books alone.
        apart = not row["debit"] and Decimal(row["accounting_amount"] or 0)
        assert bool(row["debit"]) != bool(row["credit"]) or apart
        tags = f" ({row['dimensions']})" if row["dimensions"] else ""
        label = f"{row['date']} {row['description']}: {row['account']} {row['account_name']}{tags}"
        amount = Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
        worth = Decimal(row["accounting_amount"]) if row["accounting_amount"] else None
        found[Posted(row["entry"], label, amount, row["currency"], worth)] += 1
    return found


def in_beancount(text: str, books_currency: str) -> Counter[Posted]:
    """As beancount understood it; an account's number and name are what was said when it was opened."""
    names = dict(re.findall(r'open (\S+)\n  number: "(.*)"\n', text))
    titles = dict(re.findall(r'open (\S+)\n  number: ".*"\n  name: "(.*)"\n', text))
    found: Counter[Posted] = Counter()
    for one in beancount_transactions(text):
        assert str(one.narration).startswith(f"{one.meta['document']} ")
        assert str(one.narration).endswith(str(one.payee))
        for posting in one.postings:
            amount, price = posting.units, posting.price
            worth = amount.number if amount.currency == books_currency else None
            if price is not None:
                assert price.currency == books_currency
                worth = round(amount.number * price.number, 2)
            tags = f" ({posting.meta['dimensions']})" if "dimensions" in posting.meta else ""
            label = f"{one.date} {one.narration}: {names[posting.account]} {titles[posting.account]}{tags}"
            found[Posted(one.meta["entry"], label, amount.number, amount.currency, worth)] += 1
    return found


@pytest.mark.parametrize("country", ["DE", "US"])
async def test_a_random_year_goes_out_whole_and_comes_to_the_trial_balance(tmp_path: Path, country: str) -> None:
    async with practice(tmp_path, SettableClock(NEW_YEAR), country=country) as one:
        year = await random_year(one, country)
        await year.run(60)
        wanted = await in_the_books(year.books)
        assert any(side.worth is None for side in wanted)
        assert any(side.worth is not None and side.worth != side.amount for side in wanted)
        made, path = await exported_ledger(year.books, "journal_csv")
        assert in_csv(csv_sides(path)) == wanted
        assert made.count == len({side.entry for side in wanted})
        assert "in another currency without an exchange rate" in made.notes[0]
        text = (await exported_ledger(year.books, "beancount"))[1].read_text("utf-8")
        currency = year.books.organization.currency
        assert in_beancount(text, currency) == with_differences_in(currency, wanted)
        balances: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for side, times in wanted.items():
            balances[side.label.split(": ")[-1], side.currency] += times * side.amount
        balance = await whole(year.books, ReportName.TRIAL_BALANCE)
        for row in balance.rows:
            assert balances[row.label, row.currency] == to_major(row.amounts["closing"], row.currency)


@pytest.fixture
async def quarter(tmp_path: Path) -> AsyncIterator[Quarter]:
    async with quarter_of(tmp_path) as made:
        yield made


async def test_a_side_has_the_tax_code_of_what_was_posted_to_it(quarter: Quarter) -> None:
    rows = csv_sides((await exported_ledger(quarter.books, "journal_csv"))[1])
    codes = [(row["account"], row["debit"] or f"-{row['credit']}", row["tax_code"]) for row in rows]
    assert codes[:4] == [
        ("1100", "172.50", ""),
        ("4000", "-100.00", "STANDARD"),
        ("4100", "-50.00", "REDUCED"),
        ("2100", "-22.50", ""),
    ]
    assert [code for _, _, code in codes[4:9]] == ["", "STANDARD", "STANDARD", "", ""]
    assert [code for _, _, code in codes[9:]] == ["", "STANDARD", "REDUCED", ""]


CODES = [
    *("EUR", "EUR STANDARD", "EUR REDUCED", "EUR"),
    *("EUR", "EUR STANDARD", "EUR STANDARD"),
    *("EUR", "EUR"),
    *("EUR", "EUR STANDARD", "EUR REDUCED", "EUR"),
]
"""Currency of the books and tax code of each side of the quarter: an invoice, one in dollars, its payment, a note."""


async def test_a_fault_in_any_field_of_the_csv_is_found(quarter: Quarter) -> None:
    wanted = await in_the_books(quarter.books), CODES
    rows = csv_sides((await exported_ledger(quarter.books, "journal_csv"))[1])
    assert (in_csv(rows), codes_of(rows)) == wanted
    for column in COLUMNS:
        for position, row in enumerate(rows):
            if not row[column]:
                continue
            wrong = "9.99" if column in ("debit", "credit", "accounting_amount") else f"{row[column]}x"
            planted = [*rows[:position], row | {column: wrong}, *rows[position + 1 :]]
            with pytest.raises(AssertionError):
                assert (in_csv(planted), codes_of(planted)) == wanted


def codes_of(rows: list[dict[str, str]]) -> list[str]:
    return [f"{row['accounting_currency']} {row['tax_code']}".rstrip() for row in rows]


@pytest.mark.parametrize(
    "plant",
    [
        lambda text: text.replace("2026-01-10 open Assets:1100", "2026-02-11 open Assets:1100"),
        lambda text: text.replace("Liabilities:2100  -", "Liabilities:2101  -"),
        lambda text: text.replace("Assets:1100  172.50 EUR", "Assets:1100  172.51 EUR"),
        lambda text: re.sub(r"@@ 5\.81 EUR", "@@ 5.82 EUR", text),
        lambda text: text.replace("33.33 USD", "33.33 usd"),
        lambda text: text.replace('\\"Zur', '"Zur'),
        lambda text: text.replace("2026-03-10 *", "2026-02-30 *"),
        lambda text: text.replace('  entry: "', "  entry: ", 1),
        lambda text: text.replace('"operating_currency"', '"operating_money"'),
    ],
)
async def test_beancount_refuses_a_fault_in_any_part(quarter: Quarter, plant: Callable[[str], str]) -> None:
    text = (await exported_ledger(quarter.books, "beancount"))[1].read_text("utf-8")
    assert beancount_errors(text) == []
    planted = plant(text)
    assert planted != text
    assert beancount_errors(planted)


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ('* "Gasthof', '* "Gasthaus'),
        ('" "TEST-INV-2026-00001 Gasthof', '" "TEST-INV-2026-00001 Gasthaus'),
        ('document: "TEST-INV-2026-00001"', 'document: "TEST-INV-2026-00003"'),
        ('entry: "jrn_', 'entry: "jrm_'),
        ("2026-01-10 *", "2026-01-11 *"),
        ('number: "1100"', 'number: "1101"'),
        ('name: "Trade receivables"', 'name: "Trade payables"'),
        ("Assets:1100  172.50 EUR", "Assets:1000  172.50 EUR"),
        ('tax_code: "REDUCED"', 'tax_code: "STANDARD"'),
    ],
)
async def test_a_fault_that_beancount_cannot_know_differs_from_the_journal(
    quarter: Quarter, what: str, wrong: str
) -> None:
    text = (await exported_ledger(quarter.books, "beancount"))[1].read_text("utf-8")
    planted = text.replace(what, wrong)
    assert planted != text
    wanted = await in_the_books(quarter.books), CODES
    assert (in_beancount(text, "EUR"), tax_codes_of(text)) == wanted
    with pytest.raises(AssertionError):
        assert (in_beancount(planted, "EUR"), tax_codes_of(planted)) == wanted


def tax_codes_of(text: str) -> list[str]:
    sides = [posting for one in beancount_transactions(text) for posting in one.postings]
    return [f"EUR {side.meta.get('tax_code', '')}".rstrip() for side in sides]


async def test_beancount_reads_what_the_journal_says(quarter: Quarter) -> None:
    text = (await exported_ledger(quarter.books, "beancount"))[1].read_text("utf-8")
    assert in_beancount(text, "EUR") == await in_the_books(quarter.books)
    assert 'Gasthof \\"Zur \\\\ Elbe\\""' in text


async def test_the_days_of_the_journal_are_days_of_entry(quarter: Quarter) -> None:
    made, path = await exported_ledger(
        quarter.books, "journal_csv", issued_from=date(2026, 2, 1), issued_to=date(2026, 2, 28)
    )
    assert {row["date"] for row in csv_sides(path)} == {"2026-02-10"}
    assert (made.count, len(csv_sides(path))) == (2, 5)
    assert made.file.file_name == "hafenbackerei-sandbox-journal-2026-03-10.csv"
    empty, path = await exported_ledger(quarter.books, "beancount", issued_from=date(2027, 1, 1))
    assert (empty.count, beancount_errors(path.read_text("utf-8"))) == (0, [])


@pytest.mark.parametrize("page", [1, 2, 3])
async def test_pages_of_entries_join_without_a_seam(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(ledgers, "_PAGE", page)
    await quarter.invoice((line("10"),), date(2026, 3, 10))
    await quarter.invoice((line("11"),), date(2026, 3, 10))
    rows = csv_sides((await exported_ledger(quarter.books, "journal_csv"))[1])
    assert in_csv(rows) == await in_the_books(quarter.books)
    assert len({row["entry"] for row in rows}) == 6


async def test_the_journal_is_exported_whole_or_not_at_all(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unheard(done: int, of: int) -> None:
        """Nobody is told."""

    asked = ExportRequest(format="beancount", kind="invoice")
    with pytest.raises(InvalidInput) as refused:
        await export_documents(quarter.books, asked, progress=unheard)
    assert refused.value.field == "kind"
    monkeypatch.setitem(files.EXPORTED_ENTRIES_MAX, "beancount", 2)
    with pytest.raises(LimitExceeded, match="4 entries; one beancount export holds 2"):
        await export_documents(quarter.books, replace(asked, kind=""), progress=unheard)
