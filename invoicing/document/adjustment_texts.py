"""Discounts and charges of a line as one text: `discount 5 % of rest: Loyalty [95]`, `charge 2.50: Packing [PC]`."""

from __future__ import annotations

import re

from invoicing.document.adjusted import AdjustmentKind, LineAdjustment
from invoicing.document.documents import Line
from invoicing.document.requested import RequestedLineAdjustment
from invoicing.money.amounts import money_text, parse_decimal, plain
from invoicing.refusals import InvalidInput

_FORM = re.compile(
    r"(?P<kind>discount|charge) (?P<number>[^ :]+)(?P<percent> ?%)?(?: of (?P<of>[^ :]+))?"
    r"(?:: (?P<reason>[^\[\]]+?))?(?: \[(?P<code>[0-9A-Za-z]+)\])?"
)


def adjustment_from_text(text: str, *, field: str) -> RequestedLineAdjustment:
    """The discount or charge that a text says: its kind, percentage or amount, what a percentage is of where that is
    not quantity x price, its reason and the code of that.

    Raises:
        InvalidInput: the text has another form, naming `field`.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(
            f"{field} must be a text such as discount 10 %: Loyalty [95], discount 5 % of rest: Season, discount 10 %"
            " of 8.00: Freight, or charge 2.50: Packing [PC].",
            field=field,
        )
    number = parse_decimal(found["number"].removesuffix("%"), field=field)
    percent = bool(found["percent"]) or found["number"].endswith("%")
    of = found["of"]
    return RequestedLineAdjustment(
        AdjustmentKind(found["kind"]),
        reason=found["reason"] or "",
        reason_code=found["code"] or "",
        percent=number if percent else None,
        amount=None if percent else number,
        base=None if of in (None, "rest") else parse_decimal(of, field=field),
        of_rest=of == "rest",
    )


def adjustments_text(line: Line, currency: str) -> str:
    """What was taken off a line and added, besides its simple discount and charge, with what each comes to:
    `discount 5 % of 100.00 = 5.00: Loyalty [95]; charge 2.50: Packing`.
    """
    return "; ".join([adjustment_text(item, currency) for item in line.adjustments])


def adjustment_text(item: LineAdjustment, currency: str) -> str:
    """One of them."""
    percent = f" {plain(item.percent)} % of {money_text(item.base_minor, currency)} =" if item.percent else ""
    code = f"[{item.reason_code}]" if item.reason_code else ""
    why = " ".join(part for part in (item.reason, code) if part)
    return f"{item.kind.value}{percent} {money_text(item.amount_minor, currency)}: {why}"
