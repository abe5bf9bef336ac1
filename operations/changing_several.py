"""Changing one field of several customers or items at once: each is planned first, and what is refused keeps no other
from being changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from invoicing.master_data.records import Customer, Item
from invoicing.refusals import LimitExceeded, Refusal
from operations.customers import changed as changed_customer
from operations.customers import check_field as check_customer_field
from operations.items import changed as changed_item
from operations.items import check_field as check_item_field
from storage.books import audit, customers, items
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.states import record_states

T = TypeVar("T", Customer, Item)

CHANGED_AT_ONCE_MAX = 100


@dataclass(frozen=True, slots=True)
class Several(Generic[T]):
    """How customers, or items, are found, checked and kept; `act` is how the audit trail calls it."""

    act: str
    table: str
    by_ids: Callable[[Session, Iterable[str]], dict[str, T]]
    check: Callable[[Session, str, Any], Any]
    changed: Callable[[Session, T, dict[str, Any]], T]
    save: Callable[..., None]


@dataclass(frozen=True, slots=True)
class PlannedChange(Generic[T]):
    """What one of them is, and what it becomes; the same where nothing changes, and None where that is refused."""

    before: T
    after: T | None = None
    refused: Refusal | None = field(default=None, compare=False)

    @property
    def changes(self) -> bool:
        return self.after is not None and self.after != self.before


async def plan_changes(
    books: Books, several: Several[T], keys: Sequence[str], name: str, value: str | bool
) -> list[PlannedChange[T]]:
    """What a field of this name and value makes of each of them. Ids that there are none of are passed over.

    Raises:
        LimitExceeded: too many at once.
    """
    wanted = _few(keys)
    return await books.read(lambda db: _plan(db, several, wanted, name, value))


async def change_several(
    books: Books, several: Several[T], keys: Sequence[str], name: str, value: str | bool
) -> list[PlannedChange[T]]:
    """Change the field of each of them, as `plan_changes` says; each has an entry of its own in the audit trail.

    Raises:
        LimitExceeded: too many at once.
    """
    wanted = _few(keys)

    def work(db: Session) -> list[PlannedChange[T]]:
        planned, now = _plan(db, several, wanted, name, value), books.clock()
        for one in planned:
            if one.after is not None and one.changes:
                several.save(db, one.after, now=now)
                detail: dict[str, object] = {
                    "fields": [name],
                    "states": record_states(db, several.table, [one.after.id]),
                }
                audit.record(db, several.act, one.after.id, at=now, by=books.actor, detail=detail)
        return planned

    return await books.write(work, size=len(wanted))


def _few(keys: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > CHANGED_AT_ONCE_MAX:
        raise LimitExceeded(f"{len(wanted)} are chosen; at most {CHANGED_AT_ONCE_MAX} are changed at once.")
    return wanted


def _plan(
    db: Session, several: Several[T], keys: Sequence[str], name: str, value: str | bool
) -> list[PlannedChange[T]]:
    found = several.by_ids(db, keys)
    return [_planned(db, several, found[key], name, value) for key in keys if key in found]


def _planned(db: Session, several: Several[T], before: T, name: str, value: str | bool) -> PlannedChange[T]:
    try:
        return PlannedChange(before, several.changed(db, before, {name: several.check(db, name, value)}))
    except Refusal as refusal:
        return PlannedChange(before, refused=refusal)


def _changed_item(db: Session, before: Item, values: dict[str, Any]) -> Item:
    return changed_item(before, values, currency=lambda: load_profile(db).currency)


SEVERAL_CUSTOMERS: Several[Customer] = Several(
    act="save_customer",
    table="customers",
    by_ids=customers.customers_by_ids,
    check=check_customer_field,
    changed=lambda _, before, values: changed_customer(before, values),
    save=customers.save_customer,
)
SEVERAL_ITEMS: Several[Item] = Several(
    act="save_item",
    table="items",
    by_ids=items.items_by_ids,
    check=check_item_field,
    changed=_changed_item,
    save=items.save_item,
)
