"""A full disk, read-only storage, storage of somebody else: one answer for each, at the start where it is so then, and
nothing is written, nor is anybody advised to restore or delete what is sound.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from operations.access import Office
from operations.practices import local_owner
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.faults.of_system import check_storage, fault_of_storage
from storage.folder.diagnosis import diagnose
from storage.folder.store import open_store
from tests.support import stores
from tests.support.assistant import Assistant, assistant
from tests.support.clock import SettableClock
from tests.support.command_line import run_command
from tests.support.practice import practice
from tests.support.storage import as_somebody_else, no_room, not_permitted, read_only

BAKERY = "harbour-bakery-sandbox"
FULL = "There is no room left on the disk. Nothing was changed. The operator makes room; then it goes on by itself."
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and mounts are of POSIX systems")


@pytest.fixture
async def root(tmp_path: Path) -> Path:
    """A data folder with a client that has a customer and an invoice."""
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await one.issue(books, (await one.customer(books)).id)
    return tmp_path / "data"


@asynccontextmanager
async def talking_at(root: Path) -> AsyncIterator[Assistant]:
    async with open_store(root) as store:
        owner = await local_owner(store)
        assert owner is not None
        async with assistant(Office(store=store, principal=owner, clock=SettableClock())) as talking:
            yield talking


async def test_a_full_disk_has_one_answer_whatever_is_being_written(root: Path) -> None:
    lines = [{"description": "Bookkeeping", "quantity": 2, "unit_price": "12.50"}]
    before = {path.name for path in root.rglob("*")}
    async with talking_at(root) as talking:
        number = (await talking.ok("find_invoices", organization=BAKERY))["invoices"][0]["number"]
        acts: list[tuple[str, dict[str, Any]]] = [
            ("issue_invoice", {"customer": "Hotel Bristol", "lines": lines}),
            ("save_customer", {"name": "Bar Sol", "country": "GB"}),
            ("render_document", {"document": number}),
            ("export_documents", {"format": "csv"}),
            ("export_documents", {"format": "xlsx"}),
            ("export_documents", {"format": "pdf"}),
        ]
        with no_room():
            for tool, arguments in acts:
                error = await talking.refused(tool, organization=BAKERY, **arguments)
                assert (error["code"], error["message"]) == ("unavailable", FULL), tool
            error = await talking.refused("create_client_organization", name="One More", country="GB")
            assert error["message"] == FULL
            error = await talking.refused("switch_organization", organization=BAKERY)
            assert error["message"] == FULL
            await talking.ok("list_clients")
            await talking.ok("find_invoices", organization=BAKERY)
        left = {path.name for path in root.rglob("*")} - before
        assert not [name for name in left if name.startswith(".")], "nothing half-made stays"
        for tool, arguments in acts:
            await talking.ok(tool, organization=BAKERY, **arguments)
        assert (await talking.ok("find_invoices", organization=BAKERY))["invoices"][0]["number"].endswith("2")


def test_a_full_disk_is_told_apart_by_trying(tmp_path: Path) -> None:
    assert fault_of_storage(tmp_path) is None
    with no_room():
        assert fault_of_storage(tmp_path) is Fault.FULL
        with pytest.raises(StorageFault):
            check_storage(tmp_path)
    assert list(tmp_path.iterdir()) == []


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], root: Path) -> Run:
    """The command line on the data folder."""

    def run(*arguments: str) -> tuple[int, str, str]:
        return run_command(monkeypatch, capsys, *arguments, "--data", str(root))

    return run


COMMANDS = (("serve", "--port", "1"), ("stdio",), ("verify",), ("token", "create", "--user", "a@b.c"))


def commands() -> list[tuple[str, ...]]:
    """Those that find out at their start whether the folder can be written to; a server is migrated without it."""
    return [*COMMANDS, *([] if stores.is_on_server() else [("migrate",)])]


@pytest.mark.parametrize("refusing", [read_only, not_permitted], ids=["read-only", "not permitted"])
def test_a_folder_that_cannot_be_written_to_is_told_at_the_start(root: Path, run: Run, refusing: Any) -> None:
    fault = Fault.READ_ONLY if refusing is read_only else Fault.NOT_PERMITTED
    with refusing(root):
        for command in commands():
            code, out, err = run(*command)
            assert (code, out) == (1, ""), command
            assert err == f"counterfoil: unavailable: {told(fault)}\n", command


def told(fault: Fault) -> str:
    return f"{fault.sentence[0].upper()}{fault.sentence[1:]}. {fault.advice}"


def test_a_full_disk_is_told_at_the_start(run: Run) -> None:
    with no_room():
        for command in commands():
            code, _, err = run(*command)
            assert (code, err) == (1, f"counterfoil: unavailable: {FULL}\n")


def test_sound_books_on_read_only_storage_are_not_to_be_restored_or_deleted(root: Path) -> None:
    with read_only(root):
        found = diagnose(root, free_bytes_wanted=0)
        assert [(one.severity, one.subject) for one in found] == [("error", "data folder")]
        assert found[0].message == f"{root}: {Fault.READ_ONLY.sentence}. {Fault.READ_ONLY.advice}"


def test_what_is_damaged_is_told_on_read_only_storage_too(root: Path) -> None:
    path = sorted(root.glob("organizations/*/books.db"))[0]
    with path.open("rb+") as stream:
        stream.truncate(8192)
    with read_only(root):
        found = diagnose(root, free_bytes_wanted=0)
    assert found[0].subject == "data folder"
    assert f"{path}: {Fault.CUT.sentence}" in found[1].message
    assert len(found) == 2


def test_a_data_folder_of_another_user_is_not_said_to_be_missing(root: Path, run: Run) -> None:
    for command in ("doctor", "verify", "migrate"):
        # What a command works with is imported now: somebody else may not be allowed to read that either.
        assert run(command)[0] == 0
    with as_somebody_else():
        for command in ("doctor", "verify", "migrate"):
            code, out, err = run(command)
            assert (code, Fault.NOT_PERMITTED.advice in out + err) == (1, True)
