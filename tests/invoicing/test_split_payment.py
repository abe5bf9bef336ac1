"""Tax that the buyer pays to the tax office itself: where seller, buyer and supply are of the kind, and where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.breakdown import break_down
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.copying import filled_from
from invoicing.document.documents import Document, Supply, TaxCategory
from invoicing.document.drafting import Circumstances, tax_setting
from invoicing.document.posting import post
from invoicing.document.requested import RequestedDocument
from invoicing.document.warnings import warnings_for
from invoicing.exports.ledger.bookings import bookings
from invoicing.exports.ledger.entries import Entry, Side
from invoicing.exports.ledger.posted_to import posted_to
from invoicing.exports.ledger.tax_codes import tax_codes
from invoicing.master_data.records import Customer
from invoicing.refusals import InvalidInput
from invoicing.tax.totals import totals_follow
from tests.invoicing.test_withholding_base import at, body
from tests.support.printed import PARTIES, printed
from tests.support.samples import POSTING, TODAY, charge, circumstances, composed, customer, document, line, request

COMUNE = body("IT")
CONSULTING = line("1000", supply=Supply.SERVICES)


def split(*lines: object, **wanted: object) -> Document:
    return document(request(*lines, **wanted), at("IT", COMUNE))  # type: ignore[arg-type]  # Lines.


def categories(made: Document) -> list[str]:
    return [tax.category.value for tax in made.taxes]


def test_services_of_an_italian_seller_to_a_public_body_show_the_tax_and_ask_for_the_net() -> None:
    made = split(CONSULTING)
    assert categories(made) == ["B"]
    assert (made.net_minor, made.tax_minor, made.total_minor) == (1000_00, 220_00, 1220_00)
    assert (made.split_tax_minor, made.payable_minor) == (220_00, 1000_00)
    assert made.taxes[0].reason_local == "Scissione dei pagamenti, art. 17-ter D.P.R. 633/1972"
    assert totals_follow(made)


def test_goods_at_all_rates_and_charges_of_a_code_are_split_so_that_no_other_tax_stands_beside() -> None:
    made = split(
        line("100"),
        line("50", "REDUCED"),
        line("10", "SUPER-REDUCED"),
        adjustments=(charge(amount="7", code="REDUCED"),),
    )
    assert categories(made) == ["B", "B", "B"]
    assert [(tax.rate, tax.taxable_minor) for tax in made.taxes] == [
        (Decimal(22), 100_00),
        (Decimal(10), 57_00),
        (Decimal(4), 10_00),
    ]
    assert made.payable_minor == made.net_minor == 167_00


def test_what_is_exempt_or_reversed_at_home_stays_so() -> None:
    made = split(line("100", "EXEMPT"), line("100", "REVERSE-CHARGE", supply=Supply.SERVICES), line("100"))
    assert sorted(categories(made)) == ["AE", "B", "E"]
    assert made.payable_minor == 300_00


@pytest.mark.parametrize(
    ("place", "buyer", "wanted", "category"),
    [
        ("IT", customer("IT"), {}, "S"),
        ("IT", customer("IT", consumer=True), {}, "S"),
        ("IT", customer("IT"), {"split_payment": True}, "B"),
        ("IT", COMUNE, {"split_payment": False}, "S"),
        ("IT", COMUNE, {"withholding": "RITENUTA"}, "S"),
        ("IT", COMUNE, {"supply_date": date(2014, 12, 31)}, "S"),
        ("IT", replace(body("FR"), tax_number=PARTIES["FR"].tax_number), {}, "AE"),
        ("IT", replace(COMUNE, postal_code="23041", city="Livigno"), {}, "B"),
        ("ES", body("ES"), {}, "S"),
        ("RO", body("RO"), {}, "S"),
        ("PL", body("PL"), {}, "S"),
    ],
)
def test_territory_buyer_and_withholding_decide_whether_services_are_split(
    place: str, buyer: Customer, wanted: Mapping[str, object], category: str
) -> None:
    made = document(request(CONSULTING, **wanted), at(place, buyer))
    assert categories(made) == [category]
    assert (made.payable_minor == made.total_minor) is (category in ("S", "AE") and not made.withholding)


def test_an_italian_flat_rate_seller_and_all_other_countries_have_no_split() -> None:
    assert categories(document(request(CONSULTING), at("IT", COMUNE, small_business=True))) == ["E"]
    assert [code for code in COUNTRY_CODES if country(code).split_payment] == ["IT"]


@pytest.mark.parametrize(
    ("place", "buyer", "wanted"),
    [
        ("DE", body("DE"), {}),
        ("IT", customer("IT", consumer=True), {}),
        ("IT", COMUNE, {"withholding": "RITENUTA"}),
        ("IT", body("FR"), {}),
    ],
)
def test_a_split_that_cannot_be_is_refused(place: str, buyer: Customer, wanted: Mapping[str, object]) -> None:
    with pytest.raises(InvalidInput, match="split_payment: it is for Italian sellers"):
        document(request(CONSULTING, split_payment=True, **wanted), at(place, buyer))


@pytest.mark.parametrize(("day", "said"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_after_the_last_known_authorisation_a_split_is_warned_of(day: date, said: bool) -> None:
    given: Circumstances = replace(at("IT", COMUNE), today=date(2026, 7, 2))
    made = composed(request(CONSULTING, supply_date=day, issue_date=date(2026, 7, 2)), given)
    found = warnings_for(made.document, profile=given.profile, customer=COMUNE, today=given.today, chosen=made.chosen)
    assert ("split_payment_unconfirmed" in {one.code for one in found}) is said
    assert categories(made.document) == ["B"]


def test_from_2027_the_words_name_the_new_law() -> None:
    given = replace(at("IT", COMUNE), today=date(2027, 1, 2))
    made = document(request(CONSULTING, supply_date=date(2027, 1, 2)), given)
    assert made.taxes[0].reason_local.startswith("Scissione dei pagamenti, D.Lgs. 10/2026")


def test_the_journal_has_neither_a_claim_on_the_buyer_nor_a_debt_for_the_tax() -> None:
    made = split(CONSULTING, line("50", "EXEMPT"))
    sides = {side.account: side.debit_minor - side.credit_minor for side in post(made, POSTING)}
    assert sides == {POSTING.receivable: 1050_00, POSTING.revenue: -1050_00}
    broken = break_down(made, books_currency="EUR")
    assert sum(group.shares.tax_minor for group in broken.groups) == made.tax_minor == 220_00


def test_other_ledgers_book_the_net_and_no_tax() -> None:
    made = replace(split(CONSULTING, line("50", "REDUCED")), number="1")
    sides = [Side(one.account, one.debit_minor, one.credit_minor, "EUR", None) for one in post(made, POSTING)]
    entry = Entry("jrn_1", TODAY, TODAY, "1", "1", "cus_1", "Comune", document_text(made), False, tuple(sides))
    posting = posted_to(entry, made)
    assert posting is not None
    assert (posting.receivable, posting.revenue) == (POSTING.receivable, POSTING.revenue)
    booked = [
        (one.account, one.contra, one.signed_minor) for one in bookings(entry, books_currency="EUR", automatic={})
    ]
    assert booked == [(POSTING.receivable, POSTING.revenue, 1050_00)]
    assert tax_codes(replace(entry, content=document_text(split(CONSULTING))))[1:] == ["STANDARD-SPLIT"]


@pytest.mark.parametrize("inclusive", [False, True])
def test_credit_notes_in_part_and_in_whole_give_back_the_split_to_the_cent(inclusive: bool) -> None:
    wanted: RequestedDocument = request(
        line("33.33", quantity="3"),
        line("0.99", "REDUCED"),
        prices_include_tax=inclusive,
        adjustments=(charge(amount="1"),),
    )
    invoice = replace(document(wanted, at("IT", COMUNE)), id="doc_1", number="1")
    notes: list[Document] = []
    for wanted_lines in ([CreditLine(1, Decimal(1))], [CreditLine(2)], None):
        note = credit(invoice, notes, wanted_lines, reason="Part", issue_date=TODAY, series="CN")
        assert {tax.category for tax in note.taxes} == {TaxCategory.SPLIT_PAYMENT}
        notes.append(replace(note, id=f"doc_n{len(notes)}"))
    for amount in ("split_tax_minor", "payable_minor", "total_minor"):
        assert sum(getattr(note, amount) for note in notes) == getattr(invoice, amount)
    assert all(note.payable_minor == note.net_minor for note in notes)


def test_a_copy_for_a_business_is_an_ordinary_invoice_again() -> None:
    made = replace(split(line("100", "REDUCED"), adjustments=(charge(amount="1", code="REDUCED"),)), id="doc_1")
    given = at("IT", replace(customer("IT"), id="cus_2"))
    setting = tax_setting(given, currency="EUR", tax_point=TODAY)
    empty = RequestedDocument(customer="", lines=())
    copied = filled_from(empty, made, customer=given.customer, setting=setting, overridden=True)
    assert copied.lines[0].tax_code == "REDUCED"
    assert categories(document(copied, given)) == ["S"]
    assert categories(document(copied, at("IT", COMUNE))) == ["B"]
    controlled = document(request(CONSULTING, split_payment=True), at("IT"))
    again = filled_from(empty, controlled, customer=customer("IT"), setting=setting, overridden=False)
    assert categories(document(again, at("IT"))) == ["B"]


def test_the_text_survives_and_the_page_says_the_article_and_what_is_to_be_paid() -> None:
    made = split(CONSULTING)
    assert document_from_text(document_text(made)) == made
    party = replace(PARTIES["FR"], address=replace(PARTIES["FR"].address, country="IT"))
    text = printed(replace(made, seller=party, buyer=party, locale="it_IT", id="doc_1", number="1"))
    assert "Scissione dei pagamenti, art. 17-ter D.P.R. 633/1972" in text
    assert "220,00" in text
    assert "1.000,00" in text


def test_circumstances_of_other_places_are_untouched() -> None:
    assert categories(document(request(CONSULTING), circumstances(seller="IT", codes=None))) == ["S"]
