"""`counterfoil logo`: set and removed by its organization's handle, refused in one line."""

from __future__ import annotations

import sys
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest

from server.cli import main
from tests.support.practice import practice
from tests.support.printed import image
from tests.support.stores import environment_of


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["counterfoil", *arguments])
    for name, value in environment_of(arguments).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as exited:
        # As in a process of its own: what the command is told is forgotten with it.
        copy_context().run(main)
    return int(exited.value.code or 0)


@dataclass(frozen=True, slots=True)
class Started:
    """A data folder with one client, and the client's handle."""

    data: Path
    handle: str

    @property
    def options(self) -> tuple[str, ...]:
        return ("--organization", self.handle, "--data", str(self.data))


@pytest.fixture
def started(tmp_path: Path) -> Started:
    async def start() -> Started:
        async with practice(tmp_path / "data", client="Harbour Bakery") as one:
            return Started(one.root, (one.first_client).handle)

    return anyio.run(start)


def test_a_logo_is_set_and_removed(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(image())
    assert run(monkeypatch, "logo", "set", *started.options, str(file)) == 0
    assert f"Harbour Bakery ({started.handle}) now bear the logo" in capsys.readouterr().out
    assert len(list(started.data.glob("organizations/*/branding/*.png"))) == 1
    assert run(monkeypatch, "logo", "remove", *started.options) == 0
    assert "now bear no logo" in capsys.readouterr().out
    assert run(monkeypatch, "logo", "remove", *started.options) == 0
    said = f"There was no logo on documents of Harbour Bakery ({started.handle}): nothing to remove.\n"
    assert capsys.readouterr().out == said
    assert run(monkeypatch, "verify", "--data", str(started.data)) == 0


@pytest.mark.parametrize("content", [b"<svg/>", image()[:40], bytes(600_000)])
def test_a_logo_that_cannot_be_kept_is_refused_in_one_line(
    started: Started,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(content)
    capsys.readouterr()
    assert run(monkeypatch, "logo", "set", *started.options, str(file)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("counterfoil: ")
    assert " logo" in line
    assert not list(started.data.glob("organizations/*/branding"))
