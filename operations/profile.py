"""Changing an organization's profile, branding and policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from sqlmodel import Session

from invoicing.countries import country
from invoicing.countries.names import country_named
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import check_currency
from invoicing.refusals import Conflict, InvalidInput, Unavailable
from invoicing.remedies import Act
from operations.access import Office, require
from operations.addressing import with_address_fields
from operations.archiving import ARCHIVED, change_archived, check_not_archived
from operations.branding import keep_logo
from operations.copying.writing import save_layers
from operations.layer_plans import fresh_plan
from operations.organization_names import check_name_names_no_other
from operations.organizations import OrganizationDetails, get_organization
from operations.people import check_owner_email, give_address
from operations.policies import POLICIES, check_agreed, checked_policies
from operations.profile_values import checked_field
from operations.registration import check_registration, keep_untaxed_code, registration_in_step
from operations.rights import RIGHT_OF_FIELD, Right
from operations.templates import FROM_COUNTRY, fresh_profile
from storage.books import audit
from storage.books.branding import record_logo
from storage.books.counts import counts
from storage.books.former_documents import count_former
from storage.books.pool import Books
from storage.books.profile import load_profile, save_profile
from storage.books.states import settings_state
from storage.directory import access_queries, organizations
from storage.files.kept import StoredFile
from storage.work.budget import IN_A_THREAD

_Value = str | bool | int
NOTHING_ELSEWHERE: Mapping[str, list[str]] = MappingProxyType({})
# What is kept in the directory, and not in the books.
_ELSEWHERE = POLICIES | {"owner_email"}


async def update_organization(
    office: Office, books: Books, changes: Mapping[str, _Value], *, agreed: bool = False
) -> tuple[Books, OrganizationDetails]:
    """Set the given fields; an empty text clears one. A country that is set for the first time brings its
    chart of accounts, tax codes and terms with it. Answers the books under their new name. `agreed` says
    that a person answers for them who is no model, which switching human_approval off wants.

    Raises:
        InvalidInput: a field that is not valid, or nothing to change.
        Conflict: country or currency once they are settled.
        NotAllowed: a field that the table of rights does not let the principal change.
    """
    if not changes:
        raise InvalidInput("Nothing to change: give at least one field.")
    check_not_archived(books, changes)
    if ARCHIVED in changes:
        books = await change_archived(office, books, changes)
        return books, await get_organization(books)
    for field in changes:
        require(RIGHT_OF_FIELD.get(field, Right.UPDATE_PROFILE), books.organization, office.principal, field=field)
    check_agreed(books.organization, changes, agreed=agreed)
    policies = checked_policies(books.organization, office.principal, changes)
    if "name" in changes:
        await _check_may_rename(office, books, str(changes["name"]))
    owner = ""
    if "owner_email" in changes:
        owner = await check_owner_email(office, books.organization, str(changes["owner_email"]))
    wanted, logo = await keep_logo(books, {name: value for name, value in changes.items() if name not in _ELSEWHERE})
    elsewhere = policies.told(books.organization)
    elsewhere |= {"owner_email": [office.principal.label, owner]} if owner else {}
    reach, organization_id = office.principal.reach, books.organization.id

    def publish(db: Session) -> None:
        _publish(db, books)
        policies.publish(db, organization_id)
        if owner:
            give_address(db, office.principal.user_id, office.principal.label, owner)

    await books.write(lambda db: change_profile(db, books, wanted, elsewhere, logo))
    try:
        await office.store.directory.write(publish, size=IN_A_THREAD)
    except Unavailable as fault:
        raise Unavailable(
            "The change is in the books, but not yet in the list of organizations: repeat the same call."
            f" {fault.message}",
            remedy=fault.remedy,
        ) from None
    renamed = await office.store.directory.read(lambda db: access_queries.reachable_by_id(db, reach, organization_id))
    books = replace(books, organization=renamed or books.organization)
    return books, await get_organization(books)


async def _check_may_rename(office: Office, books: Books, name: str) -> None:
    """The name of a client is its practice's to choose: it stands in the practice's lists and answers."""
    if name != books.organization.name:
        act = Right.RENAME_CLIENT if books.organization.partner_id else Right.RENAME
        require(act, books.organization, office.principal, field="name")
    await check_name_names_no_other(office, name)


def change_profile(
    db: Session,
    books: Books,
    wanted: Mapping[str, _Value],
    elsewhere: Mapping[str, list[str]] = NOTHING_ELSEWHERE,
    logo: StoredFile | None = None,
) -> None:
    """Set fields of the profile and put that on record, with what was changed `elsewhere`; who may, was asked before.

    Raises:
        InvalidInput, Conflict: as `update_organization` says.
    """
    before = load_profile(db)
    after = _settle_country(db, before, wanted, books)
    wanted = with_address_fields(wanted, after.country)
    after = _settle_currency(db, after, wanted)
    stated, wanted = wanted, registration_in_step(after, wanted)
    after = replace(after, **{name: checked_field(name, value, after) for name, value in wanted.items()})
    check_registration(after, stated)
    keep_untaxed_code(db, after, wanted, on=books.clock().date())
    save_profile(db, after)
    if logo is not None:
        record_logo(db, logo, at=books.clock())
    changed = {
        name: [str(getattr(before, name)), str(getattr(after, name))]
        for name in wanted
        if getattr(before, name) != getattr(after, name)
    }
    audit.record(
        db,
        "update_organization",
        books.organization.handle,
        at=books.clock(),
        by=books.actor,
        detail={"changed": {**changed, **elsewhere}, "settings": settings_state(db)},
    )


def _publish(db: Session, books: Books) -> None:
    """Bring the directory in step with what the books say now.

    Read inside the directory's own write: of several changes at once, whoever publishes last reads the last one.
    """
    organization_id = books.organization.id
    profile = books.pool.read_now(organization_id, load_profile)
    organizations.rename(db, organization_id, profile.name)
    organizations.settle(db, organization_id, country=profile.country, currency=profile.currency)


def _settle_country(db: Session, profile: Profile, wanted: Mapping[str, _Value], books: Books) -> Profile:
    if "country" not in wanted:
        if not profile.country and set(wanted) - {"name"}:
            raise InvalidInput(
                "Set the country first (or in the same call): it decides tax and currency.", field="country"
            )
        return profile
    rules = country(str(wanted["country"]))
    if profile.country == rules.code:
        return profile
    if profile.country:
        raise Conflict(
            f"The country is {country_named(profile.country)} and stays so: its chart, tax codes and numbers follow"
            " from it. Create another organization for another country.",
            field="country",
        )
    fresh = fresh_profile(rules, profile.name, profile.environment, FROM_COUNTRY)
    save_layers(db, fresh_plan(fresh, FROM_COUNTRY, on=books.clock().date()), at=books.clock(), by=books.actor)
    return fresh


def _settle_currency(db: Session, profile: Profile, wanted: Mapping[str, _Value]) -> Profile:
    if "currency" not in wanted:
        return profile
    currency = check_currency(str(wanted["currency"]))
    if currency != profile.currency and (counts(db).documents or count_former(db)):
        raise Conflict(
            "The currency of the books stays as it is once a document was issued, or taken over from a former system; a"
            " single one may be in another.",
            field="currency",
            remedy=Act.DRAFT_IN_CURRENCY,
        )
    return profile
