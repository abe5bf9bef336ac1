"""`counterfoil organization`: the handles that other commands take, and books that are brought back."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import anyio
import pytest

from operations.access import Office
from operations.organizations import all_organizations
from operations.practices import local_owner
from tests.support import stores
from tests.support.clock import SettableClock
from tests.support.command_line import run_command
from tests.support.practice import Practice, practice
from tests.support.raw import keep_copy, put_back, raw, raw_value
from tests.support.stores import open_store


async def _practice_with_clients(data: Path) -> None:
    async with practice(data) as one:
        await one.client("Harbour Bakery")
        await one.client("Finch Studio", country="DE")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    anyio.run(_practice_with_clients, tmp_path / "data")
    return tmp_path / "data"


def listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: Path, *options: str) -> list[str]:
    code, out, err = run_command(monkeypatch, capsys, "organization", "list", "--data", str(data), *options)
    assert (code, err) == (0, "")
    return out.splitlines()


def test_the_practice_comes_first_then_its_clients_by_name(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(monkeypatch, capsys, data) == [
        "ledger-co-sandbox       Ledger & Co: practice, sandbox, GB, GBP",
        "finch-studio-sandbox    Finch Studio: client, sandbox, DE, EUR",
        "harbour-bakery-sandbox  Harbour Bakery: client, sandbox, GB, GBP",
    ]


def test_the_list_as_data_says_whose_client_it_is(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads("\n".join(listed(monkeypatch, capsys, data, "--json")))
    assert found[1] == {
        "handle": "finch-studio-sandbox",
        "name": "Finch Studio",
        "kind": "standard",
        "role": "owner",
        "partner": "ledger-co-sandbox",
        "environment": "sandbox",
        "country": "DE",
        "currency": "EUR",
        "archived": False,
    }
    assert (found[0]["kind"], found[0]["partner"]) == ("partner", None)


def test_archived_organizations_are_listed_when_asked_for(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with raw(data / "directory.db") as directory:
        directory.execute("UPDATE organizations SET archived_at = '2026-01-01' WHERE handle = 'finch-studio-sandbox'")
    assert not any("Finch" in line for line in listed(monkeypatch, capsys, data))
    assert listed(monkeypatch, capsys, data, "--archived")[1].endswith(
        "Finch Studio: client, sandbox, DE, EUR, archived"
    )


def test_where_there_is_no_practice_yet_it_says_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run_command(monkeypatch, capsys, "organization", "list", "--data", str(tmp_path / "none"))
    assert (code, out) == (1, "")
    assert err.startswith("counterfoil: not_found: ")
    assert not (tmp_path / "none").exists()


async def _issue(data: Path, times: int) -> str:
    """Issue so many invoices of Harbour Bakery, and answer the number of the last."""
    async with open_store(data) as store:
        principal = await local_owner(store)
        assert principal is not None
        office = Office(store=store, principal=principal, clock=SettableClock())
        (bakery,) = [
            one for one in await all_organizations(office, archived=False) if one.handle == "harbour-bakery-sandbox"
        ]
        one = Practice(office, SettableClock(), bakery)
        customer = await one.customer(one.books(bakery))
        return [(await one.issue(one.books(bakery), customer.id)).document.number for _ in range(times)][-1]


def _documents_set_aside(data: Path, books: Path) -> object:
    """How many documents there are in what was set aside."""
    if not stores.is_on_server():
        (aside,) = (data / "set-aside").iterdir()
        return raw_value(aside / "books.db", "SELECT count(*) FROM documents")
    schema = raw_value(books, "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'counterfoil_aside_%'")
    return raw_value(books, f'SELECT count(*) FROM "{schema}".documents')  # noqa: S608  # A name of ours.


def test_lost_books_are_brought_back_with_a_reason_and_one_organization_is_restored_alone(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*command: str) -> tuple[int, str, str]:
        return run_command(monkeypatch, capsys, *command, "--data", str(data))

    issue = partial(_issue, data)
    assert anyio.run(issue, 1) == "TEST-INV-2026-00001"
    backup = str(tmp_path / "backup")
    assert run("backup", backup)[0] == 0
    bakery = raw_value(data / "directory.db", "SELECT id FROM organizations WHERE handle = 'harbour-bakery-sandbox'")
    books = data / "organizations" / str(bakery) / "books.db"
    keep_copy(books, tmp_path / "copy.db")
    assert anyio.run(issue, 2) == "TEST-INV-2026-00003"
    handle = ("--organization", "harbour-bakery-sandbox")
    assert run("organization", "bring-back", *handle, "--reason", "none")[0] == 1
    assert run("restore", backup, *handle) == (1, "", "counterfoil: invalid_input: reason is required.\n")
    assert run("restore", backup, "--organization", "nobody", "--reason", "x")[0] == 1
    code, out, _ = run("restore", backup, *handle, "--reason", "the disk failed")
    assert code == 0
    assert "Lost by that: the last document is the 1. where there had been 3." in out
    # Nothing of what was there is gone: it is put back, and that is what had been there.
    assert _documents_set_aside(data, books) == 3
    code, out, _ = run("verify")
    assert code == 0
    assert "the numbers 2 to 3 were given out and lost; owner@example.com brought the books back" in out
    assert anyio.run(issue, 1) == "TEST-INV-2026-00004"
    # The same by hand, without the command that restores.
    put_back(tmp_path / "copy.db", books)
    code, _, err = run("verify")
    assert code == 1
    assert "something of them was lost" in err
    code, out, _ = run("organization", "bring-back", *handle, "--reason", "once more")
    assert code == 0
    assert "Never given out again: numbers 2 to 4 of series INVOICES 2026." in out
    assert anyio.run(issue, 1) == "TEST-INV-2026-00005"


def test_a_restored_organization_gives_no_number_of_what_was_set_aside_out_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the directory knows less than the books, whose last writer was killed before it was told."""

    def run(*command: str) -> tuple[int, str, str]:
        return run_command(monkeypatch, capsys, *command, "--data", str(data))

    issue = partial(_issue, data)
    assert anyio.run(issue, 1) == "TEST-INV-2026-00001"
    assert run("backup", str(tmp_path / "backup"))[0] == 0
    with raw(data / "directory.db") as connection:
        known = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("anchors", "anchored_numbers")]  # noqa: S608
    assert anyio.run(issue, 2) == "TEST-INV-2026-00003"
    with raw(data / "directory.db") as connection:
        for table, rows in zip(("anchors", "anchored_numbers"), known, strict=True):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
    handle = ("--organization", "harbour-bakery-sandbox")
    code, out, _ = run("restore", str(tmp_path / "backup"), *handle, "--reason", "the disk")
    assert code == 0
    assert "would give out numbers again: it had come to 3" in out
    assert anyio.run(issue, 1) == "TEST-INV-2026-00004"
    assert run("verify")[0] == 0
    # Books that were there before anchors were, and were never opened since.
    with raw(data / "directory.db") as connection:
        connection.execute("UPDATE anchors SET documents = NULL, entries = NULL")
        connection.execute("DELETE FROM anchored_numbers")
    # A restore that was killed between its two steps has left nothing in their place.
    aside = next((data / "set-aside").iterdir())
    (data / "organizations" / aside.name[:36]).rename(aside.with_name(f"{aside.name[:36]}-20260401T120000-0a1b2c3d"))
    assert run("restore", str(tmp_path / "backup"), *handle, "--reason", "again")[0] == 0
    assert anyio.run(issue, 1) == "TEST-INV-2026-00005"


def test_whoever_is_at_the_terminal_sets_whether_a_person_approves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    """The one way to take the policy back where nobody can sign in."""
    of = ("--organization", "ledger-co-sandbox", "--data", str(data))
    for policy in ("live", "off"):
        code, out, err = run_command(monkeypatch, capsys, "organization", "human-approval", policy, *of)
        assert (code, out, err) == (0, f"ledger-co-sandbox: human_approval is {policy}.\n", "")
    code, out, _ = run_command(monkeypatch, capsys, "organization", "human-approval", "live", *of, "--json")
    assert (code, json.loads(out)) == (0, {"organization": "ledger-co-sandbox", "human_approval": "live"})
    code, out, err = run_command(monkeypatch, capsys, "organization", "human-approval", "page", *of)
    assert (code, out) == (1, "")
    assert "must be off or live" in err
