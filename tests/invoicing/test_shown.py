"""What a draft showed: its text, and what is another figure and what is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from invoicing.document.documents import Document, TaxCategory
from invoicing.document.requested import RequestedDocument, check_request, request_text
from invoicing.document.shown import check_as_shown, draft_from_text, draft_text, shown_by
from invoicing.refusals import Conflict
from tests.support.samples import charge, discount, document, document_or_reject, line, request, requests


@given(requests)
def test_a_draft_survives_its_text_with_what_it_showed(wanted: RequestedDocument) -> None:
    checked = check_request(
        replace(wanted, exchange_rate=Decimal("1.5"), exchange_source="ECB", withholding="RITENUTA")
    )
    made = document_or_reject(checked)
    text = draft_text(checked, shown_by(made))
    assert draft_from_text(text) == (checked, shown_by(made))
    assert draft_text(*draft_from_text(text)) == text  # type: ignore[arg-type]  # It knows what it showed.
    check_as_shown(shown_by(made), made)


def test_the_text_of_an_earlier_release_has_no_figures() -> None:
    wanted = check_request(request(line()))
    assert draft_from_text(request_text(wanted)) == (wanted, None)


def stacked() -> Document:
    return document(request(line(code="LA"), line("50", "REDUCED"), adjustments=(discount(percent="1"),)))


@pytest.mark.parametrize(
    "changed",
    [
        replace(stacked(), currency="EUR"),
        replace(stacked(), net_minor=1),
        replace(stacked(), tax_minor=1),
        replace(stacked(), total_minor=1),
        replace(stacked(), lines=tuple(reversed(stacked().lines))),
        replace(stacked(), lines=(replace(stacked().lines[0], tax_category=TaxCategory.EXEMPT), stacked().lines[1])),
        replace(stacked(), lines=(replace(stacked().lines[0], tax_rate=Decimal("9.7")), stacked().lines[1])),
        # A stack of the same sum that goes to other places.
        document(request(line(code="ELSEWHERE"), line("50", "REDUCED"), adjustments=(discount(percent="1"),))),
        document(request(line(code="LA"), line("50", "REDUCED"), withholding="RITENUTA")),
    ],
)
def test_another_figure_or_tax_is_a_conflict(changed: Document) -> None:
    with pytest.raises(Conflict) as refused:
        check_as_shown(shown_by(stacked()), changed)
    assert refused.value.field == "draft"


def test_a_charge_whose_tax_goes_to_other_places_is_a_conflict_though_the_sums_are_the_same() -> None:
    before, now = (
        document(request(line("50", "REDUCED"), adjustments=(charge(amount="100", code=code),)))
        for code in ("LA", "ELSEWHERE")
    )
    assert (before.net_minor, before.tax_minor) == (now.net_minor, now.tax_minor)
    with pytest.raises(Conflict) as refused:
        check_as_shown(shown_by(before), now)
    assert "a discount or charge was taxed S 9.75 % (California 7.25, Los Angeles County" in refused.value.message
    assert "now S 9.75 % (California 7.25, Elsewhere 2.5)" in refused.value.message


def test_what_is_converted_is_told_where_it_is_another() -> None:
    rate = {"currency": "EUR", "exchange_source": "ECB"}
    before = document(request(line(), exchange_rate=Decimal("0.85"), **rate))
    now = document(request(line(), exchange_rate=Decimal("0.86"), **rate))
    with pytest.raises(Conflict) as refused:
        check_as_shown(shown_by(before), now)
    assert "total 120.00 EUR (85.00 and 17.00 GBP), and would be" in refused.value.message
    assert "total 120.00 EUR (86.00 and 17.20 GBP) now" in refused.value.message


def test_dates_texts_and_the_number_to_come_are_no_figures() -> None:
    made = stacked()
    other = replace(
        made,
        series="WEB",
        note="Thanks",
        footer="New",
        buyer=replace(made.buyer, email="a@example.com"),
        lines=tuple(replace(part, description="Rye bread", tax_code="OTHER") for part in made.lines),
        taxes=tuple(replace(tax, label="MwSt.", reason="§ 6") for tax in made.taxes),
    )
    check_as_shown(shown_by(made), other)
