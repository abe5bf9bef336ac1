"""On which event loops the tests of the HTTP server run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from server.http.loops import new_event_loop

ON_BOTH_LOOPS = {"test_http_strangers.py", "test_http_sending.py"}
"""What a connection does depends on the loop: a server runs on uvloop where that can be had, and else on asyncio's."""


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    of_asyncio = {"asyncio": asyncio.new_event_loop}
    return of_asyncio | ({"served": new_event_loop} if item.path.name in ON_BOTH_LOOPS else {})
