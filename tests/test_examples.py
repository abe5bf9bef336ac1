"""The examples run as they are, in a process of their own, and hold what they claim."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_the_example_does_what_it_says(example: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(example)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=180)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_the_example_says_in_three_lines_what_it_shows(example: Path) -> None:
    text = ast.get_docstring(ast.parse(example.read_text("utf-8"))) or ""
    assert len(text.splitlines()) == 3
    assert f"python examples/{example.name}" in text
