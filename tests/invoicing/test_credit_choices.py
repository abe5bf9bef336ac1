"""Credit notes that choose: charges with or without their lines, charges alone, and prices that are reduced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.credit.crediting import credit
from invoicing.credit.remaining import remaining
from invoicing.credit.wanted import CreditCharge, CreditLine
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.documents import Document
from invoicing.document.posting import post
from invoicing.document.requested import RequestedDocument
from invoicing.money.amounts import to_major
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, Refusal
from invoicing.render.labels import labels_of
from invoicing.tax.totals import totals_follow
from tests.invoicing.test_corrections import in_one_line, of
from tests.invoicing.test_crediting import assert_no_part_is_less_than_nothing, assert_nothing_is_left, numbered
from tests.support.printed import invoice as printed_invoice
from tests.support.printed import printed
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


def credited(
    invoice: Document,
    earlier: Sequence[Document],
    *wanted: CreditLine | CreditCharge,
) -> Document:
    lines = [one for one in wanted if isinstance(one, CreditLine)]
    charges = [one for one in wanted if isinstance(one, CreditCharge)]
    note = credit(invoice, earlier, lines if wanted else None, charges, reason="Agreed", issue_date=TODAY, series="CN")
    return numbered(note, earlier)


def shop(**fields: object) -> Document:
    """Goods of 19.90 and 35.50, and 4.99 for shipping, without tax."""
    wanted = request(
        line("19.90", "EXEMPT"), line("35.50", "EXEMPT"), adjustments=(charge(amount="4.99", code="EXEMPT"),), **fields
    )
    return issued(document(wanted))


def hundred(price: str = "20", **fields: object) -> Document:
    """A hundred pieces at a price, at 20 %."""
    return issued(document(request(line(price, quantity="100"), currency="EUR", **fields)))


def test_a_line_is_credited_with_its_share_of_the_shipping_or_without_it() -> None:
    # 4.99 x 19.90 / 55.40 = 1.79.
    assert credited(shop(), [], CreditLine(1)).total_minor == 2169
    without = credited(shop(), [], CreditLine(1, charges=False))
    assert (without.total_minor, without.adjustments) == (1990, ())
    assert without.credits is not None
    assert without.credits.remains is not None
    assert without.credits.remains.total_minor == 3550 + 499


def test_shipping_is_credited_by_itself_in_whole_or_in_part_and_never_twice() -> None:
    sold = shop()
    part = credited(sold, [], CreditCharge(1, Decimal("2.00")))
    assert (part.lines, [item.amount_minor for item in part.adjustments], part.total_minor) == ((), [200], 200)
    rest = credited(sold, [part], CreditCharge(1))
    assert rest.total_minor == 299
    with pytest.raises(LimitExceeded) as again:
        credited(sold, [part, rest], CreditCharge(1))
    assert again.value.field == "lines"
    goods = credited(sold, [part, rest])
    assert (goods.total_minor, goods.adjustments) == (5540, ())
    assert_nothing_is_left(sold, [part, rest, goods])


def test_what_is_left_when_all_goods_came_back_without_the_shipping_is_the_shipping() -> None:
    sold = shop()
    goods = credited(sold, [], CreditLine(1, charges=False), CreditLine(2, charges=False))
    assert goods.total_minor == 5540
    with pytest.raises(LimitExceeded):
        credited(sold, [goods], CreditLine(1))
    shipping = credited(sold, [goods])
    assert (shipping.lines, shipping.total_minor) == ((), 499)
    with pytest.raises(Conflict):
        credited(sold, [goods, shipping])


def test_a_charge_that_is_named_is_no_share_of_the_lines_beside_it() -> None:
    note = credited(shop(), [], CreditLine(1), CreditCharge(1, Decimal("1.00")))
    assert note.total_minor == 1990 + 100


def test_shipping_at_two_rates_is_credited_in_proportion_and_to_the_last_cent() -> None:
    wanted = request(line("100"), line("50", "REDUCED"), adjustments=(charge(amount="9.99"),))
    sold = issued(document(wanted))
    first = credited(sold, [], CreditCharge(1, Decimal("3.33")))
    assert [(item.amount_minor, item.tax_code) for item in first.adjustments] == [(222, "STANDARD"), (111, "REDUCED")]
    assert [(tax.taxable_minor, tax.tax_minor) for tax in first.taxes] == [(222, 44), (111, 6)]
    second = credited(sold, [first], CreditCharge(1))
    assert_nothing_is_left(sold, [first, second, credited(sold, [first, second])])


def test_a_line_is_not_credited_without_its_discount_where_that_is_more_than_was_charged() -> None:
    sold = issued(document(request(line("100"), line("100"), adjustments=(discount(percent="10"),))))
    first = credited(sold, [], CreditLine(1, discounts=False))
    assert first.net_minor == 10000
    with pytest.raises(LimitExceeded) as refused:
        credited(sold, [first], CreditLine(2, discounts=False))
    assert "80.00 remain" in refused.value.message
    assert_nothing_is_left(sold, [first, credited(sold, [first], CreditLine(2))])


def test_a_price_of_18_instead_of_20_for_a_hundred_pieces_takes_200_and_its_tax_and_no_goods() -> None:
    sold = hundred()
    note = credited(sold, [], CreditLine(1, unit_price=Decimal(18)))
    (reduced,) = note.lines
    assert (reduced.quantity, reduced.unit_price, reduced.amount_minor) == (Decimal(100), Decimal(2), 20000)
    assert (note.net_minor, note.tax_minor, reduced.price_only) == (20000, 4000, True)
    left = remaining(sold, [note])
    assert [(one.quantity, one.amount_minor, one.discount_amount) for one in left.lines] == [
        (Decimal(100), 180000, Decimal(200))
    ]
    assert note.credits is not None
    assert not note.credits.whole
    back = credited(sold, [note], CreditLine(1, Decimal(10)))
    # 10 x 20 less what was already taken off them.
    assert (back.lines[0].amount_minor, back.lines[0].discount_amount) == (18000, Decimal(20))
    assert_nothing_is_left(sold, [note, back, credited(sold, [note, back])])


@pytest.mark.parametrize(
    ("wanted", "net"),
    [
        (CreditLine(1, Decimal(50), unit_price=Decimal(18)), 10000),
        (CreditLine(1, amount=Decimal("123.45")), 12345),
        (CreditLine(1, percent=Decimal(5)), 10000),
        (CreditLine(1, Decimal(10), percent=Decimal(5)), 1000),
        (CreditLine(1, unit_price=Decimal(0)), 200000),
        (CreditLine(1, percent=Decimal(100)), 200000),
    ],
)
def test_a_price_is_reduced_to_a_price_by_an_amount_or_by_a_percentage_of_all_or_of_some(
    wanted: CreditLine, net: int
) -> None:
    sold = hundred()
    note = credited(sold, [], wanted)
    assert (note.net_minor, note.tax_minor) == (net, net // 5)
    assert remaining(sold, [note]).lines[0].quantity == 100
    assert document_from_text(document_text(note)) == note
    assert_nothing_is_left(sold, [note, credited(sold, [note])])


def test_a_price_that_was_reduced_is_reduced_again_from_where_it_stands() -> None:
    sold = hundred()
    first = credited(sold, [], CreditLine(1, unit_price=Decimal(18)))
    second = credited(sold, [first], CreditLine(1, unit_price=Decimal(17)))
    assert second.net_minor == 10000
    tenth = credited(sold, [first, second], CreditLine(1, percent=Decimal(10)))
    assert tenth.net_minor == 17000
    with pytest.raises(InvalidInput):
        credited(sold, [first, second, tenth], CreditLine(1, unit_price=Decimal(18)))


def test_a_line_with_a_percentage_off_is_reduced_by_what_was_paid_of_the_difference() -> None:
    sold = issued(document(request(line("20", quantity="100", percent="10"), currency="EUR")))
    note = credited(sold, [], CreditLine(1, unit_price=Decimal(18)))
    assert (note.net_minor, note.lines[0].discount_percent) == (18000, Decimal(10))


def test_a_reduced_price_takes_its_share_of_the_discount_but_not_of_the_shipping() -> None:
    sold = hundred(adjustments=(discount(percent="10"), charge(amount="50")))
    note = credited(sold, [], CreditLine(1, unit_price=Decimal(18)))
    assert [(item.kind, item.amount_minor) for item in note.adjustments] == [(AdjustmentKind.DISCOUNT, 2000)]
    assert note.net_minor == 18000
    stated = credited(sold, [], CreditLine(1, amount=Decimal(100)))
    assert (stated.adjustments, stated.net_minor) == ((), 10000)


def test_a_reduced_price_takes_what_is_withheld_and_converted_in_proportion() -> None:
    sold = hundred(withholding="RITENUTA", exchange_rate=Decimal("0.85"), exchange_source="ECB")
    note = credited(sold, [], CreditLine(1, percent=Decimal(10)))
    assert note.withholding is not None
    assert note.exchange is not None
    assert (note.withholding.amount_minor, note.exchange.net_minor, note.exchange.tax_minor) == (4000, 17000, 3400)


@pytest.mark.parametrize(
    ("wanted", "refused", "field"),
    [
        (CreditLine(1, unit_price=Decimal(20)), InvalidInput, "lines[0].unit_price"),
        (CreditLine(1, unit_price=Decimal(-1)), InvalidInput, "lines[0].unit_price"),
        (CreditLine(1, amount=Decimal(0)), InvalidInput, "lines[0].amount"),
        (CreditLine(1, amount=Decimal("0.001")), InvalidInput, "lines[0].amount"),
        (CreditLine(1, amount=Decimal("2000.01")), LimitExceeded, "lines[0].amount"),
        (CreditLine(1, percent=Decimal("100.1")), LimitExceeded, "lines[0].percent"),
        (CreditLine(1, amount=Decimal(1), percent=Decimal(1)), InvalidInput, "lines[0]"),
        (CreditLine(1, Decimal(101), percent=Decimal(1)), LimitExceeded, "lines[0].quantity"),
        (CreditCharge(3), InvalidInput, "lines"),
        (CreditCharge(1), InvalidInput, "lines"),
        (CreditCharge(2, Decimal("50.01")), LimitExceeded, "lines"),
        (CreditCharge(2, Decimal(0)), InvalidInput, "lines"),
    ],
)
def test_a_choice_that_does_not_fit_the_invoice_is_refused(
    wanted: CreditLine | CreditCharge, refused: type[Refusal], field: str
) -> None:
    sold = hundred(adjustments=(discount(percent="10"), charge(amount="50")))
    with pytest.raises(refused) as caught:
        credited(sold, [], wanted)
    assert caught.value.field == field


@pytest.mark.parametrize("code", ["DE", "PL", "RO", "GB", "FR"])
def test_a_reduced_price_is_printed_as_one_with_its_country_s_word(code: str) -> None:
    sold = printed_invoice("DE", lines=(line("20", quantity="100"),))
    note = replace(credited(sold, [], CreditLine(1, unit_price=Decimal(18))), number="CN-7")
    text = in_one_line(printed(of(code, note)))
    words = {"DE": "Entgeltminderung", "PL": "Obniżka ceny (rabat)", "RO": "Reducere de preț"}
    assert words.get(code, labels_of({"GB": "en", "FR": "fr"}.get(code, "")).price_reduction) in text
    if code == "PL":
        # Nothing comes back: the quantity is the same before and after.
        assert "Przed korektą: 100 · 2 000,00" in text
        assert "Po korekcie: 100 · 1 800,00" in text


def test_a_credit_note_of_shipping_alone_is_printed() -> None:
    sold = printed_invoice("DE", adjustments=(charge(amount="4.99"),))
    note = replace(credited(sold, [], CreditCharge(1)), number="CN-7")
    text = in_one_line(printed(of("DE", note)))
    assert "Freight -4,99" in text
    assert "-5,94 €" in text


def _choice(data: st.DataObject, invoice: Document, notes: Sequence[Document]) -> CreditLine | CreditCharge | None:
    """Something of what is left: a line with or without its share, a price reduced, or a charge."""
    left = remaining(invoice, notes)
    lines = [part for part in left.lines if part.quantity]
    charges = [item for item in left.adjustments if item.kind is AdjustmentKind.CHARGE and item.amount_minor]
    if bool(charges) and data.draw(st.booleans(), label="a charge"):
        item = data.draw(st.sampled_from(charges))
        amount = data.draw(st.none() | st.integers(1, item.amount_minor), label="amount")
        return CreditCharge(item.position, None if amount is None else to_major(amount, invoice.currency))
    if not lines:
        return None
    part = data.draw(st.sampled_from(lines))
    quantity = data.draw(st.decimals(Decimal("0.01"), abs(part.quantity), places=2) | st.none(), label="quantity")
    choice = st.sampled_from([None, True, False])
    bare = CreditLine(
        part.position, charges=data.draw(choice, label="charges"), discounts=data.draw(choice, label="discounts")
    )
    match data.draw(st.sampled_from(["back", "percent", "amount", "price"])):
        case "percent":
            percent = data.draw(st.sampled_from([Decimal(1), Decimal(50), Decimal(100)]))
            return replace(bare, quantity=quantity, percent=percent)
        case "amount" if part.amount_minor > 0:
            minor = data.draw(st.integers(1, part.amount_minor))
            return replace(bare, amount=to_major(minor, invoice.currency))
        case "price" if part.unit_price > 0:
            return replace(bare, quantity=quantity, unit_price=part.unit_price * Decimal("0.75"))
    return replace(bare, quantity=quantity)


@given(st.data(), requests)
@settings(max_examples=150)
def test_whatever_is_chosen_in_steps_never_more_than_remains_is_taken_and_the_rest_leaves_nothing(
    data: st.DataObject, wanted: RequestedDocument
) -> None:
    made = document_or_reject(wanted)
    invoice, notes = issued(made), list[Document]()
    for _ in range(data.draw(st.integers(1, 4))):
        choice = _choice(data, invoice, notes)
        if choice is None:
            break
        try:
            note = credited(invoice, notes, choice)
        except (InvalidInput, LimitExceeded):
            continue
        notes.append(note)
        assert totals_follow(note)
        assert_no_part_is_less_than_nothing(note)
        assert_no_part_is_less_than_nothing(remaining(invoice, notes))
        assert document_from_text(document_text(note)) == note
    if not remaining(invoice, notes).is_nothing:
        notes.append(credited(invoice, notes))
    assert_nothing_is_left(invoice, notes)
    sides = [side for note in [invoice, *notes] for side in post(note, POSTING)]
    accounts = {side.account for side in sides}
    balance = {name: sum(s.debit_minor - s.credit_minor for s in sides if s.account == name) for name in accounts}
    assert set(balance.values()) <= {0}
