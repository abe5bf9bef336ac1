"""A download link lives no longer than the credential of the call that it was given to.

F18: a link that was made with a key went on to open the file for up to an hour after the key was revoked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.http.downloads import LinkSigner
from server.http.limits import Allowance
from tests.support.http import BAKERY, HERE, LINES, House, house, whole
from tests.support.people import colleague, in_the_directory


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


async def links(at_home: House, token: str, path: str = "/mcp", **named: Any) -> list[str]:
    """The links that this credential is given: of a PDF, and of an export in every format."""
    async with at_home.site.chat(token, path) as chat:
        issued = await chat.ok("issue_invoice", customer="Hotel Bristol", lines=LINES, **named)
        answers = [await chat.ok("render_document", document=issued["invoice"]["id"], **named)]
        formats = ("csv", "json", "pdf")
        answers += [await chat.ok("export_documents", format=one, **named) for one in formats]
    return [str(one["link"]).removeprefix(HERE) for one in answers]


async def opened(at_home: House, paths: list[str]) -> list[int]:
    """How each link is answered; one that opens nothing is answered like one that never was."""
    answers = [await at_home.site.send("GET", path) for path in paths]
    nothing = whole(await at_home.site.send("GET", "/files/nothing"))
    assert all(whole(one) == nothing for one in answers if one.status_code != 200)
    return [one.status_code for one in answers]


@pytest.mark.parametrize("kind", ["token", "key", "link"])
async def test_a_link_ends_when_its_credential_is_revoked(at_home: House, kind: str) -> None:
    made = at_home.credentials
    secret = await (made.token() if kind == "token" else getattr(made, kind)(at_home.bakery))
    named = {"organization": BAKERY} if kind == "token" else {}
    path = f"/mcp/k/{secret}" if kind == "link" else "/mcp"
    given = await links(at_home, "" if kind == "link" else secret, path, **named)
    other = await links(at_home, await made.key(at_home.bakery))
    assert await opened(at_home, given + other) == [200] * 8
    await made.revoke(kind, "" if kind == "link" else secret)
    assert await opened(at_home, given) == [404] * 4
    assert await opened(at_home, other) == [200] * 4


async def test_a_link_ends_with_a_credential_that_expires(at_home: House) -> None:
    key = await at_home.credentials.key(at_home.bakery, days=1)
    at_home.one.clock.advance(timedelta(hours=23, minutes=30))
    given = await links(at_home, key)
    at_home.one.clock.advance(timedelta(minutes=29))
    assert await opened(at_home, given) == [200] * 4
    # The hour of the link is not over yet.
    at_home.one.clock.advance(timedelta(minutes=1))
    assert await opened(at_home, given) == [404] * 4


async def test_a_link_ends_when_its_user_can_reach_the_organization_no_more(at_home: House) -> None:
    one = at_home.one
    limited = await colleague(one, one.organization, "accountant", all_clients=False)
    user = limited.principal.user_id
    values = (user, at_home.bakery.id)
    in_the_directory(one, "INSERT INTO membership_clients (user_id, organization_id) VALUES (?, ?)", *values)
    given = await links(at_home, await at_home.credentials.token(limited.principal.label), organization=BAKERY)
    assert await opened(at_home, given) == [200] * 4
    in_the_directory(one, "DELETE FROM membership_clients WHERE user_id = ? AND organization_id = ?", *values)
    assert await opened(at_home, given) == [404] * 4
    in_the_directory(one, "INSERT INTO membership_clients (user_id, organization_id) VALUES (?, ?)", *values)
    assert await opened(at_home, given) == [200] * 4
    in_the_directory(one, "DELETE FROM membership_clients WHERE user_id = ?", user)
    in_the_directory(one, "DELETE FROM memberships WHERE user_id = ?", user)
    assert await opened(at_home, given) == [404] * 4


async def test_a_link_that_names_no_credential_opens_nothing(at_home: House) -> None:
    await links(at_home, await at_home.credentials.key(at_home.bakery))
    books = at_home.one.books(at_home.bakery)
    stored = await books.read(lambda db: db.connection().exec_driver_sql("SELECT id FROM files").fetchall())
    signer = LinkSigner(at_home.one.store.keys.key("links"), HERE)
    made = signer.link_to(at_home.one.office.principal, books, _File(stored[0][0]))  # type: ignore[arg-type]  # An id.
    assert at_home.one.office.principal.credential_id == ""
    assert await opened(at_home, [made.link.removeprefix(HERE)]) == [404]


class _File:
    def __init__(self, file_id: str) -> None:
        self.id = file_id


async def test_one_principal_has_so_many_downloads_at_once(tmp_path: Path) -> None:
    async with house(tmp_path / "data", allowance=Allowance(downloads_each=0)) as at_home:
        given = await links(at_home, await at_home.credentials.key(at_home.bakery))
        turned = await at_home.site.send("GET", given[0])
        assert (turned.status_code, turned.headers["retry-after"]) == (429, "1")
