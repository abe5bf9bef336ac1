"""Queries of reports: figures that were added up when they were written, by months, and what is owed now or was owed.

Each row is a plain tuple in the order that its function says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, func, select, union_all
from sqlmodel import Session

from invoicing.reports.months import Months
from storage.books import former_tables, settings_tables, tables, total_tables
from storage.books.balances import COUNTS_BY_ITSELF, SIGN, SIGNED
from storage.books.former_reports import owed_then
from storage.books.parts_owed import open_by_day
from storage.queries.statements import execute, table_of

Rows = list[tuple[Any, ...]]

_ACCOUNT, _TAX = table_of(total_tables.AccountTotal).c, table_of(total_tables.TaxTotal).c
_CUSTOMER, _ITEM = table_of(total_tables.CustomerTotal).c, table_of(total_tables.ItemTotal).c
_SUPPLY = table_of(total_tables.CommunitySupply).c
_OF, _PAID = table_of(tables.DocumentRow).c, table_of(tables.Payment).c
_DOCUMENTS, _PAYMENTS = table_of(tables.DocumentRow), table_of(tables.Payment)
_CHART = table_of(settings_tables.Account).c
_NAMED_CUSTOMERS, _NAMED_ITEMS = table_of(tables.Customer).c, table_of(tables.Item).c

_FIRST: BindParameter[str] = bindparam("first")
_LAST: BindParameter[str] = bindparam("last")


def _within(month: ColumnElement[str]) -> ColumnElement[bool]:
    return month.between(_FIRST, _LAST)


def _sums(*columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [func.sum(column) for column in columns]


def _by(keys: tuple[Any, ...], *sums: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return select(*keys, *_sums(*sums)).group_by(*keys)


_TAXES = _by(
    (_TAX.category, _TAX.rate, _TAX.label, _TAX.jurisdiction, _TAX.level, _TAX.currency),
    _TAX.documents,
    _TAX.taxable_minor,
    _TAX.tax_minor,
    _TAX.accounting_taxable_minor,
    _TAX.accounting_tax_minor,
    _TAX.unconverted,
).where(_within(_TAX.month))

_CUSTOMER_SUMS = (
    _CUSTOMER.documents,
    _CUSTOMER.net_minor,
    _CUSTOMER.tax_minor,
    _CUSTOMER.total_minor,
    _CUSTOMER.accounting_net_minor,
    _CUSTOMER.unconverted,
)
_BY_CUSTOMER = _by((_CUSTOMER.customer_id, _CUSTOMER.currency), *_CUSTOMER_SUMS).where(_within(_CUSTOMER.month))
_BY_MONTH = _by((_CUSTOMER.month, _CUSTOMER.currency), *_CUSTOMER_SUMS).where(_within(_CUSTOMER.month))
_BY_ITEM = _by((_ITEM.item_id, _ITEM.currency), _ITEM.documents, _ITEM.net_minor).where(_within(_ITEM.month))
_VALUE = table_of(total_tables.DimensionTotal).c
_BY_VALUE = _by((_VALUE.value, _VALUE.currency), _VALUE.documents, _VALUE.net_minor).where(
    _within(_VALUE.month), _VALUE.dimension == bindparam("dimension")
)

_SUPPLY_KEY = (_SUPPLY.buyer_country, _SUPPLY.buyer_number, _SUPPLY.supply)
_CHANGE = table_of(tables.SettlementTax).c
_SUPPLIED = select(
    *_SUPPLY_KEY, _SUPPLY.document_id.label("id"), _SUPPLY.accounting_taxable_minor.label("taxable")
).where(_within(_SUPPLY.month))
# What a discount for early payment takes off a supply, in the month of its payment (Article 264 with 90).
_TAKEN_OFF = (
    select(*_SUPPLY_KEY, _CHANGE.event_id, _CHANGE.accounting_taxable_minor)
    .where(_SUPPLY.document_id == _CHANGE.document_id, _SUPPLY.position == _CHANGE.tax_position)
    .where(_CHANGE.part == 0, _within(_CHANGE.month))
)
_EACH_SUPPLY = union_all(_SUPPLIED, _TAKEN_OFF).subquery().c
_SUPPLIES = (
    select(
        *(_EACH_SUPPLY[column.name] for column in _SUPPLY_KEY),
        func.count(_EACH_SUPPLY.id.distinct()),
        func.coalesce(func.sum(_EACH_SUPPLY.taxable), 0),
        func.sum(case((_EACH_SUPPLY.taxable.is_(None), 1), else_=0)),
    )
    .group_by(*(_EACH_SUPPLY[column.name] for column in _SUPPLY_KEY))
    .order_by(*(_EACH_SUPPLY[column.name] for column in _SUPPLY_KEY))
)

_BEFORE, _DURING = _ACCOUNT.month < _FIRST, _ACCOUNT.month >= _FIRST
_BALANCES = (
    select(
        _ACCOUNT.account,
        _CHART.name,
        _ACCOUNT.currency,
        func.sum(case((_BEFORE, _ACCOUNT.debit_minor - _ACCOUNT.credit_minor), else_=0)),
        func.sum(case((_DURING, _ACCOUNT.debit_minor), else_=0)),
        func.sum(case((_DURING, _ACCOUNT.credit_minor), else_=0)),
        func.sum(_ACCOUNT.accounting_minor),
        func.sum(_ACCOUNT.unconverted),
    )
    .join(table_of(settings_tables.Account), _CHART.number == _ACCOUNT.account)
    .where(_ACCOUNT.month <= _LAST)
    .group_by(_ACCOUNT.account, _CHART.name, _ACCOUNT.currency)
    .order_by(_ACCOUNT.account, _ACCOUNT.currency)
)

_POSTED = select(func.min(_ACCOUNT.month), func.max(_ACCOUNT.month)).where(
    _ACCOUNT.account == bindparam("account"), _within(_ACCOUNT.month)
)

_RECEIVABLES = (table_of(total_tables.Receivable), table_of(former_tables.FormerReceivable))
# Each by its index of what is open, which a condition on both together would not be sure to enter.
_OPEN = open_by_day(union_all(*(select(one).where(one.c.open_minor != 0) for one in _RECEIVABLES)).subquery())

_NOTES, _REFUNDED = _DOCUMENTS.alias("notes"), _DOCUMENTS.alias("refunded")
_DAY = bindparam("day", type_=_OF.issue_date.type)


def _of_invoice(amount: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    found: ColumnElement[int] = (
        select(func.coalesce(func.sum(amount), 0)).where(*conditions).correlate(_DOCUMENTS).scalar_subquery()
    )
    return found


_CREDITED_THEN = _of_invoice(
    _NOTES.c.total_minor - _NOTES.c.withheld_minor, _NOTES.c.credits_id == _OF.id, _NOTES.c.issue_date <= _DAY
)
_RECEIVED_THEN = _of_invoice(SIGNED, _PAID.document_id == _OF.id, _PAID.paid_on <= _DAY)
_REFUNDED_THEN = _of_invoice(
    SIGNED, _PAID.document_id == _REFUNDED.c.id, _REFUNDED.c.credits_id == _OF.id, _PAID.paid_on <= _DAY
)
WANTED_THEN: ColumnElement[int] = SIGN * (_OF.total_minor - _OF.withheld_minor) - _CREDITED_THEN
"""What was wanted of a document that counts by itself, paid or not, at the end of the parameter `day`."""

OPEN_THEN: ColumnElement[int] = WANTED_THEN - _RECEIVED_THEN + _REFUNDED_THEN
"""What was open of such a document at the end of the parameter `day`."""

_ISSUED_THEN = select(
    _OF.id.label("document_id"),
    _OF.customer_id,
    _OF.currency,
    _OF.due_date,
    OPEN_THEN.label("open_minor"),
    WANTED_THEN.label("wanted_minor"),
).where(and_(COUNTS_BY_ITSELF, _OF.issue_date <= _DAY))
_EACH_THEN = union_all(_ISSUED_THEN, owed_then()).cte("each_then").prefix_with("MATERIALIZED")
_OPEN_THEN = open_by_day(_EACH_THEN)

_SOME: BindParameter[str] = bindparam("ids", expanding=True)
_CUSTOMER_NAMES = select(_NAMED_CUSTOMERS.id, _NAMED_CUSTOMERS.name).where(_NAMED_CUSTOMERS.id.in_(_SOME))
_ITEM_NAMES = select(_NAMED_ITEMS.id, _NAMED_ITEMS.name).where(_NAMED_ITEMS.id.in_(_SOME))
_NAMES_AT_ONCE = 500


def taxes(session: Session, months: Months) -> Rows:
    """Category, rate, label, jurisdiction, level, currency, documents, taxable, tax, both in the currency of the books,
    and how many documents have no amounts there.
    """
    return _rows(session, _TAXES, months)


def supplies(session: Session, months: Months) -> Rows:
    """Country and number of the buyer, goods or services, documents, taxable in the currency of the books, and how many
    have no amount there.
    """
    return _rows(session, _SUPPLIES, months)


def sales_by_customer(session: Session, months: Months) -> Rows:
    """Customer, currency, documents, net, tax, total, net in the currency of the books, documents without that."""
    return _rows(session, _BY_CUSTOMER, months)


def sales_by_month(session: Session, months: Months) -> Rows:
    """The same by month."""
    return _rows(session, _BY_MONTH, months)


def sales_by_item(session: Session, months: Months) -> Rows:
    """Item, currency, documents, net."""
    return _rows(session, _BY_ITEM, months)


def sales_by_value(session: Session, months: Months, dimension: str) -> Rows:
    """Value of the dimension, currency, documents, net."""
    values = {"first": months.first, "last": months.last, "dimension": dimension}
    return [tuple(row) for row in execute(session, _BY_VALUE, values)]


def months_posted(session: Session, months: Months, account: str) -> Months | None:
    """The months of these from the first to the last in which anything was posted to an account; None for none."""
    values = {"first": months.first, "last": months.last, "account": account}
    first, last = execute(session, _POSTED, values).one()
    return Months(first, last) if first else None


def account_balances(session: Session, months: Months) -> Rows:
    """Account, its name, currency, balance before, debit and credit in the months, balance at their end in the currency
    of the books, and how many sides have no amount there. Debits are more than zero.
    """
    return _rows(session, _BALANCES, months)


def open_now(session: Session) -> Rows:
    """Customer, currency, due date, what is open, and of how many invoices: apart what customers are owed."""
    return [tuple(row) for row in execute(session, _OPEN)]


def open_then(session: Session, day: date) -> Rows:
    """The same at the end of a day: what was dated up to it."""
    return [tuple(row) for row in execute(session, _OPEN_THEN, {"day": day})]


def customer_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The names of customers, archived ones too."""
    return _names(session, _CUSTOMER_NAMES, ids)


def item_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The names of items, archived ones too."""
    return _names(session, _ITEM_NAMES, ids)


def _names(session: Session, statement: Select[*tuple[Any, ...]], ids: Iterable[str]) -> dict[str, str]:
    wanted, found = sorted(set(ids)), dict[str, str]()
    for start in range(0, len(wanted), _NAMES_AT_ONCE):
        rows = execute(session, statement, {"ids": wanted[start : start + _NAMES_AT_ONCE]})
        found.update((row[0], row[1]) for row in rows)
    return found


def _rows(session: Session, statement: Select[*tuple[Any, ...]], months: Months) -> Rows:
    return [tuple(row) for row in execute(session, statement, {"first": months.first, "last": months.last})]
