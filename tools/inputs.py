"""Types of arguments: strict about form, short in the schema, and clear when refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from invoicing.document.documents import Tag
from invoicing.document.tags import tags_from_text
from invoicing.money.amounts import parse_decimal, parse_whole
from invoicing.refusals import InvalidInput, Malformed
from invoicing.text.codes import small_letters
from invoicing.text.dates import parse_date
from invoicing.text.typed import check_characters, quoted

T = TypeVar("T")

_NAME_SHOWN_MAX = 60


def said(words: str) -> PydanticCustomError:
    """A fault of a value in our words, which go on after the name of its argument."""
    return PydanticCustomError("said", "{said}", {"said": words})


def _decimal(value: Any) -> Any:
    if value is None:
        return None
    try:
        return parse_decimal(value, field="")
    except Malformed as malformed:
        raise said(malformed.said) from None


def _whole(value: Any) -> Any:
    if value is None:
        return None
    try:
        return parse_whole(value, field="")
    except Malformed as malformed:
        raise said(malformed.said) from None


def _flag(value: Any) -> Any:
    try:
        return flag(value, field="")
    except InvalidInput:
        raise said("must be true or false") from None


def _date(value: Any) -> Any:
    if value is None:
        return None
    try:
        return parse_date(value, field="")
    except Malformed as malformed:
        raise said(malformed.said) from None


def _address(value: Any) -> Any:
    """An address written as a text replaces the whole one, taken apart by the form of its country; or it is an object
    as JSON.
    """
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    return {"address_text": value}


ADDRESS_FIELDS = ("line1", "line2", "postal_code", "city", "region")

# A decimal may be sent as a number too; the schema says what keeps every digit.
DecimalArgument = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "string"})]
OptionalDecimal = Annotated[Decimal | None, BeforeValidator(_decimal), WithJsonSchema({"type": "string"})]
FlagInput = Annotated[bool, BeforeValidator(_flag)]
WholeNumber = Annotated[int, BeforeValidator(_whole)]
OptionalWholeNumber = Annotated[int | None, BeforeValidator(_whole)]
OptionalDate = Annotated[date | None, BeforeValidator(_date), WithJsonSchema({"type": "string"})]

OrganizationArgument = Annotated[str, Field(description="Handle")]
SessionArgument = str
"""What `switch_organization` answered with, where the protocol has no sessions; `switch_organization` describes it."""
Partner = Annotated[str, Field(description="Handle, if you have several practices")]
Cursor = str
"""The `next_cursor` of the page before: an answer that has one says how to go on."""


def _handles(value: Any) -> Any:
    """One handle may come as a text, and so may several, with commas between."""
    return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value


Handles = Annotated[list[str] | None, BeforeValidator(_handles)]
"""Handles of several organizations."""


class PartInput(BaseModel):
    """A part of a document or an address: a field that it does not have is refused, and the refusal names those that
    it has.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _check_names_and_texts(cls, value: Any) -> Any:
        """Stop at the first fault: a refusal names one, and a request has room for hundreds of thousands."""
        known = cls.model_fields
        for name, part in value.items() if isinstance(value, dict) else ():
            if name not in known:
                fields = ", ".join(field for field in known if field != "address_text")
                raise fault(name, said(f"is not a field here; known are {fields}"))
            if isinstance(part, str) and not part.isprintable():
                _check_part(name, part)
        return value


def _check_part(name: str, text: str) -> None:
    """An address may come as a text that holds JSON, which nobody has looked through before."""
    try:
        check_characters(text, field=name)
    except Malformed as malformed:
        raise fault(name, said(malformed.said)) from None


def fault(name: str, kind: PydanticCustomError) -> ValidationError:
    """A fault of a part, by the part's name where that can be one."""
    shown = name if name.isidentifier() and len(name) <= _NAME_SHOWN_MAX else "one of the fields"
    return ValidationError.from_exception_data("", [{"type": kind, "loc": (shown,), "input": None}])


@dataclass(frozen=True, slots=True)
class _UpToTheFirstFault:
    """What pydantic's `FailFast` says of a list; that one cannot stand where something may be left out."""

    def __get_pydantic_core_schema__(self, source: Any, known: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = known(source)
        return {**schema, "fail_fast": True}


Several = Annotated[list[T], _UpToTheFirstFault()]
"""A list of parts, looked through up to the first fault."""


class AddressInput(PartInput):
    """A postal address; what is left out stays as it is."""

    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    address_text: str | None = None


AddressArgument = Annotated[
    AddressInput | None,
    BeforeValidator(_address),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ADDRESS_FIELDS},
        }
    ),
]


def _tags(value: Any) -> Any:
    """Dimensions may also come as an object, or as the text of one in JSON."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
        return tuple(Tag(name, one) for name, one in value.items())
    if value is None:
        return ()
    if not isinstance(value, str):
        raise said("must be a text such as cost_centre=bakery; project=inn")
    try:
        return tags_from_text(value, field="")
    except Malformed as malformed:
        raise said(malformed.said) from None


TagsArgument = Annotated[
    tuple[Tag, ...],
    BeforeValidator(_tags),
    WithJsonSchema({"type": "string", "description": "cost_centre=bakery"}),
]


class ValueInput(PartInput):
    """A field of an entry, and what it is to be."""

    field: str
    value: Annotated[str, BeforeValidator(lambda value: _text(value))]


def _text(value: Any) -> Any:
    """A number or a yes or no is meant as it is written."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
    return value


def _pairs(value: Any) -> Any:
    """Values may also come as an object, or as the text of either in JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, dict) and not {"field", "value"} >= set(value):
        return [{"field": name, "value": one} for name, one in value.items()]
    return value


ValuesArgument = Annotated[Several[ValueInput] | None, BeforeValidator(_pairs)]


def _detail_pairs(value: Any) -> Any:
    """The same for details, of which some can be given several times: in an object, as a list."""
    pairs = _pairs(value)
    return [one for pair in pairs for one in _apart(pair)] if isinstance(pairs, list) else pairs


def _apart(pair: Any) -> list[Any]:
    match pair:
        case {"field": _, **rest} if not rest:
            # What has no value says nothing: an empty one was left out before.
            return []
        case {"value": list() as several, **rest}:
            return [{**rest, "value": one} for one in several]
    return [pair]


DetailsArgument = Annotated[Several[ValueInput] | None, BeforeValidator(_detail_pairs)]


def said_details(details: Sequence[ValueInput] | None) -> list[tuple[str, str]]:
    """Details as names and texts, in their order."""
    return [(one.field, one.value) for one in details or ()]


def given_in_details(
    details: Sequence[ValueInput] | None,
    known: Sequence[str],
    changes: Mapping[str, Any],
    *,
    flags: Set[str] = frozenset(),
) -> dict[str, Any]:
    """The fields that are given in details: `known` are all that there are, `changes` those that were given by
    arguments, and of `flags` a text says yes or no.

    Raises:
        InvalidInput: another field, or one that is given twice.
    """
    found: dict[str, Any] = {}
    for stated, text in said_details(details):
        name = small_letters(stated)
        if name not in known:
            raise InvalidInput(
                f"details: {quoted(stated)} is no field here. Fields: {', '.join(known)}.",
                field="details",
                candidates=list(known),
            )
        if name in found or name in changes:
            raise InvalidInput(f"details: {name} is given twice.", field="details")
        found[name] = flag(text, field=f"details.{name}") if name in flags else text
    return found


def values_of(values: Sequence[ValueInput] | None) -> dict[str, str]:
    """The values by field.

    Raises:
        InvalidInput: a field twice.
    """
    found: dict[str, str] = {}
    for one in values or ():
        name = one.field.strip()
        if name in found:
            raise InvalidInput(f"values: {name} is given twice.", field="values")
        found[name] = one.value
    return found


def flag(value: object, *, field: str) -> bool | None:
    """Yes or no: JSON's true and false, or those two words as a text, which is what some clients send.

    Raises:
        InvalidInput: anything else, naming `field`: "yes", 1 and "True" may not be what their sender meant.
    """
    match value:
        case None | True | False:
            return value
        case "true" | "false":
            return value == "true"
    raise InvalidInput(f"{field} must be true or false.", field=field)


def cleared(names: list[str] | None, clearable: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields that are to be emptied become: `clearable` has each, with what it is when it is empty.

    Raises:
        InvalidInput: a name that is none of them, or a field that is also given a value.
    """
    for name in names or ():
        if name not in clearable:
            raise InvalidInput(f"clear takes names of fields that may be empty: {', '.join(clearable)}.", field="clear")
        if name in changes:
            raise InvalidInput(f"clear: {name} is also given a value; do one or the other.", field="clear")
    return {name: clearable[name] for name in names or ()}


def given(**values: Any) -> dict[str, Any]:
    """The arguments that were sent: those that are not None."""
    return {name: value for name, value in values.items() if value is not None}
