"""The journal as the file that the French tax office takes, in the form of its article, beside the books' reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.refusals import InvalidInput
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from tests.support.fec import NAME, RULES, read_fec
from tests.support.ledgers import Posted, exported_ledger, in_the_books
from tests.support.quarter import DOLLARS, Quarter, line, quarter_of

SIREN = "404833048"


@pytest.fixture
async def quarter(tmp_path: Path) -> AsyncIterator[Quarter]:
    async with quarter_of(tmp_path / "data", "Pâtisserie du Port", "FR") as made:
        await update_organization(made.one.office, made.books, {"registration_number": SIREN})
        yield made


def in_order(posted: Counter[Posted]) -> list[Posted]:
    """Without what the entries are called: the file numbers them."""
    return sorted((replace(side, entry="") for side in posted.elements()), key=str)


async def rated(quarter: Quarter) -> Path:
    """The days before the payment in dollars, which has no rate."""
    return (await exported_ledger(quarter.books, "fec", issued_to=date(2026, 1, 31)))[1]


async def test_the_file_says_what_the_journal_says(quarter: Quarter) -> None:
    number = await quarter.invoice((line("10"),), date(2026, 3, 10))
    await record_payment(quarter.books, PaymentRequest(invoice=number, amount=Decimal("12"), paid_on=date(2026, 3, 10)))
    made, path = await exported_ledger(quarter.books, "fec", issued_from=date(2026, 3, 1))
    found = read_fec(path)
    wanted = {side for side in await in_the_books(quarter.books) if side.label.startswith("2026-03")}
    assert in_order(Counter(found)) == in_order(Counter(wanted))
    assert {side.entry for side in found} == {str(number + 1) for number in range(made.count)}


async def test_the_file_is_named_after_the_siren_and_the_end_of_the_year(quarter: Quarter) -> None:
    made, _ = await exported_ledger(quarter.books, "fec", issued_to=date(2026, 1, 31))
    assert NAME.fullmatch(made.file.file_name)
    assert made.file.file_name == "404833048FEC20260131.txt"
    later, _ = await exported_ledger(quarter.books, "fec", issued_to=date(2026, 2, 1))
    assert (later.file.file_name, later.file.sha256) == ("404833048FEC20260201.txt", made.file.sha256)
    whole, _ = await exported_ledger(quarter.books, "fec", issued_from=date(2026, 3, 1))
    assert whole.file.file_name == "404833048FEC20261231.txt"
    assert made.notes == ("Not a number of the plan comptable général, which has income in class 7: 4000, 4100.",)
    await update_organization(
        quarter.one.office, quarter.books, {"registration_number": "", "tax_number": f"FR83{SIREN}"}
    )
    again, _ = await exported_ledger(quarter.books, "fec", issued_to=date(2026, 1, 31))
    assert again.file.file_name == made.file.file_name
    await update_organization(quarter.one.office, quarter.books, {"tax_number": ""})
    with pytest.raises(InvalidInput, match="A FEC is named after the SIREN"):
        await exported_ledger(quarter.books, "fec", issued_to=date(2026, 1, 31))


async def test_an_entry_in_dollars_states_them_and_one_without_a_rate_is_refused(quarter: Quarter) -> None:
    await quarter.invoice((line("10"),), date(2026, 3, 11), currency="USD")
    with pytest.raises(InvalidInput, match=r"TEST-INV-2026-00003 on 2026-03-11 is in USD and has no exchange rate"):
        await exported_ledger(quarter.books, "fec")
    await quarter.invoice((line("33.33"),), date(2026, 3, 20), **DOLLARS)
    _, path = await exported_ledger(quarter.books, "fec", issued_from=date(2026, 3, 20))
    text = path.read_bytes().decode("iso8859-15")
    assert "\t36,69\t0,00\t\t\t20260320\t40,00\tUSD\r\n" in text
    assert "\t0,00\t30,57\t\t\t20260320\t-33,33\tUSD\r\n" in text


async def test_a_fault_in_any_field_of_the_file_is_found(quarter: Quarter) -> None:
    path = await rated(quarter)
    wanted = read_fec(path)
    head, *lines = path.read_bytes().decode("iso8859-15").split("\r\n")
    for position, name in enumerate(RULES):
        for wrong in ("7", "20260230", "0,01", "EUR", ""):
            for row, text in enumerate(lines[:-1]):
                fields = text.split("\t")
                if fields[position] == wrong:
                    continue
                fields[position] = wrong
                planted = [head, *lines[:row], "\t".join(fields), *lines[row + 1 :]]
                path.write_bytes("\r\n".join(planted).encode("iso8859-15"))
                with pytest.raises((AssertionError, ValueError)):
                    assert read_fec(path) == wanted, (name, wrong, row)


async def test_a_fec_is_for_french_books(tmp_path: Path) -> None:
    async with quarter_of(tmp_path, "Hafenbäckerei", "DE") as made:
        await update_organization(made.one.office, made.books, {"registration_number": SIREN})
        with pytest.raises(InvalidInput, match="for organizations in France"):
            await exported_ledger(made.books, "fec")
