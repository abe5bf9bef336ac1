"""The form of a draft: what was typed, as text, and the request that it is."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.money.amounts import plain
from invoicing.refusals import InvalidInput
from invoicing.text.numbers import typed_decimal
from operations.prepared_drafts import KeptDraft
from server.pages.reading import Form, day_of

LINES_MAX = 60
"""So many lines the form of a page holds; longer drafts are written by an assistant."""
FORM_BYTES_MAX = 1_048_576
"""So much all of these lines come to in a form, whatever the letters: each is sent as up to nine bytes."""
_DAYS = ("issue_date", "due_date", "supply_date", "supply_end")
_TEXTS = ("payment_terms", "currency", "purchase_order", "note")
_NAMED = re.compile(r"lines\[(\d{1,3})\]\.(\w+)", re.ASCII)


_NEW_QUANTITY = "1"


@dataclass(frozen=True, slots=True)
class TypedLine:
    """`of` is the place of the line of the draft that it was, from 0; empty for a new one."""

    of: str = ""
    item: str = ""
    description: str = ""
    quantity: str = ""
    unit: str = ""
    unit_price: str = ""
    discount_percent: str = ""
    tax_code: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in it; the quantity of a new line stands there by itself."""
        typed = {name: value.strip() for name, value in asdict(self).items() if name != "of"}
        return not any(typed.values()) or typed == dict.fromkeys(typed, "") | {"quantity": _NEW_QUANTITY}


NEW_LINE = TypedLine(quantity=_NEW_QUANTITY)


@dataclass(frozen=True, slots=True)
class TypedDraft:
    customer: str = ""
    issue_date: str = ""
    due_date: str = ""
    supply_date: str = ""
    supply_end: str = ""
    payment_terms: str = ""
    currency: str = ""
    purchase_order: str = ""
    note: str = ""
    lines: tuple[TypedLine, ...] = field(default=(NEW_LINE,))

    def without_empty_lines(self) -> TypedDraft:
        """What is asked for: a line in which nothing was typed is none."""
        return replace(self, lines=tuple(line for line in self.lines if not line.is_empty))


def typed_of(form: Form) -> TypedDraft:
    """What was typed, in the order of its lines."""
    lines: dict[int, dict[str, str]] = {}
    known = TypedLine.__dataclass_fields__
    for name in form.fields:
        if (found := _NAMED.fullmatch(name)) and found[2] in known:
            lines.setdefault(int(found[1]), {})[found[2]] = form.text(name)
    head = {name: form.text(name).strip() for name in ("customer", *_DAYS, *_TEXTS)}
    typed = TypedDraft(**head, lines=tuple(TypedLine(**lines[place]) for place in sorted(lines)[:LINES_MAX]))
    return replace(typed, customer=form.text("choose").strip() or typed.customer)


def typed_from(kept: KeptDraft, *, decimal: str) -> TypedDraft:
    """The form of a draft as it is kept."""
    request = kept.request

    def number(value: Decimal | None) -> str:
        return "" if value is None else plain(value).replace(".", decimal)

    days = {name: (getattr(request, name) or "") for name in _DAYS}
    return TypedDraft(
        customer=kept.customer,
        **{name: str(day) for name, day in days.items()},
        **{name: getattr(request, name) for name in _TEXTS},
        lines=tuple(
            TypedLine(
                of=str(place),
                item=kept.items.get(line.item, line.item),
                description=line.description,
                quantity=number(line.quantity),
                unit=line.unit,
                unit_price=number(line.unit_price),
                discount_percent=number(line.discount_percent or None),
                tax_code=line.tax_code,
            )
            for place, line in enumerate(request.lines)
        ),
    )


def requested(typed: TypedDraft, kept: KeptDraft | None, *, decimal: str) -> RequestedDocument:
    """The request that was typed. What the form does not show stays as it is kept.

    Raises:
        InvalidInput: what is no number or day, naming its field.
    """
    before = kept.request if kept else RequestedDocument(customer="", lines=())
    same_customer = kept is not None and typed.customer == kept.customer
    days: dict[str, Any] = {name: day_of(getattr(typed, name), field=name) for name in _DAYS}
    return replace(
        before,
        customer=before.customer if same_customer else typed.customer,
        **days,
        **{name: getattr(typed, name) for name in _TEXTS},
        lines=tuple(_line(line, kept, f"lines[{place}]", decimal) for place, line in enumerate(typed.lines)),
    )


def _line(line: TypedLine, kept: KeptDraft | None, at: str, decimal: str) -> RequestedLine:
    place = int(line.of) if line.of.isascii() and line.of.isdigit() and len(line.of) < 4 else -1
    lines = kept.request.lines if kept else ()
    before = lines[place] if 0 <= place < len(lines) else RequestedLine(quantity=Decimal(1))

    def number(name: str) -> Decimal | None:
        text = getattr(line, name)
        return typed_decimal(text, decimal=decimal, field=f"{at}.{name}") if text.strip() else None

    quantity = number("quantity")
    if quantity is None:
        raise InvalidInput(f"{at}.quantity is required: how many.", field=f"{at}.quantity")
    item = line.item.strip()
    same_item = kept is not None and before.item and kept.items.get(before.item) == item
    return replace(
        before,
        item=before.item if same_item else item,
        description=line.description.strip(),
        quantity=quantity,
        unit=line.unit.strip(),
        unit_price=number("unit_price"),
        discount_percent=number("discount_percent") or Decimal(0),
        tax_code=line.tax_code,
    )
