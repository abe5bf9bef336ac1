"""Who acknowledges a mandate and sets the policy: the practice's people alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.organizations import EVERYTHING, CredentialKind, Environment, OrganizationRef
from operations.access import Principal
from operations.credentials import create_key, principal_of
from operations.mandates import acknowledge_mandate, get_mandates, withdraw_acknowledgement
from operations.onboarding import ClientRequest, create_client_organization
from operations.profile import update_organization
from storage.directory.credentials import Bearer, bearer_of
from tests.support.people import as_seen_by, colleague, refusal
from tests.support.practice import Practice, practice


async def live_client(one: Practice) -> OrganizationRef:
    request = ClientRequest(name="Bottega", country="IT", environment=Environment.LIVE)
    made = await create_client_organization(one.office, request)
    assert made.created is not None
    assert any("it-sdi" in note.text for note in made.notes)
    return made.created


@pytest.mark.parametrize(
    ("role", "in_practice", "allowed"),
    [
        ("owner", True, True),
        ("accountant", True, True),
        ("viewer", True, False),
        ("owner", False, False),
        ("accountant", False, False),
        ("client", False, False),
    ],
)
async def test_only_the_practices_people_acknowledge_and_set_the_policy(
    tmp_path: Path, role: str, in_practice: bool, allowed: bool
) -> None:
    async with practice(tmp_path) as one:
        client = await live_client(one)
        office = await colleague(one, one.organization if in_practice else client, role)
        books = replace(one.books(client), organization=await as_seen_by(office, client))
        if allowed:
            await acknowledge_mandate(office, books, "it-sdi", handed_in="by our provider")
            await update_organization(office, books, {"mandates": "warn"})
            return
        for act in (
            acknowledge_mandate(office, books, "it-sdi", handed_in="by our provider"),
            withdraw_acknowledgement(office, books, "it-sdi"),
            update_organization(office, books, {"mandates": "warn"}),
        ):
            assert (await refusal(act)).code == "not_allowed"
        assert (await get_mandates(books)).policy == "refuse"


@pytest.mark.parametrize("kind", [CredentialKind.KEY, CredentialKind.LINK])
async def test_no_key_or_link_acknowledges_not_even_of_the_practice(tmp_path: Path, kind: CredentialKind) -> None:
    async with practice(tmp_path) as one:
        client = await live_client(one)
        for organization in (client, one.organization):
            secret = await create_key(one.office, organization, "Till", kind=kind, scopes=EVERYTHING)
            office = replace(one.office, principal=await _principal_with(one, secret.secret))
            for act in (
                acknowledge_mandate(office, one.books(organization), "it-sdi", handed_in="by our provider"),
                update_organization(office, one.books(organization), {"mandates": "warn"}),
            ):
                refused = await refusal(act)
                assert (refused.code, "person" in refused.message) == ("not_allowed", True)


async def _principal_with(one: Practice, secret: str) -> Principal:
    from operations.credentials import digest_of

    bearer = await one.store.directory.read(lambda db: bearer_of(db, digest_of(secret), now=one.clock()))
    assert isinstance(bearer, Bearer)
    return principal_of(bearer)


async def test_an_acknowledgement_is_never_copied_to_another_client(tmp_path: Path) -> None:
    async with practice(tmp_path, country="IT") as one:
        source = await live_client(one)
        for organization in (source, one.organization):
            await acknowledge_mandate(one.office, one.books(organization), "it-sdi", handed_in="by our provider")
            await update_organization(one.office, one.books(organization), {"mandates": "warn"})
        request = ClientRequest(name="Altra", country="IT", environment=Environment.LIVE, copy_from=source.handle)
        made = (await create_client_organization(one.office, request)).created
        assert made is not None
        found = await get_mandates(one.books(made))
        assert found.policy == "refuse"
        assert [state.acknowledgement for state in found.states] == [None] * len(found.states)
