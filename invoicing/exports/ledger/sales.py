"""What files of sales for other ledgers have in common: each document's lines, discounts and charges without tax, with
the account that they were posted to and their share of the tax.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from invoicing.document.breakdown import Part, break_down
from invoicing.document.documents import Adjustment, Document, Line, TaxCategory
from invoicing.exports.ledger.entries import Entry, Ledger
from invoicing.exports.ledger.posted_to import account_of, posted_to
from invoicing.exports.ledger.untold import Untold
from invoicing.exports.rows import counted as counted_entries
from invoicing.exports.rows import reads_as_formula
from invoicing.money.amounts import money_text, plain, to_major, to_minor
from invoicing.progress import Tally
from invoicing.text.typed import counted

_SPLIT = "Split payment: the tax is paid by the buyer itself, and is not owed here as it would be there"
_ROUNDED = "Without the rounding of the sum to pay, which has no place in the file"
_UNSAID = "Not in the file, for it comes to nothing"
_PLACES_MAX = 4


@dataclass(frozen=True, slots=True)
class SoldPart:
    """A line, discount or charge, in the currency of its document; amounts are less than zero where they take something
    back. `quantity` x `unit` is `net`, rounded to the minor unit: where the document's are not so, or one of them has
    more than four decimals, it is one of what the part comes to.
    """

    account: str
    description: str
    quantity: Decimal
    unit: Decimal
    net: str
    tax: str
    of: Line | Adjustment


def sold_parts(ledger: Ledger, entry: Entry, document: Document) -> Iterator[SoldPart]:
    """The parts of a document, in its order; none where it was posted without sides.

    Raises:
        ValueError: the entry is not what posting its document gives.
    """
    posting = posted_to(entry, document)
    if posting is None:
        if entry.sides:
            raise ValueError(f"{entry.id} is not what posting its document gives")
        return
    broken = break_down(document, books_currency=ledger.currency)
    for part in broken.parts:
        quantity, unit = _priced(part, document, broken.sign)
        net, tax = (money_text(minor, document.currency) for minor in (part.shares.net_minor, part.shares.tax_minor))
        yield SoldPart(account_of(document, part, posting), _description(part.of), quantity, unit, net, tax, part.of)


def _priced(part: Part, document: Document, sign: int) -> tuple[Decimal, Decimal]:
    of, net = part.of, part.shares.net_minor
    if isinstance(of, Line) and all(_decimals(number) <= _PLACES_MAX for number in (of.quantity, of.unit_price)):
        price = sign * of.unit_price
        if sign * to_minor(of.quantity * of.unit_price, document.currency) == net:
            # What takes something back has a price below nothing, and never a quantity.
            return (of.quantity, price) if of.quantity > 0 else (-of.quantity, -price)
    return Decimal(1), to_major(net, document.currency)


def _decimals(number: Decimal) -> int:
    return len(plain(number).partition(".")[2])


def _description(of: Line | Adjustment) -> str:
    texts = (of.title, of.details) if isinstance(of, Line) else (of.reason,)
    return " - ".join(text for text in texts if text) or "-"


def tax_name(of: Line | Adjustment, names: Mapping[tuple[TaxCategory, Decimal], str]) -> str:
    """What the other ledger calls the tax: its own name for the category and rate, or ours of code and rate, which it
    must be given there.
    """
    own = names.get((of.tax_category, of.tax_rate)) if not of.jurisdictions else None
    return own or f"{of.tax_code} {plain(of.tax_rate)}%"


def day_text(ledger: Ledger, day: date) -> str:
    """The day as people write it in the country of the books: the month first in the United States."""
    return f"{day:%m/%d/%Y}" if ledger.country == "US" else f"{day:%d/%m/%Y}"


def cell(text: str) -> str:
    """A text of one line, with an apostrophe in front where it reads as a formula."""
    line = " ".join(text.split())
    return f"'{line}" if reads_as_formula(line) else line


@dataclass(frozen=True, slots=True)
class Written:
    """How many documents a file of sales has, and how many settlements it passes over."""

    documents: int
    settlements: int


def write_sales(
    path: Path,
    columns: Sequence[str],
    entries: Iterable[Entry],
    untold: Untold,
    rows_of: Callable[[Entry, Document], list[list[str]] | None],
    progress: Tally | None = None,
) -> Written:
    """Write the names of the columns and the rows of each document to `path`. `rows_of` has none where the document
    comes to nothing, which is told, and answers None where it has no place in the file, and has told that itself.
    """
    documents = settlements = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        for _, entry in counted_entries(entries, progress):
            document = entry.document
            if document is None:
                settlements += 1
                continue
            rows = rows_of(entry, document)
            if rows is None:
                continue
            documents += bool(rows)
            if document.split_tax_minor:
                untold.add(_SPLIT, entry.number)
            if document.rounding_minor:
                untold.add(_ROUNDED, entry.number)
            if not rows:
                untold.add(_UNSAID, entry.number)
            writer.writerows(rows)
    return Written(documents, settlements)


def sales_notes(written: Written, *, program: str, most: int, taxes: set[str]) -> Iterator[str]:
    """What whoever imports a file of sales must know, whatever the program."""
    if taxes:
        yield f"{program} must have tax rates of these names: {', '.join(sorted(taxes))}."
    if written.settlements:
        yield f"{counted(written.settlements, 'settlement')} not in the file: {program} takes sales alone."
    if written.documents > most:
        yield f"{program} takes {most} documents at a time, and these are {written.documents}: export shorter periods."
