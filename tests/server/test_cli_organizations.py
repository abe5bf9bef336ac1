"""`counterfoil organization list`: the handles that other commands take."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from tests.support.command_line import run_command
from tests.support.practice import practice
from tests.support.raw import raw


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
