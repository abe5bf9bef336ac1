"""Which tax code a side of an entry is of, as far as its document tells."""

from __future__ import annotations

from invoicing.document.documents import Document, DocumentKind
from invoicing.document.tags import tags_text
from invoicing.exports.ledger.entries import Entry


def tax_codes(entry: Entry) -> list[str]:
    """The organization's own tax code of each side, in their order.

    Where the whole document has one code, it is that of every side but what is receivable; with rounding of the sum to
    pay that of none, since nobody knows which side is which. Else it is that of an
    account whose lines of the side's dimensions all have one code and come to its amount. It is empty where a side is
    of several codes or of none, and on payments.
    """
    document = entry.document
    if document is None:
        return [""] * len(entry.sides)
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    codes = {line.tax_code for line in document.lines} | {item.tax_code for item in document.adjustments}
    by_account = {} if len(codes) == 1 and not document.rounding_minor else _by_account(document)
    found = []
    for position, side in enumerate(entry.sides):
        # What is receivable is the first side, where there is such an amount.
        if not position and document.owed_minor and side.signed_minor == sign * document.owed_minor:
            found.append("")
        elif len(codes) == 1 and not document.rounding_minor:
            found.append(*codes)
        else:
            found.append(by_account.get((side.account, side.dimensions, -sign * side.signed_minor), ""))
    return found


def _by_account(document: Document) -> dict[tuple[str, str, int], str]:
    """The codes of the accounts that lines name themselves, by their dimensions and what these lines come to."""
    codes: dict[tuple[str, str], set[str]] = {}
    nets: dict[tuple[str, str], int] = {}
    for line in document.lines:
        key = (line.revenue_account, tags_text(line.dimensions))
        codes.setdefault(key, set()).add(line.tax_code)
        nets[key] = nets.get(key, 0) + line.net_minor
    return {(*key, nets[key]): next(iter(of)) for key, of in codes.items() if key[0] and len(of) == 1}
