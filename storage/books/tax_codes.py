"""Queries on tax codes with their dated rates and jurisdictions, and on withholding codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, and_, bindparam, select
from sqlmodel import Session

from invoicing.countries.model import DatedRate
from invoicing.document.documents import JurisdictionLevel, TaxCategory
from invoicing.master_data.records import Jurisdiction, TaxCode, WithholdingCode
from storage.books import settings_tables, tables
from storage.queries.statements import execute, insert_rows, table_of

_TAX_CODES = table_of(settings_tables.TaxCode)
_TAX_RATES = table_of(settings_tables.TaxRate)
_PLACES = table_of(settings_tables.TaxJurisdiction)
_PLACE_RATES = table_of(settings_tables.TaxJurisdictionRate)
_WITHHOLDINGS = table_of(settings_tables.WithholdingCode)
_WITHHOLDING_RATES = table_of(settings_tables.WithholdingRate)

_PLAIN = ("code", "name", "label", "reason", "reason_local", "reason_code", "is_default", "active", "revenue_account")
_CODES_WITH_RATES = (
    select(
        *(_TAX_CODES.c[name] for name in (*_PLAIN, "category")),
        _TAX_RATES.c.percent,
        _TAX_RATES.c.valid_from,
        _TAX_RATES.c.valid_until,
    )
    .outerjoin_from(_TAX_CODES, _TAX_RATES, _TAX_RATES.c.code == _TAX_CODES.c.code)
    .order_by(_TAX_CODES.c.code, _TAX_RATES.c.valid_from)
)
_STACKS = (
    select(
        _PLACES.c.code,
        _PLACES.c.position,
        _PLACES.c.name,
        _PLACES.c.level,
        _PLACE_RATES.c.percent,
        _PLACE_RATES.c.valid_from,
        _PLACE_RATES.c.valid_until,
    )
    .join_from(
        _PLACES,
        _PLACE_RATES,
        and_(_PLACE_RATES.c.code == _PLACES.c.code, _PLACE_RATES.c.position == _PLACES.c.position),
    )
    .order_by(_PLACES.c.code, _PLACES.c.position, _PLACE_RATES.c.valid_from)
)
_WITHHOLDINGS_WITH_RATES = (
    select(
        *(_WITHHOLDINGS.c[name] for name in ("code", "name", "label", "article")),
        _WITHHOLDING_RATES.c.percent,
        _WITHHOLDING_RATES.c.valid_from,
        _WITHHOLDING_RATES.c.valid_until,
    )
    .join_from(_WITHHOLDINGS, _WITHHOLDING_RATES, _WITHHOLDING_RATES.c.code == _WITHHOLDINGS.c.code)
    .order_by(_WITHHOLDINGS.c.code, _WITHHOLDING_RATES.c.valid_from)
)
_CHANGE_CODE = _TAX_CODES.update().where(_TAX_CODES.c.code == bindparam("of_code"))
_ITEMS = table_of(tables.Item).c
_ITEMS_WITH = select(_ITEMS.name).where(_ITEMS.tax_code == bindparam("tax_code")).order_by(_ITEMS.name_key).limit(3)
_NO_DEFAULT = _TAX_CODES.update().values(is_default=False)
_DROP_PARTS = tuple(
    table.delete().where(table.c.code == bindparam("of_code")) for table in (_PLACE_RATES, _PLACES, _TAX_RATES)
)
_DROP_WITHHOLDING = tuple(
    table.delete().where(table.c.code == bindparam("of_code")) for table in (_WITHHOLDING_RATES, _WITHHOLDINGS)
)


def load_tax_codes(session: Session) -> list[TaxCode]:
    """The tax codes by code, each with its rates, or those of its jurisdictions, in the order of time."""
    rows = execute(session, _CODES_WITH_RATES).all()
    codes = [list(group) for _, group in groupby(rows, key=itemgetter(0))]
    # Only a stack has no rates of its own, so that where there is none nothing is asked about stacks.
    stacks = _stacks(session) if any(group[0].valid_from is None for group in codes) else {}
    return [_tax_code(group, stacks) for group in codes]


def load_withholdings(session: Session) -> list[WithholdingCode]:
    """The withholding codes by code, each with its rates in the order of time."""
    rows = execute(session, _WITHHOLDINGS_WITH_RATES).all()
    groups = [list(group) for _, group in groupby(rows, key=itemgetter(0))]
    return [_withholding(group) for group in groups]


def add_tax_codes(session: Session, codes: Iterable[TaxCode]) -> None:
    """Add new tax codes with their rates and jurisdictions."""
    added = list(codes)
    insert_rows(session, _TAX_CODES.insert().inline(), (_code_row(code) for code in added))
    _add_rates(session, added)


def change_tax_code(session: Session, code: TaxCode) -> None:
    """Keep the new state of a tax code that is there; what was issued with it does not change."""
    execute(session, _CHANGE_CODE, {**_code_row(code), "of_code": code.code})
    for drop in _DROP_PARTS:
        execute(session, drop, {"of_code": code.code})
    _add_rates(session, [code])


def items_with_tax_code(session: Session, code: str) -> list[str]:
    """The names of the first items that are taxed by the code."""
    return [row[0] for row in execute(session, _ITEMS_WITH, {"tax_code": code})]


def clear_default_tax_code(session: Session) -> None:
    """Leave no tax code the default, before another becomes it."""
    execute(session, _NO_DEFAULT)


def add_withholdings(session: Session, codes: Iterable[WithholdingCode]) -> None:
    """Add new withholding codes with their rates."""
    added = list(codes)
    plain_rows = ({"code": one.code, "name": one.name, "label": one.label, "article": one.article} for one in added)
    insert_rows(session, _WITHHOLDINGS.insert().inline(), plain_rows)
    rates = ({"code": one.code, **asdict(rate)} for one in added for rate in one.rates)
    insert_rows(session, _WITHHOLDING_RATES.insert().inline(), rates)


def save_withholding(session: Session, code: WithholdingCode) -> None:
    """Keep a withholding code with its rates, new or changed."""
    of_code = {"of_code": code.code}
    for drop in _DROP_WITHHOLDING:
        execute(session, drop, of_code)
    add_withholdings(session, [code])


def _tax_code(rows: list[Row[*tuple[Any, ...]]], stacks: dict[str, tuple[Jurisdiction, ...]]) -> TaxCode:
    row = rows[0]
    return TaxCode(
        code=row.code,
        name=row.name,
        category=TaxCategory(row.category),
        label=row.label,
        rates=() if row.valid_from is None else _rates(rows),
        reason=row.reason,
        is_default=row.is_default,
        reason_local=row.reason_local,
        reason_code=row.reason_code,
        jurisdictions=stacks.get(row.code, ()),
        active=row.active,
        revenue_account=row.revenue_account,
    )


def _withholding(rows: list[Row[*tuple[Any, ...]]]) -> WithholdingCode:
    row = rows[0]
    return WithholdingCode(row.code, row.name, row.label, _rates(rows), row.article)


def _stacks(session: Session) -> dict[str, tuple[Jurisdiction, ...]]:
    """The jurisdictions of each code that has any, in their order."""
    found: dict[str, tuple[Jurisdiction, ...]] = {}
    for (code, _), group in groupby(execute(session, _STACKS).all(), key=itemgetter(0, 1)):
        rows = list(group)
        place = Jurisdiction(rows[0].name, JurisdictionLevel(rows[0].level), _rates(rows))
        found[code] = (*found.get(code, ()), place)
    return found


def _rates(rows: list[Row[*tuple[Any, ...]]]) -> tuple[DatedRate, ...]:
    return tuple(DatedRate(*row[-3:]) for row in rows)


def _code_row(code: TaxCode) -> dict[str, Any]:
    return {name: getattr(code, name) for name in _PLAIN} | {"category": code.category.value}


def _add_rates(session: Session, codes: list[TaxCode]) -> None:
    places = [(code.code, *numbered) for code in codes for numbered in enumerate(code.jurisdictions, start=1)]
    rates = ({"code": code.code, **asdict(rate)} for code in codes for rate in code.rates)
    insert_rows(session, _TAX_RATES.insert().inline(), rates)
    place_rows = (
        {"code": code, "position": position, "name": place.name, "level": place.level.value}
        for code, position, place in places
    )
    insert_rows(session, _PLACES.insert().inline(), place_rows)
    place_rates = (
        {"code": code, "position": position, **asdict(rate)} for code, position, place in places for rate in place.rates
    )
    insert_rows(session, _PLACE_RATES.insert().inline(), place_rates)
