"""Identifiers that begin with their scheme, `0088:4012345000009`, as in Peppol and the European e-invoice.

The schemes of addresses are those of the EAS code list, as the rule BR-CL-25 of the EN 16931 validation artefacts has
them (github.com/ConnectingEurope/eInvoicing-EN16931, read on 2026-11-29).
"""

from __future__ import annotations

from stdnum import ean
from stdnum.exceptions import ValidationError

from invoicing.master_data.identifiers import check_email
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals
from invoicing.text.typed import clean_line

_LENGTH_MAX = 100
_GLN = "0088"
_MAIL = "EM"
_ADDRESS_SCHEMES = frozenset(
    "0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188"
    " 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213"
    " 0215 0216 0217 0218 0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918"
    " 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940"
    " 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 AN AQ AS AU EM".split()
)


def check_e_invoice_address(text: str) -> str:
    """Where e-invoices reach somebody (BT-34, BT-49), with its scheme; an e-mail address may do without.

    Raises:
        InvalidInput: no scheme of the list, nothing after it, or a GLN or e-mail address that is none.
    """
    field = "e_invoice_address"
    line = clean_line(text, field=field, limit=_LENGTH_MAX)
    scheme, colon, address = line.partition(":")
    if not colon and "@" in line:
        scheme, address = _MAIL, line
    scheme, address = capitals(scheme), address.strip()
    if scheme not in _ADDRESS_SCHEMES or not address:
        raise InvalidInput(
            f"{field} is a scheme of the EAS code list and an address, such as 0088:4012345000009 (GLN),"
            " 9930:DE123456788 (German VAT number), 0204:991-12345-67 (Leitweg-ID), or an e-mail address.",
            field=field,
        )
    if scheme == _MAIL:
        address = check_email(address, field=field)
    return f"{scheme}:{_with_check_digit(scheme, address, field=field)}"


def check_identifier(text: str) -> str:
    """An identifier of a party (BT-29, BT-46), which may begin with a scheme of ISO 6523.

    Raises:
        InvalidInput: a GLN without its check digit.
    """
    line = clean_line(text, field="identifier", limit=_LENGTH_MAX)
    scheme, identifier = split_identifier(line)
    return f"{scheme}:{_with_check_digit(scheme, identifier, field='identifier')}" if scheme else line


def split_identifier(text: str) -> tuple[str, str]:
    """The scheme of an identifier and the rest; without scheme an empty one and all of it."""
    scheme, colon, rest = text.partition(":")
    has_scheme = colon and len(scheme) == 4 and scheme.isascii() and scheme.isdecimal() and rest.strip()
    return (scheme, rest.strip()) if has_scheme else ("", text)


def customer_number(identifier: str) -> str:
    """The number that the seller knows a customer by: an identifier (BT-46) without a scheme; else nothing."""
    scheme, rest = split_identifier(identifier)
    return "" if scheme else rest


def _with_check_digit(scheme: str, identifier: str, *, field: str) -> str:
    if scheme != _GLN:
        return identifier
    try:
        if len(compact := str(ean.validate(identifier))) != 13:
            raise ValidationError
    except ValidationError:
        raise InvalidInput(
            f"{field}: a GLN (0088) has 13 digits, of which the last checks the others.", field=field
        ) from None
    return compact
