"""The real server process: raw bytes at its port, its log, and what it leaves in the data folder."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from server.app import local_office
from server.http.listening import listen
from tests.support.assistant import ERAS, Era
from tests.support.http import BAKERY, FINCH, LINES, ROOT, Credentials, RealServer, Site, real_server
from tests.support.practice import practice
from tests.support.processes import run_program
from tests.support.stores import lying_there, settings
from tests.support.visits import sign_in

SHORT = 12


async def bakery_and_finch(data: Path) -> dict[str, str]:
    """A data folder with two clients, closed again, and one credential of each sort."""
    async with practice(data) as one:
        made = Credentials.of(one)
        bakery, finch = await one.client("Harbour Bakery"), await one.client("Finch Studio")
        await one.customer(one.books(bakery))
        return {
            "token": await made.token(),
            "read-only": await made.token(read_only=True),
            "key": await made.key(bakery),
            "link": await made.link(finch),
            "revoked": await made.token(),
        }


async def raw(server: RealServer, sent: bytes, *, leave: bool = False) -> bytes:
    """What the process answers to bytes, until it closes the connection; `leave` says that we do so first."""
    port = int(server.site.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    if leave:
        writer.write_eof()
    async with asyncio.timeout(30):
        said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return said


def request(path: str, *headers: str, method: str = "POST", body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Connection: close", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def test_raw_paths_and_headers_open_no_door_and_stand_in_no_log(tmp_path: Path) -> None:
    data, numbers = tmp_path / "data", tmp_path / "token"
    token = (await bakery_and_finch(data))["token"]
    numbers.write_text("of-the-operator-" * 2)
    told = {"COUNTERFOIL_METRICS": "1", "COUNTERFOIL_METRICS_TOKEN_FILE": str(numbers)}
    async with real_server(data, settings=told | {"COUNTERFOIL_LOG_FORMAT": "json"}) as server:
        host, owner = f"Host: {server.site.url[7:]}", f"Authorization: Bearer {token}"
        paths = (
            f"/mcp/{FINCH}/../{BAKERY}",
            f"/mcp/./{BAKERY}",
            "/mcp/..",
            f"/mcp/{FINCH}/%2e%2e/{BAKERY}",
            f"/mcp/{BAKERY}%00",
            f"/mcp/{BAKERY}%0d%0a",
            "/mcp/%ff%fe",
            f"http://evil.example/mcp/{BAKERY}/x",
            "*",
            "/mcp/" + "a" * 5000,
        )
        for path in paths:
            assert status(await raw(server, request(path, host, owner))) in (400, 404), path
        assert status(await raw(server, request("/mcp", host, "Authorization: Bearer \xe9\xff"))) == 401
        assert status(await raw(server, request("/mcp", host, "Authorization: Bearer no", owner))) == 400
        assert status(await raw(server, request("/mcp", owner))) in (400, 403)
        assert status(await raw(server, request("/mcp", host, "Host: evil.example", owner))) in (400, 403)
        assert status(await raw(server, b"\x16\x03\x01 nonsense\r\n\r\n")) == 400
        assert status(await raw(server, request(f"/mcp/{BAKERY}", host, owner))) == 400
        assert server.process.returncode is None
        shown = await server.site.send("GET", "/metrics", numbers.read_text())
        await server.stop()
    assert re.search(r'^counterfoil_connections\{of="stranger",process="\d+"\} \d+$', shown.text, re.MULTILINE)
    assert_data_and_nobodys_words(
        server.said.read_text("utf-8"), f"serving {data} on ", (token, "evil", FINCH, "%", "aaaa")
    )


def assert_data_and_nobodys_words(said: str, announced: str, canaries: tuple[str, ...]) -> None:
    """Of what a server has said, each line is a JSON object; the first is the announcement."""
    first, *lines = (json.loads(line) for line in said.splitlines())
    assert (first["event"], first["said"].startswith(announced)) == ("told", True)
    requests = {(one["route"], one["status"]) for one in lines if one["event"] == "request"}
    assert requests >= {("/mcp", 401), ("/mcp", 400), ("other", 404), ("/metrics", 200), ("/healthz", 200)}
    rest = said.partition("\n")[2]
    assert [one for one in canaries if one in rest] == []


def test_no_answer_waits_for_the_acknowledgement_of_its_first_part() -> None:
    """With Nagle's algorithm an event stream takes the 40 ms after which a client acknowledges without being asked."""
    with closing(listen("127.0.0.1", 0)) as listener, closing(socket.create_connection(listener.getsockname())):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("era", ERAS)
async def test_a_conversation_of_the_sdk_runs_over_a_real_socket(tmp_path: Path, era: Era) -> None:
    data = tmp_path / "data"
    secrets = await bakery_and_finch(data)
    async with real_server(data) as server:
        async with server.site.chat(secrets["token"], era=era) as chat:
            await chat.switch(BAKERY)
            issued = await chat.ok("issue_invoice", customer="Hotel Bristol", lines=LINES)
            rendered = await chat.ok("render_document", document=issued["invoice"]["number"])
            async with server.site.http() as browser:
                opened = await browser.get(rendered["link"])
            assert hashlib.sha256(opened.content).hexdigest() == rendered["sha256"]
        await server.stop()
    named = server.site.url.replace("127.0.0.1", "localhost")
    (said,) = server.said.read_text("utf-8").splitlines()
    assert said.startswith(f"counterfoil: serving {data} on {named}/mcp,")
    assert said.endswith(f"for browsers: {named}/")


async def test_no_secret_is_in_the_log_nor_in_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    secrets = await bakery_and_finch(data)
    async with local_office(settings(data)) as office:
        await Credentials(office).revoke("token", secrets["revoked"])
    async with real_server(data) as server:
        site = server.site
        async with site.chat(secrets["token"]) as chat:
            issued = await chat.ok("issue_invoice", organization=BAKERY, customer="Hotel Bristol", lines=LINES)
            link = (await chat.ok("render_document", organization=BAKERY, document=issued["invoice"]["id"]))["link"]
            page = (await chat.ok("create_client_api_key", organization=BAKERY, name="till"))["link"]
        async with site.http() as browser:
            assert (await browser.get(link)).status_code == 200
        public, _, path = page.partition("/keys/")
        async with local_office(settings(data)) as office:
            visit = await sign_in(Site(public), office)
        (key,) = re.findall(r'<code class="secret">(\w+)</code>', (await visit.post(f"/keys/{path}")).text)
        secrets |= {"file": link.rpartition("/")[2], "page": path, "shown": key, "cookie": visit.secret}
        for one in secrets.values():
            broken = b'{"jsonrpc": "2.0", "id": 1, "method": "\xff'
            for path in ("/mcp", f"/mcp/k/{one}", f"/mcp/{BAKERY}", f"/files/{one}", f"/files/{one}x", f"/keys/{one}"):
                for method in ("GET", "POST"):
                    await site.send(method, path, one, content=broken)
            host = f"Host: {site.url[7:]}"
            cut = request(f"/mcp/k/{one}", host, f"Authorization: Bearer {one}", body=b"x" * 100)[:-50]
            await raw(server, cut, leave=True)
            await raw(server, f"POST /mcp/k/{one} HTTP/1.1\r\n{host}\r\nAuthorization {one}\r\n\r\n".encode())
        await site.initialize("/mcp", secrets["token"])
        await server.stop()
    said = server.said.read_text("utf-8")
    assert "Traceback" not in said, said
    kept = lying_there(data)
    assert BAKERY.encode() in kept
    for name, one in secrets.items():
        # What follows an underscore can be two letters, which stand anywhere.
        rest = one.rpartition("_")[2]
        for text in (one, one.upper(), *([rest] if len(rest) > SHORT else [])):
            assert text not in said, name
            assert text.encode() not in kept, name
        assert one.partition(".")[0] not in said


def test_the_server_refuses_to_start_where_it_should(tmp_path: Path) -> None:
    nowhere = run_program("serve", "--data", str(tmp_path / "none"))
    assert (nowhere.returncode, len(nowhere.stderr.splitlines())) == (1, 1)
    assert nowhere.stderr.startswith("counterfoil: not_found: There is no Counterfoil data folder")
    assert not (tmp_path / "none").exists()


def test_an_incident_is_one_line_of_the_log_and_a_plain_traceback() -> None:
    script = """
from server.logs import begin_log
from server.refused import defect

begin_log()
try:
    1 / 0
except ZeroDivisionError as error:
    defect(error, doing="calling find_customers")
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.match(
        r"\S+ \S+ ERROR counterfoil: incident inc_\w+ while calling find_customers\n    Traceback \(", ended.stderr
    )
