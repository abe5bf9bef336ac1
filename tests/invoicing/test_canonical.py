"""The canonical text: one text per document, and back; and the hash chain over it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.canonical import canonical_json, document_from_text, document_text, link_hash
from invoicing.documents import (
    Address,
    Document,
    DocumentKind,
    Environment,
    Line,
    Party,
    PaymentDetails,
    Supply,
    TaxCategory,
    TaxSubtotal,
)

# What the text rule lets through; a lone surrogate never gets here.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.decimals(min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=6)
amounts = st.integers(-(10**15), 10**15)
days = st.dates()
addresses = st.builds(Address, texts, texts, texts, texts, texts, texts)
parties = st.builds(Party, texts, addresses, texts, texts, texts, texts, texts)
lines = st.builds(
    Line,
    position=st.integers(1, 999),
    description=texts,
    quantity=numbers,
    unit=texts,
    unit_price=numbers,
    discount_percent=numbers,
    supply=st.sampled_from(Supply),
    tax_code=texts,
    tax_category=st.sampled_from(TaxCategory),
    tax_rate=numbers,
    amount_minor=amounts,
    net_minor=amounts,
    item=texts,
    revenue_account=texts,
)
subtotals = st.builds(TaxSubtotal, st.sampled_from(TaxCategory), numbers, texts, amounts, amounts, texts)
documents = st.builds(
    Document,
    kind=st.sampled_from(DocumentKind),
    environment=st.sampled_from(Environment),
    organization=texts,
    id=texts,
    number=texts,
    series=texts,
    issue_date=days,
    due_date=days,
    supply_date=days,
    currency=texts,
    prices_include_tax=st.booleans(),
    rounding=texts,
    seller=parties,
    buyer=parties,
    customer=texts,
    payment=st.builds(PaymentDetails, texts, texts, texts, texts, texts, texts),
    lines=st.lists(lines, max_size=3).map(tuple),
    taxes=st.lists(subtotals, max_size=2).map(tuple),
    net_minor=amounts,
    tax_minor=amounts,
    total_minor=amounts,
    purchase_order=texts,
    payment_terms=texts,
    note=texts,
    footer=texts,
    locale=texts,
    tax_number_label=texts,
    supply_end=st.none() | days,
)

GENESIS = "0" * 64


def test_the_text_has_sorted_keys_no_blanks_and_every_script_as_it_is() -> None:
    value = {"b": Decimal("12.500"), "a": [TaxCategory.EXPORT, date(2026, 3, 9)], "c": "Σ株", "d": None, "e": True}
    assert canonical_json(value) == '{"a":["G","2026-03-09"],"b":"12.5","c":"Σ株","d":null,"e":true}'


@given(documents)
def test_a_document_survives_its_canonical_text(document: Document) -> None:
    text = document_text(document)
    again = document_from_text(text)
    assert again == document
    assert document_text(again) == text


@given(documents)
def test_a_document_read_back_has_the_types_it_had(document: Document) -> None:
    again = document_from_text(document_text(document))
    assert type(again.kind) is DocumentKind
    assert type(again.issue_date) is date
    assert all(type(line.quantity) is Decimal and type(line.supply) is Supply for line in again.lines)
    assert all(type(tax.category) is TaxCategory for tax in again.taxes)
    assert hash(again) == hash(document)


@given(documents, numbers)
def test_equal_documents_have_one_text_however_their_numbers_are_written(document: Document, rate: Decimal) -> None:
    first = TaxSubtotal(TaxCategory.STANDARD, rate, "VAT", 0, 0)
    second = replace(first, rate=rate.normalize())
    one, other = replace(document, taxes=(first,)), replace(document, taxes=(second,))
    assert one == other
    assert document_text(one) == document_text(other)


@given(documents)
def test_the_text_is_json_whose_amounts_are_integers_and_whose_decimals_are_text(document: Document) -> None:
    raw = json.loads(document_text(document))
    assert raw["total_minor"] == document.total_minor
    assert all(isinstance(line["unit_price"], str) for line in raw["lines"])


def test_a_link_covers_the_algorithm_the_previous_hash_the_position_and_the_text() -> None:
    expected = hashlib.sha256(f"counterfoil-1/sha256\n{'0' * 64}\n1\n{{}}".encode()).hexdigest()
    assert link_hash(previous=GENESIS, position=1, text="{}") == expected


@pytest.mark.parametrize(
    "other",
    [
        {"previous": "1" * 64, "position": 1, "text": "{}"},
        {"previous": GENESIS, "position": 2, "text": "{}"},
        {"previous": GENESIS, "position": 1, "text": "{ }"},
        {"previous": GENESIS, "position": 1, "text": "1\n{}"},
    ],
)
def test_a_change_of_any_part_changes_the_hash(other: dict[str, str | int]) -> None:
    hashed = link_hash(previous=str(other["previous"]), position=int(other["position"]), text=str(other["text"]))
    assert hashed != link_hash(previous=GENESIS, position=1, text="{}")
