"""Hours that the practice's people work for its clients, which a plan bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from invoicing.money.amounts import parse_decimal, plain
from invoicing.organizations import OrganizationRef
from invoicing.recurring.plans import HOURS_MAX, UNBILLED_MAX, Hours
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Clients, Entry, Part, PartOfPractice, day, no_such_entry, of_value
from operations.configuration.of_practice import known_ids, put_on_record, read_code, shown_code
from operations.issue_dates import today_in
from storage.books.billing import drafts_of_hours, hours_by_id, load_hours, save_hours, unbilled_hours
from storage.books.pool import Books
from storage.books.states import record_states


def _entry(clients: Clients, one: Hours, *, billed: str = "") -> Entry:
    values = {
        "day": one.day.isoformat(),
        "hours": plain(one.hours),
        "description": one.description,
        "who": one.who,
        "billed": billed,
    }
    return Entry(shown_code(clients, one.client_id, one.id), values, one.active)


def _hours(db: Session, books: Books, clients: Clients) -> list[Entry]:
    """The hours, the last day first; `billed` is the draft that bills them, or became what does."""
    known = [one for one in load_hours(db) if one.client_id in clients]
    billed = drafts_of_hours(db, [one.id for one in known])
    return [_entry(clients, one, billed=billed.get(one.id, "")) for one in reversed(known)]


def _save(db: Session, books: Books, clients: Clients, change: Change) -> str:
    client, code = read_code(clients, change.code)
    ids = known_ids(clients, client, code)
    before = next((found for one in ids if (found := hours_by_id(db, one)) is not None), None)
    if before is not None:
        _check_not_billed(db, before)
    if change.withdraw:
        if before is None:
            raise no_such_entry("hours")
        after = replace(before, active=False)
    else:
        for name in ("day", "hours", "description"):
            if before is None and not change.values.get(name, "").strip():
                raise InvalidInput(f"values: {name} is required for new hours.", field="values")
        base = before or Hours(ids[0], client.id, today_in(db, books), Decimal(0), "", books.actor)
        after = _changed(base, change.values, today=today_in(db, books))
        if before is None or not before.active:
            _check_room(db, clients, client)
    save_hours(db, after)
    entry = _entry(clients, after)
    was = _entry(clients, before) if before else None
    states = record_states(db, "billing_hours", [after.id])
    put_on_record(db, books, Part.HOURS, after.client_id, was, entry, states=states)
    return entry.code


def _check_not_billed(db: Session, hours: Hours) -> None:
    if draft := drafts_of_hours(db, [hours.id]).get(hours.id, ""):
        raise Conflict(
            f"code: these hours are billed by {draft}. Delete that draft, or credit what it became, to change them.",
            field="code",
        )


def _check_room(db: Session, clients: Clients, client: OrganizationRef) -> None:
    ids = frozenset(one for one, now in clients.items() if now.id == client.id)
    if len(unbilled_hours(db, ids, date.min, date.max)) >= UNBILLED_MAX:
        raise LimitExceeded(
            f"code: {UNBILLED_MAX} entries of hours of this client wait to be billed, as many as one bill has room for."
            " Bill them first, or enter the hours of several days in one entry.",
            field="code",
        )


def _changed(base: Hours, values: Mapping[str, str], *, today: date) -> Hours:
    """Hours that are written to again count again."""
    stated = {name: text for name, text in values.items() if text.strip()}
    after = replace(
        base,
        day=day("day", stated["day"]) if "day" in stated else base.day,
        hours=_number(stated["hours"]) if "hours" in stated else base.hours,
        description=clean_line(stated.get("description", base.description), field="description", limit=200),
        who=clean_line(stated.get("who", base.who), field="who", limit=100),
        active=True,
    )
    if after.day > today:
        raise InvalidInput("values: day lies in the future: hours are entered when they were worked.", field="values")
    return after


def _number(text: str) -> Decimal:
    with of_value("hours"):
        hours = parse_decimal(text, field="values")
    if not 0 < hours <= HOURS_MAX:
        raise InvalidInput(f"values: hours must be more than 0 and at most {HOURS_MAX}.", field="values")
    return hours


HOURS = PartOfPractice(
    title="hours",
    fields={
        "day": "on which they were worked, such as 2026-03-14",
        "hours": "how many, such as 1.5",
        "description": "what for, as it is printed",
        "who": "who worked them; you",
    },
    read=_hours,
    save=_save,
    withdrawing="they are not billed",
)
