"""Every text of a call, at every depth, before anything is done with it: what cannot be printed is refused."""

from __future__ import annotations

from typing import Any

from invoicing.text.typed import check_characters


def check_texts(arguments: dict[str, Any]) -> None:
    """Refuse the first text that holds a character which is no part of one, naming it as in `lines[0].description`.

    It does not matter what an argument is for: one that is added later is looked through as well.

    Raises:
        InvalidInput
    """
    if _is_printable(arguments):
        return
    waiting: list[tuple[str, Any]] = [("", arguments)]
    while waiting:
        path, value = waiting.pop()
        match value:
            case str():
                check_characters(value, field=path)
            case list():
                waiting.extend((f"{path}[{index}]", part) for index, part in enumerate(value))
            case dict():
                waiting.extend((_inside(path, name), part) for name, part in value.items())


def _is_printable(arguments: dict[str, Any]) -> bool:
    """Whether there is nothing in any text that would have to be named, not even a line break."""
    waiting: list[Any] = [arguments]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if not value.isprintable():
                return False
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
    return True


def _inside(path: str, name: object) -> str:
    """The path of a part. Names that are none of ours are refused elsewhere, and never repeated."""
    shown = name if isinstance(name, str) and name.isidentifier() and len(name) <= 60 else "one of the fields"
    return f"{path}.{shown}" if path else shown
