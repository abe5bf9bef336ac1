"""Queries on the jurisdictions that an organization knows, with their dated rates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.countries.model import DatedRate
from invoicing.master_data.records import JurisdictionKind, KnownJurisdiction
from storage.books import settings_tables
from storage.queries.statements import execute, insert_rows, table_of

_TABLE, _RATES = table_of(settings_tables.Jurisdiction), table_of(settings_tables.JurisdictionRate)
_IN_ORDER = _TABLE.select().order_by(_TABLE.c.code)
_RATES_IN_ORDER = select(_RATES.c.jurisdiction, _RATES.c.percent, _RATES.c.valid_from, _RATES.c.valid_until).order_by(
    _RATES.c.jurisdiction, _RATES.c.valid_from
)
_CHANGE = _TABLE.update().where(_TABLE.c.code == bindparam("of_code"))
_DROP_RATES = _RATES.delete().where(_RATES.c.jurisdiction == bindparam("of_code"))


def load_jurisdictions(session: Session) -> list[KnownJurisdiction]:
    """The jurisdictions by code, each with its rates in the order of time."""
    rates: dict[str, list[DatedRate]] = {}
    for code, *rate in execute(session, _RATES_IN_ORDER):
        rates.setdefault(code, []).append(DatedRate(*rate))
    return [
        KnownJurisdiction(
            code=row.code,
            name=row.name,
            level=row.level,
            kind=JurisdictionKind(row.kind),
            authority=row.authority,
            rates=tuple(rates.get(row.code, ())),
            active=row.active,
        )
        for row in execute(session, _IN_ORDER)
    ]


def add_jurisdictions(session: Session, jurisdictions: Iterable[KnownJurisdiction]) -> None:
    """Add new jurisdictions with their rates."""
    added = list(jurisdictions)
    insert_rows(session, _TABLE.insert().inline(), ({"code": one.code, **_columns(one)} for one in added))
    for one in added:
        _add_rates(session, one)


def save_jurisdiction(session: Session, jurisdiction: KnownJurisdiction) -> None:
    """Keep a jurisdiction with its rates, new or changed."""
    of_code = {"of_code": jurisdiction.code}
    if not execute(session, _CHANGE, {**_columns(jurisdiction), **of_code}).rowcount:
        return add_jurisdictions(session, [jurisdiction])
    execute(session, _DROP_RATES, of_code)
    return _add_rates(session, jurisdiction)


def _columns(one: KnownJurisdiction) -> dict[str, object]:
    return {
        "name": one.name,
        "level": one.level,
        "kind": one.kind.value,
        "authority": one.authority,
        "active": one.active,
    }


def _add_rates(session: Session, one: KnownJurisdiction) -> None:
    rows = ({"jurisdiction": one.code, **asdict(rate)} for rate in one.rates)
    insert_rows(session, _RATES.insert().inline(), rows)
