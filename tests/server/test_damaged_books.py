"""Whatever happens to one client's books, that client is named as out of service, with the sentence for what happened;
everything else of the practice works, and nobody hears a library's words.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from sqlite3 import connect
from typing import Any
from uuid import uuid4

import anyio
import pytest

from invoicing.organizations import OrganizationRef
from invoicing.refusals import Unavailable
from operations.access import Office, open_books
from operations.onboarding import ClientRequest, create_client_organization
from operations.organizations import ClientSummary, get_organization, list_clients
from operations.practices import local_owner
from operations.rights import Right
from operations.verification import verify_books
from server.app import find_organization
from storage.books.counts import counts
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.folder.diagnosis import diagnose
from storage.folder.migrating import migrate_all
from storage.folder.store import open_store
from storage.sqlite import connections, engines
from storage.sqlite.engines import Fault
from tests.support.assistant import assistant, text_of
from tests.support.backups import back_up, silent
from tests.support.clock import NOON, SettableClock
from tests.support.command_line import run_command
from tests.support.damages import KINDS, journal_mode_changed, statement
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from views.remedies import at_terminal, for_assistant, message_of, told

BAKERY, FINCH = "harbour-bakery-sandbox", "finch-studio-sandbox"
LIBRARY_WORDS = ("sqlite", "SELECT", "malformed", "no such", "disk image", "disk I/O", "unable to open", "Traceback")
DOWN = [name for name, kind in KINDS.items() if kind.down]
SOUND_INSIDE = {"of a newer version", "of an older version", "another journal mode"}
"""Nothing is wrong with these but for this program: they are in the backup."""
RUNNING = [name for name, kind in KINDS.items() if kind.running]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a practice and two clients, each with an invoice."""

    async def make(root: Path) -> Path:
        async with practice(root) as one:
            for name in ("Harbour Bakery", "Finch Studio"):
                await bill(one, await one.client(name))
        return root

    return anyio.run(make, tmp_path_factory.mktemp("damaged") / "data")


@pytest.fixture
def root(made_once: Path, tmp_path: Path) -> Path:
    """That data folder, to be damaged."""
    shutil.copytree(made_once, tmp_path / "data")
    return tmp_path / "data"


async def bill(one: Practice, organization: OrganizationRef) -> None:
    books = one.books(organization)
    customer = await one.customer(books, f"Hotel {uuid4().hex}")
    await one.issue(books, customer.id)


def books_of(root: Path) -> Path:
    """The bakery's books."""
    with closing(connect(root / "directory.db")) as directory:
        (found,) = directory.execute("SELECT id FROM organizations WHERE handle = ?", (BAKERY,)).fetchone()
    return root / ORGANIZATIONS_FOLDER / str(found) / BOOKS_FILE


class Open:
    """An open data folder, as a server has it."""

    def __init__(self, office: Office, bakery: OrganizationRef, finch: OrganizationRef) -> None:
        self.office, self.bakery, self.finch = office, bakery, finch

    async def said(self) -> str:
        """What the list of clients says of the bakery; of Finch Studio it must say that all is well."""
        _, page = await list_clients(self.office, partner="", query="", cursor="", limit=25)
        found: dict[str, ClientSummary] = {one.organization.handle: one for one in page.items}
        finch = found[FINCH].counts
        assert finch is not None
        assert finch.documents > 0
        blockers = [told(blocker, for_assistant) for blocker in found[BAKERY].blockers]
        return " ".join(blockers) if found[BAKERY].counts is None else ""

    async def the_others_work(self) -> None:
        """An invoice for Finch Studio, and a client more."""
        books = open_books(self.office, self.finch, Right.ISSUE)
        before = await books.read(counts)
        await bill(Practice(self.office, SettableClock(), self.finch), self.finch)
        assert (await books.read(counts)).documents == before.documents + 1
        made = await create_client_organization(self.office, ClientRequest(name="One More", country="GB"))
        assert made.created is not None

    async def refused(self) -> list[str]:
        """What acts for the bakery itself answer: one that reads a little, one that reads much, two that write, and
        one for another client that would copy from it.
        """
        books = open_books(self.office, self.bakery, Right.ISSUE)
        one = Practice(self.office, SettableClock(), self.bakery)
        acts: list[Callable[[], Any]] = [
            lambda: get_organization(books),
            lambda: verify_books(books),
            lambda: one.customer(books, "Bar Sol"),
            lambda: books.write(counts, size=1_000),
            lambda: create_client_organization(
                self.office, ClientRequest(name="Copied", country="GB", copy_from=BAKERY)
            ),
        ]
        answered = []
        for act in acts:
            with pytest.raises(Unavailable) as caught:
                await act()
            answered.append(message_of(caught.value, for_assistant))
        return answered


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[Open]:
    async with open_store(root) as store:
        owner = await local_owner(store)
        assert owner is not None
        office = Office(store=store, principal=owner, clock=SettableClock())
        yield Open(office, await find_organization(office, BAKERY), await find_organization(office, FINCH))


async def check(practice: Open, fault: Fault) -> None:
    """The bakery is out of service for this reason, in every act alike, and nobody else is."""
    sentence = f"The books of {BAKERY} are out of service: {told(fault.reason, for_assistant)}"
    assert await practice.said() == sentence
    assert set(await practice.refused()) == {sentence}
    assert await practice.said() == sentence, "it is remembered"
    await practice.the_others_work()


def all_that_doctor_says(root: Path) -> dict[str, str]:
    return {
        one.subject: told(one.remark, at_terminal)
        for one in diagnose(root, free_bytes_wanted=0)
        if one.severity != "note"
    }


@pytest.mark.parametrize("kind", RUNNING)
async def test_books_that_are_damaged_while_they_are_served_are_out_of_service_and_no_others(
    root: Path, kind: str
) -> None:
    fault = KINDS[kind].running
    assert fault is not None
    async with opened(root) as practice:
        await bill(Practice(practice.office, SettableClock(), practice.bakery), practice.bakery)
        assert await practice.said() == ""
        KINDS[kind].do(books_of(root))
        await check(practice, fault)


@pytest.mark.parametrize("kind", DOWN)
async def test_books_that_were_damaged_are_out_of_service_and_no_others(root: Path, kind: str, tmp_path: Path) -> None:
    fault = KINDS[kind].down
    assert fault is not None
    path = books_of(root)
    KINDS[kind].do(path)
    found = all_that_doctor_says(root)
    assert set(found) == {BAKERY}
    assert f"{path}: {told(fault.reason, at_terminal)}" == found[BAKERY]
    report = back_up(root, tmp_path / "backup", now=NOON, progress=silent)
    sound = kind in SOUND_INSIDE
    assert report.damaged == (() if sound else (path.relative_to(root).as_posix(),))
    async with opened(root) as practice:
        await check(practice, fault)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], root: Path) -> Run:
    """The command line on the data folder."""

    def run(*arguments: str) -> tuple[int, str, str]:
        return run_command(monkeypatch, capsys, *arguments, "--data", str(root))

    return run


def check_words(*texts: str) -> None:
    """Nothing in a text is a library's."""
    for text in texts:
        assert not [word for word in LIBRARY_WORDS if word.lower() in text.lower()], text


@pytest.mark.parametrize(
    "kind",
    [
        "cut in the middle",
        "a table's page zeroed",
        "a table dropped",
        "the template in its place",
        "a pipe in its place",
    ],
)
def test_every_command_says_in_our_words_what_is_wrong_and_what_to_do(root: Path, run: Run, kind: str) -> None:
    fault = KINDS[kind].down
    assert fault is not None
    KINDS[kind].do(books_of(root))
    for command in (("verify",), ("verify", "--json"), ("doctor",), ("doctor", "--json")):
        code, out, err = run(*command)
        assert code == 1
        assert told(fault.reason, at_terminal) in out
        check_words(out, err)
        assert "1 file: in order" not in out
    code, out, err = run("verify", "--organization", FINCH)
    assert (code, "in order" in out) == (0, True)
    _, out, err = run("migrate")
    check_words(out, err)
    code, out, err = run("backup", str(root.with_name("backup")))
    assert (code, BOOKS_FILE in err) == (1, True)
    check_words(out, err)
    code, out, err = run("key", "create", "--organization", BAKERY, "--name", "program")
    assert (code, f"The books of {BAKERY} are out of service" in err) == (1, True)
    check_words(out, err)


async def test_the_assistant_is_told_in_our_words(root: Path) -> None:
    KINDS["a table's page zeroed"].do(books_of(root))
    async with opened(root) as practice, assistant(practice.office) as talking:
        listed = text_of(await talking.call("list_clients"))
        assert f"The books of {BAKERY} are out of service: {Fault.DAMAGED.sentence}" in listed
        for tool, arguments in (
            ("get_organization", {}),
            ("find_customers", {"query": "Hotel"}),
            ("save_customer", {"name": "Bar Sol", "country": "GB"}),
            ("export_documents", {"format": "csv"}),
        ):
            error = await talking.refused(tool, organization=BAKERY, **arguments)
            assert error["code"] == "unavailable"
            assert error["message"].startswith(f"The books of {BAKERY} are out of service: {Fault.DAMAGED.sentence}")
            check_words(error["message"])
        await talking.ok("get_organization", organization=FINCH)
    async with opened(root) as practice, assistant(practice.office, organization=BAKERY) as dedicated:
        assert (await dedicated.refused("get_organization"))["code"] == "unavailable"


async def test_books_that_are_mended_are_in_service_again_without_a_restart(root: Path) -> None:
    path = books_of(root)
    sound = path.read_bytes()
    KINDS["an index's page zeroed"].do(path)
    async with opened(root) as practice:
        assert Fault.DAMAGED.sentence in await practice.said()
        path.write_bytes(sound)
        assert await practice.said() == ""
        await bill(Practice(practice.office, SettableClock(), practice.bakery), practice.bakery)


async def test_after_an_error_in_the_middle_nothing_more_is_written(root: Path) -> None:
    """A page that was damaged without a trace is noticed when a statement comes to it: from then on all is refused."""
    path = books_of(root)
    async with opened(root) as practice:
        assert await practice.said() == ""
        before = path.stat()
        KINDS["a table's page zeroed"].do(path)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        books = open_books(practice.office, practice.bakery, Right.ISSUE)
        with pytest.raises(Unavailable, match="damaged inside"):
            await books.read(lambda db: db.connection().exec_driver_sql("SELECT * FROM customers").all())
        content = path.read_bytes()
        await check(practice, Fault.DAMAGED)
        assert path.read_bytes() == content


async def test_a_row_that_cannot_be_read_hides_no_other_client(root: Path) -> None:
    statement("UPDATE profile SET environment = 'nowhere'")(books_of(root))
    assert BAKERY in all_that_doctor_says(root)
    async with opened(root) as practice:
        assert Fault.ROWS.sentence in await practice.said()
        await practice.the_others_work()


async def test_books_that_another_process_keeps_to_itself_are_busy_and_not_damaged(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engines, connections):
        monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 10)
    with raw(books_of(root)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        async with opened(root) as practice:
            said = await practice.said()
            assert said == f"The books are busy with another write. {Fault.BUSY.advice}"
            other.close()
            assert await practice.said() == ""


async def test_books_out_of_service_are_logged_once(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    KINDS["a trigger dropped"].do(books_of(root))
    async with opened(root) as practice:
        for _ in range(20):
            await practice.said()
    assert len([one for one in caplog.records if "out of service" in one.message]) == 1


def test_a_changed_journal_mode_is_mended_by_hand_and_not_by_a_start(root: Path, run: Run) -> None:
    journal_mode_changed(books_of(root))
    migrate_all(root, silent)
    assert Fault.JOURNAL.sentence in all_that_doctor_says(root)[BAKERY]
    assert run("migrate")[0] == 0
    assert all_that_doctor_says(root) == {}
    assert run("verify")[0] == 0
