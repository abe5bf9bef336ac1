"""A backup, made once for all the tests that tamper with a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import anyio
import pytest

from tests.support import stores
from tests.support.backups import back_up, fill_clients, silent
from tests.support.clock import NOON
from tests.support.practice import practice


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a practice and two clients, and its backup."""

    async def make(folder: Path) -> Path:
        async with practice(folder / "data") as one:
            await fill_clients(one)
            back_up(one.root, folder / "backup", now=NOON, progress=silent)
        return folder

    return anyio.run(make, tmp_path_factory.mktemp("made"))


@pytest.fixture
def backup(made_once: Path, tmp_path: Path) -> Path:
    """A backup of a practice with two clients, to be tampered with; the data folder is beside it."""
    shutil.copytree(made_once / "backup", tmp_path / "backup")
    stores.copy(made_once / "data", tmp_path / "data")
    return tmp_path / "backup"
