"""Queries on the chart of accounts, and on what posts to an account."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from invoicing.master_data.records import Account, Posting
from storage.books import settings_tables, tables
from storage.books.total_tables import AccountTotal
from storage.queries.statements import Kept, execute, flat, table_of

POSTED = "what was posted"
"""Among the uses of an account: that there are entries."""

_ACCOUNTS = Kept(settings_tables.Account, Account)
_IN_ORDER = _ACCOUNTS.all.order_by(_ACCOUNTS.table.c.number)
_POSTINGS = Kept(settings_tables.PostingProfile, Posting)
_PROFILES = _POSTINGS.all.add_columns(_POSTINGS.table.c.name).order_by(_POSTINGS.table.c.name)
_ROLES = tuple(field.name for field in fields(Posting))
_NUMBER = bindparam("account", type_=_ACCOUNTS.table.c.number.type)
_PROFILES_WITH = (
    select(_POSTINGS.table.c.name)
    .where(or_(*(_POSTINGS.table.c[role] == _NUMBER for role in _ROLES)))
    .order_by(_POSTINGS.table.c.name)
)
_ITEMS = table_of(tables.Item).c
_ITEMS_WITH = select(_ITEMS.name).where(_ITEMS.revenue_account == _NUMBER).order_by(_ITEMS.name_key).limit(3)
_TAX_CODES = table_of(settings_tables.TaxCode).c
_TAX_CODES_WITH = select(_TAX_CODES.code).where(_TAX_CODES.revenue_account == _NUMBER).order_by(_TAX_CODES.code)
_TOTALS = table_of(AccountTotal).c
_POSTED_TO = select(_TOTALS.account).where(_TOTALS.account == _NUMBER).limit(1)


def accounts(session: Session) -> list[Account]:
    """The chart in the order of its numbers."""
    return _ACCOUNTS.find(session, _IN_ORDER)


def account(session: Session, number: str) -> Account | None:
    return _ACCOUNTS.get(session, number)


def save_account(session: Session, account: Account) -> None:
    """Keep an account, new or changed."""
    values = {name: value for name, value in flat(account).items() if name != "number"}
    if not _ACCOUNTS.change(session, account.number, **values):
        _ACCOUNTS.add(session, number=account.number, **values)


def uses_of_account(session: Session, number: str) -> list[str]:
    """What rests on an account, in words: posting profiles, tax codes, items, and `POSTED` where there are entries."""
    profiles = [f"the posting profile {row[0]}" for row in execute(session, _PROFILES_WITH, {"account": number})]
    codes = [f"the tax code {row[0]}" for row in execute(session, _TAX_CODES_WITH, {"account": number})]
    items = [f"the item {row[0]}" for row in execute(session, _ITEMS_WITH, {"account": number})]
    posted = [POSTED for _ in execute(session, _POSTED_TO, {"account": number})]
    return [*profiles, *codes, *items, *posted]


def postings(session: Session) -> dict[str, Posting]:
    """The posting profiles by name."""
    return {row[-1]: _POSTINGS.of(row[:-1]) for row in execute(session, _PROFILES)}


def save_posting(session: Session, name: str, posting: Posting) -> None:
    """Keep a posting profile, new or changed."""
    if not _POSTINGS.change(session, name, **flat(posting)):
        _POSTINGS.add(session, name=name, **flat(posting))
