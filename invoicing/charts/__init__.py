"""Charts of accounts as data: per accounting standard one file, with the accounts and who posts to which.

Both charts are ours, in the numbering that is usual under the standard; neither standard prescribes numbers.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Literal, assert_never, get_args

from invoicing.countries.model import AccountingStandard

AccountType = Literal["asset", "liability", "equity", "income", "expense"]
ChartKind = Literal["standard", "empty"]


@dataclass(frozen=True, slots=True)
class AccountTemplate:
    """An account that a new organization starts with; `number` is text, for it can have leading zeros."""

    number: str
    name: str
    type: AccountType


@dataclass(frozen=True, slots=True)
class PostingTemplate:
    """The account numbers that issuing, crediting and paying post to; the fields are those of `records.Posting`."""

    receivable: str
    revenue: str
    tax_payable: str
    discount: str
    rounding: str
    bank: str
    write_off: str
    bank_charges: str
    exchange_gain: str
    exchange_loss: str
    withheld_tax: str
    customer_credit: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of accounts in order of its numbers, and the posting profile that refers to it."""

    accounts: tuple[AccountTemplate, ...]
    posting: PostingTemplate


def chart(standard: AccountingStandard, kind: ChartKind) -> Chart:
    """The chart of an accounting standard: `standard` has the accounts of a small trading or service business,
    `empty` only the control accounts that the posting profile names.
    """
    whole = _read(standard)
    match kind:
        case "standard":
            return whole
        case "empty":
            named = set(asdict(whole.posting).values())
            return Chart(
                accounts=tuple(account for account in whole.accounts if account.number in named),
                posting=whole.posting,
            )
        case _:
            assert_never(kind)


@cache
def _read(standard: AccountingStandard) -> Chart:
    name = f"{standard}.toml"
    return parse_chart(files(__name__).joinpath(name).read_text(encoding="utf-8"), name=name)


def parse_chart(text: str, *, name: str) -> Chart:
    """The chart that a TOML text describes; `name` is the file's name, for errors.

    Raises:
        ValueError: the text does not follow the schema, or the profile names an account that is not there.
    """
    whole = _exactly(tomllib.loads(text), ("accounts", "posting"), name)
    accounts = tuple(_account(entry, name) for entry in whole["accounts"])
    keys = tuple(field.name for field in fields(PostingTemplate))
    posting = PostingTemplate(**_texts(_exactly(whole["posting"], keys, name), name))
    numbers = [account.number for account in accounts]
    if numbers != sorted(set(numbers)):
        raise ValueError(f"{name}: accounts must be in order of their numbers, each once.")
    if missing := set(asdict(posting).values()) - set(numbers):
        raise ValueError(f"{name}: the posting profile names no account {', '.join(sorted(missing))}.")
    return Chart(accounts=accounts, posting=posting)


def _account(entry: Any, name: str) -> AccountTemplate:
    values = _texts(_exactly(entry, ("number", "name", "type"), name), name)
    for kind in get_args(AccountType):
        if values["type"] == kind:
            return AccountTemplate(number=values["number"], name=values["name"], type=kind)
    raise ValueError(f"{name}: the type of account {values['number']} is none of the five.")


def _exactly(table: Any, keys: tuple[str, ...], name: str) -> dict[str, Any]:
    if not isinstance(table, dict) or set(table) != set(keys):
        raise ValueError(f"{name}: a table must have exactly the keys {', '.join(keys)}.")
    return table


def _texts(table: dict[str, Any], name: str) -> dict[str, str]:
    if not all(isinstance(value, str) and value for value in table.values()):
        raise ValueError(f"{name}: {', '.join(table)} must be texts and not empty.")
    return table
