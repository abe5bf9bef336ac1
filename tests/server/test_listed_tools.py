"""A connection lists the tools that whoever is at its other end can use there, and calls no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.organizations import CredentialKind, Scope, Scopes, scopes_text
from operations.credentials import create_key, create_token
from operations.profile import update_organization
from operations.rights import RIGHTS
from tests.support.assistant import ERAS, Assistant, Era, assistant
from tests.support.http import House, house
from tests.support.people import as_seen_by, colleague
from tools.catalog import CATALOG, DEDICATED_CATALOG
from tools.description import Description

BAKERY = "harbour-bakery-sandbox"
DECIDING = "decide_approval"
SOME_SCOPES = [
    Scopes({Scope.READ}),
    Scopes({Scope.READ, Scope.DRAFT}),
    Scopes({Scope.READ, Scope.ISSUE}),
    Scopes({Scope.READ, Scope.DRAFT, Scope.CONFIGURE}),
    Scopes(Scope) - {Scope.CREDENTIALS},
]


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as made:
        yield made


def within(catalog: tuple[Description, ...], scopes: Scopes) -> list[str]:
    return [tool.name for tool in catalog if RIGHTS[tool.act].scope in scopes]


async def listed(chat: Assistant) -> list[str]:
    return [tool.name for tool in (await chat.client.list_tools()).tools]


@asynccontextmanager
async def connections(
    home: House, scopes: Scopes, era: Era
) -> AsyncIterator[dict[str, tuple[Assistant, tuple[Description, ...]]]]:
    """Every way to connect with these scopes, and the catalogue that it has at most."""
    office = home.one.office
    owner = office.principal.label
    token = (await create_token(office, owner, scopes=scopes)).secret
    key, link = [
        (await create_key(office, home.bakery, "Till", kind=kind, scopes=scopes)).secret
        for kind in (CredentialKind.KEY, CredentialKind.LINK)
    ]
    local = replace(office, principal=replace(office.principal, scopes=scopes))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        yield {
            "token": (await enter(home.site.chat(token, "/mcp", era)), CATALOG),
            "token of one": (await enter(home.site.chat(token, f"/mcp/{BAKERY}", era)), DEDICATED_CATALOG),
            "key": (await enter(home.site.chat(key, "/mcp", era)), DEDICATED_CATALOG),
            "link": (await enter(home.site.chat("", f"/mcp/k/{link}", era)), DEDICATED_CATALOG),
            "local": (await enter(assistant(local, era)), CATALOG),
            "local of one": (await enter(assistant(local, era, organization=BAKERY)), DEDICATED_CATALOG),
        }


@pytest.mark.parametrize("scopes", SOME_SCOPES, ids=scopes_text)
@pytest.mark.parametrize("era", ERAS)
async def test_a_connection_lists_the_tools_that_its_scopes_let_it_use_and_refuses_the_others(
    at_home: House, era: Era, scopes: Scopes
) -> None:
    async with connections(at_home, scopes, era) as opened:
        for way, (chat, catalog) in opened.items():
            # No key and no link decides an approval.
            undecided = {DECIDING} if way in ("key", "link") else set()
            shown = [name for name in within(catalog, scopes) if name not in undecided]
            assert await listed(chat) == shown, way
            for name in {tool.name for tool in catalog} - set(shown):
                refused = await chat.refused(name)
                assert refused["code"] == "not_allowed", (way, name)
                assert ("this connection is read-only" in refused["message"]) is (scopes == {Scope.READ}), (way, name)


@pytest.mark.parametrize("era", ERAS)
async def test_a_clients_user_is_shown_what_a_role_and_the_practice_let_it_do_on_its_own_connection(
    at_home: House, era: Era
) -> None:
    user = await colleague(at_home.one, at_home.bakery, "client")
    token = await at_home.credentials.token(user.principal.label)
    reading = [*within(DEDICATED_CATALOG, Scopes({Scope.READ})), DECIDING]
    async with at_home.site.chat(token, f"/mcp/{BAKERY}", era) as chat:
        assert set(await listed(chat)) == set(reading), "a step of a workflow may ask a client's own people"
        assert "may do other things" in (await chat.refused("draft_invoice"))["message"]
    office = at_home.one.office
    books = replace(at_home.one.books(at_home.bakery), organization=await as_seen_by(office, at_home.bakery))
    await update_organization(office, books, {"client_may": "draft"})
    async with at_home.site.chat(token, f"/mcp/{BAKERY}", era) as chat:
        assert set(await listed(chat)) == {*reading, "draft_invoice"}
        line = {"description": "Rolls", "quantity": "2", "unit_price": "1.20"}
        assert (await chat.ok("draft_invoice", customer="Hotel Bristol", lines=[line]))["draft"]
        assert "may do other things" in (await chat.refused("save_item", name="Rolls"))["message"]
