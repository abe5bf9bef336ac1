"""The journal as text for beancount: a transaction for each entry.

An account is called by its type and number (`Assets:1100`), which stay when it is renamed; its name stands beside it.
Every account of the chart is opened on the day of the first entry. A side in another currency than that of the books
has what it comes to there as its total price, so that a transaction balances in the currency of the books to the minor
unit; where no rate is known it has no price, and the transaction balances in its own currency.

Syntax: https://beancount.github.io/docs/beancount_language_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, cast, get_args

from invoicing.charts import AccountType
from invoicing.exports.ledger.entries import Entry, Ledger, Side
from invoicing.exports.ledger.tax_codes import tax_codes
from invoicing.exports.rows import counted
from invoicing.money.amounts import money_text
from invoicing.progress import Tally

_Root = Literal["Assets", "Liabilities", "Equity", "Income", "Expenses"]
_ROOTS: Mapping[AccountType, _Root] = dict(zip(get_args(AccountType), get_args(_Root), strict=True))
# Far below a minor unit: prices per unit are rounded to 28 digits when beancount reads a total.
_TOLERANCE = "0.000001"


def write_beancount(path: Path, ledger: Ledger, entries: Iterable[Entry], progress: Tally | None = None) -> None:
    """Write options, accounts and transactions to `path`."""
    names = _account_names(ledger)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in _head(ledger, names))
        for _, entry in counted(entries, progress):
            file.writelines(f"{line}\n" for line in _transaction(ledger, names, entry))


def _head(ledger: Ledger, names: Mapping[str, str]) -> Iterator[str]:
    yield f'option "title" {_quoted(ledger.organization)}'
    yield f'option "operating_currency" "{ledger.currency}"'
    yield f'option "inferred_tolerance_default" "{ledger.currency}:{_TOLERANCE}"'
    if ledger.first_day is None:
        return
    yield ""
    for number, account in ledger.accounts.items():
        yield f"{ledger.first_day} open {names[number]}"
        yield f"  number: {_quoted(number)}"
        yield f"  name: {_quoted(account.name)}"


def _transaction(ledger: Ledger, names: Mapping[str, str], entry: Entry) -> Iterator[str]:
    yield ""
    yield f"{entry.day} * {_quoted(entry.customer_name)} {_quoted(entry.description)}"
    yield f"  entry: {_quoted(entry.id)}"
    yield f"  document: {_quoted(entry.number)}"
    for side, tax_code in zip(entry.sides, tax_codes(entry), strict=True):
        for amount in _amounts(side, ledger.currency):
            yield f"  {names[side.account]}  {amount}"
            if tax_code:
                yield f"    tax_code: {_quoted(tax_code)}"
            if side.dimensions:
                yield f"    dimensions: {_quoted(side.dimensions)}"


def _amounts(side: Side, books_currency: str) -> Iterator[str]:
    """The amount with its price; beancount takes no price below zero: what rounding turned round is apart."""
    units = f"{money_text(side.signed_minor, side.currency)} {side.currency}"
    worth = side.accounting_minor
    if side.currency == books_currency or worth is None:
        yield units
    elif not side.signed_minor:
        # A difference of rates is in the currency of the books alone.
        yield f"{money_text(worth, books_currency)} {books_currency}"
    elif worth * side.signed_minor >= 0:
        yield f"{units} @@ {money_text(abs(worth), books_currency)} {books_currency}"
    else:
        yield f"{units} @@ {money_text(0, books_currency)} {books_currency}"
        yield f"{money_text(worth, books_currency)} {books_currency}"


def _account_names(ledger: Ledger) -> dict[str, str]:
    """What each account is called: no two alike, where numbers differ only in what a name cannot have."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for number, account in ledger.accounts.items():
        plain = f"{_ROOTS[cast(AccountType, account.type)]}:{number[0].upper()}{number[1:].replace('.', '-')}"
        name, further = plain, 1
        while name in taken:
            further += 1
            name = f"{plain}-{further}"
        taken.add(name)
        names[number] = name
    return names


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
