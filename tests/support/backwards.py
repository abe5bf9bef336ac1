"""Files answer from behind: a statement that asks for no order is promised none, and a server keeps to that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool


def answer_backwards() -> None:
    """Let each connection of ours to a file answer from behind what it is not told to sort; not those that look past
    the program.
    """
    event.listen(Pool, "connect", _backwards)


def _backwards(connection: Any, _: object) -> None:
    if "sqlite" in type(connection).__module__:
        cursor = connection.cursor()
        cursor.execute("PRAGMA reverse_unordered_selects = 1")
        cursor.close()
