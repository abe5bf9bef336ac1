"""The fixed words of the printed document: one file `<language>.toml` each, held to the fields of `Labels`.

A file is read strictly: a key that is missing, unknown or empty is a `ValueError` that names the file and the key.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, assert_never

from invoicing.document.documents import DocumentKind, TaxCategory

FALLBACK_LANGUAGE = "en"

LANGUAGES: tuple[str, ...] = tuple(
    sorted(entry.name.removesuffix(".toml") for entry in files(__name__).iterdir() if entry.name.endswith(".toml"))
)
"""The languages of documents, as ISO 639-1 codes in alphabetical order."""

# The Norwegian of documents is Bokmål, whatever a locale calls it.
_SAME_LANGUAGE = {"no": "nb", "nn": "nb"}
_TAXED = TaxCategory.STANDARD
_PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of one language, or of two. `categories` says why a category is not taxed; of S it says nothing.
    `days_net` has the terms of a number of days by the plural forms of CLDR, of the first language alone.
    """

    invoice: str
    credit_note: str
    draft: str
    not_issued: str
    bill_to: str
    credit_to: str
    registration: str
    tax_number: str
    tax_office_number: str
    issue_date: str
    due_date: str
    supply_date: str
    supply_period: str
    purchase_order: str
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
    withheld: str
    rounding: str
    payable: str
    credited_amount: str
    tax_in_currency: str
    exchange_rate: str
    payment_details: str
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
    seller_item: str
    buyer_item: str
    origin: str
    classification: str
    page: str
    sandbox: str
    scan_to_pay: str
    no_code: str
    categories: dict[TaxCategory, str]
    days_net: dict[str, str]

    def kind(self, kind: DocumentKind) -> str:
        """What a document of this kind is called."""
        match kind:
            case DocumentKind.INVOICE:
                return self.invoice
            case DocumentKind.CREDIT_NOTE:
                return self.credit_note
            case _:
                assert_never(kind)


def language_code(language: str) -> str:
    """The code by which a language's words are kept."""
    return _SAME_LANGUAGE.get(language, language)


def labels_of(language: str) -> Labels:
    """The words of a language (ISO 639-1), of English where there are none."""
    code = language_code(language)
    return _read(code if code in LANGUAGES else FALLBACK_LANGUAGE)


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
    return Labels(**joined, categories=categories, days_net=first.days_net)


def in_line(label: str) -> str:
    """A label for a sentence or a sum: on one line in either case."""
    return label.replace("\n", " / ")


def parse_labels(text: str, *, name: str) -> Labels:
    """The words that a TOML text holds; `name` is the file's name, for errors.

    Raises:
        ValueError: the text does not follow the schema.
    """
    table = tomllib.loads(text)
    categories, days_net = table.pop("categories", None), table.pop("days_net", None)
    if not isinstance(categories, dict) or not isinstance(days_net, dict):
        raise ValueError(f"{name}: categories or days_net are missing.")
    _check_keys(table, set(_TEXTS), name)
    _check_keys(categories, {category.value for category in TaxCategory if category is not _TAXED}, name)
    # Which forms a language has, CLDR says; every language has the last one.
    _check_keys(days_net, {*days_net} & {*_PLURAL_FORMS} | {"other"}, name)
    named = {TaxCategory(code): word for code, word in categories.items()}
    return Labels(**table, categories={_TAXED: "", **named}, days_net=days_net)


@cache
def _read(language: str) -> Labels:
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


_TEXTS = tuple(field.name for field in fields(Labels) if field.name not in ("categories", "days_net"))
_ON_TWO_LINES = frozenset(
    "position description quantity unit_price discount amount tax tax_rate taxable"
    " prices prices_with_tax prices_without_tax".split()
)
