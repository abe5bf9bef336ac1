"""Bank accounts: the default one, which is the profile's, and those for a currency or a purpose of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlmodel import Session

from invoicing.master_data.profile_fields import PROFILE
from invoicing.master_data.records import BANK_DETAILS, BankAccount
from invoicing.money.amounts import check_currency
from invoicing.payment.accounts import check_account
from invoicing.refusals import Conflict, InvalidInput
from invoicing.tax.settings import check_code
from operations.configuration.entries import Change, Entry, Part, PartOf, flag, no_such_entry, record, shown
from operations.profile import change_profile
from operations.rights import Right
from storage.books.bank_accounts import load_bank_accounts, save_bank_account
from storage.books.pool import Books
from storage.books.profile import load_profile

MAIN = "MAIN"
"""The code of the profile's account where nobody has named it."""


_BESIDE = ("currency", "purpose", "account_type", "reference_rule")
"""What an account has that the profile has not."""


def _accounts(db: Session) -> dict[str, BankAccount]:
    """The accounts by code, the default first, with what the profile says of it."""
    profile = load_profile(db)
    details = {name: getattr(profile, name) for name in BANK_DETAILS}
    kept = load_bank_accounts(db)
    default = next((one for one in kept if one.is_default), BankAccount(MAIN, is_default=True))
    found = {default.code: replace(default, **details)} if any(details.values()) else {}
    return found | {one.code: one for one in kept if not one.is_default}


def _entry(one: BankAccount) -> Entry:
    values = {name: getattr(one, name) for name in (*BANK_DETAILS, *_BESIDE)}
    return Entry(one.code, values | {"default": shown(one.is_default)}, one.active)


def _entries(db: Session, books: Books) -> list[Entry]:
    return [_entry(one) for one in _accounts(db).values()]


def _save(db: Session, books: Books, change: Change) -> str:
    code = check_code(change.code)
    known = _accounts(db)
    before = known.get(code)
    if change.withdraw:
        after = _withdrawn(before)
    else:
        has_default = any(one.is_default for one in known.values())
        after = _changed(before or BankAccount(code), change.values, has_default=has_default)
        after = check_account(after, load_profile(db).country)
    _check_alone(after, known.values())
    if after.is_default:
        _make_default(db, books, after, known)
    else:
        save_bank_account(db, after)
    record(db, books, Part.BANK_ACCOUNTS, code, _entry(before) if before else None, _entry(after))
    return code


def _check_alone(after: BankAccount, known: Iterable[BankAccount]) -> None:
    """Of two accounts for the same, nobody could say which one a document names."""
    said = (after.currency, after.purpose)
    for other in known:
        alike = (other.currency, other.purpose) == said
        if other.code != after.code and other.active and after.active and alike and any(said):
            which = " ".join(filter(None, said))
            raise Conflict(f"values: {other.code} is the account of {which} already.", field="values")


def _withdrawn(before: BankAccount | None) -> BankAccount:
    if before is None:
        raise no_such_entry("bank account")
    if before.is_default:
        raise Conflict(f"code: {before.code} is the default; make another the default first.", field="code")
    return replace(before, active=False)


def _changed(base: BankAccount, values: Mapping[str, str], *, has_default: bool) -> BankAccount:
    """An account that is written to again is in use again; the first one is the default."""
    details = {name: PROFILE[name].checked(name, values[name]) for name in BANK_DETAILS if name in values}
    currency = values.get("currency", base.currency).strip()
    default = flag("default", values["default"]) if "default" in values else base.is_default
    if base.is_default and not default:
        raise Conflict("values: make another account the default instead; there is always one.", field="values")
    after = replace(
        base,
        **details,
        currency=check_currency(currency) if currency else "",
        **{name: values[name].strip() for name in _BESIDE[1:] if name in values},
        is_default=default or not has_default,
        active=True,
    )
    if not (after.iban or after.account_number):
        raise InvalidInput("values: iban or account_number is required.", field="values")
    return after


def _make_default(db: Session, books: Books, account: BankAccount, known: Mapping[str, BankAccount]) -> None:
    """Keep the account as the default: its details go into the profile, and those of the one before come out of it."""
    for other in load_bank_accounts(db):
        if other.is_default and other.code not in (account.code, *known):
            # The profile was emptied since: nothing is left of it.
            save_bank_account(db, replace(other, is_default=False, active=False))
    for other in known.values():
        if other.is_default and other.code != account.code:
            save_bank_account(db, replace(other, is_default=False))
    beside = {name: getattr(account, name) for name in _BESIDE}
    save_bank_account(db, BankAccount(account.code, **beside, is_default=True))
    profile = load_profile(db)
    wanted = {name: getattr(account, name) for name in BANK_DETAILS}
    changed = {name: value for name, value in wanted.items() if value != getattr(profile, name)}
    if changed:
        change_profile(db, books, changed)


BANK_ACCOUNTS = PartOf(
    title="bank accounts",
    fields={
        "account_holder": "else the organization's name",
        "bank_name": "the bank",
        "iban": "or an account_number",
        "bic": "of the bank",
        "account_number": "where there is no IBAN",
        "routing_number": "of the bank, with it",
        "currency": "whose documents print it, or empty",
        "purpose": "empty, domestic, foreign or payee: whose documents print it",
        "account_type": "what the account_number is: bankgiro, plusgiro (SE), fik (DK)",
        "reference_rule": "how payers' references are made: empty for the usual way, none, rf, or the country's, such"
        " as ocr or kid-mod10 12",
        "default": "true for the one that all other documents print",
    },
    read=_entries,
    save=_save,
    right=Right.CHANGE_BANK_ACCOUNT,
    withdrawing="documents print it no more",
)
