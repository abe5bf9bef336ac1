"""Dataclasses from plain values, as JSON has them: each field is made by its type. The opposite of `canonical_json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Made = Callable[[Any], Any]
_Makers = tuple[tuple[str, _Made], ...]
# What was found out of a class, which stays as it is.
_MAKERS: dict[type[Any], _Makers] = {}
_LATER: dict[type[Any], Mapping[str, object]] = {}


def made_of(kind: type[T], raw: Mapping[str, Any]) -> T:
    """The value of a dataclass. What is null stays None; what is not there has its default.

    Raises:
        TypeError, ValueError: there is a name that it does not have, one that it wants is missing, or a value is none
            of its type.
    """
    values = dict(raw)
    for name, made in _made_otherwise(kind):
        if (value := raw.get(name)) is not None:
            values[name] = made(value)
    return kind(**values)


def _made_otherwise(kind: type[Any]) -> _Makers:
    """The fields whose values JSON does not have as they are, and how each is made."""
    if kind not in _MAKERS:
        hints = get_type_hints(kind)
        found = ((field.name, _maker(hints[field.name])) for field in fields(kind))
        _MAKERS[kind] = tuple((name, made) for name, made in found if made is not None)
    return _MAKERS[kind]


def _maker(hint: Any) -> _Made | None:
    if isinstance(hint, UnionType):
        (some,) = (one for one in get_args(hint) if one is not NoneType)
        return _maker(some)
    if get_origin(hint) is tuple:
        made = _maker(get_args(hint)[0])
        return tuple if made is None else lambda parts: tuple(map(made, parts))
    if hint in (date, datetime):
        return hint.fromisoformat  # type: ignore[no-any-return]  # Of a class that has it.
    if hint is Decimal or issubclass(hint, Enum):
        return hint  # type: ignore[no-any-return]  # A class that is called with a text.
    # Mypy takes what is a dataclass for a value of one as well.
    return partial(made_of, hint) if is_dataclass(hint) else None  # type: ignore[arg-type]  # A class.


def later_defaults(kind: type[Any]) -> Mapping[str, object]:
    """The fields that the first release did not have, with their defaults."""
    if kind not in _LATER:
        _LATER[kind] = {field.name: field.default for field in fields(kind) if "later" in field.metadata}
    return _LATER[kind]
