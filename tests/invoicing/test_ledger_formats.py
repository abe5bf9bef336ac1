"""Formats of the journal, on entries that books seldom have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from invoicing.document.canonical import document_text
from invoicing.document.parties import Address, Party
from invoicing.document.posting import post
from invoicing.document.requested import RequestedDocument
from invoicing.exports.ledger.beancount import write_beancount
from invoicing.exports.ledger.bookings import bookings
from invoicing.exports.ledger.datev import write_datev
from invoicing.exports.ledger.entries import Entry, Ledger, Side
from invoicing.exports.ledger.journal_csv import write_journal_csv
from invoicing.exports.ledger.posted_to import posted_to
from invoicing.master_data.records import Account
from invoicing.refusals import InvalidInput
from tests.support.datev import Booked, read_datev
from tests.support.ledgers import beancount_errors, beancount_transactions, csv_sides
from tests.support.samples import POSTING, document_or_reject, requests

DAY = date(2026, 3, 16)


def ledger(*numbers: str) -> Ledger:
    accounts = {number: Account(number, f"Account {number}", "asset") for number in numbers}
    return Ledger("Hafen", "DE", "EUR", DAY, DAY, DAY, accounts, numbers, "standard", Party("Hafen", Address()), "1")


def entry(sides: Sequence[Side], *, description: str = "R-1 Elbe") -> Entry:
    return Entry("jrn_1", DAY, DAY, description, "R-1", "cus_1", "Elbe", "", False, tuple(sides))


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


def datev(path: Path, of: Ledger, *entries: Entry) -> tuple[list[Booked], tuple[str, ...]]:
    notes = write_datev(path / "out", of, entries)
    return read_datev(path / "out"), notes


def test_datev_takes_a_rate_below_one_in_euros_alone_and_cuts_and_spells_what_it_cannot_hold(tmp_path: Path) -> None:
    pounds = [side("1000", 85, 100, "GBP"), side("1100", -85, -100, "GBP")]
    sold = replace(entry(pounds, description="№1/Ωmega " + "x" * 80), number="№1/Ωmega")
    (row,), notes = datev(tmp_path, ledger("1000", "1100"), sold)
    assert (row.account, row.contra, row.signed, row.currency) == ("1000", "1100", Decimal("1.00"), "EUR")
    assert row.number == "-1/-mega"
    assert row.text == ("No1/Omega " + "x" * 80)[:60]
    assert notes[1:] == ("Belegfeld 1 cannot hold the number as it is, the text has it: №1/Ωmega.",)


def test_datev_tells_what_comes_to_nothing_in_euros_and_names_ten(tmp_path: Path) -> None:
    yen = [side("1000", 1, 0, "JPY"), side("1100", -1, 0, "JPY")]
    unsaid = [replace(entry(yen), number=f"R-{number}") for number in range(12)]
    rows, notes = datev(tmp_path, ledger("1000", "1100"), *unsaid)
    assert rows == []
    named = ", ".join(f"R-{number}" for number in range(10))
    assert notes[1] == f"Not in the batch, for an amount comes to 0.00 EUR: {named} and 2 more documents."


@pytest.mark.parametrize("other", ["110", "11000", "BANK", "1.00", "١٢٣٤"])
def test_datev_refuses_an_account_that_is_none_of_its_own(tmp_path: Path, other: str) -> None:
    with pytest.raises(InvalidInput, match="DATEV takes accounts of 4 to 8 digits, all of one length"):
        datev(tmp_path, ledger("1000", other), entry([side("1000", 1, 1, "EUR"), side(other, -1, -1, "EUR")]))


def test_datev_refuses_an_amount_of_eleven_digits(tmp_path: Path) -> None:
    most = 10**12 - 1
    for amount, is_said in ((most, True), (most + 1, False)):
        sides = [side("1000", amount, amount, "EUR"), side("1100", -amount, -amount, "EUR")]
        with nullcontext() if is_said else pytest.raises(InvalidInput, match="amounts up to 9999999999"):
            datev(tmp_path, ledger("1000", "1100"), entry(sides))


@given(requests)
@settings(max_examples=100, deadline=None)
def test_bookings_add_up_to_the_entry_by_a_profile_that_is_found_again(wanted: RequestedDocument) -> None:
    made = document_or_reject(wanted)
    posted = post(made, POSTING)
    sides = tuple(side(one.account, one.debit_minor - one.credit_minor, None, made.currency) for one in posted)
    of = replace(entry(sides), content=document_text(made))
    posting = posted_to(of, made)
    assert (posting is None) == (not sides)
    assert posting is None or post(made, posting) == posted
    found: Counter[str] = Counter()
    for one in bookings(of, made.currency, {}):
        assert not one.key, "none of these rates is 19 or 7 percent"
        found[one.account] += one.signed_minor
        found[one.contra] -= one.signed_minor
    assert {account: minor for account, minor in found.items() if minor} == {
        one.account: one.signed_minor for one in sides
    }
