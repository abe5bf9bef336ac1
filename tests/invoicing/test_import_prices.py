"""Which column of a price list is the price: taken where it is sure, and refused with the choice where it is not.

The headings are those of the exports and import templates of usual programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from invoicing.importing.columns import Columns, is_known, match_columns
from invoicing.importing.price_columns import Pricing
from invoicing.importing.prices import Meaning, read_heading
from invoicing.importing.recognizing import read_table
from invoicing.importing.tables import Table
from invoicing.importing.values import ReadRow, read_rows
from invoicing.importing.vocabulary import Kind
from invoicing.refusals import InvalidInput
from views.remedies import at_terminal, message_of

NET = Pricing(prices_include_tax=False, currency="EUR")
GROSS = Pricing(prices_include_tax=True, currency="EUR")


def read(header: str, *rows: str) -> Table:
    text = "\n".join((header, *rows))
    return read_table(text.encode(), known=lambda heading: is_known(Kind.ITEMS, heading))


def columns(table: Table, mapped: dict[str, str] | None = None, *, pricing: Pricing = NET) -> Columns:
    return match_columns(Kind.ITEMS, table, ignore_unknown=True, mapped=mapped, pricing=pricing)


def rows_of(table: Table, mapped: dict[str, str] | None = None, *, pricing: Pricing = NET) -> list[ReadRow]:
    return read_rows(table, columns(table, mapped, pricing=pricing), None)


def refused(table: Table, mapped: dict[str, str] | None = None, *, pricing: Pricing = NET) -> InvalidInput:
    with pytest.raises(InvalidInput) as found:
        columns(table, mapped, pricing=pricing)
    return found.value


def price_column(found: Columns) -> str:
    return next((column.heading for column in found.known if column.field == "unit_price"), "")


# What a heading says


@pytest.mark.parametrize(
    ("heading", "with_tax"),
    [
        ("Price", None),
        ("UNIT PRICE", None),
        ("Sales Price", None),
        ("SalesUnitPrice", None),
        ("Sales price / rate", None),
        ("sellprice", None),
        ("Price per hour", None),
        ("Preis pro Stück", None),
        ("Price tax excluded", False),
        ("Price tax included", True),
        ("pricewithtax", True),
        ("Price incl. VAT", True),
        ("Bruttopreis", True),
        ("Nettopreis", False),
        ("VK (Netto)", False),
        ("Preis inkl. MwSt.", True),
        ("Preis zzgl. USt", False),
        ("Prix unitaire HT", False),
        ("Prix de vente TTC", True),
        ("Precio con IVA", True),
        ("Prezzo IVA esclusa", False),
        ("Prijs excl. btw", False),
        ("Cena netto", False),
        ("Cena s DPH", True),
        ("Cena bez DPH", False),
        ("Pris ekskl. moms", False),
        ("Hinta (sis. ALV)", True),
        ("Bruttó ár", True),
        ("Τιμή χωρίς ΦΠΑ", False),
    ],
)
def test_a_heading_that_surely_is_the_price_says_whether_with_tax(heading: str, with_tax: bool | None) -> None:
    said = read_heading(heading)
    assert said is not None
    assert (said.meaning, said.with_tax) == (Meaning.SURE, with_tax)


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Sale price", Meaning.DOUBTFUL),
        ("Regular price", Meaning.DOUBTFUL),
        ("Variant Price", Meaning.DOUBTFUL),
        ("Variant Compare At Price", Meaning.DOUBTFUL),
        ("Price / International", Meaning.DOUBTFUL),
        ("Public Price", Meaning.DOUBTFUL),
        ("Wholesale price", Meaning.DOUBTFUL),
        ("List price", Meaning.DOUBTFUL),
        ("Listenpreis", Meaning.DOUBTFUL),
        ("MSRP", Meaning.DOUBTFUL),
        ("P.V.P.", Meaning.DOUBTFUL),
        ("Rate", Meaning.DOUBTFUL),
        ("Betrag Preis 1", Meaning.DOUBTFUL),
        ("Price tax excluded or Price tax included", Meaning.DOUBTFUL),
        ("Cost", Meaning.COST),
        ("Cost per item", Meaning.COST),
        ("Cost price", Meaning.COST),
        ("PurchasesUnitPrice", Meaning.COST),
        ("Purchase Rate", Meaning.COST),
        ("Einkaufspreis", Meaning.COST),
        ("EK", Meaning.COST),
        ("Prix d'achat HT", Meaning.COST),
        ("Price per litre", Meaning.MEASURE),
        ("Prix au kg par kg", Meaning.MEASURE),
        ("Grundpreis", Meaning.MEASURE),
    ],
)
def test_a_heading_that_can_mean_another_price_is_not_taken_by_its_name(heading: str, meaning: Meaning) -> None:
    said = read_heading(heading)
    assert said is not None
    assert said.meaning is meaning
    refusal = refused(read(f"Name;{heading}", "Bread;3.50"))
    assert f'--map "{heading}=unit_price"' in message_of(refusal, at_terminal)
    assert refusal.candidates == (heading,)


@pytest.mark.parametrize(
    "heading",
    [
        "Tax rate",
        "VAT amount",
        "Low stock amount",
        "Discount amount",
        "Date sale price starts",
        "Price list",
        "Preisgruppe",
        "Price currency",
        "Show price (0/1)",
        "Unit Price Total Measure",
        "SalesTaxRate",
        "SalesAccount",
        "Purchase note",
        "Kostenstelle",
        "Enterprise",
        "Scenario",
        "Charge tax",
        "Favourite colour",
    ],
)
def test_other_numbers_are_no_prices(heading: str) -> None:
    assert read_heading(heading) is None


@pytest.mark.parametrize(
    ("heading", "quantity"),
    [("Price per 1000", 1000), ("Preis pro 1.000 Stück", 1000), ("Preis je 100", 100), ("Price/100", 100)],
)
def test_a_price_of_many_says_of_how_many(heading: str, quantity: int) -> None:
    said = read_heading(heading)
    assert said is not None
    assert (said.meaning, said.quantity) == (Meaning.SURE, quantity)


# The programs' files, with what a reader of the wrong column would take


@pytest.mark.parametrize(
    ("program", "header", "row", "candidates"),
    [
        (
            "Shopify",
            "Name;Variant Price;Variant Compare At Price;Unit Price Total Measure;Cost per item",
            "Oil;12.00;15.00;500;7.10",
            ("Variant Price", "Variant Compare At Price"),
        ),
        ("Shopify, alone", "Name;Variant Price;Variant Taxable", "Oil;12.00;TRUE", ("Variant Price",)),
        ("Shopify, new", "Name;Price;Compare-at price;Cost per item", "Oil;12;15;7.10", ("Price", "Compare-at price")),
        ("Shopify, markets", "Name;Price;Price / International", "Oil;12;14", ("Price", "Price / International")),
        ("WooCommerce", "Name;Sale price;Regular price", "Oil;18;20", ("Sale price", "Regular price")),
        ("WooCommerce, no sale", "Name;Sale price;Regular price", "Oil;;20", ("Regular price",)),
        (
            "PrestaShop",
            "Name *;Price tax excluded;Price tax included;Wholesale price;Unity;Unit price",
            "Oil;10.00;12.00;6.00;litre;20.00",
            ("Price tax excluded", "Price tax included", "Wholesale price", "Unit price"),
        ),
        (
            "PrestaShop, per litre",
            "Name *;Price tax excluded;Unit price",
            "Oil;10.00;20.00",
            ("Price tax excluded", "Unit price"),
        ),
        ("A unit price alone, per litre", "Name;Unit price;Unity", "Oil;20.00;litre", ("Unit price",)),
        ("A unit price with its measure", "Name;Unit price;Unit price measure", "Oil;20.00;1 l", ("Unit price",)),
        ("Zoho, FreshBooks", "Item Name;Rate;Purchase Rate", "Oil;12;7", ("Rate",)),
        ("Akaunting", "name;sale_price;purchase_price", "Oil;12;7", ("sale_price",)),
        ("lexoffice, both", "Bezeichnung;Nettopreis;Bruttopreis", "Öl;10;11,90", ("Nettopreis", "Bruttopreis")),
        ("Costs alone", "Name;Cost", "Oil;7.10", ("Cost",)),
        ("Two lists", "Artikel;Preis;Listenpreis", "Öl;10;12", ("Preis", "Listenpreis")),
        ("Two currencies", "Name;Price EUR;Price USD", "Oil;10;11", ("Price EUR", "Price USD")),
    ],
)
def test_a_price_list_with_a_doubtful_price_is_refused_with_the_choice(
    program: str, header: str, row: str, candidates: Sequence[str]
) -> None:
    table = read(header, row)
    refusal = refused(table)
    assert (refusal.field, refusal.candidates) == ("unit_price", tuple(candidates)), program
    assert "--map" in message_of(refusal, at_terminal)
    chosen = candidates[0]
    assert price_column(columns(table, {chosen: "unit_price"})) == chosen


@pytest.mark.parametrize(
    ("program", "header", "row", "column", "price"),
    [
        ("PrestaShop", "Name *;Price tax excluded;Tax rules ID", "Oil;10.00;1", "Price tax excluded", "10.00"),
        ("Odoo", "Name;Sales Price;Cost", "Oil;12.00;7.10", "Sales Price", "12.00"),
        (
            "Xero",
            "*ItemCode;ItemName;PurchasesUnitPrice;SalesUnitPrice;SalesTaxRate",
            "O1;Oil;7.10;12.00;20%",
            "SalesUnitPrice",
            "12.00",
        ),
        ("QuickBooks", "Product/Service Name;SKU;Sales price / rate;Purchase cost", "Oil;O1;12;7", "", ""),
        ("lexoffice", "Artikelnummer;Bezeichnung;Einheit;Nettopreis", "1;Öl;Stück;10,50", "Nettopreis", "10.50"),
        ("lexoffice", "Artikelnummer;Bezeichnung;VK (Netto)", "1;Öl;10,50", "VK (Netto)", "10.50"),
        (
            "sevDesk",
            "Artikelnummer;Name;Verkaufspreis netto;Einkaufspreis netto",
            "1;Öl;10,50;7,10",
            "Verkaufspreis netto",
            "10.50",
        ),
        ("An empty column beside it", "Name;Price;Sale price", "Oil;12;", "Price", "12"),
    ],
)
def test_a_price_list_with_one_sure_price_is_imported(
    program: str, header: str, row: str, column: str, price: str
) -> None:
    table = read(header, row)
    mapped = {} if column else {"Product/Service Name": "name"}
    column, price = (column, price) if column else ("Sales price / rate", "12")
    assert price_column(columns(table, mapped)) == column, program
    assert rows_of(table, mapped)[0].values["unit_price"] == Decimal(price)


# Tax


def test_prices_with_tax_go_only_where_prices_include_it() -> None:
    gross, net = read("Name;Price incl. VAT", "Oil;12"), read("Name;Prix unitaire HT", "Oil;10")
    assert price_column(columns(gross, pricing=GROSS)) == "Price incl. VAT"
    assert price_column(columns(net, pricing=NET)) == "Prix unitaire HT"
    for table, pricing, word in ((gross, NET, "with tax, but"), (net, GROSS, "without tax, but")):
        heading = table.header[1]
        for mapped in ({}, {heading: "unit_price"}):
            refusal = refused(table, mapped, pricing=pricing)
            assert refusal.field == "unit_price"
            assert word in refusal.message
            assert "prices_include_tax" in refusal.message


def test_the_choice_between_net_and_gross_proposes_what_fits_the_organization() -> None:
    table = read("Name;Preis brutto;Preis netto", "Öl;11,90;10")
    assert '--map "Preis netto=unit_price"' in message_of(refused(table, pricing=NET), at_terminal)
    assert '--map "Preis brutto=unit_price"' in message_of(refused(table, pricing=GROSS), at_terminal)
    assert "Prices here are without tax." in refused(table, pricing=NET).message


@pytest.mark.parametrize(("flag", "fits"), [("Ja", GROSS), ("Nein", NET)])
def test_a_column_that_says_whether_prices_are_with_tax_is_believed(flag: str, fits: Pricing) -> None:
    table = read("Name;Preis;Preis 1 inkl. Steuer", f"Öl;10;{flag}")
    assert price_column(columns(table, pricing=fits)) == "Preis"
    other = NET if fits is GROSS else GROSS
    assert "says of row 2 that its price is" in refused(table, pricing=other).message


# Choosing


def test_who_chooses_passes_over_the_others_without_another_option() -> None:
    table = read("Name;Sale price;Regular price;Cost", "Oil;18;20;9")
    found = match_columns(Kind.ITEMS, table, ignore_unknown=False, mapped={"regular PRICE": "unit_price"}, pricing=NET)
    assert (price_column(found), found.ignored) == ("Regular price", ("Sale price", "Cost"))


def test_all_prices_can_be_passed_over() -> None:
    table = read("Name;Sale price;Regular price", "Oil;18;20")
    found = columns(table, {"Sale price": "", "Regular price": ""})
    assert (price_column(found), found.ignored) == ("", ("Sale price", "Regular price"))


def test_two_columns_of_one_field_are_a_choice() -> None:
    table = read_table(
        b"Company Name,Customer Name,Email,E-mail address\nA Ltd,Ann,a@a.example,b@a.example\n",
        known=lambda heading: is_known(Kind.CUSTOMERS, heading),
    )
    with pytest.raises(InvalidInput) as found:
        match_columns(Kind.CUSTOMERS, table, ignore_unknown=False)
    assert '--map "Company Name=name"' in message_of(found.value, at_terminal)
    assert found.value.candidates == ("Company Name", "Customer Name")
    matched = match_columns(
        Kind.CUSTOMERS, table, ignore_unknown=False, mapped={"Customer Name": "name", "E-mail address": "email"}
    )
    assert {column.heading: column.field for column in matched.known} == {
        "Customer Name": "name",
        "E-mail address": "email",
    }
    assert matched.ignored == ("Company Name", "Email")


@pytest.mark.parametrize(
    ("mapped", "word"),
    [
        ({"Title": "nothing"}, "no field of items"),
        ({"Nowhere": "name"}, "no column Nowhere"),
        ({"Title": "name", "Label": "name"}, "Two columns are mapped to name"),
        ({"Title": "name/10"}, "Only a price"),
        ({"Price": "unit_price/0"}, "Only a price"),
        ({"Price": "unit_price/x"}, "Only a price"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(mapped: dict[str, str], word: str) -> None:
    refusal = refused(read("Title;Label;Price", "A;B;1"), mapped)
    assert (refusal.field, word in refusal.message) == ("map", True)


def test_a_long_heading_can_be_chosen_as_it_is_shown() -> None:
    long = "Price of the article as it is sold to everybody in the shop"
    table = read(f"Name;{long}", "Oil;12")
    (shown,) = refused(table).candidates
    assert price_column(columns(table, {shown: "unit_price"})) == shown
