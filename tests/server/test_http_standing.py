"""A right that ends takes its open streams along, within two seconds, whoever has ended it and in whichever process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from operations.access import Office
from operations.authorization.granting import ACCESS_LIFETIME, give_back
from server.http.gate.standing import LOOK_MILLISECONDS
from storage.directory.database import DIRECTORY_FILE
from tests.support.asking import equip, shake_hands, text_of, waiting
from tests.support.authorization import allowed
from tests.support.http import BAKERY, FINCH, House, house, message_of
from tests.support.people import archive, colleague
from tests.support.raw import raw


async def person(served: House, role: str, *, of_practice: bool = False) -> tuple[Office, str]:
    """Somebody new, and a token of theirs."""
    office = await colleague(served.one, served.one.organization if of_practice else served.bakery, role)
    return office, await served.credentials.token(office.principal.label)


def elsewhere(served: House, statement: str, value: str) -> None:
    """Change the directory as another process does."""
    with raw(served.one.root / DIRECTORY_FILE) as connection:
        assert connection.execute(statement, (value,)).rowcount > 0


async def test_an_open_call_ends_with_the_right_to_it_and_the_others_go_on(tmp_path: Path) -> None:
    assert 2 * LOOK_MILLISECONDS < 2_000
    async with house(tmp_path, equip=equip) as served:
        (removed, of_removed), (left, of_left) = await person(served, "owner"), await person(served, "owner")
        narrowed, of_narrowed = await person(served, "accountant", of_practice=True)
        lowered, of_lowered = await person(served, "owner")
        asleep = await served.credentials.token()
        key, link = await served.credentials.key(served.bakery), await served.credentials.link(served.bakery)
        kept = await served.credentials.token()
        open_for = {
            "removed": (of_removed, f"/mcp/{BAKERY}"),
            "left": (of_left, "/mcp"),
            "narrowed": (of_narrowed, f"/mcp/{BAKERY}"),
            "lowered": (of_lowered, f"/mcp/{BAKERY}"),
            "asleep": (asleep, "/mcp"),
            "key": (key, "/mcp"),
            "link": ("", f"/mcp/k/{link}"),
            "archived": (kept, f"/mcp/{FINCH}"),
            "kept": (kept, f"/mcp/{BAKERY}"),
        }
        async with AsyncExitStack() as stack:
            lines = {}
            for name, (token, path) in open_for.items():
                client = await shake_hands(served.site, token, path)
                lines[name] = (client, *(await stack.enter_async_context(waiting(client))))
            elsewhere(served, "DELETE FROM memberships WHERE user_id = ?", removed.principal.user_id)
            elsewhere(served, "DELETE FROM memberships WHERE user_id = ?", left.principal.user_id)
            elsewhere(
                served, "UPDATE memberships SET all_clients = false WHERE user_id = ?", narrowed.principal.user_id
            )
            elsewhere(served, "UPDATE memberships SET role = 'viewer' WHERE user_id = ?", lowered.principal.user_id)
            elsewhere(
                served,
                "UPDATE credentials SET asleep_since = '2026-03-01 00:00:00' WHERE prefix = ?",
                prefix_of(asleep),
            )
            await served.credentials.revoke("key", key)
            await served.credentials.revoke("link")
            archive(served.one, served.finch)
            ended = [line.served for name, (_, line, _) in lines.items() if name != "kept"]
            await asyncio.wait_for(asyncio.gather(*ended), 30)
            client, line, question = lines["kept"]
            assert not line.served.done()
            await client.reply(question, "yes")
            assert text_of(await line.hear()) == "yes"


async def test_an_open_call_ends_with_the_access_token_that_it_came_with(tmp_path: Path) -> None:
    async with house(tmp_path, equip=equip) as served, AsyncExitStack() as stack:
        office, lines = served.one.office, {}
        for name in ("given back", "expired", "later"):
            if name == "later":
                served.one.clock.advance(ACCESS_LIFETIME / 2)
            one = await allowed(office, served.bakery)
            tokens = await one.redeem()
            client = await shake_hands(served.site, tokens.access, f"/mcp/{BAKERY}")
            lines[name] = (one, tokens, client, *(await stack.enter_async_context(waiting(client))))
        one, tokens, _, line, _ = lines["given back"]
        await give_back(office, one.program.id, tokens.access)
        await asyncio.wait_for(line.served, 30)
        assert not lines["expired"][3].served.done()
        served.one.clock.advance(ACCESS_LIFETIME / 2)
        await asyncio.wait_for(lines["expired"][3].served, 30)
        *_, client, line, question = lines["later"]
        assert not line.served.done()
        await client.reply(question, "yes")
        assert text_of(await line.hear()) == "yes"


def prefix_of(secret: str) -> str:
    return secret.rpartition("_")[0]


async def test_a_call_that_ends_its_own_right_is_answered(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        token = await served.credentials.token()
        async with served.site.chat(token) as chat:
            own = {"part": "credentials", "code": prefix_of(token), "organization": "ledger-co-sandbox"}
            answer = await chat.call("save_configuration", **own, withdraw=True)
            assert answer.content


async def test_nobody_listens_for_another_organizations_resource(tmp_path: Path) -> None:
    """Nor for one's own, since nothing here changes unasked: all are answered alike."""
    async with house(tmp_path) as served:
        own = await colleague(served.one, served.bakery, "owner")
        token = await served.credentials.token(own.principal.label)
        session = await served.site.begin("/mcp", token)
        uris = [f"counterfoil://{handle}/documents/inv_1" for handle in (FINCH, BAKERY, "nobody-sandbox")]
        paths = ("/mcp", f"/mcp/{BAKERY}")
        answers: list[dict[str, Any]] = []
        for uri in uris:
            wanted: dict[str, Any] = {"notifications": {"resourceSubscriptions": [uri]}}
            asked = [await served.site.modern(path, token, "subscriptions/listen", **wanted) for path in paths]
            answers += map(message_of, asked)
            answer = await served.site.rpc("/mcp", token, "resources/subscribe", session=session, uri=uri)
            answers.append(message_of(answer))
        assert {answer["error"]["code"] for answer in answers} == {-32601}
        assert not [uri for uri in uris if uri in str(answers)]
