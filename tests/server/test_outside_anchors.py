"""Anchors that lie elsewhere: what was taken out of books and directory alike is found, what was only added is not."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from invoicing.organizations import Clock, OrganizationRef
from operations.access import Office
from operations.outside_anchors import state_anchors
from operations.practices import local_owner
from operations.recovery import bring_back_books
from server.app import system_clock
from storage.directory import organizations
from storage.folder.outside_anchors import add_line, signed_line
from storage.folder.store import Store
from tests.server.test_cli import Outcome, Run, run
from tests.support.backups import back_up, silent
from tests.support.clock import NOON, SettableClock
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from tests.support.stores import copy, open_store, remove

__all__ = ["run"]
HANDLE = "harbour-bakery-sandbox"


async def office_at(store: Store, clock: Clock) -> Office:
    owner = await local_owner(store)
    assert owner is not None
    return Office(store=store, principal=owner, clock=clock)


async def bakery(office: Office) -> OrganizationRef:
    reach = office.principal.reach
    (found,) = await office.store.directory.read(
        lambda db: organizations.reachable_by_name(db, reach, "Harbour Bakery")
    )
    return found


async def issue(data: Path, amounts: int) -> None:
    """Issue so many more invoices for the client."""
    async with open_store(data) as store:
        office = await office_at(store, SettableClock())
        found = await bakery(office)
        one = Practice(office, SettableClock(), found)
        books = one.books(found)
        customer = await one.customer(books, name=f"Customer {amounts}")
        for _ in range(amounts):
            await one.issue(books, customer.id)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three invoices, which nobody has open, and beside it how it was with one, its anchors, and the
    keys with which they are signed.
    """

    async def make(folder: Path) -> Path:
        data = folder / "data"
        async with practice(data) as one:
            books = one.books(await one.client("Harbour Bakery"))
            await one.issue(books, (await one.customer(books)).id)
        copy(data, folder / "before")
        await issue(data, 2)
        async with open_store(data) as store:
            stated, left_out = await state_anchors(await office_at(store, system_clock))
            line = signed_line(stated, store.signing)
            assert (left_out, len(stated.heads)) == ({}, 2)
            assert add_line(folder / "anchors.jsonl", line, keys=store.signing, installation=store.name) == 1
            shutil.copytree(store.signing.path.parent, folder / "keys")
        assert (folder / "anchors.jsonl").stat().st_mode & 0o777 == 0o600
        return folder

    return anyio.run(make, tmp_path_factory.mktemp("made"))


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    for name in ("data", "before"):
        copy(made / name, tmp_path / name)
    shutil.copytree(made / "keys", tmp_path / "keys")
    shutil.copyfile(made / "anchors.jsonl", tmp_path / "anchors.jsonl")
    return tmp_path / "data"


@pytest.fixture
def anchored(data: Path) -> Path:
    """The file of anchors of the folder with three invoices."""
    return data.with_name("anchors.jsonl")


def roll_back(data: Path) -> None:
    """What somebody does who can write to all of the data folder: books and directory are as they were before."""
    remove(data)
    copy(data.with_name("before"), data)


def compare(run: Run, data: Path, file: Path, *more: str) -> Outcome:
    return run("verify", "--anchors", str(file), *more, data=data)


def test_documents_that_were_taken_away_with_all_their_traces_are_found(run: Run, data: Path, anchored: Path) -> None:
    assert compare(run, data, anchored).code == 0
    back_up(data, data.with_name("backup"), now=NOON, progress=silent)
    roll_back(data)
    assert run("verify", data=data).code == 0, "in itself everything is in order"
    for known in (anchored, data.with_name("backup")):
        said = compare(run, data, known)
        assert said.refusal.startswith(f"{HANDLE}: the anchor of ")
        assert said.refusal.endswith("the last document is the 1. where there had been 3")
    # Others in their place, up to the same position and beyond it, are not the same.
    anyio.run(issue, data, 3)
    assert run("verify", data=data).code == 0
    assert "the 3. document is not the one that had been there" in compare(run, data, anchored).refusal
    found = compare(run, data, anchored, "--json")
    assert (found.code, json.loads(found.out)["ok"]) == (1, False)


def test_numbers_that_books_and_directory_have_both_lost_are_not_given_out_again(
    run: Run, data: Path, anchored: Path
) -> None:
    roll_back(data)
    back = ("organization", "bring-back", "--organization", HANDLE, "--reason", "The server was recovered to noon.")
    assert run(*back, data=data).refusal.endswith("have lost nothing: there is nothing to bring back.")
    brought = run(*back, "--anchors", str(anchored), data=data)
    assert "What they had lost: the last document is the 1. where there had been 3." in brought.out
    assert "numbers 2 to 3 of series INVOICES 2026" in brought.out
    anyio.run(issue, data, 1)
    said = compare(run, data, anchored)
    assert (said.code, "brought the books back" in said.out) == (0, True)
    assert "TEST-INV-2026-00005" in run("series", "list", "--organization", HANDLE, data=data).out
    assert run(*back, "--signed-by", "0" * 32, data=data).code == 2


def test_books_that_have_gone_on_are_in_order_by_each_line(run: Run, data: Path, anchored: Path) -> None:
    anyio.run(issue, data, 1)
    assert compare(run, data, anchored).code == 0
    said = run("anchors", str(anchored), data=data)
    assert ("2 organizations" in said.out, "2 lines;" in said.out) == (True, True)
    with anchored.open("a") as stream:
        stream.write(run("anchors", data=data).out)
    assert compare(run, data, anchored, "--organization", HANDLE).code == 0
    roll_back(data)
    assert "the last document is the 1. where there had been 3" in compare(run, data, anchored).refusal


def test_a_loss_that_somebody_answers_for_is_a_note(run: Run, data: Path, anchored: Path) -> None:
    books = next(data.with_name("before").glob("organizations/*/books.db"))
    (client,) = [path for path in data.glob("organizations/*/books.db") if len(sizes(path)) == 3]
    for beside in client.parent.glob("books.db*"):
        beside.unlink()
    books = data.with_name("before") / client.relative_to(data)
    shutil.copyfile(books, client)
    anyio.run(bring_back, data)
    said = compare(run, data, anchored)
    assert said.code == 0, said
    (note,) = [line for line in said.out.splitlines() if ": the anchor of " in line]
    assert "knows more of these books: the last document is the 1. where there had been 3; owner@example.com" in note
    assert note.endswith(": the disk failed")


def sizes(path: Path) -> list[int]:
    with raw(path) as connection:
        return [row[0] for row in connection.execute("SELECT position FROM documents")]


async def bring_back(data: Path) -> None:
    async with open_store(data) as store:
        office = await office_at(store, system_clock)
        found = await bakery(office)
        await bring_back_books(office, found, reason="the disk failed")


def edited(file: Path, edit: Callable[[dict[str, object]], object]) -> None:
    line = json.loads(file.read_text())
    edit(line["anchors"])
    file.write_text(json.dumps(line) + "\n")


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a position": (
        lambda file: edited(file, lambda stated: stated["heads"][0]["documents"].update(position=1)),  # type: ignore[index]
        "Line 1 of the anchors is not what was signed",
    ),
    "an organization taken out": (
        lambda file: edited(file, lambda stated: stated.update(heads=[])),
        "Line 1 of the anchors is not what was signed",
    ),
    "its day": (lambda file: edited(file, lambda stated: stated.update(at="2020-01-01T00:00:00Z")), "was signed"),
    "another installation": (
        lambda file: edited(file, lambda stated: stated.update(installation="0" * 16)),
        "Line 1 of the anchors is of another installation",
    ),
    "half a line": (lambda file: file.write_text(file.read_text()[:99]), "Line 1 of the anchors is none that"),
    "another file": (lambda file: file.write_text("[1]\n"), "Line 1 of the anchors is none that"),
    "nothing": (lambda file: file.write_text(""), "empty"),
    "missing": (lambda file: file.unlink(), "is not there"),
}


def test_a_file_of_anchors_that_was_changed_is_refused(run: Run, data: Path, anchored: Path) -> None:
    sound = anchored.read_bytes()
    for name, (spoil, said) in SPOILED.items():
        anchored.write_bytes(sound)
        spoil(anchored)
        before = anchored.read_bytes() if anchored.exists() else b""
        refusal = compare(run, data, anchored).refusal
        assert (refusal.startswith("invalid_input: "), said in refusal) == (True, True), name
        if name in ("a position", "half a line"):
            assert run("anchors", str(anchored), data=data).refusal == refusal
            assert anchored.read_bytes() == before


def test_anchors_by_an_unknown_key_count_only_where_it_is_named(
    own_keys: Path, run: Run, data: Path, anchored: Path
) -> None:
    shutil.copytree(data.with_name("keys"), own_keys)
    assert run("signing-key", "exchange", data=data).code == 0
    assert compare(run, data, anchored).code == 0, "what the key before signed counts"
    assert run("signing-key", "exchange", "--forget", data=data).code == 0
    refusal = compare(run, data, anchored).refusal
    (name,) = re.findall("[0-9a-f]{32}", refusal)
    assert refusal.endswith("repeat the command with --signed-by and its name.")
    assert compare(run, data, anchored, "--signed-by", name).code == 0
    assert compare(run, data, anchored, "--signed-by", "0" * 32).code == 1
    assert run("verify", "--signed-by", name, data=data).code == 2
    shown = run("signing-key", "show", "--json", data=data).json
    assert (shown["before"], shown["signs"]["name"] == name) == ([], False)
