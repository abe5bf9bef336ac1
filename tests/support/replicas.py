"""Copies of the server of the tests: one that follows it, and ones that are recovered from a backup and its archive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from operations.access import Office, open_books
from operations.rights import Right
from operations.verification import verify_books
from storage.folder import store
from storage.folder.home import name_home
from storage.postgres.addresses import address_of
from tests.support import stores
from tests.support.auditor import numbers
from tests.support.issuing import issue_invoice
from tests.support.practice import Practice, issue_request
from tests.support.servers import Server, server
from tests.support.waiting import until

NAME = "replica"


class Replica(Server):
    """A server that follows another, and answers what is read, until it is promoted."""

    def __init__(self, of: Server) -> None:
        self._begin_folder({"cluster_name": NAME})
        self.take_base_backup(of, self.folder / "data", "-R")
        self.start()

    def promote(self) -> None:
        """Let it go on by itself, and wait for no replica of its own, as what it was copied from did."""
        self.sql("ALTER SYSTEM RESET synchronous_standby_names")
        self.sql("SELECT pg_reload_conf()")
        self._control("promote", "-w")

    def follow_no_more(self) -> None:
        """Cut the line to what it follows."""
        self.sql("ALTER SYSTEM SET primary_conninfo = ''")
        self.sql("SELECT pg_reload_conf()")


class Recovered(Server):
    """A server of a base backup and the archive of what happened since, up to a moment or to its end."""

    def __init__(self, base: Path, archive: Path, *, until_moment: str = "") -> None:
        self._begin_folder({})
        self._run("cp", "-a", str(base), str(self.folder / "data"))
        lines = [f"restore_command = 'cp {archive}/%f %p'", "recovery_target_action = 'promote'"]
        if until_moment:
            lines.append(f"recovery_target_time = '{until_moment}'")
        settings = self.folder / "data" / "postgresql.auto.conf"
        settings.write_text("\n".join(lines) + "\n", "utf-8")
        (self.folder / "data" / "recovery.signal").touch()
        self.start()
        while self.sql("SELECT pg_is_in_recovery()") == "t":
            pass


@contextmanager
def running(one: Server) -> Iterator[Server]:
    """The server, which is removed at the end."""
    try:
        yield one
    finally:
        one.stop()


@contextmanager
def settings_of_server(**settings: str) -> Iterator[None]:
    """The server of the tests with other settings, which may want a restart; at the end as it was, and running."""
    for name, value in settings.items():
        server().sql(f"ALTER SYSTEM SET {name} = '{value}'")
    server().restart()
    try:
        yield
    finally:
        if not server().is_running():
            server().start()
        server().sql("ALTER SYSTEM RESET ALL")
        server().restart()


@asynccontextmanager
async def office_on(one: Practice, another: Server) -> AsyncIterator[Office]:
    """The office of the practice on a server that has taken the place of the one that it was on."""
    here = stores.address(one.root)
    assert here is not None
    address = address_of(another.url(here.database))
    name_home(one.root, str(address))
    async with store.open_store(one.root, address=address) as far:
        yield replace(one.office, store=far)


async def until_said(one: Server, query: str, answer: str) -> None:
    """Wait until the server answers this."""
    await until(lambda: one.sql(query) == answer)


def archive_in(folder: Path) -> Path:
    """A folder that the server's own user can write to."""
    archive = folder / "archive"
    archive.mkdir()
    server().give(archive)
    return archive


async def kill_when(holds: Callable[[], bool]) -> None:
    """Let the server of the tests crash in the middle of what is under way, as soon as this holds."""
    await until(holds, seconds=120)
    await asyncio.to_thread(server().kill)


async def goes_on_behind(office: Office, one: Practice, customer: str, last: int) -> None:
    """The next number is the one behind all that were ever given out, and the books are in order."""
    books = open_books(office, one.first_client, Right.ISSUE)
    made = await issue_invoice(books, issue_request(customer))
    assert made.document.number == numbers(last + 1, 2026)[-1]
    verified = await verify_books(replace(books, may_change=False))
    assert verified.problem == ""
