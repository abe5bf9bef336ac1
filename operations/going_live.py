"""Going live: a live organization with what a sandbox one was set up with, which is archived in the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from invoicing.document.readiness import Blocker, blockers, live_blockers
from invoicing.master_data.handles import SANDBOX_SUFFIX
from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment, NewOrganization, OrganizationKind, OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotReady, Unavailable
from invoicing.remedies import Act, Remark
from operations.access import Office, open_books, require
from operations.mandates import MandatesOfOrganization, mandates_in, unacknowledged
from operations.naming import Caller, name_organization
from operations.onboarding import add_organization, base_handle
from operations.registration import default_code
from operations.rights import Right
from storage.books import audit, files
from storage.books.approvals import count_waiting
from storage.books.audit import entries_end
from storage.books.carrying import Carried, put_down, take_along
from storage.books.checks import CREATING
from storage.books.pool import Books
from storage.books.profile import load_profile, record_provenance
from storage.books.states import record_states, settings_state
from storage.directory import organizations
from storage.directory.going_live import check_may_go_live, succeed
from storage.files.kept import StoredFile
from storage.ids import new_organization_id

_TOLD = ("customers", "items", "accounts", "tax_codes", "payment_terms", "number_series", "posting_profiles")


@dataclass(frozen=True, slots=True, kw_only=True)
class WentLive:
    """What going live made, or in a dry run would make. `created` is None in a dry run; `handle` is its handle.
    `blockers` say what it lacks, where that is anything; `carried` counts what goes along; `mandates` are those that
    the live organization begins with, of which nobody has acknowledged any; `waiting` counts documents that wait for
    approval, and stay behind.
    """

    sandbox: OrganizationRef
    created: OrganizationRef | None
    handle: str
    blockers: tuple[Blocker, ...]
    carried: Mapping[str, int]
    connection_url: str
    mandates: MandatesOfOrganization | None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class _Source:
    profile: Profile
    blockers: tuple[Blocker, ...]
    carried: Carried
    logo: StoredFile | None
    end: tuple[int, str]
    mandates: MandatesOfOrganization | None
    waiting: int


async def go_live(caller: Caller, organization: str, *, handle: str = "", dry_run: bool = False) -> WentLive:
    """Make the live organization of a sandbox one, which is archived: readable by name, listed and counted no more.

    Raises:
        NotFound, NotAllowed: no such organization of the principal's, or not its to do.
        Conflict: it is live, archived, or a practice that has clients.
        NotReady: something is missing, unless it is a dry run, which tells what.
    """
    office = caller.office
    if not organization.strip():
        raise InvalidInput("organization is required: the handle of the sandbox one.", field="organization")
    sandbox = await name_organization(caller, organization=organization, session="", changing=True)
    books = open_books(office, sandbox, Right.GO_LIVE)
    await _check_may_go(office, sandbox)
    await office.store.directory.read(lambda db: check_may_go_live(db, sandbox.id))
    source = await books.read(lambda db: _read_source(db, books))
    base = base_handle(handle or sandbox.handle.removesuffix(SANDBOX_SUFFIX), sandbox.name, Environment.LIVE)
    counts = {name: source.carried.count(name) for name in _TOLD}
    if dry_run or source.blockers:
        if not dry_run:
            raise NotReady(*(Remark(one.text, one.remedy) for one in source.blockers))
        free = await office.store.directory.read(
            lambda db: organizations.handle_free_within_reach(db, office.principal.reach, base, Environment.LIVE)
        )
        return WentLive(
            sandbox=sandbox,
            created=None,
            handle=free,
            blockers=source.blockers,
            carried=counts,
            connection_url="",
            mandates=source.mandates,
            waiting=source.waiting,
        )
    created = await _create(office, books, source, base)
    return WentLive(
        sandbox=replace(sandbox, archived=True),
        created=created,
        handle=created.handle,
        blockers=(),
        carried=counts,
        connection_url=office.connection_url(created),
        mandates=source.mandates,
        waiting=source.waiting,
    )


async def _check_may_go(office: Office, sandbox: OrganizationRef) -> None:
    if sandbox.environment is Environment.LIVE:
        raise Conflict(f"{sandbox.handle} is live already.", field="organization")
    if sandbox.kind is OrganizationKind.PARTNER:
        # Who sees only some of its clients is one of its people, and answers for none of it as a whole.
        require(Right.CREATE_CLIENT, sandbox, office.principal)
        await office.store.directory.read(lambda db: _check_has_no_clients(db, sandbox))


def _check_has_no_clients(db: Session, sandbox: OrganizationRef) -> None:
    """What clients there are is not told: not everybody sees them all."""
    if organizations.has_clients(db, sandbox.id):
        raise Conflict(
            f"{sandbox.handle} is a practice with clients, which stay with it. Start a live practice instead, and"
            " create its clients there.",
            field="organization",
        )


def _read_source(db: Session, books: Books) -> _Source:
    profile = load_profile(db)
    live = replace(profile, environment=Environment.LIVE)
    code = default_code(db, profile)
    lacking = live_blockers(live, default_code=code) if profile.country else blockers(live, default_code=code)
    logo = files.file_at(db, profile.logo) if profile.logo else None
    mandates = unacknowledged(mandates_in(db, books, profile)) if profile.country else None
    waiting, _ = count_waiting(db)
    return _Source(profile, tuple(lacking), take_along(db), logo, entries_end(db), mandates, waiting)


async def _create(office: Office, books: Books, source: _Source, base: str) -> OrganizationRef:
    sandbox, profile, now = books.organization, source.profile, office.now()
    new = NewOrganization(
        id=new_organization_id(),
        handle_base=base,
        name=sandbox.name,
        kind=sandbox.kind,
        environment=Environment.LIVE,
        country=profile.country,
        currency=profile.currency,
        partner_id=sandbox.partner_id,
    )
    logo = await books.use_files(_logo, books, source.logo) if source.logo else b""

    def publish(db: Session) -> None:
        check_may_go_live(db, sandbox.id)
        if sandbox.kind is OrganizationKind.PARTNER:
            _check_has_no_clients(db, sandbox)
        if books.pool.read_now(sandbox.id, entries_end) != source.end:
            raise Conflict(f"{sandbox.handle} was changed meanwhile: repeat the same call.", field="organization")
        succeed(db, sandbox.id, by=new.id, at=now)

    return await add_organization(
        office,
        new,
        fill=lambda db: _fill(db, office, sandbox, source),
        publish=publish,
        bring={profile.logo: logo} if logo else {},
    )


def _logo(books: Books, stored: StoredFile) -> bytes:
    content = books.files.read_named(stored.path, stored.sha256)
    if content is None:
        raise Unavailable(
            "The logo is damaged or missing: set it anew, or restore it from a backup.", remedy=Act.EXAMINE
        )
    return content


def _fill(db: Session, office: Office, sandbox: OrganizationRef, source: _Source) -> None:
    now, by = office.now(), office.principal.on_record

    def live(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"environment": Environment.LIVE.value}

    put_down(db, source.carried, now=now, change_profile=live)
    if source.logo is not None:
        files.record_file(db, source.logo, at=now)
    record_provenance(db, "organization", sandbox.handle, at=now, by=by)
    record_provenance(db, "entity", sandbox.handle, at=now, by=by)
    detail: dict[str, object] = {"went_live_from": sandbox.handle, "settings": settings_state(db)}
    audit.record(db, CREATING, source.profile.name, at=now, by=by, detail=detail)
    for table in ("customers", "items"):
        states = record_states(db, table, source.carried.ids(table))
        if states:
            audit.record(db, f"import_{table}", sandbox.handle, at=now, by=by, detail={"states": states})
