"""A PostgreSQL server for one run of tests: made in a folder, on a socket of its own, and ended with the run."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

LOGIN = "counterfoil"
"""Serves, and makes schemas: no superuser, and NOINHERIT."""
# Debian keeps those of each release by themselves, and none of them where a shell looks.
_PROGRAMS = sorted((str(one) for one in Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
# It sorts texts as a dictionary does, as many do: no list of ours may hang on that.
_ORDER = ("--locale-provider=icu", "--icu-locale=en")
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    # What a test made is never needed after a crash of the machine.
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}

_DURABLE = {name: _SETTINGS[name] for name in ("listen_addresses", "max_connections")}


class Server:
    """A server that runs, and the databases in it. One that is `durable` keeps what was committed on the disk."""

    def __init__(self, settings: Mapping[str, str] | None = None, *, durable: bool = False) -> None:
        self._begin_folder(settings or {}, durable=durable)
        data = self.folder / "data"
        self._run(
            "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", *_ORDER
        )
        self.start()
        self.sql(f"CREATE ROLE {LOGIN} LOGIN NOINHERIT CREATEROLE")

    def _begin_folder(self, settings: Mapping[str, str], *, durable: bool = False) -> None:
        self._settings = _DURABLE if durable else {**_SETTINGS, **settings}
        self.folder = Path(tempfile.mkdtemp(prefix="counterfoil-postgres-"))
        self.user = _user()
        self.give(self.folder)
        atexit.register(self.stop)

    def give(self, folder: Path) -> None:
        """Let the server's user work in the folder."""
        if self.user:
            shutil.chown(folder, self.user)

    def url(self, database: str) -> str:
        """How the login of an installation reaches a database."""
        return f"postgresql://{LOGIN}@/{database}?host={self.folder}"

    def create(self, database: str, *, template: str = "template1") -> None:
        """A database of the login, empty or as the template is."""
        self.sql(f'CREATE DATABASE "{database}" OWNER {LOGIN} TEMPLATE "{template}"')
        # What is copied has not the rights of the database that it is copied from.
        self.sql(f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC')

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """What the superuser is answered, as psql prints it without headings."""
        return self._run(
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", "postgres",
            "-d", database, "-c", statement,
        )  # fmt: skip

    def dump(self, database: str) -> str:
        """All that is in a database, as statements."""
        return self._run("pg_dump", "-h", str(self.folder), "-U", "postgres", "-d", database)

    def start(self) -> None:
        """Start the server, with its settings."""
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in self._settings.items())
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", f"{options} -k {self.folder}")

    def is_running(self) -> bool:
        """Whether it has not been ended."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def take_base_backup(self, of: Server, data: Path, *more: str) -> None:
        """Copy another server, which runs, into a folder of this one's user."""
        # The checkpoint is not spread over minutes.
        self._run("pg_basebackup", "-h", str(of.folder), "-U", "postgres", "-D", str(data), "-c", "fast", "-N", *more)

    def restart(self, how: str = "fast") -> None:
        """Stop the server in this way, and start it again."""
        self._control("restart", "-w", "-m", how)

    def kill(self) -> None:
        """End the server at once, as a crash of its machine would; its folder stays."""
        self._control("stop", "-w", "-m", "immediate")

    def stop(self) -> None:
        """End the server, and remove its folder."""
        if not self.folder.exists():
            return
        self._control("stop", "-w", "-m", "immediate", may_fail=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, *arguments: str, may_fail: bool = False) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *arguments, may_fail=may_fail)

    def _run(self, program: str, *arguments: str, may_fail: bool = False) -> str:
        # A server goes on after pg_ctl has ended, and would hold its pipe open.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [program_of(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                user=self.user or None,
                check=False,
            )
            said.seek(0)
            answer = said.read()
        if done.returncode and not may_fail:
            raise RuntimeError(f"{program}: {answer}")
        return answer.strip()


@cache
def server() -> Server:
    """The server of this process."""
    return Server()


def end_server() -> None:
    """End the server of this process, at the end of its tests: a test process ends without a word."""
    if server.cache_info().currsize:
        server().stop()
        server.cache_clear()


def is_installed() -> bool:
    """Whether this machine has what a server needs."""
    return bool(_found("initdb")) and bool(_found("postgres"))


def _user() -> str:
    """Whom the server runs as: root may not."""
    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def program_of(name: str) -> str:
    """Where a program of the server is."""
    found = _found(name)
    if not found:
        raise RuntimeError(f"PostgreSQL's {name} is not installed")
    return found


def _found(name: str) -> str:
    return shutil.which(name, path=os.pathsep.join((*_PROGRAMS, os.environ.get("PATH", "")))) or ""


MISSING = "because PostgreSQL is not installed"
needs_server = pytest.mark.skipif(
    not is_installed() and os.environ.get("COUNTERFOIL_POSTGRES") != "required", reason=MISSING
)
