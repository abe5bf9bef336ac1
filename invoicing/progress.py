"""How long work tells how far it has come, whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Told how much is done, and of how much."""
AsyncProgress: TypeAlias = Callable[[int, int], Coroutine[Any, Any, None]]
"""The same, where telling waits for somebody."""
Tally: TypeAlias = Callable[[int], None]
"""Told how much is done, by work that does not know of how much."""
