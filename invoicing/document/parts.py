"""The checks of what a document and its lines refer to: texts on one line, codes and check digits, and what a part
cannot be without (EN 16931, BR-17 to BR-20, BR-52, BR-54, BR-57, BR-65).

Each answers None where nothing was said; a refusal names the field as `details` do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

from stdnum import ean
from stdnum.exceptions import ValidationError

from invoicing.document.references import (
    Attachment,
    Attribute,
    Classification,
    Delivery,
    LineReferences,
    Payee,
    Place,
    References,
    TaxRepresentative,
)
from invoicing.master_data.electronic_addresses import split_identifier
from invoicing.master_data.identifiers import check_country
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.text.codes import capitals
from invoicing.text.typed import clean_line

T = TypeVar("T")

SEVERAL_MAX = 50
"""How many attachments a document has, and classifications or attributes a line."""

_GTIN = "0160"
_URL = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_LEITWEG_ID = re.compile(r"(?P<coarse>[0-9]{2,12})(-(?P<fine>[0-9A-Za-z]{1,30}))?-(?P<check>[0-9]{2})")


def checked_references(found: References | None) -> References | None:
    if found is None:
        return None
    several = _several(found.attachments, _checked_attachment, "attachment")
    return _or_none(replace(_texts(found, ""), attachments=several))


def checked_delivery(found: Delivery | None) -> Delivery | None:
    return _or_none(_with_country(_texts(found, "delivery_"), "delivery_")) if found else None


def checked_payee(found: Payee | None) -> Payee | None:
    payee = _or_none(_texts(found, "payee_")) if found else None
    if payee is not None and not payee.name:
        raise _lacking("payee_name", "who is paid")
    return payee


def checked_representative(found: TaxRepresentative | None) -> TaxRepresentative | None:
    prefix = "tax_representative_"
    there = _or_none(_with_country(_texts(found, prefix), prefix)) if found else None
    for name in ("name", "tax_number", "country") if there is not None else ():
        if not getattr(there, name):
            raise _lacking(f"{prefix}{name}", "a tax representative is named with VAT number and country")
    return there


def checked_line_references(found: LineReferences, *, field: str) -> LineReferences | None:
    texts = _texts(found, f"{field}.")
    return _or_none(
        replace(
            texts,
            gtin=checked_gtin(texts.gtin, field=f"{field}.gtin"),
            origin=checked_country(texts.origin, field=f"{field}.origin"),
            classifications=_several(found.classifications, checked_classification, f"{field}.classification"),
            attributes=_several(found.attributes, _checked_attribute, f"{field}.attribute"),
        )
    )


def classification_from(text: str) -> Classification:
    """`STI=65434568`, or with the version of the scheme `STI:2.1=65434568`."""
    scheme, _, code = text.partition("=")
    scheme, _, version = scheme.partition(":")
    return Classification(code.strip(), scheme.strip(), version.strip())


def checked_classification(found: Classification, field: str) -> Classification:
    """The classification with its scheme in capitals.

    Raises:
        InvalidInput: scheme or code is missing.
    """
    made = _texts(found, f"{field}.")
    if not made.code or not made.scheme:
        raise _lacking(field, "a scheme and a code, such as STI=65434568")
    return replace(made, scheme=capitals(made.scheme))


def checked_gtin(number: str, *, field: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits with its check digit (GS1), without what separates them; a number of another
    scheme (ISO 6523) as it is, with its scheme: `0088:123456789`.

    Raises:
        InvalidInput: it is none.
    """
    scheme, rest = split_identifier(number)
    if not number or scheme not in ("", _GTIN):
        return number
    try:
        return str(ean.validate(rest if rest.isascii() else ""))
    except ValidationError:
        raise InvalidInput(
            f"{field}: not a GTIN: 8, 12, 13 or 14 digits, of which the last checks the others. A number of another"
            " scheme is stated with it, as in 0088:123456789.",
            field=field,
        ) from None


def checked_country(code: str, *, field: str) -> str:
    """A country's code of two letters, or nothing.

    Raises:
        InvalidInput: there is no such country.
    """
    try:
        return check_country(code) if code else ""
    except InvalidInput as refusal:
        raise InvalidInput(f"{field}: {refusal.message}", field=field) from None


def leitweg_fault(reference: str) -> str:
    """What is wrong with a Leitweg-ID, the buyer reference of a German public body; empty where it has its form and
    its check digits (ISO/IEC 7064, mod 97-10, over its digits and letters), and where it is meant to be none.

    Source: e-rechnung-bund.de and ecosio.com on its three parts, the hyphens left out for the check (github.com/
    homebeaver/ungueltig, wiki, after the specification of the Koordinierungsstelle für IT-Standards), 2026-11-29.
    """
    return "" if not _LEITWEG_ID.fullmatch(reference) or is_leitweg_id(reference) else "its check digits are not right"


def is_leitweg_id(reference: str) -> bool:
    """Whether a buyer reference has the form of a Leitweg-ID and its check digits."""
    found = _LEITWEG_ID.fullmatch(reference)
    if found is None:
        return False
    digits = f"{found['coarse']}{found['fine'] or ''}{found['check']}"
    number = "".join(str(int(one, 36)) for one in digits)
    return int(number) % 97 == 1


def _texts(part: T, prefix: str) -> T:
    """The part with its texts on one line each, without blanks around them."""
    named: Any = part
    texts = {
        one.name: clean_line(getattr(named, one.name), field=f"{prefix}{one.name}", limit=one.metadata["length_max"])
        for one in fields(named)
        if "length_max" in one.metadata and getattr(named, one.name)
    }
    return replace(named, **texts)  # type: ignore[no-any-return]  # Of the same class.


P = TypeVar("P", bound=Place)


def _with_country(place: P, prefix: str) -> P:
    return replace(place, country=checked_country(place.country, field=f"{prefix}country"))


def _several(parts: tuple[T, ...], checked: Callable[[T, str], T], field: str) -> tuple[T, ...]:
    if len(parts) > SEVERAL_MAX:
        raise LimitExceeded(f"{field}: at most {SEVERAL_MAX} are allowed.", field=field)
    return tuple(checked(one, field) for one in parts)


def _checked_attachment(found: Attachment, field: str) -> Attachment:
    made = _texts(found, f"{field}.")
    if not made.name:
        raise _lacking(field, "its name or number, then what it is and its URL, as in T-7; Time sheets; https://...")
    if made.url and not _URL.fullmatch(made.url):
        raise InvalidInput(f"{field}: {made.url} is no URL.", field=field)
    return made


def _checked_attribute(found: Attribute, field: str) -> Attribute:
    made = _texts(found, f"{field}.")
    if not made.name or not made.value:
        raise _lacking(field, "a name and a value, such as colour=red")
    return made


def _lacking(field: str, what: str) -> InvalidInput:
    return InvalidInput(f"{field} is required: {what}.", field=field)


def _or_none(part: T) -> T | None:
    kind: Any = type(part)
    return None if part == kind() else part
