"""Acts on items: what the organization sells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from invoicing.document.documents import Supply
from invoicing.document.requested import PRICE_MAX
from invoicing.master_data.code_lists import tax_code_texts
from invoicing.master_data.fields import ITEM
from invoicing.master_data.records import Item
from invoicing.master_data.similar_names import NAMES_COMPARED_MAX, fragments, similar_names
from invoicing.money.amounts import plain
from invoicing.refusals import InvalidInput, NotFound
from invoicing.remedies import Act
from invoicing.tax.facts import seller_territory
from invoicing.tax.local_codes import codes_at, codes_shown
from operations.settings import check_revenue_account
from storage.books import audit, items
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.states import record_states
from storage.books.tax_codes import load_tax_codes
from storage.ids import new_id
from storage.paging import Page, check_limit

Value = str | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class SavedItem:
    item: Item
    created: bool


async def find_items(books: Books, *, query: str, cursor: str, limit: int) -> Page[Item]:
    """A page of the organization's items whose name, stock number or description holds the query."""
    check_limit(limit)
    return await books.read(lambda db: items.find_items(db, query=query, cursor=cursor, limit=limit))


async def similar_items(books: Books, name: str) -> list[str]:
    """Names of items that are like this one: for a search that found none."""
    return await books.read(lambda db: _similar(db, name))


async def get_item(books: Books, item_id: str) -> Item:
    """The item of this id, archived or not.

    Raises:
        NotFound: no such item in these books.
    """
    found = await books.read(lambda db: items.item_by_id(db, item_id))
    if found is None:
        raise NotFound("id: no such item here.", field="id", remedy=Act.FIND_ITEM)
    return found


async def items_alike(books: Books, *, name: str, sku: str) -> list[Item]:
    """Items that somebody who enters a new one of this name or stock number may have meant: none of them is
    archived.
    """
    return await books.read(lambda db: _alike(db, name, sku))


async def save_item(books: Books, changes: Mapping[str, Value], *, item_id: str) -> SavedItem:
    """Keep a new item, or change the given fields of the one with `item_id`.

    Raises:
        NotFound: no such item in these books.
        InvalidInput: a field that is not valid.
    """
    return await books.write(lambda db: _save(db, books, changes, item_id))


def resolve_items(db: Session, keys: Sequence[str]) -> dict[str, Item]:
    """The items of the lines with these keys, each an item's id, or the only one of exactly this name or stock number.

    Lines without a key have no item.

    Raises:
        NotFound, InvalidInput: naming the first line that the key is of.
    """
    by_id = items.items_by_ids(db, (key for key in keys if key.startswith("itm_")))
    found = {}
    for index, key in enumerate(keys):
        if key and key not in found:
            found[key] = by_id.get(key) or _only_one_named(db, key, field=f"lines[{index}].item")
    return found


def _only_one_named(db: Session, key: str, *, field: str) -> Item:
    named = items.items_by_name(db, key) if key.strip() else []
    match named:
        case [only]:
            return only
        case []:
            raise _no_such_item(db, key, field=field)
        case _:
            raise InvalidInput(
                f"{field}: several items have this name; give the id of one of them.",
                field=field,
                candidates=[_told_apart(item) for item in named],
            )


def _told_apart(item: Item) -> str:
    """The id, and what a person tells items of one name apart by."""
    price = f"{plain(item.unit_price)} {item.currency}" if item.unit_price is not None else ""
    marks = (item.sku, item.description.partition("\n")[0][:80], price, item.unit and f"per {item.unit}", item.tax_code)
    told = "; ".join(mark for mark in marks if mark)
    return f"{item.id} {item.name}{f' ({told})' if told else ''}"


def _no_such_item(db: Session, key: str, *, field: str) -> NotFound:
    candidates = _similar(db, key)
    how = "Use one of the candidates, or leave" if candidates else "Where there is none, leave"
    return NotFound(
        f"{field}: no item here has this id, exact name or stock number. {how} item out and give description and"
        " unit_price.",
        field=field,
        candidates=candidates,
        remedy=None if candidates else Act.FIND_ITEM,
    )


def _alike(db: Session, name: str, sku: str) -> list[Item]:
    keys = [*([sku] if sku.strip() else []), *_similar(db, name)]
    return list({one.id: one for key in keys for one in items.items_by_name(db, key)}.values())


def _similar(db: Session, name: str) -> list[str]:
    names = items.item_names_like(db, fragments(name), limit=NAMES_COMPARED_MAX)
    return similar_names(name, names)


def changed(before: Item, values: Mapping[str, Any], *, currency: Callable[[], str]) -> Item:
    """The item with other values, each of which `check_field` answered; a price without a currency takes `currency`.

    Raises:
        InvalidInput: no name.
    """
    after = replace(before, **values)
    if not after.name:
        raise InvalidInput("name is required.", field="name")
    if after.unit_price is not None and not after.currency:
        after = replace(after, currency=currency())
    return after


def _save(db: Session, books: Books, changes: Mapping[str, Value], item_id: str) -> SavedItem:
    before = items.item_by_id(db, item_id) if item_id else Item(id="", name="")
    if before is None:
        raise NotFound("id: no such item here.", field="id", remedy=Act.FIND_ITEM)
    values = {name: check_field(db, name, value) for name, value in changes.items()}
    after = changed(before, values, currency=lambda: load_profile(db).currency)
    after = after if item_id else replace(after, id=new_id("itm"))
    items.save_item(db, after, now=books.clock())
    detail: dict[str, object] = {"fields": sorted(changes), "states": record_states(db, "items", [after.id])}
    audit.record(db, "save_item", after.id, at=books.clock(), by=books.actor, detail=detail)
    return SavedItem(after, not item_id)


def check_field(db: Session, name: str, value: Value) -> Any:
    """The value as an item's field of this name keeps it.

    Raises:
        InvalidInput, LimitExceeded.
    """
    match name, value:
        case "archived", bool():
            return value
        case "unit_price", None:
            return None
        case "unit_price", Decimal():
            if not 0 <= value <= PRICE_MAX:
                raise InvalidInput(f"unit_price must be between 0 and {PRICE_MAX}.", field="unit_price")
            return value
        case _, str():
            return _checked_text(db, name, value)
    raise InvalidInput(f"{name} is not a field of an item.", field=name)


def _checked_text(db: Session, name: str, value: str) -> str | Supply | None:
    if name not in ITEM:
        raise InvalidInput(f"{name} is not a field of an item.", field=name)
    text = ITEM[name].checked(name, value)
    match name:
        case "tax_code":
            return _check_tax_code(db, text)
        case "revenue_account":
            return check_revenue_account(db, text)
        case "supply":
            return Supply(text) if text else None
    return text


def _check_tax_code(db: Session, code: str) -> str:
    known = load_tax_codes(db)
    profile = load_profile(db)
    if code and code not in {one.code for one in known if one.active} | codes_at(profile):
        here = seller_territory(profile) if profile.country else None
        texts = tax_code_texts(codes_shown(known, here, date.max, label=""))
        raise InvalidInput(f"tax_code must be one of: {', '.join(texts)}.", field="tax_code")
    return code
