"""What documents are printed with: logos, and how each document was first printed. Files named by their hash."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from storage.books import files
from storage.files.kept import FileName, Files, Room, StoredFile, read

PRINTED_WITH = "pdf-branding"
LOGO = "logo"


@dataclass(frozen=True, slots=True)
class PrintedWith:
    """The choices of an organization that shape a printed document without being part of it."""

    logo: str = ""
    logo_sha256: str = ""
    color: str = ""
    second_language: str = ""
    payment_qr: bool = True


def put_printed_with(kept: Files, choices: PrintedWith) -> StoredFile:
    """Write the choices down; all documents that were printed with the same share one file."""
    content = json.dumps(asdict(choices), sort_keys=True, separators=(",", ":")).encode()
    return kept.put_once(Room.BRANDING, content, FileName("choices.json", "application/json", PRINTED_WITH))


def printed_with(session: Session, document_id: str) -> StoredFile | None:
    """The record of the choices that a document was first printed with; none for those of a plain document."""
    return files.file_of_document(session, document_id, PRINTED_WITH)


def read_printed_with(kept: Files, stored: StoredFile) -> PrintedWith | None:
    """The choices in a file of `put_printed_with`, or None where it is damaged."""
    content = read(kept, stored)
    return PrintedWith(**json.loads(content)) if content is not None else None


def record_logo(session: Session, stored: StoredFile, *, at: datetime) -> None:
    """Put a logo on record, once: it is in every backup from then on, and its bytes are verified."""
    if not files.is_on_record(session, stored.path):
        files.record_file(session, stored, at=at)
