"""Queries on an organization's customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.master_data.electronic_addresses import split_identifier
from invoicing.master_data.records import Customer
from invoicing.text.typed import fold, search_key
from storage.books import tables
from storage.books.searching import names_to_compare, page_by_name
from storage.paging import Page
from storage.queries.statements import Kept, execute, flat, insert_rows

_CUSTOMERS = Kept(tables.Customer, Customer)
_COLUMNS = _CUSTOMERS.table.c
_BY_NAME = (
    _CUSTOMERS.all.where(_COLUMNS.name_key == bindparam("name_key"), _COLUMNS.archived.is_(False))
    .order_by(_COLUMNS.id)
    .limit(5)
)
_NAMES = select(_COLUMNS.id, _COLUMNS.name, _COLUMNS.archived).order_by(_COLUMNS.id)
_TO_MATCH = select(_COLUMNS.id, _COLUMNS.name_key, _COLUMNS.tax_number, _COLUMNS.identifier).order_by(
    _COLUMNS.archived, _COLUMNS.id
)
_ADD = _CUSTOMERS.table.insert().inline()


def customer_by_id(session: Session, customer_id: str) -> Customer | None:
    return _CUSTOMERS.get(session, customer_id)


def customers_by_name(session: Session, name: str) -> list[Customer]:
    """The customers of exactly this name, in any case, that are not archived; at most five."""
    return _CUSTOMERS.find(session, _BY_NAME, name_key=fold(name))


def customers_by_ids(session: Session, customer_ids: Iterable[str]) -> dict[str, Customer]:
    """Those of the customers that there are, by their ids; archived ones too."""
    return _CUSTOMERS.by_ids(session, customer_ids)


def customer_names(session: Session) -> list[tuple[str, str, bool]]:
    """Id and name of every customer, and whether it is archived."""
    return [(row[0], row[1], row[2]) for row in execute(session, _NAMES)]


@dataclass(frozen=True, slots=True)
class CustomersToMatch:
    """Ids of all customers, by what a file may say of them: archived ones too, whose documents there may be."""

    ids: frozenset[str]
    by_name: Mapping[str, tuple[str, ...]]
    by_number: Mapping[str, tuple[str, ...]]
    by_identifier: Mapping[str, tuple[str, ...]]

    def match(self, *, id: str, name: str, tax_number: str, identifier: str = "") -> tuple[str, ...]:
        """Who is meant: by the id alone, where it is said, or by the customer number that somebody has; else by the
        name, and among several of it by the tax number; or by that, where nobody is called so.
        """
        if id:
            return (id,) if id in self.ids else ()
        if identified := self.by_identifier.get(identifier_key(identifier), ()):
            return tuple(one for one in identified if one in self.by_name.get(fold(name), ())) or identified
        named = self.by_name.get(fold(name), ())
        numbered = self.by_number.get(_bare_number(tax_number), ()) if tax_number else ()
        if len(named) > 1 and numbered:
            return tuple(one for one in named if one in numbered) or named
        return named or numbered


def customers_to_match(session: Session) -> CustomersToMatch:
    """All customers, for a file whose rows name them."""
    by_name: dict[str, tuple[str, ...]] = {}
    by_number: dict[str, tuple[str, ...]] = {}
    by_identifier: dict[str, tuple[str, ...]] = {}
    ids = []
    for customer_id, name_key, tax_number, identifier in execute(session, _TO_MATCH):
        ids.append(customer_id)
        by_name[name_key] = (*by_name.get(name_key, ()), customer_id)
        if number := _bare_number(tax_number):
            by_number[number] = (*by_number.get(number, ()), customer_id)
        if key := identifier_key(identifier):
            by_identifier[key] = (*by_identifier.get(key, ()), customer_id)
    return CustomersToMatch(frozenset(ids), by_name, by_number, by_identifier)


def identifier_key(identifier: str) -> str:
    """How a customer number, or another identifier, is compared: without scheme and case."""
    return fold(split_identifier(identifier.strip())[1])


def fits_number(kept: str, said: str) -> bool:
    """Whether a tax number that a file says can be that of a customer: it is the same, with or without its country, or
    one of the two is not known.
    """
    one, other = sorted((_bare_number(kept), _bare_number(said)), key=len)
    return not one or other.endswith(one)


def _bare_number(text: str) -> str:
    return "".join(one for one in text.upper() if one.isalnum())


def find_customers(session: Session, *, query: str, cursor: str, limit: int) -> Page[Customer]:
    """A page of the customers that are not archived and hold every word of `query`, by name."""
    return page_by_name(session, _CUSTOMERS, query=query, cursor=cursor, limit=limit)


def customer_names_like(session: Session, fragments: Sequence[str], *, limit: int) -> list[str]:
    """Names of customers that are not archived: all, or of very many those that hold most of the fragments."""
    return names_to_compare(session, _CUSTOMERS, fragments, limit=limit)


def save_customer(session: Session, customer: Customer, *, now: datetime) -> None:
    """Keep a new customer, or the new state of one."""
    values = _values(customer, now)
    if not _CUSTOMERS.change(session, customer.id, **values):
        _CUSTOMERS.add(session, **values, created_at=now)


def add_customers(session: Session, added: Iterable[Customer], *, now: datetime) -> None:
    """Keep new customers, in one batch."""
    insert_rows(session, _ADD, (_values(customer, now) | {"created_at": now} for customer in added))


def _values(customer: Customer, now: datetime) -> dict[str, Any]:
    return flat(customer) | {
        "name_key": fold(customer.name),
        "search_key": search_key(
            customer.name, customer.email, customer.tax_number, customer.city, customer.tax_office_number
        ),
        "updated_at": now,
    }
