"""Tax codes that are taken out of use: chosen no more, and kept by what was issued with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import Document
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.refusals import Conflict, InvalidInput, NotFound
from operations.configuration.configuring import get_entries, get_history, save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.invoices import IssueRequest, get_invoice
from operations.items import save_item
from operations.organizations import get_organization
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import Practice, practice


@dataclass(slots=True)
class Desk:
    one: Practice
    books: Books
    customer: str

    async def save(self, code: str, **values: str) -> None:
        await save_entry(self.one.office, self.books, Part.TAX_CODES, Change(code=code, values=values))

    async def withdraw(self, code: str) -> None:
        await save_entry(self.one.office, self.books, Part.TAX_CODES, Change(code=code, withdraw=True))

    async def in_use(self) -> dict[str, bool]:
        page = await get_entries(self.one.office, self.books, Part.TAX_CODES, cursor="", limit=100)
        return {entry.code: entry.active for entry in page.items}

    def asked(self, tax_code: str, customer: str = "") -> DraftRequest:
        line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100), tax_code=tax_code)
        return DraftRequest(document=RequestedDocument(customer or self.customer, (line,)))

    async def invoice(self, tax_code: str) -> Document:
        return (await issue_invoice(self.books, IssueRequest(request=self.asked(tax_code)))).document


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        yield Desk(one, books, (await one.customer(books)).id)
        assert (await verify_books(books)).problem == ""


async def test_a_code_out_of_use_is_chosen_no_more_and_what_was_issued_keeps_it(desk: Desk) -> None:
    made, kept = await desk.invoice("REDUCED"), await draft_invoice(desk.books, desk.asked("REDUCED"))
    await desk.withdraw("reduced")
    assert not (await desk.in_use())["REDUCED"]
    assert "REDUCED" not in {code.code for code in (await get_organization(desk.books)).tax_codes}
    copy = DraftRequest(document=RequestedDocument("", ()), copy_of=made.number)
    for asked in (desk.asked("REDUCED"), copy):
        with pytest.raises(InvalidInput, match=r"REDUCED is not in use any more\. Known: STANDARD") as refused:
            await draft_invoice(desk.books, asked)
        assert refused.value.field == "lines[0].tax_code"
    with pytest.raises(InvalidInput, match="not in use any more"):
        await issue_invoice(desk.books, IssueRequest(draft=kept.draft))
    with pytest.raises(InvalidInput, match="tax_code must be one of") as item:
        await save_item(desk.books, {"name": "Bread", "tax_code": "REDUCED"}, item_id="")
    assert "REDUCED" not in item.value.message
    assert (await get_invoice(desk.books, made.id)).document == made
    credited = await issue_credit_note(desk.books, CreditRequest(invoice=made.number, reason="Returned"))
    assert [line.tax_code for line in credited.note.document.lines] == ["REDUCED"]


async def test_a_code_that_is_written_to_again_is_in_use_again(desk: Desk) -> None:
    await desk.withdraw("REDUCED")
    change = (await get_history(desk.books, cursor="", limit=1)).items[0]
    assert (change.subject, change.detail["changed"]) == ("REDUCED", {"active": ["true", "false"]})
    await desk.save("REDUCED", name="Reduced rate")
    assert (await desk.invoice("REDUCED")).lines[0].tax_rate == 5


async def test_what_is_proposed_is_in_use(desk: Desk) -> None:
    abroad = (await desk.one.customer(desk.books, "Bistro", country="US", region="NY")).id
    shown = await draft_invoice(desk.books, desk.asked("", abroad))
    assert shown.document.lines[0].tax_code == "EXPORT"
    await desk.withdraw("EXPORT")
    shown = await draft_invoice(desk.books, desk.asked("", abroad))
    assert shown.document.lines[0].tax_code == "STANDARD"
    assert "no_tax_code" in {warning.code for warning in shown.warnings}


async def test_a_code_that_something_rests_on_stays_in_use(desk: Desk) -> None:
    with pytest.raises(Conflict, match="make another the default first"):
        await desk.withdraw("STANDARD")
    item = (await save_item(desk.books, {"name": "Bread", "tax_code": "ZERO"}, item_id="")).item
    with pytest.raises(Conflict, match="ZERO is in use by the item Bread"):
        await desk.withdraw("ZERO")
    await save_item(desk.books, {"tax_code": ""}, item_id=item.id)
    await desk.withdraw("ZERO")
    with pytest.raises(NotFound):
        await desk.withdraw("FOREIGN")


async def test_the_code_of_a_seller_without_tax_stays_in_use_while_it_is_one(desk: Desk) -> None:
    await update_organization(desk.one.office, desk.books, {"vat_registration": "small_business"})
    (code,) = {code for code in await desk.in_use() if code in ("SMALL-BUSINESS", "NOT-REGISTERED")} - {""}
    with pytest.raises(Conflict, match="vat_registration says so"):
        await desk.withdraw(code)
    await update_organization(desk.one.office, desk.books, {"vat_registration": "registered"})
    await desk.withdraw(code)
    await update_organization(desk.one.office, desk.books, {"vat_registration": "small_business"})
    assert (await desk.in_use())[code]


async def test_a_copy_of_the_configuration_has_the_code_as_it_is(desk: Desk) -> None:
    practice_books = desk.one.books(desk.one.organization)
    await save_entry(desk.one.office, practice_books, Part.TAX_CODES, Change(code="REDUCED", withdraw=True))
    copied = await desk.one.client("Finch Studio", copy_from=desk.one.organization.handle)
    page = await get_entries(desk.one.office, desk.one.books(copied), Part.TAX_CODES, cursor="", limit=100)
    assert [entry.code for entry in page.items if not entry.active] == ["REDUCED"]
