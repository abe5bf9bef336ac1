"""What the buyer withholds, and of what: by country, by kind of buyer and by kind of supply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.documents import Document, Supply, TaxCategory
from invoicing.document.drafting import Circumstances
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.document.warnings import warnings_for
from invoicing.master_data.records import Customer, WithholdingCode
from invoicing.money.amounts import money_text
from invoicing.refusals import InvalidInput
from tests.support.money_document import money_table
from tests.support.printed import PARTIES, printed
from tests.support.samples import TODAY, charge, circumstances, composed, customer, discount, document, line, request

FEE = line("1000", supply=Supply.SERVICES)


def at(place: str, buyer: Customer | None = None, *, small_business: bool = False) -> Circumstances:
    """A seller in this country with the country's own codes, and what is withheld there."""
    given = circumstances(seller=place, buyer=buyer or customer(place), codes=None, small_business=small_business)
    own = {
        one.code: WithholdingCode(one.code, one.name, one.label, one.rates, one.article)
        for one in country(place).withholdings
    }
    return replace(given, setup=replace(given.setup, withholdings=own))


def advanced(price: str) -> RequestedLine:
    return replace(line(price), cost="ADVANCED")


def withheld(made: Document) -> tuple[int, int]:
    assert made.withholding is not None
    return made.withholding.base_minor, made.withholding.amount_minor


def body(place: str) -> Customer:
    return replace(customer(place), public_body=True)


# Italy


@pytest.mark.parametrize("row", money_table("seller", "payer"), ids=lambda row: f"{row['seller']} {row['withholding']}")
def test_what_is_withheld_follows_from_country_payer_and_what_the_fee_passes_on(row: dict[str, str]) -> None:
    place, passed_on = row["seller"], row["passed on"].split()
    lines = [line(row["fee"], supply=Supply.SERVICES)]
    if len(passed_on) == 2:
        lines.append(replace(line(passed_on[1]), cost=passed_on[0]))
    wanted = request(*lines, fund=row["fund"].strip("-"), withholding=row["withholding"])
    made = document(wanted, at(place, body(place) if row["payer"] == "public body" else None))
    figures = (made.tax_minor, *withheld(made), made.payable_minor)
    assert [money_text(amount, made.currency) for amount in figures] == [
        row[name] for name in ("tax", "base", "withheld", "payable")
    ]


@pytest.mark.parametrize("fund", [f"TC{number:02} 4" for number in range(1, 22)])
def test_in_italy_no_professional_fund_is_in_the_base(fund: str) -> None:
    assert withheld(document(request(FEE, fund=fund, withholding="RITENUTA"), at("IT"))) == (1000_00, 200_00)


def test_in_italy_an_expense_in_the_clients_name_bears_no_vat_no_fund_and_is_not_in_the_base() -> None:
    made = document(request(FEE, advanced("120"), fund="TC01", withholding="RITENUTA"), at("IT"))
    assert withheld(made) == (1000_00, 200_00)
    assert [(tax.category, tax.taxable_minor, tax.tax_minor) for tax in made.taxes] == [
        (TaxCategory.STANDARD, 1040_00, 228_80),
        (TaxCategory.EXEMPT, 120_00, 0),
    ]
    assert made.taxes[1].reason_code == "VATEX-EU-79-C"
    assert made.taxes[1].reason_local.startswith("Escluso art. 15")
    assert made.total_minor == 1388_80


def test_what_is_outside_the_taxable_amount_is_not_printed_as_exempt_and_the_tax_withheld_is_named_once() -> None:
    given = at("IT")
    given = replace(given, profile=replace(given.profile, locale="it_IT"))
    made = document(request(FEE, advanced("120"), fund="TC01", withholding="RITENUTA"), given)
    text = printed(made).replace("\u00a0", " ")
    assert "esente" not in text
    assert "Totale imponibile 1.040,00 €\nIVA 228,80 €\nSpese anticipate in nome e per\nconto\n120,00 €\nTotale" in text
    assert "2 Bread 1 120,00 120,00" in text
    assert "120,00 0,00" not in text
    assert "Escluso art. 15" in text
    assert "Ritenuta:" not in text
    assert "Ritenuta d'acconto 20%" in text


def test_an_expense_in_the_buyers_name_is_apart_from_the_base_and_no_discount_touches_it() -> None:
    given = at("ES")
    wanted = request(FEE, advanced("120"), withholding="IRPF", adjustments=(discount(percent="10"),))
    spanish = replace(given, profile=replace(given.profile, locale="es_ES"))
    text = printed(document(wanted, spanish)).replace("\u00a0", " ")
    sums = ("Subtotal 1.000,00 €", "Descuento: Loyalty 10 % -100,00 €", "Base imponible 900,00 €", "IVA 189,00 €")
    assert "\n".join((*sums, "Suplido 120,00 €", "Total 1.209,00 €", "Retención IRPF 15 % -135,00 €")) in text
    english = replace(given, profile=replace(given.profile, locale="en_GB"))
    assert "Suplido 120.00" not in printed(document(wanted, english))


def test_an_expense_in_the_buyers_name_is_taken_neither_for_goods_nor_for_services() -> None:
    given = at("IT", body("IT"))
    made = composed(request(FEE, replace(advanced("120"), supply=None)), given)
    found = warnings_for(made.document, profile=given.profile, customer=given.customer, today=TODAY, chosen=made.chosen)
    assert "supply_not_stated" not in {one.code for one in found}


def test_a_line_that_is_typed_as_a_funds_contribution_counts_like_its_charge() -> None:
    typed = replace(line("40", supply=Supply.SERVICES), cost="TC04")
    assert withheld(document(request(FEE, typed, withholding="RITENUTA"), at("IT"))) == (1000_00, 200_00)


def test_a_funds_contribution_is_of_the_fee_after_discounts_and_charges() -> None:
    wanted = request(FEE, adjustments=(charge(amount="100"),), fund="tc04 5%", withholding="RITENUTA")
    made = document(wanted, at("IT"))
    assert [item.amount_minor for item in made.adjustments] == [100_00, 55_00]
    assert withheld(made) == (1100_00, 220_00)


def test_where_prices_include_tax_the_base_is_without_it() -> None:
    lines = (line("1220", supply=Supply.SERVICES), advanced("120"))
    made = document(request(*lines, fund="TC04", withholding="RITENUTA", prices_include_tax=True), at("IT"))
    assert withheld(made) == (1000_00, 200_00)
    assert made.total_minor == 1388_80


def test_in_italy_nothing_is_withheld_from_a_flat_rate_seller_and_a_consumer_never_withholds() -> None:
    with pytest.raises(InvalidInput, match=r"art\. 1, comma 67"):
        document(request(FEE, withholding="RITENUTA"), at("IT", small_business=True))
    for buyer in (customer("IT", consumer=True), customer("FR", consumer=True)):
        with pytest.raises(InvalidInput, match="withheld by businesses and public bodies alone"):
            document(request(FEE, withholding="RITENUTA"), at("IT", buyer))
    assert withheld(document(request(FEE, withholding="RITENUTA"), at("IT", body("IT")))) == (1000_00, 200_00)


def test_a_business_abroad_that_is_said_to_withhold_is_warned_of() -> None:
    for place, said in (("IT", False), ("FR", True)):
        given = at("IT", customer(place, tax_number=PARTIES["FR"].tax_number if place == "FR" else ""))
        made = composed(request(FEE, withholding="RITENUTA"), given)
        found = warnings_for(
            made.document, profile=given.profile, customer=given.customer, today=TODAY, chosen=made.chosen
        )
        assert ("withheld_abroad" in {one.code for one in found}) is said


# Its siblings


def test_in_ireland_public_bodies_alone_withhold_of_professional_services() -> None:
    assert withheld(document(request(FEE, withholding="PSWT"), at("IE", body("IE")))) == (1000_00, 200_00)
    with pytest.raises(InvalidInput, match="public bodies alone"):
        document(request(FEE, withholding="PSWT"), at("IE"))


@pytest.mark.parametrize("place", ["AT", "BE", "CH", "FR", "NO", "PL", "SE", "GB", "HU"])
def test_an_expense_in_the_buyers_name_is_outside_the_taxable_amount_at_home_and_abroad(place: str) -> None:
    for buyer in (customer(place), customer("US"), customer(place, consumer=True)):
        made = document(request(FEE, advanced("50")), at(place, buyer))
        apart = next(line for line in made.lines if line.cost)
        assert (apart.tax_category, apart.tax_rate) == (TaxCategory.EXEMPT, Decimal(0))
        assert all(tax.reason_local for tax in made.taxes if not tax.rate)


def test_a_seller_that_charges_no_tax_gives_one_reason_for_all() -> None:
    made = document(request(FEE, advanced("50")), at("FR", small_business=True))
    assert len(made.taxes) == 1
    assert "293 B" in made.taxes[0].reason_local


def test_each_country_but_the_united_states_knows_expenses_in_the_buyers_name() -> None:
    lacking = {code for code in COUNTRY_CODES if country(code).cost("ADVANCED") is None}
    assert lacking == {"US"}
    with pytest.raises(InvalidInput, match="Known: none in United States"):
        document(request(advanced("50")), at("US"))


@pytest.mark.parametrize(
    ("place", "fund", "words"),
    [
        ("IT", "TC99", r"no such fund\. Known: TC01 "),
        ("IT", "ADVANCED", r"no such fund\. Known: TC01 "),
        ("DE", "TC04", r"no such fund\. Known: none in Germany"),
        ("IT", "TC05", "state its percentage too, such as TC05 4: .* has no usual one"),
        ("IT", "TC04 0", "the percentage of TC04 must be more than 0 and at most 100"),
        ("IT", "TC04 101", "the percentage of TC04 must be more than 0 and at most 100"),
    ],
)
def test_a_fund_that_cannot_be_charged_is_refused_by_what_is_wrong(place: str, fund: str, words: str) -> None:
    """Regression: a percentage of nothing was refused with the words that the fund had no usual one."""
    with pytest.raises(InvalidInput, match=words):
        document(request(FEE, fund=fund), at(place))


# Credit notes, text, paper


def everything() -> Document:
    wanted: RequestedDocument = request(
        line("333.33", quantity="3", supply=Supply.SERVICES), advanced("120.01"), fund="TC04", withholding="RITENUTA"
    )
    return replace(document(wanted, at("IT")), id="doc_1", number="1")


@pytest.mark.parametrize(
    "steps", [((1, "1"), (1, "2"), (2, "1")), ((2, "1"), (1, "1"), (1, "1"), (1, "1")), ((1, "3"), (2, "1"))]
)
def test_credit_notes_give_back_what_was_withheld_to_the_cent(steps: tuple[tuple[int, str], ...]) -> None:
    invoice = everything()
    notes: list[Document] = []
    for position, quantity in steps:
        wanted = [CreditLine(position, Decimal(quantity))]
        note = credit(invoice, notes, wanted, reason="Part", issue_date=TODAY, series="CN")
        note = replace(note, id=f"doc_n{len(notes)}")
        assert note.withholding is not None
        if position == 2:
            assert note.withholding.base_minor == 0
            assert note.withholding.amount_minor == 0
        notes.append(note)
    for amount in ("base_minor", "amount_minor"):
        whole = getattr(invoice.withholding, amount)
        assert sum(getattr(note.withholding, amount) for note in notes) == whole
    assert sum(note.payable_minor for note in notes) == invoice.payable_minor
    assert all(note.adjustments[0].cost == "TC04" for note in notes if note.adjustments)


def test_the_text_of_a_document_keeps_costs_and_what_the_base_is_without() -> None:
    made = everything()
    assert document_from_text(document_text(made)) == made
    assert made.withholding is not None
    assert set(made.withholding.without) == {"ADVANCED", "TC04"}


def test_the_page_says_the_fund_by_its_name_and_what_the_rate_is_of() -> None:
    party = replace(PARTIES["FR"], address=replace(PARTIES["FR"].address, country="IT"))
    text = printed(replace(everything(), seller=party, buyer=party, locale="it_IT", issue_date=date(2026, 3, 16)))
    assert "Contributo integrativo Inarcassa 4" in text
    assert "999,99" in text.split("Ritenuta d'acconto")[1][:60]
