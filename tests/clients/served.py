"""What the clients speak to: a new data folder with a practice and two clients, served on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from operations.access import Office
from operations.practices import local_owner
from server.app import system_clock
from server.pages.cookies import SessionCookie
from storage.folder.store import open_store
from storage.ids import new_id
from tests.support.identity import sign_in

ORGANIZATION = "harbour-bakery-sandbox"
CLIENTS = {"Harbour Bakery": ORGANIZATION, "Finch Studio": "finch-studio-sandbox"}
_COUNTERFOIL = str(Path(sys.executable).with_name("counterfoil"))


@dataclass
class Served:
    """A served data folder, a token of its owner, and the cookie of the owner's browser once it is prepared."""

    data: Path
    url: str
    token: str
    cookie: str = ""

    def given(self, transport: str) -> dict[str, Any]:
        """What a script is told; over stdio it starts a server of its own on the same folder."""
        return {
            "transport": transport,
            "url": self.url,
            "urls": {name: f"{self.url}/{handle}" for name, handle in CLIENTS.items()},
            "token": self.token,
            "cookie": self.cookie,
            "command": _COUNTERFOIL,
            "args": ["stdio", "--data", str(self.data)],
            "python": sys.executable,
            "organization": ORGANIZATION,
            "reference": new_id("try"),
        }

    async def prepare(self) -> None:
        """Two clients, so that nothing says by itself for which of them a call acts, and a customer of one."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(self.url, http_client=http)) as client,
        ):
            for tool, arguments in (
                ("create_client_organization", {"name": "Harbour Bakery", "country": "GB"}),
                ("create_client_organization", {"name": "Finch Studio", "country": "GB"}),
                ("save_customer", {"organization": ORGANIZATION, "name": "Hotel Bristol"}),
            ):
                result = await client.call_tool(tool, arguments)
                if result.is_error:
                    raise RuntimeError(f"{tool}: {result}")
        async with open_store(self.data) as store:
            owner = await local_owner(store)
            assert owner is not None
            office = Office(store=store, principal=owner, clock=system_clock)
            self.cookie = f"{SessionCookie.of(self.url).name}={await sign_in(office)}"


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve a new practice until the end; what the server says goes to `server.log` in the folder."""
    data = folder / "data"
    practice = ["--name", "Quay Accounting", "--country", "GB", "--email", "owner@example.com"]
    made = subprocess.run(
        [_COUNTERFOIL, "init", *practice, "--data", data, "--json"], check=True, capture_output=True, text=True
    )
    port = _free_port()
    server = subprocess.Popen(
        [_COUNTERFOIL, "serve", "--data", data, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        if server.stdout is None or not any("serving" in line for line in server.stdout):
            raise RuntimeError("The server ended before it served.")
        Thread(target=_keep, args=(server.stdout, folder / "server.log"), daemon=True).start()
        yield Served(data, f"http://127.0.0.1:{port}/mcp", json.loads(made.stdout)["token"])
    finally:
        server.terminate()
        server.wait()


def _keep(said: IO[str], log: Path) -> None:
    """Read on, so that the server never waits for its reader."""
    with log.open("w", encoding="utf-8") as kept:
        kept.writelines(said)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
