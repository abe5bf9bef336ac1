"""The tool `export_documents`."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters
from invoicing.text.typed import counted, noun_of
from operations import files
from operations.access import Office
from operations.files import ExportRequest, MadeFile
from operations.ledgers import LEDGER_FORMATS
from operations.reports.asking import ReportRequest
from operations.reports.files import export_report
from storage.books.pool import Books
from tools.answers import answer
from tools.context import ReadableBooks, TheOffice
from tools.description import Description, Effect
from tools.inputs import OptionalDate, OrganizationArgument, SessionArgument
from tools.render_document import FileAnswer, file_answer, file_lines, resource_link
from views.organizations import heading


class DocumentsExported(FileAnswer):
    count: int
    notes: list[str]


async def export_documents(
    context: Context[Any, Any],
    office: TheOffice,
    books: ReadableBooks,
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
    kind: Annotated[str, Field(description="invoice or credit_note")] = "",
    report: Annotated[str, Field(description="Instead: a report of get_report, whole")] = "",
    period: Annotated[str, Field(description="Of the report, as in get_report; likewise customer, by, row")] = "",
    customer: str = "",
    by: str = "",
    row: str = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, DocumentsExported]:
    noun = "entry" if small_letters(format) in LEDGER_FORMATS else "document"

    async def progress(done: int, count: int) -> None:
        await context.report_progress(done, count, f"{done} of {count} {noun_of(count, noun)}")

    if report.strip():
        stated = {"issued_from": issued_from, "issued_to": issued_to, "kind": kind.strip()}
        for name, value in stated.items():
            if value:
                raise InvalidInput(f"{name} is for documents; a report has a period. Leave it out.", field=name)
        wanted = ReportRequest(report=report, period=period, customer=customer, by=by, row=row)
        whole = await export_report(books, wanted, small_letters(format), progress=progress)
        return _exported(office, books, whole, f"{counted(whole.count, 'row')} of {small_letters(report)}")
    for name, text in (("period", period), ("customer", customer), ("by", by), ("row", row)):
        if text.strip():
            raise InvalidInput(f"{name} is of a report: say which with report, or leave it out.", field=name)
    request = ExportRequest(
        format=small_letters(format), issued_from=issued_from, issued_to=issued_to, kind=small_letters(kind)
    )
    made = await files.export_documents(books, request, progress=progress)
    return _exported(office, books, made, f"{counted(made.count, noun)} as {request.format}")


def _exported(office: Office, books: Books, made: MadeFile, what: str) -> CallToolResult:
    structured = DocumentsExported.model_validate(
        {**file_answer(office, books, made), "count": made.count, "notes": made.notes}
    )
    lines = file_lines(what, structured)
    lines.extend(made.notes)
    return answer(heading(books.organization), lines, structured, resource_link(books, made))


TOOL = Description(
    export_documents,
    title="Export documents",
    text="Export an organization's issued documents, or its journal for other ledgers, oldest first, into one file:"
    " all, or those of a period (issued_from, issued_to) or kind. With report, a report instead.",
    effect=Effect.READS,
    streams=True,
)
