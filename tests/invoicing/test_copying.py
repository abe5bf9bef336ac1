"""Copying an invoice: the same customer gets the same amounts, whatever the lines and adjustments are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, example, given

from invoicing.document.copying import earlier_buyer, filled_from
from invoicing.document.documents import Document
from invoicing.document.drafting import Circumstances, RequestedDocument, tax_setting
from invoicing.tax.inputs import Rounding
from tests.support.samples import (
    TODAY,
    circumstances,
    customer,
    discount,
    document,
    document_or_none,
    issued,
    line,
    request,
    requests,
)

NOTHING = RequestedDocument(customer="", lines=())


def copy_of(first: Document, given: Circumstances, wanted: RequestedDocument = NOTHING) -> RequestedDocument:
    before = replace(given, customer=earlier_buyer(first, given.customer))
    setting = tax_setting(before, currency=first.currency, tax_point=TODAY)
    return filled_from(wanted, first, customer=given.customer, setting=setting, overridden=True)


# The discount is 1 % of 58.99 JPY, which is 1; of the standard lines alone it would be nothing.
@example(
    request(
        line("50", "STANDARD", discount="0.51"),
        line("9.99", "REDUCED"),
        currency="JPY",
        rounding="sum_of_lines",
        adjustments=(discount(percent="1"),),
    )
)
@given(requests)
def test_a_copy_for_the_same_customer_has_the_same_lines_adjustments_and_totals(wanted: RequestedDocument) -> None:
    given_facts = circumstances(rounding=Rounding(wanted.rounding))
    first = document_or_none(wanted, given_facts)
    assume(first is not None)
    assert first is not None
    again = document(copy_of(issued(first), given_facts), given_facts)
    assert (again.lines, again.taxes) == (first.lines, first.taxes)
    # One that came to nothing is not on the document, and so not in the copy: positions can differ.
    unplaced = [[replace(one, position=0) for one in made.adjustments] for made in (again, first)]
    assert unplaced[0] == unplaced[1]
    assert again.total_minor == first.total_minor


def test_what_the_request_states_is_not_copied() -> None:
    given_facts = circumstances()
    adjusted = request(line(), line("10", "REDUCED"), adjustments=(discount(percent="10"),), note="First")
    first = issued(document(adjusted, given_facts))
    own = copy_of(first, given_facts, replace(NOTHING, lines=(line("7"),), note="Second"))
    assert (own.lines, own.adjustments, own.note) == ((line("7"),), (), "Second")
    elsewhere = replace(given_facts, customer=replace(customer("FR"), id="cus_2"))
    moved = filled_from(
        NOTHING,
        first,
        customer=elsewhere.customer,
        setting=tax_setting(given_facts, currency="GBP", tax_point=TODAY),
        overridden=False,
    )
    assert [one.tax_code for one in moved.lines] == ["", ""]
