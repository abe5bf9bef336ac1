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
from invoicing.document.documents import Document, Line
from invoicing.document.parts import classification_from
from invoicing.document.payable import PaymentMeans
from invoicing.document.references import (
    Attachment,
    Attribute,
    Classification,
    Delivery,
    LineReferences,
    Payee,
    References,
    TaxRepresentative,
)
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
    """How one is said. `sets` is the field of the request, after points a part of it (`delivery.city`), where each
    whole is a dataclass that can be made of nothing. `read` makes the value of the text, and is told the `field` that a
    refusal names. One that is `repeated` adds its value to a tuple, as often as it is given.

    One that is `kept` is in the document as it was asked for, at the same place: `said_of` tells it from there, as
    answers and exports show it.
    """

    sets: str
    read: Callable[..., Any] = as_written
    repeated: bool = False
    kept: bool = False


def _attachment(text: str, *, field: str) -> Attachment:
    name, *rest = (part.strip() for part in text.split(";"))
    url = rest.pop() if rest and rest[-1].lower().startswith(("http://", "https://")) else ""
    return Attachment(name, "; ".join(rest), url)


def _classification(text: str, *, field: str) -> Classification:
    return classification_from(text)


def _attribute(text: str, *, field: str) -> Attribute:
    name, _, value = text.partition("=")
    return Attribute(name.strip(), value.strip())


def _kept(part: str, kind: type[Any], *names: str, prefix: str = "") -> dict[str, Detail]:
    """Rows for the texts of a part: all of them, or those that are named."""
    texts = [one.name for one in fields(kind) if "length_max" in one.metadata]
    return {f"{prefix}{name}": Detail(f"{part}.{name}", kept=True) for name in names or texts}


DOCUMENT: Mapping[str, Detail] = {
    **_kept("references", References),
    "attachment": Detail("references.attachments", _attachment, repeated=True, kept=True),
    "payment_terms_text": Detail("terms_text"),
    "delivery": Detail("delivery_place"),
    **_kept("delivery", Delivery, prefix="delivery_"),
    "delivery_date": Detail("delivery.on", parse_date, kept=True),
    **_kept("payee", Payee, prefix="payee_"),
    **_kept("tax_representative", TaxRepresentative, prefix="tax_representative_"),
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
    "paid_on": Detail("paid_on", parse_date, kept=True),
    "rounding_to": Detail("rounding_to", parse_decimal),
    "rounding_amount": Detail("rounding_amount", parse_decimal),
    "bank_account": Detail("bank_account"),
    "former_invoice": Detail("former.number"),
    "former_invoice_date": Detail("former.issue_date", parse_date),
    "reason": Detail("former.reason"),
    "advance": Detail("advance", yes_or_no),
    "deduct": Detail("deducts", repeated=True),
}
"""The details of a document by name, in the order in which a refusal lists them."""

LINE: Mapping[str, Detail] = {
    "name": Detail("name"),
    "note": Detail("note", kept=True),
    "order_line": Detail("order_line"),
    **_kept("references", LineReferences),
    "classification": Detail("references.classifications", _classification, repeated=True, kept=True),
    "attribute": Detail("references.attributes", _attribute, repeated=True, kept=True),
    "supply_date": Detail("supply_date", parse_date),
    "supply_end": Detail("supply_end", parse_date),
    "discount_amount": Detail("discount_amount", parse_decimal),
    "charge_amount": Detail("charge_amount", parse_decimal),
    "cost": Detail("cost"),
    "base_quantity": Detail("base_quantity", parse_decimal),
    "adjustments": Detail("adjustments", adjustment_from_text, repeated=True),
}
"""The details of a line."""

KEPT_OF_DOCUMENTS: tuple[str, ...] = tuple(name for name, detail in DOCUMENT.items() if detail.kept)
KEPT_OF_LINES: tuple[str, ...] = tuple(name for name, detail in LINE.items() if detail.kept)


def said_of_document(document: Document) -> dict[str, str]:
    """The details that a document has, by name; several values of one are lines of its text."""
    said = _said_of(document, DOCUMENT) if any(map(document.__getattribute__, _PARTS_OF_DOCUMENTS)) else {}
    return {**said, "advance": "true"} if document.advance is not None else said


def said_of_line(line: Line) -> dict[str, str]:
    """The same of a line."""
    said = _said_of(line, LINE) if line.note or line.references is not None else {}
    return {**said, "deduct": line.advance.number} if line.advance is not None else said


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


def _said_of(whole: Any, table: Mapping[str, Detail]) -> dict[str, str]:
    found = ((name, _value_at(whole, detail.sets)) for name, detail in table.items() if detail.kept)
    return {name: _text(value) for name, value in found if value}


def _text(value: Any) -> str:
    """What a value is said by: that text is read as the same value again."""
    match value:
        case tuple():
            return "\n".join(map(_text, value))
        case Attachment() | Classification() | Attribute():
            return value.text
        case _:
            return str(value)


_PARTS_OF_DOCUMENTS = tuple(dict.fromkeys(DOCUMENT[name].sets.partition(".")[0] for name in KEPT_OF_DOCUMENTS))


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
