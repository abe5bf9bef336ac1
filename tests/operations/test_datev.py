"""The journal as a batch for DATEV, in the form that its publisher states, beside amounts worked out by hand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile

import pytest

from invoicing.refusals import InvalidInput
from operations.files import DATEV_BATCH, MadeFile
from storage.books.pool import Books
from tests.support.clock import SettableClock
from tests.support.datev import BOOKING, HEADER, KEYS, LIFTED, Booked, read_datev
from tests.support.ledgers import csv_sides, exported_ledger
from tests.support.practice import practice
from tests.support.quarter import NEW_YEAR, Quarter, line, quarter_of
from tests.support.settling_year import random_year

CENT = Decimal("0.01")
MAY_STAND_THERE = {(0, 12, "7"), (0, 31, '"§"')}
"""Another client's number, and a text of ours."""


@pytest.fixture
async def quarter(tmp_path: Path) -> AsyncIterator[Quarter]:
    async with quarter_of(tmp_path / "data") as made:
        yield made


async def batch_of(books: Books, folder: Path) -> tuple[MadeFile, Path]:
    """The export, and its batch beside the receipts, unpacked."""
    made, path = await exported_ledger(books, "datev")
    with ZipFile(path) as archive:
        archive.extractall(folder)
    return made, folder / DATEV_BATCH


def worked_out(quarter: Quarter) -> list[Booked]:
    """100.00 and 50.00 at 19 and 7 percent; 33.33 USD at 19 percent, USD 1 = EUR 0.9173, 10.00 of it paid; the first
    one taken back.
    """
    text = '{} Gasthof "Zur \\ Elbe"'.format
    first, dollars, note = (f"TEST-{number}" for number in ("INV-2026-00001", "INV-2026-00002", "CN-2026-00001"))
    days = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)
    rows = [
        ("4000", "119.00", "EUR", "119.00", "0003", days[0], first),
        ("4100", "53.50", "EUR", "53.50", "0002", days[0], first),
        ("4000", "39.66", "USD", "36.38", "0003", days[1], dollars),
        ("1000", "10.00", "USD", "9.17", "", days[1], dollars),
        ("4000", "-119.00", "EUR", "-119.00", "0003", days[2], note),
        ("4100", "-53.50", "EUR", "-53.50", "0002", days[2], note),
    ]
    return [
        Booked(*accounts(account), Decimal(amount), currency, Decimal(worth), key, day, number, text(number))
        for account, amount, currency, worth, key, day, number in rows
    ]


def accounts(account: str) -> tuple[str, str]:
    """What is receivable against what was earned; money in the bank against what is receivable."""
    return (account, "1100") if account == "1000" else ("1100", account)


async def test_amounts_are_gross_with_the_key_of_their_tax(quarter: Quarter, tmp_path: Path) -> None:
    await quarter.invoice((line("10"),), date(2026, 3, 11), currency="USD")
    made, path = await batch_of(quarter.books, tmp_path / "out")
    assert read_datev(path) == worked_out(quarter)
    first = path.read_bytes().decode("cp1252").split("\r\n")[2]
    assert first.startswith(
        '119,00;"S";"EUR";;;"";1100;4000;"0003";1001;"TEST-INV-2026-00001";"";;"TEST-INV-2026-00001 '
    )
    assert made.notes == (
        "Berater 1001 and Mandant 1 stand in the header: the tax adviser's own take their place.",
        "Not in the batch, for there is no exchange rate; to be entered by hand: TEST-INV-2026-00003.",
    )


async def test_the_receipts_come_with_the_batch(quarter: Quarter, tmp_path: Path) -> None:
    made, path = await batch_of(quarter.books, tmp_path / "out")
    assert (made.count, made.file.file_name) == (4, "hafenbackerei-sandbox-journal-2026-03-10.zip")
    listed = (row.split("  ") for row in (path.parent / "SHA256SUMS").read_text("utf-8").splitlines())
    sums = {name: digest for digest, name in listed}
    assert sorted(sums) == [
        *(DATEV_BATCH, "TEST-CN-2026-00001.pdf", "TEST-INV-2026-00001.pdf", "TEST-INV-2026-00002.pdf", "manifest.json"),
    ]
    for name, expected in sums.items():
        assert hashlib.sha256((path.parent / name).read_bytes()).hexdigest() == expected


async def test_a_fault_in_any_field_of_the_batch_is_found(quarter: Quarter, tmp_path: Path) -> None:
    path = (await batch_of(quarter.books, tmp_path / "out"))[1]
    wanted = worked_out(quarter)
    lines = path.read_bytes().decode("cp1252").split("\r\n")
    for row, rules in ((0, HEADER), (2, BOOKING), (4, BOOKING)):
        fields = lines[row].split(";")
        for position in rules:
            for wrong in ("7", '"§"', "0"):
                planted = [*fields[: position - 1], wrong, *fields[position:]]
                if planted == fields or (row, position, wrong) in MAY_STAND_THERE:
                    continue
                text = "\r\n".join([*lines[:row], ";".join(planted), *lines[row + 1 :]])
                path.write_bytes(text.encode("cp1252"))
                with pytest.raises(AssertionError):
                    assert read_datev(path) == wanted, (row, position, wrong)


async def test_a_random_year_comes_to_the_accounts_of_the_journal(tmp_path: Path) -> None:
    async with practice(tmp_path / "data", SettableClock(NEW_YEAR), country="DE") as one:
        year = await random_year(one, "DE")
        await year.run(40)
        made, path = await batch_of(year.books, tmp_path / "out")
        sides = csv_sides((await exported_ledger(year.books, "journal_csv"))[1])
    unrated = {row["entry"] for row in sides if not row["accounting_amount"]}
    told = [row for row in sides if row["entry"] not in unrated]
    assert any(note.startswith("Not in the batch") for note in made.notes) == bool(unrated)
    wanted: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in told:
        wanted[row["account"]] += Decimal(row["accounting_amount"])
    booked = read_datev(path)
    found = imported(booked, tax_account="2100")
    assert {row.number for row in booked} <= {row["document"] for row in told}
    # What is receivable and what was paid is exact; tax that is taken out again rounds once a row.
    for account in set(wanted) | set(found):
        exact = account in ("1100", "1000", "1410", "2310", "6600", "6800", "7100")
        assert abs(wanted[account] - found[account]) <= (0 if exact else len(booked) * CENT), account


def imported(
    rows: Iterable[Booked], *, tax_account: str, automatic: Mapping[str, Decimal] = MappingProxyType({})
) -> defaultdict[str, Decimal]:
    """What the accounts come to in euros when DATEV has taken the tax out of the gross amounts."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.key:
            assert (row.key == LIFTED) == bool({row.account, row.contra} & automatic.keys()), "DATEV refuses the key"
        rate = KEYS[row.key] if row.key else automatic.get(row.contra, Decimal(0))
        tax = (row.worth * rate / (100 + rate)).quantize(CENT, ROUND_HALF_UP)
        for account, amount in ((row.account, row.worth), (row.contra, tax - row.worth), (tax_account, -tax)):
            found[account] += amount
    return found


async def test_a_batch_is_of_one_year_for_its_days_have_none(quarter: Quarter) -> None:
    await quarter.invoice((line("10"),), date(2027, 1, 5))
    with pytest.raises(InvalidInput, match="export the days of one calendar year") as refused:
        await exported_ledger(quarter.books, "datev")
    assert refused.value.field == "issued_from"
    made, _ = await exported_ledger(quarter.books, "datev", issued_from=date(2027, 1, 1))
    assert made.count == 1


async def test_datev_is_for_german_books(tmp_path: Path) -> None:
    async with practice(tmp_path, country="FR") as one:
        with pytest.raises(InvalidInput, match="for organizations in Germany"):
            await exported_ledger(one.books(one.organization), "datev")
