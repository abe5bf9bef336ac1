"""A PgBouncer before the server of the tests, which lends its connections for a transaction."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.servers import LOGIN, Server
from tests.support.waiting import until

PROGRAM = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer") or ""


@asynccontextmanager
async def bouncer(server: Server) -> AsyncIterator[Path]:
    """The folder of its socket."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-bouncer-") as name:
        folder = Path(name)
        settings = {
            "listen_addr": "",
            "unix_socket_dir": folder,
            "listen_port": 5432,
            "auth_type": "any",
            "pool_mode": "transaction",
            "default_pool_size": 3,
            "logfile": folder / "log",
            "pidfile": folder / "pid",
        }
        lines = [f"{name} = {value}" for name, value in settings.items()]
        place = folder / "bouncer.ini"
        databases = f"[databases]\n* = host={server.folder} user={LOGIN}\n[pgbouncer]\n"
        place.write_text(databases + "\n".join(lines) + "\n", "utf-8")
        server.give(folder)
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "-q", str(place), user=server.user or None, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            await until((folder / ".s.PGSQL.5432").exists)
            yield folder
        finally:
            process.kill()
            await process.wait()
