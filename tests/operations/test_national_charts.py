"""Charts that a country's accountants know: chosen for its organizations alone, and posted to under their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from invoicing.charts import is_national, national_chart
from invoicing.document.requested import ALL_ADVANCES, RequestedDocument, RequestedLine
from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput
from invoicing.reports.figures import ReportName
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.customers import save_customer
from operations.drafts import DraftRequest
from operations.files import DATEV_BATCH
from operations.invoices import IssueRequest
from operations.layer_outcomes import copied_in_all, states_by_layer
from operations.onboarding import ClientRequest, NewClient, create_client_organization
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from operations.templates import Choices
from operations.verification import verify_books
from storage.books.pool import Books
from storage.books.tax_codes import load_tax_codes
from tests.operations.test_datev import imported
from tests.support.clock import SettableClock
from tests.support.datev import read_datev
from tests.support.fec import read_fec
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.layers import load_entity_layer
from tests.support.ledgers import csv_sides, exported_ledger
from tests.support.practice import Practice, practice
from tests.support.reconciled import whole

HOMES = {"skr03": "DE", "skr04": "DE", "pcg": "FR", "pgc": "ES", "kmu": "CH"}
ABROAD = {"INTRA-EU": "AT", "REVERSE-CHARGE": "AT", "EXPORT": "US", "OUTSIDE": "US"}
TAX_NUMBERS = {"AT": "ATU13585627"}
EVERY_CHART = pytest.mark.parametrize("name", HOMES)


@dataclass(slots=True)
class Client:
    one: Practice
    clock: SettableClock
    books: Books
    name: str
    buyers: dict[str, str] = field(default_factory=dict)

    async def customer(self, country: str) -> str:
        address = {"line1": "1 Street", "postal_code": "12345", "city": "City", "country": country}
        fields = {"name": f"Buyer in {country}", "tax_number": TAX_NUMBERS.get(country, "")}
        return (await save_customer(self.books, address | fields, customer_id="")).customer.id

    async def sell(
        self, code: str, *, on: date = date(2026, 3, 2), price: int = 100, cost: str = "", **more: Any
    ) -> str:
        self.clock.set(datetime(on.year, on.month, on.day, 9, tzinfo=UTC))
        line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(price), tax_code=code, cost=cost)
        where = ABROAD.get(code, HOMES[self.name])
        if where not in self.buyers:
            self.buyers[where] = await self.customer(where)
        document = RequestedDocument(self.buyers[where], (line,), **more)
        request = IssueRequest(request=DraftRequest(document=document))
        return (await issue_invoice(self.books, request)).document.number

    async def balances(self) -> dict[str, Decimal]:
        """What each account comes to, debits more than zero."""
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in csv_sides((await exported_ledger(self.books, "journal_csv"))[1]):
            found[row["account"]] += Decimal(row["accounting_amount"])
        return {account: amount for account, amount in found.items() if amount}


async def make(one: Practice, country: str, *, copy_from: str = "", **choices: str) -> NewClient:
    request = ClientRequest(name="Hafen", country=country, copy_from=copy_from, choices=Choices(**choices))
    return await create_client_organization(one.office, request)


def made_organization(made: NewClient) -> OrganizationRef:
    assert made.created is not None
    return made.created


@asynccontextmanager
async def client_on(root: Path, name: str) -> AsyncIterator[Client]:
    clock = SettableClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    async with practice(root, clock) as one:
        made = await make(one, HOMES[name], chart_of_accounts=name)
        yield Client(one, clock, one.books(made_organization(made)), name)


@EVERY_CHART
async def test_an_invoice_a_credit_note_and_a_payment_balance_on_the_charts_own_accounts(
    tmp_path: Path, name: str
) -> None:
    assert is_national(name)
    chart = national_chart(name)
    revenue = chart.revenue_by_tax_code.get("STANDARD", chart.posting.revenue)
    async with client_on(tmp_path, name) as client:
        paid, credited = await client.sell("STANDARD"), await client.sell("STANDARD")
        at_first = await client.balances()
        assert set(at_first) == {chart.posting.receivable, revenue, chart.posting.tax_payable}
        assert at_first[revenue] == -200
        await record_payment(client.books, PaymentRequest(invoice=paid, amount=at_first[chart.posting.receivable] / 2))
        await issue_credit_note(client.books, CreditRequest(invoice=credited, reason="Returned"))
        balances = await client.balances()
        assert set(balances) == {chart.posting.bank, revenue, chart.posting.tax_payable}
        assert sum(balances.values()) == 0
        assert balances[revenue] == -100
        trial = await whole(client.books, ReportName.TRIAL_BALANCE)
        assert sum(row.amounts["debit"] - row.amounts["credit"] for row in trial.rows) == 0
        assert (await verify_books(client.books)).problem == ""


@EVERY_CHART
async def test_an_advance_is_on_an_account_of_its_own_until_the_final_invoice_clears_it(
    tmp_path: Path, name: str
) -> None:
    account = {"skr03": "1710", "skr04": "3250", "pcg": "4191", "pgc": "438", "kmu": "2030"}[name]
    async with client_on(tmp_path, name) as client:
        await client.sell("STANDARD", advance=True)
        assert (await client.balances())[account] == -100
        await client.sell("STANDARD", price=300, deducts=(ALL_ADVANCES,))
        balances = await client.balances()
        assert account not in balances
        assert sum(balances.values()) == 0


@EVERY_CHART
async def test_an_expense_in_the_buyers_name_is_no_revenue(tmp_path: Path, name: str) -> None:
    account = {"skr03": "1590", "skr04": "1370", "pcg": "467", "pgc": "440", "kmu": "1190"}[name]
    async with client_on(tmp_path, name) as client:
        number = await client.sell("", cost="ADVANCED")
        balances = await client.balances()
        assert balances == {national_chart(name).posting.receivable: 100, account: -100}  # type: ignore[arg-type]  # By a parameter.
        await issue_credit_note(client.books, CreditRequest(invoice=number, reason="Returned"))
        assert await client.balances() == {}


@EVERY_CHART
async def test_each_tax_code_posts_to_its_account_of_the_chart(tmp_path: Path, name: str) -> None:
    assert is_national(name)
    async with client_on(tmp_path, name) as client:
        codes = await client.books.read(load_tax_codes)
        by_code = national_chart(name).revenue_by_tax_code
        assert {code.code: code.revenue_account for code in codes} == {
            code.code: by_code.get(code.code, "") for code in codes
        }
        sold = [code for code in by_code if code not in ("SMALL-BUSINESS", "ZERO")]
        for code in sold:
            await client.sell(code)
        balances = await client.balances()
        assert {account for account in balances if account in by_code.values()} == {by_code[code] for code in sold}


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("DE", "must be standard, empty, skr03 or skr04 in Germany."),
        ("FR", "must be standard, empty or pcg in France."),
        ("GB", "must be standard or empty in United Kingdom."),
    ],
)
async def test_a_chart_of_another_country_is_refused_with_those_there_are(
    tmp_path: Path, country: str, said: str
) -> None:
    async with practice(tmp_path) as one:
        with pytest.raises(InvalidInput, match=said) as refused:
            await make(one, country, chart_of_accounts="kmu")
        assert refused.value.field == "chart_of_accounts"
        assert "standard" in refused.value.candidates


async def test_a_countrys_chart_is_of_its_own_law_and_of_no_other_standard(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        with pytest.raises(InvalidInput, match="skr03 is the chart of Germany's own law") as refused:
            await make(one, "DE", chart_of_accounts="SKR03", accounting_standard="US GAAP")
        assert refused.value.field == "accounting_standard"
        made = await make(one, "DE", chart_of_accounts="SKR03", accounting_standard="ifrs", tax_system="EU VAT")
        assert (made.profile.chart_of_accounts, made.profile.tax_system) == ("skr03", "eu_vat")


async def test_the_standard_chart_stays_the_default_and_names_no_account_by_code(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        for country in HOMES.values():
            made = await make(one, country)
            assert made.profile.chart_of_accounts == "standard"
            codes = await one.books(made_organization(made)).read(load_tax_codes)
            assert {code.revenue_account for code in codes} == {""}


# Copies


async def test_a_client_on_another_chart_keeps_its_posting_profiles_and_says_which_accounts_lack(
    tmp_path: Path,
) -> None:
    async with practice(tmp_path, country="DE") as one:
        skr03 = made_organization(await make(one, "DE", chart_of_accounts="skr03"))
        made = await make(one, "DE", copy_from=skr03.handle)
        assert states_by_layer(made.outcomes)["entity"] == "failed"
        notes = [note.text for note in made.notes]
        (note,) = (note for note in notes if "was not copied" in note)
        assert "the chart has no account 1543, 1590, 1701, 1710, 1770" in note
        # The same number says something else in the standard chart.
        assert note.endswith("8770; 2150 is of type liability, not expense; 2400 is of type liability, not expense.")
        books = one.books(made_organization(made))
        assert (await books.read(load_entity_layer))["posting_profiles"][0].posting.revenue == "4000"
        await one.issue(books, (await one.customer(books, country="DE")).id)


async def test_a_practice_on_its_countrys_chart_hands_it_on_with_the_accounts_of_its_tax_codes(tmp_path: Path) -> None:
    async with practice(tmp_path, country="DE", chart_of_accounts="skr03") as one:
        made = await make(one, "DE", copy_from=one.organization.handle)
        assert states_by_layer(made.outcomes)["entity"] == "copied"
        assert (made.profile.chart_of_accounts, copied_in_all(made.outcomes)["accounts"] > 60) == ("skr03", True)
        books = one.books(made_organization(made))
        assert (await books.read(load_entity_layer))["posting_profiles"][0].posting.revenue == "8200"
        issued = await one.issue(books, (await one.customer(books, country="DE")).id)
        assert issued.document.lines[0].revenue_account == "8400"


async def test_a_chart_of_one_countrys_law_does_not_go_abroad_with_a_copy(tmp_path: Path) -> None:
    async with practice(tmp_path, country="DE", chart_of_accounts="skr03") as one:
        made = await make(one, "FR", copy_from=one.organization.handle)
        assert made.profile.chart_of_accounts == "standard"
        assert copied_in_all(made.outcomes)["accounts"] == 0
        assert states_by_layer(made.outcomes) == {"schema": "created", "organization": "copied", "entity": "fresh"}
        notes = [note.text for note in made.notes]
        assert "The chart of accounts is the standard one: skr03 is not of France." in notes
        assert any("the chart has no account" in note for note in notes)
        books = one.books(made_organization(made))
        assert {code.revenue_account for code in await books.read(load_tax_codes)} == {""}
        await one.issue(books, (await one.customer(books, country="FR")).id)


# Ledgers


@pytest.mark.parametrize("name", ["skr03", "skr04"])
async def test_a_datev_batch_leaves_the_tax_of_automatic_accounts_to_them(tmp_path: Path, name: str) -> None:
    assert is_national(name)
    chart = national_chart(name)
    by_code = chart.revenue_by_tax_code
    async with client_on(tmp_path / "data", name) as client:
        for code in ("STANDARD", "REDUCED", "INTRA-EU", "EXPORT", "REVERSE-CHARGE"):
            await client.sell(code)
        change = Change(code="REDUCED", values={"revenue_account": chart.posting.revenue})
        await save_entry(client.one.office, client.books, Part.TAX_CODES, change)
        await client.sell("REDUCED")
        # An accountant's slip: 7 percent on the account of 19.
        change = Change(code="REDUCED", values={"revenue_account": by_code["STANDARD"]})
        await save_entry(client.one.office, client.books, Part.TAX_CODES, change)
        await client.sell("REDUCED")
        balances = await client.balances()
        made, path = await exported_ledger(client.books, "datev")
    with ZipFile(path) as archive:
        archive.extractall(tmp_path)
    batch = tmp_path / DATEV_BATCH
    booked = read_datev(batch)
    found = [(row.contra, str(row.signed), row.key) for row in booked]
    assert found == [
        (by_code["STANDARD"], "119.00", ""),
        (by_code["REDUCED"], "107.00", ""),
        (by_code["INTRA-EU"], "100.00", ""),
        (by_code["EXPORT"], "100.00", ""),
        (by_code["REVERSE-CHARGE"], "100.00", ""),
        (chart.posting.revenue, "107.00", "0002"),
        (by_code["STANDARD"], "100.00", "0040"),
        (chart.posting.tax_payable, "7.00", ""),
    ]
    assert {row.account for row in booked} == {chart.posting.receivable}
    assert any(note.startswith("Tax for which there is no key has a row of its own: TEST-INV") for note in made.notes)
    assert batch.read_bytes().split(b";")[26] == f'"{name[-2:]}"'.encode()
    taken = imported(booked, tax_account=chart.posting.tax_payable, automatic=chart.automatic)
    assert {account: amount for account, amount in taken.items() if amount} == balances


async def test_a_file_for_the_french_tax_office_has_the_numbers_of_the_plan_and_nothing_to_note(
    tmp_path: Path,
) -> None:
    async with client_on(tmp_path, "pcg") as client:
        await update_organization(client.one.office, client.books, {"registration_number": "404833048"})
        paid = await client.sell("STANDARD")
        await client.sell("INTRA-EU")
        await record_payment(client.books, PaymentRequest(invoice=paid, amount=Decimal(120)))
        made, path = await exported_ledger(client.books, "fec")
        assert made.notes == ()
        assert {side.label.partition(": ")[2].split()[0] for side in read_fec(path)} >= {
            "411",
            "7071",
            "7072",
            "44571",
            "512",
        }
