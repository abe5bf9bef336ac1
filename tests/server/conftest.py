"""On which event loops the tests of the HTTP server run, and a practice before which those of pages stand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from server.http.loops import new_event_loop
from tests.support.http import House, house
from tests.support.oauth import Person, owner_of
from tests.support.visits import Visit, sign_in

ON_BOTH_LOOPS = {"test_http_strangers.py", "test_http_sending.py"}
"""What a connection does depends on the loop: a server runs on uvloop where that can be had, and else on asyncio's."""


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    of_asyncio = {"asyncio": asyncio.new_event_loop}
    return of_asyncio | ({"served": new_event_loop} if item.path.name in ON_BOTH_LOOPS else {})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A served practice that all tests of a file share, on the loop of their module."""
    async with house(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(at_home: House) -> Visit:
    """The owner of the practice, signed in."""
    return await sign_in(at_home.site, at_home.one.office)


@pytest_asyncio.fixture(loop_scope="module")
async def person(at_home: House) -> Person:
    """The owner at a browser of their own, asked by programs."""
    return await owner_of(at_home)
