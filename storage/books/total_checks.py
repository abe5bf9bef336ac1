"""Queries for verification: whether what was added up when it was written is what the rows come to now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    cast,
    except_,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlmodel import Session, SQLModel

from invoicing.document.documents import DocumentKind
from storage.books import former_tables, tables, total_tables
from storage.books.balances import COUNTS_BY_ITSELF, DUE, DUE_BY_TAX_POINT, SIGN, WANTED, signed
from storage.books.totals import ADJUSTMENTS
from storage.queries.statements import execute, table_of
from storage.work.asking import Ask

_DOCUMENTS, _OF = table_of(tables.DocumentRow), table_of(tables.DocumentRow).c
_ENTRIES, _SIDES = table_of(tables.JournalEntry), table_of(tables.JournalLine)
_LINES, _TAXES = table_of(tables.DocumentLine), table_of(tables.DocumentTax)
_PARTS, _TAGS = table_of(tables.DocumentTaxPart), table_of(tables.LineDimension)
_CHANGES = table_of(tables.SettlementTax)
_AT_MOST = 100
Rows = list[tuple[Any, ...]]


def _month(day: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(cast(day, String), 1, 7)


def _absent(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.sum(case((column.is_(None), 1), else_=0))


def _known(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


def _grouped(keys: tuple[Any, ...], sums: tuple[Any, ...]) -> Select[*tuple[Any, ...]]:
    return select(*keys, *sums).group_by(*keys)


def _accounts() -> Select[*tuple[Any, ...]]:
    side = _SIDES.c
    sums = (func.sum(side.debit_minor), func.sum(side.credit_minor), _known(side.accounting_minor))
    keys = (_month(_ENTRIES.c.entry_date), side.account, side.currency)
    found = _grouped(keys, (*sums, _absent(side.accounting_minor)))
    return found.join_from(_ENTRIES, _SIDES, side.entry_id == _ENTRIES.c.id)


def _taxes(part: Any, jurisdiction: Any, level: Any) -> Select[*tuple[Any, ...]]:
    """Subtotals, or the parts of places in them, whose taxable amount is the subtotal's."""
    tax = _TAXES.c
    keys = (_month(_OF.tax_point), tax.category, part.rate, tax.label, jurisdiction, level, _OF.currency)
    found = _grouped(
        keys,
        (
            func.count(_OF.id.distinct()),
            func.sum(SIGN * tax.taxable_minor),
            func.sum(SIGN * part.tax_minor),
            _known(SIGN * tax.accounting_taxable_minor),
            _known(SIGN * part.accounting_tax_minor),
            func.count(case((tax.accounting_taxable_minor.is_(None), _OF.id)).distinct()),
        ),
    )
    return found.join_from(_TAXES, _DOCUMENTS, _OF.id == tax.document_id).where(DUE_BY_TAX_POINT)


def _parts() -> Select[*tuple[Any, ...]]:
    part, tax = _PARTS.c, _TAXES.c
    of_subtotal = (part.document_id == tax.document_id) & (part.tax_position == tax.position)
    return _taxes(part, part.name, part.level).join(_PARTS, of_subtotal)


def _changes(part: Any, jurisdiction: Any, level: Any) -> Select[*tuple[Any, ...]]:
    """What settlements change in subtotals, or in the parts of places in them."""
    tax, change = _TAXES.c, _CHANGES.c
    keys = (change.month, tax.category, part.rate, tax.label, jurisdiction, level, _OF.currency)
    found = _grouped(
        keys,
        (
            func.count(change.event_id.distinct()),
            func.sum(change.taxable_minor),
            func.sum(change.tax_minor),
            _known(change.accounting_taxable_minor),
            _known(change.accounting_tax_minor),
            func.count(case((change.accounting_taxable_minor.is_(None), change.event_id)).distinct()),
        ),
    )
    of_subtotal = (tax.document_id == change.document_id) & (tax.position == change.tax_position)
    return found.join_from(_CHANGES, _TAXES, of_subtotal).join(_DOCUMENTS, _OF.id == tax.document_id)


def _changed_wholes() -> Select[*tuple[Any, ...]]:
    return _changes(_TAXES.c, _TAXES.c.jurisdiction, literal("")).where(_CHANGES.c.part == 0)


def _changed_parts() -> Select[*tuple[Any, ...]]:
    part, change = _PARTS.c, _CHANGES.c
    of_part = (part.document_id == change.document_id) & (part.tax_position == change.tax_position)
    found = _changes(part, part.name, part.level)
    return found.join(_PARTS, of_part & (part.position == change.part)).where(change.part > 0)


def _all_taxes() -> Select[*tuple[Any, ...]]:
    """Of documents, and of what settlements changed: one row for each key."""
    documents = (_taxes(_TAXES.c, _TAXES.c.jurisdiction, literal("")), _parts())
    each = list(union_all(*documents, _changed_wholes(), _changed_parts()).subquery().c)
    keys = len(table_of(total_tables.TaxTotal).primary_key.columns)
    return _grouped(tuple(each[:keys]), tuple(func.sum(column) for column in each[keys:]))


def _customers() -> Select[*tuple[Any, ...]]:
    amounts = (func.sum(SIGN * amount) for amount in (_OF.net_minor, _OF.tax_minor, _OF.total_minor))
    sums = (func.count(), *amounts, _known(SIGN * _OF.accounting_net_minor), _absent(_OF.accounting_net_minor))
    return _grouped((_month(_OF.issue_date), _OF.customer_id, _OF.currency), sums)


def _items() -> Select[*tuple[Any, ...]]:
    line = _LINES.c
    keys = (_month(_OF.issue_date), line.item_id, _OF.currency)
    found = _grouped(keys, (func.count(_OF.id.distinct()), func.sum(SIGN * line.net_minor)))
    return found.join_from(_LINES, _DOCUMENTS, _OF.id == line.document_id)


def _dimensions() -> Select[*tuple[Any, ...]]:
    tag = _TAGS.c
    keys = (_month(_OF.issue_date), tag.dimension, tag.value, _OF.currency)
    found = _grouped(keys, (func.count(_OF.id.distinct()), func.sum(SIGN * tag.net_minor)))
    return found.join_from(_TAGS, _DOCUMENTS, _OF.id == tag.document_id)


def _adjustments() -> Select[*tuple[Any, ...]]:
    line = _LINES.c
    of_lines = select(line.document_id, func.sum(line.net_minor).label("net")).group_by(line.document_id).subquery().c
    # A credit note of a charge alone has no lines.
    of_all_lines = func.coalesce(of_lines.net, 0)
    keys = (_month(_OF.issue_date), literal(ADJUSTMENTS), _OF.currency)
    sums = (func.count(), func.sum(SIGN * (_OF.net_minor - of_all_lines)))
    found = select(*keys, *sums).where(_OF.net_minor != of_all_lines).group_by(keys[0], keys[2])
    return found.outerjoin_from(_DOCUMENTS, of_lines.net.table, of_lines.document_id == _OF.id)


def _owed() -> Select[*tuple[Any, ...]]:
    columns = (_OF.id, _OF.customer_id, _OF.currency, _OF.due_date, DUE, WANTED)
    return select(*columns).where(COUNTS_BY_ITSELF)


def _owed_of_former() -> Select[*tuple[Any, ...]]:
    former, paid = table_of(former_tables.FormerDocument).c, table_of(former_tables.FormerPayment).c
    settled = select(func.coalesce(func.sum(signed(paid)), 0)).where(paid.document_id == former.id).scalar_subquery()
    wanted = case((former.kind == DocumentKind.CREDIT_NOTE.value, -former.open_minor), else_=former.open_minor)
    columns = (former.id, former.customer_id, former.currency, former.due_date)
    return select(*columns, wanted - settled, wanted)


_FOLLOWING: tuple[tuple[str, type[SQLModel], Any], ...] = (
    ("account", total_tables.AccountTotal, _accounts()),
    ("tax", total_tables.TaxTotal, _all_taxes()),
    ("customer", total_tables.CustomerTotal, _customers()),
    ("item", total_tables.ItemTotal, union_all(_items(), _adjustments())),
    ("dimension", total_tables.DimensionTotal, _dimensions()),
    ("receivable", total_tables.Receivable, _owed()),
    ("former receivable", former_tables.FormerReceivable, _owed_of_former()),
)


def total_problems(ask: Ask) -> Iterator[str]:
    """Totals that are not what the documents, the journal and the payments come to."""
    for index, (what, model, _) in enumerate(_FOLLOWING):
        others, extra = ask(partial(_differing, index))
        for row in others:
            yield f"{what} total {_named(model, row)}: it is not what the books come to"
        for row in extra:
            yield f"{what} total {_named(model, row)}: nothing in the books adds up to it"


def _differing(index: int, session: Session) -> tuple[Rows, Rows]:
    """What the books come to and is not kept, and what is kept beside that; the first ones of each."""
    _, model, computed = _FOLLOWING[index]
    kept, added_up = select(table_of(model)), select(computed.subquery())
    # By the key, which comes first: the columns of what is added up have no names of their own.
    key: list[ColumnElement[Any]] = [
        literal_column(str(place)) for place, _ in enumerate(table_of(model).primary_key.columns, start=1)
    ]
    others, extra = (
        [tuple(row) for row in execute(session, statement.order_by(*key).limit(_AT_MOST))]
        for statement in (except_(added_up, kept), except_(kept, added_up))
    )
    return others, extra


def _named(model: type[SQLModel], row: Any) -> str:
    keys = len(table_of(model).primary_key.columns)
    return " ".join(str(value) for value in tuple(row)[:keys] if value != "")
