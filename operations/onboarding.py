"""Onboarding: the practice itself, and its clients, in three layers.

1. The schema: new books, a copy of the migrated template.
2. The organization level: copied from the practice, or fresh from the country's file.
3. The entity level: posting profiles and transaction type profiles, from the organization that is copied.

Number series are always new. Customers, items, documents, bank data and credentials are never copied.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import anyio.to_thread
from sqlmodel import Session

from invoicing.countries import country
from invoicing.document.law_of_form import mandate_lines
from invoicing.document.readiness import blockers
from invoicing.master_data.handles import SANDBOX_SUFFIX, check_handle, handle_from_name
from invoicing.master_data.layers import EntityLayer, OrganizationLayer
from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment, NewOrganization, OrganizationKind, OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, OrganizationRequired, Unavailable
from invoicing.remedies import Act, Remark
from operations.access import Office, open_books, require
from operations.layer_outcomes import LayerOutcome, states_by_layer
from operations.layer_plans import Configuration, Plan, copied_plan, fresh_plan
from operations.naming import not_found
from operations.organization_names import check_name_names_no_other, organization_name
from operations.rights import Right
from operations.templates import FROM_COUNTRY, Choices, fresh_profile, fresh_series
from storage.books import audit
from storage.books.profile import load_profile, record_provenance, save_profile
from storage.books.series import save_series
from storage.books.setup import load_entity_layer, load_organization_layer, save_entity_layer, save_organization_layer
from storage.books.states import settings_state
from storage.directory import access_queries, organizations
from storage.directory.anchors import add_anchor
from storage.folder.provisioning import discard_books, provision_books
from storage.ids import new_organization_id
from storage.work.completion import to_its_end


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """A client organization as asked for; `copy_from` is a handle, or empty for a fresh start."""

    name: str
    country: str
    environment: Environment = Environment.SANDBOX
    partner: str = ""
    handle: str = ""
    copy_from: str = ""
    copy_entity_configuration: bool = True
    choices: Choices = FROM_COUNTRY
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class NewClient:
    """What creating a client made, or in a dry run would make. `created` is None in a dry run."""

    partner: OrganizationRef
    created: OrganizationRef | None
    handle: str
    profile: Profile
    outcomes: tuple[LayerOutcome, ...]
    notes: tuple[Remark, ...]
    connection_url: str


async def create_client_organization(office: Office, request: ClientRequest) -> NewClient:
    """Create a client of the practice, or tell in a dry run what would be created.

    Raises:
        NotAllowed: the principal belongs to no practice as owner or accountant, or only to some of its clients.
        OrganizationRequired: it belongs to several and `partner` is empty.
        NotFound: `partner` or `copy_from` is not one that it can reach.
        InvalidInput: name, country, handle or choices that do not fit.
        Conflict: the practice is archived, or has no configuration to copy yet.
    """
    partner = await find_partner(office, request.partner)
    require(Right.CREATE_CLIENT, partner, office.principal)
    if partner.archived:
        raise Conflict(f"{partner.handle} is archived: it takes no new clients.", field="partner")
    name = organization_name(request.name)
    await check_name_names_no_other(office, name)
    base = base_handle(request.handle, name, request.environment)
    plan = await _plan(office, partner, replace(request, name=name))
    mandates = mandate_lines(plan.profile, on=office.now().date())
    missing = [Remark(one.text, one.remedy) for one in blockers(plan.profile)]
    plan = replace(
        plan, notes=(*await _namesakes(office, name), *plan.notes, *missing, *(Remark(line) for line in mandates))
    )
    if request.dry_run:
        # Whether somebody else's organization has the handle is told by nothing but an organization that is made.
        user_id = office.principal.user_id
        handle = await office.store.directory.read(
            lambda db: organizations.handle_free_within_reach(db, user_id, base, request.environment)
        )
        return _answer(office, partner, None, handle, plan)
    new = NewOrganization(
        id=new_organization_id(),
        handle_base=base,
        name=name,
        kind=OrganizationKind.STANDARD,
        environment=request.environment,
        country=plan.profile.country,
        currency=plan.profile.currency,
        partner_id=partner.id,
    )
    created = await add_organization(office, new, fill=lambda db: fill_books(db, plan, office))
    return _answer(office, partner, created, created.handle, plan)


async def find_partner(office: Office, handle: str = "") -> OrganizationRef:
    """The practice that an act is for: the one named, or the only one that the principal belongs to."""
    user_id = office.principal.user_id
    if handle.strip():
        return await office.store.directory.read(lambda db: _partner_named(db, user_id, handle))
    partners = await office.store.directory.read(lambda db: organizations.partners_of(db, user_id))
    match partners:
        case []:
            raise NotAllowed("You belong to no practice: only a practice's owner or accountant has clients.")
        case [partner]:
            return partner
        case _:
            raise OrganizationRequired(
                "You belong to several practices: say which with partner.",
                field="partner",
                candidates=[partner.handle for partner in partners],
            )


def _partner_named(db: Session, user_id: str, handle: str) -> OrganizationRef:
    found = access_queries.reachable_by_handle(db, user_id, handle)
    if found is None or found.kind is not OrganizationKind.PARTNER:
        raise not_found(db, user_id, handle, field="partner")
    return found


async def add_organization(
    office: Office,
    new: NewOrganization,
    *,
    fill: Callable[[Session], None],
    publish: Callable[[Session], None] = lambda _: None,
    bring: Mapping[str, bytes] = MappingProxyType({}),
) -> OrganizationRef:
    """Make the books, then make the organization known; interrupted in between, nobody ever hears of it.

    `publish` adds to the directory's transaction, such as a membership. `bring` are files to begin with, by path.
    """
    now, by = office.now(), office.principal.label
    root = office.store.root
    workers, asking = office.store.pool.workers, office.principal.user_id
    ends = await workers.use_files(asking, lambda: provision_books(root, new.id, now=now, fill=fill, bring=bring))

    def make_known(db: Session) -> OrganizationRef:
        if new.partner_id and organizations.is_archived(db, new.partner_id):
            raise Conflict("The practice is archived: it takes no new clients.", field="partner")
        organizations.add_organization(db, new, now=now, by=by)
        add_anchor(db, new.id, ends)
        publish(db)
        found = access_queries.reachable_by_id(db, office.principal.user_id, new.id)
        if found is None:
            raise NotAllowed("You are limited to some of the practice's clients: an owner creates new ones.")
        return found

    try:
        return await office.store.directory.write(make_known)
    except BaseException:
        await to_its_end(_discard_unless_known(office, new.id))
        raise


async def _discard_unless_known(office: Office, organization_id: str) -> None:
    """Who was cancelled in the middle of a commit, or whose commit failed, does not know whether it was kept.

    Where the directory cannot tell either, the books stay: nobody finds them, but `doctor` does.
    """
    with suppress(Unavailable):
        if not await office.store.directory.read(lambda db: organizations.is_known(db, organization_id)):
            await anyio.to_thread.run_sync(discard_books, office.store.root, organization_id)


def fill_books(db: Session, plan: Plan, office: Office) -> None:
    """Write a plan's layers into new books, with their provenance and the first audit entry."""
    now, by = office.now(), office.principal.label
    save_profile(db, plan.profile)
    save_layers(db, plan, at=now, by=by)
    detail: dict[str, object] = {"layers": states_by_layer(plan.outcomes), "settings": settings_state(db)}
    audit.record(db, "create_organization", plan.profile.name, at=now, by=by, detail=detail)


def save_layers(db: Session, plan: Plan, *, at: datetime, by: str) -> None:
    """Write a plan's organization and entity layers, with new number series, into books that have none."""
    save_organization_layer(db, plan.organization)
    series = fresh_series(country(plan.profile.country))
    save_series(db, series)
    save_entity_layer(db, plan.entity, series={one.kind.value: one.code for one in series})
    for outcome in plan.outcomes:
        if outcome.source:
            record_provenance(db, outcome.layer.value, outcome.source, at=at, by=by)


async def _plan(office: Office, partner: OrganizationRef, request: ClientRequest) -> Plan:
    rules = country(request.country)
    profile = fresh_profile(rules, request.name, request.environment, request.choices)
    fresh = fresh_plan(profile, request.choices, on=office.now().date())
    if not request.copy_from.strip():
        return fresh
    for stated in request.choices.stated():
        raise InvalidInput(
            f"{stated} goes with a fresh start; with copy_from it comes from the practice. Leave one of the two out.",
            field=stated,
        )
    source = await _source(office, partner, request.copy_from)
    return await _copied_plan(office, partner, source, request, fresh=fresh)


async def _namesakes(office: Office, name: str) -> tuple[Remark, ...]:
    """A warning where there is an organization of this name already."""
    user_id = office.principal.user_id
    same = await office.store.directory.read(lambda db: organizations.reachable_by_name(db, user_id, name))
    if not same:
        return ()
    handles = ", ".join(organization.handle for organization in same)
    return (Remark(f"There was already an organization of this name: {handles}. Mind which one you name."),)


async def _source(office: Office, partner: OrganizationRef, handle: str) -> OrganizationRef:
    user_id = office.principal.user_id

    def work(db: Session) -> OrganizationRef:
        found = access_queries.reachable_by_handle(db, user_id, handle)
        # Only the practice and its own clients: another practice's settings are not this one's to give away.
        if found is None or partner.id not in (found.id, found.partner_id):
            raise not_found(db, user_id, handle, field="copy_from")
        return found

    return await office.store.directory.read(work)


async def _copied_plan(
    office: Office,
    partner: OrganizationRef,
    source: OrganizationRef,
    request: ClientRequest,
    *,
    fresh: Plan,
) -> Plan:
    practice, layer, practice_entity = await open_books(office, partner, Right.READ).read(_configuration)
    if not practice.country:
        raise Conflict(
            f"{partner.handle} has no configuration to copy yet: it has no country.",
            field="copy_from",
            remedy=Act.SET_ORGANIZATION,
        )
    wanted: EntityLayer | None = None
    if request.copy_entity_configuration:
        wanted = await open_books(office, source, Right.READ).read(load_entity_layer)
    practices = Configuration(partner.handle, practice, layer, practice_entity)
    return copied_plan(fresh, practices, wanted, of=source.handle)


def _configuration(db: Session) -> tuple[Profile, OrganizationLayer, EntityLayer]:
    return load_profile(db), load_organization_layer(db), load_entity_layer(db)


def base_handle(handle: str, name: str, environment: Environment) -> str:
    """The handle, without the sandbox suffix, that an organization would like to have."""
    if handle.strip():
        return check_handle(handle, environment=environment).removesuffix(SANDBOX_SUFFIX)
    base = handle_from_name(name, random_text=secrets.token_hex(4))
    # A live organization may be called Sandbox; its handle must not say that it is one.
    return f"{base}-live" if environment is Environment.LIVE and base.endswith(SANDBOX_SUFFIX) else base


def _answer(
    office: Office, partner: OrganizationRef, created: OrganizationRef | None, handle: str, plan: Plan
) -> NewClient:
    return NewClient(
        partner=partner,
        created=created,
        handle=handle,
        profile=plan.profile,
        outcomes=plan.outcomes,
        notes=plan.notes,
        connection_url=office.connection_url(created) if created else "",
    )
