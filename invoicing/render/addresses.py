"""Postal addresses as their countries write them, and what a country calls the numbers of a business."""

from __future__ import annotations

import re

from invoicing.countries import COUNTRY_CODES, Country, country
from invoicing.countries.identifiers import identified, numbering_country
from invoicing.document.documents import Document
from invoicing.document.parties import Address, Party
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels

# Of countries without a file: there the city comes before the region and the postal code, elsewhere the code leads.
_CITY_FIRST = frozenset({"CA", "AU", "NZ", "IN", "ZA", "SG"})
_CITY_FIRST_LINES = ("{line1}", "{line2}", "{city}, {region} {postal_code}", "{country}")
_CODE_FIRST_LINES = ("{line1}", "{line2}", "{postal_code} {city}", "{region}", "{country}")

_FIELD = re.compile(r"\{(\w+)\}")
_DANGLING = " ,"


def known_country(code: str) -> Country | None:
    """The country's file, if there is one."""
    return country(code) if code.upper() in COUNTRY_CODES else None


def address_lines(address: Address, formats: Formats, *, abroad: bool) -> list[str]:
    """The lines of an address in the order of its country, which is named itself only to somebody abroad."""
    rules = known_country(address.country)
    if rules is not None:
        lines = rules.address_lines
    else:
        lines = _CITY_FIRST_LINES if address.country.upper() in _CITY_FIRST else _CODE_FIRST_LINES
    values = {
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "region": address.region,
        "country": formats.country(address.country.upper()) if abroad and address.country else "",
    }
    filled = [_filled(line, values) for line in lines]
    return [line for line in filled if line]


def is_abroad(document: Document) -> bool:
    """Whether the buyer is in another country than the seller."""
    return document.buyer.address.country.upper() != document.seller.address.country.upper()


def is_foreign(document: Document) -> bool:
    """Whether the buyer is in another state: Réunion is abroad for the post, and France for its law and language."""
    seller, buyer = (numbering_country(party.address.country) for party in (document.seller, document.buyer))
    return is_abroad(document) and (seller is None or buyer is None or seller.code != buyer.code)


def registration_label(party: Party, language: str, labels: Labels) -> str:
    """What the party's country calls the number of its register, in a document in a language of that country."""
    rules, number = numbering_country(party.address.country), party.registration_number
    if rules is None or language not in rules.languages:
        return labels.registration
    found = identified(rules.code, "registration_number", number) if number else None
    first = rules.registration_label if language == rules.languages[0] else labels.registration
    return found.labels.get(language, labels.registration) if found is not None else first


def tax_office_label(party: Party, language: str, labels: Labels) -> str:
    """What the party's country calls a number for tax that is not for VAT, in a language of that country."""
    rules, number = numbering_country(party.address.country), party.tax_office_number
    found = identified(rules.code, "tax_office_number", number) if rules is not None and number else None
    return found.labels.get(language, labels.tax_office_number) if found is not None else labels.tax_office_number


def buyer_tax_number_label(document: Document, language: str, labels: Labels) -> str:
    """The seller's own word where the buyer's number is of the same kind, else a word that fits any VAT number. A
    number of a country without VAT is called what it is called there, and that of a country of which nothing is known
    what fits any number for tax.
    """
    rules = known_country(document.buyer.address.country)
    if not is_abroad(document):
        own = rules is not None and bool(document.seller.vat_registration) and language == rules.languages[0]
        return rules.tax_number_label_at_home if rules is not None and own else document.tax_number_label
    if rules is not None and rules.tax_system == "us_sales_tax":
        return rules.tax_number_label
    return labels.tax_number if rules is not None else labels.tax_office_number


def _filled(line: str, values: dict[str, str]) -> str:
    """The line with its values; separators at which nothing stands are left out."""
    pieces = _FIELD.split(line)
    written = ""
    # Text between fields and names of fields take turns.
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            separator = piece if written else ""
            written += separator
        elif values[piece]:
            written += values[piece]
        else:
            written = written.rstrip(_DANGLING) + (" " if written.strip(_DANGLING) else "")
    return " ".join(written.strip(_DANGLING).split(" ")).replace("  ", " ")
