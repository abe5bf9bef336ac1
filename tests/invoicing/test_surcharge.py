"""The surcharge of equivalence: two taxes on the goods that a Spanish retailer buys, by territory, buyer and supply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.countries import COUNTRY_CODES, country
from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.breakdown import break_down
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.copying import filled_from
from invoicing.document.documents import Document, Supply, TaxCategory
from invoicing.document.drafting import tax_setting
from invoicing.document.posting import post
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.master_data.records import Customer
from invoicing.money.amounts import money_text
from invoicing.refusals import Conflict, InvalidInput
from invoicing.tax.totals import tax_on, totals_follow
from tests.invoicing.test_withholding_base import at
from tests.support.money_document import money_table
from tests.support.printed import PARTIES, printed
from tests.support.samples import POSTING, TODAY, charge, customer, discount, document, line, request

RETAILER = replace(customer("ES"), surcharge=True)


def surcharged(*lines: RequestedLine, **wanted: object) -> Document:
    return document(request(*lines, surcharge=True, **wanted), at("ES"))


def taxes(made: Document) -> list[list[str]]:
    """Of each tax group: its rates, and what they come to."""
    return [
        [f"{part.rate} % {money_text(part.tax_minor, made.currency)}" for part in tax.jurisdictions]
        for tax in made.taxes
    ]


@pytest.mark.parametrize("row", money_table("goods", "code"), ids=lambda row: f"{row['code']} {row['day']}")
def test_goods_to_a_retailer_bear_both_rates_of_their_day_each_rounded_by_itself(row: dict[str, str]) -> None:
    made = surcharged(line(row["goods"], row["code"]), supply_date=date.fromisoformat(row["day"]))
    (tax,) = made.taxes
    vat, surcharge = tax.jurisdictions
    found = [money_text(part.tax_minor, "EUR") for part in (vat, surcharge)]
    assert [f"{vat.rate} + {surcharge.rate}", *found] == [row["rates"], row["VAT"], row["surcharge"]]
    assert tax.category is TaxCategory.STANDARD
    assert made.total_minor == made.net_minor + vat.tax_minor + surcharge.tax_minor
    assert totals_follow(made)


def test_services_beside_the_goods_bear_vat_alone() -> None:
    made = surcharged(line("126"), line("100", supply=Supply.SERVICES), line("10", "REDUCED"))
    assert taxes(made) == [["21 % 26.46", "5.2 % 6.55"], [], ["10 % 1.00", "1.4 % 0.14"]]
    assert [tax.taxable_minor for tax in made.taxes] == [126_00, 100_00, 10_00]


@pytest.mark.parametrize(
    ("place", "buyer", "wanted", "bears"),
    [
        ("ES", customer("ES"), {"surcharge": True}, True),
        ("ES", customer("ES"), {}, False),
        ("ES", RETAILER, {}, True),
        ("ES", RETAILER, {"surcharge": False}, False),
        ("ES", replace(RETAILER, postal_code="35001"), {}, False),
        ("PT", RETAILER, {}, False),
        ("ES", customer("ES"), {"surcharge": False}, False),
        ("ES", customer("FR", tax_number=PARTIES["FR"].tax_number), {}, False),
        ("FR", customer("FR"), {}, False),
    ],
)
def test_goods_bear_a_surcharge_in_spain_alone_and_where_the_buyer_has_said_so(
    place: str, buyer: Customer, wanted: Mapping[str, object], bears: bool
) -> None:
    made = document(request(line("126"), **wanted), at(place, buyer))
    assert any(tax.jurisdictions for tax in made.taxes) is bears
    assert [code for code in COUNTRY_CODES if country(code).surcharge] == ["ES"]


@pytest.mark.parametrize(
    ("place", "buyer", "small_business"),
    [
        ("ES", customer("ES", consumer=True), False),
        ("ES", customer("PT"), False),
        ("ES", replace(customer("ES"), postal_code="35001"), False),
        ("BE", customer("BE"), False),
        ("IT", customer("IT"), False),
        # Whom the split payment is for by itself.
        ("IT", replace(customer("IT"), public_body=True), False),
    ],
)
def test_a_surcharge_that_cannot_be_is_refused(place: str, buyer: Customer, small_business: bool) -> None:
    with pytest.raises(InvalidInput, match="surcharge: it is for goods"):
        document(request(line("126"), surcharge=True), at(place, buyer, small_business=small_business))


def test_where_prices_include_tax_the_gross_is_kept_and_both_taxes_sum_to_the_rest() -> None:
    made = surcharged(line("159.01"), prices_include_tax=True)
    assert (made.net_minor, made.total_minor) == (126_00, 159_01)
    assert taxes(made) == [["21 % 26.46", "5.2 % 6.55"]]


def test_discounts_charges_and_codes_go_with_the_goods() -> None:
    made = surcharged(
        line("100"), line("50", "REDUCED"), adjustments=(discount(percent="10"), charge(amount="6", code="REDUCED"))
    )
    assert [tax.taxable_minor for tax in made.taxes] == [90_00, 51_00]
    assert taxes(made) == [["21 % 18.90", "5.2 % 4.68"], ["10 % 5.10", "1.4 % 0.71"]]


amounts = st.integers(1, 10**6).map(lambda cents: str(Decimal(cents) / 100))
quantities = st.integers(1, 6).map(str)
codes = st.sampled_from(["", "REDUCED", "SUPER-REDUCED", "TOBACCO"])
goods = st.builds(lambda price, code, quantity: line(price, code, quantity=quantity), amounts, codes, quantities)


@settings(max_examples=40)
@given(st.lists(goods, min_size=1, max_size=4), st.booleans(), st.sampled_from(["per_line", "sum_of_lines"]), st.data())
def test_each_tax_is_its_rates_own_and_credit_notes_give_both_back_to_the_cent(
    lines: list[RequestedLine], inclusive: bool, rounding: str, data: st.DataObject
) -> None:
    invoice = replace(surcharged(*lines, prices_include_tax=inclusive, rounding=rounding), id="doc_1", number="1")
    assert totals_follow(invoice)
    for tax in invoice.taxes:
        assert sum(part.tax_minor for part in tax.jurisdictions) == tax.tax_minor
        if rounding == "sum_of_lines":
            off = [abs(part.tax_minor - tax_on(tax.taxable_minor, part.rate)) for part in tax.jurisdictions]
            assert max(off) <= (1 if inclusive else 0)
    broken = break_down(invoice, books_currency="EUR")
    assert sum(part.shares.tax_minor for part in broken.parts) == invoice.tax_minor
    notes: list[Document] = []
    for wanted in (*(in_part(data, *numbered) for numbered in enumerate(lines, start=1)), None):
        try:
            note = credit(invoice, notes, wanted, reason="R", issue_date=TODAY, series="C")
        except (InvalidInput, Conflict):
            continue
        notes.append(replace(note, id=f"doc_n{len(notes)}"))
    for tax in invoice.taxes:
        found = [one for note in notes for one in note.taxes if one.rate == tax.rate]
        for place, part in enumerate(tax.jurisdictions):
            shares = [one.jurisdictions[place].tax_minor for one in found]
            assert min(shares) >= 0
            assert sum(shares) == part.tax_minor


def in_part(data: st.DataObject, position: int, one: RequestedLine) -> list[CreditLine]:
    return [CreditLine(position, Decimal(data.draw(st.integers(1, int(one.quantity)))))]


def test_the_journal_owes_both_taxes() -> None:
    made = surcharged(line("126"))
    sides = {side.account: side.debit_minor - side.credit_minor for side in post(made, POSTING)}
    assert sides == {POSTING.receivable: 159_01, POSTING.revenue: -126_00, POSTING.tax_payable: -33_01}


def test_a_copy_bears_the_surcharge_again_for_the_same_customer_alone() -> None:
    made = replace(surcharged(line("126", "REDUCED")), id="doc_1")
    there = at("ES")
    setting = tax_setting(there, currency="EUR", tax_point=TODAY)
    for buyer, bears in ((there.customer, True), (replace(there.customer, id="cus_2"), False)):
        copied = filled_from(RequestedDocument("", ()), made, customer=buyer, setting=setting, overridden=True)
        assert copied.lines[0].tax_code == "REDUCED"
        assert bool(document(copied, at("ES", buyer)).taxes[0].jurisdictions) is bears


def test_the_text_survives_and_the_page_shows_two_taxes_and_never_their_sum_as_a_rate() -> None:
    made = surcharged(line("126"))
    assert document_from_text(document_text(made)) == made
    party = PARTIES["ES"]
    text = printed(replace(made, seller=party, buyer=party, locale="es_ES", id="doc_1", number="1"))
    words = " ".join(text.split())
    assert "Recargo de equivalencia" in words
    for figure in ("26,46", "6,55", "5,2", "159,01"):
        assert figure in words
    assert "26,2" not in words
    assert "33,01" not in words
