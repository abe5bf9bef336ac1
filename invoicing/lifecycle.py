"""The status of an issued document, derived from what happened to it and never stored on it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Status(StrEnum):
    ISSUED = "issued"
    OVERDUE = "overdue"


def status_of(*, due_date: date, due_minor: int, today: date) -> Status:
    """Overdue from the day after the due date, while something is owed."""
    return Status.OVERDUE if due_minor > 0 and due_date < today else Status.ISSUED
