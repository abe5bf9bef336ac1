"""Costs that a seller passes on, and that the law does not treat like its price: `[[costs]]` of a country's file.

An expense in the buyer's name is outside the taxable amount (Article 79(c) Directive 2006/112/EC). A contribution to a
fund is taxed with the fee, but what the buyer withholds can be computed without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.countries.reading import Table
from invoicing.countries.registration import Words, read_words
from invoicing.money.amounts import parse_decimal

ADVANCED = "ADVANCED"
"""The code of an expense that the seller advanced in the buyer's name and for its account."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A kind of cost. `label` is its name on documents in the country's first language; `percent` what a fund usually
    takes of the fee, or None; `withheld` whether it belongs to the base of a withholding. One with `texts` is not
    taxed, and they say why, with `reason_code` (VATEX). Else it is taxed like the rest.
    """

    code: str
    name: str
    label: str
    withheld: bool
    percent: Decimal | None
    texts: tuple[Words, ...]
    reason_code: str
    source: str
    checked: date

    @property
    def untaxed(self) -> bool:
        return bool(self.texts)


def read_costs(tables: Iterable[Table]) -> tuple[Cost, ...]:
    """The costs of a country's file.

    Raises:
        ValueError: a key that is missing, unknown or ill-typed.
    """
    return tuple(_cost(table) for table in tables)


def _cost(table: Table) -> Cost:
    percent = table.optional("percent", str)
    cost = Cost(
        code=table.take("code", str),
        name=table.take("name", str),
        label=table.take("label", str),
        withheld=table.take("withheld", bool),
        percent=parse_decimal(percent, field="percent") if percent else None,
        texts=tuple(read_words(entry) for entry in table.tables_if_any("texts")),
        reason_code=table.optional("reason_code", str) or "",
        source=table.take("source", str),
        checked=table.take("checked", date),
    )
    table.close()
    if list(cost.texts) != sorted(cost.texts, key=lambda text: text.valid_from):
        raise ValueError(f"{table.where}, {cost.code}: texts are not in order of time.")
    return cost
