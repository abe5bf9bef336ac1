"""Short JSON schemas: what a model reads of them costs it tokens in every conversation.

Titles, empty defaults and nullable unions go; definitions are put where they are used. An input's schema says of each
thing that can be left out how to leave it out: an optional choice has an empty value, and nothing is nullable, since a
strict client sends every property. It also keeps to what the converters of the common SDKs take: one type for each
property, no `format`, no `additionalProperties` (unknown names are refused when a tool is called).
"""

from __future__ import annotations

from typing import Any

_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)

FLAG = ["", "true", "false"]
"""The choices of a flag that can be left out: one of two JSON values could not say that nothing is said."""


def compact(schema: dict[str, Any]) -> dict[str, Any]:
    """An equivalent, shorter schema without `$defs`, `anyOf` with null, titles and empty defaults."""
    definitions = schema.get("$defs", {})
    return _compact({key: value for key, value in schema.items() if key != "$defs"}, definitions)


def compact_input(schema: dict[str, Any]) -> dict[str, Any]:
    """The same for arguments, each optional one with a value that leaves it out."""
    return _leavable(compact(schema))


def compact_output(schema: dict[str, Any]) -> dict[str, Any]:
    """The same for answers, without the lists of required fields: an answer has all of its fields, always."""
    return _without_required(compact(schema))


def _leavable(schema: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in schema.items() if key not in ("additionalProperties", "format")}
    if "items" in plain:
        plain["items"] = _leavable(plain["items"])
    if "properties" in plain:
        required = plain.get("required", ())
        plain["properties"] = {
            name: child if name in required else _with_empty_value(child)
            for name, child in ((name, _leavable(child)) for name, child in plain["properties"].items())
        }
    return plain


def _with_empty_value(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") == "boolean" and schema.get("default"):
        return _flag(schema)
    if "enum" in schema and "" not in schema["enum"]:
        return {**schema, "enum": ["", *schema["enum"]]}
    return schema


def _flag(schema: dict[str, Any]) -> dict[str, Any]:
    said = {"default": "true"} if schema.get("default") else {}
    return {**schema, "type": "string", "enum": FLAG, **said}


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
    if nullable and "default" in schema and short.get("type") == "boolean":
        return _flag(short)
    if nullable and "default" in schema and short.get("type") == "integer":
        # Each number says something, zero too: what may be left out is written as a text.
        return {**short, "type": "string"}
    if nullable and "default" not in schema and isinstance(short.get("type"), str):
        # Required and nullable, as in an answer: null is a value there, and must stay one.
        short["type"] = [short["type"], "null"]
    return short
