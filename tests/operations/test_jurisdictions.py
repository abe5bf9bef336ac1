"""Jurisdictions: a rate that is changed once, in every tax code that has it, and records of payroll."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import Document
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.refusals import Conflict, InvalidInput, NotFound, Refusal
from operations.configuration.configuring import get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest
from operations.going_live import go_live
from operations.invoices import IssueRequest, get_invoice
from operations.layer_outcomes import copied_in_all
from operations.naming import Caller, PracticeConnection
from operations.onboarding import ClientRequest, create_client_organization
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import Practice, practice

STATE, COUNTY = "STATE-CALIFORNIA", "COUNTY-MARIN"


@dataclass(slots=True)
class Desk:
    one: Practice
    clock: SettableClock
    books: Books
    customer: str

    async def save(self, code: str, part: Part = Part.JURISDICTIONS, **values: str) -> Entry | None:
        return await save_entry(self.one.office, self.books, part, Change(code=code, values=values))

    async def withdraw(self, code: str, part: Part = Part.JURISDICTIONS) -> None:
        await save_entry(self.one.office, self.books, part, Change(code=code, withdraw=True))

    async def entries(self, part: Part = Part.JURISDICTIONS, books: Books | None = None) -> dict[str, Entry]:
        page = await get_entries(self.one.office, books or self.books, part, cursor="", limit=100)
        return {entry.code: entry for entry in page.items}

    async def begin(self) -> None:
        """Two codes that have the state, one of them with a county."""
        values = {"name": "Marin", "parts": "state:California:6 | county:Marin:0.25", "valid_from": "2026-01-01"}
        await self.save("MARIN", Part.TAX_CODES, **values)
        values = {"name": "Rest of the state", "parts": STATE.lower(), "valid_from": "2026-02-01"}
        await self.save("CA", Part.TAX_CODES, **values)

    async def invoice(self, tax_code: str, on: date) -> Document:
        self.clock.set(datetime(on.year, on.month, on.day, 18, tzinfo=UTC))
        line = RequestedLine(Decimal(1), description="Lamp", unit_price=Decimal(1000), tax_code=tax_code)
        document = RequestedDocument(self.customer, (line,))
        return (await issue_invoice(self.books, IssueRequest(request=DraftRequest(document=document)))).document


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = SettableClock(datetime(2026, 1, 5, 18, tzinfo=UTC))
    async with practice(tmp_path, clock, country="US") as one:
        books = one.books(await one.client("Finch Studio", "US"))
        yield Desk(one, clock, books, (await one.customer(books, country="US", region="CA")).id)
        assert (await verify_books(books)).problem == ""


def levied(document: Document) -> list[tuple[str, str]]:
    return [(part.name, str(part.rate)) for tax in document.taxes for part in tax.jurisdictions]


async def test_the_parts_of_a_tax_code_are_jurisdictions(desk: Desk) -> None:
    await desk.begin()
    found = await desk.entries()
    assert list(found) == [COUNTY, STATE]
    assert found[STATE].values == {
        "name": "California",
        "level": "state",
        "kind": "tax",
        "authority": "",
        "rates": "6 from 2026-01-01",
    }
    assert (await desk.entries(Part.TAX_CODES))["CA"].values["parts"] == "state:California: 6 from 2026-02-01"


async def test_a_rate_of_a_jurisdiction_changes_every_code_that_has_it_and_nothing_that_was_issued(desk: Desk) -> None:
    await desk.begin()
    before = await desk.invoice("MARIN", date(2026, 3, 1))
    assert levied(before) == [("California", "6"), ("Marin", "0.25")]
    await desk.save(STATE, percent="6.5", valid_from="2026-07-01")
    assert levied(await desk.invoice("MARIN", date(2026, 6, 30))) == levied(before)
    assert levied(await desk.invoice("MARIN", date(2026, 7, 1))) == [("California", "6.5"), ("Marin", "0.25")]
    last = await desk.invoice("CA", date(2026, 7, 2))
    assert (levied(last), last.tax_minor) == ([("California", "6.5")], 6500)
    assert (await get_invoice(desk.books, before.id)).document == before
    credited = await issue_credit_note(desk.books, CreditRequest(invoice=before.number, reason="Returned"))
    assert levied(credited.note.document) == levied(before)
    (change,) = [
        one.detail["changed"]
        for one in (await get_history(desk.books, cursor="", limit=1)).items
        if one.subject == STATE
    ]
    assert change == {"rates": ["6 from 2026-01-01", "6 from 2026-01-01 to 2026-06-30; 6.5 from 2026-07-01"]}


async def test_what_a_tax_code_says_of_a_jurisdiction_holds_in_the_others(desk: Desk) -> None:
    await desk.begin()
    await desk.save("CA", Part.TAX_CODES, parts="state:California:7", valid_from="2026-08-01")
    assert (await desk.entries())[STATE].values["rates"] == "6 from 2026-01-01 to 2026-07-31; 7 from 2026-08-01"
    parts = (await desk.entries(Part.TAX_CODES))["MARIN"].values["parts"]
    assert parts.startswith("state:California: 6 from 2026-01-01 to 2026-07-31; 7 from 2026-08-01 | county:Marin")


async def test_a_new_code_takes_what_a_jurisdiction_takes_then_and_later(desk: Desk) -> None:
    await desk.save("CA-STATE", name="California", level="state", percent="6", valid_from="2026-01-01")
    await desk.save("CA-STATE", percent="6.5", valid_from="2026-07-01")
    await desk.save("CA", Part.TAX_CODES, name="California", parts="CA-STATE", valid_from="2026-03-01")
    assert (await desk.entries(Part.TAX_CODES))["CA"].values["parts"] == (
        "state:California: 6 from 2026-03-01 to 2026-06-30; 6.5 from 2026-07-01"
    )
    # A levy that joins later takes nothing before; what the state takes afterwards stays.
    await desk.save("CA", Part.TAX_CODES, parts="CA-STATE | city:Sausalito:0.5", valid_from="2026-05-01")
    assert levied(await desk.invoice("CA", date(2026, 4, 30))) == [("California", "6"), ("Sausalito", "0")]
    assert levied(await desk.invoice("CA", date(2026, 7, 1))) == [("California", "6.5"), ("Sausalito", "0.5")]


async def test_later_documents_say_the_name_that_it_has_then(desk: Desk) -> None:
    await desk.begin()
    before = await desk.invoice("CA", date(2026, 3, 1))
    await desk.save(STATE, name="State of California")
    assert levied(await desk.invoice("CA", date(2026, 3, 2))) == [("State of California", "6")]
    assert (await get_invoice(desk.books, before.id)).document == before
    await desk.save(STATE, percent="7", valid_from="2026-04-01")
    assert levied(await desk.invoice("MARIN", date(2026, 4, 1)))[0] == ("State of California", "7")


async def test_one_that_is_charged_stays_in_use_and_one_that_is_withdrawn_joins_no_code(desk: Desk) -> None:
    await desk.begin()
    with pytest.raises(Conflict, match="is a part of MARIN"):
        await desk.withdraw(COUNTY)
    await desk.withdraw("MARIN", Part.TAX_CODES)
    await desk.withdraw(COUNTY)
    assert not (await desk.entries())[COUNTY].active
    for parts in ("state:California:6 | county:Marin:0.25", f"{STATE} | {COUNTY}"):
        with pytest.raises(Refusal):
            await desk.save("NEW", Part.TAX_CODES, name="New", parts=parts, valid_from="2026-02-01")
    await desk.save(COUNTY, name="Marin")
    await desk.save("NEW", Part.TAX_CODES, name="New", parts=f"{STATE} | {COUNTY}", valid_from="2026-02-01")


async def test_payroll_is_kept_copied_from_the_practice_and_goes_along(desk: Desk) -> None:
    authority = next(iter(await desk.entries(Part.TAX_AUTHORITIES)))
    practice_books = desk.one.books(desk.one.organization)
    values = {"name": "Federal", "level": "country", "kind": "payroll", "authority": authority}
    await save_entry(desk.one.office, practice_books, Part.JURISDICTIONS, Change(code="FUTA", values=values))
    made = await create_client_organization(
        desk.one.office, ClientRequest(name="Wren", country="US", copy_from=desk.one.organization.handle)
    )
    assert made.created is not None
    assert copied_in_all(made.outcomes)["jurisdictions"] == 1
    copied = await desk.entries(books=desk.one.books(made.created))
    assert copied["FUTA"].values == values | {"rates": ""}
    abroad = await desk.one.client("Harbour Bakery", copy_from=desk.one.organization.handle)
    assert await desk.entries(books=desk.one.books(abroad)) == {}
    ready = {"line1": "1 Pier", "postal_code": "94107", "city": "San Francisco", "region": "CA"}
    ready |= {"email": "till@example.com", "tax_number": "12-3456789", "account_number": "1", "routing_number": "x"}
    await update_organization(desk.one.office, desk.one.books(made.created), ready)
    caller = Caller(desk.one.office, PracticeConnection(), "", protocol_has_sessions=False)
    live = await go_live(caller, made.created.handle)
    assert live.created is not None
    assert await desk.entries(books=desk.one.books(live.created)) == copied


@pytest.mark.parametrize(
    ("code", "values", "kind", "field"),
    [
        ("A B", {"name": "x", "level": "state"}, InvalidInput, "code"),
        ("NV", {"level": "state"}, InvalidInput, "name"),
        ("NV", {"name": "Nevada"}, InvalidInput, "values"),
        ("NV", {"name": "Nevada", "level": "moon"}, InvalidInput, "values"),
        ("NV", {"name": "Nevada", "level": "state", "kind": "customs"}, InvalidInput, "values"),
        ("NV", {"name": "Nevada", "level": "state", "authority": "Nobody"}, InvalidInput, "values"),
        ("NV", {"name": "California", "level": "state"}, Conflict, "values"),
        ("NV", {"name": "Nevada", "level": "state", "percent": "6"}, InvalidInput, "values"),
        ("NV", {"name": "Nevada", "level": "state", "valid_from": "2026-01-01"}, InvalidInput, "values"),
        (STATE, {"percent": "101", "valid_from": "2026-07-01"}, InvalidInput, "values"),
        (STATE, {"percent": "6", "valid_from": "soon"}, InvalidInput, "values"),
        (STATE, {"percent": "5", "valid_from": "2025-07-01"}, Conflict, "valid_from"),
        (STATE, {"percent": "0", "valid_from": "2026-07-01"}, Conflict, "values"),
        (STATE, {"level": "county"}, Conflict, "values"),
        (STATE, {"kind": "payroll"}, Conflict, "values"),
        (STATE, {"rates": "7 from 2026-01-01"}, InvalidInput, "values"),
        ("PAY", {"name": "x", "level": "state", "kind": "payroll", "percent": "1", "valid_from": "2026-01-01"},
         InvalidInput, "values"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_by_its_field_and_changes_nothing(
    desk: Desk, code: str, values: dict[str, str], kind: type[Refusal], field: str
) -> None:
    await desk.begin()
    before = (await desk.entries(), await desk.entries(Part.TAX_CODES))
    with pytest.raises(kind) as refused:
        await save_entry(desk.one.office, desk.books, Part.JURISDICTIONS, Change(code=code, values=values))
    assert refused.value.field == field
    assert (await desk.entries(), await desk.entries(Part.TAX_CODES)) == before
    with pytest.raises(NotFound):
        await desk.withdraw("NOWHERE")


async def test_rates_are_of_us_sales_tax_alone(desk: Desk) -> None:
    abroad = desk.one.books(await desk.one.client("Harbour Bakery"))
    values = {"name": "Leeds", "level": "city", "percent": "1", "valid_from": "2026-01-01"}
    with pytest.raises(InvalidInput, match="US sales tax"):
        await save_entry(desk.one.office, abroad, Part.JURISDICTIONS, Change(code="LEEDS", values=values))
