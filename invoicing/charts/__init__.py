"""Charts of accounts as data: per accounting standard one file, and one for each chart that a country's accountants
know by its numbers, with the accounts and who posts to which.

Those of the standards are ours, in the numbering that is usual under the standard; neither standard prescribes numbers.
Those of the countries have the numbers of their publisher, whom the head of each file names.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeGuard, get_args

from invoicing.countries.model import AccountingStandard
from invoicing.money.amounts import parse_decimal

AccountType = Literal["asset", "liability", "equity", "income", "expense"]
NationalChart = Literal["skr03", "skr04", "pcg", "pgc", "kmu"]
StandardChart = Literal["standard", "empty"]
ChartName = StandardChart | NationalChart


@dataclass(frozen=True, slots=True)
class AccountTemplate:
    """An account that a new organization starts with; `number` is text, for it can have leading zeros."""

    number: str
    name: str
    type: AccountType


@dataclass(frozen=True, slots=True)
class PostingTemplate:
    """The account numbers that issuing, crediting and paying post to; the fields are those of `records.Posting` that
    every organization begins with.
    """

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
    advances: str
    passed_on: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of accounts in order of its numbers, and the posting profile that refers to it.

    A country's own chart names its `country`, the account of revenue by the country's tax codes, where it has one for
    them, and the accounts out of which the ledger that they are for takes the tax itself, with the rate in percent.
    """

    accounts: tuple[AccountTemplate, ...]
    posting: PostingTemplate
    country: str = ""
    revenue_by_tax_code: Mapping[str, str] = field(default_factory=dict)
    automatic: Mapping[str, Decimal] = field(default_factory=dict)


def charts_of(country: str) -> tuple[ChartName, ...]:
    """The charts that an organization of this country (ISO 3166-1 alpha-2) can choose from."""
    own = (name for name in get_args(NationalChart) if national_chart(name).country == country)
    return (*get_args(StandardChart), *own)


def is_national(name: str) -> TypeGuard[NationalChart]:
    """Whether this is the name of a country's own chart."""
    return name in get_args(NationalChart)


def chart(standard: AccountingStandard, name: ChartName) -> Chart:
    """The chart of this name: `standard` has the accounts of a small trading or service business under the accounting
    standard, `empty` only the control accounts that the posting profile names; a country's own is the same under both.
    """
    if name == "standard":
        return _read(standard)
    if name == "empty":
        whole = _read(standard)
        named = set(asdict(whole.posting).values())
        return Chart(
            accounts=tuple(account for account in whole.accounts if account.number in named), posting=whole.posting
        )
    return national_chart(name)


def national_chart(name: NationalChart) -> Chart:
    """The country's own chart of this name."""
    return _read(name)


def automatic_accounts(name: str) -> Mapping[str, Decimal]:
    """Out of which accounts of the chart of this name its ledger takes tax by itself, and the rate in percent."""
    return national_chart(name).automatic if is_national(name) else {}


@cache
def _read(file: AccountingStandard | NationalChart) -> Chart:
    name = f"{file}.toml"
    return parse_chart(files(__name__).joinpath(name).read_text(encoding="utf-8"), name=name)


def parse_chart(text: str, *, name: str) -> Chart:
    """The chart that a TOML text describes; `name` is the file's name, for errors.

    Raises:
        ValueError: the text does not follow the schema, or names an account that is not there.
    """
    whole = tomllib.loads(text)
    national = ("country", "revenue_by_tax_code") if "country" in whole else ()
    automatic = ("automatic",) if "automatic" in whole else ()
    whole = _exactly(whole, ("accounts", "posting", *national, *automatic), name)
    accounts = tuple(_account(entry, name) for entry in whole["accounts"])
    keys = tuple(field.name for field in fields(PostingTemplate))
    parsed = Chart(
        accounts=accounts,
        posting=PostingTemplate(**_texts(_exactly(whole["posting"], keys, name), name)),
        country=whole.get("country", ""),
        revenue_by_tax_code=_texts(whole.get("revenue_by_tax_code", {}), name),
        automatic={number: _percent(text, name) for number, text in whole.get("automatic", {}).items()},
    )
    _check_numbers(parsed, name)
    return parsed


def _check_numbers(parsed: Chart, name: str) -> None:
    numbers = [account.number for account in parsed.accounts]
    if numbers != sorted(set(numbers)):
        raise ValueError(f"{name}: accounts must be in order of their numbers, each once.")
    if missing := set(asdict(parsed.posting).values()) - set(numbers):
        raise ValueError(f"{name}: the posting profile names no account {', '.join(sorted(missing))}.")
    income = {account.number for account in parsed.accounts if account.type == "income"}
    if wrong := set(parsed.revenue_by_tax_code.values()) - income:
        raise ValueError(f"{name}: revenue by tax code needs accounts of income, unlike {', '.join(sorted(wrong))}.")
    if missing := set(parsed.automatic) - set(numbers):
        raise ValueError(f"{name}: automatic names no account {', '.join(sorted(missing))}.")


def _percent(text: Any, name: str) -> Decimal:
    if not isinstance(text, str):
        raise ValueError(f"{name}: automatic has percentages as texts.")
    return parse_decimal(text, field="percent")


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
