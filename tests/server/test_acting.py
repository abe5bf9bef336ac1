"""Who acts on stdio and at the command line, as the audit trail tells it: over the real process, and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from operations.access import Office
from operations.practices import start_unnamed
from server.settings import read_settings
from storage.books.pool import BOOKS_FILE
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.command_line import run_command
from tests.support.http import Credentials, site_of
from tests.support.practice import practice
from tests.support.raw import raw
from tests.support.stores import open_store
from tests.support.wire import wired

ANA, BEN = "ana@larkfield.example", "ben@larkfield.example"


def acts(data: Path) -> list[tuple[str, str]]:
    """The acts of the only organization's audit trail, and by whom each was done."""
    (folder,) = (data / "organizations").iterdir()
    with raw(folder / BOOKS_FILE) as connection:
        return list(connection.execute("SELECT act, principal FROM audit_entries ORDER BY position"))


async def test_a_process_acts_as_whoever_its_command_names(tmp_path: Path) -> None:
    """E11: on stdio the audit trail said owner@localhost for ever."""
    data = tmp_path / "data"
    async with wired(data, "--user", "Ana@Larkfield.example") as wire:
        await wire.shake_hands()
        told = await wire.call("update_organization", name="Larkfield", country="GB")
        assert "owner_email" not in told["content"][0]["text"]
        await wire.end()
    assert acts(data) == [("create_organization", ANA), ("update_organization", ANA)]


async def test_an_assistant_says_who_acts_and_every_open_connection_goes_by_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with wired(data) as first, wired(data) as second:
        for wire in (first, second):
            await wire.shake_hands()
            await wire.call("list_organizations")
        told = await first.call("update_organization", name="Larkfield", country="GB")
        assert "owner@localhost" in told["content"][0]["text"]
        named = await first.call("update_organization", owner_email=ANA)
        assert named["structuredContent"]["changed"] == {"owner_email": ANA}
        for wire in (first, second):
            await wire.call("update_organization", footer="Thank you")
            await wire.end()
    assert [by for _, by in acts(data)] == [*["owner@localhost"] * 3, ANA, ANA]


async def test_a_user_that_nobody_is_ends_the_process_in_one_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with practice(data):
        pass
    async with wired(data, "--user", BEN) as wire:
        output, errors = await wire.process.communicate(b"")
    assert (wire.process.returncode, output) == (1, b"")
    assert errors.decode().startswith("counterfoil: not_found: No user has the e-mail address ben@larkfield.example.")
    assert errors.count(b"\n") == 1


async def test_over_http_a_token_gives_nobody_another_address(tmp_path: Path) -> None:
    """Not even the owner who has none yet: who holds a token would put another's name under what it does."""
    clock = SettableClock()
    async with open_store(begin_folder(tmp_path)) as store, site_of(store, clock) as site:
        office = Office(store, await start_unnamed(store, clock), clock)
        async with site.chat(await Credentials(office).token()) as chat:
            stated = {"organization": "practice", "name": "Larkfield", "country": "GB", "owner_email": ANA}
            refused = await chat.refused("update_organization", **stated)
        assert (refused["code"], refused["field"]) == ("not_allowed", "owner_email")
    assert acts(tmp_path) == [("create_organization", "owner@localhost")]


# The command line


async def _begin(data: Path, email: str = "") -> None:
    clock = SettableClock()
    async with open_store(begin_folder(data)) as store:
        await start_unnamed(store, clock, email)


def test_a_command_acts_as_the_user_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path)
    monkeypatch.setenv("COUNTERFOIL_USER", f" {ANA} ")
    assert (read_settings(tmp_path).user, read_settings(tmp_path, user=BEN).user) == (ANA, BEN)
    made = ("key", "create", "--organization", "practice", "--name", "Till", "--data", str(tmp_path))
    assert run_command(monkeypatch, capsys, *made)[0] == 0
    assert acts(tmp_path)[-1] == ("create_api_key", ANA)


def test_who_only_verifies_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path)
    monkeypatch.setenv("COUNTERFOIL_USER", ANA)
    assert run_command(monkeypatch, capsys, "verify", "--data", str(tmp_path))[0] == 0
    assert acts(tmp_path) == [("create_organization", "owner@localhost")]


def test_a_mistyped_address_is_mended_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path, "anna@larkfield.example")
    monkeypatch.setenv("COUNTERFOIL_USER", ANA)
    data = ("--data", str(tmp_path))
    assert run_command(monkeypatch, capsys, "user", "list", *data)[1] == "anna@larkfield.example  owner of practice\n"
    code, out, err = run_command(monkeypatch, capsys, "user", "rename", "anna@larkfield.example", ANA, *data)
    assert (code, out.startswith(f"anna@larkfield.example is {ANA} from now on."), err) == (0, True, "")
    listed = json.loads(run_command(monkeypatch, capsys, "user", "list", "--json", *data)[1])
    assert listed == [{"email": ANA, "role": "owner", "organization": "practice", "clients": None}]
    code, _, err = run_command(monkeypatch, capsys, "user", "rename", "anna@larkfield.example", BEN, *data)
    assert (code, err.startswith("counterfoil: not_found: ")) == (1, True)
