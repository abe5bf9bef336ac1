"""What holds for every document with discounts, charges, stacks, both modes and either kind of price."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, reject
from hypothesis import strategies as st

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document
from invoicing.document.posting import post
from invoicing.document.requested import RequestedDocument
from invoicing.money.amounts import money_text
from invoicing.tax.inputs import Rounding, group_key, subtotal_key
from invoicing.tax.totals import retotal, totals_follow
from tests.support.samples import (
    POSTING,
    currencies,
    document,
    document_or_none,
    document_or_reject,
    line,
    request,
    requests,
)


@given(requests)
def test_the_parts_sum_to_the_whole(wanted: RequestedDocument) -> None:
    made = document_or_reject(wanted)
    assert made.net_minor + made.tax_minor == made.total_minor
    assert sum(tax.taxable_minor for tax in made.taxes) == made.net_minor
    assert sum(tax.tax_minor for tax in made.taxes) == made.tax_minor
    for tax in made.taxes:
        nets, amounts = parts_of(made, subtotal_key(tax))
        assert sum(nets) == tax.taxable_minor
        assert tax.taxable_minor >= 0 or min(nets) < 0
        if made.prices_include_tax:
            assert sum(amounts) == tax.taxable_minor + tax.tax_minor
        if tax.jurisdictions:
            assert sum(part.tax_minor for part in tax.jurisdictions) == tax.tax_minor


def parts_of(made: Document, key: object) -> tuple[list[int], list[int]]:
    """The nets and the printed amounts of a tax group, discounts being negative."""
    parts = [
        (part.net_minor, part.amount_minor)
        for part in made.lines
        if group_key(part.tax_rate, part.tax_category, part.jurisdictions) == key
    ]
    for item in made.adjustments:
        if group_key(item.tax_rate, item.tax_category, item.jurisdictions) == key:
            sign = -1 if item.kind is AdjustmentKind.DISCOUNT else 1
            parts.append((sign * item.net_minor, sign * item.amount_minor))
    return [net for net, _ in parts], [amount for _, amount in parts]


@given(requests)
def test_tax_is_the_rate_of_what_is_taxed_to_within_the_roundings(wanted: RequestedDocument) -> None:
    made = document_or_reject(wanted)
    for tax in made.taxes:
        nets, _ = parts_of(made, subtotal_key(tax))
        exact = Fraction(tax.taxable_minor) * Fraction(tax.rate) / 100
        roundings = len(nets) if made.rounding == Rounding.PER_LINE else 1
        assert abs(tax.tax_minor - exact) <= roundings
        for part in tax.jurisdictions:
            share = Fraction(tax.tax_minor) * Fraction(part.rate) / Fraction(tax.rate)
            assert abs(part.tax_minor - share) < 1


@given(requests)
def test_totals_can_be_computed_again_from_the_document_alone(wanted: RequestedDocument) -> None:
    made = document_or_reject(wanted)
    assert totals_follow(made)
    assert retotal(made).total_minor == made.total_minor
    assert not totals_follow(replace(made, tax_minor=made.tax_minor + 1, total_minor=made.total_minor + 1))


@given(st.data(), requests)
def test_the_order_of_lines_and_adjustments_does_not_change_the_totals(
    data: st.DataObject, wanted: RequestedDocument
) -> None:
    shuffled = replace(
        wanted,
        lines=tuple(data.draw(st.permutations(wanted.lines))),
        adjustments=tuple(data.draw(st.permutations(wanted.adjustments))),
    )
    first, second = document_or_none(wanted), document_or_none(shuffled)
    assert (first is None) == (second is None)
    if first is None or second is None:
        reject()
    assert (first.taxes, first.net_minor, first.tax_minor) == (second.taxes, second.net_minor, second.tax_minor)


@given(st.integers(1, 10**7), st.sampled_from(["STANDARD", "REDUCED", "LA"]), currencies, st.sampled_from(Rounding))
def test_prices_with_and_without_tax_agree(net_minor: int, code: str, currency: str, mode: Rounding) -> None:
    fields = {"currency": currency, "rounding": mode.value}
    without = document(request(line(money_text(net_minor, currency), code), prices_include_tax=False, **fields))
    gross = money_text(without.total_minor, currency)
    with_tax = document(request(line(gross, code), prices_include_tax=True, **fields))
    assert with_tax.taxes == without.taxes
    assert with_tax.lines[0].net_minor == net_minor


@given(requests)
def test_one_line_and_no_adjustment_is_the_same_in_both_modes(wanted: RequestedDocument) -> None:
    alone = replace(wanted, lines=wanted.lines[:1], adjustments=())
    first, second = (document_or_none(replace(alone, rounding=mode.value)) for mode in Rounding)
    assert (first is None) == (second is None)
    if first is None or second is None:
        reject()
    assert first.taxes == second.taxes


@given(requests)
def test_the_journal_entry_of_any_document_balances(wanted: RequestedDocument) -> None:
    made = document_or_reject(wanted)
    sides = post(made, POSTING)
    assert sum(side.debit_minor for side in sides) == sum(side.credit_minor for side in sides)
    by_account = {side.account: side.debit_minor - side.credit_minor for side in sides}
    discounts = sum(item.net_minor for item in made.adjustments if item.kind is AdjustmentKind.DISCOUNT)
    assert by_account.get(POSTING.receivable, 0) == made.total_minor
    assert by_account.get(POSTING.discount, 0) == discounts
    assert by_account.get(POSTING.tax_payable, 0) == -made.tax_minor
