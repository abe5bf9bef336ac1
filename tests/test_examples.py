"""The examples run as they are, in a process of their own, and hold what they claim."""

from __future__ import annotations

import ast
import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import stores
from tests.support.faults import first_in_turn
from tests.support.http import Credentials, real_server
from tests.support.practice import practice

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
OVER_HTTP = ROOT / "examples" / "over_http.py"
ALONE = [example for example in EXAMPLES if example != OVER_HTTP]
# The SDK's client hands no variable of ours on to the server that it starts.
HANDING_ON = (
    "import runpy, sys; from mcp.client import stdio;"
    f" stdio.DEFAULT_INHERITED_ENV_VARS.append({stores.URL!r});"
    " del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
)


def run(example: Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    program = ["-c", HANDING_ON] if stores.URL in variables else []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERFOIL_")}
    return subprocess.run(
        [sys.executable, "-W", "error", *program, str(example)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment | variables,
        check=False,
        timeout=180,
    )


def test_there_are_examples() -> None:
    assert OVER_HTTP in EXAMPLES
    assert len(ALONE) >= 3


@pytest.mark.faults
@pytest.mark.parametrize("example", first_in_turn(ALONE), ids=lambda example: example.stem)
def test_the_example_does_what_it_says(example: Path, tmp_path: Path) -> None:
    ran = run(example, tmp_path, **stores.environment(tmp_path / "data"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout
    assert list(tmp_path.iterdir()) == []


async def test_the_example_over_http_works_for_the_organization_of_its_key(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "folder"
    folder.mkdir()
    async with practice(data) as one:
        key = await Credentials.of(one).key(await one.client("Harbour Bakery"))
    async with real_server(data) as server:
        variables = {"COUNTERFOIL_URL": f"{server.site.url}/mcp", "COUNTERFOIL_KEY": key}
        for number in ("00001", "00002"):
            ran = await asyncio.to_thread(run, OVER_HTTP, folder, **variables)
            assert (ran.returncode, ran.stderr) == (0, "")
            assert "Working for Harbour Bakery\n" in ran.stdout
            assert f"-{number}: 600.00 GBP\n" in ran.stdout
    assert list(folder.iterdir()) == []


def test_the_example_over_http_says_what_it_needs(tmp_path: Path) -> None:
    ran = run(OVER_HTTP, tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "Set COUNTERFOIL_URL: the first lines of this file say how.\n"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_the_example_says_in_three_lines_what_it_shows(example: Path) -> None:
    text = ast.get_docstring(ast.parse(example.read_text("utf-8"))) or ""
    assert len(text.splitlines()) == 3
    assert f"python examples/{example.name}" in text
