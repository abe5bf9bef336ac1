"""Drafting the recurring work of a month for many clients in one act."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from invoicing.organizations import OrganizationRef
from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput, OrganizationRequired, Refusal
from invoicing.remedies import Remark
from invoicing.reports.months import one_month
from invoicing.text.choices import choice_of
from operations.access import Office, open_books, require
from operations.recurring.billing import bill_client, billed_clients
from operations.recurring.clients import Covered, as_it_is_now, covered_clients
from operations.recurring.outcomes import ClientWork, Exceptional, refused
from operations.recurring.previous import draft_previous
from operations.rights import Right
from storage.books.pool import Books
from storage.faults.errors import UNREADABLE_ROW
from storage.faults.kinds import Fault

_log = logging.getLogger("counterfoil")


class Source(StrEnum):
    """What the work of a month is drafted from: what recurs of the month before, all of that month, or the plans by
    which the practice bills its clients.
    """

    PREVIOUS = "previous"
    PREVIOUS_ALL = "previous_all"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRequest:
    """Which month is drafted, from what (`Source`) and for which clients, by their handles. `partner` is the practice's
    handle: without clients it is for all of them, in a dry run or where it bills them.
    """

    month: str
    source: str = Source.PREVIOUS.value
    clients: tuple[str, ...] = ()
    partner: str = ""
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class WorkOfMonth:
    """What a month comes to at each client, by handle."""

    practice: OrganizationRef
    source: Source
    month: str
    dry_run: bool
    clients: tuple[ClientWork, ...]


async def draft_for_clients(office: Office, request: WorkRequest, *, progress: AsyncProgress) -> WorkOfMonth:
    """Draft the work of the month for each of the clients, one after the other; what fails at one touches no other. The
    same call again drafts nothing twice, and goes on where an earlier one ended. `progress` counts clients.

    Raises:
        InvalidInput, OrganizationRequired: no month, no such source, or nothing that names whom it is for.
        NotFound: no such practice or client within reach; nothing is drafted then.
        NotAllowed: acting for clients is not the principal's to do.
    """
    source = choice_of(Source, request.source, field="source")
    month = one_month(request.month)
    if month is None:
        raise InvalidInput("month must be a month, such as 2026-03.", field="month")
    _check_names(request, source)
    covered = await covered_clients(office, partner=request.partner, handles=request.clients)
    if source is Source.PLAN:
        works = await _bill(office, request, covered, month, progress)
    else:
        works = await _draft(office, request, covered, month, progress, all_of_them=source is Source.PREVIOUS_ALL)
    return WorkOfMonth(covered.practice, source, month, request.dry_run, works)


def _check_names(request: WorkRequest, source: Source) -> None:
    """A call that changes books names them, so that whoever approves it sees whose they are."""
    if source is Source.PLAN:
        if not request.partner.strip():
            raise OrganizationRequired("partner is required: the practice that bills its clients.", field="partner")
    elif not request.clients and not (request.dry_run and request.partner.strip()):
        raise OrganizationRequired(
            "clients is required: the handles of those to draft for. A dry run takes partner instead, for all clients"
            " of that practice, and answers which have work.",
            field="clients",
        )


async def _draft(
    office: Office, request: WorkRequest, covered: Covered, month: str, progress: AsyncProgress, *, all_of_them: bool
) -> tuple[ClientWork, ...]:
    async def draft(organization: OrganizationRef) -> ClientWork:
        async def opened() -> Books:
            now = await as_it_is_now(office, organization)
            require(Right.ACT_FOR_CLIENTS, now, office.principal)
            return open_books(office, now, Right.DRAFT)

        return await draft_previous(
            await opened(), month, opened=opened, all_of_them=all_of_them, dry_run=request.dry_run
        )

    return await _each(office, covered.clients, draft, progress)


async def _bill(
    office: Office, request: WorkRequest, covered: Covered, month: str, progress: AsyncProgress
) -> tuple[ClientWork, ...]:
    books = open_books(office, covered.practice, Right.DRAFT)
    billed = await billed_clients(office, books, month)
    named = {one.id for one in covered.clients} if request.clients else None
    of_client = {one.organization.id: one for one in billed if named is None or one.ids & named}

    async def bill(organization: OrganizationRef) -> ClientWork:
        practice = await as_it_is_now(office, covered.practice)
        require(Right.ACT_FOR_CLIENTS, practice, office.principal)
        client = replace(of_client[organization.id], organization=await as_it_is_now(office, organization))
        books = open_books(office, practice, Right.DRAFT)
        return await bill_client(office, books, client, month, dry_run=request.dry_run)

    works = await _each(office, [one.organization for one in of_client.values()], bill, progress)
    known = {each for one in of_client.values() for each in one.ids}
    without = [one for one in covered.clients if request.clients and one.id not in known]
    remark = Remark(f"No plan of the practice bills it in {month}.")
    return (*works, *(ClientWork(one, exceptions=(Exceptional("", (remark,)),)) for one in without))


async def _each(
    office: Office,
    organizations: Sequence[OrganizationRef],
    act: Callable[[OrganizationRef], Awaitable[ClientWork]],
    progress: AsyncProgress,
) -> tuple[ClientWork, ...]:
    works = []
    for done, organization in enumerate(organizations, start=1):
        works.append(await _at_one(office, organization, act))
        await progress(done, len(organizations))
    return tuple(works)


async def _at_one(
    office: Office, organization: OrganizationRef, act: Callable[[OrganizationRef], Awaitable[ClientWork]]
) -> ClientWork:
    """What the act comes to at a client, or why it does not: whatever is the matter there does not hide the others."""
    try:
        return await act(organization)
    except Refusal as refusal:
        return refused(organization, refusal)
    except UNREADABLE_ROW as error:
        named = {"organization": organization.handle}
        _log.error("the books of %s cannot be read", organization.handle, exc_info=error, extra=named)
        return refused(organization, open_books(office, organization, Right.READ).out_of_service(Fault.ROWS))
