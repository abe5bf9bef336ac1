"""Bank accounts: which one documents print, and that the default one is the profile's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import Document
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.organizations import CredentialKind
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, Refusal
from operations.access import Office
from operations.configuration.configuring import get_entries, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.drafts import DraftRequest
from operations.going_live import go_live
from operations.invoices import IssueRequest, get_invoice
from operations.naming import Caller, PracticeConnection
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import Books
from storage.books.profile import load_profile
from tests.operations.test_going_live import BAKERY, READY
from tests.operations.test_rights import bearer_in
from tests.support.issuing import issue_invoice
from tests.support.people import as_seen_by, colleague
from tests.support.practice import Practice, practice

POUNDS, EUROS = "GB33BUKB20201555555555", "DE89370400440532013000"


@dataclass(slots=True)
class Desk:
    one: Practice
    books: Books
    customer: str

    async def save(self, code: str, office: Office | None = None, **values: str) -> Entry | None:
        office = office or self.one.office
        seen = replace(self.books, organization=await as_seen_by(office, self.books.organization))
        return await save_entry(office, seen, Part.BANK_ACCOUNTS, Change(code=code, values=values))

    async def withdraw(self, code: str) -> None:
        await save_entry(self.one.office, self.books, Part.BANK_ACCOUNTS, Change(code=code, withdraw=True))

    async def entries(self, books: Books | None = None) -> dict[str, Entry]:
        page = await get_entries(self.one.office, books or self.books, Part.BANK_ACCOUNTS, cursor="", limit=100)
        return {entry.code: entry for entry in page.items}

    async def invoice(self, currency: str) -> Document:
        line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
        document = RequestedDocument(self.customer, (line,), currency=currency)
        return (await issue_invoice(self.books, IssueRequest(request=DraftRequest(document=document)))).document


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        yield Desk(one, books, (await one.customer(books)).id)
        assert (await verify_books(books)).problem == ""


async def test_the_account_of_the_profile_is_the_default_one_whoever_writes_it(desk: Desk) -> None:
    assert await desk.entries() == {}
    await update_organization(desk.one.office, desk.books, {"iban": POUNDS, "bank_name": "Quay Bank"})
    (main,) = (await desk.entries()).values()
    assert (main.code, main.values["iban"], main.values["default"]) == ("MAIN", POUNDS, "true")
    await desk.save("MAIN", None, **{**main.values, "bank_name": "Harbour Bank"})
    assert (await desk.books.read(load_profile)).bank_name == "Harbour Bank"
    await update_organization(desk.one.office, desk.books, {"bank_name": "Pier Bank"})
    assert (await desk.entries())["MAIN"].values["bank_name"] == "Pier Bank"


async def test_a_document_prints_the_account_of_its_currency_and_else_the_default_one(desk: Desk) -> None:
    await desk.save("QUAY", iban=POUNDS, bank_name="Quay Bank")
    assert (await desk.entries())["QUAY"].values["default"] == "true"
    before = await desk.invoice("EUR")
    await desk.save("RHEIN", iban="DE89 3704 0044 0532 0130 00", currency="eur")
    assert [(await desk.invoice(currency)).payment.iban for currency in ("EUR", "GBP", "USD")] == [
        EUROS,
        POUNDS,
        POUNDS,
    ]
    assert (await desk.invoice("EUR")).payment.account_holder == before.payment.account_holder == "Harbour Bakery"
    assert (await get_invoice(desk.books, before.id)).document == before
    await desk.withdraw("RHEIN")
    assert (await desk.invoice("EUR")).payment.iban == POUNDS
    await desk.save("RHEIN", bank_name="Rheinbank")
    assert (await desk.invoice("EUR")).payment.bank_name == "Rheinbank"


async def test_another_account_becomes_the_default_and_each_keeps_its_code(desk: Desk) -> None:
    await update_organization(desk.one.office, desk.books, {"iban": POUNDS, "bank_name": "Quay Bank"})
    await desk.save("RHEIN", iban=EUROS, currency="EUR")
    with pytest.raises(Conflict, match="make another account the default instead"):
        await desk.save("MAIN", default="false")
    with pytest.raises(Conflict, match="make another the default first"):
        await desk.withdraw("MAIN")
    await desk.save("RHEIN", default="true")
    profile = await desk.books.read(load_profile)
    assert (profile.iban, profile.bank_name) == (EUROS, "")
    assert {code: entry.values["default"] for code, entry in (await desk.entries()).items()} == {
        "RHEIN": "true",
        "MAIN": "false",
    }
    assert (await desk.entries())["MAIN"].values["bank_name"] == "Quay Bank"
    await desk.save("MAIN", currency="GBP")
    assert [(await desk.invoice(currency)).payment.iban for currency in ("EUR", "GBP")] == [EUROS, POUNDS]
    await desk.save("MAIN", default="true")
    assert [(await desk.invoice(currency)).payment.iban for currency in ("EUR", "GBP")] == [EUROS, POUNDS]
    assert (await desk.books.read(load_profile)).iban == POUNDS


async def test_whoever_emptied_the_profile_begins_anew(desk: Desk) -> None:
    await desk.save("QUAY", iban=POUNDS)
    await update_organization(desk.one.office, desk.books, {"iban": ""})
    assert await desk.entries() == {}
    await desk.save("RHEIN", iban=EUROS)
    found = await desk.entries()
    assert {code: (entry.active, entry.values["default"]) for code, entry in found.items()} == {
        "RHEIN": (True, "true"),
        "QUAY": (False, "false"),
    }


async def test_bank_accounts_are_for_the_practices_people(desk: Desk) -> None:
    owner = await colleague(desk.one, desk.books.organization, "owner")
    key = (await bearer_in(desk.one, desk.books.organization, CredentialKind.KEY)).office
    for office in (owner, key):
        with pytest.raises(NotAllowed, match="Changing the bank account"):
            await desk.save("QUAY", office, iban=POUNDS)
    await update_organization(desk.one.office, desk.books, {"client_may": "bank_account"})
    await desk.save("QUAY", owner, iban=POUNDS)
    with pytest.raises(NotAllowed):
        await desk.save("QUAY", key, iban=EUROS)


async def test_bank_accounts_go_along_when_an_organization_goes_live_and_no_copy_gets_them(desk: Desk) -> None:
    practice_books = desk.one.books(desk.one.organization)
    change = Change(code="QUAY", values={"iban": POUNDS})
    await save_entry(desk.one.office, practice_books, Part.BANK_ACCOUNTS, change)
    copied = await desk.one.client("Finch Studio", copy_from=desk.one.organization.handle)
    assert await desk.entries(desk.one.books(copied)) == {}
    await update_organization(desk.one.office, desk.books, READY)
    await desk.save("RHEIN", iban=EUROS, currency="EUR")
    made = await go_live(Caller(desk.one.office, PracticeConnection(), "", protocol_has_sessions=False), BAKERY)
    assert made.created is not None
    assert await desk.entries(desk.one.books(made.created)) == await desk.entries()


@pytest.mark.parametrize(
    ("code", "values", "kind", "field"),
    [
        ("A B", {"iban": POUNDS}, InvalidInput, "code"),
        ("NEW", {"bank_name": "Bank without a number"}, InvalidInput, "values"),
        ("NEW", {"iban": "GB33BUKB20201555555556"}, InvalidInput, "iban"),
        ("NEW", {"iban": EUROS, "bic": "x"}, InvalidInput, "bic"),
        ("NEW", {"iban": EUROS, "currency": "EURO"}, InvalidInput, "currency"),
        ("NEW", {"iban": EUROS, "currency": "USD"}, Conflict, "values"),
        ("NEW", {"iban": EUROS, "default": "perhaps"}, InvalidInput, "values"),
        ("QUAY", {"iban": ""}, InvalidInput, "values"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field_and_changes_nothing(
    desk: Desk, code: str, values: dict[str, str], kind: type[Refusal], field: str
) -> None:
    await desk.save("QUAY", iban=POUNDS)
    await desk.save("WEST", account_number="12", routing_number="021000021", currency="USD")
    before = await desk.entries()
    with pytest.raises(kind) as refused:
        await save_entry(desk.one.office, desk.books, Part.BANK_ACCOUNTS, Change(code=code, values=values))
    assert refused.value.field == field
    assert await desk.entries() == before
    with pytest.raises(NotFound):
        await desk.withdraw("NOWHERE")
