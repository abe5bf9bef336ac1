"""Who revokes and wakes which credentials, and what others learn of them: nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from invoicing.organizations import EVERYTHING, CredentialKind, OrganizationKind, OrganizationRef
from invoicing.refusals import NotAllowed, NotFound
from operations.access import Office
from operations.credentials import create_key, create_token
from operations.known_credentials import (
    list_credentials,
    list_openings,
    revoke_credential,
    revoke_opening,
    wake_all_credentials,
    wake_credential,
)
from storage.directory import credentials
from tests.support.people import another_practice, as_seen_by, colleague, in_the_directory, refusal
from tests.support.practice import Practice, practice

TOKEN, KEY = CredentialKind.TOKEN, CredentialKind.KEY


async def token_of(one: Practice, office: Office) -> str:
    return (await create_token(one.office, office.principal.label, scopes=EVERYTHING)).prefix


async def put_to_sleep(one: Practice) -> None:
    await one.store.directory.write(lambda db: credentials.put_all_to_sleep(db, now=one.clock()))


async def asleep(one: Practice, kind: CredentialKind) -> list[str]:
    known = await list_credentials(one.office, kind=kind, organization=None)
    return [found.prefix for found in known if found.asleep_since]


async def test_everybody_revokes_their_own_token_and_only_an_owner_somebody_elses(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        accountant, viewer = [await colleague(one, one.organization, role) for role in ("accountant", "viewer")]
        for office in (accountant, viewer):
            await revoke_credential(office, kind=TOKEN, key=await token_of(one, office))
            other = await token_of(one, one.office)
            assert isinstance(await refusal(revoke_credential(office, kind=TOKEN, key=other)), NotAllowed)
        revoked = await revoke_credential(one.office, kind=TOKEN, key=await token_of(one, viewer))
        assert revoked.user == viewer.principal.label


async def test_a_token_that_sleeps_is_not_woken_by_whoever_holds_it(tmp_path: Path) -> None:
    """It may have been taken from them after the backup was made."""
    async with practice(tmp_path) as one:
        viewer = await colleague(one, one.organization, "viewer")
        prefix = await token_of(one, viewer)
        await put_to_sleep(one)
        for act in (wake_credential(viewer, kind=TOKEN, key=prefix), wake_all_credentials(viewer, kind=TOKEN)):
            assert isinstance(await refusal(act), NotAllowed)
        assert await asleep(one, TOKEN) == [prefix]
        await wake_credential(one.office, kind=TOKEN, key=prefix)
        assert await asleep(one, TOKEN) == []


async def test_what_is_out_of_reach_answers_like_what_never_existed_and_goes_on_sleeping(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        rival, alone = await another_practice(one, kind=OrganizationKind.STANDARD)
        theirs = await create_key(rival, alone, "Till", kind=KEY, scopes=EVERYTHING)
        bakery = await one.client("Harbour Bakery")
        ours = await create_key(one.office, bakery, "Till", kind=KEY, scopes=EVERYTHING)
        token = await token_of(one, rival)
        await put_to_sleep(one)
        for kind, key in ((KEY, theirs.prefix), (TOKEN, token)):
            refusals = [
                await refusal(act(one.office, kind=kind, key=tried))
                for act in (revoke_credential, wake_credential)
                for tried in (key, "cfk_never")
            ]
            assert {(type(one), one.message) for one in refusals} == {
                (NotFound, f"There is no {kind} with this id or prefix.")
            }
        assert await wake_all_credentials(one.office, kind=KEY) == 1
        assert await asleep(one, KEY) == [theirs.prefix]
        assert (await wake_credential(rival, kind=KEY, key=theirs.prefix)).prefix == theirs.prefix
        assert ours.prefix not in await asleep(one, KEY)


async def test_waking_all_wakes_what_one_may_wake(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, studio = one.first_client, await one.client("Finch Studio")
        made = [
            (await create_key(one.office, client, "Till", kind=KEY, scopes=EVERYTHING)).prefix
            for client in (bakery, studio)
        ]
        limited = await colleague(one, one.organization, "accountant", all_clients=False, clients=[bakery])
        await put_to_sleep(one)
        assert await wake_all_credentials(limited, kind=KEY) == 1
        assert await asleep(one, KEY) == made[1:]
        assert await wake_all_credentials(one.office, kind=KEY) == 1
        assert await wake_all_credentials(one.office, kind=KEY) == 0


async def test_an_api_key_revokes_nothing_not_even_itself(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        prefix = (await create_key(one.office, bakery, "Till", kind=KEY, scopes=EVERYTHING)).prefix
        keyed = replace(one.office, principal=replace(one.principal, credential=KEY))
        assert isinstance(await refusal(revoke_credential(keyed, kind=KEY, key=prefix)), NotAllowed)
        token = await token_of(one, one.office)
        assert isinstance(await refusal(revoke_credential(keyed, kind=TOKEN, key=token)), NotAllowed)


async def connection_of(one: Practice, office: Office, organization: OrganizationRef | None) -> str:
    """A client program's connection, as a person lets it act."""
    made = await create_token(one.office, office.principal.label, scopes=EVERYTHING, name="Claude")
    where = organization.id if organization else None
    in_the_directory(
        one,
        "UPDATE credentials SET client_id = 'claude', organization_id = ? WHERE id = ?",
        where,
        made.credential_id,
    )
    return made.prefix


async def openings(office: Office, organization: OrganizationRef) -> set[str]:
    return {one.prefix for one in await list_openings(office, await as_seen_by(office, organization))}


async def test_what_opens_an_organization_is_listed_to_whoever_may_end_it(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, finch = await one.client("Harbour Bakery"), await one.client("Finch Studio")
        accountant = await colleague(one, one.organization, "accountant")
        viewer = await colleague(one, bakery, "viewer")
        key = (await create_key(one.office, bakery, "Till", kind=KEY, scopes=EVERYTHING)).prefix
        await create_key(one.office, finch, "Till", kind=KEY, scopes=EVERYTHING)
        own, viewers = await connection_of(one, one.office, bakery), await connection_of(one, viewer, bakery)
        everywhere = await connection_of(one, accountant, None)
        await token_of(one, viewer)
        assert await openings(one.office, bakery) == {key, own, viewers}
        assert await openings(accountant, bakery) == {key}
        assert await openings(viewer, bakery) == {viewers}
        assert await openings(one.office, one.organization) == {everywhere}
        assert await openings(accountant, one.organization) == {everywhere}


async def test_what_opens_an_organization_is_ended_from_there_and_from_nowhere_else(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, finch = await one.client("Harbour Bakery"), await one.client("Finch Studio")
        viewer = await colleague(one, bakery, "viewer")
        key = (await create_key(one.office, bakery, "Till", kind=KEY, scopes=EVERYTHING)).prefix
        for office, place in ((one.office, finch), (viewer, bakery)):
            seen = await as_seen_by(office, place)
            assert isinstance(await refusal(revoke_opening(office, seen, key)), NotFound)
        assert (await revoke_opening(one.office, bakery, key)).name == "Till"
        assert await openings(one.office, bakery) == set()
        assert isinstance(await refusal(revoke_opening(one.office, bakery, key)), NotFound)
        connection = await connection_of(one, viewer, bakery)
        await revoke_opening(viewer, await as_seen_by(viewer, bakery), connection)
        assert await openings(viewer, bakery) == set()
