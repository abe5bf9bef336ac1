"""Files made from documents: the PDF of one, and exports of many. A file is stored when it is first made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from sqlmodel import Session

from invoicing.document.documents import Document
from invoicing.document.former_records import FORMER
from invoicing.exports.archive import Archive, open_archive
from invoicing.exports.former_file import write_former
from invoicing.exports.ledger.writing import LedgerFormat, write_ledger
from invoicing.exports.writing import TableFormat, write_export
from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput, LimitExceeded, NotFound, Unavailable
from invoicing.remedies import Act
from operations.branding import first_print, print_again, record_first_print
from operations.exported import carry_documents
from operations.exported_former import carry_former_documents
from operations.file_readers import FileReader
from operations.finding_invoices import InvoiceSearch, search_filter
from operations.issue_dates import today_in
from operations.issuing import find_document
from operations.ledgers import LEDGER_FORMATS, carry_entries, days_of_entry, fec_name, saft_name
from operations.made_exports import made_once
from storage.books import documents, exports, files, journal_entries
from storage.books.documents import DocumentFilter, IssuedDocument
from storage.books.exports import KeptExport, MadeExport
from storage.books.former_lists import count_former_matching
from storage.books.pool import Books, BooksPool
from storage.files.kept import FileName, Files, Room, StoredFile, read

T = TypeVar("T")

PDF = "application/pdf"
EXPORT_FORMATS = {
    "csv": (".csv", "text/csv"),
    "csv_semicolon": (".csv", "text/csv"),
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (".json", "application/json"),
    "pdf": (".zip", "application/zip"),
    **LEDGER_FORMATS,
}
EXPORTED_DOCUMENTS_MAX = {"csv": 100_000, "csv_semicolon": 100_000, "xlsx": 100_000, "json": 100_000, "pdf": 5_000}
EXPORTED_ENTRIES_MAX = {
    "journal_csv": 100_000,
    "beancount": 100_000,
    "datev": 5_000,
    "fec": 100_000,
    "xero": 100_000,
    "quickbooks": 100_000,
    "saft": 100_000,
}
DATEV_BATCH = "EXTF_Buchungsstapel.csv"
_BATCH = 50
# What is read as a resource is in memory several times: as bytes, as base64, and in the answer around that.
READ_BYTES_MAX = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A stored file; `number` is that of the document it shows. `notes` say what
    whoever works with the file must know.
    """

    file: StoredFile
    count: int = 0
    number: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What to export; `kind` is invoice or credit_note, or empty for both; `former` is of a former system. Of the
    journal, the days are those of entry, and there is no kind.
    """

    format: str
    issued_from: date | None = None
    issued_to: date | None = None
    kind: str = ""


async def render_document(books: Books, key: str, *, file_format: str) -> MadeFile:
    """The document as a file: made at the first call, the same bytes ever after.

    Raises:
        NotFound: no such document in these books.
        InvalidInput: a format that there is not.
        Unavailable: the stored file was damaged and cannot be made again with the same bytes.
    """
    if file_format != "pdf":
        raise InvalidInput("format must be pdf.", field="format")
    made = await books.read(lambda db: _made_before(db, books, key))
    if made is not None and await _is_intact(books, made.file):
        return made
    return await _rendered(books, await books.read(lambda db: _with_file(db, find_document(db, key, field="document"))))


async def export_documents(books: Books, request: ExportRequest, *, progress: AsyncProgress) -> MadeFile:
    """One file with the organization's documents, oldest first; for pdf a ZIP with a manifest of SHA-256 sums. Formats
    of the journal hold its entries by day.

    Raises:
        InvalidInput: a format or kind that there is not, or dates out of order.
        LimitExceeded: more documents or entries than one export holds, or more exports than are made in a day.
    """
    file_format = request.format
    check_export(request)
    async with books.pool.workers.exports.turn(books.organization.id):
        wanted, count, today, key = await books.read(lambda db: _selection(db, books, request))
        _check_count(file_format, count)

        async def make() -> MadeExport:
            if file_format in LEDGER_FORMATS:
                return await _export_ledger(books, LedgerFormat(file_format), wanted, count, today, progress)
            if file_format == "pdf":
                named = _export_name(books, file_format, today)
                return await _export_archive(books, wanted, count, named, progress=progress)
            return await _export_table(books, TableFormat(file_format), wanted, count, today, progress)

        made = await made_once(books, key, make)
    return MadeFile(made.file, count=made.documents, notes=made.notes)


def check_export(request: ExportRequest) -> None:
    """Refuse what cannot be exported, whatever the books hold.

    Raises:
        InvalidInput: a format or kind that there is not, or dates out of order.
    """
    if request.issued_from and request.issued_to and request.issued_from > request.issued_to:
        raise InvalidInput("issued_from lies after issued_to.", field="issued_from")
    if request.format not in EXPORT_FORMATS:
        raise InvalidInput(f"format must be one of: {', '.join(EXPORT_FORMATS)}.", field="format")
    if request.kind not in ("", "invoice", "credit_note", FORMER):
        raise InvalidInput("kind must be invoice, credit_note or former, or left out.", field="kind")
    if request.kind == FORMER and request.format not in (*TableFormat, *LEDGER_FORMATS):
        raise InvalidInput(f"Of a former system there is no page: give {', '.join(TableFormat)}.", field="format")
    if request.kind and request.format in LEDGER_FORMATS:
        raise InvalidInput("The journal is exported whole: leave kind out.", field="kind")


def _check_count(file_format: str, count: int) -> None:
    of_journal = file_format in LEDGER_FORMATS
    limit = (EXPORTED_ENTRIES_MAX if of_journal else EXPORTED_DOCUMENTS_MAX)[file_format]
    if count > limit:
        what = "entries" if of_journal else "documents"
        raise LimitExceeded(f"{count} {what}; one {file_format} export holds {limit}. Narrow the dates.")


async def open_file_by_link(
    pool: BooksPool, organization_id: str, file_id: str, *, reader: FileReader
) -> tuple[StoredFile, BinaryIO]:
    """The file that a signed link names, open at its beginning; whoever asks closes it. The signature is the
    permission: it was given to who asked for the file, who is the reader.

    Raises:
        NotFound, Unavailable: as `read_file`.
    """
    stored = await _readable(reader, await pool.read(organization_id, lambda db: _file_in_place(db, file_id)))
    kept = pool.files(organization_id)
    return _whole(stored, await pool.workers.use_files(organization_id, kept.open, stored))


async def read_file(books: Books, file_id: str, *, reader: FileReader) -> tuple[StoredFile, bytes]:
    """A stored file of this organization with its bytes.

    Raises:
        NotFound: no such file in these books, or none for this reader.
        Unavailable: its bytes are not those that were recorded.
        LimitExceeded: it is too large to be held in memory as a whole.
    """
    stored = await _readable(reader, await books.read(lambda db: _file_in_place(db, file_id)))
    if stored.size_bytes > READ_BYTES_MAX:
        raise LimitExceeded(
            f"The file has more than {READ_BYTES_MAX // 1024**2} MiB: open the link that came with it instead."
        )
    return _whole(stored, await books.use_files(read, books.files, stored))


def _file_in_place(db: Session, file_id: str) -> tuple[StoredFile | None, KeptExport | None]:
    """The file on record, unless it is an export that was removed, and the export that it is."""
    stored = None if exports.is_removed(db, file_id) else files.file_by_id(db, file_id)
    return stored, exports.kept_export(db, file_id)


async def _readable(reader: FileReader, found: tuple[StoredFile | None, KeptExport | None]) -> StoredFile:
    stored, export = found
    if stored is None or (export is not None and not await reader.those_to_read([export])):
        raise _absent()
    return stored


def _absent() -> NotFound:
    return NotFound("No such file here, or not any more: an export that nobody asks for is removed. Export again.")


def _whole(stored: StoredFile, content: T | None) -> tuple[StoredFile, T]:
    if content is None:
        raise _damaged()
    return stored, content


def _damaged() -> Unavailable:
    return Unavailable("The file is damaged or missing.", remedy=Act.EXAMINE)


def _made_before(db: Session, books: Books, key: str) -> MadeFile | None:
    """The document's PDF, where there is one; the document itself is not read for that."""
    found = documents.id_and_number(db, key.strip())
    stored = files.file_of_document(db, found[0], "pdf") if found else None
    return MadeFile(stored, number=found[1]) if found and stored else None


def _with_file(db: Session, issued: IssuedDocument) -> tuple[Document, StoredFile | None]:
    return issued.document, files.file_of_document(db, issued.document.id, "pdf")


async def _rendered(books: Books, found: tuple[Document, StoredFile | None]) -> MadeFile:
    document, stored = found
    if stored is None:
        printed = await first_print(books)
        content = await printed.pdf(books, document)
        made = await books.use_files(_put_pdf, books.files, document, content)
        stored = await record_first_print(books, made, printed)
    elif not await _is_intact(books, stored):
        printed = await print_again(books, document)
        content = await printed.pdf(books, document)
        made = await books.use_files(_put_pdf, books.files, document, content)
        if made.sha256 != stored.sha256:
            raise Unavailable(
                f"The stored PDF of {document.number} is damaged or missing, and rendering it anew gives other bytes:"
                " restore it from a backup."
            )
    return MadeFile(stored, number=document.number)


async def _is_intact(books: Books, stored: StoredFile) -> bool:
    if stored.size_bytes <= books.files.near_bytes:
        return books.files.exists(stored)
    return await books.use_files(books.files.exists, stored)


def _put_pdf(kept: Files, document: Document, content: bytes) -> StoredFile:
    named = FileName(f"{document.number.replace('/', '-')}.pdf", PDF, "pdf")
    with kept.being_written(Room.DOCUMENTS, ".pdf") as written:
        written.write_bytes(content)
        return kept.put(written, named, document_id=document.id)


def _selection(db: Session, books: Books, request: ExportRequest) -> tuple[DocumentFilter, int, date, str]:
    """What is wanted, how much that is, the day, and what the same request on unchanged books has in common."""
    today = today_in(db, books)
    search = InvoiceSearch(issued_from=request.issued_from, issued_to=request.issued_to)
    found = search_filter(db, search, today)
    wanted = DocumentFilter(kind=request.kind, issued_from=found.issued_from, issued_to=found.issued_to)
    # Whether a document is overdue depends on the day, and the name is the directory's.
    days = (str(found.issued_from), str(found.issued_to), today.isoformat())
    asked = (request.format, request.kind, *days, books.organization.name)
    if request.format in LEDGER_FORMATS:
        count = journal_entries.extent(db, days_of_entry(wanted.issued_from, wanted.issued_to)).count
    elif request.kind == FORMER:
        count = count_former_matching(db, replace(wanted, kind=""))
    else:
        count = documents.count_documents(db, wanted)
    return wanted, count, today, exports.request_key(db, asked)


async def _export_table(
    books: Books, file_format: TableFormat, wanted: DocumentFilter, count: int, today: date, progress: AsyncProgress
) -> MadeExport:
    """Read what is wanted in one transaction, so that the export shows one moment, and write it then."""
    organization = books.organization
    names = {"handle": organization.handle, "name": organization.name, "id": organization.id}
    what = "former-documents" if wanted.kind == FORMER else "documents"
    named, kept = _export_name(books, file_format, today, what), books.files

    async def tell(done: int) -> None:
        await progress(done, count)

    of_former = wanted.kind == FORMER
    with kept.being_written(Room.EXPORTS, ".lines") as carried:
        if of_former:
            await carry_former_documents(books, replace(wanted, kind=""), carried)
        else:
            await carry_documents(books, wanted, today, carried)
        with kept.being_written(Room.EXPORTS, EXPORT_FORMATS[file_format][0]) as written:
            write_out = books.pool.workers.write_out
            notes: tuple[str, ...] = ()
            if of_former:
                await write_out(write_former, tell, carried, written, file_format, {"organization": names})
            else:
                notes = await write_out(write_export, tell, carried, written, file_format, names)
            stored = await books.use_files(kept.put, written, named)
    return MadeExport(stored, count, notes)


async def _export_ledger(
    books: Books, ledger_format: LedgerFormat, wanted: DocumentFilter, count: int, today: date, progress: AsyncProgress
) -> MadeExport:
    """Read the entries in one transaction, and write the export then, as `_export_table` does."""
    days, kept = days_of_entry(wanted.issued_from, wanted.issued_to), books.files
    named = _export_name(books, ledger_format, today)
    if ledger_format is LedgerFormat.FEC:
        named = await books.read(lambda db: fec_name(db, books, days))
    elif ledger_format is LedgerFormat.SAFT:
        named = await books.read(lambda db: saft_name(db, books))

    async def tell(done: int) -> None:
        await progress(done, count)

    with kept.being_written(Room.EXPORTS, ".lines") as carried:
        await carry_entries(books, days, carried, balances=ledger_format is LedgerFormat.SAFT)
        with kept.being_written(Room.EXPORTS, EXPORT_FORMATS[ledger_format][0]) as written:
            notes = await books.pool.workers.write_out(write_ledger, tell, carried, written, ledger_format)
            if ledger_format is LedgerFormat.DATEV:
                # The receipts come with it.
                return await _export_archive(books, wanted, count, named, beside=(DATEV_BATCH, written), notes=notes)
            stored = await books.use_files(kept.put, written, named)
    return MadeExport(stored, count, notes)


async def _export_archive(
    books: Books,
    wanted: DocumentFilter,
    count: int,
    named: FileName,
    *,
    progress: AsyncProgress | None = None,
    beside: tuple[str, Path] | None = None,
    notes: tuple[str, ...] = (),
) -> MadeExport:
    """The PDFs of the documents, and what goes `beside` them, under its name."""
    kept = books.files
    organization = {"handle": books.organization.handle, "name": books.organization.name}
    position = done = 0
    with kept.being_written(Room.EXPORTS, EXPORT_FORMATS["pdf"][0]) as written:
        with open_archive(written) as archive:
            if beside is not None:
                await books.use_files(archive.add_file, *beside)
            while batch := await books.read(partial(_batch_with_files, wanted, position)):
                await _add_pdfs(books, archive, [(issued.document, stored) for issued, stored in batch])
                position, done = batch[-1][0].position, done + len(batch)
                if progress is not None:
                    await progress(done, count)
            await books.use_files(archive.end, {"organization": organization})
        return MadeExport(await books.use_files(kept.put, written, named), count, notes)


async def _add_pdfs(books: Books, archive: Archive, batch: list[tuple[Document, StoredFile | None]]) -> None:
    """Add the PDF of each document; one that is not there, or not as it was made, is made first."""
    while batch := batch[await books.use_files(_add_intact, archive, books.files, batch) :]:
        document, stored = batch[0]
        made = await _rendered(books, (document, stored))
        if not await books.use_files(_add_intact, archive, books.files, [(document, made.file)]):
            raise _damaged()
        batch = batch[1:]


def _add_intact(archive: Archive, kept: Files, batch: list[tuple[Document, StoredFile | None]]) -> int:
    """Add the PDFs up to the first one that is not there as it was made; answers how many. Each is read once: what is
    added is what was compared with its sum.
    """
    for index, (document, stored) in enumerate(batch):
        content = kept.read_named(stored.path, stored.sha256) if stored is not None else None
        if stored is None or content is None:
            return index
        archive.add(document.number, content, stored.sha256)
    return len(batch)


def _export_name(books: Books, file_format: str, today: date, what: str = "documents") -> FileName:
    suffix, media_type = EXPORT_FORMATS[file_format]
    what = "journal" if file_format in LEDGER_FORMATS else what
    file_name = f"{books.organization.handle}-{what}-{today.isoformat()}{suffix}"
    return FileName(file_name, media_type, f"export-{file_format}")


def _batch_with_files(
    wanted: DocumentFilter, position: int, db: Session
) -> list[tuple[IssuedDocument, StoredFile | None]]:
    return [
        (issued, files.file_of_document(db, issued.document.id, "pdf")) for issued in _batch_after(wanted, position, db)
    ]


def _batch_after(wanted: DocumentFilter, position: int, db: Session) -> list[IssuedDocument]:
    return documents.documents_in_order(db, wanted, after_position=position, limit=_BATCH)
