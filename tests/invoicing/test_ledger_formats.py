"""Formats of the journal, on entries that books seldom have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from invoicing.exports.ledger.beancount import write_beancount
from invoicing.exports.ledger.entries import Entry, Ledger, Side
from invoicing.exports.ledger.journal_csv import write_journal_csv
from invoicing.master_data.records import Account
from tests.support.ledgers import beancount_errors, beancount_transactions, csv_sides

DAY = date(2026, 3, 16)


def ledger(*numbers: str) -> Ledger:
    accounts = {number: Account(number, f"Account {number}", "asset") for number in numbers}
    return Ledger("Hafen", "EUR", DAY, accounts)


def entry(sides: Sequence[Side], *, description: str = "R-1 Elbe") -> Entry:
    return Entry("jrn_1", DAY, description, "R-1", "cus_1", "Elbe", "", tuple(sides))


def side(account: str, signed_minor: int, worth_minor: int | None, currency: str = "USD") -> Side:
    return Side(account, max(signed_minor, 0), max(-signed_minor, 0), currency, worth_minor)


def as_beancount(path: Path, of: Ledger, *entries: Entry) -> str:
    write_beancount(path / "out", of, entries)
    return (path / "out").read_text("utf-8")


def test_beancount_takes_a_worth_that_rounding_turned_round(tmp_path: Path) -> None:
    sides = [side("1", 2, 1), side("2", -1, -2), side("3", -1, 1)]
    text = as_beancount(tmp_path, ledger("1", "2", "3"), entry(sides))
    assert "  Assets:3  -0.01 USD @@ 0.00 EUR\n  Assets:3  0.01 EUR\n" in text
    (one,) = beancount_transactions(text)
    assert len(one.postings) == 4


def test_beancount_balances_very_large_amounts_to_the_cent(tmp_path: Path) -> None:
    most = 10**15 - 1
    sides = [side("1", most, most - 7), side("2", -most // 3, -most // 7), side("3", most // -3 * -1 - most, 0)]
    worth = -sum(one.accounting_minor or 0 for one in sides[:2])
    sides[2] = side("3", -sum(one.signed_minor for one in sides[:2]), worth)
    text = as_beancount(tmp_path, ledger("1", "2", "3"), entry(sides))
    assert beancount_errors(text) == []
    sides[2] = side("3", sides[2].signed_minor, worth + 1)
    assert beancount_errors(as_beancount(tmp_path, ledger("1", "2", "3"), entry(sides)))


def test_beancount_keeps_accounts_apart_whose_numbers_are_nearly_alike(tmp_path: Path) -> None:
    of = ledger("4.1", "4-1", "a1", "A1", "A.1-")
    text = as_beancount(tmp_path, of, entry([side("4.1", 1, None), side("4-1", -1, None)]))
    assert beancount_errors(text) == []
    assert [line.split()[2] for line in text.splitlines() if " open " in line] == [
        *("Assets:4-1", "Assets:4-1-2", "Assets:A1", "Assets:A1-2", "Assets:A-1-"),
    ]


def test_a_text_that_reads_as_a_formula_gets_an_apostrophe_in_the_journal_too(tmp_path: Path) -> None:
    write_journal_csv(tmp_path / "out", ledger("1"), [entry([side("1", 1, None)], description="=1+1")])
    (row,) = csv_sides(tmp_path / "out")
    assert (row["description"], row["accounting_amount"]) == ("'=1+1", "")
