"""Queries on an organization's customers."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime

from sqlmodel import Session, col, select

from invoicing.catalog import Customer
from invoicing.text import fold, search_key
from storage.paging import Page
from storage.searching import page_by_name
from storage.tables import books


def customer_by_id(session: Session, customer_id: str) -> Customer | None:
    row = session.get(books.Customer, customer_id)
    return None if row is None else _customer(row)


def customers_by_name(session: Session, name: str) -> list[Customer]:
    """The customers of exactly this name, in any case, that are not archived; at most five."""
    query = select(books.Customer).where(
        col(books.Customer.name_key) == fold(name), col(books.Customer.archived).is_(False)
    )
    return [_customer(row) for row in session.exec(query.order_by(col(books.Customer.id)).limit(5))]


def find_customers(session: Session, *, query: str, cursor: str, limit: int) -> Page[Customer]:
    """A page of the customers that are not archived and hold every word of `query`, by name."""
    wanted = select(books.Customer).where(col(books.Customer.archived).is_(False))
    page = page_by_name(session, wanted, books.Customer, query=query, cursor=cursor, limit=limit)
    return page.map(_customer)


def save_customer(session: Session, customer: Customer, *, now: datetime) -> None:
    """Keep a new customer, or the new state of one."""
    values = asdict(customer) | {
        "name_key": fold(customer.name),
        "search_key": search_key(customer.name, customer.email, customer.tax_number, customer.city),
        "updated_at": now,
    }
    row = session.get(books.Customer, customer.id)
    if row is None:
        session.add(books.Customer(**values, created_at=now))
        return
    for name, value in values.items():
        setattr(row, name, value)


def _customer(row: books.Customer) -> Customer:
    return Customer(**{field.name: getattr(row, field.name) for field in fields(Customer)})
