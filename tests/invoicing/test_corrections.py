"""Corrections as each country has them: title, sign, reference, reason, and what remains of the invoice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from invoicing.appearance.branding import Branding
from invoicing.countries import COUNTRY_CODES, CorrectionSign, country
from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.documents import Document
from invoicing.document.former import FormerInvoice, as_credit_note
from invoicing.render.labels import labels_of
from tests.support.printed import PARTIES, invoice, printed
from tests.support.samples import TODAY, charge, line

TITLES = {
    "AT": ("Rechnungskorrektur", "Stornorechnung"),
    "BE": ("Creditnota", "Creditnota"),
    "BG": ("Кредитно известие", "Кредитно известие"),
    "CH": ("Gutschrift", "Stornorechnung"),
    "CY": ("Πιστωτική σημείωση", "Πιστωτική σημείωση"),
    "CZ": ("Opravný daňový doklad", "Opravný daňový doklad"),
    "DE": ("Rechnungskorrektur", "Stornorechnung"),
    "DK": ("Kreditnota", "Kreditnota"),
    "EE": ("Kreeditarve", "Kreeditarve"),
    "ES": ("Factura rectificativa", "Factura rectificativa"),
    "FI": ("Hyvityslasku", "Hyvityslasku"),
    "FR": ("Facture d’avoir", "Facture d’avoir"),
    "GB": ("Credit note", "Credit note"),
    "GR": ("Πιστωτικό τιμολόγιο", "Πιστωτικό τιμολόγιο"),
    "HR": ("Odobrenje", "Storno računa"),
    "HU": ("Módosító számla", "Érvénytelenítő számla"),
    "IE": ("Credit note", "Credit note"),
    "IT": ("Nota di credito", "Nota di credito"),
    "LT": ("Kreditinė PVM sąskaita faktūra", "Kreditinė PVM sąskaita faktūra"),
    "LU": ("Note de crédit", "Note de crédit"),
    "LV": ("Kredītrēķins", "Kredītrēķins"),
    "MT": ("Credit note", "Credit note"),
    "NL": ("Creditfactuur", "Creditfactuur"),
    "NO": ("Kreditnota", "Kreditnota"),
    "PL": ("Faktura korygująca", "Faktura korygująca"),
    "PT": ("Nota de crédito", "Nota de crédito"),
    "RO": ("Factură storno", "Factură storno"),
    "SE": ("Kreditfaktura", "Kreditfaktura"),
    "SI": ("Dobropis", "Dobropis"),
    "SK": ("Dobropis (opravná faktúra)", "Dobropis (opravná faktúra)"),
    "US": ("Credit memo", "Credit memo"),
}
OPEN_TITLES = re.compile("korrektur|rectificativa|korygując|opravný|módosító", re.IGNORECASE)
"""Titles that can mean more as well as less."""

_SIGNED = re.compile(r"(?<![\w-])[-−]\s?[\d€$£]")


def of(code: str, what: Document) -> Document:
    """The same of a seller and a buyer in this country, in its language; tax and amounts stay."""
    rules = country(code)
    seller, buyer = (
        replace(party, address=replace(party.address, country=code), tax_number="", registration_number="")
        for party in (what.seller, what.buyer)
    )
    return replace(what, seller=seller, buyer=buyer, locale=rules.locale, tax_number_label=rules.tax_number_label)


def taken_back(sold: Document, *lines: CreditLine) -> Document:
    note = credit(sold, [], lines or None, reason="Torn bag", issue_date=TODAY, series="CN")
    return replace(note, id="doc_2", number="CN-7")


def partial(code: str) -> Document:
    return of(code, taken_back(invoice("DE"), CreditLine(2, Decimal(1))))


def whole(code: str) -> Document:
    return of(code, taken_back(invoice("DE")))


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def printed_of(code: str, *, all_of_it: bool = False) -> str:
    return in_one_line(printed(whole(code) if all_of_it else partial(code)))


def headed(code: str, title: str) -> str:
    """The title as it stands with the number below it."""
    return f"{title} {labels_of(country(code).languages[0], code).number} CN-7"


def stands(label: str, value: str, text: str) -> bool:
    """Whether a label stands with its value; a long label takes two lines beside it."""
    first, *others = label.split()
    return re.search(rf"{first}[\w ]* {value}", text) is not None and all(word in text for word in others)


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_a_correction_has_the_title_of_its_country_whether_whole_or_in_part(code: str) -> None:
    a_part, all_of_it = printed_of(code), printed_of(code, all_of_it=True)
    assert headed(code, TITLES[code][0]) in a_part
    assert headed(code, TITLES[code][1]) in all_of_it


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_the_direction_of_a_correction_is_plain_to_a_reader(code: str) -> None:
    rules = country(code).correction
    for text in (printed_of(code), printed_of(code, all_of_it=True)):
        assert bool(_SIGNED.search(text)) is (rules.sign is not CorrectionSign.POSITIVE)
    if OPEN_TITLES.search(TITLES[code][0]):
        assert rules.sign is not CorrectionSign.POSITIVE


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_a_correction_names_its_invoice_with_the_day_and_says_why(code: str) -> None:
    text = printed_of(code)
    words = country(code).correction.words[country(code).languages[0]]
    labels = labels_of(country(code).languages[0])
    assert stands(words.reference or labels.credited_invoice, r"INV-2026-00042, \S", text)
    assert stands(words.reason or labels.reason, "Torn bag", text)


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_only_a_correction_in_part_says_what_remains_of_the_invoice(code: str) -> None:
    labels = labels_of(country(code).languages[0])
    a_part, all_of_it = printed_of(code), printed_of(code, all_of_it=True)
    if country(code).correction.sign is CorrectionSign.DIFFERENCE:
        assert labels.before_correction in a_part
        assert labels.after_correction in all_of_it
    else:
        assert f"{labels.remaining} INV-2026-00042 62" in a_part
        assert labels.remaining not in all_of_it


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_a_country_says_of_its_corrections_which_law_wants_them_so_and_where_that_was_read(code: str) -> None:
    rules = country(code).correction
    assert rules.source
    assert bool(rules.article) is (code != "US")
    assert set(rules.words) <= set(country(code).languages)
    assert country(code).languages[0] in rules.words


def test_a_polish_correction_states_before_after_and_the_difference_of_each_line_and_of_the_sums() -> None:
    text = printed_of("PL")
    # The second of three lines has two pieces at 12.50; one of them comes back.
    assert "Przed korektą: 3 · 37,50" in text
    assert "Po korekcie: 2 · 25,00" in text
    assert "-1 12,50 19% -12,50" in text
    assert "Przed korektą 75,00 14,25 89,25" in text
    assert "Po korekcie 62,50 11,87 74,37" in text


def test_what_remains_is_after_all_credit_notes_and_frozen_with_each() -> None:
    sold = invoice("DE")
    first = taken_back(sold, CreditLine(1))
    second = replace(
        credit(sold, [first], [CreditLine(2, Decimal(1))], reason="Torn", issue_date=TODAY, series="CN"), number="CN-8"
    )
    last = credit(sold, [first, second], None, reason="The rest", issue_date=TODAY, series="CN")
    left = [note.credits and note.credits.remains for note in (first, second, last)]
    totals = [sold.total_minor - first.total_minor, sold.total_minor - first.total_minor - second.total_minor, 0]
    assert [one and one.total_minor for one in left] == totals
    assert [note.credits and note.credits.whole for note in (first, second, last)] == [False, False, False]
    assert all(document_from_text(document_text(note)) == note for note in (first, second, last))
    assert "Verbleibt" not in printed(replace(last, number="CN-9"))


def test_a_belgian_credit_note_with_tax_orders_it_back_to_the_state_in_each_language_of_the_document() -> None:
    text = in_one_line(printed(partial("BE"), Branding(second_language="fr")))
    assert "Creditnota / Note de crédit" in text
    assert "Btw terug te storten aan de Staat in de mate waarin ze oorspronkelijk in aftrek werd gebracht" in text
    assert "TVA à reverser à l’État dans la mesure où elle a été initialement déduite" in text
    untaxed = replace(partial("BE"), tax_minor=0)
    assert "terug te storten" not in printed(untaxed)
    english = in_one_line(printed(replace(partial("BE"), locale="en_GB")))
    assert "Credit note No. CN-7" in english
    assert "terug te storten" in english


def test_a_spanish_correction_says_that_it_is_by_difference_and_a_romanian_one_that_its_values_are_negative() -> None:
    assert "Rectificación por diferencias" in printed_of("ES")
    assert "Valorile sunt negative." in printed_of("RO")


def test_a_title_of_a_language_that_is_not_the_country_s_has_a_minus_beside_it() -> None:
    german = replace(partial("FR"), locale="de_DE")
    assert "Rechnungskorrektur" in printed(german)
    assert _SIGNED.search(printed(german))
    assert not _SIGNED.search(printed(replace(partial("FR"), locale="en_GB")))


def test_what_is_taken_back_with_a_discount_and_tax_withheld_has_one_sign_throughout() -> None:
    sold = invoice("DE", lines=(line("100"), line("50")), adjustments=(charge(amount="4.99"),))
    text = in_one_line(printed(of("DE", taken_back(sold))))
    for amount in ("-100,00", "-50,00", "-4,99", "-154,99 €", "-184,44 €"):
        assert amount in text
    assert " 4,99" not in text


def test_a_seller_without_the_tax_writes_no_tax_document() -> None:
    rules = country("CZ").correction.words["cs"]
    assert (rules.title, rules.untaxed) == ("Opravný daňový doklad", "Dobropis")
    made = partial("CZ")
    taxes = tuple(replace(tax, category="O", tax_minor=0) for tax in made.taxes)  # type: ignore[arg-type]  # A letter.
    bare = replace(made, seller=replace(made.seller, vat_registration="not_registered"), taxes=taxes, tax_minor=0)
    assert headed("CZ", "Dobropis") in in_one_line(printed(bare))


def test_the_parties_of_the_samples_stand_for_each_kind_of_sign() -> None:
    assert {country(code).correction.sign for code in PARTIES} == set(CorrectionSign)


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_a_correction_of_an_invoice_of_a_former_system_is_written_as_the_others(code: str) -> None:
    former = FormerInvoice("ALT-4711", date(2026, 1, 8), "Torn bag")
    text = in_one_line(printed(of(code, replace(as_credit_note(invoice("DE"), former), number="CN-7"))))
    rules, labels = country(code).correction, labels_of(country(code).languages[0])
    words = rules.words[country(code).languages[0]]
    assert headed(code, TITLES[code][0]) in text
    assert bool(_SIGNED.search(text)) is (rules.sign is not CorrectionSign.POSITIVE)
    assert stands(words.reference or labels.credited_invoice, r"ALT-4711, \S", text)
    assert stands(words.reason or labels.reason, "Torn bag", text)
    # What was left of it is not known here.
    assert f"{labels.remaining} ALT-4711" not in text
