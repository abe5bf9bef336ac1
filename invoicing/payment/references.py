"""The reference that a payer states, made from a document's number by the rule of an account, with its check digits.

A rule is a text: the name of a scheme and, after a blank, what the bank has agreed with the seller: how many digits
the reference has, check digits and all (`ocr 12`, `kid-mod10 10`), or the digits that it begins with (`qrr 123456`).

Where a reference has digits only, they are those of the number in their order: a number without any has its letters as
in an IBAN (A = 10). Leading zeros go, and of a number that is too long the last digits count. So two numbers can come
to one reference: then 1, 2, ... is put behind the number until nobody has it (`candidates`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from anyascii import anyascii
from stdnum import iso11649, luhn
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from invoicing.payment.check_digits import modulus_11_of_kid, modulus_11_of_si12, modulus_97_of_ogm, weighted_731
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters
from invoicing.text.typed import quoted

_NOT_A_LETTER = re.compile(r"[^0-9A-Z]+")
_SCOR_MAX, _QRR_DIGITS = 21, 26


class Scheme(StrEnum):
    """How a reference is made and where it belongs. `none` prints the document's number as it is."""

    NONE = "none"
    RF = "rf"
    """ISO 11649, of letters and digits."""

    QRR = "qrr"
    """Of a Swiss QR-IBAN: 27 digits, modulo 10 recursive."""

    VIITE = "viite"
    VIITE_AS_RF = "viite-rf"
    """A Finnish or Estonian reference of at most 20 digits (7-3-1), and the same in the form of ISO 11649."""

    OCR = "ocr"
    OCR_WITH_LENGTH = "ocr-length"
    """Of a bankgiro or plusgiro: 2 to 25 digits (Luhn); with the length as the last digit but one."""

    KID_MOD10 = "kid-mod10"
    KID_MOD11 = "kid-mod11"
    """Norwegian, of a length that is agreed: 4 to 25 digits."""

    FIK_71 = "fik-71"
    FIK_73 = "fik-73"
    FIK_75 = "fik-75"
    """The Danish payment slip: 15 digits, none and 16 digits (Luhn)."""

    OGM = "ogm"
    """The Belgian structured communication of 12 digits (modulo 97)."""

    VS = "vs"
    """The Czech and Slovak variable symbol: at most 10 digits without a check."""

    SI00 = "si00"
    SI12 = "si12"
    """Slovenian: without and with a check digit (modulo 11)."""

    HR00 = "hr00"
    """Croatian, without a check digit."""


@dataclass(frozen=True, slots=True)
class ReferenceRule:
    """A scheme with what was agreed: `digits` is how many the reference has (0: as few as it takes), `prefix` what a QR
    reference begins with.
    """

    scheme: Scheme
    digits: int = 0
    prefix: str = ""

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.scheme.value, str(self.digits or ""), self.prefix) if part)


LENGTHS = {
    Scheme.OCR: range(2, 26),
    Scheme.OCR_WITH_LENGTH: range(3, 26),
    Scheme.KID_MOD10: range(4, 26),
    Scheme.KID_MOD11: range(4, 26),
}
"""How many digits can be agreed for a scheme, check digits and all."""

_AGREED = frozenset({Scheme.KID_MOD10, Scheme.KID_MOD11})


def parse_rule(text: str, *, field: str) -> ReferenceRule:
    """The rule that a text says.

    Raises:
        InvalidInput: no such scheme, or a length or prefix that it cannot have.
    """
    name, _, agreed = small_letters(text).partition(" ")
    if name not in set(Scheme):
        raise InvalidInput(f"{field}: {quoted(text)} is none of: {', '.join(Scheme)}.", field=field)
    scheme, agreed = Scheme(name), agreed.strip()
    if agreed and not (agreed.isascii() and agreed.isdigit()):
        raise InvalidInput(f"{field}: after {scheme} comes a number, such as {scheme} 12.", field=field)
    if scheme is Scheme.QRR:
        if len(agreed) > 12:
            raise InvalidInput(f"{field}: a bank prescribes at most 12 leading digits.", field=field)
        return ReferenceRule(scheme, prefix=agreed)
    if agreed and scheme not in LENGTHS:
        raise InvalidInput(f"{field}: {scheme} has no length to agree on.", field=field)
    if scheme in _AGREED and not agreed:
        raise InvalidInput(
            f"{field}: {scheme} needs the number of digits that the bank has agreed to, such as {scheme} 12.",
            field=field,
        )
    if agreed and int(agreed) not in (lengths := LENGTHS[scheme]):
        raise InvalidInput(f"{field}: {scheme} has {lengths.start} to {lengths.stop - 1} digits.", field=field)
    return ReferenceRule(scheme, digits=int(agreed or 0))


def candidates(rule: ReferenceRule, number: str) -> Iterator[str]:
    """The references that a document of this number can have, in the order in which they are tried; the first that no
    other document has is its own. None where the scheme has none, or the number does not fit it.
    """
    make = _MAKERS.get(rule.scheme)
    if make is None or not _compact(number):
        return
    for attempt in count():
        reference = make(rule, f"{number}{attempt or ''}")
        if not reference:
            return
        yield reference


def qr_reference(number: str, prefix: str = "") -> str:
    """The QR reference of a document's number: 26 digits and the check digit (modulo 10, recursive).

    Letters become two digits as in an IBAN (A = 10), so that two series do not meet. Of a number that is too long,
    the end counts. `prefix` are digits that the bank prescribes.
    """
    room = _QRR_DIGITS - len(prefix)
    digits = prefix + _letters_as_digits(number)[-room:].rjust(room, "0")
    return digits + esr.calc_check_digit(digits)


def creditor_reference(number: str) -> str:
    """The creditor reference (ISO 11649) of a document's number, or nothing where it is too long for one."""
    compact = _compact(number)
    if not 0 < len(compact) <= _SCOR_MAX:
        return ""
    reference = f"RF{mod_97_10.calc_check_digits(compact + 'RF')}{compact}"
    return reference if iso11649.is_valid(reference) else ""


def reference_key(rule: str, reference: str) -> str:
    """What tells a reference from all others: of one in the form of ISO 11649 that is made from a national one, that
    one. So neither form is given twice.
    """
    return reference[4:] if rule.partition(" ")[0] == Scheme.VIITE_AS_RF else reference


def keys_of_typed(text: str) -> tuple[str, ...]:
    """The keys that a reference can have which somebody typed, with blanks, strokes and signs as on paper."""
    compact = _compact(text)
    national = (compact[4:],) if compact.startswith("RF") and compact[4:].isdigit() else ()
    # A KID may end in a hyphen.
    return (compact, *national, *((f"{compact}-",) if text.strip().endswith("-") else ()))


def _digits(number: str, most: int) -> str:
    """The digits of a number without leading zeros; of its letters where it has none. At most the last `most`."""
    found = "".join(one for one in _compact(number) if one.isdigit()).lstrip("0")
    return (found or _letters_as_digits(number))[-most:].lstrip("0") or "0"


def _letters_as_digits(number: str) -> str:
    return "".join(str(int(character, 36)) for character in _compact(number))


def _compact(number: str) -> str:
    return _NOT_A_LETTER.sub("", anyascii(number).upper())


def _viite(rule: ReferenceRule, number: str) -> str:
    # Three digits at least; a zero in front would be lost.
    digits = _digits(number, 19)
    digits = digits if len(digits) >= 3 else f"1{digits:0>2}"
    return digits + weighted_731(digits)


def _ocr(rule: ReferenceRule, number: str) -> str:
    digits = _filled(number, rule.digits, 24, checks=1)
    return digits + luhn.calc_check_digit(digits)


def _ocr_with_length(rule: ReferenceRule, number: str) -> str:
    digits = _filled(number, rule.digits, 23, checks=2)
    digits += str((len(digits) + 2) % 10)
    return digits + luhn.calc_check_digit(digits)


def _kid_mod10(rule: ReferenceRule, number: str) -> str:
    digits = _filled(number, rule.digits, 24, checks=1)
    return digits + luhn.calc_check_digit(digits)


def _kid_mod11(rule: ReferenceRule, number: str) -> str:
    digits = _filled(number, rule.digits, 24, checks=1)
    return digits + modulus_11_of_kid(digits)


def _filled(number: str, length: int, most: int, *, checks: int) -> str:
    """The digits, with zeros in front where a length is agreed, which counts the check digits too."""
    return _digits(number, length - checks if length else most).rjust(max(length - checks, 1), "0")


def _fik(length: int) -> Callable[[ReferenceRule, str], str]:
    def make(rule: ReferenceRule, number: str) -> str:
        digits = _digits(number, length - 1).rjust(length - 1, "0")
        return digits + luhn.calc_check_digit(digits)

    return make


def _ogm(rule: ReferenceRule, number: str) -> str:
    digits = _digits(number, 10).rjust(10, "0")
    return digits + modulus_97_of_ogm(digits)


def _si12(rule: ReferenceRule, number: str) -> str:
    digits = _digits(number, 12)
    return f"SI12{digits}{modulus_11_of_si12(digits)}"


_MAKERS: dict[Scheme, Callable[[ReferenceRule, str], str]] = {
    Scheme.RF: lambda rule, number: creditor_reference(number),
    Scheme.QRR: lambda rule, number: qr_reference(number, rule.prefix),
    Scheme.VIITE: _viite,
    Scheme.VIITE_AS_RF: lambda rule, number: creditor_reference(_viite(rule, number)),
    Scheme.OCR: _ocr,
    Scheme.OCR_WITH_LENGTH: _ocr_with_length,
    Scheme.KID_MOD10: _kid_mod10,
    Scheme.KID_MOD11: _kid_mod11,
    Scheme.FIK_71: _fik(15),
    Scheme.FIK_75: _fik(16),
    Scheme.OGM: _ogm,
    Scheme.VS: lambda rule, number: _digits(number, 10),
    Scheme.SI00: lambda rule, number: f"SI00{_digits(number, 12)}",
    Scheme.SI12: _si12,
    Scheme.HR00: lambda rule, number: f"HR00{_digits(number, 12)}",
}
