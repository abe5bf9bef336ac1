"""What was posted: the balance of each account, and the journal."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from invoicing.document.tags import tags_from_json, tags_text
from invoicing.reports.figures import Parts, Report, Row, totals_of
from operations.reports.asked import Asked, key_of, no_such_row, parts_of, whole, worked_out_once
from storage.books import report_documents, reports


def trial_balance(db: Session, asked: Asked) -> Report:
    """Each account with its balance before the months, what was posted to either side in them, and its balance at their
    end; debits are more than zero. Per currency, debits and credits are equal, and balances come to zero.
    """
    if asked.row:
        account, currency = parts_of(asked.row, 2)
        if not account:
            raise no_such_row()
        return _sides(db, asked, account, currency)
    return _balances(db, asked)


@worked_out_once
def _balances(db: Session, asked: Asked) -> Report:
    rows, unconverted = [], 0
    for found in reports.account_balances(db, asked.months):
        rows.append(balance_row(found))
        unconverted += int(found[7])
    notes = [f"{unconverted} sides in another currency have no amount in {asked.currency}."] if unconverted else []
    return whole(asked, rows, notes=notes)


def journal(db: Session, asked: Asked) -> Report:
    """The sides of all entries of the months, day by day; totals are of all of them."""
    posted = (balance_row(found) for found in reports.account_balances(db, asked.months))
    totals = totals_of(
        Row(label="Posted", currency=row.currency, amounts={name: row.amounts[name] for name in ("debit", "credit")})
        for row in posted
    )
    found = _sides(db, asked, "", "")
    return Report(
        rows=found.rows,
        totals=totals,
        accounting_currency=asked.currency,
        next_cursor=found.next_cursor,
        left=found.left,
    )


def balance_row(found: tuple[Any, ...]) -> Row:
    """An account of the trial balance, from its row of `account_balances`."""
    account, name, currency, before, debit, credit, converted, lacking = found
    amounts = {"opening": int(before), "debit": int(debit), "credit": int(credit)}
    return Row(
        key=key_of(account, currency),
        label=f"{account} {name}",
        currency=currency,
        amounts=amounts | {"closing": int(before + debit - credit)},
        # Of a part it would be taken for the whole.
        accounting={} if lacking else {"closing": int(converted)},
    )


def _sides(db: Session, asked: Asked, account: str, currency: str) -> Report:
    page = report_documents.entries(db, asked.months, account, currency, cursor=asked.cursor, limit=asked.limit)
    if account and not page.items and not asked.cursor:
        raise no_such_row()
    return Report(
        rows=[_side(row) for row in page.items],
        accounting_currency=asked.currency,
        next_cursor=page.next_cursor,
        left=page.left,
    )


def _side(row: tuple[Any, ...]) -> Row:
    entry, day, description, _, account, name, debit, credit, currency, converted, dimensions, document = row
    tags = f" ({tags_text(tags_from_json(dimensions))})" if dimensions else ""
    return Row(
        key=entry,
        label=f"{day} {description}: {account} {name}{tags}",
        currency=currency,
        amounts={"debit": int(debit), "credit": int(credit)},
        accounting={} if converted is None else {"amount": int(converted)},
        parts=Parts(day=day, number=description, document=document or "", name=f"{account} {name}{tags}"),
    )
