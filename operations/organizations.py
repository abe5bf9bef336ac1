"""Acts on organizations as such: list, switch, look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from invoicing.countries import country
from invoicing.document.readiness import Blocker, blockers, live_blockers, particulars_hints
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import PaymentTerm, TaxCode, WithholdingCode
from invoicing.organizations import OrganizationRef
from invoicing.refusals import OrganizationAmbiguous
from invoicing.remedies import Remark
from invoicing.tax.facts import seller_territory
from invoicing.tax.local_codes import codes_shown
from operations import naming
from operations.access import Office
from operations.issue_dates import today_in
from operations.mandates import MandatesOfOrganization, mandates_in
from operations.naming import Caller, active_before, not_found
from operations.onboarding import find_partner
from operations.registration import default_code
from operations.summaries import Standing, standings
from storage.books.counts import Counts, counts
from storage.books.overview import SettingNames, setting_names
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.setup import load_terms
from storage.books.tax_codes import load_tax_codes, load_withholdings
from storage.directory import access_queries, organizations, sessions
from storage.directory.access_queries import Reach
from storage.ids import new_session_id
from storage.paging import Page, check_limit


@dataclass(frozen=True, slots=True)
class Switched:
    """The organization that is active now, the one that was, and the session that remembers it."""

    organization: OrganizationRef
    previous: OrganizationRef | None
    session: str


@dataclass(frozen=True, slots=True)
class ClientSummary:
    """A client at a glance. `counts` is None where its books could not be opened."""

    organization: OrganizationRef
    counts: Counts | None
    blockers: tuple[Blocker, ...]

    @classmethod
    def of(cls, standing: Standing) -> ClientSummary:
        """The client at a glance."""
        read = standing.summary
        found = Counts(read.customers, read.items, read.drafts, read.documents) if read else None
        return cls(standing.organization, found, standing.blockers)


@dataclass(frozen=True, slots=True)
class OrganizationDetails:
    """All that there is to know of an organization before working in it; `mandates` is None before it has a country.
    `hints` are what it should state and may issue without.
    """

    profile: Profile
    counts: Counts
    blockers: tuple[Blocker, ...]
    live_blockers: tuple[Blocker, ...]
    hints: tuple[Remark, ...]
    settings: SettingNames
    tax_codes: tuple[TaxCode, ...]
    terms: tuple[PaymentTerm, ...]
    withholdings: tuple[WithholdingCode, ...]
    today: date
    mandates: MandatesOfOrganization | None


async def list_organizations(
    office: Office, *, query: str, cursor: str, limit: int
) -> tuple[Page[OrganizationRef], dict[str, str]]:
    """A page of the organizations that the principal can reach, partners first, then by name; and the handles of
    their practices by id, as far as the principal can reach those.
    """
    check_limit(limit)
    reach = office.principal.reach

    def work(db: Session) -> tuple[Page[OrganizationRef], dict[str, str]]:
        page = organizations.list_reachable(db, reach, query=query, cursor=cursor, limit=limit)
        partners = {partner.id: partner.handle for partner in organizations.partners_of(db, reach)}
        return page, partners

    directory = office.store.directory
    # Further pages count what is left row by row.
    return await directory.read(work)


async def similar_organizations(office: Office, name: str, *, partner: OrganizationRef | None = None) -> list[str]:
    """Handles of organizations that the principal can reach and whose name is like this one, with `partner` only of
    its clients: for a search that found none.
    """
    reach, partner_id = office.principal.reach, partner.id if partner else ""
    return await office.store.directory.read(
        lambda db: naming.similar_organizations(db, reach, name, partner_id=partner_id)
    )


async def all_organizations(office: Office, *, archived: bool) -> list[OrganizationRef]:
    """Every organization that the principal can reach, partners first, then by name; with `archived` the archived
    ones too.
    """
    reach = office.principal.reach
    return await office.store.directory.read(lambda db: organizations.every_reachable(db, reach, archived=archived))


async def switch_organization(caller: Caller, target: str, *, session: str) -> Switched:
    """Make an organization the conversation's active one. `target` is a handle, or a name that fits only one.

    Where the protocol has sessions, its session remembers; elsewhere the session named by the call, or a new one.

    Raises:
        NotFound, OrganizationAmbiguous.
    """
    directory = caller.office.store.directory
    organization, previous = await directory.read(
        lambda db: (_find_target(db, caller.office, target), active_before(db, caller, session=session))
    )
    caller.office.arrive(organization)
    stated = session.strip()

    def activate(db: Session) -> str:
        # A session identifier that is unknown, expired or somebody else's is never adopted.
        sessions_to_set = [stated] if stated and _is_alive(db, caller, stated) else []
        if caller.protocol_has_sessions:
            # Both, where a call states one besides the protocol's own: later calls act alike with and without it.
            sessions_to_set.append(caller.protocol_session)
        for session_id in sessions_to_set or [new_session_id()]:
            activated = sessions.activate(
                db,
                session_id,
                organization.id,
                principal=caller.office.principal.user_id,
                connection=caller.bound_to,
                now=caller.office.latest(),
            )
            if not activated:
                raise RuntimeError("a session that belongs to somebody else")
        return session_id

    session_id = await directory.write(activate)
    return Switched(organization, previous, session_id)


async def list_clients(
    office: Office, *, partner: str, query: str, cursor: str, limit: int
) -> tuple[OrganizationRef, Page[ClientSummary]]:
    """The practice and a page of its clients, each with what its own books say of it."""
    practice = await find_partner(office, partner)
    page = await clients_of(office, practice, query=query, cursor=cursor, limit=limit)
    return practice, page.map(ClientSummary.of)


async def clients_of(
    office: Office, practice: OrganizationRef, *, query: str, cursor: str, limit: int
) -> Page[Standing]:
    """A page of the clients of a practice that the principal can reach, by name, each as it stands today."""
    page = await clients_named(office, practice, query=query, cursor=cursor, limit=limit)
    found = await standings(office, page.items)
    return Page(tuple(found), page.next_cursor, page.left)


async def clients_named(
    office: Office, practice: OrganizationRef, *, query: str = "", cursor: str = "", limit: int
) -> Page[OrganizationRef]:
    """A page of the clients of a practice that the principal can reach, by name, without what their books say."""
    check_limit(limit)
    reach = office.principal.reach
    return await office.store.directory.read(
        lambda db: organizations.list_reachable(
            db, reach, query=query, cursor=cursor, limit=limit, partner_id=practice.id
        )
    )


async def count_clients(office: Office, practice: OrganizationRef) -> int:
    """How many clients of a practice the principal can reach, without those that are archived."""
    page = await clients_named(office, practice, limit=1)
    return len(page.items) + page.left


ANOTHER = "another organization"
"""Stands for the source of a layer that whoever asks cannot reach."""


async def get_organization(books: Books) -> OrganizationDetails:
    """Profile, settings, readiness and counts of the organization."""
    return await books.read(lambda db: _details(db, books))


async def sources_told(office: Office, details: OrganizationDetails) -> OrganizationDetails:
    """The details with the source of each layer as whoever asks may know it: an organization that they cannot reach is
    not named to them.
    """
    sources = details.settings.sources
    told = await names_told(office, sources.values())
    known = {layer: told[source] for layer, source in sources.items()}
    return replace(details, settings=replace(details.settings, sources=known))


async def names_told(office: Office, sources: Iterable[str]) -> dict[str, str]:
    """What whoever asks is told of each source, which is a handle or a country's file."""
    reach, wanted = office.principal.reach, set(sources)

    def work(db: Session) -> dict[str, str]:
        return {source: source if _may_know(db, reach, source) else ANOTHER for source in wanted}

    return await office.store.directory.read(work) if wanted else {}


def _may_know(db: Session, reach: Reach, source: str) -> bool:
    """A country's file is everybody's; a handle has no blank."""
    return " " in source or access_queries.reachable_by_handle(db, reach, source) is not None


def _find_target(db: Session, office: Office, target: str) -> OrganizationRef:
    reach = office.principal.reach
    found = access_queries.reachable_by_handle(db, reach, target)
    if found is not None:
        return found
    named = organizations.reachable_by_name(db, reach, target)
    match named:
        case []:
            raise not_found(db, reach, target)
        case [only]:
            return only
        case _:
            raise OrganizationAmbiguous(
                "Several organizations have this name: switch by handle, one of the candidates.",
                field="organization",
                candidates=[organization.handle for organization in named],
            )


def _is_alive(db: Session, caller: Caller, session_id: str) -> bool:
    active = sessions.active_organization(
        db,
        session_id,
        principal=caller.office.principal.user_id,
        connection=caller.bound_to,
        now=caller.office.latest(),
    )
    return active is not None


def _details(db: Session, books: Books) -> OrganizationDetails:
    profile, today = load_profile(db), today_in(db, books)
    code = default_code(db, profile)
    found = blockers(profile, default_code=code)
    return OrganizationDetails(
        profile=profile,
        counts=counts(db),
        blockers=found,
        live_blockers=live_blockers(profile, default_code=code) if profile.country else found,
        hints=particulars_hints(profile),
        settings=setting_names(db),
        tax_codes=tuple(_codes_to_choose(db, profile, today)),
        terms=tuple(load_terms(db)),
        withholdings=tuple(load_withholdings(db)),
        today=today,
        mandates=mandates_in(db, books, profile) if profile.country else None,
    )


def _codes_to_choose(db: Session, profile: Profile, today: date) -> list[TaxCode]:
    codes = load_tax_codes(db)
    if not profile.country:
        return [code for code in codes if code.active]
    return codes_shown(codes, seller_territory(profile, on=today), today, label=country(profile.country).tax_label)
