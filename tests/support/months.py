"""Invoices of several months at a practice's clients, and the acts across clients on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.organizations import Environment, OrganizationRef
from operations.access import Office
from operations.credit_notes import CreditRequest, issue_credit_note
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from operations.issuing import StandingDocument
from operations.onboarding import ClientRequest, create_client_organization
from operations.profile import update_organization
from operations.recurring.drafting import WorkOfMonth, WorkRequest, draft_for_clients
from operations.recurring.issuing import DraftIssue, DraftToIssue, issue_for_clients
from operations.recurring.outcomes import ClientWork
from storage.books.pool import Books
from tests.support.issuing import issue_invoice
from tests.support.practice import Practice

READY = {
    "line1": "1 Quay",
    "postal_code": "SW1A 1AA",
    "city": "London",
    "tax_number": "GB980780684",
    "email": "till@example.com",
    "iban": "GB33BUKB20201555555555",
}
FEBRUARY, MARCH = "2026-02", "2026-03"


async def silent(done: int, of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Months:
    """A practice whose clients' months are drafted."""

    one: Practice

    async def invoice(
        self, books: Books, customer: str, day: str, price: str = "100", *, text: str = "Bookkeeping", **more: Any
    ) -> StandingDocument:
        """An invoice of one line, dated and supplied on the day unless `more` says otherwise."""
        line = RequestedLine(quantity=Decimal(1), description=text, unit_price=Decimal(price))
        asked = RequestedDocument(customer=customer, lines=(line,), issue_date=date.fromisoformat(day))
        request = DraftRequest(document=replace(asked, **more))
        return await issue_invoice(books, IssueRequest(request=request))

    async def credit(self, books: Books, number: str) -> None:
        await issue_credit_note(books, CreditRequest(invoice=number, reason="Wrong"))

    async def draft(
        self,
        *clients: OrganizationRef,
        month: str = MARCH,
        source: str = "previous",
        dry_run: bool = False,
        office: Office | None = None,
        partner: str = "",
    ) -> WorkOfMonth:
        request = WorkRequest(
            month=month,
            source=source,
            clients=tuple(one.handle for one in clients),
            partner=partner,
            dry_run=dry_run,
        )
        return await draft_for_clients(office or self.one.office, request, progress=silent)

    async def work(self, client: OrganizationRef, *, month: str = MARCH, **more: Any) -> ClientWork:
        """What drafting for one client alone comes to."""
        (found,) = (await self.draft(client, month=month, **more)).clients
        return found

    async def issue(self, *drafts: tuple[str, str], acknowledge: tuple[str, ...] = ()) -> list[DraftIssue]:
        """Issue drafts, each named by its organization's handle and its id."""
        wanted = [DraftToIssue(organization=handle, draft=draft, acknowledge=acknowledge) for handle, draft in drafts]
        return (await issue_for_clients(self.one.office, wanted, progress=silent))[1]


async def live_client(one: Practice, name: str = "Quay Editing") -> OrganizationRef:
    """A live client of the practice that has all that it needs to issue."""
    asked = ClientRequest(name=name, country="GB", environment=Environment.LIVE)
    made = (await create_client_organization(one.office, asked)).created
    assert made is not None
    await update_organization(one.office, one.books(made), READY)
    return made


def told(work: ClientWork) -> str:
    """All that is said of exceptions."""
    return "\n".join(f"{one.about}: {' '.join(remark.text for remark in one.remarks)}" for one in work.exceptions)
