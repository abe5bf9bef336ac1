"""Short JSON schemas: what a model reads of them costs it tokens in every conversation.

Titles, empty defaults and nullable unions go; definitions are put where they are used. An input's schema keeps to what
every model's API takes, since one schema that it refuses loses a client the whole list: one type for each property,
no `format`, no `additionalProperties` (Google's converter stops at it; a call's unknown names are refused), no
`default` (Azure refuses it in a strict tool) and no `const` (Google's converter drops it).

A strict client sends every property, so each that can be left out has an empty value of its type. An `enum` cannot
hold the empty text (Google's API refuses such a list of tools), and without it would make a strict client choose: a
choice that can be left out is a text whose description names what it may say.
"""

from __future__ import annotations

from typing import Any

_EMPTY: tuple[Any, ...] = (None, "", "0", [], {}, False)
_FLAG = ["true", "false"]
_NOT_PUBLISHED = frozenset({"additionalProperties", "default", "enum", "format"})


def compact(schema: dict[str, Any]) -> dict[str, Any]:
    """An equivalent, shorter schema without `$defs`, `anyOf` with null, titles and empty defaults."""
    definitions = schema.get("$defs", {})
    return _compact({key: value for key, value in schema.items() if key != "$defs"}, definitions)


def compact_input(schema: dict[str, Any]) -> dict[str, Any]:
    """The same for arguments, each optional one with a value that leaves it out."""
    return _arguments(compact(schema))


def is_flag(schema: dict[str, Any]) -> bool:
    """Whether an argument says yes or no, by its schema as pydantic writes it."""
    return any(option.get("type") == "boolean" for option in schema.get("anyOf", [schema]))


def compact_output(schema: dict[str, Any]) -> dict[str, Any]:
    """The same for answers, without the lists of required fields, for an answer has all of its fields, always; and
    without the forms of dates, which are ISO 8601 everywhere.
    """
    return _as_answered(compact(schema))


def _arguments(schema: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in schema.items() if key not in ("additionalProperties", "format")}
    if "items" in plain:
        plain["items"] = _arguments(plain["items"])
    if "properties" in plain:
        required = plain.get("required", ())
        plain["properties"] = {
            name: child if name in required else _leavable(child)
            for name, child in ((name, _arguments(child)) for name, child in plain["properties"].items())
        }
    return plain


def _leavable(schema: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in schema.items() if key not in _NOT_PUBLISHED}
    if schema.get("type") == "boolean" and schema.get("default"):
        # Of a boolean false is what says nothing, but this one is true where nothing is said.
        schema = {**schema, "enum": _FLAG, "default": "true"}
        plain["type"] = "string"
    described = ": ".join(part for part in (schema.get("description", ""), _choices(schema)) if part)
    return {**plain, "description": described} if described else plain


def _choices(schema: dict[str, Any]) -> str:
    """`a`, `a or b`, `a, b or c`, and which of them it is where nothing is said; or only that."""
    default = schema.get("default")
    if "enum" not in schema:
        # How many entries a page has is seen in the answer.
        return "" if default is None or schema.get("type") == "integer" else f"default {default}"
    *others, last = (f"{choice} (default)" if choice == default else choice for choice in schema["enum"])
    return f"{', '.join(others)} or {last}" if others else last


def _as_answered(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {name: _as_answered(child) for name, child in value.items()}
        if key == "properties"
        else _as_answered(value)
        if key in ("items", "additionalProperties") and isinstance(value, dict)
        else value
        for key, value in schema.items()
        if key not in ("required", "format")
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
            case "const":
                short["enum"] = [value]
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
        # One of two JSON values could not say that nothing is said.
        return {**short, "type": "string", "enum": _FLAG}
    if nullable and "default" in schema and short.get("type") == "integer":
        # Each number says something, zero too: what may be left out is written as a text.
        return {**short, "type": "string"}
    if nullable and "default" not in schema and isinstance(short.get("type"), str):
        # Required and nullable, as in an answer: null is a value there, and must stay one.
        short["type"] = [short["type"], "null"]
    return short
