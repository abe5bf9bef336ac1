"""QR and PDF417 codes as pictures."""

from __future__ import annotations

import pdf417gen
import segno

from invoicing.appearance.local_codes import BySquareCode, Hub3Code, SpaydCode, UpnCode
from invoicing.appearance.payment_codes import EpcCode, SmallCode
from invoicing.appearance.swiss_bill import SwissBill
from invoicing.render.layout import Modules

# The largest symbol that each standard allows.
_EPC_VERSION_MAX = 13
_SWISS_VERSION_MAX = 25
_UPN_VERSION = 15
_HUB_COLUMNS, _HUB_SECURITY = 9, 4
# A row of a PDF417 code is three times as high as a module is wide.
_HUB_ROW = 3
_CODEWORD = 17
_MM = 72 / 25.4
_SIDE_MIN, _MODULE_MIN, _HUB_WIDTH = 30 * _MM, 0.5 * _MM, 58 * _MM


def small_modules(code: SmallCode) -> Modules | None:
    """The code as a picture, or nothing where its text is too long for the standard."""
    match code:
        case EpcCode(text):
            return _modules(text, version_max=_EPC_VERSION_MAX)
        case SpaydCode(text) | BySquareCode(text):
            return Modules(_rows(segno.make_qr(text, error="m", boost_error=False)))
        case UpnCode(text):
            made = segno.make_qr(
                text, version=_UPN_VERSION, error="m", encoding="iso8859-2", mode="byte", eci=True, boost_error=False
            )
            return Modules(_rows(made))
        case Hub3Code(text):
            return Modules(_pdf417(text))


def size_of(modules: Modules) -> tuple[float, float]:
    """How wide and high a code is printed: no module is narrower than half a millimetre, but for a PDF417 code, which
    is as wide as on the Croatian form.
    """
    rows, columns = len(modules.rows), len(modules.rows[0])
    if rows != columns:
        return _HUB_WIDTH, _HUB_WIDTH * rows / columns
    side = max(_SIDE_MIN, columns * _MODULE_MIN)
    return side, side


def swiss_modules(bill: SwissBill) -> Modules | None:
    """The Swiss QR code with its cross, or nothing where its text is too long for the standard."""
    return _modules(bill.text, version_max=_SWISS_VERSION_MAX, cross=True)


def _modules(text: str, *, version_max: int, cross: bool = False) -> Modules | None:
    """Both standards want error correction M and UTF-8."""
    code = segno.make_qr(text, error="m", encoding="utf-8", mode="byte", boost_error=False)
    return None if int(code.version) > version_max else Modules(_rows(code), cross=cross)


def _rows(code: segno.QRCode) -> tuple[bytes, ...]:
    return tuple(bytes(row) for row in code.matrix)


def _pdf417(text: str) -> tuple[bytes, ...]:
    codes: list[list[int]] = pdf417gen.encode(text, columns=_HUB_COLUMNS, security_level=_HUB_SECURITY)
    rows = ["".join(format(word, f"0{_CODEWORD}b") for word in row) for row in codes]
    return tuple(bytes(map(int, row)) for row in rows for _ in range(_HUB_ROW))
