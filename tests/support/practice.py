"""A practice to test with: a real data folder, made and used through the operations alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.master_data.records import Customer
from invoicing.organizations import Environment, OrganizationRef
from operations.access import Office, Principal, open_books
from operations.customers import save_customer
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from operations.issuing import StandingDocument
from operations.practices import FirstOrganization
from operations.rights import Right
from storage.books.pool import Books
from storage.folder.store import Store
from tests.support.begun import Fill, begin_practice, new_client
from tests.support.clock import SettableClock
from tests.support.identity import CHEAP
from tests.support.issuing import issue_invoice
from tests.support.stores import open_store


@dataclass(frozen=True, slots=True)
class Practice:
    """An open data folder with a sandbox practice and its owner; `organization` is the practice itself."""

    office: Office
    clock: SettableClock
    organization: OrganizationRef
    clients: tuple[OrganizationRef, ...] = ()
    """Those that it began with."""

    @property
    def first_client(self) -> OrganizationRef:
        """The client that it began with."""
        return self.clients[0]

    @property
    def store(self) -> Store:
        return self.office.store

    @property
    def root(self) -> Path:
        return self.office.store.root

    @property
    def principal(self) -> Principal:
        return self.office.principal

    async def client(self, name: str, country: str = "GB", *, copy_from: str = "") -> OrganizationRef:
        """A new sandbox client of the practice."""
        return await new_client(self.office, name, country, copy_from=copy_from)

    def books(self, organization: OrganizationRef, right: Right = Right.ISSUE) -> Books:
        """The organization's books, as the owner of the practice opens them."""
        return open_books(self.office, organization, right)

    async def customer(self, books: Books, name: str = "Hotel Bristol", **fields: str | bool) -> Customer:
        """A new customer, complete enough to be invoiced; `fields` replace what it has by default."""
        return await new_customer(books, name, **fields)

    async def issue(
        self, books: Books, customer: str, *, quantity: str = "2", price: str = "12.50", reference: str = ""
    ) -> StandingDocument:
        """An invoice of one line, issued today to the customer of this id."""
        return await issue_invoice(books, issue_request(customer, quantity=quantity, price=price, reference=reference))


@asynccontextmanager
async def practice(
    root: Path,
    clock: SettableClock | None = None,
    *,
    name: str = "Ledger & Co",
    country: str = "GB",
    chart_of_accounts: str = "",
    client: str = "",
    more_clients: tuple[str, ...] = (),
    fill: Fill | None = None,
) -> AsyncIterator[Practice]:
    """Open the data folder at `root`, which has no practice yet, with a sandbox practice in it; and with British
    clients of these names and what `fill` makes, which costs a test less than making them.
    """
    clock = clock or SettableClock()
    first = FirstOrganization(
        name=name,
        country=country,
        email="owner@example.com",
        environment=Environment.SANDBOX,
        chart_of_accounts=chart_of_accounts,
    )
    clients = ((client,) if client else ()) + more_clients
    begun = await begin_practice(root, clock, first, clients, fill)
    async with open_store(root) as store:
        office = Office(store=store, principal=begun.owner, clock=clock, hashing=CHEAP)
        yield Practice(office, clock, begun.organization, begun.clients)


async def new_customer(books: Books, name: str = "Hotel Bristol", **fields: str | bool) -> Customer:
    """A new customer, complete enough to be invoiced."""
    address = {"line1": "1 High Street", "postal_code": "SW1A 1AA", "city": "London"}
    saved = await save_customer(books, address | {"name": name} | fields, customer_id="")
    return saved.customer


def issue_request(customer: str, *, quantity: str = "2", price: str = "12.50", reference: str = "") -> IssueRequest:
    """A request for an invoice of one line."""
    line = RequestedLine(quantity=Decimal(quantity), description="Bookkeeping", unit_price=Decimal(price))
    document = RequestedDocument(customer=customer, lines=(line,))
    return IssueRequest(request=DraftRequest(document=document), client_reference=reference)
