"""Acts on customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.identifiers import NUMBER_FIELDS, check_number
from invoicing.document.readiness import customer_gaps, named_gaps
from invoicing.master_data.code_lists import term_texts
from invoicing.master_data.electronic_addresses import split_identifier
from invoicing.master_data.fields import CUSTOMER, CUSTOMER_NUMBER
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.master_data.similar_names import NAMES_COMPARED_MAX, fragments, similar_names
from invoicing.refusals import InvalidInput, NotFound
from invoicing.remedies import Act, Remark
from operations.addressing import ADDRESS_TEXT, with_address_fields
from operations.likely_duplicates import likely_customers
from storage.books import audit, customers
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_terms
from storage.books.states import record_states
from storage.ids import new_id
from storage.paging import Page, check_limit


@dataclass(frozen=True, slots=True)
class SavedCustomer:
    customer: Customer
    created: bool
    notes: tuple[Remark, ...]


async def find_customers(books: Books, *, query: str, cursor: str, limit: int) -> Page[Customer]:
    """A page of the organization's customers whose name, e-mail, tax number or city holds the query."""
    check_limit(limit)
    return await books.read(lambda db: customers.find_customers(db, query=query, cursor=cursor, limit=limit))


async def similar_customers(books: Books, name: str) -> list[str]:
    """Names of customers that are like this one: for a search that found none."""
    return await books.read(lambda db: _similar(db, name))


async def get_customer(books: Books, customer_id: str) -> Customer:
    """The customer of this id, archived or not.

    Raises:
        NotFound: no such customer in these books.
    """
    found = await books.read(lambda db: customers.customer_by_id(db, customer_id))
    if found is None:
        raise NotFound("id: no such customer here.", field="id", remedy=Act.FIND_CUSTOMER)
    return found


async def customers_alike(books: Books, *, name: str, tax_number: str) -> list[Customer]:
    """Customers that somebody who enters a new one of this name and number may have meant: none of them is archived."""
    return await books.read(lambda db: likely_customers(db, name=name, tax_number=tax_number))


async def save_customer(books: Books, changes: Mapping[str, str | bool], *, customer_id: str) -> SavedCustomer:
    """Keep a new customer, or change the given fields of the one with `customer_id`.

    Raises:
        NotFound: no such customer in these books.
        InvalidInput: a field that is not valid.
    """
    return await books.write(lambda db: _save(db, books, changes, customer_id))


def resolve_customer(db: Session, key: str) -> Customer:
    """The customer of this id, or the only one of exactly this name.

    Raises:
        NotFound, InvalidInput.
    """
    found = customers.customer_by_id(db, key) if key.startswith("cus_") else None
    if found is not None:
        return found
    named = customers.customers_by_name(db, key) if key.strip() else []
    match named:
        case [only]:
            return only
        case []:
            raise _no_such_customer(db, key)
        case _:
            raise InvalidInput(
                "customer: several customers have this name; give the id of one of them.",
                field="customer",
                candidates=[_told_apart(customer) for customer in named],
            )


def _told_apart(customer: Customer) -> str:
    """The id, and what a person tells customers of one name apart by."""
    marks = (customer.line1, customer.city, customer.country, customer.tax_number, customer.email)
    return f"{customer.id} {customer.name} ({'; '.join(mark for mark in marks if mark)})"


def check_field(db: Session, name: str, value: str | bool) -> Any:
    """The value as a customer's field of this name keeps it.

    Raises:
        InvalidInput, LimitExceeded.
    """
    return value if isinstance(value, bool) else _checked_text(db, name, value)


def changed(before: Customer, values: Mapping[str, Any]) -> Customer:
    """The customer with other values, each of which `check_field` answered; together they must fit.

    Raises:
        InvalidInput: no name, or a number that is not one of the country, or belongs into another field.
    """
    after = replace(before, **values)
    if not after.name:
        raise InvalidInput("name is required.", field="name")
    if after.consumer and after.public_body:
        raise InvalidInput("public_body: a customer is a consumer or a public body, not both.", field="public_body")
    if after.surcharge and (after.consumer or after.public_body or not _has_surcharge(after.country)):
        raise InvalidInput(
            "surcharge: retailers in Spain bear it (recargo de equivalencia), no consumers and no public bodies.",
            field="surcharge",
        )
    return _with_numbers(after)


def _has_surcharge(code: str) -> bool:
    return code in COUNTRY_CODES and country(code).surcharge is not None


def _no_such_customer(db: Session, key: str) -> NotFound:
    candidates = _similar(db, key)
    how = " Use one of the candidates." if candidates else ""
    return NotFound(
        f"customer: no customer here has this id or exact name.{how}",
        field="customer",
        candidates=candidates,
        remedy=Act.ADD_CUSTOMER if candidates else Act.FIND_OR_ADD_CUSTOMER,
    )


def _similar(db: Session, name: str) -> list[str]:
    names = customers.customer_names_like(db, fragments(name), limit=NAMES_COMPARED_MAX)
    return similar_names(name, names)


def _save(db: Session, books: Books, changes: Mapping[str, str | bool], customer_id: str) -> SavedCustomer:
    profile = load_profile(db)
    before = customers.customer_by_id(db, customer_id) if customer_id else Customer(id="", name="", country="")
    if before is None:
        raise NotFound("id: no such customer here.", field="id", remedy=Act.FIND_CUSTOMER)
    changes = _with_identifier(changes, before)
    asked = {"country": before.country or profile.country} | dict(changes)
    if ADDRESS_TEXT in asked:
        asked = with_address_fields(asked, check_field(db, "country", asked["country"]))
    after = changed(before, {name: check_field(db, name, value) for name, value in asked.items()})
    after = after if customer_id else replace(after, id=new_id("cus"))
    notes = _notes(db, after, created=not customer_id)
    customers.save_customer(db, after, now=books.clock())
    detail: dict[str, object] = {"fields": sorted(changes), "states": record_states(db, "customers", [after.id])}
    audit.record(db, "save_customer", after.id, at=books.clock(), by=books.actor, detail=detail)
    return SavedCustomer(
        after, not customer_id, (*notes, *_gap_notes(after, profile), *_currency_notes(after, profile))
    )


def _with_identifier(changes: Mapping[str, str | bool], before: Customer) -> Mapping[str, str | bool]:
    """The changes with a customer number as the identifier that it is (BT-46): a document has one of them.

    Raises:
        InvalidInput: another identifier is there, or given too.
    """
    if CUSTOMER_NUMBER not in changes:
        return changes
    number, scheme = str(changes[CUSTOMER_NUMBER]), split_identifier(before.identifier)[0]
    if "identifier" in changes or scheme:
        there = f"this customer has the identifier {before.identifier}" if scheme else "identifier is given too"
        raise InvalidInput(
            f"{CUSTOMER_NUMBER}: {there}, and a document names its buyer by one of them (BT-46). Empty identifier"
            " first.",
            field=CUSTOMER_NUMBER,
        )
    if split_identifier(number)[0]:
        raise InvalidInput(
            f"{CUSTOMER_NUMBER} has no scheme before it; a number with one, such as a GLN, is identifier.",
            field=CUSTOMER_NUMBER,
        )
    others = {name: value for name, value in changes.items() if name != CUSTOMER_NUMBER}
    return {**others, "identifier": number}


def _checked_text(db: Session, name: str, value: str) -> str:
    if name not in CUSTOMER:
        raise InvalidInput(f"{name} is not a field of a customer.", field=name)
    text = CUSTOMER[name].checked(name, value)
    return _check_terms(db, text) if name == "payment_terms" and text else text


def _check_terms(db: Session, code: str) -> str:
    known = load_terms(db)
    if code not in {term.code for term in known if term.active}:
        raise InvalidInput(f"payment_terms must be one of: {', '.join(term_texts(known))}.", field="payment_terms")
    return code


def _with_numbers(customer: Customer) -> Customer:
    numbers: dict[str, Any] = {
        field: check_number(customer.country, field, number)
        for field in NUMBER_FIELDS
        if (number := getattr(customer, field))
    }
    return replace(customer, **numbers)


def _notes(db: Session, customer: Customer, *, created: bool) -> tuple[Remark, ...]:
    same = [other for other in customers.customers_by_name(db, customer.name) if other.id != customer.id]
    if created and same:
        ids = ", ".join(other.id for other in same)
        return (
            Remark(
                f"There was already a customer of this name, {ids}: calls want the id of the one that is meant. If this"
                " is the same one, archive it.",
                Act.ARCHIVE_CUSTOMER,
            ),
        )
    return ()


def _gap_notes(customer: Customer, profile: Profile) -> tuple[Remark, ...]:
    gaps = customer_gaps(profile, customer) if profile.country else ()
    needed = named_gaps(customer, gaps)
    text = f"Live invoices to this customer still need {needed}."
    return (Remark(text, Act.SAVE_CUSTOMER),) if gaps else ()


def _currency_notes(customer: Customer, profile: Profile) -> tuple[Remark, ...]:
    if customer.currency and customer.currency != profile.currency:
        return (Remark(f"Documents for this customer will be in {customer.currency}."),)
    return ()
