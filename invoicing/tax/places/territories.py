"""Which territory an address lies in, by its country code and postal code: `territories.toml` has them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

Patterns = tuple[tuple[str, tuple[str, ...]], ...]
"""Patterns of whole postal codes, by the country under which they are written."""

_LETTERED = ("GB", "NL", "IE", "MT")
_NOT_IN_CODES = re.compile(r"[\s.\-/]")


class Standing(StrEnum):
    """How a territory stands to the tax of its country."""

    OUTSIDE = "outside"
    """Outside its area, for goods and for services (Article 6 Directive 2006/112/EC, and national law alike)."""

    GOODS_OUTSIDE = "goods_outside"
    """Goods cross a tax border; services between it and its country do not, though their rates can differ."""

    PART = "part"
    """Inside, with rates of its own."""

    NORTHERN_IRELAND = "northern_ireland"
    """In the Union for goods, in the United Kingdom for services."""

    SAME = "same"
    """Taxed like `country` in everything."""


@dataclass(frozen=True, slots=True)
class Territory:
    """One territory. `country` is the state whose tax is meant, and whose form its tax numbers have; `countries` are
    codes of its own; `postal` has patterns of whole postal codes by the country they are written under; `shared`
    those that other places have too. `rates` names a table of `invoicing.tax.places.rates`. `goods_area` joins
    territories between which goods cross no border. `consumers_taxed_at_home`: the services of Article 59 stay taxed
    at the seller's, too. `goods_untaxed`: goods are free of tax
    within it. `seller` says what stands in the way of a seller there; `law` is where all this stands.
    """

    code: str
    name: str
    country: str
    standing: Standing
    law: str
    countries: tuple[str, ...] = ()
    postal: Patterns = ()
    shared: Patterns = ()
    names: tuple[str, ...] = ()
    rates: str = ""
    goods_area: str = ""
    seller: str = ""
    consumers_taxed_at_home: bool = False
    goods_untaxed: bool = False
    valid_from: date | None = None

    def holds(self, country: str, postal_code: str, city: str) -> bool:
        """Whether an address of this country with this postal code lies here."""
        code = _NOT_IN_CODES.sub("", postal_code).upper()
        # People write D-27498, AX-22100 and 97488 CEDEX 9; British codes have letters of their own.
        digits = re.search(r"\d+", code)
        forms = {code, digits.group() if digits and country not in _LETTERED else code}
        if _matches(self.postal, country, forms):
            return True
        if not _matches(self.shared, country, forms):
            return False
        return not city.strip() or any(name.casefold() in city.casefold() for name in self.names)

    def is_named(self, place: str) -> bool:
        """Whether a city or region is this place by name."""
        wanted = place.strip().casefold()
        return any(wanted == name.casefold() for name in self.names)


@dataclass(frozen=True, slots=True)
class Source:
    """What was looked up, and where."""

    what: str
    where: str


@lru_cache(maxsize=4096)
def territory_of(
    country: str, postal_code: str, *, city: str = "", region: str = "", on: date | None = None
) -> Territory | None:
    """The territory that an address lies in on a day, or None where it lies in none; `country` is as it is written.

    A code of its own decides, then the postal code; where there is none, the name of the region or of the city.
    """
    written = country.strip().upper()
    known = [one for one in territories() if one.valid_from is None or on is None or one.valid_from <= on]
    for territory in known:
        if written in territory.countries:
            return territory
    if postal_code.strip():
        return next((one for one in known if one.holds(written, postal_code, city)), None)
    for territory in known:
        at_home = written in {territory.country, *(country for country, _ in territory.postal)}
        if at_home and (territory.is_named(region) or territory.is_named(city)):
            return territory
    return None


def is_shared(territory: Territory, country: str, postal_code: str, city: str) -> bool:
    """Whether only a postal code that other places have too, without any city, puts the address here."""
    code = re.sub(r"\D", "", postal_code)
    return not city.strip() and _matches(territory.shared, country.strip().upper(), {code})


@cache
def territories() -> tuple[Territory, ...]:
    """All territories, in the order in which they are tried."""
    return tuple(_territory(entry) for entry in _file()["territories"])


@cache
def sources() -> tuple[Source, ...]:
    """What was looked up for the territories; `checked_on` is the day."""
    return tuple(Source(**entry) for entry in _file()["sources"])


def checked_on() -> date:
    """The day on which the territories were checked."""
    checked: date = _file()["checked"]
    return checked


def _matches(patterns: Patterns, country: str, codes: set[str]) -> bool:
    return any(
        re.fullmatch(pattern, code)
        for written, wanted in patterns
        if written == country
        for pattern in wanted
        for code in codes
    )


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("territories.toml").read_text(encoding="utf-8"))


def _territory(entry: dict[str, Any]) -> Territory:
    """A key that is unknown or missing is an error: a silent default ends up on somebody's invoice."""
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    tables = {
        key: tuple((place, tuple(codes)) for place, codes in value.items())
        for key, value in entry.items()
        if isinstance(value, dict)
    }
    return Territory(**(entry | lists | tables | {"standing": Standing(entry["standing"])}))
