"""Backups and archives of books on a server: they are those of files, and each place takes what the other has made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from invoicing.refusals import Conflict
from operations.handing_over import back_up_organization, hand_over, seal_with_receipt
from operations.recovery import bring_back_books
from operations.taking_over import take_over
from operations.verification import verify_organization
from server.settings import keys_folder
from storage.books.pool import BOOKS_FILE
from storage.directory.database import DIRECTORY_FILE
from storage.folder.home import home_of
from storage.folder.restoring_all import restore_to_server
from storage.folder.restoring_one import restore_from_archive, restore_organization
from storage.folder.standstill import move_of
from storage.postgres.addresses import Address
from storage.postgres.engines import run_apart
from storage.postgres.place import ServerPlace
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import books_scope, is_aside_of
from tests.support import stores
from tests.support.backups import back_up, restore, silent
from tests.support.clock import NOON
from tests.support.command_line import run_command
from tests.support.faults import only_whole
from tests.support.leaving import BAKERY, content_of, found, issue, opened, two_practices
from tests.support.raw import past_triggers, raw, raw_value
from tests.support.servers import needs_server

pytestmark = needs_server


@pytest.fixture(autouse=True)
def _on_server() -> Iterator[None]:
    with stores.chosen(stores.POSTGRES):
        yield


def schemas_of(root: Path) -> list[str]:
    address = stores.address(root)
    assert address is not None
    return run_apart(Schemas(address).names)


async def in_order(root: Path, documents: int) -> None:
    """What the bakery has in this installation is whole, and of so many documents."""
    async with opened(root) as one:
        verified = await verify_organization(one.office, await found(one))
    assert (verified.problem, verified.documents) == ("", documents)


async def test_a_client_goes_from_files_to_a_server_and_back(tmp_path: Path) -> None:
    files, server = tmp_path / "files" / "old", tmp_path / "server" / "new"
    with stores.chosen(stores.SQLITE):
        await two_practices(tmp_path / "files")
    await two_practices(tmp_path / "server")
    with stores.chosen(stores.SQLITE):
        before = content_of(files)
        async with opened(files) as one:
            await hand_over(one.office, await found(one), tmp_path / "there.zip", silent)
            key = one.store.signing.all()[-1].key_id
    async with opened(server) as other:
        taken = await take_over(other.office, tmp_path / "there.zip", silent, signed_by=key)
        assert (taken.verified.documents, taken.verified.files) == (1, 1)
        assert taken.receipt is not None
        assert content_of(server) == before
        assert not list(server.rglob("*.db"))
        assert await issue(other, await found(other)) == "TEST-INV-2026-00002"
        theirs = other.store.signing.all()[-1].key_id
        with stores.chosen(stores.SQLITE):
            async with opened(files) as one:
                await seal_with_receipt(one.office, await found(one), taken.receipt, signed_by=theirs)
        await hand_over(other.office, await found(other), tmp_path / "back.zip", silent)
    with stores.chosen(stores.SQLITE):
        async with opened(tmp_path / "files" / "new") as third:
            back = await take_over(third.office, tmp_path / "back.zip", silent, signed_by=theirs)
            assert (back.verified.problem, back.verified.documents) == ("", 2)
            assert await issue(third, await found(third)) == "TEST-INV-2026-00003"
    assert stores.diagnosis(server) == []


@only_whole
async def test_one_organization_is_restored_in_the_place_of_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_practices(tmp_path)
    root = tmp_path / "old"
    back_up(root, tmp_path / "backup", now=NOON, progress=silent)
    async with opened(root) as one:
        bakery = await found(one)
        place = one.store.databases.place
        await back_up_organization(one.office, bakery, tmp_path / "bakery.zip", silent)
        (pdf,) = root.glob("organizations/*/documents/*.pdf")
        assert [await issue(one, bakery) for _ in range(2)][-1] == "TEST-INV-2026-00003"
        pdf.unlink()
        named: dict[str, Any] = {"keys": keys_folder(), "now": NOON, "progress": silent}
        whole = partial(restore_organization, tmp_path / "backup", root, place, bakery.id, **named)
        archive = partial(restore_from_archive, tmp_path / "bakery.zip", root, place, bakery.id, **named)
        before = schemas_of(root)
        for fatal in ("copy_rows", "check_contents", "sync_tree"):
            with monkeypatch.context() as patch:
                patch.setattr(f"storage.postgres.place.{fatal}", interrupted)
                with pytest.raises(KeyboardInterrupt):
                    await anyio.to_thread.run_sync(whole)
            assert schemas_of(root) == before
            assert not (root / "set-aside").exists()
        restored = await anyio.to_thread.run_sync(whole)
        assert pdf.exists()
        (kept,) = [name for name in schemas_of(root) if is_aside_of(name, bakery.id)]
        assert restored.before.where[1] == f"schema {kept}"
        assert [(one.series, one.sequence) for one in restored.before.given] == [("INVOICES", 3)]
        brought = await bring_back_books(one.office, bakery, reason="a disk", given=restored.before.given)
        assert "the last document is the 1. where there had been 3" in brought.loss
        assert await issue(one, bakery) == "TEST-INV-2026-00004"
        # What cannot even be read any more is set aside as it is.
        with raw(root / "organizations" / bakery.id / BOOKS_FILE) as connection:
            connection.execute("DROP TABLE identity")
        again = await anyio.to_thread.run_sync(archive)
        assert [one.sequence for one in again.before.given] == [3, 1]
    assert len([name for name in schemas_of(root) if is_aside_of(name, bakery.id)]) == 2
    async with opened(root) as one:
        await bring_back_books(one.office, bakery, reason="a table", given=again.before.given)
        assert await issue(one, await found(one)) == "TEST-INV-2026-00005"
        one.store.databases.discard(bakery.id)
    assert not [name for name in schemas_of(root) if is_aside_of(name, bakery.id)]


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@only_whole
async def test_a_whole_backup_of_a_server_is_restored_into_files_and_onto_another_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(url: Address, *arguments: str) -> str:
        with monkeypatch.context() as patch:
            patch.setenv("COUNTERFOIL_DATABASE_URL", url.url.render_as_string(hide_password=False))
            code, out, err = run_command(patch, capsys, *arguments)
        assert code == 0, err
        return out

    await two_practices(tmp_path)
    root, backup = tmp_path / "old", str(tmp_path / "backup")
    address = stores.address(root)
    assert address is not None
    assert "Backed up 3 organizations, 5 files, to" in run(address, "backup", backup, "--data", str(root))
    heads = json.loads((tmp_path / "backup" / "manifest.json").read_text())["heads"]
    assert sorted(head["documents"]["position"] for head in heads) == [0, 0, 1]
    assert not (tmp_path / "backup" / "templates").exists()
    with stores.chosen(stores.SQLITE):
        restore(tmp_path / "backup", tmp_path / "files", now=NOON, progress=silent)
        await in_order(tmp_path / "files", 1)
        assert stores.diagnosis(tmp_path / "files") == []
    there = tmp_path / "there"
    address = stores.empty_address(there)
    server = ServerPlace(there, address)
    onto = partial(restore_to_server, tmp_path / "backup", there, server, keys=keys_folder(), now=NOON, progress=silent)
    for module, name in (
        ("storage.folder.restoring_all", "set_mark"),
        ("storage.folder.moving", "copy_rows"),
        ("storage.folder.moving", "check_contents"),
        ("storage.folder.moving", "_seal"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(f"{module}.{name}", interrupted)
            with pytest.raises(KeyboardInterrupt):
                onto()
        if name == "set_mark":
            assert not there.exists()
        else:
            begun = move_of(there)
            assert begun is not None
            assert begun.sealed == (name == "_seal")
    said = run(address, "restore", backup, "--data", str(there))
    assert f"Restored 3 organizations, 5 files, to {there}." in said
    assert raw_value(there / DIRECTORY_FILE, "SELECT count(*) FROM users WHERE asleep_since IS NULL") == 0
    assert home_of(there) == server.name
    assert not list(there.rglob("*.db*"))
    assert not (there / "set-aside").exists()
    assert content_of(there) == content_of(root)
    await in_order(there, 1)
    assert stores.diagnosis(there) == []
    with pytest.raises(Conflict, match="There is an installation on"):
        onto()


@pytest.mark.faults
@only_whole
async def test_books_that_were_changed_past_the_triggers_keep_no_others_from_being_backed_up(tmp_path: Path) -> None:
    await two_practices(tmp_path)
    root = tmp_path / "old"
    async with opened(root) as one:
        bakery = await found(one)
    books = root / "organizations" / bakery.id / BOOKS_FILE
    with past_triggers(books) as connection:
        connection.execute("UPDATE document_lines SET quantity = 'many'")
    report = back_up(root, tmp_path / "backup", now=NOON, progress=silent)
    assert report.damaged == (books.relative_to(root).as_posix(),)
    there = tmp_path / "there"
    address = stores.empty_address(there)
    restored = restore_to_server(
        tmp_path / "backup", there, ServerPlace(there, address), keys=keys_folder(), now=NOON, progress=silent
    )
    assert restored.damaged == report.damaged
    (finding,) = stores.diagnosis(there)
    assert finding.subject == BAKERY
    assert books_scope(bakery.id).schema not in schemas_of(there)
