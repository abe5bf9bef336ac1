"""`make demo` and `make test` tell from the first second what they do: they were silent for up to 90 s."""

from __future__ import annotations

import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.chromium import REQUIRED, check_is_there

ROOT = Path(__file__).parent.parent
INSTALL = ROOT / ".ci" / "install.py"
# Says what it is at, and then nothing more until it is let go.
SILENT = "import sys; print('Collecting sqlmodel>=0.0.50', flush=True); open(sys.argv[1]).read()"


def program() -> Any:
    spec = importlib.util.spec_from_file_location("install", INSTALL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def install() -> Any:
    return program()


class Watched(io.StringIO):
    """What is said. The command that waits at `gate` is let go when it has been told of three times."""

    def __init__(self, gate: Path) -> None:
        super().__init__()
        self.gate = gate

    def flush(self) -> None:
        if self.getvalue().count(": Collecting ") == 3:
            self.gate.write_text("go on")


def test_a_silent_command_is_told_of_again_and_again(
    install: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    said = Watched(gate)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", said)
        assert install.told([sys.executable, "-c", SILENT, gate], every_seconds=0.05) == 0
    assert said.getvalue().splitlines()[-1].endswith(" s: Collecting sqlmodel>=0.0.50")


def test_what_a_failing_command_said_is_shown_whole(install: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code = install.told([sys.executable, "-c", "print('no network'); raise SystemExit('no matching version')"])
    assert (code, set(capsys.readouterr().out.splitlines())) == (1, {"no network", "no matching version"})


@pytest.mark.parametrize(
    ("line", "doing"),
    [
        ("Collecting mcp<3,>=2.3 (from counterfoil==0.1.0)", "Collecting mcp<3,>=2.3"),
        ("  Downloading mcp-2.3.0-py3-none-any.whl (210 kB)", "Downloading mcp-2.3.0-py3-none-any.whl"),
        ("Installing collected packages: a, b, c", "Installing 3 packages"),
        ("Installing collected packages: pip", "Installing 1 package"),
        ("Requirement already satisfied: pip", ""),
    ],
)
def test_a_line_of_pip_says_what_it_is_at(install: Any, line: str, doing: str) -> None:
    assert install.doing_of(line) == doing


def test_a_python_that_is_too_old_is_told_which_one_is_needed(
    install: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 6))
    assert install.install(tmp_path / "venv") == 1
    assert capsys.readouterr().out.splitlines()[0].startswith("Counterfoil needs Python 3.11 or later, and ")
    assert not (tmp_path / "venv").exists()


def test_the_first_line_comes_before_anything_is_made(tmp_path: Path) -> None:
    """A file stands where the environment should be: the first stage fails, and everything until then is seen."""
    (tmp_path / "venv").write_text("in the way")
    ran = subprocess.run([sys.executable, INSTALL, tmp_path / "venv"], capture_output=True, text=True, check=False)
    lines = ran.stdout.splitlines()
    assert ran.returncode != 0
    assert lines[0] == f"Installing Counterfoil and its tools into {tmp_path / 'venv'}: once, for a minute or two."
    assert lines[1] == "  1 of 4: a virtual environment"
    assert lines[-1].startswith("That failed: ")


def test_without_a_browser_its_tests_are_left_out_and_where_changes_are_checked_they_fail() -> None:
    with pytest.raises(pytest.skip.Exception, match="left out for want of Chromium"):
        check_is_there("", {})
    with pytest.raises(pytest.fail.Exception, match="Chromium"):
        check_is_there("", {REQUIRED: "required"})
    check_is_there("/usr/bin/chromium", {REQUIRED: "required"})
    program = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "missing+=(chromium)" in program
    assert f"export {REQUIRED}=required" in program
