"""What an organization that goes live takes along from its sandbox: settings, customers and items, row by row.

Each table of books is in one of these sets; `tests/operations/test_going_live.py` notices one that is in none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from storage.books import assistance_tables, provenance_tables, settings_tables, tables
from storage.ids import new_id
from storage.queries.statements import execute, insert_rows, table_of

Rows = list[dict[str, Any]]

_SETTINGS: tuple[type[SQLModel], ...] = (
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
    settings_tables.Workflow,
    settings_tables.WorkflowStep,
    settings_tables.WorkflowCondition,
    assistance_tables.Agent,
    assistance_tables.Skill,
    assistance_tables.SkillContent,
    assistance_tables.SkillFile,
    assistance_tables.SkillSetting,
    provenance_tables.PartProvenance,
    provenance_tables.EntryProvenance,
)
_RECORDS: Mapping[type[SQLModel], str] = {tables.Customer: "cus", tables.Item: "itm"}
TRAVELS = frozenset(table_of(model).name for model in (*_SETTINGS, *_RECORDS))
"""Tables whose rows go along: in the order in which they rest on each other."""

ANEW = frozenset({"identity", "provenance", "audit_entries", "files", "change_marks"})
"""Tables that the new books fill for themselves; of the files there is the logo."""

STAYS = frozenset(
    {
        "documents",
        "document_lines",
        "line_dimensions",
        "document_taxes",
        "document_tax_parts",
        "community_supplies",
        "journal_entries",
        "journal_lines",
        "payments",
        "former_documents",
        "former_payments",
        "former_receivables",
        "settlement_taxes",
        "drafts",
        "approvals",
        "document_approvals",
        "approval_signatures",
        "approval_keys",
        "approval_challenges",
        "receivables",
        "document_instalments",
        "payment_references",
        "advance_entries",
        "account_totals",
        "tax_totals",
        "customer_totals",
        "item_totals",
        "dimension_totals",
        "series_periods",
        "period_closings",
        "mandate_acknowledgements",
        "idempotency_keys",
        "exports",
        "export_requests",
        "export_days",
        "recurring_drafts",
        "billing_plans",
        "billing_hours",
        "billed_periods",
        "billed_hours",
    }
)
"""Tables that stay behind: documents and what follows from them, numbers, acknowledgements, closed periods; and what is
billed to clients, which a practice that goes live has none of.
"""


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes along, by table."""

    rows: Mapping[str, Rows]

    def count(self, table: str) -> int:
        return len(self.rows[table])

    def ids(self, table: str) -> list[str]:
        return [row["id"] for row in self.rows[table]]


def take_along(session: Session) -> Carried:
    """All that goes along. Customers and items get ids of their own: an id of the sandbox names nothing elsewhere."""
    found = {table_of(model).name: _rows(session, model) for model in _SETTINGS}
    anew: dict[str, str] = {}
    for model, prefix in _RECORDS.items():
        rows = _rows(session, model)
        anew |= {row["id"]: new_id(prefix) for row in rows}
        found[table_of(model).name] = [row | {"id": anew[row["id"]]} for row in rows]
    conditions = table_of(settings_tables.WorkflowCondition).name
    found[conditions] = [row | {"value": anew.get(row["value"], row["value"])} for row in found[conditions]]
    return Carried(found)


def put_down(
    session: Session, carried: Carried, *, now: datetime, change_profile: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Write what was taken along into new books. Series count from the beginning."""
    changes: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "profile": change_profile,
        "number_series": lambda row: row | {"first_sequence": 1, "first_period": ""},
        **{table_of(model).name: lambda row: row | {"created_at": now, "updated_at": now} for model in _RECORDS},
    }
    for model in (*_SETTINGS, *_RECORDS):
        table = table_of(model)
        change = changes.get(table.name, dict)
        insert_rows(session, table.insert().inline(), [change(row) for row in carried.rows[table.name]])


def _rows(session: Session, model: type[SQLModel]) -> Rows:
    table = table_of(model)
    return [dict(row) for row in execute(session, select(table).order_by(*table.primary_key)).mappings()]
