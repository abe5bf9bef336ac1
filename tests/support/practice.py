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
from operations.onboarding import ClientRequest, create_client_organization
from operations.practices import FirstOrganization
from operations.rights import Right
from storage.books.pool import Books
from storage.folder.store import Store
from tests.support.begun import begin_practice
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
        request = ClientRequest(name=name, country=country, environment=Environment.SANDBOX, copy_from=copy_from)
        made = await create_client_organization(self.office, request)
        assert made.created is not None
        return made.created

    def books(self, organization: OrganizationRef, right: Right = Right.ISSUE) -> Books:
        """The organization's books, as the owner of the practice opens them."""
        return open_books(self.office, organization, right)

    async def customer(self, books: Books, name: str = "Hotel Bristol", **fields: str | bool) -> Customer:
        """A new customer, complete enough to be invoiced; `fields` replace what it has by default."""
        address = {"line1": "1 High Street", "postal_code": "SW1A 1AA", "city": "London"}
        saved = await save_customer(books, address | {"name": name} | fields, customer_id="")
        return saved.customer

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
) -> AsyncIterator[Practice]:
    """Open the data folder at `root`, which has no practice yet, with a sandbox practice in it."""
    clock = clock or SettableClock()
    first = FirstOrganization(
        name=name,
        country=country,
        email="owner@example.com",
        environment=Environment.SANDBOX,
        chart_of_accounts=chart_of_accounts,
    )
    principal, organization = await begin_practice(root, clock, first)
    async with open_store(root) as store:
        office = Office(store=store, principal=principal, clock=clock, hashing=CHEAP)
        yield Practice(office, clock, organization)


def issue_request(customer: str, *, quantity: str = "2", price: str = "12.50", reference: str = "") -> IssueRequest:
    """A request for an invoice of one line."""
    line = RequestedLine(quantity=Decimal(quantity), description="Bookkeeping", unit_price=Decimal(price))
    document = RequestedDocument(customer=customer, lines=(line,))
    return IssueRequest(request=DraftRequest(document=document), client_reference=reference)
