"""What settings, customers, items and hours are like, as digests that the audit trail keeps with each change of them.

So a row that was changed past the program is found, though the program itself may change it at any time. What has its
column's default is left out of a digest: a column that a later release adds does not change it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Session, SQLModel

from invoicing.document.canonical import canonical_json
from storage.books import assistance_tables, provenance_tables, recurring_tables, settings_tables, tables
from storage.queries.statements import execute, table_of
from storage.work.asking import Ask, each

SETTINGS: Mapping[str, type[SQLModel]] = {
    str(model.__tablename__): model
    for model in (
        settings_tables.Profile,
        settings_tables.Account,
        settings_tables.TaxAuthority,
        settings_tables.TaxCode,
        settings_tables.TaxRate,
        settings_tables.TaxJurisdiction,
        settings_tables.TaxJurisdictionRate,
        settings_tables.Jurisdiction,
        settings_tables.JurisdictionRate,
        settings_tables.WithholdingCode,
        settings_tables.WithholdingRate,
        settings_tables.PaymentTerm,
        settings_tables.BankAccount,
        settings_tables.Dimension,
        settings_tables.DimensionValue,
        settings_tables.PostingProfile,
        settings_tables.NumberSeries,
        settings_tables.TransactionType,
        provenance_tables.Provenance,
        provenance_tables.PartProvenance,
        provenance_tables.EntryProvenance,
        settings_tables.MandateAcknowledgement,
        settings_tables.PeriodClosing,
        settings_tables.Workflow,
        settings_tables.WorkflowStep,
        settings_tables.WorkflowCondition,
        assistance_tables.Agent,
        assistance_tables.Skill,
        assistance_tables.SkillFile,
        assistance_tables.SkillSetting,
        recurring_tables.BillingPlan,
    )
}
RECORDS: Mapping[str, type[SQLModel]] = {
    "customers": tables.Customer,
    "items": tables.Item,
    "billing_hours": recurring_tables.BillingHours,
}
"""Records by the name of their table; each has an `id`."""

_DIGEST_LENGTH = 32
_PAGE = 200
# Made from other columns, in a way that may change.
_DERIVED = frozenset({"name_key", "search_key"})


def settings_state(session: Session) -> dict[str, str]:
    """A digest of each table of settings, as it is in this transaction."""
    session.flush()
    return {name: _digest(_rows(session, model)) for name, model in SETTINGS.items()}


def record_states(session: Session, table: str, ids: Iterable[str]) -> dict[str, str]:
    """A digest of each of these records, by its id."""
    session.flush()
    found: dict[str, str] = {}
    model, wanted = RECORDS[table], list(ids)
    query = select(table_of(model)).where(table_of(model).c.id.in_(bindparam("ids", expanding=True)))
    for start in range(0, len(wanted), 500):
        rows = execute(session, query, {"ids": wanted[start : start + 500]}).mappings()
        found |= {row["id"]: _digest([_stated(model, row)]) for row in rows}
    return found


def all_settings_states(ask: Ask) -> dict[str, str]:
    """As `settings_state`, for whoever asks for the rows."""
    return {name: _digest(ask(partial(_settings, name))) for name in SETTINGS}


def _settings(name: str, session: Session) -> list[dict[str, Any]]:
    return _rows(session, SETTINGS[name])


def all_record_states(ask: Ask, table: str) -> dict[str, str]:
    """A digest of every record, by its id."""
    return {record_id: _digest([stated]) for record_id, stated in each(ask, partial(_records, table), "")}


def _records(table: str, key: str, session: Session) -> tuple[str, list[tuple[str, dict[str, Any]]]] | None:
    model = RECORDS[table]
    of = table_of(model)
    query = select(of).where(of.c.id > bindparam("after")).order_by(of.c.id).limit(_PAGE)
    rows = execute(session, query, {"after": key}).mappings()
    page = [(row["id"], _stated(model, row)) for row in rows]
    return (page[-1][0], page) if page else None


def _rows(session: Session, model: type[SQLModel]) -> list[dict[str, Any]]:
    table = table_of(model)
    return [_stated(model, row) for row in execute(session, select(table).order_by(*table.primary_key)).mappings()]


def _stated(model: type[SQLModel], row: RowMapping) -> dict[str, Any]:
    """The row without what is derived, and without what has its default."""
    return {
        name: value
        for name, value in row.items()
        if name not in _DERIVED and value != model.model_fields[name].get_default()
    }


def _digest(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(canonical_json(rows).encode()).hexdigest()[:_DIGEST_LENGTH]
