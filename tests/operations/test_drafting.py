"""Drafts in real books: the tax is chosen and explained, overrides go on record, copies follow the new facts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.canonical import canonical_json
from invoicing.document.documents import Document, TaxCategory
from invoicing.document.drafting import RequestedAdjustment, RequestedDocument, RequestedLine
from invoicing.refusals import IdempotencyMismatch, InvalidInput, NotReady
from invoicing.tax.settings import TaxCodeChange
from operations.drafts import DraftRequest, Preview, draft_invoice
from operations.invoices import IssueRequest
from operations.items import save_item
from operations.profile import update_organization
from operations.settings import save_tax_code
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.people import refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw

FRENCH = {"country": "FR", "tax_number": "FR40303265045"}
LINE = RequestedLine(quantity=Decimal(1), description="Lamp", unit_price=Decimal(100))


def asked(customer: str, *lines: RequestedLine, copy_of: str = "", **fields: Any) -> DraftRequest:
    document = replace(RequestedDocument(customer=customer, lines=lines), **fields)
    return DraftRequest(document=document, copy_of=copy_of)


async def issued(books: Books, request: DraftRequest, *, reference: str = "") -> Document:
    made = await issue_invoice(books, IssueRequest(request=request, client_reference=reference))
    return made.document


def last_detail(books: Books, act: str = "issue_invoice") -> dict[str, Any]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        query = "SELECT detail FROM audit_entries WHERE act = ? ORDER BY position DESC LIMIT 1"
        (detail,) = connection.execute(query, (act,)).fetchone()
    found: dict[str, Any] = json.loads(detail)
    return found


def make_live(books: Books) -> None:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        connection.execute("UPDATE profile SET environment = 'live'")


# The choice of the tax


async def test_the_tax_is_proposed_explained_and_an_override_goes_on_record(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        buyer = (await one.customer(books, "Bistro", **FRENCH)).id
        preview = await draft_invoice(books, asked(buyer, LINE))
        assert preview.document.taxes[0].category is TaxCategory.INTRA_COMMUNITY
        assert "intra_eu_goods_business" in preview.choices[0]
        assert preview.explanation[: len(preview.choices)] == preview.choices
        assert preview.explanation[-1] == "Net 100.00 + tax 0.00 = total 100.00 EUR."
        assert any("VIES" in warning.text for warning in preview.warnings)
        await issued(books, asked(buyer, LINE))
        assert "overrides" not in last_detail(books)
        stated = replace(LINE, tax_code="STANDARD")
        overridden = await draft_invoice(books, asked(buyer, LINE, stated, stated))
        assert any("Line 2: STANDARD is used" in warning.text for warning in overridden.warnings)
        await issued(books, asked(buyer, LINE, stated, stated))
        (text,) = last_detail(books)["overrides"]
        assert text.startswith("Lines 2-3: STANDARD, category S, 19 %, because it was stated")
        assert "proposed was INTRA-EU" in text


async def test_a_small_business_charges_no_tax_and_says_why(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        buyer = (await one.customer(books, "Bistro", country="DE")).id
        await update_organization(one.office, books, {"small_business": True})
        (tax,) = (await issued(books, asked(buyer, LINE))).taxes
        assert (tax.category, tax.tax_minor, bool(tax.reason_local)) == (TaxCategory.EXEMPT, 0, True)
        await update_organization(one.office, books, {"small_business": False})
        assert (await issued(books, asked(buyer, LINE))).tax_minor == 1900
        spain = one.books(await one.client("Talleres", "ES"))
        refused = await refusal(update_organization(one.office, spain, {"small_business": True, "footer": "X"}))
        assert (type(refused), refused.field) == (InvalidInput, "small_business")
        assert (await update_organization(one.office, spain, {"phone": "1"}))[1].profile.footer == ""


async def test_the_rounding_of_the_organization_is_that_of_its_documents(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        buyer = (await one.customer(books, "Bistro", country="DE")).id
        cents = replace(LINE, unit_price=Decimal("0.33"))
        await update_organization(one.office, books, {"rounding": "per_line"})
        till = await issued(books, asked(buyer, cents, cents, cents))
        assert (till.rounding, till.tax_minor) == ("per_line", 18)
        await update_organization(one.office, books, {"rounding": "sum_of_lines"})
        assert (await issued(books, asked(buyer, cents, cents, cents))).tax_minor == 19
        for wrong in ("", "half_even"):
            refused = await refusal(update_organization(one.office, books, {"rounding": wrong}))
            assert (type(refused), refused.field) == (InvalidInput, "rounding")
        assert (await verify_books(books)).problem == ""


async def test_what_is_withheld_is_shown_and_stays_receivable(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Talleres", "ES"))
        buyer = (await one.customer(books, "Bistro", country="ES")).id
        document = await issued(books, asked(buyer, LINE, withholding="irpf"))
        assert document.withholding is not None
        assert (document.withholding.amount_minor, document.total_minor, document.payable_minor) == (1500, 12100, 10600)
        refused = await refusal(draft_invoice(books, asked(buyer, LINE, withholding="WHT")))
        assert (type(refused), refused.field) == (InvalidInput, "withholding")
        assert "IRPF 15 % Income tax withheld from professionals, IRPF-NEW 7 %" in refused.message


# Foreign currency


async def ready(one: Practice) -> tuple[Books, str]:
    """A live organization in GB that lacks nothing, and its customer."""
    books = one.books(one.organization)
    seller = {
        "line1": "1 Chancery Lane",
        "city": "London",
        "postal_code": "WC2A 1AA",
        "tax_number": "GB980780684",
        "iban": "GB33BUKB20201555555555",
    }
    # The change that follows puts the settings on record as they are then.
    make_live(books)
    await update_organization(one.office, books, seller)
    return books, (await one.customer(books)).id


async def test_a_live_document_in_a_foreign_currency_states_its_tax_in_the_national_one(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, buyer = await ready(one)
        preview = await draft_invoice(books, asked(buyer, LINE, currency="EUR"))
        (gap,) = preview.blockers
        assert "exchange_rate" in gap.text
        assert gap.text not in [warning.text for warning in preview.warnings]
        refused = await refusal(issue_invoice(books, IssueRequest(draft=preview.draft)))
        assert (type(refused), refused.message) == (NotReady, gap.text)
        rate: dict[str, Any] = {"exchange_rate": Decimal("0.8571"), "exchange_source": "ECB"}
        document = await issued(books, asked(buyer, LINE, currency="EUR", **rate))
        assert document.exchange is not None
        assert (document.exchange.currency, document.exchange.tax_minor) == ("GBP", 1714)
        untaxed = replace(LINE, tax_code="ZERO")
        assert (await issued(books, asked(buyer, untaxed, currency="EUR"))).exchange is None
        assert (await verify_books(books)).problem == ""


async def test_a_sandbox_only_warns_of_a_missing_exchange_rate(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        buyer = (await one.customer(books)).id
        preview = await draft_invoice(books, asked(buyer, LINE, currency="EUR"))
        assert preview.blockers == ()
        assert sum("exchange_rate" in warning.text for warning in preview.warnings) == 1
        assert (await issued(books, asked(buyer, LINE, currency="EUR"))).exchange is None


async def test_books_in_a_third_currency_are_told_that_the_tax_is_wanted_in_the_national_one(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        buyer = (await one.customer(books)).id
        await update_organization(one.office, books, {"currency": "EUR"})
        (warning,) = (
            one.text for one in (await draft_invoice(books, asked(buyer, LINE))).warnings if "GBP" in one.text
        )
        assert warning == (
            "United Kingdom wants the tax in GBP on the document, and the books are in EUR: state it in the note."
        )
        in_pounds = await draft_invoice(books, asked(buyer, LINE, currency="GBP"))
        assert not any("United Kingdom wants" in one.text for one in in_pounds.warnings)


# Retries


async def test_a_retry_is_recognised_by_what_was_asked_for_and_not_by_how_many_fields_a_release_knows(
    tmp_path: Path,
) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        buyer = (await one.customer(books)).id
        wanted = asked(buyer, LINE, supply_date=date(2026, 3, 9))
        first = await issued(books, wanted, reference="march")
        later = {
            "adjustments",
            "rounding",
            "withholding",
            "exchange_rate",
            "exchange_date",
            "exchange_source",
            "series",
            "fund",
            "split_payment",
            "surcharge",
            "payment_means",
            "rounding_to",
            "rounding_amount",
            "bank_account",
            "terms_text",
            "references",
            "delivery_place",
            "delivery",
            "payee",
            "tax_representative",
            "former",
            "advance",
            "deducts",
            "paid_on",
        }
        of_first_release = asdict(IssueRequest(request=wanted, client_reference="march"))
        del of_first_release["acknowledge"], of_first_release["seen_as"]
        document = of_first_release["request"]["document"]
        of_first_release["request"]["document"] = {key: part for key, part in document.items() if key not in later}
        for line in of_first_release["request"]["document"]["lines"]:
            for name in (
                "discount_amount",
                "charge_amount",
                "name",
                "supply_date",
                "supply_end",
                "order_line",
                "dimensions",
                "cost",
                "base_quantity",
                "adjustments",
                "note",
                "references",
            ):
                del line[name]
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            (kept,) = connection.execute(
                "SELECT request_hash FROM idempotency_keys WHERE reference = 'march'"
            ).fetchone()
        assert kept == hashlib.sha256(canonical_json(of_first_release).encode()).hexdigest()
        assert (await issued(books, wanted, reference="march")).id == first.id
        discounted = asked(buyer, replace(LINE, discount_amount=Decimal(1)), supply_date=date(2026, 3, 9))
        for other in (discounted, asked(buyer, LINE, supply_date=date(2026, 3, 9), series="INVOICES")):
            again = issue_invoice(books, IssueRequest(request=other, client_reference="march"))
            assert isinstance(await refusal(again), IdempotencyMismatch)


# Copies


LOYALTY = RequestedAdjustment(AdjustmentKind.DISCOUNT, "Loyalty", percent=Decimal(10))
PACKING = RequestedAdjustment(AdjustmentKind.CHARGE, "Packing", amount=Decimal("1.50"))
ON_REDUCED = RequestedAdjustment(AdjustmentKind.CHARGE, "Carriage", amount=Decimal(5), tax_code="REDUCED")


async def copied(books: Books, of: Document, customer: str = "", **fields: Any) -> Preview:
    return await draft_invoice(books, asked(customer, copy_of=of.number, **fields))


async def test_a_copy_for_the_same_customer_has_the_same_amounts(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Talleres", "ES"))
        buyer = (await one.customer(books, "Bistro", country="ES")).id
        lines = (
            replace(LINE, discount_amount=Decimal(7), charge_amount=Decimal("0.50")),
            replace(LINE, tax_code="REDUCED", discount_percent=Decimal(10)),
        )
        adjustments = (LOYALTY, PACKING, ON_REDUCED)
        first = await issued(books, asked(buyer, *lines, adjustments=adjustments, withholding="IRPF"))
        one.clock.advance(timedelta(days=31))
        second = (await copied(books, first)).document
        taken = ("lines", "taxes", "adjustments", "withholding", "total_minor")
        assert all(getattr(second, name) == getattr(first, name) for name in taken)
        assert (await copied(books, first, adjustments=(PACKING,))).document.adjustments[0].reason == "Packing"
        new_lines = await draft_invoice(books, asked("", LINE, copy_of=first.number))
        assert new_lines.document.adjustments == ()


async def test_a_copy_for_a_customer_elsewhere_is_taxed_as_its_own_facts_say(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        at_home = (await one.customer(books, "Hotel", country="DE")).id
        abroad = (await one.customer(books, "Bistro", **FRENCH)).id
        item = (
            await save_item(books, {"name": "Book", "tax_code": "REDUCED", "unit_price": Decimal(10)}, item_id="")
        ).item
        lines = (LINE, replace(LINE, item=item.id), replace(LINE, tax_code="ZERO"))
        first = await issued(books, asked(at_home, *lines, adjustments=(LOYALTY, ON_REDUCED)))
        assert [line.tax_code for line in first.lines] == ["STANDARD", "REDUCED", "ZERO"]
        copy = await copied(books, first, abroad)
        # What was proposed follows the buyer; what the accountant stated stays, and is told.
        assert [line.tax_code for line in copy.document.lines] == ["INTRA-EU", "INTRA-EU", "ZERO"]
        assert any("Line 3: ZERO is used" in warning.text for warning in copy.warnings)
        assert {part.tax_code for part in copy.document.adjustments} == {"INTRA-EU", "ZERO"}
        back = await copied(books, await issued(books, asked(abroad, LINE, replace(LINE, item=item.id))), at_home)
        assert [line.tax_code for line in back.document.lines] == ["STANDARD", "REDUCED"]


async def test_a_copy_follows_settings_that_have_changed_since(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Lamps", "US"))
        buyer = (await one.customer(books, "Bistro", country="US", region="NY")).id
        item = (await save_item(books, {"name": "Book", "unit_price": Decimal(10)}, item_id="")).item
        first = await issued(books, asked(buyer, LINE, replace(LINE, item=item.id), replace(LINE, tax_code="NO-TAX")))
        local = TaxCodeChange("LOCAL", name="Local", percent=Decimal(7), valid_from=date(2026, 1, 1), default=True)
        await save_tax_code(books, local)
        await save_item(books, {"tax_code": "EXEMPT"}, item_id=item.id)
        copy = (await copied(books, first)).document
        assert [line.tax_code for line in copy.lines] == ["LOCAL", "EXEMPT", "LOCAL"]


async def test_a_copy_of_a_line_whose_item_is_archived_keeps_the_tax_of_the_line(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        buyer = (await one.customer(books, "Hotel", country="DE")).id
        item = (
            await save_item(books, {"name": "Book", "tax_code": "REDUCED", "unit_price": Decimal(10)}, item_id="")
        ).item
        first = await issued(books, asked(buyer, replace(LINE, item=item.id)))
        await save_item(books, {"archived": True}, item_id=item.id)
        (line,) = (await copied(books, first)).document.lines
        assert (line.item, line.tax_code, line.amount_minor) == ("", "REDUCED", 10_000)


@pytest.mark.parametrize("field", ["withholding", "exchange_rate"])
async def test_what_belongs_to_one_buyer_or_day_is_not_copied(tmp_path: Path, field: str) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Talleres", "ES"))
        buyers = [(await one.customer(books, name, country="ES")).id for name in ("Bistro", "Hotel")]
        rate: dict[str, Any] = {"currency": "USD", "exchange_rate": Decimal("0.9"), "exchange_source": "ECB"}
        fields: dict[str, Any] = {"withholding": "IRPF"} if field == "withholding" else rate
        first = await issued(books, asked(buyers[0], LINE, **fields))
        again = (await copied(books, first, buyers[1])).document
        assert (again.withholding, again.exchange) == (None, None)
