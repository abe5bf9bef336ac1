"""Attacks on the connections of MCP: a credential where it must not fit, one that is over, and another's session."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from sqlalchemy import or_, select
from sqlmodel import Session

from invoicing.organizations import EVERYTHING, OrganizationRef, Role
from operations import authentication
from operations.credentials import digest_of
from server.http import paths
from server.http.origins import AllowedOrigins
from storage.directory import access_queries, credentials, sessions
from storage.directory.access_queries import Reach
from storage.directory.tables import Membership, Organization
from storage.queries.statements import execute, table_of
from tests.attacks.attack import Attack, Guard, Scene
from tests.support.authorization import allowed
from tests.support.http import BAKERY, FINCH
from tests.support.people import in_the_directory

Secret = Callable[[Scene], Awaitable[str]]


_by_handle, _by_id = access_queries.reachable_by_handle, access_queries.reachable_by_id


def _any_by_handle(db: Session, _: Reach, handle: str) -> OrganizationRef | None:
    return _by_handle(db, _owner_of(db, "handle", handle), handle)


def _any_by_id(db: Session, _: Reach, organization_id: str) -> OrganizationRef | None:
    return _by_id(db, _owner_of(db, "id", organization_id), organization_id)


def _owner_of(db: Session, column: str, value: str) -> Reach:
    """The reach of whoever owns the organization, or its practice."""
    of, member = table_of(Organization).c, table_of(Membership).c
    is_theirs = or_(of.id == member.organization_id, of.partner_id == member.organization_id)
    owner = select(member.user_id).where(is_theirs, of[column] == value, member.role == Role.OWNER.value)
    return Reach(str(db.connection().execute(owner).scalar_one()))


REACH_BY_ID = Guard(access_queries, "reachable_by_id", _any_by_id)
REACH = Guard(access_queries, "reachable_by_handle", _any_by_handle)
IN_THE_OPEN = Guard(authentication, "_is_brought_as_meant", lambda bearer, presented: True)
AUDIENCE = Guard(authentication, "_is_for_this_connection", lambda bearer, presented: True)
LINK_FORM = Guard(paths, "_LINK", re.compile(r"/mcp/k/([a-z0-9_]+)"))
LAPSE = Guard(credentials, "_lapse", lambda credential, now: None)
HOSTS = Guard(AllowedOrigins, "allows", lambda self, headers: True)


def _alive_for_anybody(db: Session, session_id: str, **_: object) -> object:
    return execute(db, sessions._BY_ID, {"session": session_id}).first()


SCOPES = Guard(credentials, "scopes_of", lambda text: EVERYTHING)
SESSION = Guard(sessions, "_alive", _alive_for_anybody)


async def _key(scene: Scene) -> str:
    return await scene.home.credentials.key(scene.home.bakery)


async def _read_only_key(scene: Scene) -> str:
    return await scene.home.credentials.key(scene.home.bakery, read_only=True)


async def _accountant(scene: Scene) -> str:
    return await scene.accountant()


async def _rival(scene: Scene) -> str:
    return await scene.home.credentials.token("rival@example.com")


async def _link(scene: Scene) -> str:
    return await scene.home.credentials.link(scene.home.bakery)


async def _token(scene: Scene) -> str:
    return await scene.home.credentials.token()


def lapse(scene: Scene, secret: str, moment: str) -> None:
    """The credential is over from a moment that is past, which this column keeps."""
    statement = f"UPDATE credentials SET {moment} = '2026-01-01 00:00:00' WHERE digest = ?"  # noqa: S608  # Its own name.
    in_the_directory(scene.home.one, statement, digest_of(secret))


def lapse_of(scene: Scene, moment: str, table: str, secret: str) -> None:
    """The same of the credential that a secret in another table belongs to."""
    statement = (
        f"UPDATE credentials SET {moment} = '2026-01-01 00:00:00'"  # noqa: S608  # Its own names.
        f" WHERE id = (SELECT credential_id FROM {table} WHERE digest = ?)"
    )
    in_the_directory(scene.home.one, statement, digest_of(secret))


def _with(secret: Secret, path: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        return await scene.begins(path, await secret(scene))

    return attempt


async def _key_in_the_address(scene: Scene) -> str:
    return await scene.begins(f"/mcp/k/{await _key(scene)}")


def _revoked(kind: str, secret: Secret, path: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        stolen = await secret(scene)
        lapse(scene, stolen, kind)
        return await scene.begins(path.format(stolen), stolen if "{}" not in path else "")

    return attempt


async def _anothers_session(scene: Scene) -> str:
    stolen = await scene.home.site.begin(f"/mcp/{BAKERY}", await _token(scene))
    return await scene.goes_on(f"/mcp/{BAKERY}", await _accountant(scene), stolen)


async def _session_of_another_connection(scene: Scene) -> str:
    mine = await _token(scene)
    return await scene.goes_on(f"/mcp/{FINCH}", mine, await scene.home.site.begin(f"/mcp/{BAKERY}", mine))


async def _anothers_conversation(scene: Scene) -> str:
    async with scene.home.site.chat(await _token(scene)) as chat:
        stolen = (await chat.switch(BAKERY))["session"]
    return await scene.does("/mcp", await _accountant(scene), "get_organization", session=stolen)


async def _another_programs_session(scene: Scene) -> str:
    mine, other = [(await (await allowed(scene.home.one.office)).redeem()).access for _ in range(2)]
    return await scene.goes_on("/mcp", other, await scene.home.site.begin("/mcp", mine))


async def _changes_while_it_may_read(scene: Scene) -> str:
    return await scene.does(f"/mcp/{BAKERY}", await _read_only_key(scene), "save_customer", name="Hotel Sacher")


def _from(**headers: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        return await scene.begins(f"/mcp/{BAKERY}", await _key(scene), **headers)

    return attempt


OUT_OF_REACH: tuple[tuple[str, Secret, str], ...] = (
    ("the API key of a client", _key, FINCH),
    ("the read-only API key of a client", _read_only_key, FINCH),
    ("the token of an accountant for some clients", _accountant, FINCH),
    ("the token of another practice", _rival, FINCH),
    ("the token of another practice", _rival, BAKERY),
    ("the token of another practice", _rival, "ledger-co-sandbox"),
    ("the API key of a client", _key, "ledger-co-sandbox"),
)

ATTACKS = (
    *(
        Attack(f"{what} is brought to /mcp/{handle}", (REACH,), _with(secret, f"/mcp/{handle}"), "404", "200")
        for what, secret, handle in OUT_OF_REACH
    ),
    *(
        Attack(f"a secret link is brought to {path} as a token", (IN_THE_OPEN,), _with(_link, path), "401", "200")
        for path in ("/mcp", f"/mcp/{BAKERY}")
    ),
    Attack(
        f"a secret link is brought to /mcp/{FINCH} as a token",
        (IN_THE_OPEN, REACH),
        _with(_link, f"/mcp/{FINCH}"),
        "401",
        "200",
    ),
    Attack("an API key stands in the address", (LINK_FORM, IN_THE_OPEN), _key_in_the_address, "404", "200"),
    *(
        Attack(
            f"{what} that {said} is brought again",
            (LAPSE,),
            _revoked(kind, secret, path),
            "404" if "{}" in path else "401",
            "200",
        )
        for what, secret, path in (
            ("a token", _token, "/mcp"),
            ("an API key", _key, f"/mcp/{BAKERY}"),
            ("a secret link", _link, "/mcp/k/{}"),
        )
        for kind, said in (
            ("revoked_at", "was revoked"),
            ("asleep_since", "sleeps since a restore"),
            ("expires_at", "has expired"),
        )
    ),
    Attack("the session of somebody else is gone on with", (SESSION,), _anothers_session, "404", "200"),
    Attack(
        "a session is gone on with over another connection", (SESSION,), _session_of_another_connection, "404", "200"
    ),
    Attack(
        "the session of another program of the same person is gone on with",
        (SESSION,),
        _another_programs_session,
        "404",
        "200",
    ),
    Attack(
        "the conversation of somebody else is gone on with",
        (SESSION,),
        _anothers_conversation,
        "organization_required",
        "done",
    ),
    Attack("a read-only API key changes something", (SCOPES,), _changes_while_it_may_read, "not_allowed", "done"),
    Attack("a page that was lured to calls a connection", (HOSTS,), _from(Origin="https://evil.example"), "403", "200"),
    Attack("a page without an origin calls a connection", (HOSTS,), _from(Origin="null"), "403", "200"),
    Attack(
        "a name that leads to this machine calls a connection", (HOSTS,), _from(Host="evil.example:8750"), "403", "200"
    ),
)
