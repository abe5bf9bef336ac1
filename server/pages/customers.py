"""A customer: what is known of it, what it owes, and how that is entered and changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.routing import Route

from invoicing.document.lifecycle import OPEN
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.remedies import Remark
from operations.customers import customers_alike, get_customer, save_customer
from operations.finding_invoices import InvoiceSearch, find_invoices
from operations.rights import Right
from server.pages.languages import gettext, language
from server.pages.record_pages import Noun
from server.pages.visiting import Desk
from server.pages.words import kind_word, status_word
from storage.books.pool import Books
from storage.books.setup import load_terms
from views.choices import country_choices, language_choices, term_choices
from views.listed_documents import document_row
from views.record_fields import Fields, customer_changes, customer_fields
from views.shown_records import owed, shown_customer

_DOCUMENTS_SHOWN = 10


def routes(desk: Desk) -> list[Route]:
    return CUSTOMERS.routes(desk)


async def _more(books: Books, one: Customer, profile: Profile) -> dict[str, Any]:
    """The newest documents of a customer, and what it owes."""
    newest = await find_invoices(books, InvoiceSearch(customer=one.id), cursor="", limit=_DOCUMENTS_SHOWN)
    unpaid = await find_invoices(books, InvoiceSearch(customer=one.id, status=OPEN), cursor="", limit=1)
    return {
        "rows": [document_row(each, profile) for each in newest.items],
        "more": bool(newest.next_cursor),
        "owed": owed(unpaid.sums, profile),
        "status_word": status_word,
        "kind_word": kind_word,
        "is": {name: getattr(one, name) for name in ("consumer", "public_body")},
    }


async def _choices(books: Books, one: Customer, profile: Profile) -> dict[str, Any]:
    terms = await books.read(load_terms)
    usual = next((term.name for term in terms if term.is_default), "")
    nothing = gettext("As usual: %(terms)s", terms=usual) if usual else gettext("As usual")
    return {
        "countries": country_choices(language()),
        "document_languages": language_choices(language(), gettext("That of the organization")),
        "terms": term_choices(terms, nothing, kept=one.payment_terms),
        "currency": profile.currency,
    }


async def _save(books: Books, shown: Fields, typed: Fields, key: str, _: Profile) -> tuple[str, Sequence[Remark]]:
    saved = await save_customer(books, customer_changes(shown, typed), customer_id=key)
    return saved.customer.id, saved.notes


async def _archive(books: Books, key: str, archived: bool) -> object:
    return await save_customer(books, {"archived": archived}, customer_id=key)


async def _alike(books: Books, typed: Fields) -> list[tuple[str, str]]:
    found = await customers_alike(books, name=typed["name"], tax_number=typed["tax_number"])
    return [(one.id, ", ".join(text for text in (one.name, one.city, one.tax_number) if text)) for one in found]


def _titles() -> dict[str, str]:
    return {
        "new": gettext("New customer"),
        "edit": gettext("Change %(name)s"),
        "saved": gettext("The customer is saved"),
        "open": gettext("Open the customer"),
        "archive": gettext("Archive %(name)s"),
        "take_back": gettext("Take %(name)s back"),
        "archived_means": gettext(
            "An archived customer is no longer in the list and is chosen for no new invoice. Its documents and what it"
            " owes stay as they are."
        ),
    }


CUSTOMERS: Noun[Customer] = Noun(
    here="customers",
    one="customer",
    right=Right.SAVE_CUSTOMER,
    blank=lambda profile: Customer(id="", name="", country=profile.country),
    get=get_customer,
    fields=lambda one, _: customer_fields(one),
    save=_save,
    archive=_archive,
    shown=shown_customer,
    more=_more,
    choices=_choices,
    alike=_alike,
    titles=_titles,
)
