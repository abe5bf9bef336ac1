"""The commands `token`, `key` and `link`: made, listed and revoked, each said in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from invoicing.organizations import EVERYTHING
from operations.credentials import prepare_key
from server.app import find_organization, local_office
from tests.support.begun import begin_folder
from tests.support.command_line import run_command
from tests.support.raw import raw
from tests.support.stores import settings

HANDLE = "harbour-bakery-sandbox"
INIT = ("init", "--name", "Harbour Bakery", "--country", "GB", "--email", "ana@harbour.example", "--kind", "standard")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command on a data folder with one business in a sandbox, as the console script does."""
    monkeypatch.setenv("COUNTERFOIL_DATA", str(tmp_path / "data"))

    def run_here(*arguments: str) -> tuple[int, str, str]:
        return run_command(monkeypatch, capsys, *arguments)

    begin_folder(tmp_path / "data")
    assert run_here(*INIT, "--sandbox")[0] == 0
    return run_here


def said(run: Run, *arguments: str) -> str:
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    return out


def test_a_token_is_listed_under_its_name_and_an_empty_list_says_so(run: Run) -> None:
    assert said(run, "key", "list") == "There is no key yet.\n"
    assert said(run, "key", "list", "--json") == "[]\n"
    said(run, "token", "create", "--name", "Claude on my laptop")
    named, unnamed = said(run, "token", "list").splitlines()
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert named.partition("  ")[2] == f"Claude on my laptop: ana@harbour.example, created {today}, never used"
    # Called after its user, it does not name the user twice.
    assert unnamed.partition("  ")[2] == f"ana@harbour.example: created {today}, never used"
    assert "name" in run("token", "create", "--name", "x" * 81)[2]


def test_revoking_twice_says_that_it_was_done_before(run: Run) -> None:
    made = json.loads(said(run, "key", "create", "--organization", HANDLE, "--name", "Till", "--json"))
    prefix = made["prefix"]
    assert said(run, "key", "revoke", prefix) == f"Revoked the key {prefix} (Till).\n"
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert said(run, "key", "revoke", prefix) == f"The key {prefix} (Till) was revoked on {today} already.\n"
    assert said(run, "key", "list").endswith(f", revoked {today}\n")
    assert run("key", "revoke", "cfk_nothing")[2].startswith("counterfoil: not_found: ")


@pytest.mark.parametrize(("days", "code"), [("-1", 2), ("3651", 1), ("0", 0), ("3650", 0)])
def test_days_that_do_not_fit_are_told_with_the_ones_that_do(run: Run, days: str, code: int) -> None:
    exit_code, _, err = run("token", "create", "--expires-in-days", days)
    assert exit_code == code
    if code == 1:
        assert (
            err == "counterfoil: invalid_input: expires_in_days must be 1 to 3650; left out or 0, it does not expire.\n"
        )


def test_an_expired_token_is_listed_as_expired(run: Run, tmp_path: Path) -> None:
    said(run, "token", "create", "--name", "Once", "--expires-in-days", "1")
    assert ", expires 2" in said(run, "token", "list")
    with raw(tmp_path / "data" / "directory.db") as directory:
        directory.execute("UPDATE credentials SET expires_at = '2026-01-02 00:00:00' WHERE name = 'Once'")
    assert ", expired 2026-01-02" in said(run, "token", "list")


def test_a_key_that_waits_on_its_page_is_listed_as_not_shown(run: Run, tmp_path: Path) -> None:
    async def prepare() -> None:
        async with local_office(settings(tmp_path / "data")) as office:
            await prepare_key(office, await find_organization(office, HANDLE), "Till", scopes=EVERYTHING)

    anyio.run(prepare)
    assert said(run, "key", "list").endswith(", not shown yet\n")
    assert json.loads(said(run, "key", "list", "--json"))[0]["shown"] is False
    long_ago = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d %H:%M:%S}"
    with raw(tmp_path / "data" / "directory.db") as directory:
        directory.execute("UPDATE credentials SET created_at = ? WHERE name = 'Till'", (long_ago,))
    assert said(run, "key", "list").endswith(", never shown, and its page has expired\n")


def test_a_link_begins_with_the_url_under_which_the_server_is_reached(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = ("link", "create", "--organization", HANDLE)
    assert said(run, *create).startswith("http://127.0.0.1:8750/mcp/k/")
    assert "to a server at http://127.0.0.1:8750; for another" in said(run, *create)
    named = said(run, *create, "--public-url", "https://books.example.com", "--links-url", "https://links.example.com")
    assert named.startswith("https://links.example.com/mcp/k/")
    assert "to a server at" not in said(run, *create, "--public-url", "https://books.example.com")
    assert said(run, *create, "--public-url", "https://books.example.com/").startswith(
        "https://books.example.com/mcp/k/"
    )
    monkeypatch.setenv("COUNTERFOIL_PUBLIC_URL", "https://ledger.example.com")
    assert said(run, *create).startswith("https://ledger.example.com/mcp/k/")
    assert "public URL" in run(*create, "--public-url", "ftp://example.com")[2]
