"""Why no tax is charged is said in the words of the law, and beside them in the document's own language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.documents import Document, TaxCategory
from invoicing.render.labels import LANGUAGES, labels_of
from tests.support.printed import invoice, printed

# The sentences that the files of most countries have.
SHARED = ("reverse_charge", "intra_community_supply", "export", "place_abroad", "expense", "exempt")
LAW = "Steuerschuldnerschaft des Leistungsempfängers"
ENGLISH = "Reverse charge: the customer owes the VAT"


def untaxed(name: str, **changes: Any) -> Document:
    """An invoice from Berlin to Warsaw whose tax is of this code of Germany's file."""
    code = next(one for one in country("DE").tax_codes if one.code == name)
    sold = invoice("DE", "PL")
    found = replace(
        sold.taxes[0],
        category=code.category,
        reason=code.reason,
        reason_local=code.reason_local,
        reason_code=code.reason_code,
    )
    return replace(sold, taxes=(replace(found, **changes),))


@pytest.mark.parametrize("name", SHARED)
def test_the_english_sentences_are_those_of_the_countries(name: str) -> None:
    sentence = labels_of("en").reasons[name]
    found: set[str] = set()
    for place in COUNTRY_CODES:
        rules = country(place)
        said = {code.reason for code in rules.tax_codes}
        said |= {text.reason for one in rules.tax_codes for text in one.texts}
        said |= {text.reason for one in rules.costs for text in one.texts}
        found |= {place} if sentence in said else set()
    assert len(found) >= 24


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one not in ("de", "en")])
def test_a_document_in_a_third_language_says_in_it_why_no_tax_is_charged(language: str) -> None:
    text = " ".join(printed(replace(untaxed("REVERSE-CHARGE"), locale=language)).split())
    own = labels_of(language).reasons["reverse_charge"]
    assert own in text
    assert text.index(own) < text.index(LAW)
    assert ENGLISH not in text


def test_english_is_there_where_nothing_else_says_it_or_the_document_is_in_it() -> None:
    sold = untaxed("REVERSE-CHARGE")
    assert ENGLISH in printed(replace(sold, locale="de_DE"))
    assert ENGLISH in printed(replace(sold, locale="pl", second_language="en"))
    typed = untaxed("REVERSE-CHARGE", reason="Owed by the customer, says our lawyer")
    assert "says our lawyer" in printed(replace(typed, locale="pl"))


@pytest.mark.parametrize(
    ("place", "english"), [("RE", False), ("GP", False), ("MQ", False), ("YT", False), ("CH", True)]
)
def test_an_overseas_department_reads_the_french_reason_alone(place: str, english: bool) -> None:
    code = next(one for one in country("FR").tax_codes if one.code == "EXPORT")
    sold = invoice("FR", "CH")
    tax = replace(sold.taxes[0], category=code.category, reason=code.reason, reason_local=code.reason_local)
    address = replace(sold.buyer.address, country=place)
    shown = printed(replace(sold, taxes=(tax,), buyer=replace(sold.buyer, address=address)))
    assert code.reason_local in " ".join(shown.split())
    assert (code.reason in " ".join(shown.split())) is english


def test_a_reverse_charge_at_home_is_named_in_another_language_and_the_law_in_its_own() -> None:
    text = " ".join(printed(replace(untaxed("DOMESTIC-REVERSE-CHARGE"), locale="fr")).split())
    assert "Autoliquidation" in text
    assert "§ 13b Abs. 2 und 5 UStG" in text
    assert ENGLISH not in text


@pytest.mark.parametrize(
    ("code", "locale", "words"),
    [
        # Article 226(13) and (14) Directive 2006/112/EC; § 14a(6) UStG, Article 242 nonies A annexe II CGI.
        ("VATEX-EU-D", "de_DE", "Sonderregelung für Reisebüros"),
        ("VATEX-EU-F", "de_DE", "Gebrauchtgegenstände/Sonderregelung"),
        ("VATEX-EU-I", "fr", "Régime particulier – Objets d’art"),
        ("VATEX-EU-J", "pl", "procedura marży – przedmioty kolekcjonerskie i antyki"),
    ],
)
def test_a_margin_scheme_has_the_words_of_the_directive(code: str, locale: str, words: str) -> None:
    sold = untaxed("EXEMPT", reason_code=code, reason="Margin", reason_local="Differenzbesteuerung, § 25a UStG")
    text = " ".join(printed(replace(sold, locale=locale)).split())
    assert words in text
    assert "Differenzbesteuerung, § 25a UStG" in text
    assert labels_of(locale[:2]).categories[TaxCategory.EXEMPT] not in text
