"""The words of documents in the languages of all countries."""

from __future__ import annotations

import string
from dataclasses import asdict

import pytest
from babel import Locale

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.documents import TaxCategory
from invoicing.render.fonts import unprintable_characters
from invoicing.render.labels import LANGUAGES, catalogue_of, contexts, in_two_languages, labels_of, parse_labels

_ENGLISH = asdict(labels_of("en"))
_TABLES = ("categories", "reasons", "payment_means", "days_net", "slip")


def _texts(language: str, country_code: str = "") -> dict[str, str]:
    texts = asdict(labels_of(language, country_code))
    categories, reasons, means, days_net, slip = (texts.pop(name) for name in _TABLES)
    texts |= {f"category {category}": text for category, text in categories.items() if category != "S"}
    texts |= {f"reason {name}": text for name, text in reasons.items()}
    texts |= {f"payment_means {name}": text for name, text in means.items()}
    texts |= {f"slip {name}": text for name, text in slip.items()}
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
    countries = catalogue_of(language).by_country
    for name, text in (pair for code in ("", *countries) for pair in _texts(language, code).items()):
        assert not unprintable_characters(text), name
        if name in ("net", "tax_summary", "total_with_tax"):
            assert _fields(text) <= {"tax"}, name
        elif name.startswith("days_net"):
            assert _fields(text) == {"days"}, name
        elif name == "prices_without_tax":
            # Where prices never hold the tax, nobody says so.
            assert {"currency"} <= _fields(text) <= {"currency", "tax"}, name
        else:
            assert _fields(text) == _fields(english[name]), name


SAME_AS_IN_ENGLISH = {
    "da": "bank, lines_total, reference",
    "de": "bank, tax_in_currency",
    "es": "lines_total, payment_means cheque, total, total_with_tax",
    "fr": "classification, contact, credit_date, total",
    "hu": "bank, category G",
    "it": "note, tax_in_currency",
    "mt": "bank, category B, lines_total, total, vat",
    "nb": "bank",
    "nl": "bank, contract, object, payment_means cheque, project, tax_in_currency",
    "pl": "bank, vat",
    "pt": "payment_means cheque, total, total_with_tax",
    "ro": "category G, contract, lines_total, payment_means card, total",
    "sv": "bank, category G",
}
"""Words that are spelt as in English and are words of the language too: each was looked at."""


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_language_has_an_english_word_that_is_not_its_own(language: str) -> None:
    english = _texts("en")
    same = {name for name, text in _texts(language).items() if text == english.get(name)}
    assert same <= set(SAME_AS_IN_ENGLISH.get(language, "").split(", "))


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


def test_sellers_of_a_country_have_their_own_word_for_why_there_is_no_tax() -> None:
    austrian, german = labels_of("de", "AT").categories, labels_of("de").categories
    assert austrian[TaxCategory.REVERSE_CHARGE] == "Übergang der Steuerschuld auf den Leistungsempfänger"
    others = set(TaxCategory) - {TaxCategory.REVERSE_CHARGE}
    assert {austrian[one] == german[one] for one in others} == {True}


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
        "nb": "omvendt avgiftsplikt",
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
        lambda text: text.replace('cash = "Cash"', ""),
        lambda text: text.partition("[days_net]")[0],
        lambda text: text.replace("other = ", "others = "),
        lambda text: text.replace('other = "Net {days} days"', ""),
        lambda text: text.replace('void = "DO NOT USE FOR PAYMENT"', ""),
        lambda text: text.replace("[country.US]", '[country.US]\nunknown = "word"'),
        lambda text: text.replace('net = "Subtotal"', 'net = ""'),
        lambda text: text.partition("[read]")[0],
        lambda text: text.replace("checked = 2026-11-29", 'checked = "lately"'),
    ],
)
def test_a_file_that_is_not_complete_is_refused(change: object) -> None:
    lines = [f'{name} = "{text}"' for name, text in _ENGLISH.items() if name not in _TABLES]
    lines += ["[categories]"] + [f'{code} = "{text}"' for code, text in _ENGLISH["categories"].items() if code != "S"]
    lines += ["[reasons]"] + [f'{name} = "{text}"' for name, text in _ENGLISH["reasons"].items()]
    lines += ["[payment_means]"] + [f'{name} = "{text}"' for name, text in _ENGLISH["payment_means"].items()]
    lines += ["[days_net]"] + [f'{form} = "{text}"' for form, text in _ENGLISH["days_net"].items()]
    lines += ["[slip]"] + [f'{name} = "{text}"' for name, text in _ENGLISH["slip"].items()]
    lines += ["[country.US]", 'net = "Subtotal"', "[read]", 'source = "A sample"', "checked = 2026-11-29"]
    whole = "\n".join(lines) + "\n"
    catalogue = parse_labels(whole, name="en.toml")
    assert catalogue.words == labels_of("en")
    assert catalogue.by_country["US"].net == "Subtotal"
    assert callable(change)
    with pytest.raises(ValueError, match=r"en\.toml"):
        parse_labels(change(whole), name="en.toml")


def test_every_word_has_a_context_and_no_context_is_without_its_word() -> None:
    said = contexts()
    tables = {name: set(said.pop(name)) for name in _TABLES}
    assert set(said) == set(_ENGLISH) - set(_TABLES)
    assert tables["categories"] == {category.value for category in TaxCategory} - {"S"}
    assert tables["reasons"] == {*labels_of("en").reasons}
    assert tables["payment_means"] == {*labels_of("en").payment_means}
    assert tables["days_net"] == {form for language in LANGUAGES for form in labels_of(language).days_net}
    assert tables["slip"] == set(labels_of("de").slip)


def test_every_language_names_what_it_was_read_against() -> None:
    read = {language: (catalogue_of(language).source, catalogue_of(language).checked) for language in LANGUAGES}
    assert all(len(source) > 40 for source, _ in read.values())
    assert len(set(read.values())) == len(LANGUAGES)


def test_the_slip_has_the_languages_of_switzerland_and_english() -> None:
    assert {language for language in LANGUAGES if labels_of(language).slip} == {*country("CH").languages, "en"}


def test_words_of_a_country_are_of_one_whose_documents_can_be_in_the_language() -> None:
    for language in LANGUAGES:
        for code, words in catalogue_of(language).by_country.items():
            assert language in country(code).languages
            assert words != labels_of(language)


@pytest.mark.parametrize(
    ("language", "place", "words"),
    [
        ("en", "US", {"net": "Subtotal", "payable": "Amount due", "purchase_order": "P.O. number"}),
        ("en", "GB", {"net": "Total excl. {tax}", "lines_total": "Subtotal", "bill_to": "Bill to"}),
        ("de", "DE", {"net": "Nettobetrag", "tax_number": "USt-IdNr.", "vat": "MwSt."}),
        ("de", "AT", {"net": "Nettobetrag", "tax_number": "UID-Nr."}),
        ("de", "CH", {"tax_number": "MWST-Nr.", "vat": "MWST", "due_date": "Zahlbar bis", "total": "Total"}),
        ("fr", "FR", {"net": "Total HT", "total_with_tax": "Total TTC", "payable": "Net à payer"}),
        ("fr", "BE", {"net": "Total HTVA", "total_with_tax": "Total TVAC"}),
        ("it", "IT", {"bill_to": "Cliente", "credit_to": "Cliente"}),
        ("nl", "BE", {"credit_note": "Creditnota", "reference": "Mededeling"}),
        ("pl", "PL", {"net": "Razem netto", "total_with_tax": "Razem brutto", "payable": "Do zapłaty"}),
        ("el", "CY", {"tax_number": "Αρ. ΦΠΑ"}),
    ],
)
def test_a_language_has_the_words_of_each_country(language: str, place: str, words: dict[str, str]) -> None:
    assert {name: getattr(labels_of(language, place), name) for name in words} == words
