"""A client whose documents wait for approval, and the people who decide."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from invoicing.approval.approvals import Approval
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.organizations import CredentialKind, OrganizationRef
from operations.access import Office, open_books
from operations.approval.deciding import Decided, DecisionRequest, decide_approval
from operations.approval.signing import Proof
from operations.approval.waiting import AwaitingApproval
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.drafts import DraftRequest, draft_invoice
from operations.invoices import IssueRequest, issue_invoice
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.clock import SettableClock
from tests.support.people import as_seen_by, colleague
from tests.support.practice import Practice, practice


@dataclass(frozen=True, slots=True)
class Desk:
    """A sandbox client of a practice. `owner` is the practice's, `anna` and `ben` are its accountants, `user` is the
    client's own; each by an office.
    """

    one: Practice
    client: OrganizationRef
    customer: str
    owner: Office
    anna: Office
    ben: Office
    user: Office

    async def books(self, who: Office, right: Right = Right.ISSUE) -> Books:
        return open_books(who, await as_seen_by(who, self.client), right)

    async def workflow(self, code: str = "LARGE", **values: str) -> None:
        books = await self.books(self.owner, Right.CHANGE_WORKFLOWS)
        await save_entry(self.owner, books, Part.WORKFLOWS, Change(code=code, values=values))

    async def withdraw(self, code: str = "LARGE") -> None:
        books = await self.books(self.owner, Right.CHANGE_WORKFLOWS)
        await save_entry(self.owner, books, Part.WORKFLOWS, Change(code=code, withdraw=True))

    def request(self, price: str = "2000", **fields: Any) -> DraftRequest:
        line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(price))
        return DraftRequest(document=RequestedDocument(self.customer, (line,), **fields))

    async def draft(self, who: Office, price: str = "2000", **fields: Any) -> str:
        return (await draft_invoice(await self.books(who), self.request(price, **fields))).draft

    async def ask(
        self, who: Office, price: str = "2000", *, draft: str = "", reference: str = "", **fields: Any
    ) -> str:
        """The id under which an invoice waits that this person has asked for."""
        return (await self.asked(who, price, draft=draft, reference=reference, **fields)).id

    async def asked(
        self, who: Office, price: str = "2000", *, draft: str = "", reference: str = "", **fields: Any
    ) -> Approval:
        request = None if draft else self.request(price, **fields)
        wanted = IssueRequest(draft=draft, request=request, client_reference=reference)
        made = await issue_invoice(await self.books(who), wanted)
        assert isinstance(made, AwaitingApproval), made
        return made.approval

    async def decide(
        self, who: Office, key: str, decision: str = "approve", comment: str = "", proof: Proof | None = None
    ) -> Decided:
        books = await self.books(who, Right.DECIDE_APPROVAL)
        return await decide_approval(books, DecisionRequest(key, decision, comment), proof)

    def key_of(self, who: Office, kind: CredentialKind = CredentialKind.KEY) -> Office:
        """The office of a key or link that this person made, which acts as a user of its own."""
        maker = who.principal.user_id
        principal = replace(self.owner.principal, credential=kind, credential_id="crd", label="key", made_by=maker)
        return replace(self.owner, principal=principal)


@asynccontextmanager
async def desk(folder: Path, clock: SettableClock | None = None) -> AsyncIterator[Desk]:
    """The client; its books are verified at the end."""
    async with practice(folder, clock) as one:
        client = await one.client("Harbour Bakery")
        customer = (await one.customer(one.books(client))).id
        anna, ben = [
            await colleague(one, one.organization, "accountant", email=f"{name}@example.com")
            for name in ("anna", "ben")
        ]
        user = await colleague(one, client, "client", email="user@example.com")
        yield Desk(one, client, customer, one.office, anna, ben, user)
        assert (await verify_books(one.books(client))).problem == ""
