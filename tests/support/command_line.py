"""The command line in this process, as the console script runs it."""

from __future__ import annotations

import os
import sys

import pytest

from server.cli import main
from tests.support import stores


def run_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """The exit code, and what was printed on standard output and standard error."""
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["counterfoil", *arguments])
    # The folder is the one that the command names, else that of the environment.
    named = (*arguments, "--data", os.environ["COUNTERFOIL_DATA"]) if "COUNTERFOIL_DATA" in os.environ else arguments
    for name, value in stores.environment_of(named).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as exited:
        main()
    assert isinstance(exited.value.code, int)
    printed = capsys.readouterr()
    return exited.value.code, printed.out, printed.err
