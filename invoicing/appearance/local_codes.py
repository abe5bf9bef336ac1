"""Codes that the banks' apps of one country read, each for buyers at home.

- SPAYD, the Short Payment Descriptor 1.0 of the Czech Banking Association, in a QR code.
- PAY by square 1.0 of the Slovak Banking Association: a table compressed by LZMA, in base32hex, in a QR code.
- UPN QR of the Bank Association of Slovenia: lines of fixed meaning in ISO 8859-2, in a QR code of version 15.
- HUB-3 of the Croatian Banking Association: lines of fixed meaning in a PDF417 code.

What was read of each, and where, says `[payment]` of the country's file.
"""

from __future__ import annotations

import base64
import lzma
import zlib
from dataclasses import dataclass
from urllib.parse import quote

from invoicing.appearance.code_texts import amount_of, asked_minor, due_of, in_letters, one_line, payee_of
from invoicing.document.documents import Document
from invoicing.document.parties import Party
from invoicing.payment.printing import scheme_of
from invoicing.payment.references import Scheme

_SPAYD_AMOUNT_MAX = 999_999_999
_SPAYD_NAME_MAX, _SPAYD_MESSAGE_MAX = 35, 60
_BY_SQUARE_NAME_MAX, _BY_SQUARE_NOTE_MAX = 70, 140
_UPN_LINE_MAX, _UPN_PURPOSE_MAX, _UPN_BYTES_MAX = 33, 42, 411
_CROATIAN = "čćđšžČĆĐŠŽ"
_HUB_PAYER = (30, 27, 27)
_HUB_PAYEE = (25, 25, 27)
_HUB_PURPOSE_MAX = 35
_OTHER = "OTHR"
"""The purpose code of ISO 20022 that says nothing."""

_LZMA = ({"id": lzma.FILTER_LZMA1, "dict_size": 1 << 17, "lc": 3, "lp": 0, "pb": 2},)


@dataclass(frozen=True, slots=True)
class SpaydCode:
    text: str


@dataclass(frozen=True, slots=True)
class BySquareCode:
    """The text of the code, of capital letters and digits."""

    text: str


@dataclass(frozen=True, slots=True)
class UpnCode:
    """The text of the code, of which every character is in ISO 8859-2."""

    text: str


@dataclass(frozen=True, slots=True)
class Hub3Code:
    text: str


def spayd_code(document: Document) -> SpaydCode | None:
    """A Czech payment; None where the amount has more digits than the format."""
    if asked_minor(document) > _SPAYD_AMOUNT_MAX:
        return None
    payment = document.payment
    fields = {
        "ACC": payment.iban + (f"+{payment.bic}" if payment.bic else ""),
        "AM": amount_of(document),
        "CC": document.currency,
        "DT": f"{due_of(document):%Y%m%d}",
        "RN": _spayd_text(payee_of(document), _SPAYD_NAME_MAX),
        "X-VS": _symbol(document),
        "MSG": _spayd_text(document.number, _SPAYD_MESSAGE_MAX),
    }
    return SpaydCode("*".join(("SPD", "1.0", *(f"{name}:{value}" for name, value in fields.items() if value))))


def by_square_code(document: Document) -> BySquareCode:
    """A Slovak payment order: one payment to one account, without standing order or direct debit."""
    payment = document.payment
    table = (
        "",
        "1",
        "1",
        amount_of(document),
        document.currency,
        f"{due_of(document):%Y%m%d}",
        _symbol(document),
        "",
        "",
        "",
        one_line(document.number)[:_BY_SQUARE_NOTE_MAX],
        "1",
        payment.iban,
        payment.bic,
        "0",
        "0",
        one_line(payee_of(document))[:_BY_SQUARE_NAME_MAX],
        "",
        "",
    )
    return BySquareCode(_by_square("\t".join(table)))


def upn_code(document: Document) -> UpnCode | None:
    """A Slovenian payment order in euros; None where it is too long for the form."""
    scheme = scheme_of(document.payment)
    payer, payee = _lines_of(document.buyer, document.buyer.name), _lines_of(document.seller, payee_of(document))
    lines = (
        "UPNQR",
        *[""] * 4,
        *(_latin_2(line)[:_UPN_LINE_MAX] for line in payer),
        f"{asked_minor(document):011}",
        *[""] * 2,
        _OTHER,
        _latin_2(document.number)[:_UPN_PURPOSE_MAX],
        f"{due_of(document):%d.%m.%Y}",
        document.payment.iban,
        document.payment.reference if scheme in (Scheme.SI00, Scheme.SI12, Scheme.RF) else "SI99",
        *(_latin_2(line)[:_UPN_LINE_MAX] for line in payee),
    )
    text = "".join(f"{line}\n" for line in lines)
    # Each character is a byte in ISO 8859-2; the last line says how many came before it.
    return UpnCode(f"{text}{len(text):03}\n") if len(text) <= _UPN_BYTES_MAX else None


def hub3_code(document: Document) -> Hub3Code:
    """A Croatian payment order in euros."""
    reference = document.payment.reference if scheme_of(document.payment) is Scheme.HR00 else ""
    payer, payee = _lines_of(document.buyer, document.buyer.name), _lines_of(document.seller, payee_of(document))
    lines = (
        "HRVHUB30",
        document.currency,
        f"{asked_minor(document):015}",
        *(in_letters(line, _CROATIAN)[:most] for line, most in zip(payer, _HUB_PAYER, strict=True)),
        *(in_letters(line, _CROATIAN)[:most] for line, most in zip(payee, _HUB_PAYEE, strict=True)),
        document.payment.iban,
        reference[:4] or "HR99",
        reference[4:],
        _OTHER,
        in_letters(document.number, _CROATIAN)[:_HUB_PURPOSE_MAX],
    )
    return Hub3Code("".join(f"{line}\n" for line in lines))


def _symbol(document: Document) -> str:
    return document.payment.reference if scheme_of(document.payment) is Scheme.VS else ""


def _spayd_text(text: str, most: int) -> str:
    """In capitals without accents, as the format recommends; a sign that it gives a meaning to is escaped."""
    return quote(in_letters(text, "")[:most].upper(), safe=" $+-./:,")


def _by_square(table: str) -> str:
    """The table with its checksum, compressed, behind a header of zeros and the length before compression."""
    content = table.encode()
    checked = zlib.crc32(content).to_bytes(4, "little") + content
    packed = lzma.compress(checked, lzma.FORMAT_RAW, filters=_LZMA)
    whole = bytes(2) + len(checked).to_bytes(2, "little") + packed
    return base64.b32hexencode(whole).decode("ascii").rstrip("=")


def _lines_of(party: Party, name: str) -> tuple[str, str, str]:
    address = party.address
    return name, address.line1, f"{address.postal_code} {address.city}".strip()


def _latin_2(text: str) -> str:
    """The text in the letters of ISO 8859-2."""
    line = one_line(text)
    return in_letters(line, "".join(one for one in line if _is_latin_2(one)))


def _is_latin_2(character: str) -> bool:
    try:
        character.encode("iso8859_2")
    except UnicodeEncodeError:
        return False
    return True
