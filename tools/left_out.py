"""What counts as left out: nothing at all, null, an empty text, and an empty list or object, at every depth.

Clients fill in what their schemas make them fill in: a strict one sends every argument, a careless one sends null for
what it does not know. None of that may change anything: what is to be emptied is named in `clear`. A list that has a
part is not empty, whatever the part says: `lines: [{}]` is a line without its quantity, and not all that remains.
"""

from __future__ import annotations

from typing import Any

from invoicing.text import says_nothing


def without_left_out(values: dict[str, Any]) -> dict[str, Any]:
    """The arguments that say something, with only those of their parts that do."""
    return {name: said for name, value in values.items() if _says_something(said := _said(value), name)}


def _said(value: Any) -> Any:
    match value:
        case dict():
            return without_left_out(value)
        case list():
            return [_said(part) for part in value]
        case _:
            return value


def _says_something(value: Any, name: str) -> bool:
    match value:
        case None:
            return False
        case str():
            return not says_nothing(value, name)
        case dict() | list():
            return bool(value)
        case _:
            return True
