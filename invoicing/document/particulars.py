"""What a document says by law of its seller, and the terms that the law wants on it: from data to frozen texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from invoicing.countries import country
from invoicing.countries.mandates import BuyerKind
from invoicing.countries.particulars import PLACEHOLDER, PROFILE_FIELDS, seller_rules
from invoicing.countries.particulars import model as data
from invoicing.document.documents import Document, Line, Supply
from invoicing.document.law_of_form import buyer_situation
from invoicing.document.legal_texts import LegalTerm, LegalText, Particulars, StatedParticular
from invoicing.document.parties import Party
from invoicing.master_data.particulars import (
    amount_parts,
    legal_form_of,
    profile_value,
    stated_particulars,
    value_of,
)
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.render.formats import formats_for

_ENGLISH = "en"
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")


def with_legal_texts(document: Document, profile: Profile, customer: Customer) -> Document:
    """The composed invoice with what the law wants said of its seller and of its payment."""
    terms = legal_terms(
        profile,
        document.lines,
        buyer=buyer_situation(customer).kind,
        on=document.issue_date,
        early_payment=document.early_payment is not None,
    )
    seller = replace(document.seller, particulars=seller_particulars(profile, document.second_language))
    return replace(document, seller=seller, legal_terms=terms)


def seller_particulars(profile: Profile, second: str = "") -> Particulars | None:
    """What the seller's documents say of it in the foot; None where nothing is stated.

    They are in the documents' language where it is one of the country's, else in the country's first, and beside it in
    the documents' `second`, where both are the country's, else in English.
    """
    stated = stated_particulars(profile)
    if not stated:
        return None
    rules, language = seller_rules(profile.country), language_of(profile)
    local, other = _lines(profile, rules, language), _lines(profile, rules, _beside(profile, second))
    return Particulars(
        language=language,
        lines=tuple(_text(*both) for both in zip(local, other, strict=True)),
        values=tuple(StatedParticular(code, stated[code]) for code in rules.fields if code in stated),
    )


def language_of(profile: Profile) -> str:
    """The language of the law in which texts of the law are printed."""
    languages, wanted = country(profile.country).languages, _wanted_language(profile)
    return wanted if wanted in languages else languages[0]


def _wanted_language(profile: Profile) -> str:
    return profile.locale.replace("-", "_").partition("_")[0]


def _beside(profile: Profile, second: str) -> str:
    known = set(country(profile.country).languages)
    return second if {_wanted_language(profile), second} <= known else _ENGLISH


def legal_terms(
    profile: Profile, lines: Sequence[Line], *, buyer: BuyerKind, on: date, early_payment: bool
) -> tuple[LegalTerm, ...]:
    """The sentences that the law of the seller's country wants on an invoice of this day to such a buyer."""
    rules, language, stated = seller_rules(profile.country), language_of(profile), stated_particulars(profile)
    supply = supplied(lines)
    found = []
    for term in rules.terms:
        meant = buyer in term.buyers and term.valid_from <= on
        if not meant or (term.unless_early and early_payment) or (term.when and term.when not in stated):
            continue
        said = {
            one: _filled(
                term.texts[one],
                {**_values(profile, rules, one), "supply": term.supplies.get(supply, {}).get(one, "")},
            )
            for one in dict.fromkeys((language, _ENGLISH))
        }
        if text := said[language]:
            translation = said[_ENGLISH] if said[_ENGLISH] != text else ""
            found.append(LegalTerm(term.code, term.subject, term.place, language, text, translation))
    return tuple(found)


def legal_information(seller: Party) -> str:
    """The seller's additional legal information as structured formats take it (EN 16931, BT-33): one text, a line for
    each particular, in the language of the law.
    """
    return "\n".join(line.text for line in seller.particulars.lines) if seller.particulars else ""


def supplied(lines: Sequence[Line]) -> str:
    """What the lines supply: goods, services or both; empty where one does not say it."""
    supplies = {line.supply for line in lines if not line.supply_assumed}
    if any(line.supply_assumed for line in lines) or not supplies:
        return ""
    if len(supplies) > 1:
        return "both"
    return "goods" if supplies == {Supply.GOODS} else "services"


def _text(text: str, translation: str) -> LegalText:
    return LegalText(text, translation if translation != text else "")


def _lines(profile: Profile, rules: data.SellerRules, language: str) -> list[str]:
    """The lines in a language: those of the country's form, then what none of them says, with its name before it."""
    form = legal_form_of(profile)
    values = _values(profile, rules, language)
    found = []
    for line in rules.lines:
        meant = not line.forms or (form is not None and form.code in line.forms)
        if meant and (text := _filled(line.texts[language], _once(profile, line.texts[language], values))):
            found.append((line, text))
    # Languages order the parts of a line differently, and say the same of each.
    said = {name for line, _ in found for name in PLACEHOLDER.findall(line.texts[language])}
    said |= {name for term in rules.terms for name in PLACEHOLDER.findall(term.texts[language])}
    said |= {term.when for term in rules.terms} | {data.LEGAL_FORM}
    stated = stated_particulars(profile)
    left = [one for one in rules.fields.values() if one.code in stated and one.code not in said]
    return [text for _, text in found] + [_named(one, values[one.code], language) for one in left]


def _once(profile: Profile, template: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """The values, without a legal form beside a name that ends with it."""
    form = legal_form_of(profile)
    names = {"name", data.LEGAL_FORM} <= set(PLACEHOLDER.findall(template))
    if form is None or not names:
        return values
    said = values["name"].replace(".", "").casefold().split()[-1:]
    ends = any(said == [one.replace(".", "").casefold()] for one in (form.code, *form.also))
    return {**values, data.LEGAL_FORM: ""} if ends else values


def _named(field: data.ParticularField, value: str, language: str) -> str:
    colon = " :" if language == "fr" else ":"
    return value if field.kind == "flag" else f"{field.names[language]}{colon} {value}"


def _values(profile: Profile, rules: data.SellerRules, language: str) -> dict[str, str]:
    """What stands for each placeholder in a language."""
    found = {name: profile_value(profile, name) for name in PROFILE_FIELDS}
    for field in rules.fields.values():
        value = value_of(profile, field, language)
        found[field.code] = _shown(field, value, profile, language) if value else ""
    return found


def _shown(field: data.ParticularField, value: str, profile: Profile, language: str) -> str:
    match field.kind:
        case "flag":
            return field.names[language]
        case "amount":
            number, currency = amount_parts(value)
            other = "en_GB" if language == _ENGLISH else f"{language}_{profile.country}"
            local = profile.locale if language == language_of(profile) else other
            return formats_for(local, currency).whole_money(number)
    return value


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values: a part in brackets is left out where one of its own is empty, and all of it where
    one outside of them is.
    """
    kept = _BRACKETED.sub(lambda part: part[1] if _is_filled(part[1], values) else "", template)
    if not _is_filled(kept, values):
        return ""
    return PLACEHOLDER.sub(lambda part: values[part[1]], kept)


def _is_filled(text: str, values: Mapping[str, str]) -> bool:
    return all(values[name] for name in PLACEHOLDER.findall(text))
