"""The naming rule below the protocol: the connection, the call, the session, the only one; never a guess."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from invoicing.organizations import Environment, OrganizationRef, Role
from invoicing.refusals import (
    Conflict,
    NotAllowed,
    NotFound,
    OrganizationAmbiguous,
    OrganizationMismatch,
    OrganizationRequired,
)
from invoicing.remedies import NameOrganization
from operations.access import Office, open_books
from operations.naming import (
    CANDIDATES_MAX,
    Caller,
    Connection,
    DedicatedConnection,
    PracticeConnection,
    active_organization,
    connection_now,
    name_organization,
)
from operations.onboarding import ClientRequest, create_client_organization
from operations.organizations import list_organizations, switch_organization
from operations.profile import update_organization
from operations.rights import Right
from storage.directory import users
from storage.directory.sessions import LIFETIME
from tests.support.clock import SettableClock
from tests.support.people import another_practice, archive, colleague, in_the_directory, refusal
from tests.support.practice import Practice, practice
from tests.support.stores import open_store

PRACTICE = PracticeConnection()


def caller(office: Office, connection: Connection = PRACTICE, *, protocol_session: str = "") -> Caller:
    """A caller of the revision without sessions, or, with `protocol_session`, of one that has them."""
    return Caller(office, connection, protocol_session, protocol_has_sessions=bool(protocol_session))


async def named(by: Caller, organization: str = "", *, session: str = "", changing: bool = False) -> OrganizationRef:
    return await name_organization(by, organization=organization, session=session, changing=changing)


async def switched(by: Caller, organization: OrganizationRef | str, *, session: str = "") -> str:
    target = organization if isinstance(organization, str) else organization.handle
    return (await switch_organization(by, target, session=session)).session


async def live_client(one: Practice, name: str) -> OrganizationRef:
    made = await create_client_organization(
        one.office, ClientRequest(name=name, country="GB", environment=Environment.LIVE)
    )
    assert made.created is not None
    return made.created


# The order of the rule


async def test_the_connection_decides_before_the_session_and_without_a_name(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, finch = one.first_client, await one.client("Finch Studio")
        session = await switched(caller(one.office), finch)
        dedicated = caller(one.office, DedicatedConnection(bakery))
        assert (await named(dedicated)).id == bakery.id
        assert (await named(dedicated, session=session)).id == bakery.id
        assert (await named(dedicated, bakery.handle, changing=True)).id == bakery.id


async def test_a_dedicated_connection_answers_alike_whether_the_other_name_exists_or_not(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, finch = one.first_client, await one.client("Finch Studio")
        dedicated = caller(one.office, DedicatedConnection(bakery))
        for changing in (False, True):
            own = await refusal(named(dedicated, finch.handle, changing=changing))
            absent = await refusal(named(dedicated, "no-such-organization", changing=changing))
            assert isinstance(own, OrganizationMismatch)
            assert type(own) is type(absent)
            assert (own.message, own.field, own.candidates) == (absent.message, absent.field, absent.candidates)
            assert finch.handle not in own.message


async def test_the_call_decides_before_the_session_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, finch = one.first_client, await one.client("Finch Studio")
        by = caller(one.office)
        session = await switched(by, bakery)
        assert (await named(by, finch.handle, session=session, changing=True)).id == finch.id
        assert (await named(by, session=session)).id == bakery.id


async def test_handles_are_compared_without_regard_to_case_and_blanks_around(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        assert (await named(caller(one.office), "  HARBOUR-Bakery-Sandbox ")).id == bakery.id
        dedicated = caller(one.office, DedicatedConnection(bakery))
        assert (await named(dedicated, bakery.handle.upper())).id == bakery.id


async def test_nothing_named_lists_the_candidates_and_never_takes_one(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        await one.client("Finch Studio")
        required = await refusal(named(caller(one.office)))
        assert isinstance(required, OrganizationRequired)
        assert required.field == "organization"
        assert required.candidates == ("ledger-co-sandbox", "finch-studio-sandbox", "harbour-bakery-sandbox")
        await named(caller(one.office), "harbour-bakery-sandbox", changing=True)
        assert isinstance(await refusal(named(caller(one.office))), OrganizationRequired), "no last used one"


async def test_a_principal_with_one_organization_need_not_name_it_even_to_change_a_live_one(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        live = await live_client(one, "Harbour Bakery")
        office = await colleague(one, live, "owner")
        assert (await named(caller(office), changing=True)).id == live.id
        session = await switched(caller(office), live)
        assert (await named(caller(office), session=session, changing=True)).id == live.id, "switching takes nothing"
        assert (await named(caller(office), session="ses_unknown", changing=True)).id == live.id


# What cannot be reached


async def test_another_practices_organization_answers_like_one_that_never_was(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        rival, _ = await another_practice(one)
        for target in ("harbour-bakery-sandbox", "ledger-co-sandbox"):
            foreign = await refusal(named(caller(rival), target))
            absent = await refusal(named(caller(rival), "harbour-cakery-sandbox"))
            assert isinstance(foreign, NotFound)
            assert foreign.message == absent.message.replace("harbour-cakery-sandbox", target)
            assert (foreign.field, foreign.candidates) == (absent.field, absent.candidates)
            foreign = await refusal(switch_organization(caller(rival), target, session=""))
            absent = await refusal(switch_organization(caller(rival), "nobody", session=""))
            assert foreign.message == absent.message.replace("nobody", target)


async def test_access_is_looked_up_at_every_call(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        finch = await one.client("Finch Studio")
        office = await colleague(one, one.organization, "accountant")
        dedicated = DedicatedConnection(bakery)
        session = await switched(caller(office), finch)
        assert (await named(caller(office, await connection_now(office, dedicated)))).role == "accountant"
        user = office.principal.user_id
        in_the_directory(one, "UPDATE memberships SET role = 'viewer' WHERE user_id = ?", user)
        assert (await named(caller(office, await connection_now(office, dedicated)))).role == "viewer"
        assert (await named(caller(office), session=session)).role == "viewer"
        in_the_directory(one, "DELETE FROM memberships WHERE user_id = ?", user)
        assert isinstance(await refusal(connection_now(office, dedicated)), NotFound)
        assert isinstance(await refusal(named(caller(office), finch.handle)), NotFound)
        assert isinstance(await refusal(named(caller(office), session=session)), OrganizationRequired)


async def test_losing_the_active_organization_never_hands_over_to_the_only_one_left(tmp_path: Path) -> None:
    """Found while testing: the call fell through to the one organization that the principal could still reach."""
    async with practice(tmp_path) as one:
        bakery, finch = await live_client(one, "Harbour Bakery"), await one.client("Finch Studio")
        office = await colleague(one, bakery, "accountant")
        user = office.principal.user_id
        await one.store.directory.write(lambda db: users.add_membership(db, user, finch.id, Role.ACCOUNTANT))
        session = await switched(caller(office), finch)
        in_the_directory(one, "DELETE FROM memberships WHERE user_id = ? AND organization_id = ?", user, finch.id)
        required = await refusal(named(caller(office), session=session, changing=True))
        assert isinstance(required, OrganizationRequired)
        assert required.candidates == (bakery.handle,)
        assert await active_organization(caller(office), session=session) is None


# Sessions


async def test_a_session_is_bound_to_its_principal_and_its_connection(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, finch = one.first_client, await one.client("Finch Studio")
        office = await colleague(one, one.organization, "owner")
        theirs = await switched(caller(one.office), bakery)
        assert isinstance(await refusal(named(caller(office), session=theirs)), OrganizationRequired)
        elsewhere = await switched(caller(one.office, DedicatedConnection(finch)), bakery)
        assert isinstance(await refusal(named(caller(one.office), session=elsewhere)), OrganizationRequired)


@pytest.mark.parametrize("protocol_session", ["", "ses_of_the_protocol"])
async def test_switching_with_somebody_elses_session_never_adopts_it(tmp_path: Path, protocol_session: str) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, finch = one.first_client, await one.client("Finch Studio")
        office = await colleague(one, one.organization, "owner")
        theirs = await switched(caller(one.office), bakery)
        by = caller(office, protocol_session=protocol_session)
        for claimed in (theirs, "ses_invented_by_the_model"):
            answer = await switch_organization(by, finch.handle, session=claimed)
            assert answer.session != claimed
            assert answer.previous is None or answer.previous.id == finch.id
        assert (await named(caller(one.office), session=theirs)).id == bakery.id, "its owner's is untouched"
        assert isinstance(await refusal(named(caller(office), session=theirs)), OrganizationRequired)


async def test_a_session_ends_after_24_hours_without_use_and_use_keeps_it_alive(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        by = caller(one.office)
        session = await switched(by, bakery)
        for _ in range(4):
            one.clock.advance(timedelta(hours=23))
            assert (await named(by, session=session)).id == bakery.id
        one.clock.advance(timedelta(hours=23))
        assert await active_organization(by, session=session) == bakery, "looking at it is use, too"
        one.clock.advance(timedelta(hours=23))
        assert (await named(by, session=session)).id == bakery.id
        one.clock.advance(LIFETIME)
        expired = await refusal(named(by, session=session))
        assert isinstance(expired, OrganizationRequired)
        assert "expired" in expired.message
        assert await switched(by, bakery, session=session) != session, "an expired one is not adopted"


async def test_a_session_survives_a_restart(tmp_path: Path) -> None:
    clock = SettableClock()
    async with practice(tmp_path, clock) as one:
        bakery, principal = await one.client("Harbour Bakery"), one.principal
        await one.client("Finch Studio")
        session = await switched(caller(one.office), bakery)
    async with open_store(tmp_path) as store:
        by = caller(Office(store, principal, clock))
        assert (await named(by, session=session)).id == bakery.id


async def test_switching_again_with_the_session_keeps_it_and_tells_what_was_before(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, finch = one.first_client, await one.client("Finch Studio")
        by = caller(one.office)
        session = await switched(by, bakery)
        answer = await switch_organization(by, finch.handle, session=session)
        assert (answer.session, answer.previous) == (session, bakery)
        assert (await named(by, session=session)).id == finch.id


async def test_a_stated_session_counts_before_the_protocols_own_and_switching_sets_both(tmp_path: Path) -> None:
    """Found while testing: a switch set the protocol's session, and later calls went on reading the stated one."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, finch = one.first_client, await one.client("Finch Studio")
        stated = await switched(caller(one.office), bakery)
        shaking_hands = caller(one.office, protocol_session="ses_of_the_protocol")
        await switched(shaking_hands, finch)
        assert (await named(shaking_hands)).id == finch.id
        assert (await named(shaking_hands, session=stated)).id == bakery.id
        assert isinstance(await refusal(named(shaking_hands, session="ses_unknown")), OrganizationRequired)
        await switched(shaking_hands, one.organization, session=stated)
        assert (await named(shaking_hands, session=stated)).id == one.organization.id
        assert (await named(shaking_hands)).id == one.organization.id


# Changes that must be named


@pytest.mark.parametrize("policy", ["live", "always", "off"])
@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("changing", [False, True])
async def test_the_policy_says_which_changes_must_be_named(
    tmp_path: Path, policy: str, environment: Environment, changing: bool
) -> None:
    async with practice(tmp_path) as one:
        await update_organization(one.office, one.books(one.organization), {"named_writes": policy})
        made = await create_client_organization(
            one.office, ClientRequest(name="Harbour Bakery", country="GB", environment=environment)
        )
        assert made.created is not None
        client, by = made.created, caller(one.office)
        session = await switched(by, client)
        must_be_named = changing and (policy == "always" or (policy == "live" and environment is Environment.LIVE))
        if must_be_named:
            required = await refusal(named(by, session=session, changing=True))
            assert isinstance(required, OrganizationRequired)
            assert required.candidates == (client.handle,)
        else:
            assert (await named(by, session=session, changing=changing)).id == client.id
        assert (await named(by, client.handle, session=session, changing=changing)).id == client.id
        assert (await named(caller(one.office, DedicatedConnection(client)), changing=changing)).id == client.id


async def test_only_the_owner_of_the_practice_sets_the_policy_and_on_the_practice_alone(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        office = await colleague(one, one.organization, "accountant")
        own = await named(caller(office), one.organization.handle)
        books = open_books(office, own, Right.ISSUE)
        assert isinstance(await refusal(update_organization(office, books, {"named_writes": "off"})), NotAllowed)
        of_client = one.books(bakery)
        assert isinstance(await refusal(update_organization(one.office, of_client, {"named_writes": "off"})), Conflict)
        assert (await named(caller(one.office), bakery.handle)).named_writes == "live"


# Names, and archived organizations


async def test_a_name_that_several_have_is_ambiguous_and_names_the_candidates(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        first, second = await one.client("Finch Studio"), await one.client("finch  STUDIO")
        ambiguous = await refusal(switch_organization(caller(one.office), "Finch Studio", session=""))
        assert isinstance(ambiguous, OrganizationAmbiguous)
        assert set(ambiguous.candidates) == {first.handle, second.handle}
        assert (await switch_organization(caller(one.office), second.handle, session="")).organization == second
        assert isinstance(await refusal(named(caller(one.office), "Finch Studio")), NotFound), "a call wants a handle"


async def test_a_handle_that_is_not_there_names_those_that_may_have_been_meant(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, first, second = [await one.client(name) for name in ("Harbour Bakery", "Finch Studio", "Finch Studio")]
        rival, _ = await another_practice(one)
        for typed, meant in (
            ("Harbour Bakery", {bakery.handle}),
            ("harbor-bakery", {bakery.handle}),
            ("bakery-harbour-sandbox", {bakery.handle}),
            ("Finch Studio", {first.handle, second.handle}),
            ("rival-sandbox", set()),
            ("sandbox" * 20, set()),
        ):
            absent = await refusal(named(caller(one.office), typed))
            assert isinstance(absent, NotFound)
            assert set(absent.candidates) == meant, typed
            if typed != "rival-sandbox":
                assert (await refusal(named(caller(rival), typed))).candidates == (), "never another's"
        partner = ClientRequest(name="Rook", country="GB", partner="ledgr-co")
        absent = await refusal(create_client_organization(one.office, partner))
        assert (absent.field, absent.candidates) == ("partner", (one.organization.handle,))


async def test_of_many_candidates_the_first_are_told_and_where_the_others_are(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        for number in range(1, CANDIDATES_MAX - 1):
            await one.client(f"Client {number}")
        nearly = await refusal(named(caller(one.office)))
        assert len(nearly.candidates) == CANDIDATES_MAX - 1
        assert nearly.remedy == NameOrganization(more=False, protocol_session=False)
        for name in ("Last", "Beyond"):
            await one.client(name)
        cut = await refusal(named(caller(one.office)))
        assert len(cut.candidates) == CANDIDATES_MAX
        assert cut.remedy == NameOrganization(more=True, protocol_session=False)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ελαιώνας Κρήτης", "ΕΛΑΙΏΝΑΣ ΚΡΉΤΗΣ"),
        ("Пекарня «Булка»", "пекарня «булка»"),
        ("東京ベーカリー", "東京ベーカリー"),
        ("Café Zoë", "CAFE\u0301 ZOE\u0308"),
    ],
)
async def test_names_are_found_in_every_script_and_case(tmp_path: Path, name: str, typed: str) -> None:
    async with practice(tmp_path) as one:
        made = await one.client(name)
        await one.client(f"{name} 2")
        assert (await switch_organization(caller(one.office), typed, session="")).organization == made


async def test_an_archived_organization_is_read_by_name_but_not_listed_counted_or_changed(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        session = await switched(caller(one.office), bakery)
        archive(one, bakery)
        found = await named(caller(one.office), bakery.handle)
        assert found.archived
        assert open_books(one.office, found, Right.READ).may_change is False
        for right in (Right.DRAFT, Right.ISSUE):
            with pytest.raises(Conflict):
                open_books(one.office, found, right)
        page, _ = await list_organizations(one.office, query="", cursor="", limit=50)
        assert [listed.id for listed in page.items] == [one.organization.id]
        assert (await named(caller(one.office))).id == one.organization.id, "it no longer counts"
        assert (await named(caller(one.office), session=session)).archived, "the session still says which one"
