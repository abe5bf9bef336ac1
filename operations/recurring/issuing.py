"""Issuing drafts of many clients in one act: each named with its client, and each on its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.progress import AsyncProgress
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, Refusal
from operations.access import Office, open_books, require
from operations.approval.waiting import AwaitingApproval
from operations.configuration.of_practice import clients_of
from operations.invoices import (
    Foreseen,
    IssuedInvoice,
    IssueRequest,
    KeptAsDraft,
    foresee_issue,
    issue_invoice,
    issued_from,
)
from operations.issuing import StandingDocument
from operations.naming import no_such_draft, of_practice_named
from operations.onboarding import find_partner
from operations.recurring.clients import as_it_is_now
from operations.rights import Right
from storage.books.billing import clients_billed_in
from storage.books.pool import Books
from storage.faults.errors import UNREADABLE_ROW
from storage.faults.kinds import Fault

DOCUMENTS_MAX = 100
"""How many drafts one call issues."""

_log = logging.getLogger("counterfoil")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftToIssue:
    """A draft and whose it is, by the handle; `acknowledge` are codes of warnings that an answer showed with it."""

    organization: str
    draft: str
    acknowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotIssued:
    """A draft that stays one, and why."""

    refusal: Refusal


Issue: TypeAlias = IssuedInvoice | KeptAsDraft | AwaitingApproval | Foreseen | NotIssued


@dataclass(frozen=True, slots=True)
class DraftIssue:
    """What became of a draft."""

    organization: OrganizationRef
    draft: str
    outcome: Issue


async def issue_for_clients(
    office: Office,
    wanted: Sequence[DraftToIssue],
    *,
    partner: str = "",
    dry_run: bool = False,
    progress: AsyncProgress,
) -> tuple[OrganizationRef, list[DraftIssue]]:
    """Issue each of the drafts in the order in which they are named, each in a transaction of its own, and answer the
    practice and what became of each; what is refused at one touches no other. One that an earlier call issued answers
    the same document again. The practice's own drafts are issued alike. `progress` counts drafts. In a dry
    run nothing is issued, and the answer says what would be.

    Raises:
        NotFound, OrganizationRequired: an organization, or the practice, is not within reach; nothing is issued then.
        NotAllowed: acting for clients is not the principal's to do.
        InvalidInput, LimitExceeded: none, a draft twice, or more than one call issues.
    """
    practice, organizations = await _checked(office, wanted, partner)
    found = []
    for done, one in enumerate(wanted, start=1):
        organization = organizations[one.organization]
        found.append(DraftIssue(organization, one.draft, await _issue(office, organization, one, dry_run)))
        await progress(done, len(wanted))
    return practice, found


async def _checked(
    office: Office, wanted: Sequence[DraftToIssue], partner: str
) -> tuple[OrganizationRef, Mapping[str, OrganizationRef]]:
    practice = await find_partner(office, partner)
    require(Right.ACT_FOR_CLIENTS, practice, office.principal)
    _check_drafts(wanted)
    organizations = await office.store.directory.read(lambda db: _organizations(db, office, practice, wanted))
    return practice, organizations


def _check_drafts(wanted: Sequence[DraftToIssue]) -> None:
    if not wanted:
        raise InvalidInput("documents: name at least one draft, with its organization.", field="documents")
    if len(wanted) > DOCUMENTS_MAX:
        raise LimitExceeded(f"documents: at most {DOCUMENTS_MAX} in one call. Split them.", field="documents")
    seen = set[str]()
    for index, one in enumerate(wanted):
        if not one.draft:
            raise InvalidInput(f"documents[{index}].draft is required.", field=f"documents[{index}].draft")
        if one.draft in seen:
            raise InvalidInput(f"documents[{index}]: this draft is named twice.", field=f"documents[{index}].draft")
        seen.add(one.draft)


def _organizations(
    db: Session, office: Office, practice: OrganizationRef, wanted: Sequence[DraftToIssue]
) -> Mapping[str, OrganizationRef]:
    """The organizations by the handles that were sent, each the practice or one of its clients."""
    reach, found = office.principal.reach, dict[str, OrganizationRef]()
    for index, one in enumerate(wanted):
        field = f"documents[{index}].organization"
        found[one.organization] = of_practice_named(db, reach, practice, one.organization, field=field)
    return found


async def _issue(office: Office, organization: OrganizationRef, one: DraftToIssue, dry_run: bool) -> Issue:
    try:
        books = await _open(office, organization, one.draft)
        if not dry_run:
            return await _issue_in(books, one)
        earlier = await _issued_from(books, one.draft)
        asked = IssueRequest(draft=one.draft, acknowledge=one.acknowledge)
        return IssuedInvoice(earlier, ()) if earlier is not None else await foresee_issue(books, asked)
    except Refusal as refusal:
        return NotIssued(refusal)
    except UNREADABLE_ROW as error:
        named = {"organization": organization.handle}
        _log.error("the books of %s cannot be read", organization.handle, exc_info=error, extra=named)
        return NotIssued(open_books(office, organization, Right.READ).out_of_service(Fault.ROWS))


async def _open(office: Office, organization: OrganizationRef, draft: str) -> Books:
    """The books of the organization, as it is now, for issuing the draft. In the practice's own books a draft that
    bills a client is within reach as the client is.

    Raises:
        NotFound: the organization, or the client that the draft bills, is out of reach.
        NotAllowed, Conflict: as opening the books says.
    """
    now = await as_it_is_now(office, organization)
    require(Right.ACT_FOR_CLIENTS, now, office.principal)
    books = open_books(office, now, Right.ISSUE)
    if now.kind is OrganizationKind.PARTNER and now.limited:
        billed, known = await books.read(lambda db: clients_billed_in(db, draft)), await clients_of(office, books)
        if not billed <= known.keys():
            raise no_such_draft()
    return books


async def _issued_from(books: Books, draft: str) -> StandingDocument | None:
    """The invoice that the draft became.

    Raises:
        Conflict: it is no draft, but what a credit note was asked for under.
    """
    found = await issued_from(books, draft)
    if found is not None and found.document.kind is not DocumentKind.INVOICE:
        raise Conflict("This is no draft: a credit note was asked for under it, and is issued.", field="draft")
    return found


async def _issue_in(books: Books, one: DraftToIssue) -> Issue:
    if (earlier := await _issued_from(books, one.draft)) is not None:
        return IssuedInvoice(earlier, ())
    try:
        return await issue_invoice(books, IssueRequest(draft=one.draft, acknowledge=one.acknowledge))
    except Refusal:
        # Somebody else may have issued it meanwhile, and then it is issued.
        if (meanwhile := await _issued_from(books, one.draft)) is not None:
            return IssuedInvoice(meanwhile, ())
        raise
