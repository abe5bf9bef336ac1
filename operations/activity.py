"""The activity log: who did what through which program, at which door, and what came of it; reads and refusals too.

It holds no arguments and no contents. An act stands in the log of the organization for which it was done, and one that
named none, or none in the caller's reach, in the log of the organization where the caller is at home: no log tells its
readers of what strangers tried to name, and nobody learns from another's log that it was named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from invoicing.organizations import Clock, OrganizationRef
from invoicing.text.typed import one_line
from operations.access import Office, Principal, require
from operations.rights import Right
from storage.directory import activity
from storage.directory.activity import INSTALLATION, Noted
from storage.folder.store import Store
from storage.paging import Page, check_limit

OK = "ok"
"""The result of an act that was done."""
ASKED = "asked"
"""Of one that has asked whoever called, and was not done yet."""
FAILED = "failed"
"""Of one that ended by a defect of ours."""
CANCELLED = "cancelled"
"""Of one whose caller has not waited for its end."""
AUTHENTICATE = "authenticate"


class Door(StrEnum):
    """Where somebody came in: a connection to a server, a page, the authorization server, or the machine itself."""

    MCP = "mcp"
    PAGE = "page"
    OAUTH = "oauth"
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What was done: a tool, a resource, a route or an act of signing in by its name, never what was sent with it.

    `result` is `OK`, `ASKED`, `FAILED`, `CANCELLED` or the code of a refusal. `organization_id` is that of the
    organization in reach for which it was done, empty where none was named. `principal` is who did it, None where that
    is nobody known.
    """

    door: Door
    act: str
    result: str = OK
    organization_id: str = ""
    principal: Principal | None = None


def note(office: Office, done: Activity) -> None:
    """Note what was done; it is written a moment later, in nobody's way."""
    who = done.principal
    office.store.activity.note(
        Noted(
            at=office.now(),
            door=done.door,
            act=done.act,
            result=done.result,
            organization_id=done.organization_id,
            user_id=who.user_id if who else "",
            label=who.label if who else "",
            program=who.program if who else "",
            credential_id=who.credential_id if who else "",
            named=bool(done.organization_id),
        )
    )


def note_visits(office: Office, done: Activity) -> None:
    """Note what was done in the log of each organization for which the office has acted; as it says, where none."""
    visited = office.visits.organizations if office.visits else ()
    for organization_id in visited or (done.organization_id,):
        note(office, replace(done, organization_id=organization_id))


def note_failed_authentication(store: Store, clock: Clock, door: Door, reason: str) -> None:
    """Count somebody who has not proved who that is. `reason` is one of a few fixed words, never what was brought."""
    store.activity.count(door, AUTHENTICATE, reason, at=clock())


async def list_activity(
    office: Office,
    organization: OrganizationRef,
    *,
    cursor: str,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
    said: str = "",
    door: str = "",
) -> Page[Noted]:
    """A page of the organization's log, newest first; of a time, where both its ends are given, of whoever's address,
    program or act holds what is `said`, and of one door. `organization` is what the directory answered for the
    principal in this call.

    Raises:
        NotAllowed: the log is not for the principal to read.
        InvalidInput: not a cursor of this list, or a limit out of bounds.
    """
    require(Right.READ_ACTIVITY, organization, office.principal)
    check_limit(limit)
    return await office.store.directory.read(
        lambda db: activity.noted_page(
            db, organization.id, cursor=cursor, limit=limit, since=since, until=until, said=said, door=door
        )
    )


async def list_activity_of_nobody(store: Store, *, cursor: str, limit: int) -> Page[Noted]:
    """A page of the installation's own log, for whoever works on the machine: what belongs to no organization, and how
    often somebody could not prove who that is.

    Raises:
        InvalidInput: not a cursor of this list, or a limit out of bounds.
    """
    check_limit(limit)
    return await store.directory.read(lambda db: activity.noted_page(db, INSTALLATION, cursor=cursor, limit=limit))


def said_of(noted: Noted) -> str:
    """`ann@example.com via "Claude": issue_invoice, not_allowed (mcp, crd_1)`. No name begins a line of its own."""
    who = one_line(noted.label) + (f' via "{one_line(noted.program)}"' if noted.program else "")
    came = "" if noted.result in (OK, noted.act) else f", {noted.result}"
    often = f", {noted.times} times" if noted.times > 1 else ""
    where = ", ".join(part for part in (noted.door, noted.credential_id) if part)
    return f"{who}{': ' if who else ''}{noted.act}{came}{often}{f' ({where})' if where else ''}"
