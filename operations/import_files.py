"""Reading a table that is to be imported: its columns, as somebody chose and as the organization's prices are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from invoicing.countries.names import country_named
from invoicing.importing.closing_rows import closing_remarks, split_closing
from invoicing.importing.columns import Column, How, is_known, match_columns, not_understood
from invoicing.importing.composing import fill_repeated
from invoicing.importing.price_columns import PRICE, Pricing
from invoicing.importing.programs import Profile as ProgramsExport
from invoicing.importing.programs import profile_of
from invoicing.importing.reading import AS_RECOGNISED, Reading
from invoicing.importing.recognizing import read_table
from invoicing.importing.tables import Table, shown, text_of
from invoicing.importing.values import ReadRow, read_rows
from invoicing.importing.vocabulary import Kind
from invoicing.master_data.profiles import Profile
from invoicing.progress import Progress
from invoicing.remedies import Act, Remark
from invoicing.text.typed import counted
from operations.imported import Import
from storage.books.pool import Books
from storage.books.profile import load_profile

_SAMPLES = 3
"""So many different cells of a column are shown."""


@dataclass(frozen=True, slots=True)
class FileToImport:
    """A file of a table, and how it is to be read. `content` answers its bytes when it is its turn: of those who wait,
    none holds a file in memory.
    """

    kind: Kind
    content: Callable[[], bytes]
    file_name: str
    reading: Reading = AS_RECOGNISED


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What is to be imported, the form in which it was read, and what whoever imports it must know."""

    wanted: Import
    form: str
    notes: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class GlancedColumn:
    """A column as the file has it: its heading, and some of what stands below."""

    heading: str
    samples: tuple[str, ...]


async def glance_at_file(books: Books, asked: FileToImport) -> tuple[GlancedColumn, ...]:
    """The columns of a file, whatever is known of them: for whoever says what they are.

    Raises:
        InvalidInput: no table.
        LimitExceeded: too large.
    """

    def read(stop_if_wished: Callable[[], None]) -> tuple[GlancedColumn, ...]:
        table = _table(asked, asked.content(), lambda done, of: stop_if_wished())
        return tuple(GlancedColumn(heading, _samples(table, index)) for index, heading in enumerate(table.header))

    return await books.pool.workers.read_through(books.organization.id, read)


def _samples(table: Table, index: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in table.rows:
        text = shown(text_of(row, index))
        if text and text not in found:
            found.append(text)
        if len(found) == _SAMPLES:
            break
    return tuple(found)


async def read_file_to_import(
    books: Books, asked: FileToImport, *, update: bool, dry_run: bool, progress: Progress
) -> ReadFile:
    """The rows of a file, ready for `operations.importing.import_table`.

    Raises:
        InvalidInput: no table, a column that is not understood, or a price that could be another.
        LimitExceeded: too large.
        NotFound: there is no such file (any more).
    """
    profile = await books.read(load_profile)

    def read(stop_if_wished: Callable[[], None]) -> ReadFile:
        def tell(done: int, of: int) -> None:
            stop_if_wished()
            progress(done, of)

        return _read(asked, profile, update=update, dry_run=dry_run, progress=tell)

    return await books.pool.workers.read_through(books.organization.id, read)


def _read(asked: FileToImport, profile: Profile, *, update: bool, dry_run: bool, progress: Progress) -> ReadFile:
    reading, content = asked.reading, asked.content()
    table = _table(asked, content, progress)
    program = profile_of(asked.kind, table.header, reading.profile)
    table, without = _filled(table, program)
    columns = match_columns(
        asked.kind,
        table,
        ignore_unknown=reading.ignore_unknown,
        allow_unknown=dry_run,
        mapped=reading.map,
        pricing=Pricing(profile.prices_include_tax, profile.currency),
        profile=program,
    )

    def rows_of(part: Table) -> list[ReadRow]:
        return read_rows(part, columns, reading.decimal_sign, profile.currency, order=reading.day_order)

    table, closing = split_closing(table, columns) if asked.kind is Kind.OPEN_ITEMS else (table, ())
    rows = rows_of(table)
    below = closing_remarks(closing, rows, lambda: rows_of(replace(table, rows=closing)))
    wanted = Import(
        kind=asked.kind,
        columns=columns,
        rows=rows,
        file_name=asked.file_name,
        sha256=hashlib.sha256(content).hexdigest(),
        update=update,
        dry_run=dry_run,
        opening_day=reading.opening_day,
        opening_account=reading.opening_account,
    )
    notes = [*([_passed_over(without)] if without else []), *_notes(wanted, profile)]
    unknown = not_understood(asked.kind, columns.unknown) if columns.unknown else ""
    remarks = (
        *table.notes,
        *below,
        *map(Remark, notes),
        *([Remark(unknown, Act.MAP_OR_IGNORE_COLUMNS)] if unknown else []),
    )
    return ReadFile(wanted, table.form, remarks)


def _table(asked: FileToImport, content: bytes, progress: Progress) -> Table:
    reading = asked.reading
    return read_table(
        content,
        known=lambda heading: is_known(asked.kind, heading) or heading.strip() in reading.map,
        sheet=reading.sheet,
        delimiter=reading.delimiter,
        encoding=reading.encoding,
        progress=progress,
    )


def _filled(table: Table, program: ProgramsExport | None) -> tuple[Table, int]:
    """The table with what a program says once for several rows, and how many rows say nothing that is kept."""
    if program is None or program.repeated is None:
        return table, 0
    rows, without = fill_repeated(table.rows, table.header, program.repeated)
    return replace(table, rows=tuple(rows)), without


def _passed_over(rows: int) -> str:
    return f"{counted(rows, 'row')} without an item of {'its' if rows == 1 else 'their'} own passed over."


def _notes(wanted: Import, profile: Profile) -> list[str]:
    notes, country = [], profile.country
    if wanted.columns.profile:
        notes.append(f"Read as an export of {wanted.columns.profile.told}, by its headings.")
    people = [row for row in wanted.rows if row.of_person]
    if people:
        notes.append(
            f"{counted(len(people), 'row')} without a company: the name is that of the person. Whether they are"
            " consumers is not said in the file."
        )
    if wanted.columns.ignored:
        notes.append(f"Passed over: {', '.join(wanted.columns.ignored)}.")
    if wanted.kind is Kind.CUSTOMERS and country and "country" not in wanted.columns.fields:
        notes.append(f"There is no column country: new customers are in {country_named(country)}.")
    if wanted.kind is Kind.ITEMS and PRICE not in wanted.columns.fields:
        notes.append("There is no column of prices: new items have none, and every document must state it.")
    for column in wanted.columns.known:
        if column.field == PRICE:
            notes.extend(_of_prices(column, wanted.rows, with_tax=profile.prices_include_tax))
    return notes


def _of_prices(column: Column, rows: Sequence[ReadRow], *, with_tax: bool) -> list[str]:
    notes = []
    if column.how is How.PROGRAM:
        notes.append(
            f"Prices are those of {column.heading}, taken {'with' if with_tax else 'without'} tax as all here."
        )
    if column.currency:
        notes.append(f"Prices are in {column.currency}, as the column {column.heading} says.")
    if column.divisor > 1:
        notes.append(f"Prices of the column {column.heading} are divided by {column.divisor}.")
    return [*notes, *_without_price(rows)]


def _without_price(rows: Sequence[ReadRow]) -> list[str]:
    without = [row.number for row in rows if PRICE not in row.values and not row.problems]
    if not without:
        return []
    which = f"row {without[0]} has" if len(without) == 1 else f"{len(without)} rows, the first being {without[0]}, have"
    return [f"No price: {which} an empty cell there; new items of these have none."]
