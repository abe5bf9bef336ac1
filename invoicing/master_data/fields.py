"""The texts of an organization's records as tables: how long each may be, and in which form it is kept.

A form that depends on the organization's own settings (its terms, tax codes, accounts) is checked where those are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from invoicing.document.parts import checked_country, checked_gtin
from invoicing.master_data.delivery_places import check_delivery_places
from invoicing.master_data.electronic_addresses import check_e_invoice_address, check_identifier
from invoicing.master_data.identifiers import check_country, check_email
from invoicing.master_data.item_texts import check_classifications
from invoicing.money.amounts import check_currency
from invoicing.refusals import InvalidInput
from invoicing.render.labels import LANGUAGES
from invoicing.text.codes import capitals, small_letters
from invoicing.text.typed import clean_line, clean_text

Form = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TextField:
    """How a text is kept: at most `limit` characters, in `lines` lines.

    A `form`, which has its own length, answers the text as it is kept, and is not asked about an empty one. `needed`
    says what an empty text lacks that may not be empty.
    """

    limit: int = 200
    lines: int = 1
    form: Form | None = None
    needed: str = ""

    def checked(self, name: str, value: str) -> str:
        """The text as the field of this name keeps it.

        Raises:
            InvalidInput: nothing where something is needed, or not of the form.
            LimitExceeded: too long.
        """
        kept = self._kept(name, value)
        if not kept and self.needed:
            raise InvalidInput(self.needed, field=name)
        return kept

    def _kept(self, name: str, value: str) -> str:
        if self.form is not None:
            return self.form(value) if value.strip() else ""
        if self.lines > 1:
            return clean_text(value, field=name, limit=self.limit, lines=self.lines)
        return clean_line(value, field=name, limit=self.limit, required=bool(self.needed))


Fields = Mapping[str, TextField]


def clearable(fields: Fields) -> dict[str, str]:
    """What each field that may be empty is emptied to."""
    return {name: "" for name, field in fields.items() if not field.needed}


def one_of(field: str, *choices: str, why: str = "") -> Form:
    """The form of a word that is one of these, in small letters; `why` is told where it is none."""

    def form(value: str) -> str:
        if small_letters(value) not in choices:
            raise InvalidInput(why or f"{field} must be {' or '.join(choices)}.", field=field)
        return small_letters(value)

    return form


_LANGUAGE_WHY = f"language must be one of the languages of documents: {', '.join(LANGUAGES)}."

NAME = TextField(200, needed="name is required.")

ADDRESS: Fields = MappingProxyType(
    {
        "line1": TextField(120),
        "line2": TextField(120),
        "postal_code": TextField(20),
        "city": TextField(80),
        "region": TextField(80),
    }
)

PARTY: Fields = MappingProxyType(
    {
        "trading_name": TextField(200),
        "contact": TextField(100),
        "identifier": TextField(form=check_identifier),
        "e_invoice_address": TextField(form=check_e_invoice_address),
    }
)

CUSTOMER: Fields = MappingProxyType(
    {
        "name": NAME,
        "country": TextField(form=check_country, needed="country is required: the customer's two-letter country code."),
        "tax_number": TextField(40),
        "registration_number": TextField(60),
        "tax_office_number": TextField(60),
        "email": TextField(form=check_email),
        "phone": TextField(40),
        **ADDRESS,
        "currency": TextField(form=check_currency),
        "payment_terms": TextField(form=capitals),
        "note": TextField(2_000, lines=60),
        **PARTY,
        "buyer_reference": TextField(100),
        "accounting_reference": TextField(100),
        "language": TextField(form=one_of("language", *LANGUAGES, why=_LANGUAGE_WHY)),
        "delivery_addresses": TextField(form=check_delivery_places),
    }
)

CUSTOMER_DETAILS = (*PARTY, "buyer_reference", "accounting_reference", "language", "delivery_addresses")
"""The fields of a customer that few have."""

CUSTOMER_NUMBER = "customer_number"
"""What a customer's `identifier` is called besides, where it has no scheme."""

ITEM_DETAILS = ("gtin", "origin", "classifications")

ITEM: Fields = MappingProxyType(
    {
        "name": NAME,
        "sku": TextField(60),
        "description": TextField(1_000, lines=20),
        "unit": TextField(20),
        "currency": TextField(form=check_currency),
        "tax_code": TextField(form=capitals),
        "supply": TextField(form=one_of("supply", "goods", "services")),
        "revenue_account": TextField(20),
        "gtin": TextField(form=partial(checked_gtin, field="gtin")),
        "origin": TextField(form=partial(checked_country, field="origin")),
        "classifications": TextField(form=check_classifications),
    }
)
