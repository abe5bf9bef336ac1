"""Lines with prices for many units, with several discounts and charges, and of goods that are taken back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.credit.crediting import credit
from invoicing.credit.remaining import remaining
from invoicing.credit.wanted import CreditLine
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.adjustment_texts import adjustment_from_text, adjustments_text
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.copying import filled_from
from invoicing.document.documents import Document
from invoicing.document.drafting import tax_setting
from invoicing.document.posting import post
from invoicing.document.requested import (
    RequestedDocument,
    RequestedLine,
    RequestedLineAdjustment,
    request_from_text,
    request_text,
)
from invoicing.exports.cells import line_cells
from invoicing.money.amounts import money_text
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.settlement.cash import Received, due_taxes
from invoicing.settlement.discounts import tax_changes
from invoicing.settlement.entries import debit_side
from invoicing.tax.totals import retotal, totals_follow
from tests.support.money_document import money_table
from tests.support.samples import POSTING, TODAY, circumstances, discount, document, issued, line, off, request

TABLE = money_table("line", "quantity")


def asked(text: str) -> RequestedLineAdjustment:
    return replace(adjustment_from_text(text, field="adjustments"), reason="Agreed")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("discount 10 %: Agreed", off("10")),
        ("discount 10%: Agreed [95]", off("10", code="95")),
        ("discount 5 % of rest: Agreed", off("5", of_rest=True)),
        ("discount 25 % of 8.00: Agreed", off("25", base="8.00")),
        ("charge 2.50: Agreed [PC]", off(amount="2.50", kind=AdjustmentKind.CHARGE, code="PC")),
        ("charge 2.50 [PC]", replace(off(amount="2.50", kind=AdjustmentKind.CHARGE, code="PC"), reason="")),
    ],
)
def test_a_discount_of_a_line_can_be_said_as_one_text(text: str, wanted: RequestedLineAdjustment) -> None:
    assert adjustment_from_text(text, field="adjustments") == wanted


@pytest.mark.parametrize(
    "text", ["", "10 %", "rebate 10 %", "discount", "discount ten: x", "discount 5 % of", "charge 1 2"]
)
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        adjustment_from_text(text, field="adjustments")
    assert refused.value.field == "adjustments"


def line_of(row: dict[str, str]) -> RequestedLine:
    simple = row["simple"]
    adjustments = () if row["adjustments in their order"] == "-" else row["adjustments in their order"].split("; ")
    return line(
        row["price"],
        quantity=row["quantity"],
        percent=simple.removesuffix(" %") if simple.endswith("%") else "0",
        discount=simple if simple != "-" and not simple.endswith("%") else None,
        base=row["base quantity"],
        adjustments=tuple(map(asked, adjustments)),
    )


def of_goods_taken_back() -> Document:
    """100.00 and 50.00 sold, 40.00 taken back at the first's rate."""
    return issued(
        document(
            request(line("10", quantity="10"), line("50", "REDUCED"), line("10", quantity="-4"), currency="EUR"),
        )
    )


def note_of(invoice: Document, earlier: list[Document], *wanted: tuple[int, str | None]) -> Document:
    lines = [CreditLine(position, quantity and Decimal(quantity)) for position, quantity in wanted]  # type: ignore[arg-type]
    note = credit(invoice, earlier, lines or None, reason="Returned", issue_date=TODAY, series="CN")
    return replace(note, id=f"cn_{len(earlier) + 1}", number=f"CN-{len(earlier) + 1}")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["line"])
def test_the_lines_of_the_money_document_come_out_as_written(row: dict[str, str]) -> None:
    made = document(request(line("1000"), line_of(row), currency="EUR"))
    each = [money_text(item.amount_minor, "EUR") for item in made.lines[1].adjustments]
    assert (each or ["-"]) == row["each"].split("; ")
    assert money_text(made.lines[1].amount_minor, "EUR") == row["amount"]
    assert totals_follow(made)
    assert document_from_text(document_text(made)) == made


def test_a_request_with_all_of_it_is_read_from_its_text() -> None:
    wanted = request(
        line("3.49", base="100", adjustments=(off("5", of_rest=True), off("10", base="3"), off(amount="2", code="95"))),
        adjustments=(replace(discount(percent="5"), base=Decimal("50"), reason_code="64"),),
    )
    assert request_from_text(request_text(wanted)) == wanted


def test_what_a_percentage_comes_to_is_verified() -> None:
    made = document(request(line("100", adjustments=(off("10"),))))
    lied = replace(made.lines[0], adjustments=(replace(made.lines[0].adjustments[0], base_minor=9_000),))
    assert totals_follow(made)
    assert not totals_follow(replace(made, lines=(lied,)))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (line("10", adjustments=(off(amount="10.01"),)), "lines[0].adjustments[0]"),
        (line("10", adjustments=(off(amount="6"), off(amount="6"))), "lines[0].adjustments[1]"),
        (line("10", quantity="-1", adjustments=(off(amount="10.01"),)), "lines[0].adjustments[0]"),
        (line("10", quantity="-1", discount="10.01"), "lines[0].discount_amount"),
        (line("10", adjustments=(off(amount="0.001"),)), "lines[0].adjustments[0].amount"),
        (line("10", adjustments=(off("5", base="0.001"),)), "lines[0].adjustments[0].base"),
        (line("10", adjustments=(off(amount="1", base="5"),)), "lines[0].adjustments[0].base"),
        (line("10", adjustments=(off("5", base="5", of_rest=True),)), "lines[0].adjustments[0].of_rest"),
        (line("10", adjustments=(off("5", amount="5"),)), "lines[0].adjustments[0].amount"),
        (line("10", adjustments=(off(),)), "lines[0].adjustments[0].amount"),
        (line("10", adjustments=(off("5", code="FC"),)), "lines[0].adjustments[0].reason_code"),
        (line("10", adjustments=(replace(off("5"), reason=""),)), "lines[0].adjustments[0].reason"),
        (line("10", base="0"), "lines[0].base_quantity"),
        (line("10", base="-100"), "lines[0].base_quantity"),
        (line("10", quantity="0"), "lines[0].quantity"),
    ],
)
def test_what_does_not_fit_a_line_is_refused_by_its_field(wanted: RequestedLine, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        document(request(wanted, line("100"), currency="EUR"))
    assert refused.value.field == field


def test_a_line_has_at_most_twenty_adjustments() -> None:
    with pytest.raises(LimitExceeded):
        document(request(line("100", adjustments=(off("1"),) * 21)))


def test_a_code_says_why_by_itself_and_has_its_own_list_for_charges() -> None:
    freight = replace(off(amount="4", kind=AdjustmentKind.CHARGE, code="fc"), reason="")
    (item,) = document(request(line("100", adjustments=(freight,)))).lines[0].adjustments
    assert (item.reason, item.reason_code) == ("", "FC")


def test_a_percentage_of_the_document_can_be_of_a_stated_base() -> None:
    wanted = replace(discount(percent="10"), base=Decimal("50"), reason_code="95")
    made = document(request(line("100"), line("50", "REDUCED"), adjustments=(wanted,), currency="EUR"))
    shares = [(item.base_minor, item.amount_minor, item.reason_code) for item in made.adjustments]
    assert shares == [(3333, 333, "95"), (1667, 167, "95")]
    assert totals_follow(made)


def test_goods_that_are_taken_back_make_net_and_tax_less() -> None:
    made = of_goods_taken_back()
    assert [(tax.taxable_minor, tax.tax_minor) for tax in made.taxes] == [(6000, 1200), (5000, 275)]
    assert retotal(made).total_minor == made.total_minor == 12_475
    receivable = next(side for side in post(made, POSTING) if side.account == POSTING.receivable)
    assert receivable.debit_minor == 12_475


def test_an_invoice_that_takes_back_more_than_it_sells_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        document(request(line("10"), line("10", quantity="-2")))
    assert "negative" in refused.value.message


def test_goods_taken_back_are_credited_with_what_they_were_set_off_against() -> None:
    invoice = of_goods_taken_back()
    with pytest.raises(InvalidInput) as too_much:
        note_of(invoice, [], (1, None))
    assert "line 3 takes goods back, so only 60.00 EUR at 20 % can be credited" in too_much.value.message
    with pytest.raises(InvalidInput) as nothing_but:
        note_of(invoice, [], (3, None))
    assert "60.00 EUR at 20 %" in nothing_but.value.message
    part = note_of(invoice, [], (1, "6"))
    rest = note_of(invoice, [part])
    assert (part.total_minor, rest.total_minor) == (7_200, 5_275)
    assert remaining(invoice, [part, rest]).is_nothing


def test_of_goods_taken_back_a_part_is_named_with_or_without_its_sign() -> None:
    invoice = of_goods_taken_back()
    notes = [note_of(invoice, [], (1, "5"), (3, said)) for said in ("2", "-2")]
    assert [[part.quantity for part in note.lines] for note in notes] == [[5, -2], [5, -2]]
    assert notes[0].net_minor == notes[1].net_minor == 3_000
    with pytest.raises(LimitExceeded):
        note_of(invoice, [], (1, "5"), (3, "5"))


def test_the_total_of_several_rates_stays_between_nothing_and_what_remains() -> None:
    """130.00 without tax, 100.00 at 20 % taken back: 10.00 in all, though 30.00 without tax."""
    invoice = issued(document(request(line("130", "EXEMPT"), line("100", quantity="-1"), currency="EUR")))
    with pytest.raises(InvalidInput) as refused:
        note_of(invoice, [], (1, "0.3077"), (2, "0.2"))
    assert "only 10.00 EUR can be credited" in refused.value.message
    assert note_of(invoice, []).total_minor == 1_000


def test_adjustments_of_a_line_are_credited_in_proportion_and_the_last_one_takes_the_rest() -> None:
    invoice = issued(document(request(line("10", quantity="3", adjustments=(off("10"), off(amount="1"))))))
    notes: list[Document] = []
    for _ in range(3):
        notes.append(note_of(invoice, notes, (1, "1")))
    shares = [[(item.base_minor, item.amount_minor) for item in note.lines[0].adjustments] for note in notes]
    assert shares == [[(1000, 100), (0, 33)], [(1000, 100), (0, 34)], [(1000, 100), (0, 33)]]
    assert remaining(invoice, notes).is_nothing


def test_money_and_discounts_of_an_invoice_with_goods_taken_back_are_shared_with_their_signs() -> None:
    made = replace(
        issued(document(request(line("100"), line("20", "REDUCED", quantity="-1"), currency="EUR"))),
        cash_accounting=True,
        accounting_currency="EUR",
    )
    half, whole = (due_taxes(made, [], Received(minor)) for minor in (4_945, 9_890))
    assert [(tax.taxable_minor, tax.tax_minor) for tax in half] == [(5000, 1000), (-1000, -55)]
    assert [(tax.taxable_minor, tax.tax_minor) for tax in whole] == [(10_000, 2000), (-2000, -110)]
    changes = tax_changes(made, [], 198, worth_minor=None, books_currency="EUR")
    assert [(change.taxable_minor, change.tax_minor) for change in changes] == [(200, 40), (-40, -2)]


def test_answers_and_exports_say_what_each_comes_to() -> None:
    made = document(
        request(line("100", adjustments=(off("5", code="95"), off(amount="2.50", kind=AdjustmentKind.CHARGE))))
    )
    wanted = "discount 5 % of 100.00 = 5.00: Agreed [95]; charge 2.50: Agreed"
    assert adjustments_text(made.lines[0], "GBP") == wanted
    exported = line_cells(made.lines[0], 1, "GBP")
    shown = [exported[name] for name in ("discount_amount", "charge_amount", "line_adjustments", "base_quantity")]
    assert shown == [Decimal("5.00"), Decimal("2.50"), wanted, 1]
    back = line_cells(made.lines[0], -1, "GBP")
    assert (back["discount_amount"], back["charge_amount"]) == (Decimal("-5.00"), Decimal("-2.50"))


def test_a_copy_is_asked_for_the_same_way() -> None:
    asked_for = request(
        line(
            "10",
            quantity="40",
            base="3",
            adjustments=(off("10"), off("5", of_rest=True), off("10", base="8"), off(amount="1", code="95")),
        ),
        line("2", quantity="-3", discount="1", adjustments=(off("10"), off(amount="0.50"))),
        adjustments=(replace(discount(percent="5"), base=Decimal("20"), reason_code="95"),),
        currency="EUR",
    )
    made = document(asked_for)
    given = circumstances()
    setting = tax_setting(given, currency="EUR", tax_point=TODAY)
    again = filled_from(
        RequestedDocument(customer="", lines=()), made, customer=given.customer, setting=setting, overridden=False
    )
    assert [one.adjustments for one in again.lines] == [one.adjustments for one in asked_for.lines]
    assert [one.discount_amount for one in again.lines] == [None, Decimal(1)]
    assert again.adjustments == asked_for.adjustments
    assert document(again).lines == made.lines


def test_the_tax_of_a_discount_can_be_less_than_nothing_and_is_posted_on_the_other_side() -> None:
    """Untaxed goods sold, taxed ones taken back: a discount for early payment makes the tax more."""
    taken_off = debit_side("2200", -5, -4)
    assert (taken_off.side.debit_minor, taken_off.side.credit_minor, taken_off.accounting_minor) == (0, 5, -4)
    assert taken_off.reversed.side.debit_minor == 5
