"""Short JSON schemas: what a model reads of them costs it tokens in every conversation.

Titles, empty defaults and nullable unions go; definitions are put where they are used.
"""

from __future__ import annotations

from typing import Any

_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


def compact(schema: dict[str, Any]) -> dict[str, Any]:
    """An equivalent, shorter schema without `$defs`, `anyOf` with null, titles and empty defaults."""
    definitions = schema.get("$defs", {})
    return _compact({key: value for key, value in schema.items() if key != "$defs"}, definitions)


def compact_output(schema: dict[str, Any]) -> dict[str, Any]:
    """The same for answers, without the lists of required fields: an answer has all of its fields, always."""
    return _without_required(compact(schema))


def _without_required(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {name: _without_required(child) for name, child in value.items()}
        if key == "properties"
        else _without_required(value)
        if key in ("items", "additionalProperties") and isinstance(value, dict)
        else value
        for key, value in schema.items()
        if key != "required"
    }


def _compact(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix("#/$defs/")]
        return _compact({**target, **{key: value for key, value in schema.items() if key != "$ref"}}, definitions)
    if "anyOf" in schema:
        return _without_null(schema, definitions)
    short: dict[str, Any] = {}
    for key, value in schema.items():
        match key:
            case "title":
                continue
            case "default" if any(value is empty or value == empty for empty in _EMPTY):
                continue
            case "properties":
                short[key] = {name: _compact(child, definitions) for name, child in value.items()}
            case "items" | "additionalProperties" if isinstance(value, dict):
                short[key] = _compact(value, definitions)
            case "description" if schema.get("type") == "object":
                # The docstring of a model is for its readers here, not for the model that calls.
                continue
            case _:
                short[key] = value
    return short


def _without_null(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in schema["anyOf"] if option.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(options) > 1 and all(set(option) == {"type"} for option in options):
        options = [{"type": [option["type"] for option in options]}]
    if len(options) != 1:
        raise ValueError("a schema with several alternatives has no short form")
    short = _compact({**options[0], **rest}, definitions)
    nullable = len(options) < len(schema["anyOf"])
    if nullable and "default" not in schema and isinstance(short.get("type"), str):
        # Required and nullable, as in an answer: null is a value there, and must stay one.
        short["type"] = [short["type"], "null"]
    return short
