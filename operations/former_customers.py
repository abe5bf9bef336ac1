"""Whose documents of a former system are: customers who are here, and those who are made for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from sqlmodel import Session

from invoicing.importing.composing import ADDRESS_TEXT
from invoicing.importing.country_names import country_meant
from invoicing.master_data.records import Customer
from invoicing.refusals import Conflict, NotFound
from invoicing.text.typed import clean_line, fold
from operations.customers import changed as changed_customer
from operations.customers import check_field
from operations.importing_addresses import with_address
from storage.books import customers
from storage.books.customers import fits_number, identifier_key
from storage.ids import new_id

_OF_CUSTOMER = ("country", "identifier", "tax_number", "email", "line1", "line2", "postal_code", "city", ADDRESS_TEXT)


class FormerCustomers:
    """The customers of a file, row by row: one may name a customer that an earlier one makes."""

    def __init__(self, db: Session) -> None:
        self._db = db
        self._customers = customers.customers_to_match(db)
        self._made: dict[str, list[Customer]] = {}
        self._read: dict[str, Customer] = {}

    def keep(self, customer: Customer) -> None:
        """Have later rows find a customer who is made."""
        self._made.setdefault(fold(customer.name), []).append(customer)

    def of(self, values: Mapping[str, Any]) -> tuple[Customer, bool]:
        """Whose the document is, and whether that is a customer who is made for it."""
        name = clean_line(str(values.get("customer", "")), field="customer", limit=200)
        wanted_id = str(values.get("counterfoil_id", "")).strip()
        number = str(values.get("tax_number", "")).strip()
        identifier = clean_line(str(values.get("identifier", "")), field="identifier", limit=100)
        found = self._customers.match(id=wanted_id, name=name, tax_number=number, identifier=identifier)
        known = self._kept(found)
        if len(known) > 1 and number:
            known = [one for one in known if one.tax_number and fits_number(one.tax_number, number)] or known
        if len(known) == 1:
            if not wanted_id:
                _check_number(known[0], number)
                self._check_identifier(known[0], identifier, name)
            return known[0], False
        if len(known) > 1:
            raise _several(len(known), name)
        if wanted_id or not name:
            if identifier and not wanted_id:
                _no_customer(identifier, "customer_number")
            _no_customer(name, "counterfoil_id" if wanted_id else "customer")
        alike = [one for one in self._made.get(fold(name), ()) if fits_number(one.tax_number, number)]
        alike = [one for one in alike if _fits_identifier(one, identifier)]
        if len(alike) > 1:
            raise _several(len(alike), name)
        if alike:
            return alike[0], False
        if "country" not in values:
            _no_customer(name, "customer")
        given = {field: values[field] for field in _OF_CUSTOMER if field in values}
        given["country"] = country_meant(str(given["country"]))
        checked = {"name": check_field(self._db, "name", name)}
        for field, value in given.items():
            checked[field] = value if field == ADDRESS_TEXT else check_field(self._db, field, value)
        blank = Customer(id=new_id("cus"), name="", country="")
        return changed_customer(blank, with_address(checked, checked["country"])), True

    def _check_identifier(self, customer: Customer, said: str, name: str) -> None:
        """Refuse a row whose name and customer number are those of two."""
        called_so = self._customers.by_name.get(fold(name), ())
        other = bool(said and called_so) and customer.id not in called_so
        if other or not _fits_identifier(customer, said):
            but = f", and not {name}" if other else ""
            raise Conflict(
                f"customer_number: {customer.name} has {customer.identifier} here{but}."
                " Correct one of the two, or add a column counterfoil_id with the id of the right one.",
                field="identifier",
            )

    def _kept(self, ids: tuple[str, ...]) -> list[Customer]:
        """The customers of these ids, each read once however many rows name it."""
        if unread := [one for one in ids if one not in self._read]:
            self._read |= customers.customers_by_ids(self._db, unread)
        return [self._read[one] for one in ids]


def _check_number(customer: Customer, number: str) -> None:
    """Refuse what is another's of the same name, rather than have one owe what the other does."""
    if not fits_number(customer.tax_number, number):
        raise Conflict(
            f"tax_number: {customer.name} has {customer.tax_number} here. If it is the same customer, correct one of"
            " the two, or leave the number out; if not, add a column counterfoil_id with the id of the right one.",
            field="tax_number",
        )


def _fits_identifier(customer: Customer, said: str) -> bool:
    return not said or not customer.identifier or identifier_key(customer.identifier) == identifier_key(said)


def _several(count: int, name: str) -> Conflict:
    return Conflict(
        f"customer: {count} customers are called {name}: add a column counterfoil_id with the id of the right one, or"
        " tax_number.",
        field="customer",
    )


def _no_customer(name: str, field: str) -> NoReturn:
    who = f" {name}" if name else ""
    raise NotFound(
        f"{field}: there is no customer{who} here. Import the customers first, or add a column country (and address):"
        " then they are made.",
        field=field,
    )
