"""A day as texts say it: ISO 8601, as in 2026-03-31."""

from __future__ import annotations

import re
from datetime import date

from invoicing.refusals import Malformed

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_date(value: object, *, field: str) -> date:
    """A day from its text.

    Raises:
        Malformed: another form, such as the weeks that Python reads besides, or no day of the calendar.
    """
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Malformed("must be a date such as 2026-03-31.", field=field)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Malformed("is not a day of the calendar.", field=field) from None
