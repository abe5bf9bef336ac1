"""The words of documents in the languages of all countries."""

from __future__ import annotations

import string
from dataclasses import asdict

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.documents import TaxCategory
from invoicing.render.fonts import unprintable_characters
from invoicing.render.labels import LANGUAGES, in_two_languages, labels_of, parse_labels

_ENGLISH = asdict(labels_of("en"))


def _texts(language: str) -> dict[str, str]:
    texts = asdict(labels_of(language))
    categories = texts.pop("categories")
    return texts | {f"category {category}": text for category, text in categories.items() if category != "S"}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_of_every_country_has_every_label() -> None:
    wanted = {language for code in COUNTRY_CODES for language in country(code).languages}
    assert wanted <= set(LANGUAGES)
    assert all(all(_texts(language).values()) for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_can_be_printed_and_has_the_places_of_the_english_one(language: str) -> None:
    english = _texts("en")
    for name, text in _texts(language).items():
        assert not unprintable_characters(text), name
        if name in ("net", "tax_summary"):
            assert _fields(text) <= {"tax"}, name
        else:
            assert _fields(text) == _fields(english[name]), name


def test_a_document_that_takes_back_an_invoice_has_the_name_that_the_law_gives_it() -> None:
    names = {language: labels_of(language).credit_note for language in ("de", "fr", "es", "it", "pl", "cs")}
    assert names == {
        "de": "Rechnungskorrektur",
        "fr": "Facture d’avoir",
        "es": "Factura rectificativa",
        "it": "Nota di credito",
        "pl": "Faktura korygująca",
        "cs": "Opravný daňový doklad",
    }


def test_an_unknown_language_is_english_and_norwegian_is_bokmal() -> None:
    assert labels_of("ja") is labels_of("en")
    assert labels_of("no") is labels_of("nn") is labels_of("nb")


def test_two_languages_say_what_is_the_same_once() -> None:
    both = in_two_languages(labels_of("de"), labels_of("en"))
    assert both.invoice == "Rechnung / Invoice"
    assert both.unit_price == "Einzelpreis\nUnit price"
    assert both.bank == "Bank"
    assert both.sandbox == labels_of("de").sandbox
    assert both.categories[TaxCategory.EXEMPT] == "steuerfrei / exempt"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("invoice = ", "invoce = ", 1),
        lambda text: text.replace('draft = "Draft"', 'draft = " "'),
        lambda text: text.replace('draft = "Draft"', "draft = 1"),
        lambda text: text.replace('AE = "reverse charge"', ""),
        lambda text: text.partition("[categories]")[0],
        lambda text: text + 'S = "standard"\n',
    ],
)
def test_a_file_that_is_not_complete_is_refused(change: object) -> None:
    lines = [f'{name} = "{text}"' for name, text in _ENGLISH.items() if name != "categories"]
    lines += ["[categories]"] + [f'{code} = "{text}"' for code, text in _ENGLISH["categories"].items() if code != "S"]
    whole = "\n".join(lines) + "\n"
    assert parse_labels(whole, name="en.toml") == labels_of("en")
    assert callable(change)
    with pytest.raises(ValueError, match=r"en\.toml"):
        parse_labels(change(whole), name="en.toml")
