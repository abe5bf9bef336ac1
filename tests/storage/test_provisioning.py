"""New books are there whole or not at all: when filling fails, when the process is killed, when two make the same."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from sqlmodel import Session

from operations.access import Office, open_books
from operations.onboarding import ClientRequest, create_client_organization
from operations.practices import local_owner
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory import organizations
from storage.directory.database import DIRECTORY_FILE
from storage.folder.diagnosis import diagnose
from storage.folder.making import being_made
from storage.folder.provisioning import (
    ensure_directory_file,
    organization_folders,
    provision_books,
    template_file,
)
from storage.folder.standstill import StandingDatabase
from storage.migrations import head_stamp
from storage.plain_files import UNFINISHED_PREFIX
from storage.sqlite.database import Database as FileDatabase
from storage.sqlite.engines import DamagedStore, FileKind, examine, stamp_of
from tests.support.clock import NOON, SettableClock
from tests.support.faults import scaled
from tests.support.practice import practice
from tests.support.processes import race, start_python
from tests.support.raw import raw_value
from tests.support.stores import open_store

ONE = "0199f3a0-0000-7000-8000-000000000001"
TWO_HOURS = 7_200

# Announces the event at which it has arrived and waits there, to be killed; run with the event, how many of its
# kind to let pass, a pattern of its first argument, and the data folder.
VICTIM = """
import asyncio, re, sys

event, skip, part, root = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
armed = False

def stop(name, args):
    global skip
    if armed and name == event and re.search(part, str(args[0])):
        skip -= 1
        if skip < 0:
            print("arrived", flush=True)
            sys.stdin.read()

sys.addaudithook(stop)

from pathlib import Path
from operations.access import Office, open_books
from operations.rights import Right
from operations.onboarding import ClientRequest, create_client_organization
from operations.practices import local_owner
from operations.verification import verify_books
from storage.folder.store import open_store
from tests.support.clock import SettableClock

async def main():
    global armed
    async with open_store(Path(root)) as store:
        principal = await local_owner(store)
        armed = True
        victim = ClientRequest(name="Victim", country="GB")
        await create_client_organization(Office(store, principal, SettableClock()), victim)
    print("made", flush=True)

asyncio.run(main())
"""

MAKER = """
import os, sys

if sys.argv[2] == "without-links":
    def link(*_, **__):
        raise PermissionError("this file system has no hard links")
    os.link = link

from pathlib import Path
from storage.folder.provisioning import ensure_directory_file

print("ready", flush=True)
sys.stdin.readline()
ensure_directory_file(Path(sys.argv[1]))
"""

# Where a maker can be killed: an audit event of Python, how many to let pass, a pattern of its argument.
KILLED_AT = {
    "the folder is made": ("os.mkdir", 0, "documents"),
    "the template is copied": ("shutil.copyfile", 0, "books-"),
    "the copy is opened to be filled": ("sqlite3.connect", 0, "/[.]new-"),
    "the filled copy is put into one piece": ("sqlite3.connect", 1, "/[.]new-"),
    "the folder is renamed": ("os.rename", 0, "/[.]new-"),
}


def at_rest(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.suffix not in (".db-wal", ".db-shm")}


def kill_at(root: Path, event: str, skip: int, part: str) -> None:
    """Run a process that makes a client, and kill it where it arrives at the event."""
    with start_python(VICTIM, event, str(skip), part, str(root)) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "arrived\n"
        victim.kill()
    assert victim.returncode == -9


def let_time_pass(root: Path) -> None:
    """Make everything two hours old."""
    then = time.time() - TWO_HOURS
    for path in (*root.rglob("*"), root):
        os.utime(path, (then, then))


def test_filling_that_raises_leaves_nothing(tmp_path: Path) -> None:
    ensure_directory_file(tmp_path)
    provision_books(tmp_path, ONE.replace("1", "2"), now=NOON, fill=lambda _: None)
    before = at_rest(tmp_path)

    def fail(_: Session) -> None:
        raise ValueError("a layer that does not fit")

    with pytest.raises(ValueError, match="does not fit"):
        provision_books(tmp_path, ONE, now=NOON, fill=fail)
    assert at_rest(tmp_path) == before


def test_new_books_are_in_one_piece_and_their_owners(tmp_path: Path) -> None:
    ensure_directory_file(tmp_path)
    provision_books(tmp_path, ONE, now=NOON, fill=lambda _: None)
    folder = tmp_path / ORGANIZATIONS_FOLDER / ONE
    assert {path.name for path in folder.iterdir()} == {BOOKS_FILE, "documents", "exports"}
    assert stamp_of(folder / BOOKS_FILE) == head_stamp(FileKind.BOOKS, ONE)
    assert stamp_of(template_file(tmp_path)) == head_stamp(FileKind.BOOKS)


def test_books_are_not_made_over_books(tmp_path: Path) -> None:
    ensure_directory_file(tmp_path)
    provision_books(tmp_path, ONE, now=NOON, fill=lambda _: None)
    stamped = raw_value(tmp_path / ORGANIZATIONS_FOLDER / ONE / BOOKS_FILE, "SELECT stamped_at FROM identity")
    with pytest.raises(OSError, match="not empty"):
        provision_books(tmp_path, ONE, now=datetime.fromisoformat("2027-01-01T00:00:00Z"), fill=lambda _: None)
    assert raw_value(tmp_path / ORGANIZATIONS_FOLDER / ONE / BOOKS_FILE, "SELECT stamped_at FROM identity") == stamped
    assert not list((tmp_path / ORGANIZATIONS_FOLDER).glob(f"{UNFINISHED_PREFIX}*"))


def test_a_directory_that_was_lost_is_not_made_anew(tmp_path: Path) -> None:
    ensure_directory_file(tmp_path)
    provision_books(tmp_path, ONE, now=NOON, fill=lambda _: None)
    (tmp_path / DIRECTORY_FILE).unlink()
    with pytest.raises(DamagedStore, match="missing"):
        ensure_directory_file(tmp_path)
    assert not (tmp_path / DIRECTORY_FILE).exists()


@pytest.mark.faults
@pytest.mark.parametrize("point", KILLED_AT)
async def test_a_maker_that_is_killed_leaves_no_organization(tmp_path: Path, point: str) -> None:
    async with practice(tmp_path) as one:
        known = await one.store.directory.read(organizations.all_ids)
        await one.client("Before")
    before = at_rest(tmp_path)
    kill_at(tmp_path, *KILLED_AT[point])
    assert len(leftovers(tmp_path)) == 2, "the books, and the lock of their maker"
    async with open_store(tmp_path) as store:
        assert len(await store.directory.read(organizations.all_ids)) == len(known) + 1
    assert at_rest(tmp_path) == before, "what is left is removed at the next start"
    assert diagnose(tmp_path, free_bytes_wanted=0) == []
    await make_a_client(tmp_path)


@pytest.mark.faults
@pytest.mark.parametrize("commits", [False, True], ids=["before", "after"])
async def test_books_of_a_maker_that_is_killed_before_the_directory_knows_them_are_removed_at_the_next_start(
    tmp_path: Path, commits: bool
) -> None:
    async with practice(tmp_path) as one:
        await one.client("Before")
    before = at_rest(tmp_path)
    # The lock is given up when the directory has committed.
    event = ("os.remove", 0, "lock") if commits else ("open", 0, f"/{ORGANIZATIONS_FOLDER}$")
    kill_at(tmp_path, *event)
    async with open_store(tmp_path) as store:
        known = await store.directory.read(organizations.all_ids)
    assert len(known) == 2 + commits
    assert {folder.name for folder in organization_folders(tmp_path)} == {
        organization_id for organization_id, _ in known
    }
    assert commits or at_rest(tmp_path) == before
    assert diagnose(tmp_path, free_bytes_wanted=0) == []
    await make_a_client(tmp_path)


async def test_what_somebody_is_making_at_the_moment_is_left_to_them(tmp_path: Path) -> None:
    async with practice(tmp_path):
        with being_made(tmp_path, ONE):
            provision_books(tmp_path, ONE, now=NOON, fill=lambda _: None)
            async with open_store(tmp_path):
                assert (tmp_path / ORGANIZATIONS_FOLDER / ONE / BOOKS_FILE).exists()
        assert not leftovers(tmp_path)


@pytest.mark.faults
@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_a_maker_that_is_cancelled_at_any_moment_leaves_whole_books_or_no_organization(
    tmp_path: Path, native: bool
) -> None:
    async with practice(tmp_path) as one:
        for number in range(scaled(200)):
            seconds = 0.002 * (number % 25)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds if native else None):
                    with anyio.move_on_after(60 if native else seconds):
                        await one.client(f"Client {number}")
        await one.client("The last one")
        known = await one.store.directory.read(organizations.all_ids)
    for organization_id, _ in known:
        path = tmp_path / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE
        assert stamp_of(path) == head_stamp(FileKind.BOOKS, organization_id)
    assert [finding for finding in diagnose(tmp_path, free_bytes_wanted=0) if finding.severity == "error"] == []


@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_a_maker_that_is_cancelled_in_company_keeps_the_books_that_the_directory_knows(
    tmp_path: Path, native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer's commit kept its organization; then its books were discarded, as if it had not."""
    async with practice(tmp_path) as one:
        scope, makers = anyio.CancelScope(), list[asyncio.Task[None]]()
        make_known = organizations.add_organization

        def make_known_and_leave(*args: Any, **values: Any) -> str:
            makers[0].cancel() if native else scope.cancel()
            return make_known(*args, **values)

        async def make() -> None:
            with scope:
                await one.client("Harbour Bakery")

        monkeypatch.setattr(organizations, "add_organization", make_known_and_leave)
        standing = one.store.directory._database
        assert isinstance(standing, StandingDatabase)
        database = standing._database
        assert isinstance(database, FileDatabase)
        writer = database._writer
        async with writer.turn:
            leader = asyncio.create_task(one.store.directory.write(organizations.all_ids))
            makers.append(asyncio.create_task(make()))
            with anyio.fail_after(30):
                while writer.turn.statistics().tasks_waiting < 2:
                    await anyio.lowlevel.checkpoint()
        await asyncio.gather(leader, *makers, return_exceptions=True)
        made = next(one for one in await one.store.directory.read(organizations.all_ids) if "harbour" in one[1])
        assert (tmp_path / ORGANIZATIONS_FOLDER / made[0] / BOOKS_FILE).exists()
    assert [finding for finding in diagnose(tmp_path, free_bytes_wanted=0) if finding.severity == "error"] == []


@pytest.mark.parametrize("links", ["with-links", "without-links"])
def test_two_processes_may_make_the_directory_at_once(tmp_path: Path, links: str) -> None:
    root = tmp_path / "data"
    race(MAKER, str(root), links, count=2)
    assert [path.name for path in root.iterdir()] == [DIRECTORY_FILE]
    assert stamp_of(root / DIRECTORY_FILE) == head_stamp(FileKind.DIRECTORY)
    examine(root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY))


@pytest.mark.parametrize("links", [True, False])
def test_of_many_makers_the_first_ones_file_stays(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    inodes: list[int] = []
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        ensure_directory_file(tmp_path)
        inodes.append((tmp_path / DIRECTORY_FILE).stat().st_ino)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inodes) == 8
    assert len(set(inodes)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [DIRECTORY_FILE]


def no_links(*_: object, **__: object) -> None:
    raise PermissionError("this file system has no hard links")


def leftovers(root: Path) -> list[Path]:
    return list(root.rglob(f"{UNFINISHED_PREFIX}*"))


async def make_a_client(root: Path) -> None:
    """Making a client works again after whatever happened."""
    async with open_store(root) as store:
        principal = await local_owner(store)
        assert principal is not None
        office = Office(store=store, principal=principal, clock=SettableClock())
        made = (await create_client_organization(office, ClientRequest(name="After", country="GB"))).created
        assert made is not None
        assert (await verify_books(open_books(office, made, Right.READ))).problem == ""
