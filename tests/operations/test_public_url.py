"""Another public URL: what it would make worthless is told before it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from invoicing.refusals import Conflict, Unavailable
from operations.identity.public_url import Lost, serve_at
from server.http.limits import Allowance
from server.http.serving import check_nothing_lost, serve
from storage.directory import identity, installation
from storage.directory.identity import KnownPasskey
from storage.directory.tables import Credential
from storage.work.limits import Limits
from tests.support import stores
from tests.support.http import free_port
from tests.support.practice import Practice, practice

OLD, PORT, NEW = "http://localhost:8750", "http://localhost:9000", "https://books.example.com"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as made:
        assert await serve_at(made.store, OLD, accept=False) is None
        yield made


async def served(one: Practice) -> str:
    return await one.store.directory.read(installation.served_url)


async def with_passkey(one: Practice, host: str) -> None:
    passkey = KnownPasskey("pky_1", one.principal.user_id, "id", "key", 0, host, "Laptop", one.clock())
    await one.store.directory.write(lambda db: identity.add_passkey(db, passkey))


async def with_connection(one: Practice, audience: str) -> None:
    connection = Credential(
        id="cre_1",
        kind="token",
        name="Claude",
        prefix="cft_1",
        user_id=one.principal.user_id,
        scopes="read",
        audience=audience,
        client_id="https://claude.example",
        created_at=one.clock(),
        created_by=one.principal.label,
    )
    await one.store.directory.write(lambda db: db.add(connection))


async def test_where_nothing_is_lost_the_new_url_is_kept_without_a_word(one: Practice) -> None:
    await with_passkey(one, "localhost")
    for url in (OLD, PORT):
        assert await serve_at(one.store, url, accept=False) is None
        assert await served(one) == url


async def test_passkeys_of_another_host_are_lost_and_counted(one: Practice) -> None:
    await with_passkey(one, "localhost")
    lost = await serve_at(one.store, NEW, accept=False)
    assert lost == Lost(OLD, passkeys=1, connections=0)
    assert await served(one) == OLD
    with pytest.raises(Conflict, match=r"1 passkey, 0 connections .*--accept-new-url"):
        check_nothing_lost(lost, NEW)
    assert await serve_at(one.store, NEW, accept=True) is None
    assert await served(one) == NEW
    assert await serve_at(one.store, NEW, accept=False) is None


@pytest.mark.parametrize(("audience", "connections"), [(f"{OLD}/mcp", 1), (f"{OLD}0/mcp", 0)])
async def test_connections_of_another_url_are_lost_and_counted(one: Practice, audience: str, connections: int) -> None:
    await with_connection(one, audience)
    lost = await serve_at(one.store, PORT, accept=False)
    assert (lost.connections if lost is not None else 0) == connections


async def test_where_it_is_not_served_in_the_end_is_not_kept(one: Practice, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    (keys / one.store.keys.path.name).mkdir(parents=True)
    where = partial(serve, one.root, keys=keys, address=stores.address(one.root), host="127.0.0.1", port=free_port())
    with pytest.raises(Unavailable):
        await where(public_url=NEW, allowance=Allowance(), limits=Limits(), announce=pytest.fail)
    assert await served(one) == OLD
