"""Onboarding: the practice itself, and its clients, in three layers.

1. The schema: new books, a copy of the migrated template.
2. The organization level: copied from the practice or from a model, or fresh from the country's file.
3. The entity level: posting profiles and transaction type profiles, from the organization that is copied.

Number series are always new. Customers, items, documents, bank data and credentials are never copied.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import anyio.from_thread
import anyio.to_thread
from sqlmodel import Session

from invoicing.countries import country
from invoicing.document.law_of_form import mandate_lines
from invoicing.document.readiness import blockers
from invoicing.master_data.handles import SANDBOX_SUFFIX, check_handle, handle_from_name
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import check_currency
from invoicing.organizations import Environment, NewOrganization, OrganizationKind, OrganizationRef
from invoicing.progress import AsyncProgress, Progress
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, OrganizationRequired, Unavailable
from invoicing.remedies import Act, Remark
from operations.access import Office, open_books, require
from operations.copying.part import Configuration
from operations.copying.parts import load_configuration
from operations.copying.repeating import copy_entity_layer, find_client
from operations.copying.writing import nobody, save_layers
from operations.layer_outcomes import LayerOutcome, states_by_layer
from operations.layer_plans import Model, Plan, copied_plan, fresh_plan, untranslated_notes
from operations.naming import not_that, of_practice_named, reached
from operations.organization_names import check_name_names_no_other, organization_name
from operations.profile_values import with_stated
from operations.registration import keep_untaxed_code
from operations.rights import Right
from operations.templates import FROM_COUNTRY, Choices, fresh_profile
from storage.books import audit
from storage.books.profile import save_profile
from storage.books.states import settings_state
from storage.directory import access_queries, organizations
from storage.directory.access_queries import Reach
from storage.directory.anchors import Ends, add_anchor
from storage.directory.connection_tokens import pick_too
from storage.folder.making import being_made
from storage.ids import new_organization_id
from storage.work.completion import to_its_end

NOTHING_STATED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """A client organization as asked for; `copy_from` is a handle, or empty for a fresh start;
    `organization_layer` says whose chart, codes and terms a copy takes. With `repeats_entity_layer` that layer is
    copied once more, into the client of this `handle`, which a first call made. `stated` are fields of
    `profile_values.STATED` that are known already.
    """

    name: str
    country: str
    environment: Environment = Environment.SANDBOX
    partner: str = ""
    handle: str = ""
    copy_from: str = ""
    copy_entity_configuration: bool = True
    organization_layer: Model = Model.PRACTICE
    repeats_entity_layer: bool = False
    choices: Choices = FROM_COUNTRY
    stated: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


async def _nobody_waits(done: int, of: int) -> None:
    """Tells nobody how far it has come."""


@dataclass(frozen=True, slots=True)
class NewClient:
    """What creating a client made, or in a dry run would make. `created` is None in a dry run; `repeated` is the client
    that was there before, where a layer was copied once more, and `changes` says of each entry what is another there.
    """

    partner: OrganizationRef
    created: OrganizationRef | None
    handle: str
    profile: Profile
    outcomes: tuple[LayerOutcome, ...]
    notes: tuple[Remark, ...]
    connection_url: str
    repeated: OrganizationRef | None = None
    changes: tuple[Remark, ...] = ()


async def create_client_organization(
    office: Office, request: ClientRequest, *, progress: AsyncProgress = _nobody_waits
) -> NewClient:
    """Create a client of the practice, or tell in a dry run what would be created. `progress` is told of each layer.

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
    if request.repeats_entity_layer:
        return await _repeat(office, partner, replace(request, name=name))
    await check_name_names_no_other(office, name)
    base = base_handle(request.handle, name, request.environment)
    plan = await _plan(office, partner, replace(request, name=name))
    plan = replace(plan, profile=with_stated(plan.profile, request.stated))
    mandates = mandate_lines(plan.profile, on=office.now().date())
    missing = [Remark(one.text, one.remedy) for one in blockers(plan.profile)]
    plan = replace(
        plan, notes=(*await _namesakes(office, name), *plan.notes, *missing, *(Remark(line) for line in mandates))
    )
    if request.dry_run:
        # Whether somebody else's organization has the handle is told by nothing but an organization that is made.
        reach = office.principal.reach
        handle = await office.store.directory.read(
            lambda db: organizations.handle_free_within_reach(db, reach, base, request.environment)
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
    written = [plan]

    def told(done: int, of: int) -> None:
        anyio.from_thread.run(progress, done, of)

    def fill(db: Session) -> None:
        written[:] = [fill_books(db, plan, office, progress=told, stated=request.stated)]

    created = await add_organization(office, new, fill=fill)
    return _answer(office, partner, created, created.handle, written[0])


async def find_partner(office: Office, handle: str = "", *, field: str = "partner") -> OrganizationRef:
    """The practice that an act is for: the one that the argument `field` names, or the only one of the principal."""
    reach = office.principal.reach

    def work(db: Session) -> OrganizationRef:
        return _partner_named(db, reach, handle, field) if handle.strip() else _only_partner(db, reach, field)

    partner = await office.store.directory.read(work)
    office.arrive(partner)
    return partner


def _only_partner(db: Session, reach: Reach, field: str) -> OrganizationRef:
    match organizations.partners_of(db, reach):
        case []:
            raise NotAllowed("You belong to no practice: only a practice's owner or accountant has clients.")
        case [partner]:
            return partner
        case partners:
            raise OrganizationRequired(
                f"You belong to several practices: say which with {field}.",
                field=field,
                candidates=[partner.handle for partner in partners],
            )


def _partner_named(db: Session, reach: Reach, handle: str, field: str) -> OrganizationRef:
    found = reached(db, reach, handle, field=field)
    if found.kind is not OrganizationKind.PARTNER:
        raise not_that(found, "no practice", field=field)
    return found


async def add_organization(
    office: Office,
    new: NewOrganization,
    *,
    fill: Callable[[Session], object],
    publish: Callable[[Session], None] = lambda _: None,
    bring: Mapping[str, bytes] = MappingProxyType({}),
) -> OrganizationRef:
    """Make the books, then make the organization known; interrupted in between, nobody ever hears of it.

    `publish` adds to the directory's transaction, such as a membership. `bring` are files to begin with, by path.
    """
    workers, asking = office.store.pool.workers, office.principal.user_id
    provision = office.store.provision
    with being_made(office.store.root, new.id):
        ends = await workers.use_files(asking, lambda: provision(new.id, now=office.now(), fill=fill, bring=bring))
        try:
            return await office.store.directory.write(lambda db: _make_known(db, office, new, ends, publish))
        except BaseException:
            await to_its_end(_discard_unless_known(office, new.id))
            raise


def _make_known(
    db: Session, office: Office, new: NewOrganization, ends: Ends, publish: Callable[[Session], None]
) -> OrganizationRef:
    if new.partner_id and organizations.is_archived(db, new.partner_id):
        raise Conflict("The practice is archived: it takes no new clients.", field="partner")
    organizations.add_organization(db, new, now=office.now(), by=office.principal.on_record)
    add_anchor(db, new.id, ends)
    publish(db)
    if limited_by := office.principal.limited_by:
        # Whoever makes an organization over a connection that is limited to some means this one, too.
        pick_too(db, limited_by, new.id)
    found = access_queries.reachable_by_id(db, office.principal.reach, new.id)
    if found is None:
        raise NotAllowed("You are limited to some of the practice's clients: an owner creates new ones.")
    return found


async def _discard_unless_known(office: Office, organization_id: str) -> None:
    """Who was cancelled in the middle of a commit, or whose commit failed, does not know whether it was kept.

    Where the directory cannot tell either, the books stay: nobody finds them, but `doctor` does.
    """
    with suppress(Unavailable):
        if not await office.store.directory.read(lambda db: organizations.is_known(db, organization_id)):
            await anyio.to_thread.run_sync(office.store.discard, organization_id)


def fill_books(
    db: Session,
    plan: Plan,
    office: Office,
    *,
    progress: Progress = nobody,
    stated: Mapping[str, str] = NOTHING_STATED,
) -> Plan:
    """Write a plan's layers into new books, with their provenance and the first audit entry; answers the plan as it was
    written. `stated` is what the plan's profile says because it was asked for.
    """
    now, by = office.now(), office.principal.on_record
    save_profile(db, plan.profile)
    written = save_layers(db, plan, at=now, by=by, progress=progress)
    keep_untaxed_code(db, plan.profile, {name: text for name, text in stated.items() if text.strip()}, on=now.date())
    detail: dict[str, object] = {"layers": states_by_layer(written.outcomes), "settings": settings_state(db)}
    audit.record(db, "create_organization", plan.profile.name, at=now, by=by, detail=detail)
    return written


async def _plan(office: Office, partner: OrganizationRef, request: ClientRequest) -> Plan:
    rules = country(request.country)
    profile = fresh_profile(rules, request.name, request.environment, request.choices)
    fresh = fresh_plan(profile, request.choices, on=office.now().date())
    if not request.copy_from.strip():
        if request.organization_layer is Model.SOURCE:
            raise InvalidInput(
                "organization_layer: there is no source without copy_from, which says whose settings are copied.",
                field="organization_layer",
            )
        return fresh
    for stated in request.choices.stated():
        raise InvalidInput(
            f"{stated} goes with a fresh start; with copy_from it comes from the practice. Leave one of the two out.",
            field=stated,
        )
    source = await find_source(office, partner, request.copy_from)
    return await _copied_plan(office, partner, source, request, fresh=fresh)


async def _repeat(office: Office, partner: OrganizationRef, request: ClientRequest) -> NewClient:
    if not request.copy_from.strip():
        raise InvalidInput("copy_from is required: whose posting profiles are copied.", field="copy_from")
    place = country(request.country).code
    client = await find_client(office, partner, request.handle, name=request.name, place=place)
    _check_repeats(request, client)
    source = await find_source(office, partner, request.copy_from)
    if source.id == client.id:
        raise InvalidInput("copy_from: that is the client itself.", field="copy_from")
    theirs = await configuration_of(office, source)
    again = await copy_entity_layer(office, client, theirs, dry_run=request.dry_run)
    return NewClient(
        partner=partner,
        created=None,
        handle=client.handle,
        profile=again.profile,
        outcomes=(again.layer.outcome,),
        notes=untranslated_notes(again.layer, source.handle),
        connection_url="",
        repeated=client,
        changes=tuple(entry.in_words for entry in again.entries),
    )


def _check_repeats(request: ClientRequest, client: OrganizationRef) -> None:
    """Repeating copies the entity layer, and nothing that a first call would have settled besides.

    Raises:
        InvalidInput: something is asked for that would not be done.
    """
    if request.environment is not client.environment:
        raise InvalidInput(f"environment: {client.handle} is {client.environment}: say so.", field="environment")
    stated = request.choices.stated()
    if request.choices.currency and check_currency(request.choices.currency) != client.currency:
        stated.append("currency")
    if request.organization_layer is not Model.PRACTICE:
        stated.append("organization_layer")
    for settled in stated:
        raise InvalidInput(
            f"{settled} was settled when {client.handle} was made; repeat_layer copies the entity layer alone. Leave it"
            " out.",
            field=settled,
        )


async def _namesakes(office: Office, name: str) -> tuple[Remark, ...]:
    """A warning where there is an organization of this name already."""
    reach = office.principal.reach
    same = await office.store.directory.read(lambda db: organizations.reachable_by_name(db, reach, name))
    if not same:
        return ()
    handles = ", ".join(organization.handle for organization in same)
    return (Remark(f"There was already an organization of this name: {handles}. Mind which one you name."),)


async def find_source(office: Office, partner: OrganizationRef, handle: str) -> OrganizationRef:
    """The organization to copy from: the practice, or a client of it that the principal can read."""
    reach = office.principal.reach
    return await office.store.directory.read(
        lambda db: of_practice_named(db, reach, partner, handle, field="copy_from")
    )


async def _copied_plan(
    office: Office,
    partner: OrganizationRef,
    source: OrganizationRef,
    request: ClientRequest,
    *,
    fresh: Plan,
) -> Plan:
    practice = await configuration_of(office, partner)
    if not practice.profile.country:
        raise Conflict(
            f"{partner.handle} has no configuration to copy yet: it has no country.",
            field="copy_from",
            remedy=Act.SET_ORGANIZATION,
        )
    needs_source = request.copy_entity_configuration or request.organization_layer is Model.SOURCE
    other = source.id != partner.id and needs_source
    theirs = await configuration_of(office, source) if other else replace(practice, handle=source.handle)
    return copied_plan(
        fresh, practice, theirs, request.organization_layer, copy_entity=request.copy_entity_configuration
    )


async def configuration_of(office: Office, organization: OrganizationRef) -> Configuration:
    """What the organization has that can be copied."""
    books = open_books(office, organization, Right.READ)
    return await books.read(lambda db: load_configuration(db, organization.handle))


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
