"""Sellers and buyers in territories, in real books: their codes need not be saved, and what is not known blocks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from invoicing.document.documents import TaxCategory
from invoicing.document.drafting import RequestedLine
from invoicing.refusals import InvalidInput, NotReady
from invoicing.tax.settings import TaxCodeChange
from operations.credit_notes import CreditRequest
from operations.drafts import draft_invoice
from operations.invoices import IssueRequest, issue_invoice
from operations.items import save_item
from operations.profile import update_organization
from operations.settings import save_tax_code
from operations.verification import verify_books
from tests.operations.test_drafting import LINE, asked, issued, make_live
from tests.support.issuing import issue_credit_note
from tests.support.people import refusal
from tests.support.practice import practice

LONG_AGO = date(2020, 1, 1)
ADDRESS = {"line1": "Calle Mayor 1", "city": "Las Palmas"}


async def test_a_seller_in_the_canary_islands_charges_igic_with_codes_that_nobody_saved(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Panadería Isleña", "ES"))
        refused = await refusal(save_item(books, {"name": "Pan", "tax_code": "IGIC-REDUCED"}, item_id=""))
        assert (type(refused), refused.field) == (InvalidInput, "tax_code")
        await update_organization(one.office, books, ADDRESS | {"postal_code": "35001"})
        item = await save_item(
            books, {"name": "Pan", "tax_code": "IGIC-REDUCED", "unit_price": Decimal(10)}, item_id=""
        )
        buyer = (await one.customer(books, "Hotel Isla", country="ES", postal_code="35002")).id
        bread = RequestedLine(quantity=Decimal(1), item=item.item.id)
        document = await issued(books, asked(buyer, LINE, bread))
        assert [(tax.label, tax.category, tax.rate, tax.tax_minor) for tax in document.taxes] == [
            ("IGIC", TaxCategory.CANARY_ISLANDS, Decimal(7), 700),
            ("IGIC", TaxCategory.CANARY_ISLANDS, Decimal(3), 30),
        ]
        credited = await issue_credit_note(books, CreditRequest(invoice=document.id, reason="Returned"))
        assert credited.note.document.tax_minor == 730
        assert (await verify_books(books)).problem == ""


async def test_a_copy_of_an_export_to_a_territory_is_an_export_again_and_at_home_it_is_taxed(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        island = (await one.customer(books, "Inselhotel", country="DE", postal_code="27498")).id
        inland = (await one.customer(books, "Landhotel", country="DE", postal_code="10115")).id
        first = await issued(books, asked(island, LINE))
        assert first.lines[0].tax_code == "EXPORT"
        again = await draft_invoice(books, asked("", copy_of=first.id))
        assert again.document.lines[0].tax_code == "EXPORT"
        other = await draft_invoice(books, asked(inland, copy_of=first.id))
        assert other.document.lines[0].tax_code == "STANDARD"


async def test_a_live_seller_in_melilla_cannot_issue_until_its_own_tax_is_the_default(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Comercio", "ES"))
        filled = ADDRESS | {"postal_code": "52001", "tax_number": "ESB58378431", "iban": "ES9121000418450200051332"}
        await update_organization(one.office, books, filled)
        buyer = (await one.customer(books, "Vecino", country="ES", postal_code="52002", consumer=True)).id
        preview = await draft_invoice(books, asked(buyer, LINE))
        assert "seller_territory" in [notice.code for notice in preview.warnings]
        make_live(books)
        refused = await refusal(issue_invoice(books, IssueRequest(request=asked(buyer, LINE))))
        assert isinstance(refused, NotReady)
        assert "IPSI" in refused.message
        change = TaxCodeChange(
            code="IPSI", name="IPSI", label="IPSI", category="M", percent=Decimal(4), valid_from=LONG_AGO, default=True
        )
        await save_tax_code(books, change)
        document = await issued(books, asked(buyer, LINE))
        assert [(tax.category.value, tax.tax_minor) for tax in document.taxes] == [("M", 400)]
