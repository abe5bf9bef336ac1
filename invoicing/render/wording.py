"""What the program itself put into a document, in the document's own language: the names of the tax and of its number,
the standard payment terms, and tax numbers in the form that their countries print.

Only the printed form is made here. What is stored, hashed and exported stays as it was issued, and what somebody
typed (a tax named otherwise, terms of one's own) is printed as typed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from babel import Locale

from invoicing.countries import Country
from invoicing.countries.identifiers import business_number, compact
from invoicing.countries.tax_numbers import is_cross_border_number, validate_tax_number
from invoicing.document.documents import Document
from invoicing.document.parties import Party
from invoicing.refusals import InvalidInput
from invoicing.render.addresses import is_abroad, known_country
from invoicing.render.labels import FALLBACK_LANGUAGE, LANGUAGES, labels_of, language_code
from invoicing.render.untaxed import is_untaxed, registration_rules

# The terms that every organization begins with are named in English.
_ON_RECEIPT = "Due on receipt"
_DAYS_NET = re.compile(r"(\d{1,4}) days net")

_DIGIT_PLACE = "0"
_TAX_PLACE = "{tax}"


def worded(document: Document, locale: Locale, languages: tuple[str, ...]) -> Document:
    """The document as it is printed in `locale` and, where there are two languages, with its terms in both."""
    language, at_home = languages[0], not is_abroad(document)
    seller, number_label = _seller(document, language, at_home=at_home)
    rules = known_country(document.seller.address.country)
    return replace(
        document,
        seller=seller,
        buyer=_buyer(document, language, at_home=at_home),
        taxes=tuple(replace(tax, label=tax_name(rules, tax.label, language)) for tax in document.taxes),
        tax_number_label=number_label,
        payment_terms=_terms(document, locale, languages),
    )


def tax_name(rules: Country | None, label: str, language: str) -> str:
    """What the tax is called in `language`: the country's own word stays in its first language and is translated in
    any other, such as MWST to TVA. A name that is not the country's is the user's text; a sales tax is no VAT.
    """
    if rules is None or label != rules.tax_label or not _is_abroad(rules, language):
        return label
    return labels_of(language, rules.code).vat


def printed_tax_number(country_code: str, number: str, language: str, *, at_home: bool = False) -> str:
    """A tax number as its country prints it (`tax_number_printed` and `tax_number_prefix_at_home` of its file); one
    that is not valid as it is. `at_home` is a document whose parties are both in the country.
    """
    rules = known_country(country_code)
    if rules is None or not number:
        return number
    try:
        canonical = validate_tax_number(rules.code, number)
    except InvalidInput:
        return number
    text = _in_printed_form(rules, canonical, language)
    if at_home and not rules.tax_number_prefix_at_home:
        return text.removeprefix(rules.tax_number_prefix).lstrip()
    return text


def _in_printed_form(rules: Country, canonical: str, language: str) -> str:
    digits = [character for character in canonical if character.isdigit()]
    pattern = rules.tax_number_printed
    if pattern.count(_DIGIT_PLACE) != len(digits):
        return canonical
    remaining = iter(digits)
    filled = "".join(next(remaining) if character == _DIGIT_PLACE else character for character in pattern)
    return filled.replace(_TAX_PLACE, _tax_of_number(rules, language))


def _seller(document: Document, language: str, *, at_home: bool) -> tuple[Party, str]:
    """The seller with its tax number as it is printed, and what the number is called.

    The number of one that is not registered is the plain one, without what marks registered sellers. Only where the
    buyer owes the tax it is the VAT number, which the law wants there (Article 226(3) Directive 2006/112/EC).
    """
    rules, seller = known_country(document.seller.address.country), document.seller
    label = _tax_number_label(rules, document.tax_number_label, language, at_home=at_home)
    state = rules.registration(seller.vat_registration) if rules is not None else None
    if rules is not None and state is not None and is_cross_border_number(seller.tax_number):
        return seller, state.cross_border_label if not _is_abroad(rules, language) else ""
    if rules is None or state is None or state.tax_number != "plain" or not is_untaxed(document):
        return _with_printed_number(seller, language, at_home=at_home), label
    plain = seller.tax_number.removeprefix(rules.tax_number_prefix)
    label = labels_of(language, rules.code).tax_office_number if _is_abroad(rules, language) else state.tax_number_label
    # The same number once, and where both are known in the form that the tax office writes.
    twice = bool(plain) and compact(seller.tax_office_number).startswith(plain)
    return replace(seller, tax_number="" if twice else plain), label


def _buyer(document: Document, language: str, *, at_home: bool) -> Party:
    """The buyer with its number as it is printed. Where the seller may not mention the tax, the number of a buyer at
    home is that of the business without the word for the tax.
    """
    buyer, state = document.buyer, registration_rules(document)
    if state is None or not state.silent or not at_home or not buyer.tax_number:
        return _with_printed_number(buyer, language, at_home=at_home)
    number = business_number(buyer.address.country, buyer.tax_number)
    return replace(buyer, tax_number="", registration_number=buyer.registration_number or number)


def _with_printed_number(party: Party, language: str, *, at_home: bool) -> Party:
    number = printed_tax_number(party.address.country, party.tax_number, language, at_home=at_home)
    rules = known_country(party.address.country)
    # Without its prefix it is the tax office's number or the beginning of it, which then stands once.
    without = at_home and rules is not None and not rules.tax_number_prefix_at_home
    twice = without and bool(number) and compact(party.tax_office_number).startswith(number)
    return replace(party, tax_number="" if twice else number)


def _tax_of_number(rules: Country, language: str) -> str:
    """The tax at the end of a number is named in the country's languages, and in English for everyone else."""
    return tax_name(rules, rules.tax_label, language if language in rules.languages else "en")


def _tax_number_label(rules: Country | None, label: str, language: str, *, at_home: bool) -> str:
    if rules is None or label != rules.tax_number_label:
        return label
    if _is_abroad(rules, language):
        return labels_of(language, rules.code).tax_number
    return rules.tax_number_label_at_home if at_home else label


def _is_abroad(rules: Country, language: str) -> bool:
    """Whether the words of the country's file, which are in its first language, are foreign to this one."""
    return rules.tax_system != "us_sales_tax" and language != rules.languages[0]


def _terms(document: Document, locale: Locale, languages: tuple[str, ...]) -> str:
    terms, home = document.payment_terms, document.seller.address.country
    second = [Locale.parse(language) for language in languages[1:]]
    return " / ".join(dict.fromkeys(_terms_in(terms, one, home) for one in (locale, *second)))


def _terms_in(terms: str, locale: Locale, home: str) -> str:
    labels = labels_of(locale.language, home)
    if terms == _ON_RECEIPT:
        return labels.due_on_receipt
    found = _DAYS_NET.fullmatch(terms)
    if found is None:
        return terms
    days = int(found.group(1))
    # Not babel's units: it has none for four of the languages, and counts in periods of 24 hours in three others. A
    # locale without labels is English, and counts as English does.
    plural = locale if language_code(locale.language) in LANGUAGES else Locale.parse(FALLBACK_LANGUAGE)
    return labels.days_net.get(plural.plural_form(days), labels.days_net["other"]).format(days=days)
