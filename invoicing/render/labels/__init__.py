"""The words of the printed document: one catalogue `<language>.toml` each, held to the fields of `Labels`.

`contexts.toml` says of each word where it stands. `[read]` of a catalogue says what it was read against, and when;
`[country.<code>]` has the words that sellers of a country use instead. A catalogue is read strictly: a key that is
missing, unknown or empty is a `ValueError` that names the file and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from invoicing.document.documents import TaxCategory
from invoicing.document.payable import PaymentMeans

FALLBACK_LANGUAGE = "en"

LANGUAGES: tuple[str, ...] = tuple(
    sorted(found[1] for entry in files(__name__).iterdir() if (found := re.fullmatch(r"([a-z]{2})\.toml", entry.name)))
)
"""The languages of documents, as ISO 639-1 codes in alphabetical order."""

# The Norwegian of documents is Bokmål, whatever a locale calls it.
_SAME_LANGUAGE = {"no": "nb", "nn": "nb"}
_TAXED = TaxCategory.STANDARD
_PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of one language, or of two; `contexts.toml` says where each stands. `categories` says why a category is
    not taxed, and nothing of S; `reasons` says it with its law. `payment_means` has the means of payment that need no
    account, by their values. `days_net` has the terms of a number of days by the plural forms of CLDR, of the first
    language alone; `slip` the words of the Swiss slip, where it has the language.
    """

    invoice: str
    credit_note: str
    advance_invoice: str
    final_invoice: str
    draft: str
    not_issued: str
    number: str
    bill_to: str
    credit_to: str
    registration: str
    tax_number: str
    tax_office_number: str
    issue_date: str
    credit_date: str
    due_date: str
    paid_on: str
    supply_date: str
    supply_period: str
    purchase_order: str
    order_line: str
    currency: str
    credited_invoice: str
    reason: str
    before_correction: str
    after_correction: str
    remaining: str
    price_reduction: str
    position: str
    description: str
    quantity: str
    unit_price: str
    discount: str
    charge: str
    amount: str
    tax: str
    tax_in_sentence: str
    vat: str
    carried_forward: str
    brought_forward: str
    prices: str
    prices_with_tax: str
    prices_without_tax: str
    tax_summary: str
    tax_rate: str
    taxable: str
    lines_total: str
    net: str
    total: str
    total_with_tax: str
    withheld: str
    rounding: str
    invoiced_before: str
    payable: str
    credited_amount: str
    tax_in_currency: str
    exchange_rate: str
    payment_details: str
    payment_method: str
    account_holder: str
    bank: str
    account_number: str
    routing_number: str
    reference: str
    payment_terms: str
    due_on_receipt: str
    early_payment: str
    cash_accounting: str
    note: str
    buyer_reference: str
    project: str
    contract: str
    sales_order: str
    receiving_advice: str
    despatch_advice: str
    tender: str
    object: str
    accounting_reference: str
    attachment: str
    delivery: str
    payee: str
    tax_representative: str
    contact: str
    customer_number: str
    seller_item: str
    buyer_item: str
    origin: str
    classification: str
    page: str
    sandbox: str
    scan_to_pay: str
    no_code: str
    categories: dict[TaxCategory, str]
    reasons: dict[str, str]
    payment_means: dict[str, str]
    days_net: dict[str, str]
    slip: Mapping[str, str] = field(default_factory=dict)


def language_code(language: str) -> str:
    """The code by which a language's words are kept."""
    return _SAME_LANGUAGE.get(language, language)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of a language, those of the countries whose sellers use others (by ISO 3166-1), and what they were read
    against on which day.
    """

    words: Labels
    by_country: Mapping[str, Labels]
    source: str
    checked: date


def labels_of(language: str, country: str = "") -> Labels:
    """The words of a language (ISO 639-1) as sellers of a country use them, of English where there are none."""
    catalogue = catalogue_of(language)
    return catalogue.by_country.get(country.upper(), catalogue.words)


def catalogue_of(language: str) -> Catalogue:
    """The catalogue of a language, that of English where there is none."""
    code = language_code(language)
    return _read(code if code in LANGUAGES else FALLBACK_LANGUAGE)


@cache
def contexts() -> dict[str, Any]:
    """Where each word of a catalogue stands, by its key; the tables of a catalogue are tables of it."""
    return tomllib.loads(files(__name__).joinpath("contexts.toml").read_text(encoding="utf-8"))


def in_two_languages(first: Labels, second: Labels, *, second_tax: str = "{tax}") -> Labels:
    """Both languages in one: the second below the first in the head of a table, else after a stroke.

    A word that is the same in both stands once, and the watermark is only in the first. `second_tax` is what the tax
    is called in the second language, where it is known.
    """
    joined: dict[str, Any] = {
        name: _joined(
            getattr(first, name),
            getattr(second, name).replace("{tax}", second_tax),
            "\n" if name in _ON_TWO_LINES else " / ",
        )
        for name in _TEXTS
    }
    joined["sandbox"] = first.sandbox
    categories = {
        category: _joined(first.categories[category], second.categories[category], " / ") for category in TaxCategory
    }
    means = {name: _joined(word, second.payment_means[name], " / ") for name, word in first.payment_means.items()}
    reasons = {name: _joined(word, second.reasons[name], " / ") for name, word in first.reasons.items()}
    return Labels(
        **joined, categories=categories, reasons=reasons, payment_means=means, days_net=first.days_net, slip=first.slip
    )


def as_head(word: str) -> str:
    """The name of a tax as it begins a line or heads a column: one of ours that is small in a sentence (btw, moms) has
    a capital there; what somebody typed stays.
    """
    # Only for such a word are all catalogues read.
    return word[:1].upper() + word[1:] if word.islower() and word in _tax_names() else word


def in_line(label: str) -> str:
    """A label for a sentence or a sum: on one line in either case."""
    return label.replace("\n", " / ")


def parse_labels(text: str, *, name: str) -> Catalogue:
    """The catalogue that a TOML text holds; `name` is the file's name, for errors.

    Raises:
        ValueError: the text does not follow the schema.
    """
    table = tomllib.loads(text)
    wanted = {part: table.pop(part, None) for part in ("categories", "reasons", "payment_means", "days_net", "read")}
    countries, slip = table.pop("country", {}), table.pop("slip", {})
    if missing := [part for part, held in wanted.items() if not isinstance(held, dict)]:
        raise ValueError(f"{name}: missing: {', '.join(missing)}.")
    categories, reasons, means, days_net, read = wanted.values()
    _check_keys(table, set(_TEXTS), name)
    _check_keys(categories, {category.value for category in TaxCategory if category is not _TAXED}, name)
    _check_keys(reasons, set(contexts()["reasons"]), name)
    _check_keys(means, {one.value for one in PaymentMeans if one is not PaymentMeans.TRANSFER}, name)
    # Which forms a language has, CLDR says; every language has the last one.
    _check_keys(days_net, {*days_net} & {*_PLURAL_FORMS} | {"other"}, name)
    _check_keys(slip, set(contexts()["slip"]) if slip else set(), name)
    if set(read) != {"source", "checked"} or not read["source"] or not isinstance(read["checked"], date):
        raise ValueError(f"{name}: read is of a source and the day it was checked.")
    named = {TaxCategory(code): word for code, word in categories.items()}
    words = Labels(
        **table, categories={_TAXED: "", **named}, reasons=reasons, payment_means=means, days_net=days_net, slip=slip
    )
    by_country = {code: _of_country(words, own, f"{name}, country {code}") for code, own in countries.items()}
    return Catalogue(words, by_country, read["source"], read["checked"])


def _of_country(words: Labels, own: dict[str, Any], where: str) -> Labels:
    texts = dict(own)
    days_net, categories = texts.pop("days_net", words.days_net), texts.pop("categories", {})
    _check_keys(texts, set(texts) & set(_TEXTS), where)
    _check_keys(days_net, set(words.days_net), where)
    _check_keys(categories, set(categories) & {*TaxCategory} - {_TAXED}, where)
    named = {TaxCategory(code): word for code, word in categories.items()}
    changes: dict[str, Any] = {**texts, "days_net": days_net, "categories": {**words.categories, **named}}
    return replace(words, **changes)


@cache
def _tax_names() -> frozenset[str]:
    return frozenset(labels_of(language).vat for language in LANGUAGES)


@cache
def _read(language: str) -> Catalogue:
    name = f"{language}.toml"
    return parse_labels(files(__name__).joinpath(name).read_text(encoding="utf-8"), name=name)


def _check_keys(table: dict[str, Any], wanted: set[str], name: str) -> None:
    if set(table) != wanted:
        raise ValueError(f"{name}: missing or unknown: {', '.join(sorted(set(table) ^ wanted))}.")
    empty = [key for key, value in table.items() if not isinstance(value, str) or not value.strip()]
    if empty:
        raise ValueError(f"{name}: not a text, or empty: {', '.join(sorted(empty))}.")


def _joined(first: str, second: str, separator: str) -> str:
    return first if first.casefold() == second.casefold() else f"{first}{separator}{second}"


_TEXTS = tuple(
    one.name for one in fields(Labels) if one.name not in ("categories", "reasons", "payment_means", "days_net", "slip")
)
_ON_TWO_LINES = frozenset(
    "position description quantity unit_price discount amount tax tax_rate taxable"
    " prices prices_with_tax prices_without_tax".split()
)
