"""What a server tells of itself, as whoever runs it has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PLAIN, JSON = "plain", "json"
"""The forms of a server's log."""


@dataclass(frozen=True, slots=True)
class Observing:
    """`log_format` is the form of the log. With `metrics` there are numbers at /metrics, for whoever has the token of
    `token_file`; None for the file beside the keys.
    """

    log_format: str = PLAIN
    metrics: bool = False
    token_file: Path | None = None
