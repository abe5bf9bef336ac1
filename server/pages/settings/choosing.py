"""What there is to choose from in the books at hand, for a field of a setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from server.pages.languages import gettext
from server.pages.settings.shown import Described, Shown
from storage.books import chart
from storage.books.pool import Books


@dataclass(frozen=True, slots=True)
class Choices:
    """The accounts of the books that are in use: the number of each, its name and its type."""

    accounts: Sequence[tuple[str, str, str]] = ()

    def of(self, field: Shown) -> list[tuple[str, str]]:
        """The values that a field may have, each with its words; nothing where it is written freely."""
        if not field.accounts:
            return [(value, gettext(words)) for value, words in field.choices]
        return [(number, f"{number} {name}") for number, name, kind in self.accounts if kind in field.accounts]


async def choices_of(books: Books, described: Described) -> Choices:
    """What the fields of a part are chosen from."""
    if not any(field.accounts for field in described.fields.values()):
        return Choices()
    return Choices(await books.read(_accounts))


def _accounts(db: Session) -> list[tuple[str, str, str]]:
    return [(one.number, one.name, one.type) for one in chart.accounts(db) if one.active]
