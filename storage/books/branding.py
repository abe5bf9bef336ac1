"""What documents are printed with: logos, and how each document was first printed. Files named by their hash."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlmodel import Session

from storage.books import files
from storage.books.files import StoredFile
from storage.folder.provisioning import sync_folder
from storage.ids import new_id
from storage.plain_files import check_plain_folders, open_plain_file
from storage.sqlite.faults import file_faults_told

BRANDING_FOLDER = "branding"
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


def write_by_hash(root: Path, content: bytes, *, suffix: str, media_type: str, file_format: str) -> StoredFile:
    """Write a file under the name of its hash, whole or not at all. What is there already is not written again."""
    sha256 = hashlib.sha256(content).hexdigest()
    stored = StoredFile(
        id=new_id("fil"),
        path=f"{BRANDING_FOLDER}/{sha256}{suffix}",
        file_name=f"{file_format}-{sha256[:12]}{suffix}",
        media_type=media_type,
        sha256=sha256,
        size_bytes=len(content),
        format=file_format,
        document_id="",
    )
    if not files.is_intact(root, stored):
        _write(root / stored.path, content)
    return stored


def write_printed_with(root: Path, choices: PrintedWith) -> StoredFile:
    """Write the choices down; all documents that were printed with the same share one file."""
    content = json.dumps(asdict(choices), sort_keys=True, separators=(",", ":")).encode()
    return write_by_hash(root, content, suffix=".json", media_type="application/json", file_format=PRINTED_WITH)


def printed_with(session: Session, document_id: str) -> StoredFile | None:
    """The record of the choices that a document was first printed with; none for those of a plain document."""
    return files.file_of_document(session, document_id, PRINTED_WITH)


def read_printed_with(root: Path, stored: StoredFile) -> PrintedWith | None:
    """The choices in a file of `write_printed_with`, or None where it is damaged."""
    content = files.read_intact(root, stored)
    return PrintedWith(**json.loads(content)) if content is not None else None


def read_logo(root: Path, choices: PrintedWith) -> bytes | None:
    """The bytes of the logo, or None where they are not those that were kept."""
    try:
        with open_plain_file(root / choices.logo) as stream:
            content = stream.read()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == choices.logo_sha256 else None


def record_logo(session: Session, stored: StoredFile, *, at: datetime) -> None:
    """Put a logo on record, once: it is in every backup from then on, and its bytes are verified."""
    if not files.is_on_record(session, stored.path):
        files.record_file(session, stored, at=at)


def _write(path: Path, content: bytes) -> None:
    temporary = path.parent / f".{uuid4().hex}{path.suffix}"
    with file_faults_told(path.parent):
        path.parent.mkdir(exist_ok=True)
        check_plain_folders(path)
        try:
            with temporary.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
