"""Credit notes of invoices on which lines take goods back: what belongs together is credited together.

Such a line makes its invoice less. Credited without it, the others would come to more than was ever invoiced, and what
remains to less than nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from invoicing.credit.remaining import Remaining, group_of
from invoicing.document.documents import Document, Line
from invoicing.money.amounts import money_text, plain
from invoicing.refusals import InvalidInput
from invoicing.tax.inputs import GroupKey


def check_lines_together(left: Remaining, lines: Sequence[Line], currency: str) -> None:
    """Whether what is credited of each tax group lies between nothing and what remains of it.

    Raises:
        InvalidInput: it does not, naming the lines that take goods back.
    """
    if not _takes_back(left):
        return
    there, taken = _sums_by_group(left.lines), _sums_by_group(lines)
    for key, amount in taken.items():
        remains = there[key]
        if not min(remains, 0) <= amount <= max(remains, 0):
            raise _not_together(left, remains, currency, rate=-key[0])


def check_total(left: Remaining, note: Document) -> None:
    """Whether a credit note lies between nothing and what remains of its invoice.

    Raises:
        InvalidInput: it does not, naming the lines that take goods back.
    """
    remains = sum(tax.taxable_minor + tax.tax_minor for tax in left.taxes)
    if _takes_back(left) and not min(remains, 0) <= note.total_minor <= max(remains, 0):
        raise _not_together(left, remains, note.currency, rate=None)


def check_advances_whole(left: Remaining, quantities: Mapping[int, Decimal]) -> None:
    """Whether what is deducted of an advance is taken back whole: then the advance is there to be deducted again.

    Raises:
        InvalidInput: it is not, naming the lines that deduct it.
    """
    deducting: dict[str, list[Line]] = {}
    for line in left.lines:
        if line.advance is not None and line.quantity:
            deducting.setdefault(line.advance.id, []).append(line)
    for lines in deducting.values():
        taken = [quantities.get(line.position) for line in lines]
        if any(taken) and taken != [line.quantity for line in lines]:
            which = ", ".join(str(line.position) for line in lines)
            raise InvalidInput(f"lines: what deducts an advance is credited whole: lines {which}.", field="lines")


def _takes_back(left: Remaining) -> list[str]:
    return [str(line.position) for line in left.lines if line.quantity < 0]


def _sums_by_group(lines: Sequence[Line]) -> dict[GroupKey, int]:
    found: dict[GroupKey, int] = {}
    for line in lines:
        found[group_of(line)] = found.get(group_of(line), 0) + line.amount_minor
    return found


def _not_together(left: Remaining, remains_minor: int, currency: str, *, rate: Decimal | None) -> InvalidInput:
    deducting = {str(line.position) for line in left.lines if line.quantity < 0 and line.advance is not None}
    goods = [position for position in _takes_back(left) if position not in deducting]
    advances = [position for position in _takes_back(left) if position in deducting]
    parts = [_doing(goods, "take", "goods back"), _doing(advances, "deduct", "what was paid in advance")]
    which = " and ".join(part for part in parts if part)
    them = "it" if len(goods) + len(advances) == 1 else "them"
    at = "" if rate is None else f" at {plain(rate)} %"
    return InvalidInput(
        f"lines: {which}, so only {money_text(remains_minor, currency)} {currency}{at} can be credited in"
        f" all. Credit {them} together with the others, or less of those.",
        field="lines",
    )


def _doing(positions: Sequence[str], verb: str, what: str) -> str:
    """ "line 3 takes goods back", in as many lines as there are; empty where there is none."""
    if not positions:
        return ""
    subject = f"line {positions[0]} {verb}s" if len(positions) == 1 else f"lines {', '.join(positions)} {verb}"
    return f"{subject} {what}"
