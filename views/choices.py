"""What a field of a form is chosen from: values, each with its words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pycountry
from babel import Locale

from invoicing.countries.odd_codes import KOSOVO
from invoicing.master_data.records import Account, PaymentTerm, TaxCode
from invoicing.render.labels import LANGUAGES

Choices = list[tuple[str, str]]


@cache
def country_choices(locale: str) -> tuple[tuple[str, str], ...]:
    """All countries of the world in the reader's language, by their names."""
    names = Locale.parse(locale).territories
    codes = [*(country.alpha_2 for country in pycountry.countries), KOSOVO]
    return tuple(sorted(((code, str(names.get(code, code))) for code in codes), key=lambda one: one[1].casefold()))


def language_choices(locale: str, nothing: str) -> Choices:
    """The languages of documents in the reader's language, behind what no choice means."""
    names = Locale.parse(locale).languages
    return [("", nothing), *sorted(((code, str(names.get(code, code))) for code in LANGUAGES), key=lambda one: one[1])]


def term_choices(terms: Iterable[PaymentTerm], nothing: str, *, kept: str = "") -> Choices:
    """The terms that can be chosen, and those that stand there though nobody can choose them any more."""
    return [("", nothing), *((one.code, one.name) for one in terms if one.active or one.code == kept)]


def tax_code_choices(codes: Iterable[TaxCode], nothing: str, *, kept: str = "") -> Choices:
    """The tax codes that can be chosen, and the one that stands there."""
    found = [(one.code, f"{one.code} – {one.name}") for one in codes]
    return [("", nothing), *found, *([(kept, kept)] if kept and kept not in dict(found) else [])]


def account_choices(accounts: Iterable[Account], nothing: str) -> Choices:
    """The accounts of income that can be chosen."""
    return [("", nothing), *((one.number, f"{one.number} {one.name}") for one in accounts if one.type == "income")]
