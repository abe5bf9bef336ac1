"""An organization's settings by their names alone, in one statement: what one wants to know before working there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlmodel import Session

from storage.remembering import remembered
from storage.statements import execute, table_of
from storage.tables import settings


@dataclass(frozen=True, slots=True)
class SettingNames:
    """Codes of taxes and payment terms; series with their patterns, withholdings with their labels, and the source of
    each layer.
    """

    tax_codes: tuple[str, ...]
    terms: tuple[str, ...]
    series: tuple[tuple[str, str], ...]
    withholdings: tuple[tuple[str, str], ...]
    sources: dict[str, str]


_TAX_CODES = table_of(settings.TaxCode).c
_TERMS = table_of(settings.PaymentTerm).c
_SERIES = table_of(settings.NumberSeries).c
_WITHHOLDINGS = table_of(settings.WithholdingCode).c
_PROVENANCE = table_of(settings.Provenance).c
_NOTHING = literal("")
_ALL = union_all(
    select(literal("tax code").label("what"), literal(0).label("rank"), _TAX_CODES.code.label("name"), _NOTHING),
    select(literal("term"), _TERMS.days, _TERMS.code, _NOTHING),
    select(literal("series"), literal(0), _SERIES.code, _SERIES.pattern),
    select(literal("withholding"), literal(0), _WITHHOLDINGS.code, _WITHHOLDINGS.label),
    select(literal("source"), literal(0), _PROVENANCE.layer, _PROVENANCE.source),
).order_by("what", "rank", "name")


def setting_names(session: Session) -> SettingNames:
    """What the organization's settings are called; terms by their days, all else by name."""
    return remembered(session, ("setting names",), _read_names)


def _read_names(session: Session) -> SettingNames:
    found: dict[str, list[tuple[str, str]]] = {}
    for what, _, name, more in execute(session, _ALL):
        found.setdefault(what, []).append((name, more))
    return SettingNames(
        tax_codes=tuple(name for name, _ in found.get("tax code", ())),
        terms=tuple(name for name, _ in found.get("term", ())),
        series=tuple(found.get("series", ())),
        withholdings=tuple(found.get("withholding", ())),
        sources=dict(found.get("source", ())),
    )
