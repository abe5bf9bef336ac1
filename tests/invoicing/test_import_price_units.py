"""Prices of imported files for several units and in several currencies."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from invoicing.importing.columns import is_known
from invoicing.importing.price_columns import Pricing
from invoicing.importing.prices import currency_of_format
from invoicing.importing.recognizing import read_table
from invoicing.importing.vocabulary import Kind
from tests.invoicing.test_import_prices import NET, columns, price_column, read, refused, rows_of
from views.remedies import at_terminal, message_of


def test_a_price_of_a_thousand_is_divided_only_when_somebody_says_so() -> None:
    table = read("Name;Price per 1000", "Screw;12.50", "Nut;8")
    assert '--map "Price per 1000=unit_price/1000"' in message_of(refused(table), at_terminal)
    assert "with unit_price/1 that" in message_of(refused(table, {"Price per 1000": "unit_price"}), at_terminal)
    prices = [row.values["unit_price"] for row in rows_of(table, {"Price per 1000": "unit_price/1000"})]
    assert prices == [Decimal("0.0125"), Decimal("0.008")]
    assert rows_of(table, {"Price per 1000": "unit_price/1"})[0].values["unit_price"] == Decimal("12.50")


def test_a_price_that_cannot_be_divided_exactly_is_refused_in_its_row() -> None:
    table = read("Name;Preis", "Schraube;0,0001", "Mutter;10")
    first, second = rows_of(table, {"Preis": "unit_price/3"})
    for row in (first, second):
        assert [problem.field for problem in row.problems] == ["unit_price"]
    assert "more than 6 decimals" in second.problems[0].text


@pytest.mark.parametrize("heading", ["Preiseinheit", "Price unit", "Price quantity"])
def test_a_price_unit_other_than_one_is_refused(heading: str) -> None:
    assert price_column(columns(read(f"Name;Price;{heading}", "Screw;12;1"))) == "Price"
    table = read(f"Name;Price;{heading}", "Screw;12;1", "Nut;8;100")
    assert "of row 3 is for 100 units" in refused(table).message
    assert price_column(columns(table, {heading: ""})) == "Price"


def test_a_currency_in_the_heading_is_that_of_the_prices() -> None:
    (row,) = rows_of(read("Name;Price (USD)", "Oil;12"))
    assert row.values["currency"] == "USD"
    (row,) = rows_of(read("Name;price_gbp;Currency", "Oil;12;gbp"))
    assert not row.problems
    (row,) = rows_of(read("Name;Preis in CHF;Währung", "Öl;12;EUR"))
    assert [(problem.field, "is in CHF" in problem.text) for problem in row.problems] == [("currency", True)]


@pytest.mark.parametrize(
    ("form", "currency"),
    [
        ('#,##0.00 "€"', "EUR"),
        ("#,##0.00 [$€-407]", "EUR"),
        ("#,##0.00 [$USD]", "USD"),
        ("[$£-809]#,##0.00", "GBP"),
        ('#,##0.00 "zł"', "PLN"),
        ("#,##0.00 [$CHF-807]", "CHF"),
        ('"$"#,##0.00', ""),
        ("[$$-409]#,##0.00", "USD"),
        ("#,##0.00 [$kr-41D]", "SEK"),
        ("[$$-A]#,##0.00", ""),
        ("[$-F800]dddd", ""),
        ("[Red]-0.00", ""),
        ('0.0 "Ft."', ""),
        ("General", ""),
    ],
)
def test_a_format_of_numbers_names_a_currency_or_none(form: str, currency: str) -> None:
    assert currency_of_format(form) == currency


def test_a_price_in_a_workbook_is_in_the_currency_that_its_cell_shows() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Name", "Price", "Currency"], ["Oil", 12, None], ["Soap", 5, "EUR"], ["Salt", 1, None]):
        book.active.append(row)
    for cell, form in (("B2", "#,##0.00 [$USD]"), ("B3", "#,##0.00 [$USD]"), ("B4", "0.00")):
        book.active[cell].number_format = form
    content = BytesIO()
    book.save(content)
    table = read_table(content.getvalue(), known=lambda heading: is_known(Kind.ITEMS, heading))
    oil, soap, salt = rows_of(table)
    assert (oil.values["currency"], "currency" in salt.values) == ("USD", False)
    assert [problem.field for problem in soap.problems] == ["currency"]


def test_a_sign_of_several_currencies_means_that_of_the_organization_or_is_refused() -> None:
    table = read("Name;Price $", "Oil;12")
    dollars = Pricing(prices_include_tax=False, currency="CAD")
    assert rows_of(table, pricing=dollars)[0].values["currency"] == "CAD"
    assert refused(table, pricing=NET).field == "currency"
