"""What a country's banks know besides the IBAN: references with check digits, forms of accounts, and a code to pay by.

It is the table `[payment]` of the country's file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoicing.countries.reading import Table
from invoicing.payment.references import LENGTHS, Scheme, parse_rule


class PaymentCode(StrEnum):
    """The code on paper that banks' apps of a country read; the standard of each is named where it is made."""

    EPC = "epc"
    SWISS = "swiss"
    SPAYD = "spayd"
    BY_SQUARE = "by_square"
    UPN = "upn"
    HUB3 = "hub3"
    NONE = "none"
    """No code that this program makes."""


@dataclass(frozen=True, slots=True)
class AccountType:
    """A number that is paid to and is no IBAN, such as a Swedish bankgiro. It has `digits_min` to `digits_max` digits,
    of which the last is a check digit (Luhn) where `luhn` says so. In print, `after_hyphen` digits stand behind a
    hyphen, and those before it in pairs where `pairs` says so.
    """

    name: str
    label: str
    digits_min: int
    digits_max: int
    luhn: bool
    after_hyphen: int
    pairs: bool

    def printed(self, number: str) -> str:
        """The number as it stands on paper."""
        if not self.after_hyphen:
            return number
        before, after = number[: -self.after_hyphen], number[-self.after_hyphen :]
        if self.pairs:
            odd = len(before) % 2
            before = " ".join(filter(None, (before[:odd], *re.findall("..", before[odd:]))))
        return f"{before}-{after}"


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """How payments to an account in the country are told apart. `reference` is the rule that an account has which
    states none, for buyers at home, and `reference_abroad` that for others; `references` are the schemes of the country
    that can be set. `labels` are what its reference is called, by language. `account_form` says the account at home
    by places of the IBAN (`{4:12}`; a `!` drops leading zeros), and `bank_form` its bank apart.
    """

    code: PaymentCode
    reference: str
    reference_abroad: str
    references: tuple[Scheme, ...]
    labels: Mapping[str, str]
    accounts: tuple[AccountType, ...]
    account_form: str
    bank_form: str
    left: str
    source: str
    checked: date
    confidence: str

    def account_type(self, name: str) -> AccountType | None:
        return next((one for one in self.accounts if one.name == name), None)


def read_payment(table: Table) -> PaymentRules:
    """The table `[payment]` of a country's file."""
    rules = PaymentRules(
        code=table.one_of("code", tuple(PaymentCode)),
        reference=table.optional("reference", str) or Scheme.NONE.value,
        reference_abroad=table.optional("reference_abroad", str) or Scheme.NONE.value,
        references=table.some_of_or("references", tuple(Scheme), ()),
        labels=table.texts_by_name("labels"),
        accounts=tuple(_account_type(entry) for entry in table.tables_if_any("accounts")),
        account_form=table.optional("account_form", str) or "",
        bank_form=table.optional("bank_form", str) or "",
        left=table.optional("left", str) or "",
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", ("high", "medium")),
    )
    table.close()
    for text in (rules.reference, rules.reference_abroad):
        # A length is agreed with a bank, and no country's.
        if parse_rule(text, field="reference").scheme in LENGTHS:
            raise ValueError(f"{table.where}: {text} needs an agreement with the bank.")
    return rules


def _account_type(table: Table) -> AccountType:
    account = AccountType(
        name=table.take("name", str),
        label=table.take("label", str),
        digits_min=table.take("digits_min", int),
        digits_max=table.take("digits_max", int),
        luhn=table.optional("luhn", bool) or False,
        after_hyphen=table.optional("after_hyphen", int) or 0,
        pairs=table.optional("pairs", bool) or False,
    )
    table.close()
    return account
