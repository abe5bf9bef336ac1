"""What a document says besides its lines: discounts, charges, jurisdictions, withholding and conversion."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.documents import JurisdictionLevel
from invoicing.tax.settings import Part, TaxCodeChange
from operations.settings import add_series, save_tax_code
from storage.books.pool import Books
from tests.support.assistant import ERAS, Assistant, Era, assistant, text_of
from tests.support.practice import practice


@asynccontextmanager
async def shop(root: Path, country: str, era: Era = "auto") -> AsyncIterator[tuple[Books, Assistant]]:
    """A conversation about one client of this country, which has the customer Bistro at home."""
    async with practice(root) as one:
        client = await one.client("Shop", country)
        books = one.books(client)
        await one.customer(books, "Bistro", country=country)
        async with assistant(one.office, era, organization=client.handle) as chat:
            yield books, chat


def sale(**fields: Any) -> dict[str, Any]:
    return {"customer": "Bistro", "lines": [{"description": "Lamp", "quantity": 1, "unit_price": "100"}], **fields}


@pytest.mark.parametrize("era", ERAS)
async def test_a_draft_tells_discounts_charges_and_conversion(tmp_path: Path, era: Era) -> None:
    line = {"description": "Lamp", "quantity": "2", "unit_price": 50, "discount_amount": 7.5, "charge_amount": "2.50"}
    wanted = sale(
        lines=[line],
        adjustments=[
            {"kind": "discount", "reason": "Loyalty", "percent": 10},
            {"kind": "charge", "reason": "Carriage", "amount": "5", "tax_code": "reduced"},
        ],
        currency="USD",
        exchange_rate="0.9",
        exchange_source="ECB",
    )
    async with shop(tmp_path, "DE", era) as (_, chat):
        result = await chat.call("draft_invoice", **wanted)
        text, answer = text_of(result), result.structured_content
        assert answer is not None, text
        assert (answer["lines"][0]["discount_amount"], answer["lines"][0]["charge_amount"]) == ("7.5", "2.5")
        told = [(one["kind"], one["percent"], one["amount"], one["tax_code"]) for one in answer["adjustments"]]
        assert told == [("discount", "10", "9.50", "STANDARD"), ("charge", "0", "5.00", "REDUCED")]
        assert [(tax["taxable"], tax["tax"]) for tax in answer["taxes"]] == [("85.50", "16.25"), ("5.00", "0.35")]
        assert (answer["total"], answer["payable"], answer["withholding"]) == ("107.10", "107.10", None)
        assert answer["exchange"] == {
            "currency": "EUR",
            "rate": "0.9",
            "on": "2026-03-16",
            "source": "ECB",
            "net_total": "81.45",
            "tax_total": "14.94",
        }
        assert answer["explanation"][-1].startswith("1 USD = 0.9 EUR (ECB, 2026-03-16)")
        for line_of_text in (
            "1. Lamp: 2 x 50.00 less 7.50 plus 2.50 = 95.00 (STANDARD 19 %)",
            "Discount Loyalty, 10 %: -9.50 (STANDARD 9.50)",
            "Charge Carriage: 5.00 (REDUCED 5.00)",
            "In EUR, at 0.9 (ECB, 2026-03-16): net 81.45, tax 14.94",
        ):
            assert line_of_text in text.splitlines()
        assert sum(line_of_text.startswith("Tax of line") for line_of_text in text.splitlines()) == 1
        again = await chat.ok("issue_invoice", draft=answer["draft"])
        assert again["invoice"]["total"] == "107.10"
        read = await chat.call("get_invoice", invoice=again["invoice"]["number"])
        assert "Discount Loyalty, 10 %: -9.50 (STANDARD 9.50)" in text_of(read)
        assert read.structured_content is not None
        shown = read.structured_content["invoice"]
        totals = ("lines", "taxes", "adjustments", "withholding", "payable", "exchange")
        assert {name: shown[name] for name in totals} == {name: answer[name] for name in totals}


async def test_a_text_that_lists_adjustments_is_taken_for_the_list(tmp_path: Path) -> None:
    async with shop(tmp_path, "DE") as (_, chat):
        drafted = await chat.ok("draft_invoice", **sale(), adjustments='[{"kind":"charge","reason":"X","amount":1}]')
        assert drafted["total"] == "120.19"


async def test_a_stack_is_told_by_jurisdiction(tmp_path: Path) -> None:
    async with shop(tmp_path, "US") as (books, chat):
        parts = (
            Part(JurisdictionLevel.STATE, "New York State", Decimal(4)),
            Part(JurisdictionLevel.CITY, "New York City", Decimal("4.5")),
            Part(JurisdictionLevel.DISTRICT, "MCTD", Decimal("0.375")),
        )
        change = TaxCodeChange("NYC", name="New York City", parts=parts, valid_from=date(2026, 1, 1))
        await save_tax_code(books, change)
        line = {"description": "Lamp", "quantity": 1, "unit_price": "100", "tax_code": "nyc"}
        result = await chat.call("draft_invoice", **sale(lines=[line]))
        assert result.structured_content is not None, text_of(result)
        (tax,) = result.structured_content["taxes"]
        assert (tax["rate"], tax["tax"]) == ("8.875", "8.88")
        assert [(part["level"], part["name"], part["rate"], part["tax"]) for part in tax["jurisdictions"]] == [
            ("state", "New York State", "4", "4.00"),
            ("city", "New York City", "4.5", "4.50"),
            ("district", "MCTD", "0.375", "0.38"),
        ]
        assert "New York City (city) 4.5 % 4.50" in text_of(result)
        issued = await chat.ok("issue_invoice", draft=result.structured_content["draft"])
        assert issued["invoice"]["tax_total"] == "8.88"


async def test_what_the_buyer_withholds_and_the_series_are_told(tmp_path: Path) -> None:
    async with shop(tmp_path, "ES") as (books, chat):
        await add_series(books, "WEB", kind="invoice", pattern="WEB-{YYYY}-{SEQ:3}")
        result = await chat.call("draft_invoice", **sale(), withholding="IRPF", series="web")
        answer = result.structured_content
        assert answer is not None, text_of(result)
        assert answer["withholding"] == {
            "code": "IRPF",
            "label": "Retención IRPF",
            "rate": "15",
            "base": "100.00",
            "amount": "15.00",
        }
        assert (answer["total"], answer["payable"], answer["number"]) == ("121.00", "106.00", "TEST-WEB-2026-001")
        assert (
            "Withheld: Retención IRPF (IRPF) 15 % of 100.00 = 15.00; payable 106.00 EUR" in text_of(result).splitlines()
        )
        shown = await chat.call("get_organization")
        assert (shown.structured_content or {})["costs"] == [
            "ADVANCED Expense in the customer's name and for its account"
        ]
        assert "IRPF 15 % Income tax withheld from professionals" in (shown.structured_content or {})["withholdings"]
        assert "Withholdings: IRPF 15 % Income tax withheld" in text_of(shown)
        issued = await chat.ok("issue_invoice", **sale(), withholding="IRPF", series="web")
        assert issued["invoice"]["number"] == "TEST-WEB-2026-001"


async def test_an_italian_lawyer_says_fund_and_expenses_in_details_and_is_told_the_base(tmp_path: Path) -> None:
    async with shop(tmp_path, "IT") as (_, chat):
        passed_on = (
            "Costs passed on (details: cost of a line, fund of a document): ADVANCED Expense in the customer's name"
        )
        shown = text_of(await chat.call("get_organization"))
        assert passed_on in shown
        assert "TC01 4 % Contributo integrativo Cassa Forense" in shown
        lines = [
            {"description": "Consulenza", "quantity": "1", "unit_price": "1000", "supply": "services"},
            {
                "description": "Contributo unificato",
                "quantity": "1",
                "unit_price": "120",
                "details": {"cost": "advanced"},
            },
        ]
        wanted = {**sale(), "lines": lines, "withholding": "RITENUTA", "details": {"fund": "TC01"}}
        drafted = await chat.ok("draft_invoice", **wanted)
        assert (drafted["withholding"]["base"], drafted["withholding"]["amount"]) == ("1000.00", "200.00")
        assert (drafted["total"], drafted["payable"]) == ("1388.80", "1188.80")
        assert [(item["cost"], item["percent"]) for item in drafted["adjustments"]] == [("TC01", "4")]
        assert [one["cost"] for one in drafted["lines"]] == ["", "ADVANCED"]
        issued = (await chat.ok("issue_invoice", draft=drafted["draft"]))["invoice"]
        note = (await chat.ok("issue_credit_note", invoice=issued["number"], reason="Storno"))["credit_note"]
        assert note["total"] == "1388.80"


async def test_documents_follow_what_a_retailer_in_spain_has_said_of_itself(tmp_path: Path) -> None:
    async with shop(tmp_path, "ES") as (_, chat):
        fields = {
            "name": "Tienda Sol",
            "country": "ES",
            "address": {"line1": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid"},
        }
        saved = (await chat.ok("save_customer", **fields, details={"surcharge": True}))["customer"]
        assert saved["details"] == {"surcharge": "true"}
        goods = {"description": "Lámpara", "quantity": "1", "unit_price": "126", "supply": "goods"}
        service = {"description": "Montaje", "quantity": "1", "unit_price": "100", "supply": "services"}
        wanted = {"customer": "Tienda Sol", "lines": [goods, service]}
        drafted = await chat.ok("draft_invoice", **wanted)
        assert [one["tax_code"] for one in drafted["lines"]] == ["STANDARD-RE", "STANDARD"]
        assert drafted["total"] == "280.01"
        not_this_one = await chat.ok("draft_invoice", **wanted, details={"surcharge": "false"})
        assert not_this_one["total"] == "273.46"
        await chat.ok("save_customer", id=saved["id"], details={"surcharge": "false"})
        assert (await chat.ok("draft_invoice", **wanted))["total"] == "273.46"
        for more in ({"country": "PT"}, {"consumer": True}, {"public_body": True}):
            refused = await chat.refused("save_customer", **fields | more, details={"surcharge": "true"})
            assert refused["field"] == "surcharge"


async def test_a_public_body_in_italy_is_asked_for_the_net_alone(tmp_path: Path) -> None:
    async with shop(tmp_path, "IT") as (_, chat):
        await chat.ok("save_customer", name="Comune", public_body=True, country="IT")
        result = await chat.call("draft_invoice", **sale() | {"customer": "Comune"})
        drafted = result.structured_content
        assert drafted is not None, text_of(result)
        assert (drafted["total"], drafted["payable"]) == ("122.00", "100.00")
        assert [tax["category"] for tax in drafted["taxes"]] == ["B"]
        assert "Split payment: the buyer pays the tax of 22.00 to the tax office; payable 100.00 EUR" in text_of(result)
        issued = (await chat.ok("issue_invoice", draft=drafted["draft"]))["invoice"]
        assert issued["amount_due"] == "100.00"
        paid = await chat.ok("record_payment", invoice=issued["number"], amount="100.00")
        assert paid["invoice"]["status"] == "paid"
        report = await chat.call("get_report", report="tax_summary")
        assert "The tax of category B is paid by the buyers themselves: it is not owed." in text_of(report)


async def test_a_retailer_in_spain_is_told_both_taxes(tmp_path: Path) -> None:
    async with shop(tmp_path, "ES") as (_, chat):
        lines = [{"description": "Lámpara", "quantity": "1", "unit_price": "126", "supply": "goods"}]
        wanted = {**sale(), "lines": lines, "details": {"surcharge": "true"}}
        drafted = await chat.ok("draft_invoice", **wanted)
        (tax,) = drafted["taxes"]
        assert [(one["name"], one["rate"], one["tax"]) for one in tax["jurisdictions"]] == [
            ("IVA", "21", "26.46"),
            ("Recargo de equivalencia", "5.2", "6.55"),
        ]
        assert drafted["total"] == "159.01"
        refused = await chat.refused("draft_invoice", **wanted | {"details": {"surcharge": "perhaps"}})
        assert refused["message"].startswith("details.surcharge must be true or false")
        issued = (await chat.ok("issue_invoice", draft=drafted["draft"]))["invoice"]
        report = await chat.call("get_report", report="tax_summary")
        assert "Recargo de equivalencia (surcharge)" in text_of(report)
        assert "Rows of VAT and its surcharge are parts of the others." in text_of(report)
        assert issued["tax_total"] == "33.01"


async def test_tax_settings_are_policy_of_the_organization(tmp_path: Path) -> None:
    async with shop(tmp_path, "DE") as (_, chat):
        policy = (await chat.ok("get_organization"))["policy"]
        assert (policy["rounding"], policy["small_business"]) == ("sum_of_lines", False)
        changed = await chat.ok("update_organization", rounding="per_line", small_business=True)
        assert (changed["changed"]["rounding"], changed["changed"]["small_business"]) == ("per_line", True)
        assert (await chat.ok("draft_invoice", **sale()))["taxes"][0]["category"] == "E"
