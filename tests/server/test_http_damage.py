"""Damage over HTTP: the same sentences, not for strangers; and nothing in the data folder keeps a server waiting."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from storage.books.pool import BOOKS_FILE
from storage.faults.errors import told
from storage.sqlite.engines import Fault
from tests.support.damages import KINDS
from tests.support.folders import folder_of
from tests.support.http import BAKERY, FINCH, HERE, LINES, ROOT, Credentials, House, free_port, house, real_server
from tests.support.practice import practice
from tests.support.processes import run_program
from tests.support.raw import raw_value
from tests.support.storage import no_room

OUT_OF_SERVICE = f"The books of {BAKERY} are out of service: "
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


async def link_to_a_pdf(at_home: House) -> str:
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        issued = await chat.ok("issue_invoice", organization=BAKERY, customer="Hotel Bristol", lines=LINES)
        made = await chat.ok("render_document", organization=BAKERY, document=issued["invoice"]["id"])
    return str(made["link"]).removeprefix(HERE)


async def test_downloads_and_dedicated_connections_say_what_is_wrong_and_the_others_work(at_home: House) -> None:
    link, key = await link_to_a_pdf(at_home), await at_home.credentials.key(at_home.bakery)
    KINDS["a table's page zeroed"].do(folder_of(at_home.one.books(at_home.bakery)) / BOOKS_FILE)
    answer = await at_home.site.send("GET", link)
    assert (answer.status_code, Fault.DAMAGED.sentence in answer.text) == (503, True)
    async with at_home.site.chat(key, f"/mcp/{BAKERY}") as chat:
        error = await chat.refused("get_organization")
        assert error["message"].startswith(OUT_OF_SERVICE + Fault.DAMAGED.sentence)
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        listed = await chat.ok("list_clients")
        told_of = {one["handle"]: " ".join(one["blockers"]) for one in listed["clients"]}
        assert told_of[BAKERY].startswith(OUT_OF_SERVICE + Fault.DAMAGED.sentence)
        await chat.ok("issue_invoice", organization=FINCH, customer="Hotel Bristol", lines=LINES)


@pytest.mark.parametrize("other", ["a pipe", "a link", "a folder"])
async def test_what_is_in_the_place_of_a_pdf_is_neither_followed_nor_waited_for(at_home: House, other: str) -> None:
    link = await link_to_a_pdf(at_home)
    (pdf,) = (folder_of(at_home.one.books(at_home.bakery)) / "documents").iterdir()
    aside = pdf.rename(pdf.with_suffix(".aside"))
    match other:
        case "a pipe":
            os.mkfifo(pdf)
        case "a link":
            pdf.symlink_to(aside)
        case _:
            pdf.mkdir()
    async with asyncio.timeout(30):
        answer = await at_home.site.send("GET", link)
    assert (answer.status_code, "damaged or missing" in answer.text) == (503, True)


async def test_a_full_disk_is_told_to_whoever_has_a_credential_and_to_nobody_else(at_home: House) -> None:
    token = await at_home.credentials.token()
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    with no_room():
        known = await at_home.site.send(
            "POST", "/mcp", headers={**headers, "Authorization": f"Bearer {token}"}, json=INITIALIZE
        )
        stranger = await at_home.site.send("POST", "/mcp", headers=headers, json=INITIALIZE)
    assert (known.status_code, known.text) == (503, told(ROOT, Fault.FULL).message)
    assert stranger.status_code == 401


async def test_a_server_with_a_pipe_in_a_clients_place_serves_the_others_and_stops_when_it_is_told(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    async with practice(data) as one:
        token = await Credentials.of(one).token()
        folders = [folder_of(one.books(await one.client(name))) for name in ("Harbour Bakery", "Finch Studio")]
    (folders[0] / BOOKS_FILE).unlink()
    os.mkfifo(folders[0] / BOOKS_FILE)
    async with asyncio.timeout(90), real_server(data) as server:
        async with server.site.chat(token) as chat:
            listed = await chat.ok("list_clients")
            assert [one["handle"] for one in listed["clients"] if one["ready"]] == [FINCH]
            told_of = {one["handle"]: " ".join(one["blockers"]) for one in listed["clients"]}
            assert told_of[BAKERY].startswith(OUT_OF_SERVICE + Fault.NOT_A_FILE.sentence)
            await chat.ok("save_customer", organization=FINCH, name="Bar Sol", country="GB")
        await server.stop()


async def begin(data: Path) -> None:
    async with practice(data):
        pass


@pytest.mark.parametrize("place", ["directory.db", "directory.db-wal", "keys"])
def test_a_server_with_a_pipe_in_the_place_of_what_it_needs_says_so_and_ends(
    tmp_path: Path, own_keys: Path, place: str
) -> None:
    data = tmp_path / "data"
    anyio.run(begin, data)
    name = raw_value(data / "directory.db", "SELECT name FROM installation")
    own_keys.mkdir(exist_ok=True)
    pipe = own_keys / f"{name}.key" if place == "keys" else data / place
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    ended = run_program("serve", "--data", str(data), "--port", str(free_port()))
    assert ended.returncode == 1
    assert ended.stderr.startswith("counterfoil: unavailable: ")
    assert len(ended.stderr.splitlines()) == 1
