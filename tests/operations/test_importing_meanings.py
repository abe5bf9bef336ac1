"""What the cells of an imported file mean in the books: countries, terms, rates of tax, addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import Supply
from invoicing.importing.vocabulary import Kind
from invoicing.tax.settings import TaxCodeChange
from operations.customers import find_customers
from operations.items import find_items
from operations.settings import save_tax_code
from tests.support.import_desk import Desk, import_desk, outcomes, reasons


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with import_desk(tmp_path / "data") as one:
        yield one


async def test_countries_terms_house_numbers_and_postal_codes_are_understood(desk: Desk) -> None:
    text = (
        "Firma;Straße;Hausnummer;PLZ;Ort;Land;Zahlungsziel\n"
        "A GmbH;Hauptstr.;5;1067;Dresden;Deutschland;Net 30\n"
        "B SARL;rue de la Paix;7;1000;Bourg;FRA;30 jours net\n"
        "C AG;Ring;3;1010;Wien;Austria;Due on receipt\n"
    )
    imported = await desk.load(text)
    assert [row.problems for row in imported.rows] == [(), (), ()]
    found = {one.name: one for one in (await find_customers(desk.books, query="", cursor="", limit=10)).items}
    assert [(one.line1, one.postal_code, one.country) for one in found.values()] == [
        ("Hauptstr. 5", "01067", "DE"),
        ("7 rue de la Paix", "01000", "FR"),
        ("Ring 3", "1010", "AT"),
    ]
    assert found["A GmbH"].payment_terms == found["B SARL"].payment_terms != ""
    assert [row.mended for row in imported.rows] == [
        ("postal_code: 1067 was read as 01067 (DE).",),
        ("postal_code: 1000 was read as 01000 (FR).",),
        (),
    ]


async def test_terms_that_the_books_do_not_have_are_refused_with_those_they_have(desk: Desk) -> None:
    imported = await desk.load("Name,Terms\nA,Net 77\nB,2/10 net 30\n")
    assert reasons(imported) == [(2, "payment_terms"), (3, "payment_terms")]
    assert "must be one of" in imported.rows[0].problems[0].text


async def test_a_rate_of_tax_is_the_code_that_has_it(desk: Desk) -> None:
    imported = await desk.load("Name,VAT rate,Product type\nBread,20%,product\nCare,0.2,service\n", Kind.ITEMS)
    assert outcomes(imported) == ["created", "created"]
    bread, care = (await find_items(desk.books, query="", cursor="", limit=10)).items
    assert bread.tax_code == care.tax_code != ""
    assert (bread.supply, care.supply) == (Supply.GOODS, Supply.SERVICES)
    imported = await desk.load("Name,VAT rate\nTea,0\nMilk,77\n", Kind.ITEMS)
    assert reasons(imported) == [(2, "tax_rate"), (3, "tax_rate")]
    texts = [row.problems[0].text for row in imported.rows]
    assert "several tax codes" in texts[0]
    assert "no tax code here" in texts[1]


async def test_a_rate_of_the_scale_and_of_a_trade_is_that_of_the_scale_and_the_dry_run_says_so(desk: Desk) -> None:
    german = replace(desk, books=desk.other)
    tried = await german.load("Name,MwSt\nBrot,7%\nStollen,0.07\n", Kind.ITEMS, dry_run=True)
    assert [row.mended for row in tried.rows] == [
        ("tax_rate: 7 % was read as REDUCED, not as HOSPITALITY.",),
        ("tax_rate: 7 % was read as REDUCED, not as HOSPITALITY.",),
    ]
    await german.load("Name,MwSt\nBrot,7%\n", Kind.ITEMS)
    (bread,) = (await find_items(desk.other, query="", cursor="", limit=10)).items
    assert bread.tax_code == "REDUCED"


async def test_a_code_of_ones_own_with_the_rate_of_the_scale_is_asked_for(desk: Desk) -> None:
    german = replace(desk, books=desk.other)
    own = TaxCodeChange("BOOKS", name="Books", percent=Decimal(7), valid_from=date(2025, 1, 1))
    await save_tax_code(desk.other, own)
    imported = await german.load("Name,MwSt\nBrot,7%\n", Kind.ITEMS)
    assert reasons(imported) == [(2, "tax_rate")]
    assert "HOSPITALITY, REDUCED" in imported.rows[0].problems[0].text


async def test_an_address_in_one_cell_becomes_its_fields(desk: Desk) -> None:
    imported = await desk.load('Name,Country,Full address\nA,US,"1 Main St\nBoston, MA 02138"\n')
    assert outcomes(imported) == ["created"]
    (found,) = (await find_customers(desk.books, query="", cursor="", limit=10)).items
    assert (found.line1, found.city, found.region, found.postal_code) == ("1 Main St", "Boston", "MA", "02138")
