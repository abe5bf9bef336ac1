"""Prices that say their currency in the cell, as `12,50 €`, `$1,200.00` and `CHF 12.-`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from invoicing.importing.prices import currencies_named

_PRICE = re.compile(r"(?P<before>[^\d\s.,'’+\-−–—]{1,4})?\s*(?P<number>[-−]?\s?\d[\d\s.,'’]*)(?P<after>[^\d]{1,8})?")
_NO_DECIMALS = re.compile(r"[.,][-–—]+$")
_CHARACTERS_MAX = 40
"""What is longer is no price."""


@dataclass(frozen=True, slots=True)
class StatedPrice:
    """The number of a cell, and the currencies that a sign or code beside it can mean; none where there is none."""

    number: str
    currencies: tuple[str, ...] = ()


def stated_price(cell: str) -> StatedPrice:
    """The number and currency of a cell; a text that is no such thing is left as it is."""
    return _read(cell.strip()) if len(cell) <= _CHARACTERS_MAX else StatedPrice(cell.strip())


@lru_cache(1024)
def _read(cell: str) -> StatedPrice:
    found = _PRICE.fullmatch(_NO_DECIMALS.sub("", cell))
    if found is None:
        return StatedPrice(cell)
    number = found["number"].strip().replace("−", "-").replace("- ", "-")
    signs = [sign for sign in (found["before"], _NO_DECIMALS.sub("", (found["after"] or "").strip())) if sign]
    if not signs:
        return StatedPrice(number if _NO_DECIMALS.search(cell) else cell)
    possible = currencies_named(signs[0]) if len(signs) == 1 else ()
    return StatedPrice(number, possible) if possible else StatedPrice(cell)
