"""What was done in an organization's books, when and by whom: the audit trail, newest first."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from invoicing.reports.figures import Parts, Report, Row
from invoicing.reports.months import Months
from operations.reports.asked import Asked
from storage.books import audit
from storage.books.profile import load_time_zone

# What an entry says of its subject for people: the first of these that it has.
_TOLD = ("number", "name", "code", "reason", "fields", "changed")
_TOLD_LENGTH_MAX = 200


def audit_trail(db: Session, asked: Asked) -> Report:
    """The acts of the months, which begin and end at the organization's own midnight."""
    zone = ZoneInfo(load_time_zone(db))
    since, until = moments_of(asked.months, zone)
    page = audit.entries_page(db, since, until, cursor=asked.cursor, limit=asked.limit)
    return Report(
        rows=[_row(one, zone) for one in page.items],
        accounting_currency=asked.currency,
        next_cursor=page.next_cursor,
        left=page.left,
    )


def moments_of(months: Months, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When months begin at a place, and when they are over."""
    return _midnight(months.first_day, zone), _midnight(months.last_day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _row(one: audit.Recorded, zone: ZoneInfo) -> Row:
    at, told = one.at.astimezone(zone), _told(one)
    return Row(
        label=f"{at:%Y-%m-%d %H:%M} {one.by}: {one.act.replace('_', ' ')} {one.subject}{f' ({told})' if told else ''}",
        parts=Parts(
            day=at.date(),
            time=f"{at:%H:%M}",
            what=one.act,
            number=told or one.subject,
            document=one.subject if one.detail.get("number") else "",
            name=one.by,
        ),
    )


def _told(one: audit.Recorded) -> str:
    found = next((one.detail[name] for name in _TOLD if one.detail.get(name)), None)
    if found is None:
        return ""
    text = ", ".join(map(str, found)) if isinstance(found, list | dict) else str(found)
    return text[:_TOLD_LENGTH_MAX]
