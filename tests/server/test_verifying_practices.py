"""Two practices in one data folder: `verify` and `rebuild-summaries` look at all, whoever the local owner can reach."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory.database import DIRECTORY_FILE
from tests.support.command_line import run_command
from tests.support.practice import practice
from tests.support.raw import raw_value
from tests.support.twins import second_practice


@pytest.fixture
def two_practices(tmp_path: Path) -> Path:
    async def build() -> None:
        async with practice(tmp_path / "data", client="Harbour Bakery") as one:
            await second_practice(one)

    anyio.run(build)
    return tmp_path / "data"


def test_verify_looks_at_both_practices_or_at_the_one_that_is_named(
    two_practices: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stopped at the second practice, whose organizations the local owner cannot reach."""
    verify = ("verify", "--json", "--data", str(two_practices))
    code, printed, _ = run_command(monkeypatch, capsys, *verify)
    handles = [one["handle"] for one in json.loads(printed)["organizations"]]
    assert (code, handles) == (0, ["harbour-bakery-sandbox", "ledger-co-2-sandbox", "ledger-co-sandbox"])
    for handle in handles:
        code, printed, _ = run_command(monkeypatch, capsys, *verify, "--organization", handle.upper())
        assert (code, [one["handle"] for one in json.loads(printed)["organizations"]]) == (0, [handle])
    code, _, complaint = run_command(monkeypatch, capsys, *verify, "--organization", "nobody\nall is well")
    assert (code, complaint.count("\n")) == (1, 1)
    assert complaint.startswith("counterfoil: not_found: ")


def test_summaries_are_made_anew_of_all_that_can_be_read(
    two_practices: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild = ("rebuild-summaries", "--data", str(two_practices))
    directory = two_practices / DIRECTORY_FILE
    code, printed, _ = run_command(monkeypatch, capsys, *rebuild)
    assert (code, printed) == (0, "Made the summaries of 3 organizations anew.\n")
    assert raw_value(directory, "SELECT count(*) FROM summaries") == 3
    bakery = raw_value(directory, "SELECT id FROM organizations WHERE handle = 'harbour-bakery-sandbox'")
    (two_practices / ORGANIZATIONS_FOLDER / str(bakery) / BOOKS_FILE).write_bytes(b"nothing")
    code, printed, complaint = run_command(monkeypatch, capsys, *rebuild)
    assert (code, printed) == (1, "Made the summaries of 2 organizations anew.\n")
    assert "harbour-bakery-sandbox: The books of harbour-bakery-sandbox are out of service" in complaint
