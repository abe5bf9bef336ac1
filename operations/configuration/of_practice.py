"""What a practice's plans and hours have in common: each is of one of its clients, by the client's handle."""

from __future__ import annotations

import re

from sqlmodel import Session

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.recurring.plans import code_in, entry_id
from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from operations.access import Office
from operations.configuration.entries import Clients, Entry, Part, changes_on_record
from operations.recurring.clients import clients_within_reach
from storage.books import audit
from storage.books.checks import SAVED_HOURS, SAVED_PLAN
from storage.books.pool import Books
from storage.directory.going_live import successors

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}", re.ASCII)


async def clients_of(office: Office, books: Books) -> Clients:
    """The practice's clients within reach, by their ids; one that went live by those of its sandbox, too.

    Raises:
        Conflict: these are not the books of a practice.
    """
    practice = books.organization
    if practice.kind is not OrganizationKind.PARTNER:
        raise Conflict(f"part: {practice.handle} is no practice: it has no clients to bill.", field="part")
    found = await clients_within_reach(office, practice)
    became = await office.store.directory.read(lambda db: successors(db, practice.id))
    known = dict(found)
    for before in became:
        now = before
        while now in became:
            now = became[now]
        known.pop(before, None)
        if now in found:
            known[before] = found[now]
    return known


def shown_code(clients: Clients, client_id: str, entry: str) -> str:
    """The code of an entry as it is shown: the client's handle, a slash, and its own code."""
    return f"{clients[client_id].handle}/{code_in(entry)}"


def read_code(clients: Clients, text: str) -> tuple[OrganizationRef, str]:
    """The client and the entry's own code that a code names.

    Raises:
        InvalidInput: it is no such code.
        NotFound: no such client of the practice within reach.
    """
    handle, slash, code = (part.strip() for part in text.partition("/"))
    if not slash or not _CODE.fullmatch(code):
        raise InvalidInput(
            "code must be a client's handle, a slash, and 1 to 40 letters, digits, points, hyphens and underscores,"
            " such as harbour-bakery/books.",
            field="code",
        )
    for one in clients.values():
        if one.handle == small_letters(handle):
            return one, code
    raise NotFound("code: no such client of this practice here.", field="code", remedy=Act.FIND_ORGANIZATION)


def known_ids(clients: Clients, client: OrganizationRef, code: str) -> list[str]:
    """The ids that an entry of this code of the client can have, that of its own first."""
    before = [one for one, now in clients.items() if now.id == client.id and one != client.id]
    return [entry_id(one, code) for one in (client.id, *before)]


def put_on_record(
    db: Session, books: Books, part: Part, client_id: str, before: Entry | None, after: Entry, **more: object
) -> None:
    """Put a change of an entry on record by its own code, with the id of its client: whoever reads the practice's trail
    need not reach the client. `more` is what else is on record.
    """
    if changed := changes_on_record(before, after):
        detail: dict[str, object] = {"part": part.value, "changed": changed, "client": client_id, **more}
        code = after.code.partition("/")[2]
        audit.record(db, _ACTS[part], code, at=books.clock(), by=books.actor, detail=detail)


_ACTS = {Part.PLANS: SAVED_PLAN, Part.HOURS: SAVED_HOURS}
