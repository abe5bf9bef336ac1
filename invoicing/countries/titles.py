"""What a country calls the documents of a seller that charges tax: `[titles.<language>]` of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from invoicing.countries.reading import Table


@dataclass(frozen=True, slots=True)
class Titles:
    """What is printed in one language; what is empty has the language's ordinary word (`invoicing/render/labels/`).

    `invoice` is of an ordinary invoice, `final` of one that deducts advances. `advance_mention` is said on an advance,
    which is invoiced before it is paid, where the law has another document for the tax of the payment.
    """

    invoice: str = ""
    final: str = ""
    advance_mention: str = ""


def read_titles(table: Table | None, languages: tuple[str, ...]) -> Mapping[str, Titles]:
    """The tables `[titles.<language>]`, if there are any.

    Raises:
        ValueError: they do not follow the schema.
    """
    if table is None:
        return {}
    titles = {language: _titles(one) for language in languages if (one := table.table_if_any(language)) is not None}
    table.close()
    return titles


def _titles(table: Table) -> Titles:
    titles = Titles(**{one.name: table.optional(one.name, str) or "" for one in fields(Titles)})
    table.close()
    return titles
