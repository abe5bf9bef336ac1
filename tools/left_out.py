"""What counts as left out: nothing at all, null, an empty text, and an empty list or object, at every depth.

Words that programs write for nothing, such as `None`, are nothing where there may be a text of any kind. A number, a
date or a choice is what it says: there such a word is a slip that its sender wants to know of.

Clients fill in what their schemas make them fill in: a strict one sends every argument, a careless one sends null for
what it does not know. None of that may change anything: what is to be emptied is named in `clear`. A list that has a
part is not empty, whatever the part says: `lines: [{}]` is a line without its quantity, and not all that remains.

What an entry of a configuration is to say is named field by field, and there is no `clear` beside it: an empty text
among its `values` is one, and empties the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, get_args

from pydantic import BaseModel

from invoicing.text.typed import says_nothing

_FIELD_BY_FIELD = frozenset({"values"})


def text_names(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model, and of its parts, that take a text of any kind."""
    return frozenset(_text_names(model))


def without_left_out(values: dict[str, Any], texts: Set[str]) -> dict[str, Any]:
    """The arguments that say something, with only those of their parts that do; `texts` are the `text_names`."""
    return {
        name: said
        for name, value in values.items()
        if _says_something(said := _stated(value) if name in _FIELD_BY_FIELD else _said(value, texts), name, texts)
    }


def _text_names(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        kinds = set(_kinds(field.annotation))
        if str in kinds:
            yield name
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _text_names(kind)


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of, down to those of the parts of a list."""
    yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)


def _said(value: Any, texts: Set[str]) -> Any:
    match value:
        case dict():
            return without_left_out(value, texts)
        case list():
            return [_said(part, texts) for part in value]
        case _:
            return value


def _stated(value: Any) -> Any:
    """Fields with what each is to be, as an object or in a list; without those that are null."""
    match value:
        case dict():
            return {name: one for name, one in value.items() if one is not None}
        case list():
            return [_stated(part) for part in value]
        case _:
            return value


def _says_something(value: Any, name: str, texts: Set[str]) -> bool:
    match value:
        case None:
            return False
        case str():
            return not says_nothing(value, name) if name in texts else bool(value.strip())
        case dict() | list():
            return bool(value)
        case _:
            return True
