"""What a draft warns of: dates that are years away, a US sales tax that is charged to nobody, services that pass for
goods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoicing.document.documents import Supply, TaxCategory
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.document.warnings import warnings_for
from invoicing.master_data.records import Item, TaxCode
from tests.support.samples import LOS_ANGELES, TODAY, circumstances, composed, customer, line, request, tax_code
from views.remedies import for_assistant, told

UNTAXED = replace(tax_code("NO-TAX", category=TaxCategory.OUTSIDE_SCOPE), is_default=True)
EXEMPT = tax_code("EXEMPT")


def warnings(wanted: RequestedDocument) -> tuple[str, ...]:
    given = circumstances()
    made = composed(wanted, given)
    found = warnings_for(made.document, profile=given.profile, customer=given.customer, today=TODAY)
    return tuple(warning.text for warning in found)


@pytest.mark.parametrize(("days", "side"), [(-367, "before"), (-3660, "before"), (367, "after"), (3660, "after")])
@pytest.mark.parametrize("issued", [TODAY, TODAY + timedelta(days=7)])
def test_a_date_of_supply_that_is_more_than_a_year_away_is_warned_of(days: int, side: str, issued: date) -> None:
    supplied = issued + timedelta(days=days)
    (found,) = [text for text in warnings(request(issue_date=issued, supply_date=supplied)) if "supply_date" in text]
    assert f"supply_date {supplied.isoformat()} lies more than a year {side} the issue date" in found


def test_the_end_of_a_supply_that_is_more_than_a_year_away_is_warned_of() -> None:
    found = warnings(request(supply_end=date(2062, 3, 31)))
    assert any("supply_end 2062-03-31 lies more than a year after the issue date 2026-03-16" in text for text in found)


@pytest.mark.parametrize("days", [-366, -365, 0, 365, 366])
def test_a_date_of_supply_within_a_year_is_not_warned_of(days: int) -> None:
    supplied = TODAY + timedelta(days=days)
    later = max(supplied, TODAY)
    assert not any("a year" in text for text in warnings(request(supply_date=supplied, supply_end=later)))


def test_an_issue_date_that_is_far_back_is_warned_of_as_more_than_the_past() -> None:
    assert any("2016-03-16 lies more than a year before today" in text for text in warnings(on(date(2016, 3, 16))))
    (near,) = [text for text in warnings(on(date(2025, 3, 15))) if "issue date" in text]
    assert near == "The issue date 2025-03-15 is in the past: the tax may belong to a return that is made already."
    assert not any("issue date" in text for text in warnings(on(TODAY)))


def on(day: date) -> RequestedDocument:
    return request(issue_date=day, due_date=TODAY)


# US sales tax


def sales_tax_cautions(
    wanted: RequestedLine, *codes: TaxCode, items: tuple[Item, ...] = (), buyer_region: str = "CA"
) -> list[str]:
    given = circumstances(
        seller="US",
        region="CA",
        buyer=customer("US", region=buyer_region),
        codes=(UNTAXED, EXEMPT, *codes),
        items=items,
    )
    made = composed(request(wanted), given)
    found = warnings_for(made.document, profile=given.profile, customer=given.customer, today=TODAY, chosen=made.chosen)
    return [told(warning, for_assistant) for warning in found if warning.code in ("no_sales_tax", "state_unknown")]


def test_an_organization_without_a_sales_tax_code_is_told_that_it_charges_none_and_how_to_save_one() -> None:
    (found,) = sales_tax_cautions(line())
    assert "because Harbour Bakery has no sales tax code" in found
    assert "counterfoil tax-code save" in found
    assert "--default" in found


def test_one_whose_sales_tax_code_is_not_the_default_is_told_which_codes_there_are() -> None:
    (found,) = sales_tax_cautions(line(), LOS_ANGELES)
    assert "NO-TAX is the default code of Harbour Bakery" in found
    assert "tax_code on the lines (LA)" in found


def test_where_the_state_is_not_known_both_are_told() -> None:
    first, second = sales_tax_cautions(line(), buyer_region="")
    assert first.startswith("Sales tax depends on the state")
    assert "No sales tax is charged" in second


@pytest.mark.parametrize("code", ["NO-TAX", "EXEMPT", "LA"])
def test_a_code_that_is_stated_on_the_line_or_the_item_needs_no_word(code: str) -> None:
    item = Item(id="itm_1", name="Bread", unit_price=Decimal(10), tax_code=code)
    assert sales_tax_cautions(line(code=code), LOS_ANGELES) == []
    assert sales_tax_cautions(line(item="itm_1"), LOS_ANGELES, items=(item,)) == []


def test_a_default_code_that_charges_tax_and_a_buyer_in_another_state_need_no_word() -> None:
    given = circumstances(
        seller="US",
        region="CA",
        buyer=customer("US", region="CA"),
        codes=(replace(LOS_ANGELES, is_default=True), replace(UNTAXED, is_default=False)),
    )
    assert composed(request(), given).chosen[0].choice.cautions == ()
    assert sales_tax_cautions(line(), buyer_region="NV") == []


# Goods or services


UNSAID = replace(line(), supply=None)


def supply_warnings(*lines: RequestedLine, buyer: str, number: str = "", items: tuple[Item, ...] = ()) -> list[str]:
    given = circumstances(seller="DE", buyer=customer(buyer, tax_number=number), codes=None, items=items)
    made = composed(request(*lines), given)
    found = warnings_for(made.document, profile=given.profile, customer=given.customer, today=TODAY, chosen=made.chosen)
    return [warning.text for warning in found if warning.code == "supply_not_stated"]


def test_a_line_across_a_border_that_says_neither_goods_nor_services_is_not_taken_as_goods_in_silence() -> None:
    (one,) = supply_warnings(UNSAID, buyer="FR", number="FR40303265045")
    assert one.startswith("Line 1 does not say whether goods or services are supplied. Goods are assumed")
    assert one.endswith('set supply="services" on what is a service.')
    (many,) = supply_warnings(*[UNSAID] * 8, buyer="US")
    assert many.startswith("Lines 1, 2, 3, 4, 5 and 3 more do not say")


def test_no_word_on_goods_or_services_where_it_was_said_or_makes_no_difference() -> None:
    item = Item(id="itm_1", name="Bread", unit_price=Decimal(10), supply=Supply.GOODS)
    stated = [replace(UNSAID, supply=kind) for kind in Supply]
    assert supply_warnings(*stated, replace(UNSAID, tax_code="STANDARD"), buyer="FR", number="FR40303265045") == []
    assert supply_warnings(replace(UNSAID, item="itm_1"), buyer="FR", number="FR40303265045", items=(item,)) == []
    assert supply_warnings(UNSAID, buyer="DE") == []
    assert supply_warnings(UNSAID, buyer="FR") == []
