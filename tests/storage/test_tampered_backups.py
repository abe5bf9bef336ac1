"""A backup that is not exactly what was backed up is refused, names what is wrong, and leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from invoicing.refusals import InvalidInput
from invoicing.remedies import Act
from server.settings import keys_folder
from storage.books.pool import BOOKS_FILE
from storage.directory.database import DIRECTORY_FILE
from storage.folder.manifest import MANIFEST_FILE, SIGNATURE_FILE
from tests.support import stores
from tests.support.backups import drop, edit_manifest, first, nothing_unfinished, restore, restoring, silent
from tests.support.clock import NOON
from tests.support.raw import raw


def append(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b" ")


def swap_books(backup: Path) -> None:
    one, other = sorted(backup.glob(f"*/*/{BOOKS_FILE}"))[:2]
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    edit_manifest(backup)


def newer(backup: Path) -> None:
    with stores.chosen(stores.SQLITE), raw(first(backup, f"*/*/{BOOKS_FILE}")) as connection:
        connection.execute("PRAGMA user_version = 9999")
    edit_manifest(backup)


def other_pdf(backup: Path) -> None:
    append(first(backup, "*/*/documents/*"))
    edit_manifest(backup)


def foreign_file(backup: Path) -> None:
    path = first(backup, "*/*/documents/*").with_name("letter.pdf")
    path.write_text("mine")
    name = path.relative_to(backup).as_posix()
    edit_manifest(backup, lambda manifest: manifest["files"].append({"path": name}))


def link(backup: Path) -> None:
    path = first(backup, "*/*/documents/*")
    path.rename(backup.parent / "elsewhere.pdf")
    path.symlink_to(backup.parent / "elsewhere.pdf")


def of_another(manifest: dict[str, Any]) -> None:
    manifest["installation"] = "0" * 16


def escape(manifest: dict[str, Any]) -> None:
    manifest["files"].append({"path": "../outside.db", "size_bytes": 0, "sha256": "0" * 64})


TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed document": (lambda b: append(first(b, "*/*/documents/*")), "/documents/"),
    "changed books": (lambda b: append(first(b, f"*/*/{BOOKS_FILE}")), f"/{BOOKS_FILE}"),
    "a changed directory": (lambda b: append(b / DIRECTORY_FILE), DIRECTORY_FILE),
    "a missing document": (lambda b: first(b, "*/*/documents/*").unlink(), "/documents/"),
    "missing books": (lambda b: first(b, f"*/*/{BOOKS_FILE}").unlink(), f"/{BOOKS_FILE}"),
    "a file too many": (lambda b: (b / "letter.txt").write_text("mine"), "none of Counterfoil's"),
    "a link for a document": (link, "/documents/"),
    "swapped books": (swap_books, "not what its name says"),
    "books taken out": (lambda b: drop(b, f"*/*/{BOOKS_FILE}"), f"/{BOOKS_FILE}"),
    "a document taken out": (lambda b: drop(b, "*/*/documents/*"), "/documents/"),
    "a directory taken out": (lambda b: drop(b, DIRECTORY_FILE), DIRECTORY_FILE),
    "another document with a new sum": (other_pdf, "/documents/"),
    "a document that nobody recorded": (foreign_file, "/documents/letter.pdf"),
    "books of a newer version": (newer, "newer"),
    "no manifest": (lambda b: (b / MANIFEST_FILE).unlink(), MANIFEST_FILE),
    "a manifest that is none": (lambda b: (b / MANIFEST_FILE).write_text("{}"), MANIFEST_FILE),
    "a manifest that is no JSON": (lambda b: (b / MANIFEST_FILE).write_bytes(b"\xff\xfe"), MANIFEST_FILE),
    "another format": (lambda b: edit_manifest(b, lambda m: m.update(format="counterfoil-backup-3")), MANIFEST_FILE),
    "a manifest that was changed after it was signed": (lambda b: append(b / MANIFEST_FILE), "not what was signed"),
    "no signature": (lambda b: (b / SIGNATURE_FILE).unlink(), SIGNATURE_FILE),
    "a signature that is none": (lambda b: (b / SIGNATURE_FILE).write_text("{}"), SIGNATURE_FILE),
    "a manifest of another installation": (lambda b: edit_manifest(b, of_another), "another installation"),
    "a path that leads outside": (lambda b: edit_manifest(b, escape), MANIFEST_FILE),
    "a file named twice": (lambda b: edit_manifest(b, lambda m: m["files"].append(m["files"][0])), "twice"),
}


@pytest.mark.parametrize("tampered", TAMPERED)
async def test_a_backup_that_was_tampered_with_is_refused_and_named(
    backup: Path, tmp_path: Path, tampered: str
) -> None:
    tamper, named = TAMPERED[tampered]
    tamper(backup)
    with pytest.raises(InvalidInput) as refused:
        restore(backup, tmp_path / "restored", now=NOON, progress=silent)
    assert named in refused.value.message
    assert str(tmp_path) not in refused.value.message
    assert not (tmp_path / "restored").exists()
    assert nothing_unfinished(tmp_path)


async def test_a_backup_by_an_unknown_key_is_restored_only_where_that_is_named(
    backup: Path, tmp_path: Path, own_keys: Path
) -> None:
    """On another machine, or where the keys are lost; and whoever makes a manifest anew has another key."""
    strange = keys_folder()
    assert strange == own_keys
    with pytest.raises(InvalidInput, match="not known here") as refused:
        restore(backup, tmp_path / "restored", now=NOON, progress=silent)
    assert refused.value.remedy is Act.NAME_SIGNER
    (name,) = re.findall("[0-9a-f]{32}", refused.value.message)
    root = tmp_path / "restored"
    restoring(root)(backup, root, keys=strange, signed_by=name, now=NOON, progress=silent)
    edit_manifest(backup)
    with pytest.raises(InvalidInput, match="not known here"):
        restoring(tmp_path / "again")(
            backup, tmp_path / "again", keys=tmp_path, signed_by=name, now=NOON, progress=silent
        )
    assert not (tmp_path / "again").exists()
