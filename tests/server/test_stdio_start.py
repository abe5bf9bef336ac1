"""What a client of `counterfoil stdio` is answered before anything is loaded, and what happens until it is.

Incident: the first answer came after all that the work needs was loaded, and clients that wait a few seconds gave up.
Loading is held back here until a test lets it go on, so that the order of things is the test's, on any machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory.database import DIRECTORY_FILE
from storage.folder.first_look import looks_new, looks_right
from storage.migrations import head_stamp
from storage.sqlite.engines import FileKind
from tests.support.command_line import run_command
from tests.support.practice import practice
from tests.support.raw import older_books, raw, raw_value
from tests.support.wire import Wire, held, wired

BAKERY = "harbour-bakery-sandbox"
NOBODY = "counterfoil: not_found: There is no organization with this handle"
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


async def one_client(data: Path) -> str:
    """A data folder with a practice and a client, which nobody has open; the client's id."""
    async with practice(data, client="Harbour Bakery") as one:
        return one.first_client.id


async def listed_by_hand(wire: Wire) -> list[str]:
    await wire.shake_hands("2025-11-25")
    assert (await wire.ask("ping"))["result"] == {}
    return names_of(await wire.ask("tools/list"))


async def listed_at_once(wire: Wire) -> list[str]:
    await wire.ask("server/discover", _meta=MODERN)
    return names_of(await wire.ask("tools/list", _meta=MODERN))


def names_of(answer: dict[str, Any]) -> list[str]:
    return [tool["name"] for tool in answer["result"]["tools"]]


@pytest.mark.parametrize(("dedicated", "listed"), [(False, listed_by_hand), (True, listed_at_once)])
async def test_a_client_is_greeted_and_told_the_tools_before_anything_is_loaded(
    tmp_path: Path, dedicated: bool, listed: Callable[[Wire], Awaitable[list[str]]]
) -> None:
    data = tmp_path / "data"
    await one_client(data)
    async with held(data, *(("--organization", BAKERY.upper()) if dedicated else ())) as (wire, let_load):
        assert ("switch_organization" in await listed(wire)) is not dedicated
        meta = {"_meta": MODERN} if listed is listed_at_once else {}
        assert (await wire.ask("resources/templates/list", **meta))["result"]["resourceTemplates"]
        let_load()
        called = await wire.ask("tools/call", name="find_customers", arguments=named(dedicated), **meta)
        assert called["result"]["structuredContent"]["organization"]["handle"] == BAKERY
        await wire.end()


def named(dedicated: bool) -> dict[str, str]:
    return {} if dedicated else {"organization": BAKERY}


async def test_what_is_asked_while_loading_is_answered_once_it_has_ended_unless_it_was_cancelled(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    await one_client(data)
    async with held(data) as (wire, let_load):
        await wire.shake_hands()
        ask = {"name": "find_customers", "arguments": {"organization": BAKERY}}
        called = [await wire.request("tools/call", **ask) for _ in range(4)]
        read = await wire.request("resources/read", uri=f"counterfoil://{BAKERY}/documents/inv_none")
        given_up = {"requestId": called[1], "reason": "waited too long"}
        await wire.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": given_up})
        # Nothing that waits keeps others from being answered.
        assert (await wire.ask("ping"))["result"] == {}
        let_load()
        answers = {answer["id"]: answer for answer in [await heard(wire) for _ in range(4)]}
        assert set(answers) == {called[0], called[2], called[3], read}
        assert all("Harbour Bakery" in json.dumps(answers[one]) for one in called if one != called[1])
        assert answers[read]["error"]["message"] == "There is no such resource."
        await wire.end()


async def heard(wire: Wire) -> dict[str, Any]:
    message = await wire.hear()
    assert message is not None
    return message


async def test_a_client_that_leaves_while_loading_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await one_client(data)
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    async with held(data) as (wire, let_load):
        await wire.shake_hands()
        await wire.request("tools/call", name="list_organizations", arguments={})
        assert wire.process.stdin is not None
        wire.process.stdin.close()
        # Whoever still waits is told that nothing comes any more.
        assert (await heard(wire))["error"]["message"] == "Connection closed"
        let_load()
        await wire.end()
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


async def test_a_new_folder_is_begun_even_for_a_client_that_leaves_while_loading(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with held(data) as (wire, let_load):
        assert "list_organizations" in await listed_by_hand(wire)
        assert not data.exists()
        let_load()
        await wire.end()
    assert raw_value(data / DIRECTORY_FILE, "SELECT handle FROM organizations") == "practice"


async def test_books_of_an_earlier_version_are_brought_up_behind_the_greeting(tmp_path: Path) -> None:
    data = tmp_path / "data"
    client = await one_client(data)
    books = data / ORGANIZATIONS_FOLDER / client / BOOKS_FILE
    older_books(books, client)
    async with held(data) as (wire, let_load):
        await listed_by_hand(wire)
        assert raw_value(books, "PRAGMA user_version") == 1
        let_load()
        await wire.call("list_organizations")
        assert raw_value(books, "PRAGMA user_version") == head_stamp(FileKind.BOOKS).schema_version
        await wire.end()


# What is wrong


async def test_an_organization_that_does_not_exist_is_refused_before_anything_is_answered(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await one_client(data)
    async with wired(data, "--organization", "nobody") as wire:
        await wire.request("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={})
        assert await wire.hear() is None
        assert (await wire.fail()).startswith(NOBODY)


def refused_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is complained of in one line: nothing was answered, and of what was asked nothing was even read."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", None)
        code, out, complaint = run_command(patch, capsys, "stdio", *arguments)
    assert (code, out, complaint.count("\n")) == (1, "", 1)
    return complaint


@pytest.mark.parametrize("handle", ["nobody", "Κ" * 70, " "])
def test_whatever_an_organization_is_called_that_does_not_exist_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], handle: str
) -> None:
    data = tmp_path / "data"
    anyio.run(one_client, data)
    asked = ("--data", str(data), "--organization", handle)
    assert refused_at_once(monkeypatch, capsys, *asked).startswith(NOBODY)


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_a_folder_that_is_not_ours_is_refused_before_anything_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    data = tmp_path / "data"
    anyio.run(one_client, data)
    (data / DIRECTORY_FILE).write_bytes(content)
    complaint = refused_at_once(monkeypatch, capsys, "--data", str(data))
    assert complaint.startswith("counterfoil: unavailable: "), complaint


def test_a_folder_of_a_newer_version_is_refused_before_anything_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    anyio.run(one_client, data)
    with raw(data / DIRECTORY_FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    complaint = refused_at_once(monkeypatch, capsys, "--data", str(data))
    assert "was written by a newer version of Counterfoil" in complaint


async def test_a_folder_that_does_not_open_after_the_greeting_ends_the_process_with_one_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await one_client(data)
    with raw(data / DIRECTORY_FILE) as connection:
        # It is there, but the local owner does not reach it: that is found out when the folder is open.
        connection.execute("UPDATE organizations SET partner_id = NULL WHERE handle = ?", (BAKERY,))
    async with held(data, "--organization", BAKERY) as (wire, let_load):
        await wire.shake_hands()
        waiting = await wire.request("tools/call", name="find_customers", arguments={})
        let_load()
        # The input stays open, and nobody waits: the end of the output says it.
        complaint = await wire.fail()
        assert waiting
        assert complaint == (
            "counterfoil: not_found: There is no organization with this handle: counterfoil organization list shows"
            " them.\n"
        )


# The first look


async def test_the_first_look_finds_what_stands_in_the_log_alone_and_writes_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await one.client("Harbour Bakery")
        assert (tmp_path / f"{DIRECTORY_FILE}-wal").stat().st_size > 0
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.db*")}
        assert looks_right(tmp_path, BAKERY)
        assert looks_right(tmp_path)
        assert not looks_right(tmp_path, "nobody")
        assert not looks_new(tmp_path)
        assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.db*")} == before


def test_where_there_is_no_folder_the_first_look_makes_none(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert looks_new(data)
    assert not looks_right(data)
    assert not data.exists()
