"""Who belongs to an organization: people are invited, limited to clients, and removed; the last owner stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from invoicing.organizations import EVERYTHING, CredentialKind, OrganizationKind, OrganizationRef, Role
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from operations.access import Office, standing_of
from operations.authentication import Presented, Unauthenticated, authenticate
from operations.credentials import Secret, create_key, create_token
from operations.identity.browsing import signed_in
from operations.identity.links import make_invitation, use_link
from operations.known_credentials import revoke_credential
from operations.membership import Joined, invite_user, limit_user, list_members, remove_user, role_named
from operations.organizations import all_organizations
from operations.people import acting, list_people, rename_user
from operations.practices import local_owner
from operations.profile import update_organization
from operations.rights import Standing
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory import users
from storage.directory.credentials import Bearer, bearer_by_id
from storage.directory.database import DIRECTORY_FILE
from storage.directory.users import Person
from tests.support.identity import SITE
from tests.support.people import another_practice, archive, as_seen_by, colleague, refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw, take_away
from tests.support.stores import open_store

KEY, LINK = CredentialKind.KEY, CredentialKind.LINK
ANA, OWNER = "ana@example.com", "owner@example.com"
BAKERY, FINCH, PRACTICE = "harbour-bakery-sandbox", "finch-studio-sandbox", "ledger-co-sandbox"


async def reach_of(one: Practice, email: str) -> dict[str, str]:
    """What a person reaches, by handle, and in which role."""
    office = await acting(one.office, email)
    return {found.handle: found.role.value for found in await all_organizations(office, archived=False)}


async def opens(one: Practice, made: Secret) -> bool:
    """Whether a credential still stands for somebody."""
    credential_id = made.credential_id
    found = await one.store.directory.read(lambda db: bearer_by_id(db, credential_id, now=one.clock()))
    return isinstance(found, Bearer)


@asynccontextmanager
async def reopened(one: Practice) -> AsyncIterator[Office]:
    """The owner's office in the practice's folder, opened again."""
    async with open_store(one.root) as store:
        yield Office(store, one.principal, one.clock)


def trail(one: Practice, organization: OrganizationRef) -> list[tuple[str, str, object]]:
    """The acts on people in an organization's audit trail: act, whom it concerned, and what."""
    path = one.root / ORGANIZATIONS_FOLDER / organization.id / BOOKS_FILE
    query = "SELECT act, subject, detail FROM audit_entries WHERE act LIKE '%_user' ORDER BY position"
    with raw(path) as connection:
        return [(act, subject, json.loads(detail)) for act, subject, detail in connection.execute(query)]


async def test_who_belongs_to_an_organization_is_listed_to_whoever_says_so(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery = await one.client("Harbour Bakery")
        await invite_user(one.office, one.organization, ANA, role=Role.ACCOUNTANT, clients=[BAKERY])
        await invite_user(one.office, bakery, "til@example.com", role=Role.VIEWER)
        await create_key(one.office, bakery, "Till", kind=KEY, scopes=EVERYTHING)
        practice_people = [Person(ANA, Role.ACCOUNTANT, PRACTICE, (BAKERY,)), Person(OWNER, Role.OWNER, PRACTICE)]
        assert await list_members(one.office, one.organization) == practice_people
        assert await list_members(one.office, bakery) == [Person("til@example.com", Role.VIEWER, BAKERY)]
        ana = await acting(one.office, ANA)
        assert isinstance(await refusal(list_members(ana, await as_seen_by(ana, bakery))), NotAllowed)


async def test_who_is_invited_has_what_the_role_gives_and_can_have_a_token(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await one.client("Finch Studio")
        joined = await invite_user(one.office, one.organization, " Ana@Example.com ", role=Role.ACCOUNTANT)
        assert joined == Joined(ANA, Role.ACCOUNTANT, PRACTICE, None)
        assert await reach_of(one, ANA) == dict.fromkeys((PRACTICE, FINCH, BAKERY), "accountant")
        token = await create_token(one.office, ANA, scopes=EVERYTHING)
        request = await authenticate(one.store, one.clock, Presented(token.secret, handle=BAKERY))
        assert request.organization == await as_seen_by(await acting(one.office, ANA), bakery)
        assert trail(one, one.organization) == [("invite_user", ANA, {"role": "accountant"})]


async def test_a_clients_own_user_reaches_the_client_alone(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await invite_user(one.office, bakery, ANA, role=Role.CLIENT)
        assert await reach_of(one, ANA) == {BAKERY: "client"}
        wrong = await refusal(invite_user(one.office, one.organization, "ben@example.com", role=Role.CLIENT))
        assert (type(wrong), wrong.field) == (InvalidInput, "role")


async def test_a_member_of_the_practice_is_limited_to_clients_and_let_into_all_again(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        for name in ("Harbour Bakery", "Finch Studio"):
            await one.client(name)
        joined = await invite_user(
            one.office, one.organization, ANA, role=Role.ACCOUNTANT, clients=[f" {BAKERY.upper()} "]
        )
        assert joined.clients == (BAKERY,)
        assert set(await reach_of(one, ANA)) == {PRACTICE, BAKERY}
        await limit_user(one.office, one.organization, ANA, clients=[FINCH])
        assert set(await reach_of(one, ANA)) == {PRACTICE, FINCH}
        listed = [Person(ANA, Role.ACCOUNTANT, PRACTICE, (FINCH,)), Person(OWNER, Role.OWNER, PRACTICE, None)]
        assert await list_people(one.office) == listed
        await limit_user(one.office, one.organization, ANA, clients=None)
        assert set(await reach_of(one, ANA)) == {PRACTICE, BAKERY, FINCH}
        details = [detail for _, _, detail in trail(one, one.organization)]
        assert details == [{"role": "accountant", "clients": [BAKERY]}, {"clients": [FINCH]}, {"clients": "all"}]


async def test_only_a_practices_member_who_is_no_owner_is_limited_and_to_its_own_clients(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await another_practice(one)
        for role, place, clients, kind in (
            (Role.OWNER, one.organization, [BAKERY], InvalidInput),
            (Role.VIEWER, bakery, [BAKERY], InvalidInput),
            (Role.VIEWER, one.organization, [PRACTICE], NotFound),
            (Role.VIEWER, one.organization, [BAKERY, "rival-sandbox"], NotFound),
            (Role.VIEWER, one.organization, ["nobody"], NotFound),
        ):
            refused = await refusal(invite_user(one.office, place, ANA, role=role, clients=clients))
            assert (type(refused), refused.field) == (kind, "clients")
        refused = await refusal(limit_user(one.office, one.organization, OWNER, clients=[BAKERY]))
        assert (type(refused), refused.field) == (InvalidInput, "clients")
        assert [person.email for person in await list_people(one.office)] == [OWNER, "rival@example.com"]


async def test_somebody_who_is_a_member_already_is_not_invited_twice(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        invited = await asyncio.gather(
            *(invite_user(one.office, one.organization, ANA, role=Role.VIEWER) for _ in range(3)),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in invited) == ["Conflict", "Conflict", "Joined"]
        # Regression: the entries of those who were too late stayed as they were.
        acts = [act for act, _, _ in trail(one, one.organization)]
        assert acts.count("invite_user") - acts.count("void_invite_user") == 1
        assert acts[0] == "invite_user"
        again = await refusal(invite_user(one.office, one.organization, ANA.upper(), role=Role.OWNER))
        assert (type(again), again.field) == (Conflict, "email")
        for wrong in ("Ana", "", "crd_1@credential"):
            refused = await refusal(invite_user(one.office, one.organization, wrong, role=Role.VIEWER))
            assert isinstance(refused, InvalidInput)


async def test_an_invitation_that_is_on_record_lets_somebody_in_also_when_its_caller_has_gone(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        with raw(one.root / DIRECTORY_FILE) as somebody_else, anyio.fail_after(30):
            somebody_else.execute("BEGIN IMMEDIATE")
            invited = asyncio.create_task(invite_user(one.office, one.organization, ANA, role=Role.VIEWER))
            while not trail(one, one.organization):
                await anyio.lowlevel.checkpoint()
            invited.cancel()
            await anyio.lowlevel.checkpoint()
            somebody_else.execute("ROLLBACK")
            await asyncio.wait([invited])
        assert await reach_of(one, ANA) == {PRACTICE: "viewer"}


async def test_keys_of_somebody_who_is_removed_are_named_and_end_where_that_is_wanted(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, (_, alone) = one.first_client, await another_practice(one)
        accountant = await colleague(one, one.organization, "accountant", email=ANA)
        await one.store.directory.write(
            lambda db: users.add_membership(db, accountant.principal.user_id, alone.id, Role.OWNER)
        )
        made = [
            await create_key(accountant, await as_seen_by(accountant, place), "Till", kind=kind, scopes=EVERYTHING)
            for place, kind in ((one.organization, KEY), (bakery, LINK), (bakery, KEY), (alone, KEY))
        ]
        elsewhere = made.pop()
        kept = await create_key(one.office, bakery, "Shop", kind=KEY, scopes=EVERYTHING)
        await revoke_credential(one.office, kind=KEY, key=made.pop(0).prefix)
        # Who made a key is known by more than an address, which can change.
        await rename_user(one.office, ANA, "anna@example.com")
        removed = await remove_user(one.office, one.organization, "anna@example.com")
        assert ([known.prefix for known in removed.left], removed.revoked) == ([one.prefix for one in made[::-1]], ())
        await invite_user(one.office, one.organization, "anna@example.com", role=Role.VIEWER)
        again = await remove_user(one.office, one.organization, "anna@example.com", revoke_keys=True)
        assert ([known.prefix for known in again.revoked], again.left) == ([one.prefix for one in made[::-1]], ())
        _, _, detail = trail(one, one.organization)[-1]
        assert detail == {"role": "viewer", "revoked": [one.prefix for one in made[::-1]]}
        assert [await opens(one, made_here) for made_here in (elsewhere, kept, *made)] == [True, True, False, False]


async def test_who_says_who_belongs_to_a_client_does_not_end_keys_without_being_let(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await update_organization(one.office, one.books(bakery), {"client_may": "people"})
        owner = await colleague(one, bakery, "owner")
        await invite_user(one.office, bakery, ANA, role=Role.ACCOUNTANT)
        seen = await as_seen_by(owner, bakery)
        assert isinstance(await refusal(remove_user(owner, seen, ANA, revoke_keys=True)), NotAllowed)
        assert (await remove_user(owner, seen, ANA)).email == ANA


async def test_an_archived_organization_gets_nobody_new(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        archive(one, bakery)
        seen = await as_seen_by(one.office, bakery)
        assert isinstance(await refusal(invite_user(one.office, seen, ANA, role=Role.CLIENT)), Conflict)
        assert [person.email for person in await list_people(one.office)] == [OWNER]


async def test_who_belongs_to_nothing_any_more_reaches_nothing_and_keeps_no_token_nor_browser(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await invite_user(one.office, one.organization, ANA, role=Role.ACCOUNTANT, clients=[BAKERY])
        await invite_user(one.office, bakery, ANA, role=Role.VIEWER)
        assert (await remove_user(one.office, one.organization, ANA.upper())).email == ANA
        assert await reach_of(one, ANA) == {BAKERY: "viewer"}
        link = (await make_invitation(one.office, bakery, ANA)).path.rpartition("/")[2]
        in_browser = await use_link(one.office, SITE, link)
        assert in_browser is not None
        token = (await create_token(one.office, ANA, scopes=EVERYTHING)).secret
        await authenticate(one.store, one.clock, Presented(token))
        later = (await make_invitation(one.office, bakery, ANA)).path.rpartition("/")[2]
        assert await signed_in(one.store, one.clock, in_browser.secret) is not None
        await remove_user(one.office, bakery, ANA)
        assert await signed_in(one.store, one.clock, in_browser.secret) is None
        assert await use_link(one.office, SITE, later) is None
        with pytest.raises(Unauthenticated):
            await authenticate(one.store, one.clock, Presented(token))
        # Whoever comes back begins anew: neither the old limit nor the old token is there.
        await invite_user(one.office, one.organization, ANA, role=Role.VIEWER)
        assert set(await reach_of(one, ANA)) == {PRACTICE, BAKERY}
        with pytest.raises(Unauthenticated):
            await authenticate(one.store, one.clock, Presented(token))
        absent = await refusal(remove_user(one.office, bakery, ANA))
        assert (type(absent), absent.field) == (NotFound, "email")


async def test_the_last_owner_stays(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        last = await refusal(remove_user(one.office, one.organization, OWNER))
        assert (type(last), last.field) == (Conflict, "email")
        await invite_user(one.office, one.organization, ANA, role=Role.OWNER)
        both = await asyncio.gather(
            *(remove_user(one.office, one.organization, email) for email in (OWNER, ANA)), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in both) == ["Conflict", "Removed"]
        acts = [act for act, _, _ in trail(one, one.organization)]
        assert acts.count("remove_user") - acts.count("void_remove_user") == 1
        assert len(await list_people(one.office)) == 1


async def test_a_clients_last_own_owner_may_go_and_a_single_businesss_may_not(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await invite_user(one.office, bakery, ANA, role=Role.OWNER)
        await remove_user(one.office, bakery, ANA)
        office, alone = await another_practice(one, kind=OrganizationKind.STANDARD)
        assert isinstance(await refusal(remove_user(office, alone, "rival@example.com")), Conflict)


async def test_nobody_but_an_owner_says_who_belongs_to_a_practice(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        offices: Sequence[Office] = [
            await colleague(one, one.organization, role) for role in ("accountant", "viewer", "client")
        ]
        for office in offices:
            seen = await as_seen_by(office, one.organization)
            for act in (
                invite_user(office, seen, ANA, role=Role.VIEWER),
                limit_user(office, seen, OWNER, clients=None),
                remove_user(office, seen, OWNER),
            ):
                assert isinstance(await refusal(act), NotAllowed)
        assert trail(one, one.organization) == []


async def test_what_cannot_be_put_on_record_lets_nobody_in_and_keeps_nobody_in(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await invite_user(one.office, bakery, ANA, role=Role.VIEWER)
    take_away(one.root / ORGANIZATIONS_FOLDER / bakery.id / BOOKS_FILE)
    async with reopened(one) as office:
        refused = await refusal(invite_user(office, bakery, "ben@example.com", role=Role.VIEWER))
        assert isinstance(refused, Unavailable)
        assert (await remove_user(office, bakery, ANA)).email == ANA
        assert [person.email for person in await list_people(office)] == [OWNER]


def test_a_role_is_one_of_four() -> None:
    assert [role_named(f" {role.value.upper()} ") for role in Role] == list(Role)
    with pytest.raises(InvalidInput, match="owner, accountant, viewer or client"):
        role_named("boss")


async def test_an_owner_of_a_client_never_becomes_the_local_owner(tmp_path: Path) -> None:
    """Regression: the oldest owner of anything was taken, after the practice's first one had been removed."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await invite_user(one.office, bakery, "baker@example.com", role=Role.OWNER)
        await invite_user(one.office, one.organization, ANA, role=Role.OWNER)
        await remove_user(await acting(one.office, ANA), one.organization, OWNER)
        owner = await local_owner(one.store)
        assert owner is not None
        assert owner.label == ANA


@pytest.mark.parametrize("role", Role)
async def test_no_role_at_a_client_takes_anything_from_an_owner_of_its_practice(tmp_path: Path, role: Role) -> None:
    """Regression: an owner who invited himself to a client in a lower role could not undo it."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await invite_user(one.office, bakery, OWNER, role=role)
        seen = await as_seen_by(one.office, bakery)
        assert (seen.role, standing_of(one.principal, seen)) == (role, Standing.PRACTICE_OWNER)
        await invite_user(one.office, seen, ANA, role=Role.VIEWER)
        await remove_user(one.office, seen, OWNER)
        assert (await as_seen_by(one.office, bakery)).role is Role.OWNER


@pytest.mark.parametrize(
    ("role", "standing"),
    [
        (Role.OWNER, Standing.PRACTICE_ACCOUNTANT),
        (Role.ACCOUNTANT, Standing.PRACTICE_ACCOUNTANT),
        (Role.VIEWER, Standing.VIEWER),
        (Role.CLIENT, Standing.CLIENT_USER),
    ],
)
async def test_an_owner_gives_an_accountant_of_the_practice_less_at_one_client(
    tmp_path: Path, role: Role, standing: Standing
) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        accountant = await colleague(one, one.organization, "accountant")
        await invite_user(one.office, bakery, accountant.principal.label, role=role)
        assert standing_of(accountant.principal, await as_seen_by(accountant, bakery)) is standing


async def test_a_client_that_is_named_twice_is_one(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        twice = (BAKERY, BAKERY.upper())
        joined = await invite_user(one.office, one.organization, ANA, role=Role.ACCOUNTANT, clients=twice)
        assert joined.clients == (BAKERY,)


@pytest.mark.parametrize(
    ("other", "known"),
    [
        ("gro\u00df@example.com", "gross@example.com"),
        ("\u017fam@example.com", "sam@example.com"),
        ("o\ufb03ce@example.com", "office@example.com"),
    ],
)
async def test_an_address_is_never_taken_for_another_ones(tmp_path: Path, other: str, known: str) -> None:
    async with practice(tmp_path) as one:
        joined = await invite_user(one.office, one.organization, other, role=Role.VIEWER)
        assert joined.email == other
        assert isinstance(await refusal(remove_user(one.office, one.organization, known)), NotFound)
        assert isinstance(await refusal(acting(one.office, known)), NotFound)
        await invite_user(one.office, one.organization, known.upper(), role=Role.VIEWER)
        assert (await acting(one.office, other)).principal.user_id != (
            await acting(one.office, known)
        ).principal.user_id
        assert await rename_user(one.office, other, f"x{other}") == f"x{other}"
        assert (await remove_user(one.office, one.organization, known)).email == known
        # In Unicode's normal form this is kim.
        kelvin = invite_user(one.office, one.organization, "\u212aim@example.com", role=Role.VIEWER)
        assert isinstance(await refusal(kelvin), InvalidInput)
