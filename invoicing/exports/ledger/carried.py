"""Entries on their way from the books into an export, as lines of text (as in `invoicing.exports.carried`): the first
says what all have in common, each further one is an entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, astuple, replace
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from invoicing.document.parties import Address, Party
from invoicing.exports.ledger.entries import Entry, Ledger, Side
from invoicing.master_data.records import Account
from invoicing.text.typed import counted


def write_ledger_head(file: TextIO, ledger: Ledger) -> None:
    _write(file, {**asdict(ledger), "accounts": [astuple(account) for account in ledger.accounts.values()]})


def write_entry(file: TextIO, entry: Entry) -> None:
    _write(file, list(astuple(entry)))


class CarriedEntries:
    """The entries of such a file, read one by one, the ledger that they are of, and how many so far have no rate, or
    have dimensions.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._not_converted = self._tagged = 0
        with path.open(encoding="utf-8") as file:
            self.ledger = _ledger(json.loads(file.readline()))

    def __iter__(self) -> Iterator[Entry]:
        with self._path.open(encoding="utf-8") as file:
            file.readline()
            for line in file:
                entry = _entry(*json.loads(line))
                self._not_converted += any(side.accounting_minor is None for side in entry.sides)
                self._tagged += any(side.dimensions for side in entry.sides)
                yield entry

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever works with the export must know, once all entries were read."""
        if not self._not_converted:
            return ()
        return (
            f"{counted(self._not_converted, 'entry')} in another currency without an exchange rate: no"
            f" amounts in {self.ledger.currency} there, so sums in {self.ledger.currency} leave them out.",
        )

    @property
    def notes_on_dimensions(self) -> tuple[str, ...]:
        """What must be known of a format that does not say them, once all entries were read."""
        if not self._tagged:
            return ()
        return (f"{counted(self._tagged, 'entry')} with dimensions of lines, which this format does not say.",)


def _write(file: TextIO, values: list[Any] | dict[str, Any]) -> None:
    file.write(json.dumps(values, ensure_ascii=False, default=date.isoformat) + "\n")


def _ledger(head: dict[str, Any]) -> Ledger:
    days = {name: _day(head[name]) for name in ("first_day", "last_day")}
    seller = head["seller"]
    return Ledger(
        **head
        | days
        | {
            "today": date.fromisoformat(head["today"]),
            "accounts": {account.number: account for account in (Account(*values) for values in head["accounts"])},
            "posted": tuple(head["posted"]),
            "seller": Party(**seller | {"address": Address(**seller["address"])}),
        }
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _entry(entry_id: str, day: str, recorded_on: str, *rest: Any) -> Entry:
    entry = Entry(entry_id, date.fromisoformat(day), date.fromisoformat(recorded_on), *rest)
    return replace(entry, sides=tuple(Side(*side) for side in rest[-1]))
