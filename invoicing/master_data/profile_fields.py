"""The texts of an organization's profile, branding and policy as a table."""

from __future__ import annotations

from types import MappingProxyType

from invoicing.appearance.colors import check_color
from invoicing.countries.registration import VatRegistration
from invoicing.master_data.fields import ADDRESS, PARTY, Fields, TextField, one_of
from invoicing.master_data.identifiers import check_bic, check_email, check_iban, check_locale, check_time_zone
from invoicing.money.amounts import check_currency, parse_decimal, plain
from invoicing.refusals import InvalidInput
from invoicing.render.labels import LANGUAGES
from invoicing.tax.inputs import Rounding


def check_turnover(text: str) -> str:
    """The turnover of a year in whole units of the national currency.

    Raises:
        InvalidInput: negative, or not whole.
    """
    amount = parse_decimal(text, field="annual_turnover")
    if amount < 0 or amount != amount.to_integral_value():
        raise InvalidInput(
            "annual_turnover is that of a year in whole units of the national currency, such as 350000.",
            field="annual_turnover",
        )
    return str(int(amount))


def check_write_off_limit(text: str) -> str:
    """What at most is written off of an invoice, in the currency of the books.

    Raises:
        InvalidInput: less than zero.
    """
    amount = parse_decimal(text, field="write_off_limit")
    if amount < 0:
        raise InvalidInput(
            "write_off_limit is an amount in the currency of the books, 0 or more.", field="write_off_limit"
        )
    return plain(amount)


_LANGUAGES_WHY = f"second_language must be one of the languages of documents: {', '.join(LANGUAGES)}."
_REGISTRATION_WHY = f"vat_registration must be one of: {', '.join(VatRegistration)}."
_MANDATES_WHY = (
    "mandates must be refuse (a live document is not issued where a PDF is no invoice in law, unless somebody has"
    " acknowledged how it is handed in) or warn."
)
_TAX_DUE_WHY = (
    "tax_due must be supply (tax is due for the period of the supply) or payment (cash accounting: for that of the"
    " payment)."
)

PROFILE: Fields = MappingProxyType(
    {
        "legal_name": TextField(200),
        **ADDRESS,
        "phone": TextField(40),
        "email": TextField(form=check_email),
        "website": TextField(200),
        **PARTY,
        "account_holder": TextField(120),
        "bank_name": TextField(120),
        "iban": TextField(form=check_iban),
        "bic": TextField(form=check_bic),
        "account_number": TextField(40),
        "routing_number": TextField(40),
        "currency": TextField(form=check_currency, needed="currency cannot be empty."),
        "time_zone": TextField(form=check_time_zone, needed="time_zone cannot be empty."),
        "locale": TextField(form=check_locale, needed="locale cannot be empty."),
        "second_language": TextField(form=one_of("second_language", *LANGUAGES, why=_LANGUAGES_WHY)),
        "brand_color": TextField(form=check_color),
        "footer": TextField(500, lines=10),
        "vat_registration": TextField(form=one_of("vat_registration", *VatRegistration, why=_REGISTRATION_WHY)),
        "annual_turnover": TextField(form=check_turnover),
        "rounding": TextField(form=one_of("rounding", *Rounding), needed="rounding cannot be empty."),
        "write_off_limit": TextField(form=check_write_off_limit, needed="write_off_limit cannot be empty: say 0."),
        "tax_due": TextField(
            form=one_of("tax_due", "supply", "payment", why=_TAX_DUE_WHY), needed="tax_due cannot be empty."
        ),
        "mandates": TextField(
            form=one_of("mandates", "refuse", "warn", why=_MANDATES_WHY), needed="mandates cannot be empty."
        ),
    }
)
