"""The program's own words in the document's language: the tax, its number, the terms. What is typed stays as typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from babel import Locale

from invoicing.appearance.branding import Branding
from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.tax_numbers import validate_tax_number
from invoicing.document.documents import Document
from invoicing.document.payable import EarlyPayment
from invoicing.render.cash_accounting import with_cash_accounting
from invoicing.render.early_payment import with_early_payment
from invoicing.render.fonts import unprintable_characters
from invoicing.render.formats import formats_for
from invoicing.render.labels import LANGUAGES
from invoicing.render.wording import printed_tax_number, worded
from operations.templates import FROM_COUNTRY, fresh_organization_layer
from tests.support.printed import PARTIES, invoice, printed

ENGLISH_TOO = Branding(second_language="en")
STANDARD_TERMS = sorted(
    {
        term.name
        for code in COUNTRY_CODES
        for term in fresh_organization_layer(country(code), FROM_COUNTRY, on=date(2026, 11, 22)).terms
    }
)


def _terms(terms: str, locale: str, *second: str) -> str:
    what = replace(invoice("DE", count=1), payment_terms=terms)
    return worded(what, Locale.parse(locale), (locale.partition("_")[0], *second)).payment_terms


def _swiss(locale: str) -> Document:
    """A Swiss invoice at home with the tax named as its country file names it."""
    what = invoice("CH", count=1)
    taxes = tuple(replace(tax, label="MWST") for tax in what.taxes)
    return replace(what, locale=locale, taxes=taxes)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_the_standard_terms_of_all_countries_are_in_every_language(language: str) -> None:
    assert {"Due on receipt", "14 days net", "30 days net"} <= set(STANDARD_TERMS)
    for terms in STANDARD_TERMS:
        said = _terms(terms, language)
        days, _, rest = terms.partition(" days net")
        assert said
        assert rest == ""
        # Babel's own units know no day in Italian, Dutch, Portuguese and Maltese, and said "duration-day".
        assert not {"Due", "receipt", "days", "net", "duration-day"} & set(said.split()), said
        assert terms == "Due on receipt" or days in said.split()


@pytest.mark.parametrize(
    ("locale", "terms", "expected"),
    [
        ("de_DE", "Due on receipt", "Zahlbar sofort nach Erhalt"),
        ("de_DE", "30 days net", "Zahlbar innerhalb von 30 Tagen"),
        ("it_IT", "30 days net", "Pagamento a 30 giorni"),
        ("nl_NL", "14 days net", "Betaling binnen 14 dagen"),
        ("sv_SE", "30 days net", "30 dagar netto"),
        ("et_EE", "7 days net", "Maksetähtaeg 7 päeva"),
        ("pl_PL", "1 days net", "Płatne w ciągu 1 dnia"),
        ("cs_CZ", "3 days net", "Splatnost 3 dny"),
        ("ro_RO", "30 days net", "Termen de plată: 30 de zile"),
        ("lt_LT", "21 days net", "Apmokėti per 21 dieną"),
        ("en_GB", "30 days net", "Net 30 days"),
        ("en_US", "1 days net", "Net 1 day"),
        ("en_GB", "Due on receipt", "Due on receipt"),
        ("ja_JP", "30 days net", "Net 30 days"),
        ("ja_JP", "1 days net", "Net 1 day"),
        ("de_DE", "30 days net, 2% within 10 days", "30 days net, 2% within 10 days"),
        ("de_DE", "Due on receipt, please", "Due on receipt, please"),
        ("de_DE", "", ""),
    ],
)
def test_standard_terms_are_translated_and_ones_own_are_not(locale: str, terms: str, expected: str) -> None:
    assert _terms(terms, locale) == expected


def test_terms_are_in_both_languages_of_a_document_and_once_where_they_are_alike() -> None:
    assert _terms("30 days net", "de_DE", "en") == "Zahlbar innerhalb von 30 Tagen / Net 30 days"
    assert _terms("By standing order", "de_DE", "en") == "By standing order"


@pytest.mark.parametrize("stored", ["CHE116281710MWST", "CHE116281710TVA", "che-116.281.710 iva"])
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "CHE-116.281.710 MWST"),
        ("fr", "CHE-116.281.710 TVA"),
        ("it", "CHE-116.281.710 IVA"),
        ("en", "CHE-116.281.710 VAT"),
        ("pl", "CHE-116.281.710 VAT"),
    ],
)
def test_a_swiss_number_has_its_official_form_in_each_language(stored: str, language: str, expected: str) -> None:
    assert printed_tax_number("CH", stored, language) == expected
    # Whoever copies it from the paper into the program is understood.
    assert validate_tax_number("CH", expected).startswith("CHE116281710")


@pytest.mark.parametrize(
    ("code", "stored", "expected"),
    [
        ("BE", "BE0403019261", "BE 0403.019.261"),
        ("NO", "NO995525828MVA", "NO 995 525 828 MVA"),
        ("US", "911144442", "91-1144442"),
        ("DE", "de 136 695 976", "DE136695976"),
        ("NL", "NL004495445B01", "NL004495445B01"),
        ("GB", "XI980780684", "XI980780684"),
        # Neither a number nor a country that is known: as typed.
        ("CH", "in registration", "in registration"),
        ("JP", "T123 456", "T123 456"),
        ("DE", "", ""),
    ],
)
def test_a_number_is_printed_as_its_country_writes_it(code: str, stored: str, expected: str) -> None:
    assert printed_tax_number(code, stored, "en") == expected
    assert printed_tax_number(code, expected, "en") == expected


def test_a_number_goes_without_its_prefix_at_home_where_the_country_has_it_so() -> None:
    for code, number in (("PL", "8567346215"), ("ES", "B58378431"), ("GR", "094259216")):
        prefix = country(code).tax_number_prefix
        at_home, abroad = printed(invoice(code)), printed(invoice(code, "DE"))
        assert at_home.count(f" {number}") == 2
        assert f"{prefix}{number}" not in at_home
        assert f" {prefix}{number}" in abroad
        assert validate_tax_number(code, number) == prefix + number
    assert printed(invoice("DE")).count("DE136695976") == 2
    assert "FR40303265045" in printed(invoice("DE", "FR"))


@pytest.mark.parametrize(
    ("code", "vat", "registered", "at_home", "abroad"),
    [
        ("DK", "DK13585628", "13585628", ["CVR-nr. 13585628"], ["Momsnr. DK13585628", "CVR-nr. 13585628"]),
        ("NO", "NO995525828MVA", "995 525 828", ["Org.nr. 995 525 828 MVA"], ["Org.nr. NO 995 525 828 MVA"]),
        ("FI", "FI20774740", "2077474-0", *[["ALV-nro FI20774740", "Y-tunnus 2077474-0"]] * 2),
    ],
)
def test_a_number_that_is_both_of_the_tax_and_of_the_register_is_said_once_where_it_is_called_alike(
    code: str, vat: str, registered: str, at_home: list[str], abroad: list[str]
) -> None:
    for buyer, expected in (("GB", abroad), ("", at_home)):
        what = invoice("GB", buyer, count=1)
        address = replace(what.seller.address, country=code)
        seller = replace(what.seller, address=address, tax_number=vat, registration_number=registered)
        bought_by = what.buyer if buyer else replace(what.buyer, address=address)
        label, locale = country(code).tax_number_label, country(code).locale
        said = printed(replace(what, seller=seller, buyer=bought_by, tax_number_label=label, locale=locale))
        digits = "".join(filter(str.isdigit, vat))
        assert [line for line in said.splitlines() if "".join(filter(str.isdigit, line)) == digits] == expected


@pytest.mark.parametrize(
    ("code", "numbers", "at_home", "abroad"),
    [
        (
            "HU",
            ("HU12892312", "12892312-2-41"),
            ["Adószám 12892312-2-41"],
            ["Közösségi adószám HU12892312", "Adószám 12892312-2-41"],
        ),
        ("HU", ("HU12892312", ""), ["Adószám 12892312"], ["Közösségi adószám HU12892312"]),
        ("HR", ("HR33392005961", ""), ["OIB 33392005961"], ["PDV ID HR33392005961"]),
        ("HR", ("HR33392005961", "33392005961"), ["OIB 33392005961"], ["PDV ID HR33392005961", "OIB 33392005961"]),
        ("PL", ("PL8567346215", ""), ["NIP 8567346215"], ["NIP PL8567346215"]),
        # A Slovak business has both numbers, and states both.
        ("SK", ("SK2022749619", "2022749619"), ["DIČ 2022749619", "IČ DPH SK2022749619"], []),
    ],
)
def test_at_home_a_number_has_the_name_that_it_has_there_and_stands_once(
    code: str, numbers: tuple[str, str], at_home: list[str], abroad: list[str]
) -> None:
    sold = invoice("PL", "DE")
    tax_number, tax_office_number = numbers
    seller = replace(
        sold.seller,
        address=replace(sold.seller.address, country=code),
        tax_number=tax_number,
        tax_office_number=tax_office_number,
    )
    rules = country(code)
    sold = replace(sold, seller=seller, locale=rules.locale, tax_number_label=rules.tax_number_label)
    here = printed(replace(sold, buyer=replace(seller, name="Hotel Bristol")))
    digits = re.sub(r"\D", "", tax_number)
    stated = [line for line in here.splitlines() if digits[:8] in line and "INV" not in line]
    assert stated == [*at_home, *at_home]
    there = [line for line in printed(sold).splitlines() if digits[:8] in line]
    assert there == (abroad or at_home)


def test_a_country_that_prints_a_form_of_its_own_takes_it_back() -> None:
    samples = {"BE": "BE0403019261", "CH": "CHE107787577MWST", "NO": "NO995525828MVA", "US": "911144442"}
    assert {code for code in COUNTRY_CODES if country(code).tax_number_printed} == set(samples)
    for code, stored in samples.items():
        own = country(code).languages[0]
        assert validate_tax_number(code, printed_tax_number(code, stored, own)) == stored


@pytest.mark.parametrize(
    ("locale", "tax", "label"),
    [
        ("de_CH", "MWST", "MWST-Nr."),
        ("fr_CH", "TVA", "N° TVA"),
        ("it_CH", "IVA", "N. IVA"),
        ("en_CH", "VAT", "VAT no."),
    ],
)
def test_the_tax_has_its_name_in_the_language_of_the_document(locale: str, tax: str, label: str) -> None:
    text = printed(_swiss(locale))
    assert text.count(f"{label} CHE-116.281.710 {tax}") == 2
    assert f"\n{tax} 8.1%" in text.replace("8,1", "8.1").replace("\u00a0", " ")
    assert "MWST" not in text or locale == "de_CH"


def test_a_tax_that_the_user_named_and_a_sales_tax_keep_their_names() -> None:
    what = _swiss("fr_CH")
    own = replace(what, taxes=tuple(replace(tax, label="Kurtaxe") for tax in what.taxes), tax_number_label="Nummer")
    text = printed(own)
    assert "Kurtaxe" in text
    assert "Nummer CHE-116.281.710 TVA" in text
    assert "EIN 12-3456789" in printed(replace(invoice("US"), locale="es_US"))


def test_two_languages_each_name_the_tax_in_their_own_way() -> None:
    what = invoice("DE", count=1)
    what = replace(what, taxes=tuple(replace(tax, label="USt.") for tax in what.taxes))
    text = printed(what, ENGLISH_TOO)
    assert "Nettobetrag / Total excl. VAT" in text
    assert "USt.-Aufstellung / VAT summary" in " ".join(text.split())


def test_only_the_printed_form_is_worded() -> None:
    # What is stored and hashed is the document itself, which rendering leaves as it is.
    what = replace(_swiss("fr_CH"), payment_terms="Due on receipt", buyer=PARTIES["CH"])
    before = replace(what)
    assert "Payable à réception" in printed(what)
    assert what == before
    assert (what.payment_terms, what.taxes[0].label) == ("Due on receipt", "MWST")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_discount_for_early_payment_is_said_below_the_terms_with_what_is_to_be_paid(language: str) -> None:
    early = EarlyPayment(Decimal("2.5"), date(2026, 1, 24), 250, words="As the law wants it.")
    what = replace(invoice("DE", count=1), payment_terms="As agreed", early_payment=early)
    formats = formats_for(language, what.currency)
    terms, promised, words = with_early_payment(what, formats, [language]).payment_terms.split("\n")
    assert (terms, words) == ("As agreed", "As the law wants it.")
    for part in (formats.percent(early.percent), formats.date(early.until), formats.money(what.payable_minor - 250)):
        assert part in promised
    assert not unprintable_characters(promised)
    both = with_early_payment(what, formats, [language, "en" if language != "en" else "de"]).payment_terms
    assert len(both.split("\n")) == 4


def test_a_document_that_promises_no_discount_says_nothing_of_one() -> None:
    what = replace(invoice("DE", count=1), payment_terms="As agreed")
    assert with_early_payment(what, formats_for("de_DE", "EUR"), ["de"]) == what


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_on_cash_accounting_says_so_before_its_note(language: str) -> None:
    what = replace(invoice("DE", count=1), note="Thank you.", cash_accounting=True)
    said, note = with_cash_accounting(what, [language]).note.split("\n")
    assert note == "Thank you."
    assert said
    assert not unprintable_characters(said)
    assert with_cash_accounting(replace(what, cash_accounting=False), [language]).note == note
