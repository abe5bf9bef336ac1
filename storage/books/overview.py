"""An organization's settings by their names alone, in one statement: what one wants to know before working there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlmodel import Session

from storage.books import provenance_tables, settings_tables
from storage.queries.cache import remembered
from storage.queries.statements import execute, table_of


@dataclass(frozen=True, slots=True)
class SettingNames:
    """Series with their patterns, and the source of each layer."""

    series: tuple[tuple[str, str], ...]
    sources: dict[str, str]


_SERIES = table_of(settings_tables.NumberSeries).c
_PROVENANCE = table_of(provenance_tables.Provenance).c
_ALL = union_all(
    select(literal("series").label("what"), _SERIES.code.label("name"), _SERIES.pattern),
    select(literal("source"), _PROVENANCE.layer, _PROVENANCE.source),
).order_by("what", "name")


def setting_names(session: Session) -> SettingNames:
    """What the organization's settings are called; by name."""
    return remembered(session, ("setting names",), _read_names)


def _read_names(session: Session) -> SettingNames:
    found: dict[str, list[tuple[str, str]]] = {}
    for what, name, more in execute(session, _ALL):
        found.setdefault(what, []).append((name, more))
    return SettingNames(
        series=tuple(found.get("series", ())),
        sources=dict(found.get("source", ())),
    )
