"""Queries on an organization's customers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session

from invoicing.catalog import Customer
from invoicing.text import fold, search_key
from storage.paging import Page
from storage.searching import page_by_name
from storage.statements import Kept, flat
from storage.tables import books

_CUSTOMERS = Kept(books.Customer, Customer)
_COLUMNS = _CUSTOMERS.table.c
_BY_NAME = (
    _CUSTOMERS.all.where(_COLUMNS.name_key == bindparam("name_key"), _COLUMNS.archived.is_(False))
    .order_by(_COLUMNS.id)
    .limit(5)
)


def customer_by_id(session: Session, customer_id: str) -> Customer | None:
    return _CUSTOMERS.get(session, customer_id)


def customers_by_name(session: Session, name: str) -> list[Customer]:
    """The customers of exactly this name, in any case, that are not archived; at most five."""
    return _CUSTOMERS.find(session, _BY_NAME, name_key=fold(name))


def find_customers(session: Session, *, query: str, cursor: str, limit: int) -> Page[Customer]:
    """A page of the customers that are not archived and hold every word of `query`, by name."""
    return page_by_name(session, _CUSTOMERS, query=query, cursor=cursor, limit=limit)


def save_customer(session: Session, customer: Customer, *, now: datetime) -> None:
    """Keep a new customer, or the new state of one."""
    values = flat(customer) | {
        "name_key": fold(customer.name),
        "search_key": search_key(customer.name, customer.email, customer.tax_number, customer.city),
        "updated_at": now,
    }
    if not _CUSTOMERS.change(session, customer.id, **values):
        _CUSTOMERS.add(session, **values, created_at=now)
