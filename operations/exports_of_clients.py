"""An export over several clients: an act of its own, which makes each client's file in its own books and puts them into
one archive of the practice, a folder each.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from invoicing.exports.archive import Archive, open_archive
from invoicing.exports.report_file import names_of, write_report, write_rows
from invoicing.exports.writing import TableFormat
from invoicing.organizations import OrganizationRef
from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal, Unavailable
from invoicing.reports.figures import Row
from invoicing.text.codes import small_letters
from operations.access import Office, open_books
from operations.files import MadeFile
from operations.issue_dates import today_in
from operations.made_exports import made_once
from operations.naming import EVERY_CLIENT, reached
from operations.onboarding import find_partner
from operations.overview import clients_in_reach, overview_rows
from operations.rights import Right
from operations.summaries import standings
from storage.books import exports
from storage.books.exports import MadeExport
from storage.books.pool import Books
from storage.directory.access_queries import Reach
from storage.faults.errors import UNREADABLE_ROW
from storage.faults.kinds import Fault
from storage.files.kept import FileName, Files, Room, StoredFile

_log = logging.getLogger("counterfoil")

CLIENTS_EXPORTED_MAX = 200
ARCHIVE_BYTES_MAX = 1024**3
_ZIP = ".zip", "application/zip"

OVERVIEW_FILE = "overview.csv"

MakeExport = Callable[[Books, AsyncProgress], Awaitable[MadeFile]]
_Overview = tuple[list[Row], list[Row]]


@dataclass(frozen=True, slots=True)
class ClientExport:
    """What became of a client: its file and where it is in the archive, or why there is none."""

    organization: OrganizationRef
    made: MadeFile | None = None
    name: str = ""
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class ClientsExported:
    """The archive, which is one of the practice's files, and what became of each client, in its order."""

    books: Books
    made: MadeFile
    clients: tuple[ClientExport, ...]


async def export_clients(
    office: Office, *, organization: str, clients: Sequence[str], make: MakeExport, progress: AsyncProgress
) -> ClientsExported:
    """One archive with what `make` makes of each client, in a folder of its handle. What cannot be made of a client is
    named in the answer and in the archive's manifest, and keeps no other from it. `organization` is the handle of the
    practice, whose file it is; empty where the principal belongs to one alone.

    Raises:
        NotAllowed, OrganizationRequired, NotFound: as `find_partner`; or a client that the principal cannot reach.
        InvalidInput: one that is no client of the practice.
        LimitExceeded: more clients, or more bytes, than one archive holds.
        Refusal: nothing can be made of any of them; it is that of the first.
    """
    practice = await find_partner(office, organization, field="organization")
    wanted = await _named_clients(office, practice, clients)
    books = open_books(office, practice, Right.READ)
    found = []
    for done, client in enumerate(wanted, start=1):
        found.append(await _export(office, client, make))
        await progress(done, len(wanted))
    if not any(one.made for one in found):
        raise next(one.refused for one in found if one.refused)
    _check_size(found)
    overview = overview_rows(await standings(office, wanted))
    async with books.pool.workers.exports.turn(practice.id):
        today, key = await books.read(lambda db: _asked(db, books, found, overview))
        made = await made_once(books, key, lambda: _archive(books, found, overview, today))
    return ClientsExported(books, MadeFile(made.file, count=made.documents), tuple(found))


async def _named_clients(office: Office, practice: OrganizationRef, clients: Sequence[str]) -> list[OrganizationRef]:
    """The clients of these handles, each once, or all in reach."""
    reach, handles = office.principal.reach, list(dict.fromkeys(small_letters(one.strip()) for one in clients))
    _check_number(len(handles))
    if len(handles) == 1 and handles[0] in EVERY_CLIENT:
        found = await clients_in_reach(office, practice)
        if not found:
            raise InvalidInput("There is no client in reach.", field="clients")
    else:

        def look_up(db: Session) -> list[OrganizationRef]:
            return [_client(db, reach, practice, handle) for handle in handles]

        found = await office.store.directory.read(look_up)
    _check_number(len(found))
    return found


def _check_number(clients: int) -> None:
    if clients > CLIENTS_EXPORTED_MAX:
        raise LimitExceeded(
            f"{clients} clients; one archive holds {CLIENTS_EXPORTED_MAX}. Name some of them.", field="clients"
        )


def _client(db: Session, reach: Reach, practice: OrganizationRef, handle: str) -> OrganizationRef:
    found = reached(db, reach, handle, field="clients")
    if found.partner_id != practice.id:
        raise InvalidInput(f"{found.handle} is no client of {practice.handle}.", field="clients")
    return found


async def _export(office: Office, organization: OrganizationRef, make: MakeExport) -> ClientExport:
    books = open_books(office, organization, Right.READ)
    try:
        made = await make(books, _unwatched)
    except Refusal as refusal:
        return ClientExport(organization, refused=refusal)
    except UNREADABLE_ROW as error:
        # No release writes such rows, and whoever did must not keep the others from theirs.
        named = {"organization": organization.handle}
        _log.error("the books of %s cannot be read", organization.handle, exc_info=error, extra=named)
        return ClientExport(organization, refused=books.out_of_service(Fault.ROWS))
    return ClientExport(organization, made, f"{organization.handle}/{made.file.file_name}")


async def _unwatched(done: int, of: int) -> None:
    """Of several clients it is told how many are done, not how far one is."""


def _check_size(found: Sequence[ClientExport]) -> None:
    size = sum(one.made.file.size_bytes for one in found if one.made)
    if size > ARCHIVE_BYTES_MAX:
        raise LimitExceeded(
            f"The files have {size // 1024**2} MiB together; one archive holds {ARCHIVE_BYTES_MAX // 1024**2} MiB. Name"
            " fewer clients, or narrow the dates.",
            field="clients",
        )


def _asked(db: Session, books: Books, found: Sequence[ClientExport], overview: _Overview) -> tuple[date, str]:
    """The day, and what the same archive has in common: it is made of these files and this overview, and tells of these
    refusals.
    """
    today = today_in(db, books)
    files = [
        f"{one.organization.id} {one.organization.handle} {one.organization.archived} {one.name}"
        f" {one.made.file.sha256 if one.made else ''} {one.refused or ''}"
        for one in found
    ]
    return today, exports.request_key(db, ("clients", today.isoformat(), *files, repr(overview)))


async def _archive(books: Books, found: Sequence[ClientExport], overview: _Overview, today: date) -> MadeExport:
    kept, (suffix, media_type) = books.files, _ZIP
    named = FileName(
        f"{books.organization.handle}-clients-{today.isoformat()}{suffix}", media_type, exports.OVER_CLIENTS
    )
    with kept.being_written(Room.EXPORTS, suffix) as written:
        with open_archive(written) as archive:
            for one in found:
                if one.made is not None:
                    theirs = books.pool.files(one.organization.id)
                    await books.use_files(_add, archive, theirs, one.made.file, one.name)
            await _add_overview(books, archive, overview)
            organization = {"handle": books.organization.handle, "name": books.organization.name}
            manifest = {"organization": organization, "clients": [_entry(one) for one in found]}
            await books.use_files(archive.end, manifest)
        stored = await books.use_files(kept.put, written, named)
    of = tuple(one.organization.id for one in found)
    return MadeExport(stored, sum(one.made is not None for one in found), (), of)


def _add(archive: Archive, theirs: Files, stored: StoredFile, name: str) -> None:
    stream = theirs.open(stored)
    if stream is None:
        raise Unavailable("A file that was just made is damaged or missing.")
    with stream:
        archive.add_stream(name, stream)


async def _add_overview(books: Books, archive: Archive, overview: _Overview) -> None:
    """How each of the clients stands, as a table beside the folders."""
    kept, (rows, totals) = books.files, overview
    with kept.being_written(Room.EXPORTS, ".lines") as carried, kept.being_written(Room.EXPORTS, ".csv") as written:
        await books.use_files(_carry, carried, rows, totals)
        write_out = books.pool.workers.write_out
        await write_out(write_report, _untold, carried, written, TableFormat.CSV, {}, names_of(rows))
        await books.use_files(archive.add_file, OVERVIEW_FILE, written)


def _carry(carried: Path, rows: Sequence[Row], totals: Sequence[Row]) -> None:
    with carried.open("w", encoding="utf-8", newline="\n") as file:
        write_rows(file, rows, accounting_currency="")
        write_rows(file, totals, accounting_currency="", total=True)


async def _untold(done: int) -> None:
    """It is a moment's work."""


def _entry(one: ClientExport) -> dict[str, object]:
    """What the manifest says of a client."""
    return {
        "handle": one.organization.handle,
        "name": one.organization.name,
        "environment": one.organization.environment.value,
        "archived": one.organization.archived,
        "file": one.name,
        "count": one.made.count if one.made else 0,
        "notes": list(one.made.notes) if one.made else [],
        "refused": one.refused.message if one.refused else "",
    }
