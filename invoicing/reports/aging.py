"""How long what is owed has been due, in the brackets that receivables are watched by."""

from __future__ import annotations

from datetime import date

NOT_DUE = "not_due"
OWED_TO_CUSTOMERS = "owed_to_customers"
BRACKETS = (("days_1_to_30", 30), ("days_31_to_60", 60), ("days_61_to_90", 90))
OLDER = "days_over_90"
COLUMNS = (NOT_DUE, *(name for name, _ in BRACKETS), OLDER, OWED_TO_CUSTOMERS)


def bracket_of(due_date: date, open_minor: int, *, on: date) -> str:
    """The bracket of what is open of an invoice: by the days since it was due, or what the customer is owed."""
    if open_minor < 0:
        return OWED_TO_CUSTOMERS
    late = (on - due_date).days
    if late <= 0:
        return NOT_DUE
    return next((name for name, most in BRACKETS if late <= most), OLDER)


def by_brackets(owed: dict[str, int]) -> dict[str, int]:
    """What is owed, with a figure for each bracket, and all of it: `overdue` leaves out what is not due yet."""
    figures = {name: owed.get(name, 0) for name in COLUMNS}
    overdue = sum(figures[name] for name in (*(name for name, _ in BRACKETS), OLDER))
    owed_minor = figures[NOT_DUE] + overdue
    return {"owed": owed_minor, "overdue": overdue} | figures
