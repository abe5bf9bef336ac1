"""Number series, and which series and posting profile each kind of document uses."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.money.amounts import parse_whole
from invoicing.refusals import InvalidInput
from invoicing.tax.settings import check_code
from operations.configuration.entries import Change, Entry, Part, PartOf, no_such_entry, of_value, record, shown
from operations.settings import add_series_in, continue_series_in, series_states
from storage.books import chart, transaction_types
from storage.books.pool import Books
from storage.books.series import load_series
from storage.books.transaction_types import TransactionType


def _series(db: Session, books: Books) -> list[Entry]:
    return [
        Entry(
            state.series.code,
            {
                "kind": state.series.kind.value,
                "pattern": state.series.pattern,
                "usual": shown(state.usual),
                "next_number": state.next_number,
            },
        )
        for state in series_states(db, books)
    ]


def _save_series(db: Session, books: Books, change: Change) -> str:
    """A new series, or one that goes on from a former system."""
    code = check_code(change.code)
    now = next((entry.values for entry in _series(db, books) if entry.code == code), {})
    # What is said as it is shown says nothing new.
    values = {name: text for name, text in change.values.items() if text != now.get(name)}
    for name in ("usual", "next_number"):
        if name in values:
            raise InvalidInput(f"values: {name} follows from the rest, and is only shown.", field="values")
    if code not in {one.code for one in load_series(db)}:
        add_series_in(db, books, code, values.get("kind", ""), values.get("pattern", ""))
    elif "kind" in values or "pattern" in values:
        raise InvalidInput(
            f"values: {code} stays as it is: its numbers follow each other. Make another series.", field="values"
        )
    if "next" in values:
        with of_value("next"):
            number = parse_whole(values["next"], field="values")
        continue_series_in(db, books, code, number)
    return code


def _type_entry(one: TransactionType) -> Entry:
    return Entry(one.name, {"kind": one.kind, "series": one.series, "posting_profile": one.posting_profile})


def _types(db: Session, books: Books) -> list[Entry]:
    return [_type_entry(one) for one in transaction_types.load_types(db)]


def _save_type(db: Session, books: Books, change: Change) -> str:
    known = {one.name: one for one in transaction_types.load_types(db)}
    before = known.get(change.code.strip())
    if before is None:
        raise no_such_entry("transaction type")
    if change.values.get("kind", before.kind) != before.kind:
        raise InvalidInput("values: the kind of a transaction type stays as it is.", field="values")
    series = check_code(change.values.get("series", before.series), field="values")
    fitting = [one.code for one in load_series(db) if one.kind.value == before.kind]
    if series not in fitting:
        raise InvalidInput(f"values: series must be one of: {', '.join(fitting)}.", field="values", candidates=fitting)
    profile, profiles = change.values.get("posting_profile", before.posting_profile), list(chart.postings(db))
    if profile not in profiles:
        raise InvalidInput(
            f"values: posting_profile must be one of: {', '.join(profiles)}.", field="values", candidates=profiles
        )
    after = TransactionType(before.name, before.kind, series, profile)
    transaction_types.change_type(db, after)
    record(db, books, Part.TRANSACTION_TYPES, before.name, _type_entry(before), _type_entry(after))
    return before.name


SERIES = PartOf(
    title="number series",
    fields={
        "kind": "invoice or credit_note",
        "pattern": "such as SHOP-{YYYY}-{SEQ:5}",
        "next": "once, before the first document: the number it goes on with from a former system",
        "usual": "whether documents draw from it without naming it, only shown",
        "next_number": "what a document of today gets, only shown",
    },
    read=_series,
    save=_save_series,
)
TRANSACTION_TYPES = PartOf(
    title="transaction types",
    fields={
        "kind": "invoice or credit_note, only shown",
        "series": "code of the series its documents draw from",
        "posting_profile": "name of the profile its entries are posted by",
    },
    read=_types,
    save=_save_type,
)
