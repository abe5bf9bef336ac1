"""Data folders worth a backup, and backups as they may come back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from invoicing.progress import Progress
from operations.files import ExportRequest, export_documents, render_document
from server.settings import keys_folder
from storage.books.pool import Books
from storage.folder import backup as backups
from storage.folder.backup import BackupReport, RestoreReport
from storage.folder.manifest import MANIFEST_FILE, SIGNATURE_FILE, SIGNED_AS
from storage.folder.restoring_all import restore_to_server
from storage.folder.signing import SigningKeys
from storage.folder.store import databases_of, files_of
from storage.postgres.place import ServerPlace
from tests.support import stores
from tests.support.clock import NOON
from tests.support.practice import Practice


def silent(done: int, of: int) -> None:
    """Nobody watches."""


def back_up(root: Path, target: Path, *, now: datetime, progress: Progress) -> BackupReport:
    """A backup that is signed with the key of the test's own folder of keys."""
    place, files = databases_of(root, stores.address(root)).place, files_of(root, stores.bucket(root))
    return backups.back_up(root, place, target, keys=keys_folder(), now=now, progress=progress, files=files)


def restore(backup: Path, root: Path, *, now: datetime, progress: Progress) -> RestoreReport:
    """A backup laid down, with the keys that are known to the test; onto a server, where the run keeps books on one."""
    return restoring(root)(backup, root, keys=keys_folder(), now=now, progress=progress)


def restoring(root: Path) -> Callable[..., RestoreReport]:
    """What lays a backup down at this place."""
    if not stores.is_on_server():
        return backups.restore
    return partial(restore_to_server, server=ServerPlace(root, stores.empty_address(root)))


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
    """Change the manifest, set its sums right, and sign it anew: whoever tampers may be at home there."""
    path = backup / MANIFEST_FILE
    manifest = json.loads(path.read_text())
    edit(manifest)
    for entry in manifest["files"]:
        if (backup / entry["path"]).is_file():
            content = (backup / entry["path"]).read_bytes()
            entry |= {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    path.write_text(json.dumps(manifest))
    sign(backup, manifest["installation"])


def sign(backup: Path, name: str) -> None:
    """Sign the manifest as it is, as the installation of this name."""
    signature = SigningKeys(keys_folder(), name).sign(
        (backup / MANIFEST_FILE).read_bytes(), purpose=SIGNED_AS, now=NOON
    )
    (backup / SIGNATURE_FILE).write_text(signature.model_dump_json())


def drop(backup: Path, pattern: str) -> None:
    """Take a file out of backup and manifest alike."""
    path = first(backup, pattern)
    name = path.relative_to(backup).as_posix()
    path.unlink()
    edit_manifest(
        backup, lambda manifest: manifest.update(files=[one for one in manifest["files"] if one["path"] != name])
    )
