"""The tool `render_document`, and the answer that it shares with `export_documents`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from mcp_types import CallToolResult, ResourceLink
from pydantic import Field

from invoicing.text.codes import small_letters
from operations import files
from operations.access import Office
from operations.files import MadeFile
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import ReadableBooks, TheOffice
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from tools.uris import export_uri, pdf_uri
from views.organizations import heading, named


class FileAnswer(Answer):
    """`link` is a URL that opens in a browser until `expires_at`, or a path on this machine, which does not expire."""

    link: str
    file_name: str
    sha256: str
    size_bytes: int
    expires_at: datetime | None


class DocumentRendered(FileAnswer):
    document: str
    number: str


async def render_document(
    office: TheOffice,
    books: ReadableBooks,
    document: Annotated[str, Field(description="Id or number of an issued document")],
    format: str = "pdf",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, DocumentRendered]:
    made = await files.render_document(books, document, file_format=small_letters(format))
    number = made.number
    structured = DocumentRendered(**file_answer(office, books, made), document=made.file.document_id, number=number)
    lines = file_lines(f"{number} as {made.file.file_name.rpartition('.')[2].upper()}", structured)
    return answer(heading(books.organization), lines, structured, resource_link(books, made))


def file_answer(office: Office, books: Books, made: MadeFile) -> dict[str, Any]:
    """The fields of `FileAnswer`."""
    link = office.link_to(office.principal, books, made.file)
    return {
        "organization": named(books.organization),
        "link": link.link,
        "file_name": made.file.file_name,
        "sha256": made.file.sha256,
        "size_bytes": made.file.size_bytes,
        "expires_at": link.expires_at,
    }


def file_lines(what: str, file: FileAnswer) -> list[str]:
    """Where the file is, for how long, and its checksum."""
    until = f", open until {file.expires_at:%Y-%m-%d %H:%M} UTC" if file.expires_at else ""
    return [f"{what}{until}: {file.link}", f"SHA-256 {file.sha256}"]


def resource_link(books: Books, made: MadeFile) -> ResourceLink:
    """The same file for clients that read resources."""
    handle = books.organization.handle
    return ResourceLink(
        type="resource_link",
        uri=pdf_uri(handle, made.file.document_id) if made.file.document_id else export_uri(handle, made.file.id),
        name=made.file.file_name,
        mime_type=made.file.media_type,
        size=made.file.size_bytes,
    )


TOOL = Description(
    render_document,
    title="Render document",
    text="Make the PDF of an issued document, or give the one that was made before: the same bytes every time.",
    effect=Effect.READS,
)
