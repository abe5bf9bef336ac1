"""What a country calls documents with tax, and what it wants said on an advance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invoicing.countries import country
from invoicing.document.documents import Document, TaxCategory
from invoicing.render.labels import labels_of
from tests.support.printed import invoice, printed


def _of(code: str, sold: Document) -> Document:
    """The same of a seller and a buyer in this country."""
    rules = country(code)
    seller, buyer = (
        replace(party, address=replace(party.address, country=code), tax_number="", registration_number="")
        for party in (sold.seller, sold.buyer)
    )
    return replace(sold, seller=seller, buyer=buyer, locale=rules.locale, tax_number_label=rules.tax_number_label)


def _said(sold: Document) -> str:
    return " ".join(printed(sold).split())


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
