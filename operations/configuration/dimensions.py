"""The client's own dimensions and their values, which tag lines."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlmodel import Session

from invoicing.document.dimensions import value_of
from invoicing.document.tags import TAGS_MAX
from invoicing.master_data.records import Dimension, DimensionValue
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Entry, Part, PartOf, flag, no_such_entry, record, shown
from storage.books.dimensions import load_dimensions, save_dimension, save_value
from storage.books.pool import Books

VALUES_MAX = 1_000
_DIMENSION = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_VALUE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}", re.ASCII)


def _dimension_entry(one: Dimension) -> Entry:
    return Entry(one.code, {"name": one.name, "required": shown(one.required)}, one.active)


def _value_entry(dimension: str, value: DimensionValue) -> Entry:
    return Entry(f"{dimension}/{value.code}", {"name": value.name}, value.active)


def _entries(db: Session, books: Books) -> list[Entry]:
    """Each dimension, and after it its values."""
    found = []
    for one in load_dimensions(db):
        found += [_dimension_entry(one), *(_value_entry(one.code, value) for value in one.values)]
    return found


def _save(db: Session, books: Books, change: Change) -> str:
    """A dimension by its code, or a value by both codes."""
    known = {one.code: one for one in load_dimensions(db)}
    dimension, slash, value = change.code.strip().partition("/")
    code = small_letters(dimension)
    if not _DIMENSION.fullmatch(code):
        raise InvalidInput(
            "code must be that of a dimension, 1 to 40 letters, digits and underscores after a letter, such as"
            " cost_centre; or of a value of it, such as cost_centre/bakery.",
            field="code",
        )
    before = known.get(code)
    if slash:
        if before is None:
            raise no_such_entry("dimension")
        return _save_value(db, books, before, value.strip(), change)
    if before is None and len(known) >= TAGS_MAX:
        raise LimitExceeded(f"code: an organization has at most {TAGS_MAX} dimensions.", field="code")
    after = _withdrawn(before) if change.withdraw else _changed(code, before, change)
    save_dimension(db, after)
    record(db, books, Part.DIMENSIONS, code, _dimension_entry(before) if before else None, _dimension_entry(after))
    return code


def _withdrawn(before: Dimension | None) -> Dimension:
    if before is None:
        raise no_such_entry("dimension")
    return replace(before, active=False)


def _changed(code: str, before: Dimension | None, change: Change) -> Dimension:
    """A dimension that is written to again is in use again."""
    base = before or Dimension(code, "")
    name = clean_line(change.values.get("name", base.name), field="name", limit=80, required=True)
    required = flag("required", change.values["required"]) if "required" in change.values else base.required
    if required and not any(value.active for value in base.values):
        raise Conflict(f"values: add a value first, such as {code}/main; then {code} can be required.", field="values")
    return replace(base, name=name, required=required, active=True)


def _save_value(db: Session, books: Books, dimension: Dimension, code: str, change: Change) -> str:
    if not _VALUE.fullmatch(code):
        raise InvalidInput("code: a value is 1 to 40 letters, digits, points, hyphens and underscores.", field="code")
    if "required" in change.values:
        raise InvalidInput("values: required is said of a dimension, not of a value.", field="values")
    before = value_of(dimension, code)
    if before is None and change.withdraw:
        raise no_such_entry("value")
    if before is None and len(dimension.values) >= VALUES_MAX:
        raise LimitExceeded(f"code: a dimension has at most {VALUES_MAX} values.", field="code")
    base = before or DimensionValue(code, "")
    if change.withdraw:
        _check_not_the_last(dimension, base)
        after = replace(base, active=False)
    else:
        name = clean_line(change.values.get("name", base.name), field="name", limit=80, required=True)
        after = replace(base, name=name, active=True)
    save_value(db, dimension.code, after)
    entry = _value_entry(dimension.code, after)
    record(db, books, Part.DIMENSIONS, entry.code, _value_entry(dimension.code, before) if before else None, entry)
    return entry.code


def _check_not_the_last(dimension: Dimension, value: DimensionValue) -> None:
    if dimension.required and dimension.active and {one for one in dimension.values if one.active} <= {value}:
        raise Conflict(
            f"code: {dimension.code} is required on lines, and {value.code} is its last value: set required to false"
            " first.",
            field="code",
        )


DIMENSIONS = PartOf(
    title="dimensions",
    fields={
        "name": "what it is called",
        "required": "of a dimension: true where every line must have one",
    },
    read=_entries,
    save=_save,
    withdrawing="it tags no line any more; lines that have it keep it",
)
