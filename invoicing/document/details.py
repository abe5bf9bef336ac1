"""Details: what a document or a line says by the name of a field, for all that has no argument of its own.

A table has a row for each name: the field of the request that it sets, and how its text is read. A new field of a
request that callers can state is a row here; what may be in it is checked with the request (`check_request`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from invoicing.document.adjustment_texts import adjustment_from_text
from invoicing.document.payable import PaymentMeans
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.money.amounts import parse_decimal
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters
from invoicing.text.dates import parse_date
from invoicing.text.typed import quoted

T = TypeVar("T")


def as_written(text: str, *, field: str) -> str:
    """A text, which is checked with the request."""
    return text


def yes_or_no(text: str, *, field: str) -> bool:
    """The truth of `true` or `false`.

    Raises:
        InvalidInput: another word.
    """
    word = small_letters(text.strip())
    if word not in ("true", "false"):
        raise InvalidInput(f"{field} must be true or false.", field=field)
    return word == "true"


def payment_means(text: str, *, field: str) -> PaymentMeans:
    """How the buyer is to pay.

    Raises:
        InvalidInput: none of the means that there are.
    """
    said = small_letters(text)
    if said not in set(PaymentMeans):
        raise InvalidInput(f"{field} must be one of {', '.join(PaymentMeans)}.", field=field)
    return PaymentMeans(said)


@dataclass(frozen=True, slots=True)
class Detail:
    """How one is said. `sets` is the field of the request, after points a part of it (`delivery.address.city`), where
    each whole is a dataclass that can be made of nothing. `read` makes the value of the text, and is told the `field`
    that a refusal names. One that is `repeated` adds its value to a tuple, as often as it is given.
    """

    sets: str
    read: Callable[..., Any] = as_written
    repeated: bool = False


DOCUMENT: Mapping[str, Detail] = {
    "supply_end": Detail("supply_end", parse_date),
    "withholding": Detail("withholding"),
    "fund": Detail("fund"),
    "split_payment": Detail("split_payment", yes_or_no),
    "surcharge": Detail("surcharge", yes_or_no),
    "exchange_rate": Detail("exchange_rate", parse_decimal),
    "exchange_date": Detail("exchange_date", parse_date),
    "exchange_source": Detail("exchange_source"),
    "series": Detail("series"),
    "payment_means": Detail("payment_means", payment_means),
    "rounding_to": Detail("rounding_to", parse_decimal),
    "bank_account": Detail("bank_account"),
}
"""The details of a document by name, in the order in which a refusal lists them."""

LINE: Mapping[str, Detail] = {
    "name": Detail("name"),
    "discount_amount": Detail("discount_amount", parse_decimal),
    "charge_amount": Detail("charge_amount", parse_decimal),
    "supply_date": Detail("supply_date", parse_date),
    "supply_end": Detail("supply_end", parse_date),
    "order_line": Detail("order_line"),
    "cost": Detail("cost"),
    "base_quantity": Detail("base_quantity", parse_decimal),
    "adjustments": Detail("adjustments", adjustment_from_text, repeated=True),
}
"""The details of a line."""


def with_document_details(request: RequestedDocument, said: Iterable[tuple[str, str]]) -> RequestedDocument:
    """The request with what its details say, each a name and a text.

    Raises:
        InvalidInput: an unknown name, a text of another form, or a second value where there can be but one.
    """
    return _with_details(request, said, DOCUMENT, what="a document", field="details")


def with_line_details(line: RequestedLine, said: Iterable[tuple[str, str]], *, index: int) -> RequestedLine:
    """The same of a line; `index` is from 0."""
    return _with_details(line, said, LINE, what="a line", field=f"lines[{index}].details")


def _with_details(
    request: T, said: Iterable[tuple[str, str]], table: Mapping[str, Detail], *, what: str, field: str
) -> T:
    for stated, text in said:
        name = small_letters(stated)
        detail = table.get(name)
        if detail is None:
            raise InvalidInput(
                f"{field}: {quoted(stated)} is no field of {what}. Fields: {', '.join(table)}.", field=field
            )
        there = _value_at(request, detail.sets)
        if there and there != _default(request, detail.sets) and not detail.repeated:
            raise InvalidInput(f"{field}: {name} is given twice.", field=field)
        value = detail.read(text, field=f"{field}.{name}")
        request = _with_value(request, detail.sets, (*(there or ()), value) if detail.repeated else value)
    return request


def _value_at(part: Any, path: str) -> Any:
    """What is there, or None where one of the wholes is not."""
    for name in path.split("."):
        part = None if part is None else getattr(part, name)
    return part


def _default(part: Any, path: str) -> Any:
    """What is there where nobody says anything."""
    return next((one.default for one in fields(part) if one.name == path), None)


def _with_value(part: T, path: str, value: Any) -> T:
    name, _, rest = path.partition(".")
    if rest:
        kind: Any = type(part)
        value = _with_value(getattr(part, name) or part_of(kind, name)(), rest, value)
    # Mypy does not see that what has the field is a dataclass.
    return replace(part, **{name: value})  # type: ignore[type-var]


@cache
def part_of(whole: type[Any], name: str) -> Any:
    """The class of a field, also of one that may be None."""
    hint = get_type_hints(whole)[name]
    return next((one for one in get_args(hint) if one is not NoneType), hint)
