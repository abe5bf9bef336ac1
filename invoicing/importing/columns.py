"""Which column of a file is which field, by its name in the header."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from invoicing.importing.tables import Table, is_blank, shown
from invoicing.refusals import InvalidInput
from invoicing.text import fold


class Kind(Enum):
    """What is imported."""

    CUSTOMERS = "customers"
    ITEMS = "items"


# One of these says which customer or item a row is about.
_TELLING = {Kind.CUSTOMERS: ("name", "id"), Kind.ITEMS: ("name", "sku", "id")}


@dataclass(frozen=True, slots=True)
class Column:
    field: str
    index: int
    heading: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are fields, and the names of those that are passed over. `width` is that of the header."""

    known: tuple[Column, ...]
    ignored: tuple[str, ...]
    width: int

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.known)


def field_of(kind: Kind, heading: str) -> str:
    """The field that a column of this name is; empty where it is none."""
    return _vocabulary(kind.value).get(_bare(heading), "")


def truth_of(text: str) -> bool | None:
    """What a word for yes or no says; None where it is neither."""
    found = _vocabulary("truths").get(_bare(text))
    return None if found is None else found == "true"


def match_columns(kind: Kind, table: Table, *, ignore_unknown: bool) -> Columns:
    """The columns of the table.

    Raises:
        InvalidInput: a column that is no field, a field twice, or none that says what a row is about.
    """
    known: dict[str, Column] = {}
    ignored = []
    for index, heading in enumerate(table.header):
        field = field_of(kind, heading)
        if not field:
            if heading.strip() or _has_values(table, index):
                ignored.append(shown(heading) or f"(column {index + 1}, without a name)")
        elif field in known:
            raise InvalidInput(
                f"The columns {shown(known[field].heading)} and {shown(heading)} are both {field}: keep one.",
                field=field,
            )
        else:
            known[field] = Column(field, index, shown(heading))
    if not known:
        raise InvalidInput(
            f"The first row names no column of {kind.value}. It must be the header, with names such as"
            f" {', '.join(_fields(kind)[1:5])}.",
            field="file",
        )
    telling = _TELLING[kind]
    if not any(field in known for field in telling):
        raise InvalidInput(f"There is no column {' or '.join(telling)}.", field="name")
    if ignored and not ignore_unknown:
        raise InvalidInput(
            f"Not a field of {kind.value}: {', '.join(ignored)}. Rename these columns or remove them, or pass over them"
            f" with --ignore-unknown. Fields: {', '.join(_fields(kind))}.",
            field="file",
        )
    return Columns(tuple(known.values()), tuple(ignored), len(table.header))


def _has_values(table: Table, index: int) -> bool:
    return any(index < len(row.cells) and not is_blank(row.cells[index]) for row in table.rows)


def _bare(text: str) -> str:
    """The letters and digits alone, without case and accents."""
    plain = unicodedata.normalize("NFKD", fold(text))
    return "".join(character for character in plain if character.isalnum())


def _fields(kind: Kind) -> list[str]:
    return list(dict.fromkeys(_vocabulary(kind.value).values()))


@cache
def _vocabulary(section: str) -> dict[str, str]:
    data = tomllib.loads(files("invoicing.importing").joinpath("columns.toml").read_text("utf-8"))[section]
    found: dict[str, str] = {}
    for field, names in data.items():
        for name in (field, *names):
            if found.setdefault(_bare(name), field) != field:
                raise ValueError(f"columns.toml, {section}: {name} stands for two fields")
    return found
