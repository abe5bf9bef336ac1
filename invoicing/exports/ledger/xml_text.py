"""XML as it is written: elements one after the other, in the order of a schema, without holding the tree in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr


class XmlText:
    """Writes elements to a file; each on a line of its own, as deep as it is indented."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._depth = 0
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')

    @contextmanager
    def inside(self, name: str, **attributes: str) -> Iterator[None]:
        """What is written within is inside an element of this name."""
        stated = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        self._line(f"<{name}{stated}>")
        self._depth += 1
        yield
        self._depth -= 1
        self._line(f"</{name}>")

    def say(self, name: str, text: str, *, most: int | None = None) -> None:
        """An element with a text of at most `most` characters."""
        self._line(f"<{name}>{escape(text[:most])}</{name}>")

    def say_if(self, name: str, text: str, *, most: int | None = None) -> None:
        """An element with a text, where there is one."""
        if text:
            self.say(name, text, most=most)

    def _line(self, text: str) -> None:
        self._file.write(f"{'  ' * self._depth}{text}\n")
