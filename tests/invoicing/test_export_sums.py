"""Exports reconcile by themselves: whatever a reader adds up is what the documents state, to the minor unit."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.breakdown import Breakdown, break_down
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.requested import RequestedDocument
from invoicing.exports.csv_file import write_csv
from invoicing.exports.json_file import write_json
from invoicing.exports.rows import ExportedAccounts, ExportedDocument, ExportedPayment
from invoicing.exports.xlsx_file import write_xlsx
from invoicing.money.amounts import to_major
from invoicing.money.shares import fitted
from invoicing.refusals import Refusal
from tests.support.samples import (
    TODAY,
    document,
    issued,
    request,
    requests,
)

ZERO = Decimal(0)
ACCOUNTS = ExportedAccounts(receivable="1100", revenue="4000", discount="4300", tax="2200")
RATES = st.sampled_from(["", "0.85", "1.2345", "117.25", "0.000123"])
"""Rates of exchange, and none."""


def sign_of(made: Document) -> int:
    return -1 if made.kind is DocumentKind.CREDIT_NOTE else 1


def exported(
    made: Document,
    *,
    paid_minor: int = 0,
    credited_minor: int = 0,
    payments: tuple[ExportedPayment, ...] = (),
    books: str = "GBP",
) -> ExportedDocument:
    is_note = made.kind is DocumentKind.CREDIT_NOTE
    due = 0 if is_note else made.payable_minor - credited_minor - paid_minor
    return ExportedDocument(
        made, "issued", paid_minor, due, "ab" * 32, credited_minor, payments, ACCOUNTS, books_currency=books
    )


def csv_rows(documents: Iterable[ExportedDocument], **options: Any) -> list[dict[str, str]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out.csv"
        write_csv(path, documents, **options)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, strict=True, delimiter=";" if options else ","))


def sheets(documents: Iterable[ExportedDocument]) -> dict[str, list[dict[str, Any]]]:
    with TemporaryDirectory() as folder:
        write_xlsx(Path(folder) / "out.xlsx", documents)
        workbook = load_workbook(Path(folder) / "out.xlsx")
        found = {}
        for sheet in workbook.worksheets:
            heading, *rows = sheet.iter_rows(values_only=True)
            found[sheet.title] = [dict(zip(map(str, heading), row, strict=True)) for row in rows]
        return found


def added(rows: Iterable[dict[str, Any]], column: str) -> Decimal:
    return sum((Decimal(str(row[column])) for row in rows if row[column] not in ("", None)), ZERO)


def added_by(rows: Iterable[dict[str, Any]], keys: Sequence[str], column: str) -> dict[tuple[str, ...], Decimal]:
    found: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row[column] not in ("", None):
            found[tuple(str(row[key]) for key in keys)] += Decimal(str(row[column]))
    return dict(found)


@st.composite
def exchanged(draw: st.DrawFn) -> Document:
    """An invoice of books in GBP: with or without a rate of exchange and withholding."""
    wanted: RequestedDocument = draw(requests)
    rate = draw(RATES)
    if rate:
        wanted = replace(wanted, exchange_rate=Decimal(rate), exchange_date=TODAY, exchange_source="ECB")
    if draw(st.booleans()):
        wanted = replace(wanted, withholding="RITENUTA")
    try:
        return issued(document(wanted))
    except Refusal:
        return issued(document(request(currency="EUR")))


@st.composite
def histories(draw: st.DrawFn) -> list[Document]:
    """An invoice and credit notes of parts of it, and perhaps of all the rest."""
    invoice = draw(exchanged())
    notes: list[Document] = []
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.integers(1, len(invoice.lines)))
        quantity = draw(st.none() | st.decimals(Decimal("0.01"), Decimal(5), places=2))
        wanted = draw(st.sampled_from([[CreditLine(position, quantity)], None]))
        try:
            note = credit(invoice, notes, wanted, reason="Returned", issue_date=TODAY, series="CREDIT-NOTES")
        except Refusal:
            continue
        notes.append(replace(note, id=f"cn_{len(notes)}", number=f"CN-{len(notes)}"))
    return [invoice, *notes]


# Every part


def assert_parts_meet(made: Document, broken: Breakdown) -> None:
    sign = sign_of(made)
    assert sum(part.shares.net_minor for part in broken.parts) == sign * made.net_minor
    assert sum(part.shares.tax_minor for part in broken.parts) == sign * made.tax_minor
    by_group: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    for part in broken.parts:
        key = (-part.of.tax_rate, part.of.tax_category.value, tuple(j.name for j in part.of.jurisdictions))
        by_group[key][0] += part.shares.net_minor
        by_group[key][1] += part.shares.tax_minor
    stated = {
        (-tax.rate, tax.category.value, tuple(j.name for j in tax.jurisdictions)): [
            sign * tax.taxable_minor,
            sign * tax.tax_minor,
        ]
        for tax in made.taxes
    }
    assert by_group == stated
    if made.exchange is not None:
        assert sum(part.shares.accounting_net_minor or 0 for part in broken.parts) == sign * made.exchange.net_minor
        assert sum(part.shares.accounting_tax_minor or 0 for part in broken.parts) == sign * made.exchange.tax_minor


@given(histories())
@settings(max_examples=300)
def test_the_parts_of_any_document_sum_to_what_it_states_by_rate_and_category(made: list[Document]) -> None:
    for one in made:
        assert_parts_meet(one, break_down(one, books_currency="GBP"))


@given(exchanged())
@settings(max_examples=200)
def test_the_tax_of_a_part_of_an_invoice_is_within_a_unit_of_its_own_exact_tax(made: Document) -> None:
    for part in break_down(made, books_currency="GBP").parts:
        exact = Fraction(part.shares.net_minor) * Fraction(part.of.tax_rate) / 100
        # A net that was derived from a price with tax is itself within a unit of its exact value.
        room = 1 + Fraction(part.of.tax_rate) / 100 if made.prices_include_tax else 1
        assert abs(part.shares.tax_minor - exact) <= room


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=8), st.integers(-30, 30))
def test_fitted_values_always_sum_to_the_whole(values: list[int], off: int) -> None:
    exact = [Fraction(value, 7) for value in values]
    own = [round(value) for value in exact]
    assert sum(fitted(sum(own) + off, exact, own)) == sum(own) + off
    assert fitted(sum(own), exact, own) == own


# Every format


@given(st.lists(histories(), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_columns_of_a_csv_sum_to_what_the_documents_state(histories_made: list[list[Document]]) -> None:
    made = [one for history in histories_made for one in history]
    rows = csv_rows(map(exported, made))
    for currency in {one.currency for one in made}:
        mine = [row for row in rows if row["currency"] == currency]
        these = [one for one in made if one.currency == currency]

        def stated(amount: str, these: list[Document] = these, currency: str = currency) -> Decimal:
            return to_major(sum(sign_of(one) * getattr(one, amount) for one in these), currency)

        assert added(mine, "line_net") == added(mine, "document_net") == stated("net_minor")
        assert added(mine, "line_tax") == added(mine, "document_tax") == stated("tax_minor")
        assert added(mine, "line_total") == added(mine, "document_total") == stated("total_minor")
        assert added(mine, "amount_payable") == stated("payable_minor")
        assert added(mine, "document_total") - added(mine, "amount_withheld") == stated("payable_minor")
        by_rate: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        by_place: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for one in these:
            for tax in one.taxes:
                rate = format(tax.rate.normalize(), "f")
                by_rate[tax.category.value, rate] += to_major(sign_of(one) * tax.tax_minor, currency)
                for place in tax.jurisdictions:
                    by_place[(place.name,)] += to_major(sign_of(one) * place.tax_minor, currency)
        assert added_by(mine, ("tax_category", "tax_rate"), "line_tax") == by_rate
        assert added_by(mine, ("jurisdiction",), "jurisdiction_tax") == by_place
    assert added(rows, "line_accounting_net") == added(rows, "accounting_net")
    assert added(rows, "line_accounting_tax") == added(rows, "accounting_tax")
    assert added(rows, "accounting_tax") == sum(
        (to_major(sign_of(one) * one.exchange.tax_minor, "GBP") for one in made if one.exchange), ZERO
    )


@given(histories())
@settings(max_examples=25, deadline=None)
def test_sheets_of_a_workbook_and_the_json_say_the_same_as_the_csv(made: list[Document]) -> None:
    documents = [exported(one) for one in made]
    rows, book = csv_rows(documents), sheets(documents)
    keys = ("number", "tax_category", "tax_rate")
    nonzero = {key: tax for key, tax in added_by(rows, keys, "line_tax").items() if tax}
    assert {key: tax for key, tax in added_by(book["Taxes"], keys, "tax").items() if tax} == nonzero
    assert {key: tax for key, tax in added_by(book["Lines"], keys, "line_tax").items() if tax} == nonzero
    assert added(book["Tax summary"], "tax") == added(book["Documents"], "document_tax") == added(rows, "line_tax")
    for column in ("accounting_tax", "accounting_net", "amount_withheld", "amount_payable", "amount_due"):
        assert added(book["Documents"], column) == added(rows, column)
    assert added(book["Tax summary"], "accounting_tax") == added(rows, "accounting_tax")
    assert added(book["Taxes"], "accounting_taxable") == added(rows, "accounting_net")
    with TemporaryDirectory() as folder:
        write_json(Path(folder) / "out.json", {}, documents)
        told = [one["amounts"] for one in json.loads((Path(folder) / "out.json").read_text("utf-8"))["documents"]]
    assert sum(Decimal(one["tax"]) for one in told) == added(rows, "line_tax")
    parts = [part for one in told for part in (*one["lines"], *one["adjustments"])]
    assert [(part["net"], part["tax"]) for part in parts] == [
        (row["line_net"], row["line_tax"]) for row in rows if row["row"] in ("line", "discount", "charge")
    ]
