"""The chart of accounts, and which account takes what."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

from sqlmodel import Session

from invoicing.charts import AccountType
from invoicing.master_data.records import Account, Posting
from invoicing.refusals import Conflict, InvalidInput
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Entry, Part, PartOf, no_such_entry, record
from storage.books import chart
from storage.books.pool import Books

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}", re.ASCII)
_TYPES: tuple[str, ...] = get_args(AccountType)
ROLES = {
    "receivable": ("asset",),
    "revenue": ("income",),
    "tax_payable": ("liability",),
    "discount": ("income", "expense"),
    "rounding": ("income", "expense"),
    "bank": ("asset",),
    "write_off": ("income", "expense"),
    "bank_charges": ("expense",),
    "exchange_gain": ("income", "expense"),
    "exchange_loss": ("income", "expense"),
    "withheld_tax": ("asset",),
    "customer_credit": ("liability",),
    "advances": ("liability",),
    "passed_on": ("asset", "liability"),
}
"""What a posting profile posts to, and of which types that account may be."""


def _account_entry(account: Account) -> Entry:
    return Entry(account.number, {"name": account.name, "type": account.type}, account.active)


def _accounts(db: Session, books: Books) -> list[Entry]:
    return [_account_entry(account) for account in chart.accounts(db)]


def _save_account(db: Session, books: Books, change: Change) -> str:
    number = _checked_number(change.code)
    before = chart.account(db, number)
    if before is None and change.withdraw:
        raise no_such_entry("account")
    after = _withdrawn(db, before) if before and change.withdraw else _changed(db, number, before, change)
    chart.save_account(db, after)
    record(db, books, Part.ACCOUNTS, number, _account_entry(before) if before else None, _account_entry(after))
    return number


def _checked_number(text: str) -> str:
    number = text.strip()
    if not _NUMBER.fullmatch(number):
        raise InvalidInput(
            "code must be the number of an account: 1 to 20 letters, digits, points, hyphens.", field="code"
        )
    return number


def _changed(db: Session, number: str, before: Account | None, change: Change) -> Account:
    """An account that is written to again is in use again."""
    kind = small_letters(change.values.get("type", "")) or (before.type if before else "")
    if kind not in _TYPES:
        raise InvalidInput(f"values: type must be one of: {', '.join(_TYPES)}.", field="values")
    if before and kind != before.type and (uses := chart.uses_of_account(db, number)):
        raise Conflict(f"values: the type of {number} stays as it is: {uses[0]} rests on it.", field="values")
    name = clean_line(change.values.get("name", before.name if before else ""), field="name", limit=120, required=True)
    return Account(number, name, kind, active=True)


def _withdrawn(db: Session, account: Account) -> Account:
    wanted = [use for use in chart.uses_of_account(db, account.number) if use != chart.POSTED]
    if wanted:
        raise Conflict(
            f"code: {account.number} is in use by {', '.join(wanted[:3])}: choose another there first.", field="code"
        )
    return replace(account, active=False)


def _profile_entry(name: str, posting: Posting) -> Entry:
    return Entry(name, {role: getattr(posting, role) or "" for role in ROLES})


def _profile_entries(db: Session, books: Books) -> list[Entry]:
    return [_profile_entry(name, posting) for name, posting in chart.postings(db).items()]


def _save_profile(db: Session, books: Books, change: Change) -> str:
    """A new profile takes from the first one what is left out."""
    name = clean_line(change.code, field="code", limit=60, required=True)
    known = chart.postings(db)
    base = known.get(name) or next(iter(known.values()), None)
    if base is None:
        raise no_such_entry("posting profile")
    named = {role: text.strip() or getattr(base, role) for role, text in change.values.items()}
    # Where nobody has chosen an account for a role, its being left out chooses none either.
    wanted = {role: number for role, number in named.items() if number}
    for role, number in wanted.items():
        _check_role(db, role, number)
    after = replace(base, **wanted)
    chart.save_posting(db, name, after)
    before = _profile_entry(name, known[name]) if name in known else None
    record(db, books, Part.POSTING_PROFILES, name, before, _profile_entry(name, after))
    return name


def _check_role(db: Session, role: str, number: str) -> None:
    account = chart.account(db, number)
    kinds = ROLES[role]
    if account is None or account.type not in kinds or not account.active:
        raise InvalidInput(
            f"values: {role} must be an account of the chart that is in use, of type {' or '.join(kinds)}.",
            field="values",
        )


ACCOUNTS = PartOf(
    title="accounts",
    fields={"name": "what it is called", "type": ", ".join(_TYPES)},
    read=_accounts,
    save=_save_account,
    withdrawing="it is posted to no more",
)
POSTING_PROFILES = PartOf(
    title="posting profiles",
    fields={role: f"number of an account of type {' or '.join(kinds)}" for role, kinds in ROLES.items()},
    read=_profile_entries,
    save=_save_profile,
)
