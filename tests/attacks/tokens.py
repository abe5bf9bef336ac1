"""Attacks on what a client program holds: codes and tokens that are stolen, replayed, over, widened or swapped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from invoicing.organizations import EVERYTHING, OrganizationRef
from operations import authentication
from operations.authorization import consent, granting
from operations.authorization.granting import Tokens
from operations.authorization.scopes import BOTH, Asked
from operations.credentials import digest_of
from server.oauth.endpoints import TokenEndpoint
from storage.directory import authorization_requests, connection_tokens, credentials
from storage.directory.access_queries import Reach
from storage.directory.authorization_requests import KeptCode
from storage.directory.connection_tokens import KeptRefreshToken
from storage.directory.credentials import Bearer, Lapse
from tests.attacks.attack import Attack, Guard, Scene
from tests.attacks.connections import AUDIENCE, LAPSE, REACH, lapse_of
from tests.support.authorization import CALLBACK, VERIFIER, Allowed, a_program, allowed, challenge_of
from tests.support.http import BAKERY, FINCH, HERE

YEARS = timedelta(days=3_650)
READ = frozenset({Asked.READ})


class Anybody(str):
    """A program's id that is equal to every other."""

    __hash__ = str.__hash__

    def __eq__(self, _: object) -> bool:
        return True

    def __ne__(self, _: object) -> bool:
        return False


class Within(frozenset[Any]):
    """Scopes that are within all others."""

    def __le__(self, _: object) -> bool:
        return True


_find_code, _bearer_of_connection = authorization_requests.find_code, granting._bearer
_find_refresh_token, _bearer = connection_tokens.find_refresh_token, authentication._bearer


def _anybodys_code(db: Session, digest: str) -> KeptCode | None:
    found = _find_code(db, digest)
    return found and replace(found, client_id=Anybody(found.client_id))


def _anybodys_connection(db: Session, credential_id: str, now: datetime) -> Bearer | None:
    found = _bearer_of_connection(db, credential_id, now)
    return found and replace(found, client_id=Anybody(found.client_id))


def _of_a_refresh_token_or_code_too(db: Session, secret: str, now: datetime) -> Bearer | Lapse:
    digest = digest_of(secret)
    kept = _find_refresh_token(db, digest) or _find_code(db, digest)
    return _bearer(db, secret, now) if kept is None else credentials.bearer_by_id(db, kept.credential_id, now=now)


def _an_access_token_too(db: Session, digest: str) -> KeptRefreshToken | None:
    access = connection_tokens.find_access_token(db, digest)
    if access is None:
        return _find_refresh_token(db, digest)
    return KeptRefreshToken(digest, access.credential_id, "", access.created_at, access.expires_at)


ONCE = Guard(authorization_requests, "redeem_code", lambda db, digest, *, now: None)
CODE_TIME = Guard(consent, "CODE_LIFETIME", YEARS)
ACCESS_TIME = Guard(granting, "ACCESS_LIFETIME", YEARS)
REFRESH_TIME = Guard(granting, "REFRESH_LIFETIME", YEARS)
FITS = Guard(granting, "_fits", lambda code, brought: True)
CODE_OF = Guard(authorization_requests, "find_code", _anybodys_code)
CONNECTION_OF = Guard(granting, "_bearer", _anybodys_connection)
RESOURCE = Guard(TokenEndpoint, "_audience", lambda self, parameters: "")
RETRY = Guard(granting, "_is_retry", lambda db, kept, used_at, now: True)
ENDING = Guard(credentials, "revoke", lambda db, credential_id, *, now: None)
WIDTH = Guard(granting, "scopes_of_words", lambda words: Within(EVERYTHING))
PICKED = Guard(Bearer, "reach", property(lambda bearer: Reach(bearer.user_id)))
APART = Guard(authentication, "_bearer", _of_a_refresh_token_or_code_too)
REFRESH_APART = Guard(connection_tokens, "find_refresh_token", _an_access_token_too)


async def asks(scene: Scene, **form: str) -> str:
    """`tokens`, or how the program is refused."""
    answer = (await scene.home.site.send("POST", "/oauth/token", data=form)).json()
    return "tokens" if "access_token" in answer else str(answer["error"])


async def redeems(scene: Scene, one: Allowed, **other: str) -> str:
    brought = {"code": one.code, "client_id": one.program.id, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return await asks(scene, grant_type="authorization_code", **brought | other)


async def refreshes(scene: Scene, one: Allowed, token: str, **other: str) -> str:
    brought = {"refresh_token": token, "client_id": one.program.id}
    return await asks(scene, grant_type="refresh_token", **brought | other)


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection that its person has allowed, and what its program holds."""

    one: Allowed
    tokens: Tokens


async def connect(
    scene: Scene,
    organization: OrganizationRef | None = None,
    words: frozenset[Asked] = BOTH,
    handles: frozenset[str] | None = None,
) -> Connected:
    one = await allowed(scene.home.one.office, organization, words=words, handles=handles)
    return Connected(one, await one.redeem())


def _brought_to(path: str, *, dedicated: bool) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        made = await connect(scene, scene.home.bakery if dedicated else None)
        return await scene.begins(path, made.tokens.access)

    return attempt


async def _reaches_what_was_not_picked(scene: Scene) -> str:
    made = await connect(scene, handles=frozenset({BAKERY}))
    return await scene.does("/mcp", made.tokens.access, "get_organization", organization=FINCH)


async def _changes_where_it_may_read(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery, READ)
    return await refreshes(scene, made.one, made.tokens.refresh, scope="read write")


async def _code_again(scene: Scene) -> str:
    one = await allowed(scene.home.one.office, scene.home.bakery)
    assert await redeems(scene, one) == "tokens"
    return await redeems(scene, one)


async def _goes_on_after_code_again(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery)
    await redeems(scene, made.one)
    return await scene.begins(f"/mcp/{BAKERY}", made.tokens.access)


async def _code_a_minute_later(scene: Scene) -> str:
    one = await allowed(scene.home.one.office, scene.home.bakery)
    scene.home.one.clock.advance(timedelta(seconds=61))
    return await redeems(scene, one)


def _code_with(**other: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        return await redeems(scene, await allowed(scene.home.one.office, scene.home.bakery), **other)

    return attempt


async def _code_of_another_program(scene: Scene) -> str:
    other = await a_program(scene.home.one.office, "Another")
    return await redeems(scene, await allowed(scene.home.one.office, scene.home.bakery), client_id=other.id)


async def _refreshes_again(scene: Scene, then: Callable[[Connected], Awaitable[str]]) -> str:
    made = await connect(scene, scene.home.bakery)
    await made.one.refresh((await made.one.refresh(made.tokens.refresh)).refresh)
    return await then(made)


async def _refresh_token_again(scene: Scene) -> str:
    return await _refreshes_again(scene, lambda made: refreshes(scene, made.one, made.tokens.refresh))


async def _second_of_two_refresh_tokens(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery)
    stolen, kept = await made.one.refresh(made.tokens.refresh), await made.one.refresh(made.tokens.refresh)
    await made.one.refresh(kept.refresh)
    return await refreshes(scene, made.one, stolen.refresh)


async def _goes_on_after_refresh_token_again(scene: Scene) -> str:
    async def then(made: Connected) -> str:
        await refreshes(scene, made.one, made.tokens.refresh)
        return await scene.begins(f"/mcp/{BAKERY}", made.tokens.access)

    return await _refreshes_again(scene, then)


async def _access_token_an_hour_later(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery)
    scene.home.one.clock.advance(timedelta(minutes=61))
    return await scene.begins(f"/mcp/{BAKERY}", made.tokens.access)


async def _refresh_token_a_month_later(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery)
    scene.home.one.clock.advance(timedelta(days=31))
    return await refreshes(scene, made.one, made.tokens.refresh)


async def _refresh_token_of_another_program(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery)
    other = await a_program(scene.home.one.office, "Another")
    return await refreshes(scene, made.one, made.tokens.refresh, client_id=other.id)


async def _refreshes_for_another_connection(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery)
    return await refreshes(scene, made.one, made.tokens.refresh, resource=f"{HERE}/mcp/{FINCH}")


def _over(moment: str, *, refreshing: bool) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        made = await connect(scene, scene.home.bakery)
        lapse_of(scene, moment, "access_tokens", made.tokens.access)
        if refreshing:
            return await refreshes(scene, made.one, made.tokens.refresh)
        return await scene.begins(f"/mcp/{BAKERY}", made.tokens.access)

    return attempt


async def _refresh_token_as_access_token(scene: Scene) -> str:
    return await scene.begins(f"/mcp/{BAKERY}", (await connect(scene, scene.home.bakery)).tokens.refresh)


async def _code_as_access_token(scene: Scene) -> str:
    return await scene.begins(f"/mcp/{BAKERY}", (await allowed(scene.home.one.office, scene.home.bakery)).code)


async def _access_token_as_refresh_token(scene: Scene) -> str:
    made = await connect(scene, scene.home.bakery)
    return await refreshes(scene, made.one, made.tokens.access)


_ELSEWHERE = "http://127.0.0.1:3000/elsewhere"
ATTACKS = (
    Attack(
        "the access token of a client is brought to another client",
        (AUDIENCE, REACH, PICKED),
        _brought_to(f"/mcp/{FINCH}", dedicated=True),
        "401",
        "200",
    ),
    Attack(
        "the access token of a client is brought to the practice",
        (AUDIENCE,),
        _brought_to("/mcp", dedicated=True),
        "401",
        "200",
    ),
    Attack(
        "the access token of the practice's connection is brought to a client",
        (AUDIENCE,),
        _brought_to(f"/mcp/{BAKERY}", dedicated=False),
        "401",
        "200",
    ),
    Attack("a connection reaches what was not picked", (PICKED,), _reaches_what_was_not_picked, "not_found", "done"),
    Attack(
        "a connection that may read asks for more by itself",
        (WIDTH,),
        _changes_where_it_may_read,
        "invalid_scope",
        "tokens",
    ),
    Attack("a code is redeemed twice", (ONCE,), _code_again, "invalid_grant", "tokens"),
    Attack("a connection goes on whose code came twice", (ENDING,), _goes_on_after_code_again, "401", "200"),
    Attack("a code is redeemed a minute later", (CODE_TIME,), _code_a_minute_later, "invalid_grant", "tokens"),
    *(
        Attack(f"a stolen code is redeemed {what}", (FITS,), _code_with(**other), "invalid_grant", "tokens")
        for what, other in (
            ("with another verifier", {"code_verifier": "w" * 43}),
            ("with the challenge as verifier", {"code_verifier": challenge_of()}),
            ("for another redirect URI", {"redirect_uri": _ELSEWHERE}),
        )
    ),
    Attack("a code is redeemed by another program", (CODE_OF,), _code_of_another_program, "invalid_grant", "tokens"),
    Attack(
        "a code is redeemed for another connection",
        (RESOURCE,),
        _code_with(resource=f"{HERE}/mcp/{FINCH}"),
        "invalid_target",
        "tokens",
    ),
    Attack("a refresh token is used again", (RETRY,), _refresh_token_again, "invalid_grant", "tokens"),
    Attack(
        "of two refresh tokens that were given for one, both go on",
        (RETRY,),
        _second_of_two_refresh_tokens,
        "invalid_grant",
        "tokens",
    ),
    Attack(
        "a connection goes on whose refresh token came again",
        (ENDING,),
        _goes_on_after_refresh_token_again,
        "401",
        "200",
    ),
    Attack("an access token is used an hour later", (ACCESS_TIME,), _access_token_an_hour_later, "401", "200"),
    Attack(
        "a refresh token is used a month later",
        (REFRESH_TIME,),
        _refresh_token_a_month_later,
        "invalid_grant",
        "tokens",
    ),
    Attack(
        "a refresh token is used by another program",
        (CONNECTION_OF,),
        _refresh_token_of_another_program,
        "invalid_grant",
        "tokens",
    ),
    Attack(
        "a refresh token is used for another connection",
        (RESOURCE,),
        _refreshes_for_another_connection,
        "invalid_target",
        "tokens",
    ),
    *(
        Attack(
            f"a {what} is used of a connection that {said}",
            (LAPSE,),
            _over(moment, refreshing=refreshing),
            "invalid_grant" if refreshing else "401",
            "tokens" if refreshing else "200",
        )
        for what, refreshing in (("access token", False), ("refresh token", True))
        for moment, said in (("revoked_at", "was revoked"), ("asleep_since", "sleeps since a restore"))
    ),
    Attack("a refresh token is brought as an access token", (APART,), _refresh_token_as_access_token, "401", "200"),
    Attack("a code is brought as an access token", (APART,), _code_as_access_token, "401", "200"),
    Attack(
        "an access token is brought as a refresh token",
        (REFRESH_APART,),
        _access_token_as_refresh_token,
        "invalid_grant",
        "tokens",
    ),
)
