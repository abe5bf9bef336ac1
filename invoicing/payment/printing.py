"""References and accounts as they stand on paper at home."""

from __future__ import annotations

import re

from invoicing.countries import Country
from invoicing.document.parties import PaymentDetails
from invoicing.payment.references import Scheme

_PLACE = re.compile(r"\{(\d+):(\d+)(!?)\}")
_CARD_TYPES = {Scheme.FIK_71: "+71<", Scheme.FIK_73: "+73<", Scheme.FIK_75: "+75<"}
_NOT_A_DIGIT = re.compile(r"\D+")


def scheme_of(payment: PaymentDetails) -> Scheme:
    """How the reference of a document was made; `none` where the number stands for it."""
    name = payment.reference_rule.partition(" ")[0]
    return Scheme(name) if name in set(Scheme) else Scheme.NONE


def printed_reference(payment: PaymentDetails) -> str:
    """The reference in the groups of its scheme; empty where the document's number stands for it."""
    scheme, reference = scheme_of(payment), payment.reference
    if (card := _CARD_TYPES.get(scheme)) is not None:
        return f"{card}{reference}+{_NOT_A_DIGIT.sub('', payment.account_number)}<"
    if not reference:
        return ""
    match scheme:
        case Scheme.RF | Scheme.VIITE_AS_RF:
            return _in_groups(reference, 4)
        case Scheme.QRR:
            return f"{reference[:2]} {_in_groups(reference[2:], 5)}"
        case Scheme.VIITE:
            # Groups are counted from the right.
            size = 4 if payment.iban.startswith("EE") else 5
            first = len(reference) % size
            return f"{reference[:first]} {_in_groups(reference[first:], size)}".strip()
        case Scheme.OGM:
            return f"+++{reference[:3]}/{reference[3:7]}/{reference[7:]}+++"
        case Scheme.SI00 | Scheme.SI12 | Scheme.HR00:
            return f"{reference[:4]} {reference[4:]}"
        case _:
            return reference


def account_at_home(iban: str, place: Country) -> tuple[str, str]:
    """The code of the bank and the number of an account as its country writes them apart from the IBAN; empty where it
    does not.
    """
    rules = place.payment
    if not iban.startswith(place.code):
        return "", ""
    return _from_iban(rules.bank_form, iban), _from_iban(rules.account_form, iban)


def typed_account(payment: PaymentDetails, place: Country | None) -> tuple[str, str]:
    """What a number of a type of its own is called, and the number as it is printed; empty for an ordinary one."""
    kind = place.payment.account_type(payment.account_type) if place is not None and payment.account_type else None
    if kind is None:
        return "", ""
    return kind.label, kind.printed(_NOT_A_DIGIT.sub("", payment.account_number))


def _from_iban(form: str, iban: str) -> str:
    def part(found: re.Match[str]) -> str:
        text = iban[int(found[1]) : int(found[2])]
        return text.lstrip("0") if found[3] else text

    return _PLACE.sub(part, form).lstrip("-")


def _in_groups(text: str, size: int) -> str:
    return " ".join(text[start : start + size] for start in range(0, len(text), size))
