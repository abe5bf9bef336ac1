"""What a client reads by name: documents as data and as PDF, and exports."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context

from invoicing.document.canonical import document_text
from invoicing.refusals import NotFound
from invoicing.text.typed import json_on_one_line
from operations import files, invoices
from operations.file_readers import reader_of
from operations.rights import Right
from storage.books.pool import Books
from tools.context import find_caller, open_to


async def read_document(organization: str, document: str, context: Context[Any, Any]) -> str:
    """An issued document's canonical content as JSON."""
    books = await _books(context, organization)
    return json_on_one_line(document_text((await invoices.get_invoice(books, document)).document))


async def read_document_pdf(organization: str, document: str, context: Context[Any, Any]) -> bytes:
    """An issued document's PDF, the same bytes as `render_document` gives."""
    books, reader = await _books(context, organization), reader_of(await find_caller(context))
    made = await files.render_document(books, document, file_format="pdf")
    return (await files.read_file(books, made.file.id, reader=reader))[1]


async def read_export(organization: str, export: str, context: Context[Any, Any]) -> bytes:
    """A file that `export_documents` made; one over several clients for a person who reaches each of them."""
    books, reader = await _books(context, organization), reader_of(await find_caller(context))
    return (await files.read_file(books, export, reader=reader))[1]


async def _books(context: Context[Any, Any], organization: str) -> Books:
    if not organization.strip():
        raise NotFound("A resource of no organization.")
    return await open_to(Right.READ, context, organization, "")
