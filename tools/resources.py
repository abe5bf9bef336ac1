"""What a client reads by name: documents as data and as PDF, and exports."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from invoicing.document.canonical import document_text
from invoicing.refusals import NotFound, OrganizationMismatch, Refusal
from invoicing.text.typed import json_on_one_line, one_line
from operations import files, invoices
from operations.rights import Right
from storage.books.pool import Books
from tools.context import open_to

_ABSENT = "There is no such resource."


async def read_document(organization: str, document: str, context: Context[Any, Any]) -> str:
    """An issued document's canonical content as JSON."""
    try:
        books = await _books(context, organization)
        return json_on_one_line(document_text((await invoices.get_invoice(books, document)).issued.document))
    except Refusal as refusal:
        raise _resource_error(refusal) from None


async def read_document_pdf(organization: str, document: str, context: Context[Any, Any]) -> bytes:
    """An issued document's PDF, the same bytes as `render_document` gives."""
    try:
        books = await _books(context, organization)
        made = await files.render_document(books, document, file_format="pdf")
        return (await files.read_file(books, made.file.id))[1]
    except Refusal as refusal:
        raise _resource_error(refusal) from None


async def read_export(organization: str, export: str, context: Context[Any, Any]) -> bytes:
    """A file that `export_documents` made."""
    try:
        return (await files.read_file(await _books(context, organization), export))[1]
    except Refusal as refusal:
        raise _resource_error(refusal) from None


async def _books(context: Context[Any, Any], organization: str) -> Books:
    if not organization.strip():
        raise NotFound(_ABSENT)
    return await open_to(Right.READ, context, organization, "")


def _resource_error(refusal: Refusal) -> ResourceError:
    # What is another's, what is absent, and what another connection may read answer alike.
    if isinstance(refusal, NotFound | OrganizationMismatch):
        return ResourceNotFoundError(_ABSENT)
    return ResourceError(one_line(f"{refusal.code}: {refusal.message}"))
