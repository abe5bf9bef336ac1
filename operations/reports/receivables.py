"""What customers owe, by how long it has been due, and the account of one customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session

from invoicing.document.former_records import is_former
from invoicing.refusals import InvalidInput
from invoicing.reports.aging import bracket_of, by_brackets
from invoicing.reports.figures import Parts, Report, Row, totals_of
from operations.reports.asked import Asked, documents, key_of, parts_of, whole, worked_out_once
from storage.books import report_documents, reports
from storage.books.customer_account import Event, balances_before, events_of
from storage.paging import Page


def receivables_aging(db: Session, asked: Asked) -> Report:
    """What is owed, by customer and bracket: those with most overdue first; now, or at the end of past months."""
    return _open_invoices(db, asked) if asked.row else _aging(db, asked)


@worked_out_once
def _aging(db: Session, asked: Asked) -> Report:
    day = asked.as_of()
    found = reports.open_now(db) if day is None else reports.open_then(db, day)
    if asked.customer:
        found = [one for one in found if one[0] == asked.customer]
    rows = _by_customer(found, day or asked.today, reports.customer_names(db, (one[0] for one in found)))
    rows.sort(key=lambda row: (-row.amounts["overdue"], -row.amounts["owed"], row.label, row.key))
    return whole(asked, rows)


def _by_customer(found: list[tuple[Any, ...]], on: date, names: dict[str, str]) -> list[Row]:
    owed: dict[tuple[str, str], dict[str, int]] = {}
    counts: dict[tuple[str, str], int] = {}
    for customer, currency, due_date, open_minor, invoices in found:
        of = owed.setdefault((customer, currency), {})
        bracket = bracket_of(due_date, open_minor, on=on)
        of[bracket] = of.get(bracket, 0) + abs(int(open_minor))
        counts[customer, currency] = counts.get((customer, currency), 0) + invoices
    return [
        Row(
            key=key_of(customer, currency),
            label=names[customer],
            currency=currency,
            amounts=by_brackets(brackets),
            documents=counts[customer, currency],
        )
        for (customer, currency), brackets in owed.items()
    ]


def _open_invoices(db: Session, asked: Asked) -> Report:
    customer, currency = parts_of(asked.row, 2)
    page = report_documents.open_of_customer(
        db, customer, currency, day=asked.as_of(), cursor=asked.cursor, limit=asked.limit
    )
    due = {row[1]: row[6] for row in page.items}
    heads = Page(tuple((*row[:6], row[7]) for row in page.items), page.next_cursor, page.left)
    found = documents(asked, heads, "open")
    return replace(
        found,
        rows=[
            replace(
                row,
                label=f"{row.label}, due {due[row.key]}{', of a former system' if is_former(row.key) else ''}",
                parts=replace(row.parts or Parts(), due=due[row.key], what="former" if is_former(row.key) else ""),
            )
            for row in found.rows
        ],
    )


def statement(db: Session, asked: Asked) -> Report:
    """The account of a customer: what was owed before, each document and payment with the balance after it."""
    if not asked.customer:
        raise InvalidInput("customer is required: whose statement it is.", field="customer")
    return _statement(db, asked)


@worked_out_once
def _statement(db: Session, asked: Asked) -> Report:
    first, last = asked.months.first_day, asked.months.last_day
    before = balances_before(db, asked.customer, first)
    events = events_of(db, asked.customer, first, last)
    balances = {currency: minor for currency, minor in before.items() if minor}
    opening = [
        Row(
            label=f"Balance before {first}",
            currency=currency,
            amounts={"balance": minor},
            parts=Parts(day=first, what="balance_before"),
        )
        for currency, minor in sorted(balances.items())
    ]
    moved = list(_with_balances(events, balances))
    sums = {total.currency: total.amounts for total in totals_of(moved)}
    closing = [
        Row(
            label="At the end",
            currency=currency,
            amounts={**sums.get(currency, {}), "balance": minor},
            parts=Parts(day=last, what="balance_after"),
        )
        for currency, minor in sorted(balances.items())
    ]
    return whole(asked, [*opening, *moved], totals=closing)


def _with_balances(events: list[Event], balances: dict[str, int]) -> Iterator[Row]:
    for event in events:
        balances[event.currency] = balances.get(event.currency, 0) + event.amount_minor
        charged, settled = max(event.amount_minor, 0), max(-event.amount_minor, 0)
        yield Row(
            key=event.document_id,
            label=f"{event.day} {event.what.replace('_', ' ')} {event.number}",
            currency=event.currency,
            amounts={"charged": charged, "settled": settled, "balance": balances[event.currency]},
            documents=1,
            parts=Parts(day=event.day, what=event.what, number=event.number, document=event.document_id),
        )
