"""The journal as Norwegian SAF-T Financial, in the form of its schema, beside the books' reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from invoicing.money.amounts import to_major
from invoicing.refusals import InvalidInput
from invoicing.reports.figures import ReportName
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note
from tests.support.ledgers import exported_ledger, in_the_books, with_differences_in
from tests.support.practice import practice
from tests.support.quarter import DOLLARS, NEW_YEAR, Quarter, line, quarter_of
from tests.support.reconciled import whole
from tests.support.saft import NAME, NAMESPACE, Saft, read_saft

NUMBER = "988077917"
PROFILE = {
    "registration_number": NUMBER,
    "tax_number": f"{NUMBER}MVA",
    "line1": "Storgata 1",
    "city": "Oslo",
    "postal_code": "0155",
    "phone": "+47 22 00 00 00",
    "email": "post@havn.example",
}


@asynccontextmanager
async def two_years_of(folder: Path) -> AsyncIterator[Quarter]:
    """Books in NOK: an invoice of two rates that is paid in part and taken back in the next year, one in dollars, and
    one of three kinds of sales.
    """
    clock = SettableClock(NEW_YEAR)
    async with practice(folder, clock, country="NO") as one:
        books = one.books(await one.client("Havn & Bakeri", "NO"))
        await update_organization(one.office, books, PROFILE)
        home = (await one.customer(books, name="Gjestehus <Elbe>", country="NO", registration_number="974760673")).id
        made = Quarter(one, books, clock, home, "")
        made.number = await made.invoice((line("100"), line("50", "REDUCED")), date(2026, 11, 10))
        await made.invoice((line("33.33"),), date(2026, 12, 20), **DOLLARS)
        await record_payment(books, PaymentRequest(invoice=made.number, amount=Decimal(20)))
        await made.invoice((line("10"), line("3", "EXPORT"), line("4", "EXEMPT")), date(2027, 1, 12))
        await issue_credit_note(books, CreditRequest(invoice=made.number, lines=None, reason="Returned"))
        yield made


@pytest.fixture
async def years(tmp_path: Path) -> AsyncIterator[Quarter]:
    async with two_years_of(tmp_path / "data") as made:
        yield made


async def in_2027(years: Quarter) -> tuple[Saft, Path]:
    path = (await exported_ledger(years.books, "saft", issued_from=date(2027, 1, 1)))[1]
    return read_saft(path), path


async def test_the_file_says_what_the_journal_says(years: Quarter) -> None:
    made, path = await exported_ledger(years.books, "saft", issued_to=date(2026, 12, 31))
    assert Counter(read_saft(path).sides) == await in_the_books(years.books, "2026")
    assert (made.count, made.notes) == (3, ())
    found, _ = await in_2027(years)
    assert Counter(found.sides) == await in_the_books(years.books, "2027")
    assert found.of_sides[0] == ["TEST-INV-2027-00001", "2027-01-12"]


async def test_money_at_another_rate_and_its_difference_go_along(years: Quarter) -> None:
    paid = PaymentRequest(invoice="TEST-INV-2026-00002", amount=Decimal(20), exchange_rate=Decimal("0.9"))
    await record_payment(years.books, paid)
    found, _ = await in_2027(years)
    assert Counter(found.sides) == with_differences_in("NOK", await in_the_books(years.books, "2027"))
    assert any((side.amount, side.currency) == (Decimal("0.35"), "NOK") for side in found.sides)


async def test_balances_go_on_from_what_was_posted_before_and_income_begins_anew_with_the_year(years: Quarter) -> None:
    found, _ = await in_2027(years)
    balances = {number: account[3:] for number, account in found.accounts.items() if any(account[3:])}
    # 125.00 + 57.50 + 38.21 owed (USD 33.33 and 8.33 tax at 0.9173), 20.00 of it paid; then 19.50 sold, 182.50 back.
    assert balances == {
        "1000": (Decimal(20), Decimal(20)),
        "1100": (Decimal("200.71"), Decimal("37.71")),
        "2100": (Decimal("-40.14"), Decimal("-10.14")),
        "4000": (Decimal(0), Decimal(133)),
    }
    trial = await whole(years.books, ReportName.TRIAL_BALANCE, period="2027")
    assets = {row.key.partition("/")[0]: row.accounting.get("closing", 0) for row in trial.rows}
    assert to_major(assets["1000"], "NOK") == balances["1000"][1]


async def test_each_sale_has_its_tax_codes_with_base_and_tax(years: Quarter) -> None:
    found, _ = await in_2027(years)
    assert found.taxes == [
        ("4000", "STANDARD", "25", Decimal(10), Decimal("2.50")),
        ("4000", "EXPORT", "0", Decimal(3), Decimal(0)),
        ("4000", "EXEMPT", "0", Decimal(4), Decimal(0)),
        ("4000", "STANDARD", "25", Decimal(-100), Decimal(-25)),
        ("4000", "REDUCED", "15", Decimal(-50), Decimal("-7.50")),
    ]
    assert found.tax_codes == [
        ["STANDARD", "25", "NO", "3", "100"],
        ["EXPORT", "0", "NO", "52", "100"],
        ["EXEMPT", "0", "NO", "6", "100"],
        ["REDUCED", "15", "NO", "31", "100"],
    ]


async def test_the_header_and_the_name_say_whose_file_of_which_days_it_is(years: Quarter) -> None:
    made, path = await exported_ledger(years.books, "saft", issued_from=date(2027, 1, 1))
    named = NAME.fullmatch(made.file.file_name)
    assert named is not None
    assert named.groups() == (NUMBER, "20270112000000")
    found = read_saft(path)
    assert found.header == header()
    address = ["1 High Street", "London", "SW1A 1AA", "NO"]
    assert found.customers == [["974760673", "Gjestehus <Elbe>", *address, years.home.removeprefix("cus_")]]


def header() -> list[str]:
    return [
        *("1.30", "NO", "2027-01-12", "Counterfoil", "Counterfoil", "0.1.0"),
        *(NUMBER, "Havn & Bakeri", "Storgata 1", "Oslo", "0155", "NO", "NotUsed", "NotUsed"),
        *("+47 22 00 00 00", "post@havn.example", f"{NUMBER}MVA", "NOK", "2027-01-12", "2027-01-12", "A"),
    ]


async def test_a_fault_in_any_element_is_found(years: Quarter) -> None:
    wanted, path = await in_2027(years)
    ElementTree.register_namespace("", NAMESPACE)
    content = path.read_bytes()
    leaves = [position for position, one in enumerate(ElementTree.fromstring(content).iter()) if not len(one)]  # noqa: S314
    # The accounts that nothing was posted to are all alike: of these, some will do.
    for position in [*leaves[:60], *leaves[-220:]]:
        for wrong in ("x", "9.99", ""):
            root = ElementTree.fromstring(content)  # noqa: S314 - A file of our own.
            element = list(root.iter())[position]
            if (element.text or "") == wrong:
                continue
            element.text = wrong
            path.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
            assert _is_found(path, wanted), (element.tag, wrong)


def _is_found(path: Path, wanted: Saft) -> bool:
    try:
        return read_saft(path) != wanted
    except (AssertionError, ValueError, ArithmeticError, KeyError):
        return True


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("<JournalID>S</JournalID>\n      <Description>Salg</Description>", "<JournalID>S</JournalID>"),
        ("<AccountType>GL</AccountType>", "<AccountType>GL</AccountType><AccountKind>GL</AccountKind>"),
        ("<OpeningDebitBalance>20.00</OpeningDebitBalance>", "<OpeningCreditBalance>20.00</OpeningCreditBalance>"),
        ("DebitAmount>", "CreditAmount>"),
        ("CreditTaxAmount>", "DebitTaxAmount>"),
        (NAMESPACE, f"{NAMESPACE}R"),
    ],
)
async def test_an_element_too_few_too_many_or_in_the_wrong_place_is_found(years: Quarter, good: str, bad: str) -> None:
    wanted, path = await in_2027(years)
    text = path.read_text("utf-8")
    assert good in text
    path.write_text(text.replace(good, bad), "utf-8")
    with pytest.raises((AssertionError, IndexError)):
        assert read_saft(path) == wanted


async def test_accounts_of_ones_own_stand_by_their_type_and_are_told(years: Quarter) -> None:
    for number, values in (("4050", {"name": "Cakes", "type": "income"}), ("1600", {"type": "expense"})):
        change = Change(code=number, values=values)
        await save_entry(years.one.office, years.books, Part.ACCOUNTS, change)
    change = Change(code="STANDARD", values={"revenue_account": "4050"})
    await save_entry(years.one.office, years.books, Part.TAX_CODES, change)
    await years.invoice((line("10"),), date(2027, 1, 13))
    made, path = await exported_ledger(years.books, "saft", issued_from=date(2027, 1, 13))
    accounts = read_saft(path).accounts
    assert accounts["4050"][1:3] == ("annenDriftsinntekt", "3900")
    assert accounts["1600"][1:3] == ("annenDriftskostnad", "7700")
    assert made.notes == ("Mapped to the income statement by their type alone; look them over: 4050.",)


async def test_what_has_no_worth_in_kroner_and_days_of_two_years_are_refused(years: Quarter) -> None:
    with pytest.raises(InvalidInput, match="export the days of one year"):
        await exported_ledger(years.books, "saft")
    unrated = await years.invoice((line("5"),), date(2027, 2, 1), currency="USD")
    with pytest.raises(InvalidInput, match=re.escape(f"{unrated} on 2027-02-01 is in USD and has no exchange rate")):
        await exported_ledger(years.books, "saft", issued_from=date(2027, 1, 1))
    await years.invoice((line("5"),), date(2027, 2, 2))
    with pytest.raises(InvalidInput, match="Before 2027-02-02 something was posted to account 1100 without"):
        await exported_ledger(years.books, "saft", issued_from=date(2027, 2, 2))


async def test_a_saft_file_needs_a_number_of_the_register(years: Quarter) -> None:
    await update_organization(years.one.office, years.books, {"registration_number": "", "tax_number": ""})
    with pytest.raises(InvalidInput, match="organisasjonsnummer"):
        await exported_ledger(years.books, "saft", issued_from=date(2027, 1, 1))


async def test_saft_is_for_norwegian_books(tmp_path: Path) -> None:
    async with quarter_of(tmp_path, "Padaria do Porto", "PT") as made:
        with pytest.raises(InvalidInput, match="saft is for organizations in Norway with books in NOK"):
            await exported_ledger(made.books, "saft", issued_to=date(2026, 1, 31))
