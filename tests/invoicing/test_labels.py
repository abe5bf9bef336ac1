"""The words of documents in the languages of all countries."""

from __future__ import annotations

import string
from dataclasses import asdict

import pytest
from babel import Locale

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.documents import TaxCategory
from invoicing.render.fonts import unprintable_characters
from invoicing.render.labels import LANGUAGES, in_two_languages, labels_of, parse_labels

_ENGLISH = asdict(labels_of("en"))


def _texts(language: str) -> dict[str, str]:
    texts = asdict(labels_of(language))
    categories, days_net = texts.pop("categories"), texts.pop("days_net")
    texts |= {f"category {category}": text for category, text in categories.items() if category != "S"}
    return texts | {f"days_net {form}": text for form, text in days_net.items()}


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
        elif name.startswith("days_net"):
            assert _fields(text) == {"days"}, name
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


def test_a_reverse_charge_has_the_words_of_the_directive_in_each_language() -> None:
    # Directive 2010/45/EU, Article 226 point 11a in the language's own version, as listed by askingbox.com.
    words = {language: labels_of(language).categories[TaxCategory.REVERSE_CHARGE] for language in LANGUAGES}
    assert words == {
        "bg": "обратно начисляване",
        "cs": "daň odvede zákazník",
        "da": "omvendt betalingspligt",
        "de": "Steuerschuldnerschaft des Leistungsempfängers",
        "el": "αντίστροφη επιβάρυνση",
        "en": "reverse charge",
        "es": "inversión del sujeto pasivo",
        "et": "pöördmaksustamine",
        "fi": "käännetty verovelvollisuus",
        "fr": "autoliquidation",
        "hr": "prijenos porezne obveze",
        "hu": "fordított adózás",
        "it": "inversione contabile",
        "lt": "atvirkštinis apmokestinimas",
        "lv": "nodokļa apgrieztā maksāšana",
        "mt": "inverżjoni tal-ħlas",
        # Norway is no member; its own word. The Slovenian version says "Reverse Charge", Slovenian law this.
        "nb": "snudd avregning",
        "nl": "btw verlegd",
        "pl": "odwrotne obciążenie",
        "pt": "autoliquidação",
        "ro": "taxare inversă",
        "sk": "prenesenie daňovej povinnosti",
        "sl": "obrnjena davčna obveznost",
        "sv": "omvänd betalningsskyldighet",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_of_a_language_has_its_words(language: str) -> None:
    locale = Locale.parse(language)
    assert {locale.plural_form(days) for days in range(1, 121)} <= set(labels_of(language).days_net)


def test_a_second_language_calls_the_tax_by_its_own_name() -> None:
    both = in_two_languages(labels_of("de"), labels_of("en"), second_tax="VAT")
    assert both.net == "Nettobetrag / Total excl. VAT"
    assert in_two_languages(labels_of("de"), labels_of("en")).net == "Nettobetrag / Total excl. {tax}"


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
        lambda text: text.replace("[categories]", '[categories]\nS = "standard"'),
        lambda text: text.partition("[days_net]")[0],
        lambda text: text.replace("other = ", "others = "),
        lambda text: text.replace('other = "Net {days} days"', ""),
    ],
)
def test_a_file_that_is_not_complete_is_refused(change: object) -> None:
    lines = [f'{name} = "{text}"' for name, text in _ENGLISH.items() if name not in ("categories", "days_net")]
    lines += ["[categories]"] + [f'{code} = "{text}"' for code, text in _ENGLISH["categories"].items() if code != "S"]
    lines += ["[days_net]"] + [f'{form} = "{text}"' for form, text in _ENGLISH["days_net"].items()]
    whole = "\n".join(lines) + "\n"
    assert parse_labels(whole, name="en.toml") == labels_of("en")
    assert callable(change)
    with pytest.raises(ValueError, match=r"en\.toml"):
        parse_labels(change(whole), name="en.toml")
