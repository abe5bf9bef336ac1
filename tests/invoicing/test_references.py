"""What a document and its lines refer to: checked, filled from customer and item, copied, and warned of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from invoicing.credit.crediting import credit
from invoicing.document.copying import filled_from
from invoicing.document.details import (
    DOCUMENT,
    LINE,
    said_of_document,
    said_of_line,
    with_document_details,
    with_line_details,
)
from invoicing.document.documents import Document
from invoicing.document.drafting import tax_setting
from invoicing.document.requested import RequestedDocument, request_from_text, request_text
from invoicing.document.warnings import warnings_for
from invoicing.master_data.delivery_places import check_delivery_places
from invoicing.master_data.electronic_addresses import check_e_invoice_address, check_identifier
from invoicing.master_data.fields import CUSTOMER, ITEM
from invoicing.master_data.records import Customer, Item
from invoicing.refusals import InvalidInput, Refusal
from invoicing.render.formats import formats_for
from invoicing.render.labels import labels_of
from invoicing.render.references import line_reference_texts
from tests.support.printed import printed
from tests.support.samples import TODAY, circumstances, composed, customer, line, request

SAID = {
    "buyer_reference": "Department 4",
    "project": "Inn",
    "contract": "K-17",
    "sales_order": "SO-1",
    "receiving_advice": "R-1",
    "despatch_advice": "D-1",
    "tender": "T-9",
    "object": "Meter 4711",
    "accounting_reference": "4711",
    "attachment": "T-7; Time sheets of March; https://example.com/t-7.pdf\nT-8",
    "delivery_name": "Night porter",
    "delivery_line1": "Dock Road 3",
    "delivery_postal_code": "M17 1AB",
    "delivery_city": "Manchester",
    "delivery_country": "GB",
    "delivery_location": "0088:4012345000009",
    "delivery_date": "2026-03-14",
    "payee_name": "Factor Ltd",
    "payee_identifier": "F-1",
    "payee_registration_number": "4711",
    "tax_representative_name": "Fiscal Ltd",
    "tax_representative_tax_number": "GB123456782",
    "tax_representative_country": "GB",
}
SAID_OF_LINE = {
    "note": "Fragile\nThis side up",
    "object": "Meter 4711",
    "accounting_reference": "4711",
    "seller_item": "CR-1",
    "buyer_item": "B-9",
    "gtin": "4012345000009",
    "origin": "FR",
    "classification": "STI:2.1=65434568\nCG=50180000",
    "attribute": "colour=red\nsize=XL",
}
REPEATED = {"attachment", "classification", "attribute"}
WAREHOUSE = "Warehouse: line1=Dock Road 3; city=Manchester"


def pairs(said: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, one) for name, text in said.items() for one in (text.split("\n") if name in REPEATED else [text])]


def stated(**said: str) -> RequestedDocument:
    return with_document_details(request(line("2.50")), pairs(said))


def of_line(**said: str) -> RequestedDocument:
    return request(with_line_details(line("2.50"), pairs(said), index=0))


def made(asked: RequestedDocument, buyer: Customer | None = None, *items: Item) -> Document:
    return composed(asked, circumstances(buyer=buyer, items=items)).document


def test_a_document_says_what_was_said_in_its_details() -> None:
    document = made(stated(**SAID))
    assert said_of_document(document) == SAID
    assert {name for name, detail in DOCUMENT.items() if detail.kept} - set(SAID) == {
        f"{place}_{name}"
        for place in ("tax_representative",)
        for name in ("line1", "line2", "postal_code", "city", "region")
    } | {"delivery_line2", "delivery_region", "paid_on"}


def test_a_line_says_what_was_said_in_its_details() -> None:
    (found,) = made(of_line(**SAID_OF_LINE)).lines
    assert said_of_line(found) == SAID_OF_LINE
    assert set(SAID_OF_LINE) == {name for name, detail in LINE.items() if detail.kept}


def test_a_request_with_details_is_kept_and_read_again() -> None:
    asked = with_document_details(of_line(**SAID_OF_LINE), pairs(SAID))
    assert request_from_text(request_text(asked)) == asked


def test_a_document_without_details_has_no_parts_for_them() -> None:
    document = made(request(line("2.50")))
    assert (document.references, document.delivery, document.payee, document.tax_representative) == (None,) * 4
    assert document.lines[0].references is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"buyer_reference": "x" * 101}, "buyer_reference"),
        ({"project": "a\nb"}, "project"),
        ({"delivery_country": "Narnia"}, "delivery_country"),
        ({"payee_identifier": "F-1"}, "payee_name"),
        (
            {"tax_representative_name": "Fiscal Ltd", "tax_representative_country": "GB"},
            "tax_representative_tax_number",
        ),
        ({"attachment": "; Time sheets"}, "attachment"),
        ({"attachment": "T-7; Time sheets; https://example.com/a b"}, "attachment"),
        ({"delivery": "Warehouse"}, "delivery"),
        ({"delivery_date": "1999-12-31"}, "delivery_date"),
    ],
)
def test_what_a_document_cannot_say_is_refused_by_its_name(said: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        made(stated(**said))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"gtin": "4012345000008"}, "lines[0].gtin"),
        ({"gtin": "٤012345000009"}, "lines[0].gtin"),
        ({"gtin": "0160:4012345000008"}, "lines[0].gtin"),
        ({"origin": "Narnia"}, "lines[0].origin"),
        ({"classification": "65434568"}, "lines[0].classification"),
        ({"attribute": "red"}, "lines[0].attribute"),
    ],
)
def test_what_a_line_cannot_say_is_refused_by_its_name(said: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(of_line(**said))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("said", "kept", "printed"),
    [
        ("0160:4012345000009", "4012345000009", "GTIN 4012345000009"),
        ("40-12345-00000-9", "4012345000009", "GTIN 4012345000009"),
        ("0088:123456789", "0088:123456789", "GLN 123456789"),
        ("0002:123", "0002:123", "0002:123"),
    ],
)
def test_a_number_of_another_scheme_than_that_of_gtin_keeps_its_scheme(said: str, kept: str, printed: str) -> None:
    (found,) = made(of_line(gtin=said)).lines
    assert said_of_line(found) == {"gtin": kept}
    assert line_reference_texts(found, formats_for("en_GB", "GBP"), labels_of("en")) == [printed]


def test_a_customer_gives_the_references_that_a_document_leaves_out() -> None:
    buyer = replace(customer("GB"), buyer_reference="Department 4", accounting_reference="4711", contact="Ann")
    assert said_of_document(made(request(line("2.50")), buyer)) == {
        "buyer_reference": "Department 4",
        "accounting_reference": "4711",
    }
    assert said_of_document(made(stated(buyer_reference="Other"), buyer))["buyer_reference"] == "Other"
    assert made(request(line("2.50")), buyer).buyer.contact == "Ann"


def test_a_document_is_delivered_where_it_says_or_the_customer_usually_has_it() -> None:
    places = check_delivery_places(f"{WAREHOUSE}; default\nInn: name=Night porter; line1=High St 1; country=IE")
    buyer = replace(customer("GB"), delivery_addresses=places)

    def delivered(**said: str) -> dict[str, str]:
        return said_of_document(made(stated(**said), buyer))

    usual = {"delivery_line1": "Dock Road 3", "delivery_city": "Manchester", "delivery_country": "GB"}
    inn = {"delivery_name": "Night porter", "delivery_line1": "High St 1", "delivery_country": "IE"}
    assert delivered() == usual
    assert delivered(delivery="inn") == inn
    assert delivered(delivery="inn", delivery_name="Ann") == inn | {"delivery_name": "Ann"}
    # What is stated alone stands for itself, in the buyer's country.
    assert delivered(delivery_date="2026-03-14") == usual | {"delivery_date": "2026-03-14"}
    assert delivered(delivery_city="Leeds") == {"delivery_city": "Leeds", "delivery_country": "GB"}
    with pytest.raises(InvalidInput) as refused:
        delivered(delivery="Attic")
    assert refused.value.candidates == ("Warehouse", "Inn")


@pytest.mark.parametrize(
    "text",
    [
        "Warehouse",
        "Warehouse: Dock Road 3",
        "Warehouse: street=Dock Road 3",
        f"{WAREHOUSE}\n{WAREHOUSE.upper()}",
        f"{WAREHOUSE}; default\nInn: city=Leeds; default",
        "Warehouse: city=Leeds; country=Narnia",
    ],
)
def test_delivery_addresses_have_one_form(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_delivery_places(text)


def test_an_item_gives_a_line_what_it_is_known_by() -> None:
    item = Item(id="itm_1", name="Rolls", sku="R-1", gtin="4012345000009", origin="FR", classifications="STI=50180000")
    asked = request(replace(line("2.50"), item="itm_1"))
    (found,) = made(asked, None, item).lines
    known = {"seller_item": "R-1", "gtin": "4012345000009", "origin": "FR", "classification": "STI=50180000"}
    assert said_of_line(found) == known
    stated_one = request(with_line_details(asked.lines[0], [("gtin", "40123455"), ("buyer_item", "B-9")], index=0))
    (found,) = made(stated_one, None, item).lines
    assert said_of_line(found) == known | {"gtin": "40123455", "buyer_item": "B-9"}


def copied(first: Document, buyer: Customer, *items: Item) -> Document:
    given = circumstances(buyer=buyer, items=items)
    setting = tax_setting(given, currency="GBP", tax_point=TODAY)
    empty = RequestedDocument(customer="", lines=())
    copy = filled_from(empty, first, customer=buyer, setting=setting, overridden=False)
    return composed(copy, given).document


def test_a_copy_has_what_was_agreed_and_nothing_of_one_delivery() -> None:
    first = made(with_document_details(of_line(**SAID_OF_LINE), pairs(SAID)))
    again = copied(first, customer("GB"))
    once = {"sales_order", "receiving_advice", "despatch_advice", "attachment", "delivery_date"}
    assert said_of_document(again) == {name: text for name, text in SAID.items() if name not in once}
    assert said_of_line(again.lines[0]) == SAID_OF_LINE


def test_a_copy_for_another_customer_has_nothing_that_is_the_first_ones() -> None:
    first = made(with_document_details(of_line(**SAID_OF_LINE), pairs(SAID)))
    again = copied(first, replace(customer("GB"), id="cus_2"))
    assert {name.partition("_")[0] for name in said_of_document(again)} == {"payee", "tax"}
    theirs = {"object", "accounting_reference", "buyer_item"}
    assert said_of_line(again.lines[0]) == {name: text for name, text in SAID_OF_LINE.items() if name not in theirs}


def test_a_copy_has_an_item_as_it_is_today() -> None:
    item = Item(id="itm_1", name="Rolls", sku="R-1", gtin="4012345000009")
    first = made(request(replace(line("2.50"), item="itm_1")), None, item)
    again = copied(first, customer("GB"), replace(item, sku="R-2"))
    assert said_of_line(again.lines[0]) == {"seller_item": "R-1", "gtin": "4012345000009"} | {"seller_item": "R-1"}


def test_a_credit_note_refers_to_what_its_invoice_does() -> None:
    first = replace(made(with_document_details(of_line(**SAID_OF_LINE), pairs(SAID))), id="inv_1", number="INV-1")
    note = credit(first, [], None, reason="Stale", issue_date=first.issue_date, series="CN")
    assert said_of_document(note) == SAID
    assert said_of_line(note.lines[0]) == SAID_OF_LINE


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("", "buyer_reference_missing"),
        ("04011000-12345-03", ""),
        ("991-33333TEST-33", ""),
        ("04011000-12345-34", "buyer_reference_odd"),
        ("Department 4", ""),
    ],
)
def test_a_german_public_body_wants_its_leitweg_id(reference: str, code: str) -> None:
    """Of the numbers, all but the one with wrong check digits are of the public test suite of XRechnung."""
    buyer = replace(customer("DE"), public_body=True)
    given = circumstances(seller="DE", buyer=buyer, codes=None)
    asked = stated(buyer_reference=reference) if reference else request(line("2.50"))
    shown = composed(asked, given).document
    found = warnings_for(shown, profile=given.profile, customer=buyer, today=TODAY)
    assert [one.code for one in found if one.code.startswith("buyer_reference")] == ([code] if code else [])
    private = replace(buyer, public_body=False)
    found = warnings_for(shown, profile=given.profile, customer=private, today=TODAY)
    assert not any(one.code.startswith("buyer_reference") for one in found)


@pytest.mark.parametrize(
    ("reference", "country", "label"),
    [
        ("04011000-12345-03", "DE", "Leitweg-ID"),
        ("04011000-12345-34", "DE", "Your reference"),
        ("Department 4", "DE", "Your reference"),
        ("04011000-12345-03", "GB", "Your reference"),
    ],
)
def test_a_leitweg_id_is_called_by_its_name(reference: str, country: str, label: str) -> None:
    found = made(stated(buyer_reference=reference), customer(country))
    assert f"{label} {reference}" in " ".join(printed(found).split())


@pytest.mark.parametrize(("identifier", "label"), [("10042", "Customer no. 10042"), ("0088:4012345000009", "GLN 40")])
def test_a_customer_number_stands_among_the_facts_and_a_number_with_a_scheme_with_the_others(
    identifier: str, label: str
) -> None:
    found = made(stated(), replace(customer("GB"), identifier=identifier, registration_number="07123456"))
    text = " ".join(printed(found).split())
    assert label in text
    assert text.count(label.split()[-1]) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0088:4012345000009", "0088:4012345000009"),
        ("em:office@example.com", "EM:office@example.com"),
        ("office@example.com", "EM:office@example.com"),
        ("0204: 991-12345-67", "0204:991-12345-67"),
        ("0088:4012345000008", ""),
        ("0088:40123455", ""),
        ("1234:x", ""),
        ("0088:", ""),
        ("Harbour Bakery", ""),
    ],
)
def test_an_address_for_e_invoices_has_a_scheme_that_there_is(given: str, kept: str) -> None:
    if kept:
        assert check_e_invoice_address(given) == kept
        return
    with pytest.raises(InvalidInput):
        check_e_invoice_address(given)


def test_an_identifier_may_have_a_scheme() -> None:
    assert check_identifier("Customer 7: north") == "Customer 7: north"
    assert check_identifier("0088: 4012345000009") == "0088:4012345000009"
    with pytest.raises(InvalidInput):
        check_identifier("0088:4012345000008")


def test_what_customers_and_items_keep_is_a_field_of_them() -> None:
    customers: Any = Customer(id="", name="", country="")
    assert all(hasattr(customers, name) for name in CUSTOMER)
    assert all(hasattr(Item(id="", name=""), name) for name in ITEM)


def test_a_draft_warns_of_references_that_cannot_be_printed() -> None:
    given = circumstances()
    for asked in (stated(project="三十"), of_line(note="三十")):
        found = composed(asked, given).document
        said = warnings_for(found, profile=given.profile, customer=given.customer, today=TODAY)
        assert "unprintable" in [warning.code for warning in said]


def test_terms_in_words_stand_in_the_place_of_the_terms_name() -> None:
    assert made(stated(payment_terms_text="Half now,\nhalf later")).payment_terms == "Half now,\nhalf later"
