"""Countries as data: one file `<code>.toml` each, held to the fields of `Country`.

A file is read strictly: a key that is missing, unknown or of the wrong type is a `ValueError` that names the
file and the key, since a silent default in a tax rate ends up on somebody's invoice.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import get_args

from invoicing.countries.cash_rounding import read_cash_rounding
from invoicing.countries.corrections import CorrectionRules, CorrectionSign, CorrectionWords, read_correction
from invoicing.countries.costs import read_costs
from invoicing.countries.language_law import read_language_law
from invoicing.countries.mandates import (
    BuyerKind,
    Confidence,
    read_mandate,
    read_no_mandate,
    read_planned_mandate,
    read_requirement,
)
from invoicing.countries.model import (
    SMALL_BUSINESS_CODE,
    TAXED_CATEGORIES,
    AccountingStandard,
    Country,
    DatedRate,
    Numbering,
    PartyField,
    PeriodRule,
    Source,
    TaxCodeTemplate,
    TaxPointOfPeriod,
    TaxSystem,
    Withholding,
)
from invoicing.countries.payment import read_payment
from invoicing.countries.reading import Table
from invoicing.countries.registration import (
    Identifier,
    RegistrationRules,
    VatRegistration,
    read_identifiers,
    read_registrations,
    read_words,
)
from invoicing.countries.schemes import read_split_payment, read_surcharge
from invoicing.countries.titles import read_titles
from invoicing.countries.windows import AddressWindow, read_window
from invoicing.document.advances import AdvanceTax
from invoicing.document.documents import TaxCategory
from invoicing.document.parties import Address
from invoicing.money.amounts import parse_decimal
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals

__all__ = [
    "COUNTRY_CODES",
    "SMALL_BUSINESS_CODE",
    "TAXED_CATEGORIES",
    "AccountingStandard",
    "AddressWindow",
    "CorrectionRules",
    "CorrectionSign",
    "CorrectionWords",
    "Country",
    "DatedRate",
    "Identifier",
    "Numbering",
    "PartyField",
    "PeriodRule",
    "RegistrationRules",
    "Source",
    "TaxCodeTemplate",
    "TaxPointOfPeriod",
    "TaxSystem",
    "VatRegistration",
    "Withholding",
    "country",
    "parse_country",
]

_LANGUAGE = re.compile(r"[a-z]{2}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ADDRESS_FIELDS = tuple(field.name for field in fields(Address))

COUNTRY_CODES: tuple[str, ...] = tuple(
    sorted(
        entry.name.removesuffix(".toml").upper() for entry in files(__name__).iterdir() if entry.name.endswith(".toml")
    )
)
"""The supported countries, as ISO 3166-1 alpha-2 codes in alphabetical order."""


def country(code: str) -> Country:
    """The country with this ISO 3166-1 alpha-2 code, in upper or lower case.

    Raises:
        InvalidInput: the country is not supported.
    """
    canonical = capitals(code)
    if canonical not in COUNTRY_CODES:
        raise InvalidInput(
            f"country must be one of the {len(COUNTRY_CODES)} supported countries, as a two-letter code"
            f" (ISO 3166-1): {', '.join(COUNTRY_CODES)}.{country_meant(canonical)}",
            field="country",
        )
    return _read(canonical)


def country_meant(wanted: str) -> str:
    """A sentence, after a blank, on the supported country whose name or other code this is; empty where it is none."""
    wanted = wanted.strip().upper()
    for rules in map(_read, COUNTRY_CODES):
        names = {rules.name.upper(), rules.native_name.upper(), rules.tax_number_prefix}
        if wanted and (wanted in names or _OTHER_CODES.get(wanted) == rules.code):
            return f" {rules.name} is {rules.code}."
    return ""


# What the United Kingdom calls itself everywhere but in ISO 3166-1.
_OTHER_CODES = {"UK": "GB"}


@cache
def _read(code: str) -> Country:
    name = f"{code.lower()}.toml"
    parsed = parse_country(files(__name__).joinpath(name).read_text(encoding="utf-8"), name=name)
    if parsed.code != code:
        raise ValueError(f"{name}: code is that of another country.")
    return parsed


def parse_country(text: str, *, name: str) -> Country:
    """The country that a TOML text describes; `name` is the file's name, for errors.

    Raises:
        ValueError: the text does not follow the schema, or contradicts itself.
    """
    table = Table(name, tomllib.loads(text))
    languages = table.texts("languages")
    number_label = table.take("tax_number_label", str)
    parsed = Country(
        code=table.take("code", str),
        name=table.take("name", str),
        native_name=table.take("native_name", str),
        currency=table.take("currency", str),
        languages=languages,
        locale=table.take("locale", str),
        time_zone=table.take("time_zone", str),
        eu_member=table.take("eu_member", bool),
        tax_system=table.one_of("tax_system", get_args(TaxSystem)),
        accounting_standard=table.one_of("accounting_standard", get_args(AccountingStandard)),
        tax_label=table.take("tax_label", str),
        tax_number_label=number_label,
        tax_number_module=table.take("tax_number_module", str),
        tax_number_prefix=table.take("tax_number_prefix", str),
        tax_number_format=table.take("tax_number_format", str),
        tax_number_printed=table.optional("tax_number_printed", str) or "",
        tax_number_prefix_at_home=table.optional("tax_number_prefix_at_home", bool) is not False,
        tax_number_label_at_home=table.optional("tax_number_label_at_home", str) or number_label,
        registration_label=table.take("registration_label", str),
        bank_code_label=table.optional("bank_code_label", str) or "",
        tax_authority=table.take("tax_authority", str),
        payment_days=table.take("payment_days", int),
        address_lines=table.texts("address_lines"),
        tax_in_national_currency=table.take("tax_in_national_currency", bool),
        address_window=read_window(table.table("address_window")),
        numbering=_numbering(table.table("numbering")),
        tax_point_of_period=_tax_point(table.table("tax_point_of_period")),
        payment=read_payment(table.table("payment")),
        correction=read_correction(table.table("correction"), languages),
        seller_required=table.some_of("seller_required", get_args(PartyField)),
        buyer_business_required=table.some_of("buyer_business_required", get_args(PartyField)),
        buyer_consumer_required=table.some_of("buyer_consumer_required", get_args(PartyField)),
        tax_codes=tuple(_tax_code(entry) for entry in table.tables("tax_codes")),
        withholdings=tuple(_withholding(entry) for entry in table.tables_if_any("withholdings")),
        sources=tuple(_source(entry) for entry in table.tables("sources")),
        tax_office_number_suffices=table.optional("tax_office_number_suffices", bool) or False,
        identifiers=read_identifiers(table.tables_if_any("identifiers"), languages),
        registrations=read_registrations(table.table_if_any("registration")),
        mandates=tuple(read_mandate(entry) for entry in table.tables_if_any("mandates")),
        no_mandates=tuple(read_no_mandate(entry) for entry in table.tables_if_any("no_mandates")),
        planned_mandates=tuple(read_planned_mandate(entry) for entry in table.tables_if_any("planned_mandates")),
        requirements=tuple(read_requirement(entry) for entry in table.tables_if_any("requirements")),
        costs=read_costs(table.tables_if_any("costs")),
        split_payment=read_split_payment(table.table_if_any("split_payment")),
        surcharge=read_surcharge(table.table_if_any("surcharge")),
        rate_words=table.texts_by_name("rate_words"),
        advance_taxed=_advance_taxed(table.table("advance")),
        register_number_first=table.optional("register_number_first", bool) or False,
        cash_rounding=read_cash_rounding(table.tables_if_any("cash_rounding")),
        language_law=read_language_law(table.table_if_any("language_law"), languages),
        titles=read_titles(table.tables_if_any("titles"), languages),
    )
    table.close()
    _check(parsed, name)
    return parsed


def _check(parsed: Country, name: str) -> None:
    _check_languages(parsed, name)
    _check_address_lines(parsed.address_lines, name)
    if [template.default for template in parsed.tax_codes].count(True) != 1:
        raise ValueError(f"{name}: exactly one tax code must be the default.")
    _check_registrations(parsed, name)
    codes = [template.code for template in parsed.tax_codes] + [one.code for one in parsed.withholdings]
    codes += [cost.code for cost in parsed.costs]
    if len(set(codes)) != len(codes):
        raise ValueError(f"{name}: a code appears twice.")
    if not set(parsed.rate_words) <= set(TaxCategory) - TAXED_CATEGORIES:
        raise ValueError(f"{name}: rate_words are of categories without tax.")
    forms = [one.code for one in parsed.mandates] + [one.code for one in parsed.requirements]
    if len(set(forms)) != len(forms):
        raise ValueError(f"{name}: a mandate or requirement appears twice.")


def _advance_taxed(table: Table) -> AdvanceTax:
    taxed = AdvanceTax(table.one_of("taxed", tuple(AdvanceTax)))
    table.take("source", str)
    table.one_of("confidence", get_args(Confidence))
    table.take("checked", date)
    table.close()
    return taxed


def _check_languages(parsed: Country, name: str) -> None:
    if not all(_LANGUAGE.fullmatch(language) for language in parsed.languages):
        raise ValueError(f"{name}: languages are two small letters each (ISO 639-1).")
    if parsed.locale.split("_")[0] not in parsed.languages:
        raise ValueError(f"{name}: the locale's language is not among the languages.")


def _check_registrations(parsed: Country, name: str) -> None:
    known = {template.code: template.category for template in parsed.tax_codes}
    for state, rules in parsed.registrations.items():
        if rules.code not in known and not rules.words:
            raise ValueError(f"{name}: the code of {state.value} is none of the file's, and has no words.")
        if known.get(rules.code, rules.category) is not rules.category:
            raise ValueError(f"{name}: the category of {state.value} is not that of its code.")
        if not set(rules.mentions) <= set(parsed.languages[1:]):
            raise ValueError(f"{name}: mentions of {state.value} are in the country's other languages.")


def _check_address_lines(lines: tuple[str, ...], name: str) -> None:
    # Each field once: one that is left out would silently disappear from an envelope.
    placeholders = [field for line in lines for field in _PLACEHOLDER.findall(line)]
    if sorted(placeholders) != sorted(_ADDRESS_FIELDS):
        raise ValueError(f"{name}: address_lines must name each of {', '.join(_ADDRESS_FIELDS)} once, in braces.")
    if any(not _PLACEHOLDER.search(line) or set("{}") & set(_PLACEHOLDER.sub("", line)) for line in lines):
        raise ValueError(f"{name}: a line of address_lines has no field, or a brace too many.")


def _tax_code(table: Table) -> TaxCodeTemplate:
    template = TaxCodeTemplate(
        code=table.take("code", str),
        name=table.take("name", str),
        category=table.one_of("category", tuple(TaxCategory)),
        rates=tuple(_rate(entry) for entry in table.tables("rates")),
        reason=table.optional("reason", str) or "",
        reason_local=table.optional("reason_local", str) or "",
        reason_code=table.optional("reason_code", str) or "",
        default=table.take("default", bool),
        texts=tuple(read_words(entry) for entry in table.tables_if_any("texts")),
    )
    table.close()
    where = f"{table.where}, {template.code}"
    if (template.category in TAXED_CATEGORIES) == bool(template.reason):
        raise ValueError(f"{where}: a reason belongs to the categories without tax, and to those only.")
    if bool(template.reason_local) != bool(template.reason):
        raise ValueError(f"{where}: reason and reason_local come together or not at all.")
    if template.reason_code and not (template.reason and template.reason_code.startswith("VATEX-")):
        raise ValueError(f"{where}: reason_code must be of the VATEX list, and needs a reason.")
    if any(bool(rate.percent) != (template.category == TaxCategory.STANDARD) for rate in template.rates):
        raise ValueError(f"{where}: only category S has a rate, and it is not zero.")
    if list(template.texts) != sorted(template.texts, key=lambda text: text.valid_from):
        raise ValueError(f"{where}: texts are not in order of time.")
    if template.texts and template.reason not in {text.reason for text in template.texts}:
        raise ValueError(f"{where}: reason is none of the texts.")
    _check_periods(template.rates, where)
    return template


def _withholding(table: Table) -> Withholding:
    withholding = Withholding(
        code=table.take("code", str),
        name=table.take("name", str),
        label=table.take("label", str),
        rates=tuple(_rate(entry) for entry in table.tables("rates")),
        article=table.take("article", str),
        payers=table.some_of_or("payers", get_args(BuyerKind), ("business", "public_body")),
        of_total=table.optional("of_total", bool) or False,
        not_small_business=table.optional("not_small_business", str) or "",
    )
    table.close()
    where = f"{table.where}, {withholding.code}"
    if not all(rate.percent for rate in withholding.rates):
        raise ValueError(f"{where}: a rate of zero withholds nothing.")
    _check_periods(withholding.rates, where)
    return withholding


def _numbering(table: Table) -> Numbering:
    numbering = Numbering(
        gapless=table.take("gapless", bool),
        yearly_restart=table.take("yearly_restart", bool),
        backdating=table.take("backdating", bool),
        rule=table.take("rule", str),
        source=table.take("source", str),
    )
    table.close()
    return numbering


def _tax_point(table: Table) -> TaxPointOfPeriod:
    tax_point = TaxPointOfPeriod(
        rule=table.one_of("rule", tuple(PeriodRule)),
        article=table.take("article", str),
        otherwise=table.optional("otherwise", str) or "",
    )
    table.close()
    return tax_point


def _check_periods(rates: tuple[DatedRate, ...], where: str) -> None:
    for rate in rates:
        if rate.valid_until is not None and rate.valid_until < rate.valid_from:
            raise ValueError(f"{where}: a rate ends before it begins.")
    for earlier, later in pairwise(rates):
        if earlier.valid_until is None or earlier.valid_until >= later.valid_from:
            raise ValueError(f"{where}: rates overlap or are not in order of time.")


def _rate(table: Table) -> DatedRate:
    # The percentage is a text in the file: TOML would read a bare 25.5 as a float.
    rate = DatedRate(
        percent=parse_decimal(table.take("percent", str), field="percent"),
        valid_from=table.take("valid_from", date),
        valid_until=table.optional("valid_until", date),
    )
    table.close()
    return rate


def _source(table: Table) -> Source:
    source = Source(what=table.take("what", str), where=table.take("where", str), checked=table.take("checked", date))
    table.close()
    return source
