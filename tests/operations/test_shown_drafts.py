"""What a draft showed is what its issue comes to; where the facts were changed since, nothing is issued unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.documents import TaxCategory
from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.refusals import Conflict, Immutable, NotFound, Refusal
from invoicing.remedies import Act
from invoicing.tax.settings import TaxCodeChange
from operations.customers import save_customer
from operations.drafts import DraftRequest, Preview, draft_invoice
from operations.invoices import IssueRequest
from operations.issuing import StandingDocument
from operations.items import save_item
from operations.profile import update_organization
from operations.settings import save_tax_code
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.drafts import keep, keep_as_an_earlier_release, kept
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.people import refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw

CENT = RequestedLine(quantity=Decimal(1), description="Stamp", unit_price=Decimal("0.33"))
NOTHING = RequestedDocument(customer="", lines=())


async def bakery(one: Practice) -> tuple[Books, str, str]:
    """German books, a French business as their customer, and an item of 10.00 EUR."""
    books = one.books(await one.client("Brot und Butter", "DE"))
    buyer = await one.customer(books, "Bistro", country="FR", tax_number="FR40303265045")
    item = await save_item(books, {"name": "Bread", "unit_price": Decimal(10)}, item_id="")
    return books, buyer.id, item.item.id


def asked(customer: str, *lines: RequestedLine, draft: str = "", **fields: Any) -> DraftRequest:
    document = replace(RequestedDocument(customer=customer, lines=lines), **fields)
    return DraftRequest(document=document, draft=draft)


async def shown_again(books: Books, draft: str) -> Preview:
    return await draft_invoice(books, DraftRequest(document=NOTHING, draft=draft))


async def issued(books: Books, draft: str, *, reference: str = "") -> StandingDocument:
    return await issue_invoice(books, IssueRequest(draft=draft, client_reference=reference))


Change = Callable[[Practice, Books, str, str], Awaitable[object]]


def setting(**values: Any) -> Change:
    return lambda one, books, _customer, _item: update_organization(one.office, books, values)


def buyer(**values: str) -> Change:
    return lambda _one, books, customer, _item: save_customer(books, values, customer_id=customer)


def thing(**values: Any) -> Change:
    return lambda _one, books, _customer, item: save_item(books, values, item_id=item)


def rate(code: str, percent: str) -> Change:
    change = TaxCodeChange(code, percent=Decimal(percent), valid_from=date(2026, 3, 17))
    return lambda _one, books, _customer, _item: save_tax_code(books, change)


CHANGES: dict[str, tuple[Change, str, tuple[str, ...]]] = {
    "the seller became a small enterprise": (
        setting(small_business=True),
        "",
        ("showed net 10.00, tax 0.00, total 10.00 EUR", "line 1 was taxed K 0 %, now E 0 %"),
    ),
    "the customer lost its tax number": (
        buyer(tax_number=""),
        "",
        ("tax 0.00, total 10.00 EUR", "tax 1.90, total 11.90 EUR now", "line 1 was taxed K 0 %, now S 19 %"),
    ),
    "the customer moved": (buyer(country="US", tax_number=""), "", ("line 1 was taxed K 0 %, now G 0 %",)),
    "the customer pays in another currency": (
        buyer(currency="CHF"),
        "",
        ("total 10.00 EUR", "total 10.00 CHF"),
    ),
    "the rate of the tax code": (
        rate("STANDARD", "16"),
        "STANDARD",
        ("total 11.90 EUR", "total 11.60 EUR now", "line 1 was taxed S 19 %, now S 16 %"),
    ),
    "the price of the item": (
        thing(unit_price=Decimal("10.01")),
        "",
        ("total 10.00 EUR", "total 10.01 EUR now", "line 1 was 10.00, now 10.01"),
    ),
    "the name of the customer": (
        buyer(name="Brasserie"),
        "",
        ("total 10.00 EUR now", "the customer was Bistro (FR40303265045), now Brasserie (FR40303265045)"),
    ),
    "what the item is counted in": (thing(unit="t"), "", ("line 1 was in no unit, now in t",)),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_draft_whose_facts_were_changed_is_issued_only_after_it_was_shown_again(
    tmp_path: Path, name: str
) -> None:
    change, code, words = CHANGES[name]
    async with practice(tmp_path) as one:
        books, customer, item = await bakery(one)
        # The price of an item is in one currency, and what is stated on the line in that of the document.
        price = Decimal(10) if "currency" in name else None
        line = RequestedLine(quantity=Decimal(1), item=item, tax_code=code, unit_price=price)
        draft = (await draft_invoice(books, asked(customer, line))).draft
        one.clock.advance(timedelta(days=1))
        await change(one, books, customer, item)
        refused = await refusal(issued(books, draft, reference="march"))
        assert (type(refused), refused.field, refused.remedy) == (Conflict, "draft", Act.SHOW_DRAFT_AGAIN)
        for word in (*words, "Nothing is issued"):
            assert word in refused.message, refused.message
        again = await shown_again(books, draft)
        assert again.draft == draft
        made = await issued(books, draft, reference="march")
        assert made.document.number == again.number
        assert made.document.taxes == again.document.taxes
        assert made.document.lines == again.document.lines
        assert (await issued(books, draft, reference="march")).replayed
        assert (await verify_books(books)).problem == ""


async def test_two_items_that_swapped_their_prices_are_told_though_the_total_is_the_same(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, bread = await bakery(one)
        cake = (await save_item(books, {"name": "Cake", "unit_price": Decimal(12)}, item_id="")).item.id
        lines = [RequestedLine(quantity=Decimal(1), item=item) for item in (bread, cake)]
        draft = (await draft_invoice(books, asked(customer, *lines))).draft
        await save_item(books, {"unit_price": Decimal(12)}, item_id=bread)
        await save_item(books, {"unit_price": Decimal(10)}, item_id=cake)
        refused = await refusal(issued(books, draft))
        assert "line 1 was 10.00, now 12.00; line 2 was 12.00, now 10.00." in refused.message


async def test_what_is_withheld_and_due_is_told_where_it_is_another(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Talleres", "ES"))
        customer = (await one.customer(books, "Bistro", country="ES")).id
        draft = (await draft_invoice(books, asked(customer, CENT, withholding="IRPF"))).draft
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("UPDATE withholding_rates SET percent = '50' WHERE code = 'IRPF'")
        refused = await refusal(issued(books, draft))
        assert "withheld 0.05, amount due 0.35 EUR" in refused.message
        assert "withheld 0.17, amount due 0.23 EUR now" in refused.message


async def test_of_many_changed_lines_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, _ = await bakery(one)
        draft = (await draft_invoice(books, asked(customer, *[CENT] * 5))).draft
        await update_organization(one.office, books, {"small_business": True})
        refused = await refusal(issued(books, draft))
        assert "line 3 was taxed K 0 %, now E 0 %; and 2 more changes" in refused.message
        assert "line 4" not in refused.message


async def test_whether_prices_include_tax_and_the_rounding_are_the_drafts_own(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        customer = (await one.customer(books, "Hotel", country="DE")).id
        await update_organization(one.office, books, {"prices_include_tax": True, "rounding": "per_line"})
        drafted = await draft_invoice(books, asked(customer, *[CENT] * 3))
        await update_organization(one.office, books, {"prices_include_tax": False, "rounding": "sum_of_lines"})
        again = await shown_again(books, drafted.draft)
        replaced = await draft_invoice(books, asked(customer, *[CENT] * 3))
        document = (await issued(books, drafted.draft)).document
        assert (document.prices_include_tax, document.rounding, document.total_minor) == (True, "per_line", 99)
        assert again.document.total_minor == drafted.document.total_minor == 99
        assert (replaced.document.prices_include_tax, replaced.document.total_minor) == (False, 118)
        assert (await issued(books, replaced.draft)).document.total_minor == 118


async def test_a_copy_is_issued_as_its_draft_showed_it(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, _ = await bakery(one)
        gross = asked(customer, CENT, prices_include_tax=True)
        first = (await issue_invoice(books, IssueRequest(request=gross))).document
        copy = await draft_invoice(books, DraftRequest(document=NOTHING, copy_of=first.number))
        await save_customer(books, {"tax_number": ""}, customer_id=customer)
        assert isinstance(await refusal(issued(books, copy.draft)), Conflict)
        # Named as a draft to replace, it is copied anew, and what it shows then is accepted.
        replaced = await draft_invoice(books, DraftRequest(document=NOTHING, copy_of=first.number, draft=copy.draft))
        assert (replaced.draft, replaced.document.prices_include_tax) == (copy.draft, True)
        assert (await issued(books, copy.draft)).document.taxes[0].category is TaxCategory.STANDARD


async def test_with_the_same_facts_a_draft_is_issued_on_any_later_day(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, item = await bakery(one)
        line = RequestedLine(quantity=Decimal("2.5"), item=item, discount_percent=Decimal("33.333333"))
        rates: dict[str, Any] = {"currency": "USD", "exchange_rate": Decimal("0.9"), "exchange_source": "ECB"}
        drafts = [
            (await draft_invoice(books, asked(customer, line))).draft,
            (await draft_invoice(books, asked(customer, CENT, **rates))).draft,
        ]
        one.clock.advance(timedelta(days=40))
        # What is not a figure may be put right: the address, and what the item is called.
        await save_customer(books, {"city": "Lyon"}, customer_id=customer)
        await save_item(books, {"name": "Brown bread"}, item_id=item)
        for draft in drafts:
            assert (await issued(books, draft)).document.issue_date == date(2026, 4, 25)


async def test_a_draft_of_an_earlier_release_is_issued_without_a_comparison(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, item = await bakery(one)
        line = RequestedLine(quantity=Decimal(1), item=item)
        drafts = [(await draft_invoice(books, asked(customer, line))).draft for _ in range(2)]
        for draft in drafts:
            keep_as_an_earlier_release(books, draft)
        await save_item(books, {"unit_price": Decimal(11)}, item_id=item)
        await update_organization(one.office, books, {"prices_include_tax": True})
        assert (await issued(books, drafts[0])).document.total_minor == 1100
        # Shown again, it knows its figures.
        await shown_again(books, drafts[1])
        assert kept(books, drafts[1])["shown"]["total_minor"] == 1100
        await save_item(books, {"unit_price": Decimal(12)}, item_id=item)
        assert isinstance(await refusal(issued(books, drafts[1])), Conflict)


async def test_what_a_draft_did_not_know_yet_is_not_compared(tmp_path: Path) -> None:
    """Drafts were once kept without the customer and the units that they showed."""
    async with practice(tmp_path) as one:
        books, customer, item = await bakery(one)
        draft = (await draft_invoice(books, asked(customer, RequestedLine(quantity=Decimal(1), item=item)))).draft
        content = kept(books, draft)
        del content["shown"]["buyer"], content["shown"]["lines"][0]["unit"]
        keep(books, draft, content)
        await save_customer(books, {"name": "Brasserie"}, customer_id=customer)
        await save_item(books, {"unit": "t"}, item_id=item)
        made = await issued(books, draft)
        assert (made.document.buyer.name, made.document.lines[0].unit) == ("Brasserie", "t")


async def test_a_draft_that_is_not_there_any_more_is_not_shown_again(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, _ = await bakery(one)
        draft = (await draft_invoice(books, asked(customer, CENT))).draft
        await issued(books, draft)
        for name, kind in ((draft, Immutable), ("drf_unknown", NotFound)):
            refused = await refusal(shown_again(books, name))
            assert (type(refused), refused.field) == (kind, "draft")


async def test_a_draft_that_cannot_be_shown_again_stays_as_it_was(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, _ = await bakery(one)
        draft = (await draft_invoice(books, asked(customer, CENT))).draft
        before = kept(books, draft)
        await save_customer(books, {"archived": True}, customer_id=customer)
        for _ in range(2):
            assert "archived" in (await refusal(shown_again(books, draft))).message
        assert kept(books, draft) == before


async def test_of_many_calls_at_once_none_issues_what_was_not_shown(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer, item = await bakery(one)
        line = RequestedLine(quantity=Decimal(1), item=item)
        draft = (await draft_invoice(books, asked(customer, line))).draft
        await save_item(books, {"unit_price": Decimal(11)}, item_id=item)
        attempts = [issued(books, draft, reference=f"attempt {count}") for count in range(4)]
        answers = await asyncio.gather(shown_again(books, draft), *attempts, return_exceptions=True)
        made = [answer for answer in answers if isinstance(answer, StandingDocument)]
        assert all(isinstance(answer, Refusal | StandingDocument | Preview) for answer in answers)
        assert len(made) <= 1
        assert {one.document.total_minor for one in made} <= {1100}
        if not made:
            made.append(await issued(books, draft))
        assert made[0].document.number.endswith("00001")
        assert (await verify_books(books)).problem == ""
