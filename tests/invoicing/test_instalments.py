"""Instalments: how terms state them, how they share a document out, when each is due, and how they are printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.appearance.payment_codes import EpcCode, payment_code
from invoicing.appearance.swiss_bill import SwissBill
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.documents import Document
from invoicing.document.due import instalments
from invoicing.document.lifecycle import Balance, next_due
from invoicing.document.payable import Instalment
from invoicing.master_data.instalments import Portion, parse_portions, portions_of, portions_text
from invoicing.master_data.records import PaymentTerm
from invoicing.refusals import InvalidInput, Malformed
from invoicing.render.formats import formats_for
from invoicing.render.instalments import with_instalments
from invoicing.render.labels import LANGUAGES, labels_of
from tests.support.printed import invoice
from tests.support.samples import document, line, request

DAYS_MAX = 3_650
IN_TWO = PaymentTerm("PARTS", "In two parts", 30, instalments="30:0, 70:30")


@pytest.mark.parametrize(
    "text",
    [
        "100:30",
        "",
        "30:0; 70:30",
        "30 %:0, 70 %:30",
        "30, 70",
        "30:0, 70:30,",
        "30:0, 69.99:30",
        "30:0, 70.000001:30",
        "33.33:0, 33.33:10, 33.33:20",
        "0:0, 100:30",
        "-10:0, 110:30",
        "30:30, 70:0",
        "30:30, 70:30",
        "30:-1, 70:30",
        "30:0, 70:3651",
        "30:0, 70:1.5",
        ", ".join(f"{percent}:{day}" for day, percent in enumerate([7] * 12 + [16])),
    ],
)
def test_instalments_that_mean_nothing_or_do_not_sum_up_are_refused(text: str) -> None:
    with pytest.raises((InvalidInput, Malformed)) as refused:
        parse_portions(text, field="values", days_max=DAYS_MAX)
    assert refused.value.field == "values"


def test_instalments_are_kept_in_one_way_of_writing() -> None:
    portions = parse_portions("33.50:0,33.5 : 010, 33.0:3650", field="values", days_max=DAYS_MAX)
    assert portions == (Portion(Decimal("33.5"), 0), Portion(Decimal("33.5"), 10), Portion(Decimal(33), 3650))
    assert portions_text(portions) == "33.5:0, 33.5:10, 33:3650"
    assert portions_of(portions_text(portions)) == portions
    assert portions_of("") == ()


def of_payable(payable_minor: int) -> Document:
    plain = document(request(line()))
    return replace(plain, withholding=None, tax_minor=0, net_minor=payable_minor, total_minor=payable_minor)


@given(
    weights=st.lists(st.integers(1, 1000), min_size=2, max_size=12).filter(lambda found: sum(found) <= 10_000),
    payable_minor=st.integers(1, 10**15 - 1),
)
def test_instalments_sum_to_what_is_payable_and_each_is_within_a_unit(weights: list[int], payable_minor: int) -> None:
    rest = Decimal(100) - sum((Decimal(weight) / 100 for weight in weights[1:]), Decimal(0))
    percents = [rest, *(Decimal(weight) / 100 for weight in weights[1:])]
    text = portions_text(Portion(percent, 10 * index) for index, percent in enumerate(percents))
    parts = instalments(request(line()), replace(IN_TWO, instalments=text), of_payable(payable_minor))
    if not parts:
        # Only where one of them would be nothing.
        assert min(payable_minor * percent / 100 for percent in percents) < 1
        return
    assert sum(part.amount_minor for part in parts) == payable_minor
    for part, percent in zip(parts, percents, strict=True):
        assert abs(part.amount_minor - payable_minor * percent / 100) < 1


def test_a_due_date_that_was_stated_outranks_instalments() -> None:
    what = of_payable(100_00)
    parts = instalments(request(line()), IN_TWO, what)
    assert parts == (
        Instalment(what.issue_date, 30_00),
        Instalment(what.issue_date + timedelta(days=30), 70_00),
    )
    assert instalments(request(line(), due_date=parts[-1].due_date), IN_TWO, what) == ()
    assert instalments(request(line()), IN_TWO, of_payable(1)) == ()
    assert instalments(request(line()), IN_TWO, of_payable(0)) == ()


def in_two(plain: Document) -> Document:
    first = plain.payable_minor // 3
    parts = (
        Instalment(plain.issue_date, first),
        Instalment(plain.issue_date + timedelta(days=60), plain.payable_minor - first),
    )
    return replace(plain, instalments=parts, due_date=parts[-1].due_date)


def test_the_next_one_is_due_as_soon_as_the_one_before_is_paid() -> None:
    what = in_two(of_payable(90_00))
    first, last = (part.due_date for part in what.instalments)
    for paid_minor, due in ((-1, first), (0, first), (29_99, first), (30_00, last), (89_99, last), (90_00, last)):
        assert next_due(what, Balance(what.kind, 90_00, paid_minor=paid_minor)) == due


def test_a_text_with_instalments_is_read_again_and_one_without_is_as_before() -> None:
    what = in_two(document(request(line())))
    assert document_from_text(document_text(what)) == what
    assert "instalments" not in document_text(document(request(line())))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_instalment_is_printed_with_its_day_and_amount(language: str) -> None:
    what = replace(in_two(invoice("DE", count=1)), payment_terms="As agreed")
    formats = formats_for(language, what.currency)
    terms, *parts = with_instalments(what, formats, [language]).payment_terms.split("\n")
    assert terms == "As agreed"
    for printed, part in zip(parts, what.instalments, strict=True):
        assert printed.startswith(labels_of(language).due_date)
        assert formats.date(part.due_date) in printed
        assert formats.money(part.amount_minor) in printed
    other = "en" if language != "en" else "de"
    both = with_instalments(what, formats, [language, other]).payment_terms
    assert labels_of(other).due_date in both
    plain = replace(what, instalments=())
    assert with_instalments(plain, formats, [language]) == plain


def test_the_code_to_pay_by_is_for_the_first_instalment() -> None:
    for country in ("DE", "CH"):
        what = in_two(invoice(country))
        amount = f"{what.instalments[0].amount_minor / Decimal(100):.2f}"
        match payment_code(what):
            case EpcCode(text):
                assert f"\nEUR{amount}\n" in text
            case SwissBill() as bill:
                assert bill.amount == amount
            case None:
                pytest.fail("there is a code")
