"""Queries on the bank accounts beside the profile."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.master_data.records import BankAccount
from storage.books import settings_tables
from storage.queries.statements import Kept, flat

_ACCOUNTS = Kept(settings_tables.BankAccount, BankAccount)
_IN_ORDER = _ACCOUNTS.all.order_by(_ACCOUNTS.table.c.code)


def load_bank_accounts(session: Session) -> tuple[BankAccount, ...]:
    """The accounts by code; the default one without its details, which stand in the profile."""
    return tuple(_ACCOUNTS.find(session, _IN_ORDER))


def save_bank_account(session: Session, account: BankAccount) -> None:
    """Keep an account, new or changed."""
    values = {name: value for name, value in flat(account).items() if name != "code"}
    if not _ACCOUNTS.change(session, account.code, **values):
        _ACCOUNTS.add(session, code=account.code, **values)
