"""Importing tables of customers, items and the like: every row is checked first, and then all are kept or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from invoicing.importing.composing import ADDRESS_TEXT, HOUSE_NUMBER
from invoicing.importing.country_names import country_meant
from invoicing.importing.matching import Known, Matching
from invoicing.importing.tables import Problem
from invoicing.importing.vocabulary import Kind
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item
from invoicing.progress import Progress
from invoicing.refusals import InvalidInput, NotFound, Refusal
from invoicing.text.addresses import TEXT_MAX
from invoicing.text.typed import clean_line, clean_text
from operations.customers import changed as changed_customer
from operations.customers import check_field as check_customer_field
from operations.imported import Import, Imported, ImportedRow, Outcome
from operations.importing_addresses import with_address
from operations.importing_former import import_former
from operations.importing_meanings import Meant, code_of_rate, terms_code
from operations.importing_series import import_series
from operations.issue_dates import local_date
from operations.items import changed as changed_item
from operations.items import check_field as check_item_field
from operations.rights import Right
from storage.books import audit, customers, items
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.states import record_states
from storage.ids import new_id
from storage.work.stopping import stop_if_wished

T = TypeVar("T", Customer, Item)

_BATCH = 500
# Their values are few and looked up in the books or in lists: each is checked once.
_OF_THE_BOOKS = frozenset({"payment_terms", "tax_code", "tax_rate", "revenue_account"})
_HOUSE_NUMBER_MAX = 20
_ADDRESS_LINES_MAX = 10
_REPEATING = _OF_THE_BOOKS | {"country", "currency", "supply"}


RIGHT_TO_IMPORT = {
    Kind.CUSTOMERS: Right.IMPORT_RECORDS,
    Kind.ITEMS: Right.IMPORT_RECORDS,
    Kind.OPEN_ITEMS: Right.CHANGE_SETTINGS,
    Kind.SERIES: Right.CHANGE_SETTINGS,
}
"""For which act the books are opened that a table is imported into."""


async def import_table(books: Books, wanted: Import, *, progress: Progress) -> Imported:
    """Check every row; if all are in order and it is no dry run, keep them as one transaction.

    Raises:
        Unavailable: another process writes at this moment. Nothing was changed.
    """
    match wanted.kind:
        case Kind.CUSTOMERS:
            return await _run(books, wanted, _CUSTOMERS, progress)
        case Kind.ITEMS:
            return await _run(books, wanted, _ITEMS, progress)
        case Kind.OPEN_ITEMS:
            return await import_former(books, wanted)
        case Kind.SERIES:
            return await import_series(books, wanted)


@dataclass(frozen=True, slots=True)
class _Noun(Generic[T]):
    """How customers, or items, are checked, found and kept."""

    one: str
    prefix: str
    blank: T
    check: Callable[[Session, str, Any], Any]
    changed: Callable[[T, dict[str, Any], Profile], T]
    known: Callable[[Session], Iterator[Known]]
    by_ids: Callable[[Session, Iterable[str]], dict[str, T]]
    add: Callable[..., None]
    save: Callable[..., None]


@dataclass(frozen=True, slots=True)
class _CheckedRow:
    number: int
    values: dict[str, Any]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Planned(Generic[T]):
    """A row and what is to be kept for it; None where nothing is."""

    row: ImportedRow
    after: T | None = None


async def _run(books: Books, wanted: Import, noun: _Noun[T], progress: Progress) -> Imported:
    # The checks of the fields take longest. They need no lock, so other writers go on meanwhile.
    now = books.clock()
    rows = await books.read(lambda db: _check_rows(db, noun, wanted, now, progress), size=len(wanted.rows))
    if wanted.dry_run or any(row.problems for row in rows):
        planned = await books.read(lambda db: _plan(db, noun, wanted, rows), size=len(rows))
        return Imported(tuple(one.row for one in planned), written=False)
    return await books.write(lambda db: _plan_and_keep(db, books, noun, wanted, rows), size=len(rows))


def _check_rows(db: Session, noun: _Noun[T], wanted: Import, now: datetime, progress: Progress) -> list[_CheckedRow]:
    today = local_date(now, load_profile(db))
    seen: dict[tuple[str, Any], Meant] = {}
    headings = {column.field: column.heading for column in wanted.columns.known}
    checked = []
    for done, row in enumerate(wanted.rows, start=1):
        stop_if_wished(db)
        values: dict[str, Any] = {}
        problems, remarks = list(row.problems), list(row.remarks)
        for name, value in row.values.items():
            try:
                # The code says more than the rate: it is the one that counts where a row has both.
                if name != "tax_rate" or "tax_code" not in row.values:
                    field, meant = _checked(db, noun, name, value, today, seen)
                    values[field] = meant.value
                    remarks += [meant.said] if meant.said else []
            except Refusal as refusal:
                problems.append(Problem(refusal.field or name, refusal.message, headings.get(name, ""), refusal.remedy))
        checked.append(_CheckedRow(row.number, values, tuple(problems), tuple(remarks)))
        if done % _BATCH == 0 or done == len(wanted.rows):
            progress(done, len(wanted.rows))
    return checked


def _checked(
    db: Session, noun: _Noun[T], name: str, value: Any, today: date, seen: dict[tuple[str, Any], Meant]
) -> tuple[str, Meant]:
    """The field that a value is of, and the value as it is kept there."""
    if name == "id":
        return name, Meant(value.strip())
    if name == HOUSE_NUMBER:
        return name, Meant(clean_line(value, field=name, limit=_HOUSE_NUMBER_MAX))
    if name == ADDRESS_TEXT:
        return name, Meant(clean_text(value, field=name, limit=TEXT_MAX, lines=_ADDRESS_LINES_MAX))
    field = "tax_code" if name == "tax_rate" else name
    if field not in _REPEATING:
        return field, Meant(noun.check(db, name, value))
    key = (name, value)
    if key not in seen:
        meant = _meant(db, name, value, today)
        seen[key] = replace(meant, value=noun.check(db, field, meant.value))
    return field, seen[key]


def _meant(db: Session, name: str, value: Any, today: date) -> Meant:
    """The code that a name or a number in a cell means."""
    match name:
        case "country":
            return Meant(country_meant(value))
        case "payment_terms":
            return Meant(terms_code(db, value))
        case "tax_rate":
            return code_of_rate(db, value, on=today)
        case _:
            return Meant(value)


def _plan(db: Session, noun: _Noun[T], wanted: Import, rows: Sequence[_CheckedRow]) -> list[_Planned[T]]:
    """What is to become of each row, in the books as they are now."""
    profile = load_profile(db)
    matching = Matching(noun.one, noun.known(db), update=wanted.update)
    targets = [_target(db, matching, row) for row in rows]
    records: dict[str, T] = {}
    ids = sorted({target for target in targets if isinstance(target, str) and target})
    for start in range(0, len(ids), _BATCH):
        records |= noun.by_ids(db, ids[start : start + _BATCH])
    return [_planned(noun, wanted, row, target, records, profile) for row, target in zip(rows, targets, strict=True)]


def _target(db: Session, matching: Matching, row: _CheckedRow) -> str | Refusal:
    """The id of what the row changes, empty where it makes something new."""
    stop_if_wished(db)
    try:
        texts = {name: str(row.values.get(name, "")) for name in ("id", "name", "sku")}
        return matching.target(row.number, Known(**texts, archived=row.values.get("archived") is True))
    except Refusal as refusal:
        return refusal


def _planned(
    noun: _Noun[T],
    wanted: Import,
    row: _CheckedRow,
    target: str | Refusal,
    records: Mapping[str, T],
    profile: Profile,
) -> _Planned[T]:
    problems = list(row.problems)
    doubtful = {problem.field for problem in problems}
    after: T | None = None
    before = noun.blank
    try:
        if isinstance(target, Refusal):
            raise target
        if target and target not in records:
            raise NotFound(f"id: no such {noun.one} here.", field="id")
        before = records[target] if target else noun.blank
        # Whether a tax number is right depends on the country: with that in doubt it would be refused for nothing.
        # Nor is there more to say about a row that could not be read at all.
        if not doubtful & {"country", ""}:
            values = {name: value for name, value in row.values.items() if name != "id"}
            after = noun.changed(before, values, profile)
    except Refusal as refusal:
        headings = {column.field: column.heading for column in wanted.columns.known}
        if refusal.field not in doubtful:
            heading = headings.get(refusal.field, "")
            problems.append(Problem(refusal.field, refusal.message, heading, refusal.remedy))
    if after is None or problems:
        refused = ImportedRow(row.number, Outcome.REFUSED, id=before.id, problems=tuple(problems))
        return _Planned(refused)
    differing = tuple(
        field.name for field in fields(after) if getattr(after, field.name) != getattr(before, field.name)
    )
    outcome = (Outcome.UPDATED if differing else Outcome.UNCHANGED) if target else Outcome.CREATED
    mended = (*row.remarks, *_mended(row.values, after))
    said = ImportedRow(row.number, outcome, id=before.id, name=after.name, fields=differing, mended=mended, after=after)
    return _Planned(said, after if differing else None)


def _plan_and_keep(db: Session, books: Books, noun: _Noun[T], wanted: Import, rows: Sequence[_CheckedRow]) -> Imported:
    # The books may have changed since the rows were checked: what was looked up in them must still be there.
    today = local_date(books.clock(), load_profile(db))
    for name, value in {pair for row in wanted.rows for pair in row.values.items() if pair[0] in _OF_THE_BOOKS}:
        noun.check(db, "tax_code" if name == "tax_rate" else name, _meant(db, name, value, today).value)
    planned = _plan(db, noun, wanted, rows)
    if any(one.row.outcome is Outcome.REFUSED for one in planned):
        return Imported(tuple(one.row for one in planned), written=False)
    planned = [_with_new_id(noun, one) for one in planned]
    found = Imported(tuple(one.row for one in planned), written=True)
    now = books.clock()
    added = [one.after for one in planned if one.after is not None and one.row.outcome is Outcome.CREATED]
    for start in range(0, len(added), _BATCH):
        noun.add(db, added[start : start + _BATCH], now=now)
    for one in planned:
        if one.after is not None and one.row.outcome is Outcome.UPDATED:
            noun.save(db, one.after, now=now)
    saved = [one.after.id for one in planned if one.after is not None]
    states = record_states(db, wanted.kind.value, saved)
    detail = {"file": wanted.file_name, "sha256": wanted.sha256, **found.counts, "states": states}
    act = f"import_{wanted.kind.value}"
    audit.record(db, act, wanted.file_name, at=books.clock(), by=books.actor, detail=detail)
    return found


def _with_new_id(noun: _Noun[T], one: _Planned[T]) -> _Planned[T]:
    if one.after is None or one.row.outcome is not Outcome.CREATED:
        return one
    after = replace(one.after, id=new_id(noun.prefix))
    return _Planned(replace(one.row, id=after.id), after)


def _mended(values: Mapping[str, Any], after: object) -> tuple[str, ...]:
    """What is kept otherwise than the file has it."""
    given = values.get("postal_code", "")
    if not isinstance(after, Customer) or not given or after.postal_code == given:
        return ()
    return (f"postal_code: {given} was read as {after.postal_code} ({after.country}).",)


def _changed_customer(before: Customer, values: dict[str, Any], profile: Profile) -> Customer:
    country = before.country or profile.country
    where = values.get("country", country)
    values = with_address(values, where)
    if not country and "country" not in values:
        raise InvalidInput("country is required: the customer's two-letter country code.", field="country")
    return changed_customer(before, {"country": country} | values)


def _changed_item(before: Item, values: dict[str, Any], profile: Profile) -> Item:
    return changed_item(before, values, currency=lambda: profile.currency)


_CUSTOMERS: _Noun[Customer] = _Noun(
    one="customer",
    prefix="cus",
    blank=Customer(id="", name="", country=""),
    check=check_customer_field,
    changed=_changed_customer,
    known=lambda db: (Known(*row) for row in customers.customer_names(db)),
    by_ids=customers.customers_by_ids,
    add=customers.add_customers,
    save=customers.save_customer,
)
_ITEMS: _Noun[Item] = _Noun(
    one="item",
    prefix="itm",
    blank=Item(id="", name=""),
    check=check_item_field,
    changed=_changed_item,
    known=lambda db: (Known(*row) for row in items.item_names(db)),
    by_ids=items.items_by_ids,
    add=items.add_items,
    save=items.save_item,
)
