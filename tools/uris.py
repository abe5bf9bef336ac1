"""Names of resources: `counterfoil://{organization}/documents/{id}` and the like."""

from __future__ import annotations

DOCUMENT = "counterfoil://{organization}/documents/{document}"
DOCUMENT_PDF = "counterfoil://{organization}/documents/{document}/pdf"
EXPORT = "counterfoil://{organization}/exports/{export}"
TEMPLATES = (DOCUMENT, DOCUMENT_PDF, EXPORT)


def pdf_uri(handle: str, document_id: str) -> str:
    return f"counterfoil://{handle}/documents/{document_id}/pdf"


def export_uri(handle: str, file_id: str) -> str:
    return f"counterfoil://{handle}/exports/{file_id}"
