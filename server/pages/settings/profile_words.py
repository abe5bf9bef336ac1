"""What the fields of a profile are called, in the reader's language."""

from __future__ import annotations

from server.pages.languages import gettext

NAMED = frozenset(
    (
        "name",
        "legal_name",
        "trading_name",
        "country",
        "line1",
        "line2",
        "postal_code",
        "city",
        "region",
        "vat_registration",
        "tax_number",
        "tax_office_number",
        "registration_number",
        "annual_turnover",
        "account_holder",
        "bank_name",
        "iban",
        "bic",
        "account_number",
        "routing_number",
        "email",
        "phone",
        "website",
        "contact",
        "e_invoice_address",
        "identifier",
        "currency",
        "locale",
        "time_zone",
    )
)
"""The fields that have a word."""


def group_word(name: str) -> str:
    """A group of fields."""
    words = {
        "business": gettext("Business"),
        "address": gettext("Address"),
        "registration": gettext("Registration and tax numbers"),
        "bank": gettext("Bank account"),
        "contact": gettext("Contact"),
        "e-invoices": gettext("E-invoices"),
        "writing": gettext("Currency and writing"),
        "particulars": gettext("What its papers must say"),
    }
    return words[name]


def field_word(name: str) -> str:
    """A field of the profile."""
    words = {
        "name": gettext("Name"),
        "legal_name": gettext("Legal name"),
        "trading_name": gettext("Trading name"),
        "country": gettext("Country"),
        "line1": gettext("Street and number"),
        "line2": gettext("Address, second line"),
        "postal_code": gettext("Postal code"),
        "city": gettext("Town"),
        "region": gettext("Region"),
        "vat_registration": gettext("Registration for VAT"),
        "tax_number": gettext("VAT number"),
        "tax_office_number": gettext("Other tax number"),
        "registration_number": gettext("Registration number"),
        "annual_turnover": gettext("Turnover of a year"),
        "account_holder": gettext("Account holder"),
        "bank_name": gettext("Bank"),
        "iban": gettext("IBAN"),
        "bic": gettext("BIC"),
        "account_number": gettext("Account number"),
        "routing_number": gettext("Bank code"),
        "email": gettext("E-mail address"),
        "phone": gettext("Phone"),
        "website": gettext("Website"),
        "contact": gettext("Contact person"),
        "e_invoice_address": gettext("Address for e-invoices"),
        "identifier": gettext("Identifier"),
        "currency": gettext("Currency of the books"),
        "locale": gettext("Way of writing"),
        "time_zone": gettext("Time zone"),
    }
    return words[name]


def hint_of(name: str) -> str:
    """What a field is for or how it is written; empty where its name says it."""
    hints = {
        "legal_name": gettext("As it is registered; empty where it is the name."),
        "country": gettext("It brings chart of accounts, tax codes and terms, and stays."),
        "annual_turnover": gettext("Whole units of the national currency. Some laws ask by size."),
        "account_holder": gettext("Empty where it is the legal name."),
        "account_number": gettext("Where there is no IBAN."),
        "e_invoice_address": gettext("Scheme and address, such as 9930:DE123456789."),
        "identifier": gettext("Such as 0088 and a GLN: 0088:4012345000009."),
        "currency": gettext("Three letters. It stays once a document was issued."),
        "locale": gettext("How dates and amounts are written, such as en_GB or de_AT."),
        "time_zone": gettext("Such as Europe/Vienna: it decides which day it is."),
    }
    return hints.get(name, "")
