"""Days at the organization's own place, and which of them a document may be dated."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from invoicing.countries import country
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.numbering import period
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Series
from invoicing.refusals import Conflict, InvalidInput, Refusal
from invoicing.remedies import Act
from invoicing.reports.months import month_of
from storage.books import documents
from storage.books.periods import closed_through
from storage.books.pool import Books
from storage.books.profile import load_time_zone
from storage.books.series import first_period


def today_in(db: Session, books: Books) -> date:
    """Today, at the organization's own place."""
    return books.clock().astimezone(ZoneInfo(load_time_zone(db))).date()


def local_date(moment: datetime, profile: Profile) -> date:
    """The date at the organization's own place."""
    return moment.astimezone(ZoneInfo(profile.time_zone)).date()


def closed_refusal(db: Session, day: date, *, field: str) -> Conflict | None:
    """Why nothing can be dated on the day, where its month is closed."""
    last = closed_through(db)
    if month_of(day) > last:
        return None
    return Conflict(
        f"{field} {day.isoformat()} lies in a period that is closed, up to the end of {last}. Use a later date.",
        field=field,
        remedy=Act.OPEN_PERIOD,
    )


def date_refusal(db: Session, document: Document, profile: Profile, series: Series, *, today: date) -> Refusal | None:
    """Why the document's issue date does not fit its series, the country, what is closed or the organization's policy,
    if it does not; or the day on which it was paid, which is recorded with it, what is closed.

    Dates follow the numbers within a period of the series, such as a year: a document of the new year does not close
    the old one, nor one that is dated ahead the present one.
    """
    for field, day in (("issue_date", document.issue_date), ("paid_on", document.paid_on)):
        if day is not None and (closed := closed_refusal(db, day, field=field)):
            return closed
    issued, of_period = document.issue_date, period(series.pattern, document.issue_date)
    supplied = ", and supply_date for when it was supplied" if document.kind is DocumentKind.INVOICE else ""
    within = f" in {of_period}" if of_period else ""
    last = documents.last_issue_date(db, document.series, of_period)
    numbering = country(profile.country).numbering
    because, remedy = "", None
    if last is not None and issued < last:
        because = (
            f"lies before {last.isoformat()}, the date of the last document of this series{within}:"
            f" dates follow the numbers. Use that date or a later one{supplied}."
        )
    elif issued < today and not numbering.backdating:
        because = (
            f"lies before today ({today.isoformat()}): in {country(profile.country).name} a program does not date back"
            f" ({numbering.source}). Use today{supplied}."
        )
    elif of_period < period(series.pattern, today) and of_period < first_period(db, document.series):
        because = (
            f"lies in {of_period}, whose numbers a former system gave. Use a date since this series went on here"
            f"{supplied}."
        )
    elif issued > today + timedelta(days=profile.future_days):
        because = f"is too far ahead: at most {profile.future_days} days after today ({today.isoformat()})."
        remedy = Act.SEE_FUTURE_DAYS
    if not because:
        return None
    return InvalidInput(f"issue_date {issued.isoformat()} {because}", field="issue_date", remedy=remedy)
