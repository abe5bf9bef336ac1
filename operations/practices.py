"""The first organization of an installation: the practice (or single business) and its owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from invoicing.countries import country
from invoicing.master_data.identifiers import check_email
from invoicing.master_data.profiles import Profile
from invoicing.organizations import Clock, Environment, NewOrganization, OrganizationKind, OrganizationRef, Role
from invoicing.refusals import Conflict, InvalidInput
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from operations.access import Office, Principal
from operations.assistance.beginning import begin_with_shipped
from operations.layer_plans import fresh_plan
from operations.onboarding import add_organization, base_handle, fill_books
from operations.organization_names import organization_name
from operations.people import LOCAL_OWNER_EMAIL
from operations.templates import Choices, fresh_profile
from storage.books import audit
from storage.books.profile import save_profile
from storage.books.states import settings_state
from storage.directory import organizations, users
from storage.folder.store import Store
from storage.ids import new_id, new_organization_id

UNNAMED = "Unnamed practice"


@dataclass(frozen=True, slots=True)
class FirstOrganization:
    """What `init` is asked for; without a `chart_of_accounts` it is the standard one."""

    name: str
    country: str
    email: str
    kind: OrganizationKind = OrganizationKind.PARTNER
    environment: Environment = Environment.LIVE
    chart_of_accounts: str = ""

    def choices(self) -> Choices:
        return Choices(chart_of_accounts=self.chart_of_accounts)


def organization_kind(text: str) -> OrganizationKind:
    """The kind of organization that a text names.

    Raises:
        InvalidInput: no kind of organization.
    """
    try:
        return OrganizationKind(text)
    except ValueError:
        raise InvalidInput("kind must be partner (a practice) or standard (a single business).", field="kind") from None


async def local_owner(store: Store) -> Principal | None:
    """The principal of a local connection: the installation's first owner, or None before there is one."""
    found = await store.directory.read(users.first_owner)
    return None if found is None else Principal(user_id=found[0], label=found[1])


def check_first(first: FirstOrganization) -> Profile:
    """The profile that the first organization would have; to be called before anything is made on the disk.

    Raises:
        InvalidInput: name, country, e-mail address or chart that do not fit.
    """
    check_email(first.email)
    name = organization_name(first.name)
    return fresh_profile(country(first.country), name, first.environment, first.choices())


async def start_installation(store: Store, clock: Clock, first: FirstOrganization) -> tuple[Principal, OrganizationRef]:
    """Create the practice and its owner in a data folder that has none.

    Raises:
        Conflict: there is one already.
        InvalidInput: name, country, e-mail address or chart that do not fit.
    """
    profile = check_first(first)
    plan = fresh_plan(profile, first.choices(), on=clock().date())

    def fill(db: Session, office: Office) -> None:
        begin_with_shipped(db, first.kind)
        fill_books(db, plan, office)

    return await _start(store, clock, first, profile, fill=fill)


async def start_unnamed(store: Store, clock: Clock, owner: str = "") -> Principal:
    """Create a practice without name and country, which the assistant completes with `update_organization`. `owner`
    is the owner's e-mail address, where it is known already.

    Where another process was first, its owner is answered.

    Raises:
        InvalidInput: no e-mail address.
    """
    profile = Profile(name=UNNAMED, environment=Environment.LIVE)
    first = FirstOrganization(name=UNNAMED, country="", email=owner or LOCAL_OWNER_EMAIL)

    def fill(db: Session, office: Office) -> None:
        save_profile(db, profile)
        begin_with_shipped(db, first.kind)
        detail: dict[str, object] = {"settings": settings_state(db)}
        audit.record(db, "create_organization", UNNAMED, at=office.now(), by=office.principal.on_record, detail=detail)

    try:
        principal, _ = await _start(store, clock, first, profile, fill=fill)
    except Conflict:
        first_owner = await local_owner(store)
        if first_owner is None:
            raise
        return first_owner
    return principal


async def _start(
    store: Store,
    clock: Clock,
    first: FirstOrganization,
    profile: Profile,
    *,
    fill: Callable[[Session, Office], object],
) -> tuple[Principal, OrganizationRef]:
    principal = Principal(user_id=new_id("usr"), label=small_letters(check_email(first.email)))
    office = Office(store=store, principal=principal, clock=clock)
    new = NewOrganization(
        id=new_organization_id(),
        handle_base="practice" if profile.name == UNNAMED else base_handle("", profile.name, first.environment),
        name=profile.name,
        kind=first.kind,
        environment=first.environment,
        country=profile.country,
        currency=profile.currency,
    )

    def publish(db: Session) -> None:
        if organizations.count_all(db) != 1:
            raise Conflict(_TAKEN, remedy=Act.FIND_PRACTICE)
        users.add_user(db, principal.user_id, principal.label, now=office.now())
        users.add_membership(db, principal.user_id, new.id, Role.OWNER)

    if await store.directory.read(organizations.count_all):
        raise Conflict(_TAKEN, remedy=Act.FIND_PRACTICE)
    created = await add_organization(office, new, fill=lambda db: fill(db, office), publish=publish)
    return principal, created


_TAKEN = "There is already a practice in this data folder."
