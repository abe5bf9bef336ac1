"""A filled data folder is made once, and copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tools.bakery import Bakery, Made, build_bakery, open_bakery


@pytest.fixture(scope="session")
def bakery_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    root = tmp_path_factory.mktemp("bakery") / "data"
    return root, asyncio.run(build_bakery(root))


@pytest.fixture
async def bakery(bakery_template: tuple[Path, Made], tmp_path: Path) -> AsyncIterator[Bakery]:
    async with open_bakery(bakery_template[0], tmp_path / "data", bakery_template[1]) as opened:
        yield opened
