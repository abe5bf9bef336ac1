"""The canonical text: one text per document, and back; and the hash chain over it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.canonical import canonical_json, document_from_text, document_text, link_hash
from invoicing.document.documents import (
    Adjustment,
    CreditedInvoice,
    Document,
    DocumentKind,
    Exchange,
    JurisdictionLevel,
    JurisdictionRate,
    JurisdictionTax,
    Line,
    Supply,
    TaxCategory,
    TaxSubtotal,
    Withholding,
)
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.organizations import Environment

# What the text rule lets through; a lone surrogate never gets here.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.decimals(min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=6)
amounts = st.integers(-(10**15), 10**15)
days = st.dates()
addresses = st.builds(Address, texts, texts, texts, texts, texts, texts)
parties = st.builds(Party, texts, addresses, texts, texts, texts, texts, texts, texts, texts)
jurisdictions = st.builds(JurisdictionRate, texts, st.sampled_from(JurisdictionLevel), numbers)
jurisdiction_taxes = st.builds(JurisdictionTax, texts, st.sampled_from(JurisdictionLevel), numbers, amounts)


def few(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(parts, max_size=2).map(tuple)


# Each field that the first release did not have is left out of the text when it is empty: both must be drawn.
later_line_fields = {
    "discount_amount": st.just(Decimal(0)) | numbers,
    "charge_amount": st.just(Decimal(0)) | numbers,
    "jurisdictions": few(jurisdictions),
    "invoice_position": st.integers(0, 9),
}
later_document_fields = {
    "adjustments": few(
        st.builds(
            Adjustment,
            position=st.integers(1, 9),
            kind=st.sampled_from(AdjustmentKind),
            reason=texts,
            percent=numbers,
            base_minor=amounts,
            tax_code=texts,
            tax_category=st.sampled_from(TaxCategory),
            tax_rate=numbers,
            amount_minor=amounts,
            net_minor=amounts,
            jurisdictions=few(jurisdictions),
        )
    ),
    "withholding": st.none() | st.builds(Withholding, texts, texts, numbers, amounts, amounts),
    "exchange": st.none() | st.builds(Exchange, texts, numbers, days, texts, amounts, amounts),
    "credits": st.none() | st.builds(CreditedInvoice, texts, texts, days),
    "reason": texts,
    "second_language": texts,
    "tax_point": st.none() | days,
    "accounting_currency": texts,
}
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
    **later_line_fields,
)
subtotals = st.builds(
    TaxSubtotal,
    st.sampled_from(TaxCategory),
    numbers,
    texts,
    amounts,
    amounts,
    texts,
    reason_local=texts,
    reason_code=texts,
    jurisdictions=few(jurisdiction_taxes),
)
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
    **later_document_fields,
)

GENESIS = "0" * 64

# As release 0.1 issued it.
FIRST_RELEASE = (
    '{"buyer":{"address":{"city":"","country":"GB","line1":"","line2":"","postal_code":"","region":""},"email":""'
    ',"name":"Hotel Bristol","phone":"","registration_number":"","tax_number":"","website":""},"currency":"GBP","'
    'customer":"cus_1","due_date":"2026-04-15","environment":"live","footer":"","id":"doc_1","issue_date":"2026-0'
    '3-16","kind":"invoice","lines":[{"amount_minor":2438,"description":"Bread","discount_percent":"2.5","item":"'
    '","net_minor":2438,"position":1,"quantity":"2","revenue_account":"4000","supply":"services","tax_category":"'
    'S","tax_code":"STANDARD","tax_rate":"20","unit":"h","unit_price":"12.5"},{"amount_minor":500,"description":"'
    'Κέικ","discount_percent":"0","item":"itm_1","net_minor":500,"position":2,"quantity":"1.5","revenue_account":'
    '"","supply":"goods","tax_category":"E","tax_code":"EXEMPT","tax_rate":"0","unit":"","unit_price":"3.333"}],"'
    'locale":"en_GB","net_minor":2938,"note":"","number":"INV-2026-00001","organization":"org_1","payment":{"acco'
    'unt_holder":"Harbour Bakery","account_number":"","bank_name":"","bic":"","iban":"GB33BUKB20201555555555","ro'
    'uting_number":""},"payment_terms":"","prices_include_tax":false,"purchase_order":"","rounding":"sum_of_lines'
    '","seller":{"address":{"city":"Plymouth","country":"GB","line1":"1 Quay","line2":"","postal_code":"PL1 2AB",'
    '"region":""},"email":"","name":"Harbour Bakery","phone":"","registration_number":"","tax_number":"GB98078068'
    '4","website":""},"series":"INVOICES","supply_date":"2026-03-01","supply_end":"2026-03-15","tax_minor":488,"t'
    'ax_number_label":"VAT no.","taxes":[{"category":"S","label":"VAT","rate":"20","reason":"","tax_minor":488,"t'
    'axable_minor":2438},{"category":"E","label":"VAT","rate":"0","reason":"Exempt, Article 132","tax_minor":0,"t'
    'axable_minor":500}],"total_minor":3426}'
)


def test_a_document_of_the_first_release_keeps_its_text_byte_for_byte() -> None:
    document = document_from_text(FIRST_RELEASE)
    assert document_text(document) == FIRST_RELEASE
    assert (document.adjustments, document.withholding, document.exchange, document.credits) == ((), None, None, None)
    assert document.lines[0].discount_amount == Decimal(0)


def test_an_empty_later_field_is_left_out_and_a_full_one_is_part_of_the_text() -> None:
    document = document_from_text(FIRST_RELEASE)
    with_reason = document_text(replace(document, reason="Returned"))
    assert with_reason == FIRST_RELEASE.replace('"rounding":', '"reason":"Returned","rounding":', 1)
    assert document_from_text(with_reason).reason == "Returned"


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


def test_a_seller_that_charges_tax_and_has_only_a_vat_number_is_written_as_it_ever_was() -> None:
    """Documents that were issued before a seller's registration was a fact keep their text, and so their hash."""
    party = Party("Harbour Bakery", Address(country="GB"), "GB980780684")
    written = json.loads(canonical_json(party))
    assert not {"tax_office_number", "vat_registration"} & set(written)
    without = replace(party, tax_number="", vat_registration="not_registered", tax_office_number="1955839661")
    assert {"tax_office_number", "vat_registration"} <= set(json.loads(canonical_json(without)))


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


def test_the_text_is_json_with_sorted_keys_and_no_blanks() -> None:
    value = {
        "z": [None, True, False, -3, (), {}, []],
        "a": Supply.GOODS,
        'é"\\\n\u2028': Decimal("12.500"),
        "day": date(2026, 8, 3),
        "part": JurisdictionRate("Dönerbude", JurisdictionLevel.STATE, Decimal("0.00")),
    }
    same = {
        **value,
        "a": "goods",
        'é"\\\n\u2028': "12.5",
        "day": "2026-08-03",
        "part": {"level": "state", "name": "Dönerbude", "rate": "0"},
    }
    assert canonical_json(value) == json.dumps(same, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
