"""A page that refers to much still begins with what is sold: facts take columns and blocks, not one long list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from invoicing.document.documents import Document
from invoicing.document.references import Attachment, Delivery, Payee, References, TaxRepresentative
from invoicing.render.pdf import render_pdf
from tests.support.printed import invoice, pages_of, place_of

REFERENCES = References(
    buyer_reference="Reference 1",
    project="Reference 2",
    contract="Reference 3",
    sales_order="Reference 4",
    receiving_advice="Reference 5",
    despatch_advice="Reference 6",
    tender="Reference 7",
    object="Reference 8",
    accounting_reference="Reference 9",
    attachments=(Attachment("T-7", "Time sheets"), Attachment("A-12", "Acceptance"), Attachment("P-3", "Plan")),
)
DELIVERY = Delivery(
    "Northern store", "Dock 3", "Gate 3", "20457", "Hamburg", "", "DE", "0088:4012345000009", date(2026, 3, 12)
)
PAYEE = Payee("Factor Bank", "0088:4012345000016", "HRB 99")
REPRESENTATIVE = TaxRepresentative("Weiss & Co", "Market 1", "", "10115", "Berlin", "", "DE", "DE123456789")
EVERYTHING: dict[str, Any] = {
    "purchase_order": "4500012345",
    "references": REFERENCES,
    "delivery": DELIVERY,
    "payee": PAYEE,
    "tax_representative": REPRESENTATIVE,
}


def with_everything(seller: str) -> Document:
    plain = invoice(seller)
    return replace(plain, **EVERYTHING, buyer=replace(plain.buyer, contact="Dr Jane Lewandowski"))


@pytest.mark.parametrize("seller", ["DE", "FR", "US", "PL", "GB"])
def test_three_lines_and_their_sums_are_on_the_first_page_below_all_facts(seller: str) -> None:
    # An incident: twenty facts in one column left room for two lines, and the sums went overleaf.
    first = pages_of(render_pdf(with_everything(seller)))[0]
    facts = [f"Reference {index}" for index in range(1, 10)]
    facts += ["4500012345", "Northern store", "Factor Bank", "Weiss & Co", "Time sheets", "Plan", "<Item 3>"]
    assert [fact for fact in facts if fact not in first] == []
    assert first.index("Plan") < first.index("<Item 1>")


def test_who_is_concerned_stands_beside_each_other_under_its_name() -> None:
    pdf = render_pdf(with_everything("GB"))
    places = [place_of(pdf, text) for text in ("Northern store", "Factor Bank", "Weiss & Co")]
    heads = [place_of(pdf, text) for text in ("Delivered to", "Pay to", "Tax representative")]
    assert max(top for _, top, _, _ in places) - min(top for _, top, _, _ in places) < 1
    for head, place in zip(heads, places, strict=True):
        assert abs(head[0] - place[0]) < 1
        assert head[3] < place[1]


def test_two_who_are_concerned_have_the_columns_of_the_page() -> None:
    pdf = render_pdf(replace(invoice("DE"), delivery=DELIVERY, payee=PAYEE))
    (left, first, _, _), (right, second, _, _) = (place_of(pdf, text) for text in ("Northern store", "Factor Bank"))
    assert (round(left), round(right)) == (25, 118)
    assert abs(first - second) < 1


def test_few_references_stand_with_the_days_and_many_below_them_in_two_columns() -> None:
    few = replace(invoice("GB"), references=References(buyer_reference="B-1", project="P-1", contract="C-1"))
    side = place_of(render_pdf(few), "16 Mar 2026")[0]
    assert abs(place_of(render_pdf(few), "C-1")[0] - side) < 1
    pdf = render_pdf(with_everything("GB"))
    assert abs(place_of(pdf, "Reference 1")[0] - side) < 1
    second, sixth = place_of(pdf, "Reference 2"), place_of(pdf, "Reference 6")
    assert abs(second[1] - sixth[1]) < 1
    assert sixth[0] - second[0] > 80


def test_what_is_attached_is_a_list_under_one_name() -> None:
    text = pages_of(render_pdf(with_everything("GB")))[0]
    assert text.count("Attachment") == 1
    assert "T-7; Time sheets\nA-12; Acceptance\nP-3; Plan" in text
