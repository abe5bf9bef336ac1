"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
"""A Monday at noon, well inside a month."""


class SettableClock:
    """Answers the same moment at every call; `advance` and `set` move it."""

    def __init__(self, moment: datetime = NOON) -> None:
        self._moment = moment

    def __call__(self) -> datetime:
        return self._moment

    def advance(self, by: timedelta) -> None:
        self._moment += by

    def set(self, moment: datetime) -> None:
        self._moment = moment
