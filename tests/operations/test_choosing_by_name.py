"""A name that several customers or items have, or a country by its name: the refusal names what can be chosen."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.refusals import InvalidInput
from operations.customers import save_customer
from operations.drafts import DraftRequest, draft_invoice
from operations.items import save_item
from storage.books.pool import Books
from tests.support.people import refusal
from tests.support.practice import practice


async def drafting(books: Books, customer: str, item: str) -> InvalidInput:
    line = RequestedLine(quantity=Decimal(1), item=item, description="" if item else "Bread", unit_price=Decimal(1))
    refused = await refusal(
        draft_invoice(books, DraftRequest(document=RequestedDocument(customer=customer, lines=(line, line))))
    )
    assert isinstance(refused, InvalidInput)
    return refused


async def test_customers_of_one_name_are_told_apart_by_place_and_tax_number(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        london = await one.customer(books, "Smith", tax_number="GB980780684")
        paris = await one.customer(books, "smith", country="FR", line1="", city="Paris", email="a@example.com")
        await one.customer(books, "Smithson")
        refused = await drafting(books, "SMITH", "")
        assert refused.field == "customer"
        assert refused.candidates == (
            f"{london.id} Smith (1 High Street; London; GB; GB980780684)",
            f"{paris.id} smith (Paris; FR; a@example.com)",
        )
        assert refused.candidates[0].split()[0] == london.id


async def test_items_of_one_name_are_told_apart_by_number_text_and_price(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        white: dict[str, str | bool | Decimal] = {
            "name": "Loaf",
            "sku": "L-1",
            "unit": "piece",
            "unit_price": Decimal("2.50"),
            "description": "White\nx",
        }
        first = (await save_item(books, white, item_id="")).item
        second = (await save_item(books, {"name": "loaf"}, item_id="")).item
        refused = await drafting(books, customer, "Loaf")
        assert refused.field == "lines[0].item"
        assert refused.candidates == (f"{first.id} Loaf (L-1; White; 2.5 GBP; per piece)", f"{second.id} loaf")


@pytest.mark.parametrize(
    ("country", "meant"),
    [
        ("UK", " United Kingdom is GB."),
        ("united kingdom", " United Kingdom is GB."),
        ("Deutschland", " Germany is DE."),
        ("EL", " Greece is GR; only its VAT numbers begin with EL."),
        ("Japan", " Japan is JP."),
        ("USA", " United States is US."),
        ("Atlantis", ""),
    ],
)
async def test_a_country_that_is_no_code_is_answered_with_its_code(tmp_path: Path, country: str, meant: str) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        refused = await refusal(save_customer(books, {"name": "Bar Sol", "country": country}, customer_id=""))
        assert str(refused) == f"country must be a two-letter country code (ISO 3166-1), such as FR.{meant}"
