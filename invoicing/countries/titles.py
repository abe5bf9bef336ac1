"""What a country calls some of its invoices besides its language's ordinary word: `[[titles]]` of its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from invoicing.countries.reading import Table

TitledSellers = Literal["all", "registered", "not_registered"]
TitledSupplies = Literal["all", "goods", "services"]
_Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Title:
    """The titles in one language of invoices of these `sellers` (registered ones charge the tax; those that are not are
    in no scheme of it either) of these `supplies`, where all lines state that they are such. An empty title is the
    language's ordinary word. `advance_mention` is said on an advance that is invoiced before it is paid, where the
    law has another document for the tax of the payment: one that was paid when it is issued is such a `paid_advance`.
    """

    language: str
    sellers: TitledSellers
    supplies: TitledSupplies
    invoice: str
    advance_invoice: str
    paid_advance: str
    final_invoice: str
    advance_mention: str
    article: str
    source: str
    checked: date
    confidence: _Confidence

    def holds(self, language: str, *, seller: str, supplied: str) -> bool:
        """Whether it is the title in this language of a document of such a seller with such lines."""
        return self.language == language and self.sellers in ("all", seller) and self.supplies in ("all", supplied)


def read_titles(tables: list[Table], languages: tuple[str, ...]) -> tuple[Title, ...]:
    """The titles of a country's file; of those that hold for a document, the first is its title.

    Raises:
        ValueError: one does not follow the schema, or names a language that is not the country's.
    """
    return tuple(_title(table, languages) for table in tables)


def _title(table: Table, languages: tuple[str, ...]) -> Title:
    title = Title(
        language=table.one_of("language", languages),
        sellers=table.one_of_or("sellers", get_args(TitledSellers), "all"),
        supplies=table.one_of_or("supplies", get_args(TitledSupplies), "all"),
        invoice=table.optional("invoice", str) or "",
        advance_invoice=table.optional("advance_invoice", str) or "",
        paid_advance=table.optional("paid_advance", str) or "",
        final_invoice=table.optional("final_invoice", str) or "",
        advance_mention=table.optional("advance_mention", str) or "",
        article=table.optional("article", str) or "",
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(_Confidence)),
    )
    table.close()
    return title
