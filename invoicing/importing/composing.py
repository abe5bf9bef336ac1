"""Fields of ours that a file has in several columns: the names of a person, and the options of a product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from invoicing.importing.programs import Repeated
from invoicing.importing.tables import Cell, Row, is_blank
from invoicing.importing.words import bare

HOUSE_NUMBER = "house_number"
"""A part of `line1`, which is put there when the country of the row is known."""
ADDRESS_TEXT = "address_text"
"""A whole address, which is taken apart when the country of the row is known."""
_VARIANTS = ("variant1", "variant2", "variant3")
_NO_VARIANT = "default title"


def compose_name(values: dict[str, Any]) -> bool:
    """Put names together in the place of their parts; whether the name is that of a person.

    A name that is there stays as it is, and so the person of a company is dropped.
    """
    first, last = (str(values.pop(part, "")).strip() for part in ("first_name", "last_name"))
    options = [str(values.pop(part, "")).strip() for part in _VARIANTS]
    options = [option for option in options if option and option.casefold() != _NO_VARIANT]
    if options and "name" in values:
        values["name"] = f"{str(values['name']).strip()} ({', '.join(options)})"
    if "name" in values or not (first or last):
        return False
    values["name"] = f"{first} {last}".strip()
    return True


def compose_street(values: dict[str, Any]) -> None:
    """A street of several lines is the two lines that an address has, or, where nothing else is said of the address,
    all of it.
    """
    lines = [line.strip() for line in str(values.get("line1", "")).splitlines() if line.strip()]
    if len(lines) < 2:
        return
    if not any(name in values for name in ("line2", "postal_code", "city")):
        values[ADDRESS_TEXT] = values.pop("line1")
        return
    values["line1"] = lines[0]
    values["line2"] = ", ".join([*lines[1:], *([str(values["line2"]).strip()] if "line2" in values else [])])


def fill_repeated(rows: Sequence[Row], header: Sequence[str], how: Repeated) -> tuple[list[Row], int]:
    """The rows in which each says what the first one of its key says for all, and how many were passed over since they
    say nothing that is kept.
    """
    at = {bare(heading): index for index, heading in enumerate(header)}
    key, needed = at.get(bare(how.key)), at.get(bare(how.needed))
    filled = [at[bare(heading)] for heading in how.headings if bare(heading) in at]
    if key is None or needed is None:
        return list(rows), 0
    found: list[Row] = []
    said: dict[str, tuple[Cell, ...]] = {}
    for row in rows:
        if len(row.cells) <= max(key, needed, *filled):
            found.append(row)
            continue
        first = said.setdefault(str(row.cells[key]), row.cells)
        if not is_blank(row.cells[needed]):
            cells = [
                first[index] if index in filled and is_blank(cell) else cell for index, cell in enumerate(row.cells)
            ]
            found.append(Row(row.number, tuple(cells)))
    return found, len(rows) - len(found)
