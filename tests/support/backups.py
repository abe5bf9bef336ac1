"""Data folders worth a backup, and backups as they may come back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from operations.files import ExportRequest, export_documents, render_document
from storage.books.pool import Books
from storage.folder.manifest import MANIFEST_FILE
from tests.support.practice import Practice


def silent(done: int, of: int) -> None:
    """Nobody watches."""


async def fill_clients(one: Practice, clients: int = 2) -> list[Books]:
    """Clients with an invoice, its PDF and an export each."""
    filled = []
    for number in range(clients):
        books = one.books(await one.client(f"Client {number}"))
        invoice = await one.issue(books, (await one.customer(books)).id)
        await render_document(books, invoice.document.id, file_format="pdf")
        await export_documents(books, ExportRequest(format="csv"), progress=_silent)
        filled.append(books)
    return filled


async def _silent(done: int, of: int) -> None:
    """Nobody watches."""


def nothing_unfinished(folder: Path) -> bool:
    return not [path for path in folder.rglob("*") if path.name.startswith(".")]


def first(backup: Path, pattern: str) -> Path:
    """The first file of a backup, by name, that fits the pattern."""
    return sorted(backup.glob(pattern))[0]


def edit_manifest(backup: Path, edit: Callable[[dict[str, Any]], object] = lambda manifest: None) -> None:
    """Change the manifest, and set its sums right: whoever tampers can count, too."""
    path = backup / MANIFEST_FILE
    manifest = json.loads(path.read_text())
    edit(manifest)
    for entry in manifest["files"]:
        if (backup / entry["path"]).is_file():
            content = (backup / entry["path"]).read_bytes()
            entry |= {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    path.write_text(json.dumps(manifest))


def drop(backup: Path, pattern: str) -> None:
    """Take a file out of backup and manifest alike."""
    path = first(backup, pattern)
    name = path.relative_to(backup).as_posix()
    path.unlink()
    edit_manifest(
        backup, lambda manifest: manifest.update(files=[one for one in manifest["files"] if one["path"] != name])
    )
