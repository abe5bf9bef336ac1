"""The tool `export_documents`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters
from invoicing.text.typed import counted, noun_of
from operations import files
from operations.access import Office
from operations.exports_of_clients import ClientExport, ClientsExported, export_clients
from operations.files import ExportRequest, MadeFile
from operations.ledgers import LEDGER_FORMATS
from operations.reports.asking import ReportRequest
from operations.reports.files import export_report
from storage.books.pool import Books
from tools.answers import answer
from tools.context import ReadableUnlessClients, TheOffice
from tools.description import Description, Effect
from tools.inputs import Handles, OptionalDate, OrganizationArgument, SessionArgument
from tools.render_document import FileAnswer, file_answer, file_lines, resource_link
from views.organizations import heading
from views.remedies import for_assistant, message_of

_CLIENTS_NAMED_MAX = 50


class DocumentsExported(FileAnswer):
    count: int
    notes: list[str]


async def export_documents(
    context: Context[Any, Any],
    office: TheOffice,
    books: ReadableUnlessClients,
    format: Annotated[
        str,
        Field(
            description="csv, csv_semicolon (decimal comma), xlsx, json, or pdf for a ZIP of PDFs with checksums;"
            " of the journal by day of entry: journal_csv, beancount, datev (DE, ZIP with the PDFs), fec (FR),"
            " saft (NO); its sales: xero, quickbooks"
        ),
    ],
    issued_from: OptionalDate = None,
    issued_to: OptionalDate = None,
    kind: Annotated[str, Field(description="invoice, credit_note, former")] = "",
    report: Annotated[str, Field(description="Instead: a report of get_report, whole")] = "",
    period: Annotated[str, Field(description="Of the report, as in get_report; likewise customer, by, row")] = "",
    customer: str = "",
    by: str = "",
    row: str = "",
    clients: Annotated[Handles, Field(description="Handles, or all: a ZIP with a folder for each")] = None,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, DocumentsExported]:
    file_format = small_letters(format)
    documents = ExportRequest(
        format=file_format, issued_from=issued_from, issued_to=issued_to, kind=small_letters(kind)
    )
    rows = ReportRequest(report=report, period=period, customer=customer, by=by, row=row)
    _check_asked(documents, rows)

    async def make(of: Books, progress: AsyncProgress) -> MadeFile:
        if rows.report.strip():
            return await export_report(of, rows, file_format, progress=progress)
        return await files.export_documents(of, documents, progress=progress)

    noun = "row" if report.strip() else "entry" if file_format in LEDGER_FORMATS else "document"
    if books is None:
        tell = _progress(context, "client")
        exported = await export_clients(
            office, organization=organization, clients=clients or (), make=make, progress=tell
        )
        return _clients_exported(office, exported, noun)
    made = await make(books, _progress(context, "document" if report.strip() else noun))
    what = f"of {small_letters(report)}" if report.strip() else f"as {file_format}"
    return _exported(office, books, made, [f"{counted(made.count, noun)} {what}"], made.notes)


def _check_asked(documents: ExportRequest, rows: ReportRequest) -> None:
    """Refuse arguments of documents with a report, and those of a report without one."""
    if rows.report.strip():
        stated = {"issued_from": documents.issued_from, "issued_to": documents.issued_to, "kind": documents.kind}
        for name, value in stated.items():
            if value:
                raise InvalidInput(f"{name} is for documents; a report has a period. Leave it out.", field=name)
        return
    for name, text in (("period", rows.period), ("customer", rows.customer), ("by", rows.by), ("row", rows.row)):
        if text.strip():
            raise InvalidInput(f"{name} is of a report: say which with report, or leave it out.", field=name)


def _progress(context: Context[Any, Any], noun: str) -> AsyncProgress:
    async def progress(done: int, count: int) -> None:
        await context.report_progress(done, count, f"{done} of {count} {noun_of(count, noun)}")

    return progress


def _clients_exported(office: Office, exported: ClientsExported, noun: str) -> CallToolResult:
    """The archive, with what became of those clients of whom there is something to say."""
    notes = [line for one in exported.clients for line in _client_notes(one)]
    total = sum(one.made.count for one in exported.clients if one.made)
    covered = counted(exported.made.count, "client")
    what = [f"{counted(total, noun)} of {covered}, a folder each"]
    if len(exported.clients) <= _CLIENTS_NAMED_MAX:
        what.append(", ".join(one.organization.handle for one in exported.clients if one.made))
    return _exported(office, exported.books, exported.made, what, notes)


def _client_notes(one: ClientExport) -> list[str]:
    handle = one.organization.handle
    if one.refused is not None:
        return [f"Not in it: {handle}: {message_of(one.refused, for_assistant)}"]
    said = [f"Of {handle}: {note}" for note in (one.made.notes if one.made else ())]
    return [f"{handle} is archived.", *said] if one.organization.archived else said


def _exported(office: Office, books: Books, made: MadeFile, what: list[str], notes: Sequence[str]) -> CallToolResult:
    structured = DocumentsExported.model_validate(
        {**file_answer(office, books, made), "count": made.count, "notes": list(notes)}
    )
    lines = [*file_lines(what[0], structured), *what[1:], *notes]
    return answer(heading(books.organization), lines, structured, resource_link(books, made))


TOOL = Description(
    export_documents,
    title="Export documents",
    text="Export an organization's issued documents, or its journal for other ledgers, oldest first, into one file:"
    " all, or those of a period (issued_from, issued_to) or kind. With report, a report instead.",
    effect=Effect.READS,
    across=frozenset({"clients"}),
    streams=True,
)
