"""JSON of others, of which each part can be kept, compared and told again: what cannot is no JSON to us.

A parser takes more than that: half a character (`"\\ud800"`), which no encoding has, what is no number (`NaN`), numbers
without end, and nesting that the next one who walks through it cannot bear.
"""

from __future__ import annotations

import json
from typing import Any

DEPTH_MAX = 20
_NUMBER_MAX = 2**63


def json_object(text: bytes) -> dict[str, Any]:
    """The JSON object that this is.

    Raises:
        ValueError: it is none, or not such a one.
    """
    try:
        found = json.loads(text.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(found, dict) or not is_plain(found):
        raise ValueError("no such object")
    return found


def is_plain(value: object, depth: int = DEPTH_MAX) -> bool:
    """Whether what was parsed is such JSON, nested at most so deep."""
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, int | float):
        return -_NUMBER_MAX < value < _NUMBER_MAX
    if isinstance(value, list):
        return depth > 0 and all(is_plain(one, depth - 1) for one in value)
    if isinstance(value, dict):
        return depth > 0 and all(_is_text(name) and is_plain(one, depth - 1) for name, one in value.items())
    return value is None


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)
