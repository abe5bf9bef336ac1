"""Importing a file into an organization: one that came by a page of its own, or that lies on the same machine."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from invoicing.appearance.branding import kept_logo
from invoicing.importing.columns import Columns
from invoicing.importing.kinds import ImportKind
from invoicing.importing.reading import AS_RECOGNISED, Reading
from invoicing.importing.vocabulary import Kind
from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput
from invoicing.remedies import Remark
from operations.access import Office, require
from operations.files_given import FileGiven
from operations.import_files import FileToImport, read_file_to_import
from operations.imported import Imported, ImportedRow, Outcome
from operations.importing import RIGHT_TO_IMPORT, import_table
from operations.local_files import local_file
from operations.profile import update_organization
from operations.rights import Right
from operations.uploads import AskedFor, ask_for_file, is_token, say_imported, uploaded_file
from storage.books.pool import Books
from storage.books.profile import load_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import. `file` is the token of a page, or a path; empty asks for a page."""

    kind: ImportKind
    file: str = ""
    reading: Reading = AS_RECOGNISED
    update: bool = False
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported, or would be. `form` is how the file was read; `notes` what whoever imports it must know;
    `columns` what each column was read as, None for what is no table.
    """

    kind: ImportKind
    file_name: str
    sha256: str
    imported: Imported
    form: str
    notes: tuple[Remark, ...] = ()
    columns: Columns | None = None


async def import_records(
    office: Office, books: Books, request: ImportRequest, *, progress: AsyncProgress
) -> ImportReport | AskedFor:
    """Import the file, all of it or nothing; in a dry run, say what would become of each row. Without a file, a page
    on which one is chosen. `progress` is told of the rows when they were read, and when they are done.

    Raises:
        NotAllowed: the table of rights does not let the principal import this, or no folder was named.
        NotFound: there is no such file here.
        Conflict: the file was imported already, or has not come yet.
        InvalidInput, LimitExceeded: a file that cannot be read, or is no such thing.
    """
    require(_right(request.kind), books.organization, office.principal, field="kind")
    given = request.file.strip()
    if not given and office.with_credential:
        return await ask_for_file(office, books, request.kind)
    if not given and office.files_folder is not None:
        raise InvalidInput("file is required: its path below the folder that was named at the start.", field="file")
    file = await _file(office, books, request.kind, given)
    report = await _import(office, books, request, file, progress)
    if report.imported.written and file.upload_id:
        await say_imported(office, books, file.upload_id, given)
    return report


def _right(kind: ImportKind) -> Right:
    return Right.UPDATE_PROFILE if kind is ImportKind.LOGO else RIGHT_TO_IMPORT[Kind(kind)]


async def _file(office: Office, books: Books, kind: ImportKind, given: str) -> FileGiven:
    if is_token(given) or office.with_credential:
        return await uploaded_file(office, books, kind, given)
    return local_file(office, kind, given)


async def _import(
    office: Office, books: Books, request: ImportRequest, file: FileGiven, progress: AsyncProgress
) -> ImportReport:
    if request.kind is ImportKind.LOGO:
        return await _import_logo(office, books, file, dry_run=request.dry_run)
    asked = FileToImport(Kind(request.kind), file.content, file.file_name, request.reading)
    read = await read_file_to_import(books, asked, update=request.update, dry_run=request.dry_run, progress=_nobody)
    count = len(read.wanted.rows)
    await progress(0, count)
    imported = await import_table(books, read.wanted, progress=_nobody)
    await progress(count, count)
    return ImportReport(
        request.kind,
        file.file_name,
        read.wanted.sha256,
        imported,
        read.form,
        (*read.notes, *imported.notes),
        read.wanted.columns,
    )


def _nobody(done: int, of: int) -> None:
    """Told in the middle of a transaction, or in a thread, from where nobody can be told."""


async def _import_logo(office: Office, books: Books, file: FileGiven, *, dry_run: bool) -> ImportReport:
    """The logo as the one row that it is."""
    content = await books.use_files(file.content)
    before = (await books.read(load_profile)).logo_sha256
    if dry_run:
        kept = await books.look_through(kept_logo, content)
        after = hashlib.sha256(kept.content).hexdigest()
    else:
        await update_organization(office, books, {"logo": base64.b64encode(content).decode("ascii")})
        after = (await books.read(load_profile)).logo_sha256
    outcome, fields = (Outcome.UPDATED, ("logo",)) if after != before else (Outcome.UNCHANGED, ())
    row = ImportedRow(1, outcome, name=file.file_name, fields=fields)
    sha256 = hashlib.sha256(content).hexdigest()
    return ImportReport(ImportKind.LOGO, file.file_name, sha256, Imported((row,), written=not dry_run), "a picture")
