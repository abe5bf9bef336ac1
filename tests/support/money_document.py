"""The tables of docs/money.md, which the tests hold the program to."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

MONEY_DOCUMENT = Path(__file__).parents[2] / "docs" / "money.md"


def money_table(*columns: str) -> list[dict[str, str]]:
    """The only table whose columns begin with these: each row by the names of its columns."""
    text = MONEY_DOCUMENT.read_text(encoding="utf-8")
    found = []
    for is_table, block in groupby(text.splitlines(), key=lambda row: row.startswith("|")):
        if is_table:
            heading, _, *rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in block]
            if tuple(heading[: len(columns)]) == columns:
                found.append([dict(zip(heading, row, strict=True)) for row in rows])
    (table,) = found
    return table
