"""What invoices are called where a country has another word than its language: by the seller's tax and what is sold."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from invoicing.countries import COUNTRY_CODES, country, parse_country
from invoicing.document.documents import Document, Supply, TaxCategory
from invoicing.render.labels import LANGUAGES, labels_of
from tests.support.printed import invoice, printed


def sold(code: str, *supplies: Supply) -> Document:
    """An invoice of a registered seller in this country, whose lines supply these things."""
    made = invoice("DE", count=len(supplies))
    lines = tuple(replace(line, supply=supply) for line, supply in zip(made.lines, supplies, strict=True))
    address = replace(made.seller.address, country=code)
    # The number need only be there.
    seller = replace(made.seller, address=address, registration_number="")
    return replace(made, lines=lines, seller=seller, locale=country(code).locale)


def titled(document: Document, title: str) -> bool:
    """Whether that is all that stands between what is above the title and the number below it."""
    return re.search(rf"(?<!PVM ){re.escape(title)} INV-2026-00042", _said(document)) is not None


def test_a_lithuanian_invoice_says_that_it_is_one_of_the_tax_only_where_the_seller_is_registered() -> None:
    assert titled(sold("LT", Supply.SERVICES), "PVM sąskaita faktūra")
    made = sold("LT", Supply.SERVICES)
    bare = replace(made, seller=replace(made.seller, tax_number="", vat_registration="not_registered"))
    assert titled(bare, "Sąskaita faktūra")
    words = country("LT").correction.words["lt"]
    assert (words.title, words.untaxed) == ("Kreditinė PVM sąskaita faktūra", "Kreditinė sąskaita faktūra")


def test_a_greek_invoice_is_named_after_what_it_supplies_where_all_of_it_is_stated() -> None:
    assert titled(sold("GR", Supply.SERVICES, Supply.SERVICES), "Τιμολόγιο παροχής υπηρεσιών")
    assert titled(sold("GR", Supply.GOODS), "Τιμολόγιο πώλησης")
    assert titled(sold("GR", Supply.GOODS, Supply.SERVICES), "Τιμολόγιο")
    said = sold("GR", Supply.GOODS)
    assumed = tuple(replace(line, supply_assumed=True) for line in said.lines)
    assert titled(replace(said, lines=assumed), "Τιμολόγιο")


def test_who_has_no_partita_iva_writes_a_receipt_and_a_flat_rate_seller_an_invoice() -> None:
    made = sold("IT", Supply.SERVICES)
    for state, title in (("not_registered", "Ricevuta"), ("small_business", "Fattura"), ("", "Fattura")):
        assert titled(replace(made, seller=replace(made.seller, vat_registration=state)), title)


def test_a_title_is_in_the_language_of_the_document() -> None:
    english = replace(sold("LT", Supply.SERVICES), locale="en_GB")
    assert titled(english, "Invoice")
    assert titled(replace(english, second_language="lt"), "Invoice / PVM sąskaita faktūra")


@pytest.mark.parametrize("code", [code for code in COUNTRY_CODES if country(code).titles])
def test_a_country_says_where_its_titles_were_read(code: str) -> None:
    for one in country(code).titles:
        assert one.source
        assert one.language in country(code).languages


@pytest.mark.parametrize(
    ("key", "value"),
    [("language", '"pl"'), ("sellers", '"small"'), ("supplies", '"rent"'), ("name", '"Faktūra"'), ("invoice", '""')],
)
def test_a_title_that_a_country_s_file_cannot_have_is_an_error_that_names_the_key(key: str, value: str) -> None:
    text = files("invoicing.countries").joinpath("lt.toml").read_text(encoding="utf-8")
    head, table = text.split("[[titles]]\n", 1)
    lines = [line for line in table.split("\n\n", 1)[0].splitlines() if not line.startswith(f"{key} =")]
    wrong = "\n".join([head, "[[titles]]", *lines, f"{key} = {value}", "", table.split("\n\n", 1)[1]])
    with pytest.raises(ValueError, match=key):
        parse_country(wrong, name="lt.toml")


def _of(code: str, sold: Document) -> Document:
    """The same of a seller and a buyer in this country."""
    rules = country(code)
    seller, buyer = (
        replace(party, address=replace(party.address, country=code), registration_number="")
        for party in (sold.seller, sold.buyer)
    )
    return replace(sold, seller=seller, buyer=buyer, locale=rules.locale, tax_number_label=rules.tax_number_label)


def _said(sold: Document) -> str:
    """What is printed, without what the number below the title is called."""
    text = " ".join(printed(sold).split())
    return re.sub(rf"(?: /)? (?:{_NUMBERS})(?= (?:/|INV-))", "", text)


_NUMBERS = "|".join(re.escape(labels_of(language).number) for language in LANGUAGES)


def _untaxed(sold: Document) -> Document:
    taxes = tuple(
        replace(tax, category=TaxCategory.OUTSIDE_SCOPE, tax_minor=0, reason="Not registered") for tax in sold.taxes
    )
    return replace(sold, taxes=taxes, tax_minor=0, seller=replace(sold.seller, vat_registration="not_registered"))


def _advance() -> Document:
    return invoice("DE", advance=True)


def test_a_czech_invoice_with_tax_is_headed_as_a_tax_document_and_another_is_not() -> None:
    sold = _of("CZ", invoice("DE"))
    assert "Faktura – daňový doklad INV-2026-00042" in _said(sold)
    assert "daňový doklad" not in _said(_untaxed(sold))
    assert "Faktura INV-2026-00042" in _said(_untaxed(sold))
    # A document of another language has that language's title, and a second one its own.
    assert "daňový" not in _said(replace(sold, locale="en_GB"))
    assert "Faktura – daňový doklad Invoice INV" in _said(replace(sold, second_language="en"))


@pytest.mark.parametrize(
    ("code", "title", "mention"),
    [
        ("CZ", "Zálohová faktura", "Zálohová faktura není daňovým dokladem."),
        ("SK", "Zálohová faktúra", "Zálohová faktúra nie je daňovým dokladom."),
    ],
)
def test_an_advance_says_that_it_is_no_tax_document_where_the_payment_has_its_own(
    code: str, title: str, mention: str
) -> None:
    said = _said(_of(code, _advance()))
    assert f"{title} INV-2026-00042" in said
    assert mention in said
    assert mention not in _said(_of(code, invoice("DE")))
    assert mention not in _said(_untaxed(_of(code, _advance())))


@pytest.mark.parametrize(
    ("code", "title", "mention"),
    [
        ("CZ", "Daňový doklad k přijaté platbě", "není daňovým dokladem"),
        ("SK", "Daňový doklad k prijatej platbe", "nie je daňovým dokladom"),
    ],
)
def test_an_advance_that_is_paid_when_it_is_issued_is_the_tax_document_of_the_payment(
    code: str, title: str, mention: str
) -> None:
    paid = replace(_of(code, _advance()), paid_on=_advance().issue_date)
    assert f"{title} INV-2026-00042" in _said(paid)
    assert mention not in _said(paid)
    assert title not in _said(_of(code, _advance()))
    assert title not in _said(_untaxed(paid))
    assert title not in _said(replace(_of(code, invoice("DE")), paid_on=paid.paid_on))


def test_other_countries_have_the_titles_of_their_languages() -> None:
    for code, language in (("DE", "de"), ("PL", "pl"), ("HU", "hu")):
        assert not country(code).titles
        assert f"{labels_of(language).invoice} INV-2026-00042" in _said(_of(code, invoice("DE")))
        assert f"{labels_of(language).advance_invoice} INV-2026-00042" in _said(_of(code, _advance()))


def test_the_number_of_the_register_comes_first_where_businesses_state_it_so() -> None:
    sold = _of("SK", invoice("DE"))
    stated = replace(
        sold.seller, registration_number="31333532", tax_number="SK2022749619", tax_office_number="2022749619"
    )
    assert "IČO 31333532 DIČ 2022749619 IČ DPH SK2022749619" in _said(replace(sold, seller=stated))
    czech = _of("CZ", invoice("DE"))
    czech = replace(czech, seller=replace(czech.seller, registration_number="25123891", tax_number="CZ25123891"))
    assert "IČO 25123891 DIČ CZ25123891" in _said(czech)
    assert country("HU").register_number_first is False
