"""In which language the law of a country wants its sellers' invoices: the table `[language_law]` of its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from invoicing.countries.reading import Table

_BUYERS = ("all", "at_home", "consumers_at_home")


@dataclass(frozen=True, slots=True)
class LanguageRegion:
    """A part of a country with a language of its own, by the first and last postal code of each of its ranges."""

    language: str
    postal_codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LanguageLaw:
    """Documents to these `buyers` are in the country's language first, and another only stands beside it.

    One of the languages `also` may stand alone as well. Where there are `regions`, it is that of the region in which
    the seller is, and a seller in none of them is free.
    """

    buyers: str
    article: str
    source: str
    checked: date
    confidence: str
    also: tuple[str, ...] = ()
    regions: tuple[LanguageRegion, ...] = ()

    def language(self, usual: str, wanted: str, *, postal_code: str, at_home: bool, consumer: bool) -> str:
        """The language that comes first, or nothing where the seller is free; `usual` is the country's first one, and
        `wanted` the one that the document would be in.
        """
        if wanted in self.also or (self.buyers != "all" and not at_home):
            return ""
        if self.buyers == "consumers_at_home" and not consumer:
            return ""
        if not self.regions:
            return usual
        code = postal_code.strip()
        found = (
            region.language for region in self.regions for first, last in region.postal_codes if first <= code <= last
        )
        return next(found, "")


def read_language_law(table: Table | None, languages: tuple[str, ...]) -> LanguageLaw | None:
    """The law that a table of a country's file describes; None where there is none.

    Raises:
        ValueError: the table does not follow the schema, or names a language that is not the country's.
    """
    if table is None:
        return None
    law = LanguageLaw(
        buyers=table.one_of("buyers", _BUYERS),
        article=table.take("article", str),
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", ("high", "medium")),
        also=tuple(table.optional("also", list) or ()),
        regions=tuple(_region(entry, languages) for entry in table.tables_if_any("regions")),
    )
    table.close()
    return law


def _region(table: Table, languages: tuple[str, ...]) -> LanguageRegion:
    language = table.one_of("language", languages)
    ranges: list[Any] = [tuple(one.split("-")) for one in table.texts("postal_codes")]
    table.close()
    if not all(len(one) == 2 and one[0] <= one[1] and len(one[0]) == len(one[1]) for one in ranges):
        raise ValueError(f"{table.where}: postal_codes are ranges such as 1500-1999.")
    return LanguageRegion(language, tuple(ranges))
