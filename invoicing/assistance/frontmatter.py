"""The head of a file for assistants: `name: value` lines between two lines of three hyphens.

It is the part of YAML on which all readers agree: texts, and one level below a name that has none. Whoever reads it as
YAML reads the same texts; what YAML takes for something else, such as a number, is refused unless it is quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from invoicing.refusals import InvalidInput

Head = Mapping[str, str | Mapping[str, str]]

_FENCE = "---"
_LINE = re.compile(r"( *)([A-Za-z][\w-]*):(?: +(.*?))? *", re.ASCII)
_SINGLE = re.compile(r"'((?:[^']|'')*)'")
_OTHERWISE = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"""What YAML takes for something else than a text."""


def taken_apart(text: str) -> tuple[Head, str]:
    """The head of a text, and what comes after it; an empty head where it begins with none.

    Raises:
        InvalidInput: a head that does not end, or that readers of YAML could read otherwise.
    """
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != _FENCE:
        return {}, text
    ends = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == _FENCE), 0)
    if not ends:
        raise InvalidInput("content: its head has no end: a line of --- belongs after it.", field="content")
    return _head(lines[1:ends]), "\n".join(lines[ends + 1 :]).strip("\n") + "\n"


def with_head(head: Mapping[str, str], body: str) -> str:
    """A text with this head."""
    return "\n".join([_FENCE, *(f"{name}: {_written(value)}" for name, value in head.items()), _FENCE, "", body])


def _head(lines: list[str]) -> Head:
    found: dict[str, str | dict[str, str]] = {}
    below: dict[str, str] | None = None
    for line in lines:
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise _unread(line)
        indented, name, value = match.groups()
        into = below if indented else found
        if into is None or name in into or (indented and not value):
            raise _unread(line)
        if value:
            into[name] = _value(value, line)
            below = below if indented else None
        else:
            below = found[name] = {}
    return found


def _value(text: str, line: str) -> str:
    if text.startswith('"'):
        try:
            read = json.loads(text)
        except ValueError:
            raise _unread(line) from None
        return str(read)
    if single := _SINGLE.fullmatch(text):
        return single[1].replace("''", "'")
    if not _is_plain(text):
        raise _unread(line)
    return text


def _is_plain(text: str) -> bool:
    """Whether a text stands for itself without quotation marks."""
    if not text[:1].isalpha() or text.casefold() in _OTHERWISE or not text.isprintable():
        return False
    return ": " not in text and " #" not in text and not text.endswith(":") and text == text.strip()


def _written(text: str) -> str:
    return text if _is_plain(text) else json.dumps(text, ensure_ascii=False)


def _unread(line: str) -> InvalidInput:
    name = line.partition(":")[0].strip()
    where = f" at {name}" if re.fullmatch(r"[\w-]{1,40}", name, re.ASCII) else ""
    return InvalidInput(
        f"content: its head cannot be read{where}: it has lines of a name, a colon and a text on the same line, in"
        " quotation marks where it does not begin with a letter or has a colon within.",
        field="content",
    )
