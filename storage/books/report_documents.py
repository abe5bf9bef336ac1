"""Queries of reports: which documents or entries a figure is made of, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, and_, func, literal, or_, select, union_all
from sqlmodel import Session

from invoicing.reports.months import Months
from storage.books import settings_tables, tables, total_tables
from storage.books.balances import COUNTS_BY_ITSELF, DUE_BY_TAX_POINT, SIGN
from storage.books.former_reports import FORMER, open_now, open_then
from storage.books.parts_owed import next_day
from storage.books.reports import OPEN_THEN, WANTED_THEN
from storage.books.totals import ADJUSTMENTS
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of
from storage.queries.statements import execute, table_of
from storage.queries.tuples import after

Rows = Page[tuple[Any, ...]]

_DOCUMENTS, _OF = table_of(tables.DocumentRow), table_of(tables.DocumentRow).c
_LINES, _TAXES, _PARTS = (
    table_of(model) for model in (tables.DocumentLine, tables.DocumentTax, tables.DocumentTaxPart)
)
_TAGS = table_of(tables.LineDimension)
_ENTRIES, _SIDES = table_of(tables.JournalEntry), table_of(tables.JournalLine)
_CHART = table_of(settings_tables.Account)
_OWED, _SUPPLIES = table_of(total_tables.Receivable), table_of(total_tables.CommunitySupply)
_PAYMENTS, _CHANGES = table_of(tables.Payment), table_of(tables.SettlementTax)
_NOTES = _DOCUMENTS.alias("notes")
_AFTER_DOCUMENTS = literal(10**12, BigInteger)
_HEAD = (_OF.position, _OF.id, _OF.number, _OF.issue_date, _OF.customer_name, _OF.currency)


def with_tax(session: Session, months: Months, key: Mapping[str, Any], *, cursor: str, limit: int) -> Rows:
    """The documents of a row of the tax summary: head, taxable, tax, and both in the currency of the books."""
    tax = _TAXES.c
    in_key = [tax[name] == key[name] for name in ("category", "label")]
    if key["level"]:
        part: Any = _PARTS.c
        of_subtotal = and_(part.document_id == tax.document_id, part.tax_position == tax.position)
        source = _DOCUMENTS.join(_TAXES, tax.document_id == _OF.id).join(_PARTS, of_subtotal)
        in_key += [part.name == key["jurisdiction"], part.level == key["level"], part.rate == key["rate"]]
    else:
        part = tax
        source = _DOCUMENTS.join(_TAXES, tax.document_id == _OF.id)
        in_key += [tax.jurisdiction == key["jurisdiction"], tax.rate == key["rate"]]
    amounts = (tax.taxable_minor, part.tax_minor, tax.accounting_taxable_minor, part.accounting_tax_minor)
    in_key.append(_OF.currency == key["currency"])
    found = _summed(amounts, source, [_in(_OF.tax_point, months), DUE_BY_TAX_POINT, *in_key])
    change = _CHANGES.c
    of_part = change.part == (_PARTS.c.position if key["level"] else 0)
    changed = source.join(_CHANGES, and_(*_of_tax(tax), of_part))
    amounts = (change.taxable_minor, change.tax_minor, change.accounting_taxable_minor, change.accounting_tax_minor)
    return _page_of_both(session, found, _changed(amounts, changed, months, in_key), cursor=cursor, limit=limit)


def of_customer(session: Session, months: Months, customer_id: str, currency: str, *, cursor: str, limit: int) -> Rows:
    """The documents of a customer: head, net, tax, total, and net in the currency of the books."""
    return _sold(session, [_OF.customer_id == customer_id], months, currency, cursor=cursor, limit=limit)


def of_month(session: Session, months: Months, currency: str, *, cursor: str, limit: int) -> Rows:
    """All documents of the months, likewise."""
    return _sold(session, [], months, currency, cursor=cursor, limit=limit)


def of_item(session: Session, months: Months, item_id: str, currency: str, *, cursor: str, limit: int) -> Rows:
    """The documents that an item is on: head, and the net of its lines."""
    conditions = [_in(_OF.issue_date, months), _OF.currency == currency]
    if item_id == ADJUSTMENTS:
        # A credit note of a charge alone has no lines.
        of_lines = select(func.coalesce(func.sum(_LINES.c.net_minor), 0)).where(_LINES.c.document_id == _OF.id)
        of_lines = of_lines.correlate(_DOCUMENTS)
        adjusted = _OF.net_minor - of_lines.scalar_subquery()
        found = select(*_HEAD, SIGN * adjusted).where(*conditions, adjusted != 0)
        return _page(session, found, cursor=cursor, limit=limit)
    source = _DOCUMENTS.join(_LINES, _LINES.c.document_id == _OF.id)
    found = _summed([_LINES.c.net_minor], source, [*conditions, _LINES.c.item_id == item_id])
    return _page(session, found, cursor=cursor, limit=limit)


def of_value(
    session: Session, months: Months, dimension: str, value: str, currency: str, *, cursor: str, limit: int
) -> Rows:
    """The documents with a value of a dimension, or for an empty one with anything that has none: head, and its net."""
    conditions = [_in(_OF.issue_date, months), _OF.currency == currency]
    tag = _TAGS.c
    if value:
        source = _DOCUMENTS.join(_TAGS, tag.document_id == _OF.id)
        of_value = [tag.dimension == dimension, tag.value == value]
        return _page(session, _summed([tag.net_minor], source, [*conditions, *of_value]), cursor=cursor, limit=limit)
    tagged = select(func.coalesce(func.sum(tag.net_minor), 0))
    tagged = tagged.where(tag.document_id == _OF.id, tag.dimension == dimension).correlate(_DOCUMENTS)
    rest = _OF.net_minor - tagged.scalar_subquery()
    found = select(*_HEAD, SIGN * rest).where(*conditions, rest != 0)
    return _page(session, found, cursor=cursor, limit=limit)


def of_supplies(session: Session, months: Months, key: Mapping[str, str], *, cursor: str, limit: int) -> Rows:
    """The documents of a row of the recapitulative statement: head, taxable, taxable in the currency of the books."""
    supply = _SUPPLIES.c
    in_key = [supply[name] == key[name] for name in ("buyer_country", "buyer_number", "supply")]
    source = _DOCUMENTS.join(_SUPPLIES, supply.document_id == _OF.id)
    found = (
        select(*_HEAD, func.sum(supply.taxable_minor), func.sum(supply.accounting_taxable_minor))
        .select_from(source)
        .where(supply.month.between(months.first, months.last), *in_key)
        .group_by(*_HEAD)
    )
    change = _CHANGES.c
    amounts = (change.taxable_minor, change.accounting_taxable_minor)
    changed = source.join(_CHANGES, and_(*_of_tax(supply), change.part == 0))
    return _page_of_both(session, found, _changed(amounts, changed, months, in_key), cursor=cursor, limit=limit)


def open_of_customer(
    session: Session, customer_id: str, currency: str, *, day: date | None, cursor: str, limit: int
) -> Rows:
    """The invoices of a customer that are open now, or were at the end of a day: head, when what is open is due first,
    what is open. Those of a former system come first.
    """
    of_former = (FORMER.c.customer_id == customer_id, FORMER.c.currency == currency)
    mine = and_(_OF.customer_id == customer_id, _OF.currency == currency)
    if day is None:
        owed = _OWED.c
        found = select(*_HEAD, next_day(_OF, owed.open_minor, owed.wanted_minor), owed.open_minor).where(
            mine, owed.open_minor != 0
        )
        found = found.join_from(_DOCUMENTS, _OWED, owed.document_id == _OF.id)
        return _page_of_both(session, open_now(*of_former), found, cursor=cursor, limit=limit)
    then = and_(COUNTS_BY_ITSELF, _OF.issue_date <= day, OPEN_THEN != 0)
    found = select(*_HEAD, next_day(_OF, OPEN_THEN, WANTED_THEN), OPEN_THEN).where(mine, then)
    return _page_of_both(session, open_then(*of_former), found, cursor=cursor, limit=limit, values={"day": day})


def entries(session: Session, months: Months, account: str, currency: str, *, cursor: str, limit: int) -> Rows:
    """The sides of entries, by day: entry, day, description, position, account, its name, debit, credit, currency,
    amount in the currency of the books, dimensions and the document, where it is of one. Of one account and currency
    where they are given, else of a page of entries.
    """
    side = _SIDES.c
    mine = [side.account == account, side.currency == currency] if account else []
    wanted = _entries_of(months, mine)
    rest = _after_entry(wanted, cursor)

    def count() -> int:
        return int(execute(session, select(func.count()).select_from(rest.subquery())).scalar_one())

    return _sides_of_page(session, rest, mine, limit=limit, count=count)


def whole_entries(
    session: Session, months: Months, account: str, text: str, *, document: str = "", cursor: str, limit: int
) -> Rows:
    """The same of entries with all their sides: those that post to an account, that are of a document (its id) or its
    payments, and whose description holds a text, where these are given. How many are left is not counted: it is 1 where
    there are any.
    """
    wanted = _entries_of(months, [_SIDES.c.account == account] if account else [])
    if document:
        paid = select(_PAYMENTS.c.id).where(_PAYMENTS.c.document_id == document)
        wanted = wanted.where(or_(_ENTRIES.c.document_id == document, _ENTRIES.c.payment_id.in_(paid)))
    elif text:
        wanted = wanted.where(_ENTRIES.c.description.ilike(like_pattern(text), escape="\\"))
    return _sides_of_page(session, _after_entry(wanted, cursor), [], limit=limit, count=lambda: 1)


def _entries_of(months: Months, sides: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """The entries of the months, those with such a side where any are asked for."""
    entry = _ENTRIES.c
    wanted = select(entry.id, entry.entry_date).where(_in(entry.entry_date, months))
    if not sides:
        return wanted
    return wanted.where(select(_SIDES.c.entry_id).where(_SIDES.c.entry_id == entry.id, *sides).exists())


def _sides_of_page(
    session: Session,
    rest: Select[*tuple[Any, ...]],
    mine: list[ColumnElement[bool]],
    *,
    limit: int,
    count: Callable[[], int],
) -> Rows:
    entry, side = _ENTRIES.c, _SIDES.c
    page = page_of(
        execute(session, rest.order_by(entry.entry_date, entry.id).limit(limit + 1)).all(),
        limit=limit,
        count=count,
        cursor_of=lambda row: encode_cursor(row[1].isoformat(), row[0]),
    )
    sides = (
        select(
            entry.id,
            entry.entry_date,
            entry.description,
            side.position,
            side.account,
            _CHART.c.name,
            side.debit_minor,
            side.credit_minor,
            side.currency,
            side.accounting_minor,
            side.dimensions,
            func.coalesce(entry.document_id, _PAYMENTS.c.document_id),
        )
        .join_from(_ENTRIES, _SIDES, side.entry_id == entry.id)
        .join(_CHART, _CHART.c.number == side.account)
        .outerjoin(_PAYMENTS, _PAYMENTS.c.id == entry.payment_id)
        .where(entry.id.in_([row[0] for row in page.items]), *mine)
        .order_by(entry.entry_date, entry.id, side.position)
    )
    return Page(tuple(tuple(row) for row in execute(session, sides)), page.next_cursor, page.left)


def _after_entry(wanted: Select[*tuple[Any, ...]], cursor: str) -> Select[*tuple[Any, ...]]:
    position = decode_cursor(cursor, str, str)
    if position is None:
        return wanted
    try:
        day = date.fromisoformat(str(position[0]))
    except ValueError:
        day = date.max
    return wanted.where(after((_ENTRIES.c.entry_date, _ENTRIES.c.id), (literal(day), literal(position[1]))))


def _in(day: ColumnElement[Any], months: Months) -> ColumnElement[bool]:
    return day.between(months.first_day, months.last_day)


def _sold(
    session: Session,
    conditions: list[ColumnElement[bool]],
    months: Months,
    currency: str,
    *,
    cursor: str,
    limit: int,
) -> Rows:
    amounts = (_OF.net_minor, _OF.tax_minor, _OF.total_minor, _OF.accounting_net_minor)
    found = select(*_HEAD, *(SIGN * amount for amount in amounts))
    found = found.where(_in(_OF.issue_date, months), _OF.currency == currency, *conditions)
    return _page(session, found, cursor=cursor, limit=limit)


def _summed(
    amounts: Sequence[Any], source: FromClause, conditions: list[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    """One row for each document; amounts of credit notes are taken off."""
    sums = (func.sum(SIGN * amount) for amount in amounts)
    return select(*_HEAD, *sums).select_from(source).where(*conditions).group_by(*_HEAD, _OF.kind)


def _of_tax(tax: Any) -> tuple[ColumnElement[bool], ...]:
    """What a settlement changes in this subtotal of a document."""
    return _CHANGES.c.document_id == tax.document_id, _CHANGES.c.tax_position == tax.position


def _changed(
    amounts: Sequence[Any], source: FromClause, months: Months, conditions: list[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    """One row for each event that changes a figure, with the head of its invoice: after all documents."""
    paid, event = _PAYMENTS.c, _CHANGES.c.event_id
    shown = source.join(_PAYMENTS, paid.id == event, isouter=True).join(_NOTES, _NOTES.c.id == event, isouter=True)
    head = (
        func.coalesce(paid.position + _AFTER_DOCUMENTS, _NOTES.c.position + _AFTER_DOCUMENTS + _AFTER_DOCUMENTS).label(
            "position"
        ),
        event,
        _OF.number,
        func.coalesce(paid.paid_on, _NOTES.c.issue_date),
        _OF.customer_name,
        _OF.currency,
    )
    of_months = _CHANGES.c.month.between(months.first, months.last)
    found = select(*head, *(func.sum(amount) for amount in amounts)).select_from(shown)
    return found.where(of_months, *conditions).group_by(*head)


def _page_of_both(
    session: Session,
    first: Select[*tuple[Any, ...]],
    then: Select[*tuple[Any, ...]],
    *,
    cursor: str,
    limit: int,
    values: Mapping[str, Any] | None = None,
) -> Rows:
    both = union_all(first, then).subquery()
    return _page(session, select(both), cursor=cursor, limit=limit, values=values, position=both.c.position)


def _page(
    session: Session,
    found: Select[*tuple[Any, ...]],
    *,
    cursor: str,
    limit: int,
    values: Mapping[str, Any] | None = None,
    position: ColumnElement[int] = _OF.position,
) -> Rows:
    """A page in the order of issue, which later documents do not disturb."""
    before = decode_cursor(cursor, int)
    rest = found.where(position > literal(before[0], BigInteger)) if before else found

    def count() -> int:
        return int(execute(session, select(func.count()).select_from(rest.subquery()), values or {}).scalar_one())

    page = page_of(
        execute(session, rest.order_by(position).limit(limit + 1), values or {}).all(),
        limit=limit,
        count=count,
        cursor_of=lambda row: encode_cursor(row[0]),
    )
    return page.map(tuple)
