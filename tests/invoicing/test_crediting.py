"""Credit notes: crediting everything gives zero, in one or many steps, and never more than remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.credit.crediting import credit
from invoicing.credit.remaining import Remaining, remaining
from invoicing.credit.wanted import CreditLine
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.posting import post
from invoicing.document.requested import RequestedDocument
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, Refusal
from invoicing.tax.totals import totals_follow
from tests.support.samples import (
    POSTING,
    TODAY,
    charge,
    discount,
    document,
    document_or_reject,
    issued,
    line,
    request,
    requests,
)


def credited(invoice: Document, earlier: Sequence[Document], wanted: Sequence[CreditLine] | None = None) -> Document:
    note = credit(invoice, earlier, wanted, reason="Returned", issue_date=TODAY, series="CREDIT-NOTES")
    return numbered(note, earlier)


def numbered(note: Document, earlier: Sequence[Document]) -> Document:
    """The note as it is issued after these."""
    return replace(note, id=f"cn_{len(earlier) + 1}", number=f"CN-{len(earlier) + 1}")


def credited_unless_nothing(
    invoice: Document, earlier: Sequence[Document], wanted: Sequence[CreditLine]
) -> Document | None:
    """The credit note, or None where it would come to nothing."""
    try:
        return credited(invoice, earlier, wanted)
    except InvalidInput as refused:
        if "total of zero" not in refused.message and "goods back" not in refused.message:
            raise
        return None


def some(position: int, quantity: str) -> CreditLine:
    return CreditLine(position, Decimal(quantity))


def assert_nothing_is_left(invoice: Document, notes: Sequence[Document]) -> None:
    left = remaining(invoice, notes)
    assert left.is_nothing
    assert {(line.amount_minor, line.net_minor, line.discount_amount) for line in left.lines} == {(0, 0, Decimal(0))}
    assert not any(item.amount_minor or item.base_minor for line in left.lines for item in line.adjustments)
    assert all((item.amount_minor, item.net_minor) == (0, 0) for item in left.adjustments)
    for tax in left.taxes:
        assert (tax.taxable_minor, tax.tax_minor, {part.tax_minor for part in tax.jurisdictions} - {0}) == (0, 0, set())
    assert invoice.total_minor == sum(note.total_minor for note in notes)


def assert_no_part_is_less_than_nothing(parts: Document | Remaining) -> None:
    """Neither a line nor an adjustment, a tax group or a jurisdiction; no net is more than its amount. What takes goods
    back is likewise never more than nothing.
    """
    nets = [*((part.net_minor, part.amount_minor) for part in parts.lines)]
    nets += [(item.net_minor, item.amount_minor) for item in parts.adjustments]
    assert all(0 <= net <= amount or amount <= net <= 0 for net, amount in nets)
    assert sum(tax.taxable_minor + tax.tax_minor for tax in parts.taxes) >= 0
    for tax in parts.taxes:
        if any(line.quantity < 0 for line in parts.lines):
            assert tax.taxable_minor * tax.tax_minor >= 0
            continue
        assert min(tax.taxable_minor, tax.tax_minor) >= 0
        assert all(place.tax_minor >= 0 for place in tax.jurisdictions)


@given(requests)
def test_crediting_everything_gives_zero(wanted: RequestedDocument) -> None:
    made = document_or_reject(wanted)
    invoice = issued(made)
    note = credited(invoice, [])
    assert_nothing_is_left(invoice, [note])
    assert [(tax.taxable_minor, tax.tax_minor) for tax in note.taxes] == [
        (tax.taxable_minor, tax.tax_minor) for tax in invoice.taxes
    ]
    with pytest.raises(Conflict):
        credited(invoice, [note])


@given(st.data(), requests)
@settings(max_examples=200)
def test_crediting_in_steps_never_takes_more_than_remains_and_ends_at_zero(
    data: st.DataObject, wanted: RequestedDocument
) -> None:
    made = document_or_reject(wanted)
    invoice, notes = issued(made), list[Document]()
    for _ in range(data.draw(st.integers(1, 4))):
        left = remaining(invoice, notes)
        lines = [part for part in left.lines if part.quantity]
        if not lines:
            break
        part = data.draw(st.sampled_from(lines))
        step = data.draw(st.decimals(Decimal("0.01"), abs(part.quantity), places=2) | st.none())
        note = credited_unless_nothing(invoice, notes, [CreditLine(part.position, step)])
        if note is None:
            continue
        notes.append(note)
        assert totals_follow(notes[-1])
        assert_no_part_is_less_than_nothing(notes[-1])
        assert_no_part_is_less_than_nothing(remaining(invoice, notes))
        assert document_from_text(document_text(notes[-1])) == notes[-1]
    if not remaining(invoice, notes).is_nothing:
        notes.append(credited(invoice, notes))
    assert_nothing_is_left(invoice, notes)
    sides = [side for note in [invoice, *notes] for side in post(note, POSTING)]
    accounts = {side.account for side in sides}
    balance = {name: sum(s.debit_minor - s.credit_minor for s in sides if s.account == name) for name in accounts}
    assert set(balance.values()) <= {0}


def test_a_credit_note_refers_to_its_invoice_and_its_lines_and_has_positive_amounts() -> None:
    invoice = issued(document(request(line("10", quantity="3"), line("7", quantity="2"))))
    note = credited(invoice, [], [some(2, "1")])
    assert note.kind is DocumentKind.CREDIT_NOTE
    assert note.credits is not None
    assert (note.credits.number, note.credits.issue_date, note.reason) == ("INV-2026-00001", TODAY, "Returned")
    assert [(part.position, part.invoice_position, part.amount_minor) for part in note.lines] == [(1, 2, 700)]
    assert (note.net_minor, note.tax_minor, note.total_minor, note.series) == (700, 140, 840, "CREDIT-NOTES")


def test_the_last_of_three_thirds_takes_the_cent_that_is_over() -> None:
    invoice = issued(document(request(line("3.3333", quantity="3"))))
    notes: list[Document] = []
    for _ in range(3):
        notes.append(credited(invoice, notes, [some(1, "1")]))
    assert [(note.net_minor, note.tax_minor) for note in notes] == [(333, 67), (334, 67), (333, 66)]
    assert (invoice.net_minor, invoice.tax_minor) == (1000, 200)


def test_a_discount_of_the_document_is_credited_with_the_lines_it_was_for() -> None:
    invoice = issued(
        document(request(line("100"), line("50"), line("10", "REDUCED"), adjustments=(discount(percent="10"),)))
    )
    first = credited(invoice, [], [CreditLine(1)])
    assert [(item.amount_minor, item.tax_code) for item in first.adjustments] == [(1000, "STANDARD")]
    assert first.net_minor == 9000
    second = credited(invoice, [first])
    assert [(item.amount_minor, item.tax_code) for item in second.adjustments] == [(500, "STANDARD"), (100, "REDUCED")]


def test_what_was_withheld_and_converted_is_taken_back_to_the_last_unit() -> None:
    # 3.32 x 20 % = 0.664, three times 0.66, but 9.96 x 20 % = 1.99; 3.32 x 0.85 = 2.822, but 9.96 x 0.85 = 8.47.
    wanted = request(
        line("3.32", quantity="3"),
        currency="EUR",
        withholding="RITENUTA",
        exchange_rate=Decimal("0.85"),
        exchange_source="ECB",
    )
    invoice = issued(document(wanted))
    notes: list[Document] = []
    for _ in range(3):
        notes.append(credited(invoice, notes, [some(1, "1")]))
    assert [note.withholding.amount_minor for note in notes if note.withholding] == [66, 67, 66]
    assert [note.exchange.net_minor for note in notes if note.exchange] == [282, 282, 283]
    left = remaining(invoice, notes)
    assert left.withholding is not None
    assert left.exchange is not None
    assert (left.withholding.base_minor, left.withholding.amount_minor) == (0, 0)
    assert (left.exchange.net_minor, left.exchange.tax_minor) == (0, 0)


def test_the_tax_of_a_charge_in_a_group_of_its_own_is_taken_back_with_the_last_line() -> None:
    # 0.03 x 20 % = 0.006 is a cent, but a third of it none.
    wanted = request(line("10", "REDUCED", quantity="3"), adjustments=(charge(amount="0.03", code="STANDARD"),))
    invoice = issued(document(wanted))
    notes: list[Document] = []
    for _ in range(3):
        notes.append(credited(invoice, notes, [some(1, "1")]))
    assert [note.taxes[0].tax_minor for note in notes] == [0, 0, 1]
    assert_nothing_is_left(invoice, notes)


@pytest.mark.parametrize(
    ("wanted", "refused", "field"),
    [
        ([some(1, "3.01")], LimitExceeded, "lines[0].quantity"),
        ([some(1, "0")], InvalidInput, "lines[0].quantity"),
        ([some(1, "-1")], InvalidInput, "lines[0].quantity"),
        ([some(2, "1")], InvalidInput, "lines[0].position"),
        ([some(1, "1"), some(1, "1")], InvalidInput, "lines[1].position"),
        ([], InvalidInput, "lines"),
    ],
)
def test_what_does_not_fit_the_invoice_is_refused(wanted: list[CreditLine], refused: type[Refusal], field: str) -> None:
    invoice = issued(document(request(line(quantity="3"))))
    with pytest.raises(refused) as caught:
        credited(invoice, [], wanted)
    assert caught.value.field == field


def test_a_line_that_is_credited_whole_cannot_be_credited_again() -> None:
    invoice = issued(document(request(line(), line())))
    first = credited(invoice, [], [CreditLine(1)])
    with pytest.raises(LimitExceeded) as caught:
        credited(invoice, [first], [CreditLine(1)])
    assert "remains 0" in caught.value.message


def test_a_credit_note_needs_a_reason_an_invoice_and_a_date_that_is_not_before_it() -> None:
    invoice = issued(document(request()))
    note = credited(invoice, [])
    with pytest.raises(InvalidInput) as no_reason:
        credit(invoice, [], None, reason=" ", issue_date=TODAY, series="CN")
    with pytest.raises(InvalidInput) as too_early:
        credit(invoice, [], None, reason="Returned", issue_date=date(2026, 3, 15), series="CN")
    assert (no_reason.value.field, too_early.value.field) == ("reason", "issue_date")
    for wrong, earlier in ((note, []), (invoice, [replace(note, credits=None)]), (invoice, [note, note])):
        with pytest.raises(Conflict):
            credited(wrong, earlier)


def test_a_small_charge_that_is_taken_back_early_takes_its_tax_with_it() -> None:
    wanted = request(line("10", "REDUCED", quantity="4"), adjustments=(charge(amount="0.03", code="STANDARD"),))
    invoice = issued(document(wanted))
    notes: list[Document] = []
    for quantity in ("2", "1", "1"):
        notes.append(credited(invoice, notes, [some(1, quantity)]))
    on_the_charge = [sum(tax.tax_minor for tax in note.taxes if tax.rate == 20) for note in notes]
    assert on_the_charge == [0, 1, 0]
    assert_nothing_is_left(invoice, notes)


def test_what_is_withheld_never_makes_a_credit_note_owe_the_seller() -> None:
    wanted = request(
        line("2", quantity="2"), line("0"), currency="JPY", prices_include_tax=False, withholding="RITENUTA"
    )
    invoice = issued(document(wanted))
    notes: list[Document] = []
    for part in (some(1, "1"), some(1, "1"), some(2, "1")):
        notes.append(credited(invoice, notes, [part]))
        assert notes[-1].payable_minor >= 0
        assert sum(note.payable_minor for note in notes) <= invoice.payable_minor
    assert sum(note.payable_minor for note in notes) == invoice.payable_minor


@pytest.mark.parametrize(
    ("prices", "percent", "position", "quantity", "expected"),
    [
        # The net of the line is 0.14 / 1.2 = 0.12, of its discount 0.14 / 1.2 = 0.12; but after the roundings of the
        # invoice 0.11 and 0.12, which was a net of -0.01 and a tax of 0.01.
        ((("1", "2"), ("0.07", "2")), "98", 2, "2", (0, 0)),
        # Was a net of 0.04 and a tax of 0.00, of an invoice with a net of 0.03 and a tax of 0.01.
        ((("1", "2"), ("0.07", "2")), "98", 1, "2", (3, 1)),
        # Was a net of 0.00 and a tax of 0.01, of an invoice without any tax.
        ((("0.05", "5"), ("0.07", "2")), "95", 1, "2", (1, 0)),
    ],
)
@pytest.mark.parametrize("rest", [None, 1, 2])
def test_a_discount_that_nearly_uses_a_group_up_leaves_no_credit_note_with_less_than_nothing(
    prices: tuple[tuple[str, str], ...],
    percent: str,
    position: int,
    quantity: str,
    expected: tuple[int, int],
    rest: int | None,
) -> None:
    wanted = request(
        *(line(price, quantity=count) for price, count in prices),
        adjustments=(discount(percent=percent),),
        currency="EUR",
        prices_include_tax=True,
    )
    invoice = issued(document(wanted))
    notes = [credited(invoice, [], [some(position, quantity)])]
    assert (notes[0].net_minor, notes[0].tax_minor) == expected
    assert_no_part_is_less_than_nothing(notes[0])
    if rest and any(part.position == rest and part.quantity for part in remaining(invoice, notes).lines):
        notes.append(credited(invoice, notes, [CreditLine(rest)]))
    if not remaining(invoice, notes).is_nothing:
        notes.append(credited(invoice, notes))
    for note in notes:
        assert totals_follow(note)
        assert_no_part_is_less_than_nothing(note)
    assert_nothing_is_left(invoice, notes)


def test_so_little_of_a_line_that_it_comes_to_nothing_is_refused_but_what_was_free_is_taken_back_for_nothing() -> None:
    invoice = issued(document(request(line("10", quantity="100"), line("0", quantity="3"), currency="EUR")))
    for little in ([some(1, "0.0001")], [some(1, "0.0001"), some(2, "1")]):
        with pytest.raises(InvalidInput) as refused:
            credited(invoice, [], little)
        assert refused.value.field == "lines"
        assert "line 1" in refused.value.message
        assert "Raise the quantity" in refused.value.message
    free = credited(invoice, [], [some(2, "1")])
    assert free.total_minor == 0
    cent = credited(invoice, [free], [some(1, "0.0005")])
    assert (cent.net_minor, cent.total_minor) == (1, 1)
    assert_nothing_is_left(invoice, [free, cent, credited(invoice, [free, cent])])


def test_what_is_left_of_a_line_whose_last_cent_was_credited_is_taken_back_for_nothing() -> None:
    invoice = issued(document(request(line("0.004", quantity="3"), currency="EUR")))
    first = credited(invoice, [], [some(1, "2")])
    assert first.total_minor == 1
    assert credited(invoice, [first], [some(1, "0.5")]).total_minor == 0
    assert_nothing_is_left(invoice, [first, credited(invoice, [first])])


def test_with_a_discount_of_everything_any_part_is_taken_back_for_nothing() -> None:
    invoice = issued(document(request(line("10", quantity="3"), adjustments=(discount(percent="100"),))))
    note = credited(invoice, [], [some(1, "0.5")])
    assert (note.lines[0].amount_minor, note.total_minor) == (500, 0)
    assert_nothing_is_left(invoice, [note, credited(invoice, [note])])
