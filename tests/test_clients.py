"""What docs/clients.md says was tried is what `make clients` tries."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
HERE = ROOT / "tests" / "clients"
LISTED: list[dict[str, Any]] = tomllib.loads((HERE / "clients.toml").read_text("utf-8"))["client"]
DOCUMENT = (ROOT / "docs" / "clients.md").read_text("utf-8")


@pytest.mark.parametrize("client", LISTED, ids=lambda one: str(one["name"]))
def test_each_client_is_pinned_and_documented_in_the_version_that_is_tried(client: dict[str, Any]) -> None:
    pinned = re.fullmatch(r"(@?[^@=\[]+)(?:\[\w+\])?(?:==|@)([\d.]+)", client["packages"][0])
    assert pinned, client["packages"]
    library, version = pinned[1].removesuffix("-slim"), pinned[2]
    rows = [
        row for row in DOCUMENT.splitlines() if row.startswith((f"| {library} |", f"| {library} (", f"| {library} w"))
    ]
    assert any(version in re.split(r"[ ,|]+", row) for row in rows), f"{library} {version} is not in docs/clients.md"


def test_every_script_is_tried() -> None:
    scripts = {path.name for path in HERE.glob("*/*.py")} | {path.name for path in HERE.glob("*/*.mjs")}
    assert scripts - {"day.py", "day.mjs", "consent.mjs"} == {client["script"] for client in LISTED}
