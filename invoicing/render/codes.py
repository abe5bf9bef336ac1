"""QR codes as pictures. Both standards want error correction M and UTF-8."""

from __future__ import annotations

import segno

from invoicing.appearance.payment_codes import EpcCode, SwissBill
from invoicing.render.layout import Modules

# The largest symbol that each standard allows.
_EPC_VERSION_MAX = 13
_SWISS_VERSION_MAX = 25


def epc_modules(code: EpcCode) -> Modules | None:
    """The code of a SEPA credit transfer, or nothing where its text is too long for the standard."""
    return _modules(code.text, version_max=_EPC_VERSION_MAX, cross=False)


def swiss_modules(bill: SwissBill) -> Modules | None:
    """The Swiss QR code with its cross, or nothing where its text is too long for the standard."""
    return _modules(bill.text, version_max=_SWISS_VERSION_MAX, cross=True)


def _modules(text: str, *, version_max: int, cross: bool) -> Modules | None:
    code = segno.make_qr(text, error="m", encoding="utf-8", mode="byte", boost_error=False)
    if int(code.version) > version_max:
        return None
    return Modules(rows=tuple(bytes(row) for row in code.matrix), cross=cross)
