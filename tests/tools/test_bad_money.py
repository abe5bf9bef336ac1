"""Bad money is refused in words that name the field and say what to do, and nothing is left behind.

The examples are those of an accountant's day; `test_bad_input.py` goes through every argument.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.assistant import ERAS, Era, assistant
from tests.support.clock import SettableClock
from tests.support.practice import practice
from tests.support.twins import contents
from tests.tools.bakery import Arguments, Bakery, sale

WRONG_CHECK_DIGIT = (
    "ATU13585626 BE0403019262 BG175074753 CHE107787578MWST CY10259033Z CZ25123890 DE136695978 DK13585629 EE100931559"
    " ESB58378432 FI20774741 FR41303265045 GB980780685 EL094259217 HR33392005962 HU12892313 IE6433435E IT00743110158"
    " LT119511516 LU15027443 LV40003521601 MT11679113 NL004495446B01 NO995525829MVA PL8567346216 PT501964844"
    " RO18547291 SE123456789801 SI50223055 SK2022749618"
).split()
"""A tax number of each country whose other digits were right, but for the United States, whose EIN has no check."""

WRONG_IBAN = (
    "GB33BUKB20201555555556 DE89370400440532013001 FR1420041010050500013M02607 CH9300762011623852958"
    " NO9386011117948 PL61109010140000071219812875 GB33BUKB2020155555555 XX33BUKB20201555555555"
).split()

ROLLS: Arguments = {"description": "Rolls", "quantity": "1", "unit_price": "1"}
Case = tuple[str, Arguments, str, str, tuple[str, ...]]
"""Tool and arguments; the code, the field and words of the refusal. `{paid}` is an invoice of 5 rolls, 1 credited."""

CASES: dict[str, Case] = {
    "a credit above the rest": (
        "issue_credit_note",
        {"invoice": "{paid}", "reason": "Stale", "lines": [{"position": 1, "quantity": "4.01"}]},
        "limit_exceeded",
        "lines[0].quantity",
        ("line 1", "remains 4"),
    ),
    "a payment in another currency": (
        "record_payment",
        {"invoice": "{number}", "amount": "1", "currency": "EUR"},
        "conflict",
        "currency",
        ("is in GBP", "worth in GBP"),
    ),
    "a payment above what is owed": (
        "record_payment",
        {"invoice": "{number}", "amount": "1000"},
        "limit_exceeded",
        "amount",
        ("GBP is owed", "1000.00 is more", "accept_overpayment"),
    ),
    "a tenth of a penny paid": (
        "record_payment",
        {"invoice": "{number}", "amount": "1.001"},
        "invalid_input",
        "amount",
        ("1.001", "2 decimals of GBP"),
    ),
    "a total that rounds to zero": (
        "issue_invoice",
        {"lines": [{"description": "Crumbs", "quantity": "0.1", "unit_price": "0.01"}]},
        "invalid_input",
        "lines",
        ("rounds to zero", "line 1", "GBP", "price to 0"),
    ),
    "one line with tax beside one without": (
        "issue_invoice",
        {"lines": [ROLLS, {**ROLLS, "prices_include_tax": True}]},
        "invalid_input",
        "lines[1].prices_include_tax",
        ("lines[1].prices_include_tax", "is not a field here", "unit_price, tax_code"),
    ),
    "a rate before its first day": (
        "issue_invoice",
        {**sale(tax_code="STANDARD"), "supply_date": "2000-01-01"},
        "invalid_input",
        "lines[0].tax_code",
        ("STANDARD has no rate on 2000-01-01", "supply_date"),
    ),
    "a discount above the line": (
        "issue_invoice",
        sale(discount_amount="1.01"),
        "invalid_input",
        "lines[0].discount_amount",
        ("more than the line",),
    ),
    "a discount of a tenth of a penny": (
        "issue_invoice",
        sale(discount_amount="0.001"),
        "invalid_input",
        "lines[0].discount_amount",
        ("0.001", "2 decimals of GBP"),
    ),
    "a charge of the document of a tenth of a penny": (
        "issue_invoice",
        {**sale(), "adjustments": [{"kind": "charge", "reason": "Freight", "amount": 0.001}]},
        "invalid_input",
        "adjustments[0].amount",
        ("0.001", "2 decimals of GBP"),
    ),
    "a credit of next to nothing": (
        "issue_credit_note",
        {"invoice": "{paid}", "reason": "Stale", "lines": [{"position": 1, "quantity": "0.000001"}]},
        "invalid_input",
        "lines",
        ("total of zero", "line 1", "GBP", "Raise the quantity"),
    ),
    "a price of 17 digits": (
        "issue_invoice",
        sale(unit_price=0.30000000000000004),
        "invalid_input",
        "lines[0].unit_price",
        ("lines[0].unit_price",),
    ),
}
NO_DAYS = ("2026-02-31", "2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10")
DAYS = (
    *(("issue_invoice", name, sale()) for name in ("issue_date", "due_date", "supply_date", "supply_end")),
    ("issue_credit_note", "issue_date", {"invoice": "{number}", "reason": "Stale"}),
    ("record_payment", "paid_on", {"invoice": "{number}", "amount": "1"}),
)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("era", ERAS)
async def test_bad_money_is_refused_in_words_that_help(bakery: Bakery, era: Era, name: str) -> None:
    tool, arguments, code, field, words = CASES[name]
    before = bakery.contents()
    async with bakery.chat(era) as chat:
        error = await chat.refused(tool, **_filled(tool, arguments, bakery))
    assert (error["code"], error["field"]) == (code, field)
    for word in words:
        assert word in error["message"], error["message"]
    assert bakery.contents() == before


@pytest.mark.parametrize("tool_field", DAYS, ids=lambda one: f"{one[0]} {one[1]}")
async def test_a_day_that_is_in_no_calendar_is_refused_wherever_a_date_goes(
    bakery: Bakery, tool_field: tuple[str, str, Arguments]
) -> None:
    tool, field, arguments = tool_field
    before = bakery.contents()
    async with bakery.chat() as chat:
        for day in NO_DAYS:
            error = await chat.refused(tool, **_filled(tool, {**arguments, field: day}, bakery))
            assert (error["code"], error["field"]) == ("invalid_input", field), day
    assert bakery.contents() == before


async def test_a_tax_number_with_a_wrong_check_digit_is_refused_in_every_country(bakery: Bakery) -> None:
    before = bakery.contents()
    async with bakery.chat() as chat:
        for number in WRONG_CHECK_DIGIT:
            country = {"EL": "GR"}.get(number[:2], number[:2])
            error = await chat.refused("save_customer", name="X", country=country, tax_number=number)
            assert (error["code"], error["field"]) == ("invalid_input", "tax_number"), number
            assert "check digit" in error["message"]
        error = await chat.refused("update_organization", tax_number="GB980780685")
        assert error["field"] == "tax_number"
        assert "United Kingdom" in error["message"]
    assert len({number[:2] for number in WRONG_CHECK_DIGIT}) == 30
    assert bakery.contents() == before


async def test_an_iban_that_fails_its_check_is_refused(bakery: Bakery) -> None:
    before = bakery.contents()
    async with bakery.chat() as chat:
        for iban in WRONG_IBAN:
            error = await chat.refused("update_organization", iban=iban)
            assert (error["code"], error["field"]) == ("invalid_input", "iban"), iban
            assert "check digits" in error["message"]
    assert bakery.contents() == before


async def test_after_a_refusal_the_corrected_document_takes_the_next_number(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        numbers = []
        for name in ("a total that rounds to zero", "a rate before its first day", "a discount above the line"):
            _, arguments, *_ = CASES[name]
            await chat.refused("issue_invoice", **_filled("issue_invoice", arguments, bakery))
            made = await chat.ok("issue_invoice", **sale(), issue_date="2026-03-18")
            numbers.append(made["invoice"]["number"])
    assert numbers == ["TEST-INV-2026-00004", "TEST-INV-2026-00005", "TEST-INV-2026-00006"]


async def test_a_rate_is_refused_until_the_day_on_which_it_comes_into_force(tmp_path: Path) -> None:
    """Austria's 4.9 % is in force since 1 July 2026 (BGBl. I Nr. 37/2026)."""
    clock = SettableClock(datetime(2026, 6, 30, 10, 0, tzinfo=UTC))
    async with practice(tmp_path, clock, country="AT") as one:
        wanted = {**sale(tax_code="SUPER-REDUCED", unit_price="100"), "customer": "Hotel Bristol"}
        async with assistant(one.office, organization=one.organization.handle) as chat:
            await chat.ok("save_customer", name="Hotel Bristol", country="AT")
            before = contents(one.root, one.organization.id)
            for day in ({}, {"issue_date": "2026-07-01", "supply_date": "2026-06-30"}):
                error = await chat.refused("issue_invoice", **wanted, **day)
                assert (error["code"], error["field"]) == ("invalid_input", "lines[0].tax_code")
                assert "SUPER-REDUCED has no rate on 2026-06-30" in error["message"]
            assert contents(one.root, one.organization.id) == before
            clock.set(datetime(2026, 7, 1, 10, 0, tzinfo=UTC))
            made = await chat.ok("issue_invoice", **wanted)
    assert made["invoice"]["tax_total"] == "4.90"
    assert made["invoice"]["number"].endswith("00001")


def _filled(tool: str, arguments: Arguments, bakery: Bakery) -> Arguments:
    """With what the bakery made, and the customer of an invoice."""
    text = json.dumps(arguments)
    for name in ("number", "paid"):
        text = text.replace(f"{{{name}}}", getattr(bakery.made, name))
    filled: dict[str, Any] = json.loads(text)
    return ({"customer": "Hotel Bristol"} if tool == "issue_invoice" else {}) | filled
