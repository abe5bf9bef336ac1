"""Two practices in one data folder: `verify` looks at all that there is, whoever the local owner can reach."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from tests.support.command_line import run_command
from tests.support.practice import practice
from tests.support.twins import second_practice


@pytest.fixture
def two_practices(tmp_path: Path) -> Path:
    async def build() -> None:
        async with practice(tmp_path / "data") as one:
            await one.client("Harbour Bakery")
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
