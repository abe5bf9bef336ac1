"""What tests in a browser share: one browser process of each worker, and a new practice before it for each test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support.browsing import Browsed, browsed, chromium
from tests.support.chromium import check_is_there, chromium_path

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives on one loop, so all its tests do."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    check_is_there(chromium_path(), os.environ)
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def at_home(browser: Browser, tmp_path: Path) -> AsyncIterator[Browsed]:
    async with browsed(browser, tmp_path / "data") as opened:
        yield opened
