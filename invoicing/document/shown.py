"""What a draft showed: the figures that its issue must come to, and the text in which a draft is kept with them.

A draft names customer, items and tax codes, which can change before it is issued. What was shown is what is issued,
or nothing is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from invoicing.document.canonical import canonical_json
from invoicing.document.documents import Adjustment, Document, Line
from invoicing.document.notices import Notice
from invoicing.document.requested import RequestedDocument, request_from_values, request_values
from invoicing.money.amounts import money_text, plain
from invoicing.refusals import Conflict
from invoicing.remedies import Act
from invoicing.text.typed import noun_of

_LINES_NAMED = 3


@dataclass(frozen=True, slots=True)
class ShownLine:
    """The tax of a line, or of a discount or charge of the document, and its printed amount; `jurisdictions` are
    level, name and rate of a stack's parts. `unit` is what a line's quantity counts; none, where no draft knew it yet.
    """

    category: str
    rate: str
    amount_minor: int
    jurisdictions: tuple[tuple[str, str, str], ...] = ()
    unit: str | None = None

    @property
    def tax(self) -> str:
        parts = ", ".join(f"{name} {rate}" for _, name, rate in self.jurisdictions)
        return f"{self.category} {self.rate} %{f' ({parts})' if parts else ''}"


@dataclass(frozen=True, slots=True)
class Shown:
    """The figures of a document, in minor units of its currency; `converted` is its net and tax in the currency of
    the books, where it states a rate. `buyer` is name and tax number; none, where no draft knew them yet. `warnings`
    are those that its text said: each one's code, and a digest of what it said. `withheld_minor` is what of the total
    is not to be paid, so that rounding (`rounding_minor`) is taken off it.
    """

    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    withheld_minor: int
    lines: tuple[ShownLine, ...]
    converted: tuple[str, int, int] | None = None
    adjustments: tuple[ShownLine, ...] = ()
    buyer: tuple[str, str] | None = None
    warnings: tuple[tuple[str, str], ...] = ()
    rounding_minor: int = 0

    @property
    def due_minor(self) -> int:
        return self.total_minor - self.withheld_minor

    def said(self, warning: Notice) -> bool:
        """Whether exactly this warning was said."""
        return (warning.code, _digest(warning)) in self.warnings


def shown_by(document: Document, warnings: Sequence[Notice] = ()) -> Shown:
    """The figures that this document shows, and the warnings that are said with them."""
    exchange = document.exchange
    return Shown(
        currency=document.currency,
        net_minor=document.net_minor,
        tax_minor=document.tax_minor,
        total_minor=document.total_minor,
        withheld_minor=document.total_minor - document.payable_minor,
        rounding_minor=document.rounding_minor,
        lines=tuple(_line(line) for line in document.lines),
        converted=(exchange.currency, exchange.net_minor, exchange.tax_minor) if exchange else None,
        adjustments=tuple(_line(item) for item in document.adjustments),
        buyer=(document.buyer.name, document.buyer.tax_number),
        warnings=tuple((warning.code, _digest(warning)) for warning in warnings),
    )


def _digest(warning: Notice) -> str:
    return hashlib.sha256(warning.text.encode()).hexdigest()[:16]


def check_as_shown(before: Shown, document: Document) -> None:
    """Compare what a draft last showed with the document that it would become now.

    Raises:
        Conflict: another buyer, currency or total, or another unit, amount or tax of a line, discount or charge. It
            says what was shown, what it would be, and how to accept that.
    """
    now = _as_known(before, shown_by(document))
    if before == now:
        return
    lines = [*_changed_buyer(before, now), *_changed_lines(before, now)]
    beyond = len(lines) - _LINES_NAMED
    more = f"; and {beyond} more {noun_of(beyond, 'change')}" if beyond > 0 else ""
    named = "".join(f"; {line}" for line in lines[:_LINES_NAMED])
    raise Conflict(
        f"draft: it showed {_figures(before, now)}, and would be {_figures(now, before)} now{named}{more}. What it is"
        " made of was changed since. Nothing is issued.",
        field="draft",
        remedy=Act.SHOW_DRAFT_AGAIN,
    )


def draft_text(request: RequestedDocument, shown: Shown) -> str:
    """The canonical text of a draft: what was asked for, and what it showed."""
    return canonical_json({**request_values(request), _SHOWN: shown})


def draft_from_text(text: str) -> tuple[RequestedDocument, Shown | None]:
    """The draft whose text this is; one of an earlier release does not know what it showed."""
    raw: dict[str, Any] = json.loads(text)
    shown: dict[str, Any] | None = raw.pop(_SHOWN, None)
    return request_from_values(raw), _shown_from(shown) if shown else None


_SHOWN = "shown"


def _line(line: Line | Adjustment) -> ShownLine:
    return ShownLine(
        category=line.tax_category.value,
        rate=plain(line.tax_rate),
        amount_minor=line.amount_minor,
        jurisdictions=tuple((part.level.value, part.name, plain(part.rate)) for part in line.jurisdictions),
        unit=line.unit if isinstance(line, Line) else None,
    )


def _as_known(before: Shown, now: Shown) -> Shown:
    """What would be shown now, without what the draft did not know when it was kept, and whatever it warned of."""
    now = replace(now, warnings=before.warnings)
    if before.buyer is None:
        now = replace(now, buyer=None)
    if any(line.unit is None for line in before.lines):
        now = replace(now, lines=tuple(replace(line, unit=None) for line in now.lines))
    return now


def _shown_from(raw: dict[str, Any]) -> Shown:
    converted, buyer = raw["converted"], raw.get("buyer")
    return Shown(
        **{
            **raw,
            "lines": _lines_from(raw["lines"]),
            "converted": (*converted,) if converted else None,
            "adjustments": _lines_from(raw.get("adjustments", ())),
            "buyer": (*buyer,) if buyer else None,
            "warnings": tuple((*warning,) for warning in raw.get("warnings", ())),
        }
    )


def _lines_from(raw: Iterable[dict[str, Any]]) -> tuple[ShownLine, ...]:
    return tuple(
        ShownLine(**{**line, "jurisdictions": tuple((*part,) for part in line["jurisdictions"])}) for line in raw
    )


def _figures(one: Shown, other: Shown) -> str:
    """The sums; what is withheld and converted only where either has it."""
    amounts = {"net": one.net_minor, "tax": one.tax_minor, "total": one.total_minor}
    if one.withheld_minor or other.withheld_minor:
        amounts |= {"withheld": one.withheld_minor + one.rounding_minor, "amount due": one.due_minor}
    text = ", ".join(f"{name} {money_text(amount, one.currency)}" for name, amount in amounts.items())
    text = f"{text} {one.currency}"
    if one.converted != other.converted and one.converted:
        currency, net_minor, tax_minor = one.converted
        text += f" ({money_text(net_minor, currency)} and {money_text(tax_minor, currency)} {currency})"
    return text


def _changed_buyer(before: Shown, now: Shown) -> Iterable[str]:
    if before.buyer is not None and now.buyer is not None and before.buyer != now.buyer:
        yield f"the customer was {_party(*before.buyer)}, now {_party(*now.buyer)}"


def _party(name: str, tax_number: str) -> str:
    return f"{name} ({tax_number or 'without a tax number'})"


def _changed_lines(before: Shown, now: Shown) -> Iterable[str]:
    named = [(f"line {position}", *both) for position, both in enumerate(zip(before.lines, now.lines, strict=False), 1)]
    adjusted = zip(before.adjustments, now.adjustments, strict=False)
    for name, old, new in (*named, *(("a discount or charge", *both) for both in adjusted)):
        if old.tax != new.tax:
            yield f"{name} was taxed {old.tax}, now {new.tax}"
        elif old.amount_minor != new.amount_minor:
            amounts = (money_text(old.amount_minor, before.currency), money_text(new.amount_minor, now.currency))
            yield f"{name} was {amounts[0]}, now {amounts[1]}"
        elif old.unit != new.unit:
            yield f"{name} was in {old.unit or 'no unit'}, now in {new.unit or 'no unit'}"
