"""Pushing parts of the practice's configuration to its clients, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import anyio
from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from invoicing.progress import AsyncProgress
from invoicing.refusals import Conflict, InvalidInput, Refusal, Unavailable
from invoicing.remedies import Remark
from invoicing.text.codes import small_letters
from operations.access import Office, open_books, require
from operations.configuration.workflows import OWNERS_ALONE, owners_alone
from operations.copying.part import Configuration, CopiedPart, changes_on_record, digest
from operations.copying.parts import PARTS, RESTED_ON, load_configuration
from operations.copying.workflows import WORKFLOWS
from operations.naming import EVERY_CLIENT, client_named, wants_names
from operations.onboarding import configuration_of, find_partner
from operations.pushing.differences import Action, Chosen, Difference, Mode, PushedEntry, differences
from operations.rights import Right
from storage.books import audit
from storage.books.part_provenance import EntrySource, PartSource, load_part_sources, record_sources
from storage.books.pool import Books
from storage.books.states import settings_state
from storage.directory import organizations

PUSHED = "push_configuration"
"""The act on record in each client's books."""
AT_ONCE = 4
"""Clients that are worked on at a time."""
PUSHABLE = tuple(part for part in PARTS if part.put is not None)

_log = logging.getLogger("counterfoil")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """What is pushed where: `parts` by name, of these the entries of `codes`, or all; to the clients of these handles,
    or to every one that can be reached (one of `EVERY_CLIENT`, or in a dry run none). Where a change must name the
    client, `EVERY_CLIENT` changes nothing.
    """

    parts: tuple[str, ...]
    codes: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    partner: str = ""
    mode: Mode = Mode.BOTH
    dry_run: bool = True

    @property
    def named(self) -> list[str]:
        return sorted({small_letters(handle.strip()) for handle in self.clients if handle.strip()})


class ClientState(StrEnum):
    """What became of a client. At one that is `failed` a defect was met, which is logged, and nothing was changed.
    One that is `unnamed` is of all clients (`EVERY_CLIENT`), and a change there must name it.
    """

    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    ARCHIVED = "archived"
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOutcome:
    """A client, the entries that are another there or were refused, and why there is nothing where that was refused."""

    client: OrganizationRef
    state: ClientState
    entries: tuple[PushedEntry, ...] = ()
    why: Remark | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did, or in a dry run would do, client by client in the order of their handles."""

    partner: OrganizationRef
    outcomes: tuple[ClientOutcome, ...]


async def push_configuration(office: Office, request: PushRequest, *, progress: AsyncProgress) -> Pushed:
    """Bring parts of the clients' configuration in line with the practice's. A client that fails touches no other, and
    what is so already is not done again.

    Raises:
        NotAllowed: it is not the principal's to do.
        NotFound: a client that the practice does not have, or that the principal cannot reach.
        InvalidInput: no such part or entry, or no clients named.
        Conflict: the practice is archived.
    """
    partner = await find_partner(office, request.partner)
    require(Right.PUSH_CONFIGURATION, partner, office.principal)
    if partner.archived:
        raise Conflict(f"{partner.handle} is archived: it changes nothing at its clients.", field="partner")
    parts = _parts(request.parts)
    clients = await _clients(office, partner, request)
    unnamed = {one.id for one in clients if _is_left_out(one, request)}
    source = await configuration_of(office, partner)
    chosen = Chosen(source=source, parts=parts, codes=_codes(source, parts, request.codes), mode=request.mode)
    reached = [one for one in clients if one.id not in unnamed]
    done = await _each(office, reached, chosen, dry_run=request.dry_run, progress=progress)
    return Pushed(
        partner,
        tuple(
            done[one.id] if one.id in done else ClientOutcome(client=one, state=ClientState.UNNAMED) for one in clients
        ),
    )


def _is_left_out(client: OrganizationRef, request: PushRequest) -> bool:
    """Whether the client is one of all, where a change must name it. In a dry run all are told of."""
    return not request.dry_run and _is_for_all(request) and wants_names(client) and not client.archived


def _is_for_all(request: PushRequest) -> bool:
    return not request.named or (len(request.named) == 1 and request.named[0] in EVERY_CLIENT)


def _parts(names: Sequence[str]) -> tuple[CopiedPart, ...]:
    known = [part.name for part in PUSHABLE]
    wanted = {small_letters(name) for name in names if name.strip()}
    if not wanted or wanted - set(known):
        raise InvalidInput(f"parts must be some of: {', '.join(known)}.", field="parts", candidates=known)
    return tuple(part for part in PUSHABLE if part.name in wanted)


def _codes(source: Configuration, parts: Sequence[CopiedPart], codes: Sequence[str]) -> frozenset[tuple[str, str]]:
    """The entries of these codes in each of the parts: as it is written, or else in small or capital letters."""
    known = {part.name: part.by_key(source.parts[part.name]).keys() for part in parts}
    chosen = set()
    for code in (code.strip() for code in codes if code.strip()):
        found = {
            (name, key)
            for name, keys in known.items()
            for key in keys
            if key == code or (code not in keys and key.lower() == code.lower())
        }
        if not found:
            raise InvalidInput(
                f"codes: {source.handle} has no such entry in these parts.",
                field="codes",
                candidates=sorted({key for keys in known.values() for key in keys})[:20],
            )
        chosen |= found
    return frozenset(chosen)


async def _clients(office: Office, partner: OrganizationRef, request: PushRequest) -> list[OrganizationRef]:
    reach = office.principal.reach
    handles = request.named
    if not handles and not request.dry_run:
        raise InvalidInput(
            "clients is required: their handles, or all for all that need not be named.", field="clients"
        )

    def work(db: Session) -> list[OrganizationRef]:
        if _is_for_all(request):
            return organizations.every_client(db, reach, partner.id, archived=True)
        named = (client_named(db, reach, partner, handle) for handle in handles)
        return list({one.id: one for one in named}.values())

    return sorted(await office.store.directory.read(work), key=lambda one: one.handle)


async def _each(
    office: Office, clients: Sequence[OrganizationRef], chosen: Chosen, *, dry_run: bool, progress: AsyncProgress
) -> dict[str, ClientOutcome]:
    done: dict[str, ClientOutcome] = {}
    waiting = iter(clients)

    async def work() -> None:
        for client in waiting:
            done[client.id] = await _one(office, client, chosen, dry_run=dry_run)
            await progress(len(done), len(clients))

    async with anyio.create_task_group() as group:
        for _ in range(min(AT_ONCE, len(clients))):
            group.start_soon(work)
    return done


async def _one(office: Office, client: OrganizationRef, chosen: Chosen, *, dry_run: bool) -> ClientOutcome:
    if client.archived:
        return ClientOutcome(client=client, state=ClientState.ARCHIVED)
    try:
        books = open_books(office, client, Right.PUSH_CONFIGURATION)
        if dry_run:
            entries = await books.read(lambda db: tuple(one.told for one in _differences(db, books, chosen)))
        else:
            entries = await books.write(lambda db: _write(db, books, chosen))
    except Unavailable as refused:
        return _without(client, ClientState.UNAVAILABLE, refused)
    except Refusal as refused:
        return _without(client, ClientState.REFUSED, refused)
    except Exception:
        # It is this client's alone: the others are to be told of.
        named = {"organization": client.handle}
        _log.exception("configuration could not be pushed to %s", client.handle, extra=named)
        return ClientOutcome(client=client, state=ClientState.FAILED)
    actions = {entry.action for entry in entries}
    changes = bool(actions & {Action.ADDED, Action.UPDATED})
    state = ClientState.CHANGED if changes else ClientState.REFUSED if actions else ClientState.SAME
    return ClientOutcome(client=client, state=state, entries=entries)


def _without(client: OrganizationRef, state: ClientState, refused: Refusal) -> ClientOutcome:
    return ClientOutcome(client=client, state=state, why=Remark(refused.message, refused.remedy))


def _differences(db: Session, books: Books, chosen: Chosen) -> Iterator[Difference]:
    names = RESTED_ON | {part.name for part in chosen.parts}
    kept = owners_alone(db, books)
    for one in differences(db, chosen, load_configuration(db, books.organization.handle, names)):
        if one.part is WORKFLOWS and one.told.code in kept:
            because = f"it {OWNERS_ALONE}"
            told = PushedEntry(part=one.part.name, code=one.told.code, action=Action.REFUSED, because=because)
            yield Difference(one.part, None, told)
        else:
            yield one


def _write(db: Session, books: Books, chosen: Chosen) -> tuple[PushedEntry, ...]:
    entries, changed = [], []
    for one in _differences(db, books, chosen):
        entries.append(one.told)
        if one.value is not None and one.part.put is not None:
            one.part.put(db, one.value)
            changed.append(one)
    if changed:
        _record_sources(db, books, chosen, changed)
        told = changes_on_record((one.told.part, one.told.code, one.told.changed) for one in changed)
        detail: dict[str, object] = {"source": chosen.source.handle, "changed": told}
        detail["settings"] = settings_state(db)
        audit.record(db, PUSHED, "configuration", at=books.clock(), by=books.actor, detail=detail)
    return tuple(entries)


def _record_sources(db: Session, books: Books, chosen: Chosen, changed: Sequence[Difference]) -> None:
    """Entries are the practice's now. A part is where all of it was pushed, or nobody knew where it came from."""
    source, known = chosen.source, load_part_sources(db)
    parts, entries = [], []
    for part in chosen.parts:
        theirs = part.by_key(source.parts[part.name])
        mine = [one for one in changed if one.part is part]
        entries += [
            EntrySource(
                part=part.name,
                code=one.told.code,
                source=source.handle,
                digest=part.digest(theirs[one.told.code]),
                digest_here=part.digest(one.value),
            )
            for one in mine
        ]
        whole = not chosen.codes and chosen.mode is not Mode.UPDATE
        before = known.get(part.name)
        if mine and (whole or before is None or before.source == source.handle):
            parts.append(
                PartSource(
                    part=part.name,
                    source=source.handle,
                    digest=digest(source.parts[part.name]),
                    recorded_at=books.clock(),
                    recorded_by=books.actor,
                )
            )
    record_sources(db, parts, entries)
