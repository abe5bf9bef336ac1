"""Acts that need not be done at once: asked for however often, each is done once, a moment later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)

MILLISECONDS_MAX = 15_000
"""What goes on failing is tried again so often."""
_DOUBLED_MAX = 16


class Later:
    """Does `act` within `milliseconds` after it was asked for, and at the close at the latest.

    When it fails, it is tried again: the first time after as long, then after twice as long each time, up to
    `MILLISECONDS_MAX`. At the close the error rises.
    """

    def __init__(self, act: Callable[[], Awaitable[None]], *, milliseconds: int) -> None:
        self._act = act
        self._milliseconds = milliseconds
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._wanted = False
        self._is_closed = False
        self._failures = 0
        """How often it has failed since it was last done."""
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def wait_milliseconds(self) -> int:
        """How long what is asked for now will wait."""
        longer = self._milliseconds << min(max(self._failures - 1, 0), _DOUBLED_MAX)
        return max(self._milliseconds, min(longer, MILLISECONDS_MAX))

    def attach(self) -> None:
        """Do it in the event loop that runs here, whichever thread asks for it."""
        self._loop = asyncio.get_running_loop()

    def soon(self) -> None:
        """Ask for it. A transaction that takes long runs in a thread, and may ask too."""
        self._wanted = True
        if self._is_closed:
            # What it would be done with is about to be closed, too.
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        # A thread may have an event loop of its own, which ends with its transaction.
        if loop is None or (self._loop is not None and loop is not self._loop):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self.soon)
            return
        if self._timer is None and self._task is None:
            self._timer = loop.call_later(self.wait_milliseconds / 1000, self._begin)

    async def close(self) -> None:
        """Do what was asked for and not done yet, once; what is asked for from then on is not done."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._wanted:
            self._wanted = False
            await self._act()

    def _begin(self) -> None:
        self._timer, self._wanted = None, False
        self._task = asyncio.create_task(self._do())

    async def _do(self) -> None:
        try:
            await self._act()
        except Exception as error:
            self._tell(error)
            self._failures += 1
            self._wanted = True
        else:
            if self._failures:
                _log.warning("what had failed in the background %d times is done", self._failures)
            self._failures = 0
        finally:
            self._task = None
        if self._wanted:
            self.soon()

    def _tell(self, error: Exception) -> None:
        """The first time with all there is to know, and then with a line, for as long as it fails."""
        if self._failures:
            _log.warning("it has failed in the background %d times in a row: %s", self._failures + 1, error)
        else:
            _log.error("what was to be done in the background failed; it is tried again", exc_info=error)
