"""Filled data folders are made once, and copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import twins as alike
from tests.tools.bakery import Bakery, Made, build_bakery, open_bakery


@pytest.fixture(scope="session")
def bakery_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    root = tmp_path_factory.mktemp("bakery") / "data"
    return root, asyncio.run(build_bakery(root))


@pytest.fixture
async def bakery(bakery_template: tuple[Path, Made], tmp_path: Path) -> AsyncIterator[Bakery]:
    async with open_bakery(bakery_template[0], tmp_path / "data", bakery_template[1]) as opened:
        yield opened


@pytest.fixture(scope="session")
def made_twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, alike.Made]:
    """Organizations that look alike, made once."""
    root = tmp_path_factory.mktemp("twins") / "data"
    return root, asyncio.run(alike.build_twins(root))


@pytest.fixture
async def twins(made_twins: tuple[Path, alike.Made], tmp_path: Path) -> AsyncIterator[alike.Twins]:
    """A copy of them, opened."""
    async with alike.open_twins(made_twins[0], tmp_path / "data", made_twins[1]) as opened:
        yield opened
