"""What a row is about: something that is in the books already, another row of the file, or something new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from invoicing.refusals import Conflict, InvalidInput
from invoicing.remedies import Act
from invoicing.text.typed import fold


@dataclass(frozen=True, slots=True)
class Known:
    """By what a customer or an item is recognised; only items have a stock number. A row need not have an id."""

    id: str
    name: str
    archived: bool
    sku: str = ""


class Matching:
    """Rows are matched in the order of the file.

    Two things with stock numbers are the same when these are; else, when their names are. Letter case does not
    matter. What is archived is found by its id, and by a row that is archived itself.
    """

    def __init__(self, one: str, known: Iterable[Known], *, update: bool) -> None:
        self._one = one
        self._update = update
        self._active, self._archived = _Index(), _Index()
        for there in known:
            (self._archived if there.archived else self._active).add(there, there.id)
        self._rows = _Index()
        self._row_of_id: dict[str, str] = {}

    def target(self, number: int, row: Known) -> str:
        """The id of what the row changes; empty where it makes something new.

        Raises:
            Conflict: there is such a thing already, and rows are not to update by name; or another row is about it.
            InvalidInput: several things have this name or stock number.
        """
        earlier = None if row.id else next(iter(self._rows.find(row)), None)
        found = row.id or self._found(row)
        earlier = self._row_of_id.get(found, earlier) if found else earlier
        self._rows.add(row, str(number))
        if found:
            self._row_of_id.setdefault(found, str(number))
        if earlier is not None:
            raise Conflict(
                f"Row {earlier} is about the same {self._one} already: keep one of them, or tell them apart by name.",
                field="id" if row.id else _field(row),
            )
        if found and not row.id and not self._update:
            raise Conflict(
                f"There is already {_article(self._one)} of this {_word(row)} ({found}): leave the row out, unless it"
                " is to be changed.",
                field=_field(row),
                remedy=Act.UPDATE_EXISTING,
            )
        return found

    def _found(self, row: Known) -> str:
        found = self._active.find(row) or (self._archived.find(row) if row.archived else [])
        if len(found) > 1:
            raise InvalidInput(f"Several {self._one}s have this {_word(row)}: give the id.", field=_field(row))
        return found[0] if found else ""


class _Index:
    """Keys by name and by stock number. Whoever asks wants to know the first one and whether there are others: of many
    that are alike two are enough, and looking one up costs the same however many there are.
    """

    def __init__(self) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_name_alone: dict[str, list[str]] = {}
        self._by_sku: dict[str, list[str]] = {}

    def add(self, one: Known, key: str) -> None:
        sku = fold(one.sku)
        if name := fold(one.name):
            _add_few(self._by_name, name, key)
            if not sku:
                _add_few(self._by_name_alone, name, key)
        if sku:
            _add_few(self._by_sku, sku, key)

    def find(self, one: Known) -> list[str]:
        sku = fold(one.sku)
        if sku in self._by_sku:
            return self._by_sku[sku]
        return (self._by_name_alone if sku else self._by_name).get(fold(one.name), [])


def _add_few(index: dict[str, list[str]], text: str, key: str) -> None:
    found = index.setdefault(text, [])
    if len(found) < 2:
        found.append(key)


def _field(row: Known) -> str:
    return "sku" if row.sku else "name"


def _word(row: Known) -> str:
    return "stock number or name" if row.sku else "name"


def _article(one: str) -> str:
    return f"an {one}" if one[0] in "aeiou" else f"a {one}"
