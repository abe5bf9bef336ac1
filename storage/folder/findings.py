"""What `counterfoil doctor` tells of a data folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know of a data folder. An error keeps something from working, a warning will, a note will not.

    `subject` is what it is about (the handle of an organization where there is one), `message` also what to do.
    """

    severity: Severity
    subject: str
    message: str
