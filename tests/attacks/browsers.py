"""Attacks on whoever is signed in with a browser: forms from elsewhere, frames, texts that become markup, cookies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session
from starlette.responses import Response

from operations import authentication
from operations.identity import browsing
from operations.identity.browsing import Method
from server.http.safe_headers import SafeHeaders
from server.pages import reading, rendering, visiting
from server.pages.cookies import SessionCookie
from storage.directory import browsers, credentials
from storage.directory.browsers import KnownBrowser
from storage.directory.credentials import Bearer, Lapse
from tests.attacks.attack import Attack, Guard, Scene
from tests.attacks.connections import REACH
from tests.support.http import BAKERY, HERE

PAGE = f"/o/{BAKERY}/books"
SIGN_IN = "303"
MARKUP = "<script>steal()</script>"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_session_of, _bearer_of = browsers.session_of, credentials.bearer_of


def _of_a_credential_too(db: Session, digest: str, *, now: datetime) -> KnownBrowser | None:
    if (found := _session_of(db, digest, now=now)) is not None:
        return found
    bearer = _bearer_of(db, digest, now=now)
    if isinstance(bearer, Lapse):
        return None
    return KnownBrowser("", bearer.user_id, bearer.label, Method.PASSKEY, now, now, now, stale=False)


def _of_a_cookie_too(db: Session, digest: str, *, now: datetime) -> Bearer | Lapse:
    if (found := _session_of(db, digest, now=now)) is None:
        return _bearer_of(db, digest, now=now)
    query = text(
        "SELECT digest FROM credentials WHERE user_id = :user AND kind = 'token' AND client_id = ''"
        " AND coalesce(revoked_at, asleep_since, expires_at) IS NULL"
    )
    own = db.connection().execute(query, {"user": found.user_id}).scalars().first()
    return _bearer_of(db, str(own), now=now)


FROM_HERE = Guard(reading, "check_from_here", lambda request: None)
FORM_KEY = Guard(reading, "is_form_key", lambda signed_in, given: True)
FORM_TYPE = Guard(reading, "FORM_TYPE", "text/plain")
ITS_PAGE = Guard(visiting, "_is_of_its_page", lambda request, form: True)
HEADERS = Guard(rendering, "page_headers", lambda form_targets=(): {})
ALL_HEADERS = Guard(SafeHeaders, "__call__", lambda self, *asgi: self._application(*asgi))
# Off is what it is to be.
_escaping = rendering._templates
ESCAPING = Guard(rendering, "_templates", lambda spoken: _escaping(spoken).overlay(autoescape=False))
COOKIE = Guard(SessionCookie, "_options", lambda self: {})
TIME = Guard(browsers, "_since", lambda now: {"idle_since": LONG_AGO, "begun_after": LONG_AGO})
ENDING = Guard(browsers, "end_sessions", lambda db, session_ids: None)
APART = Guard(browsers, "session_of", _of_a_credential_too)
AS_WRITTEN = Guard(authentication, "digest_of", browsing.secret_digest)
APART_TOO = Guard(credentials, "bearer_of", _of_a_cookie_too)


def _sends(
    headers: dict[str, str], key: Callable[[Scene, str], Awaitable[str]], kind: str = reading.FORM_TYPE
) -> Callable[[Scene], Awaitable[str]]:
    """The form of somebody who is signed in, as a browser sends it with these headers and this form key."""

    async def attempt(scene: Scene) -> str:
        cookie = await scene.sign_in()
        body = f"form_key={await key(scene, cookie)}&organization={scene.home.bakery.id}"
        sent = {"Content-Type": kind, **headers}
        return str((await scene.visit(PAGE, cookie, "POST", content=body, headers=sent)).status_code)

    return attempt


async def _of_a_stale_page(scene: Scene) -> str:
    cookie = await scene.sign_in()
    body = f"form_key={await scene.form_key(cookie)}&organization={scene.home.finch.id}"
    sent = {"Content-Type": reading.FORM_TYPE, **HERE_ALONE}
    return str((await scene.visit(PAGE, cookie, "POST", content=body, headers=sent)).status_code)


async def _own(scene: Scene, cookie: str) -> str:
    return await scene.form_key(cookie)


async def _none(_: Scene, __: str) -> str:
    return ""


async def _of_an_earlier_session(scene: Scene, _: str) -> str:
    return await scene.form_key(await scene.sign_in())


async def _of_the_attacker(scene: Scene, _: str) -> str:
    return await scene.form_key(await scene.sign_in(scene.rival))


async def _framed(scene: Scene) -> str:
    answer = await scene.visit(PAGE, await scene.sign_in())
    policy = answer.headers.get("content-security-policy", "")
    alone = "frame-ancestors 'none'" in policy and answer.headers.get("x-frame-options") == "DENY"
    return "not framed" if alone else "framed"


async def _runs_a_script(scene: Scene) -> str:
    policy = (await scene.visit(PAGE, await scene.sign_in())).headers.get("content-security-policy", "")
    return "not run" if "script-src 'self';" in policy and "default-src 'none'" in policy else "run"


async def _writes_markup(scene: Scene) -> str:
    shown = await scene.visit(PAGE, await scene.sign_in(), params={"said": MARKUP})
    assert "steal()" in shown.text
    return "markup" if MARKUP in shown.text else "text"


async def _reads_the_cookie(_: Scene) -> str:
    given = SessionCookie.of("https://books.example").give(Response(), "secret").headers["set-cookie"].lower()
    parts = {part.strip() for part in given.split(";")}
    return "kept" if {"httponly", "secure", "samesite=lax", "path=/"} <= parts else "readable"


async def _of_another_practice(scene: Scene) -> str:
    return str((await scene.visit(PAGE, await scene.sign_in(scene.rival))).status_code)


async def _after_two_weeks(scene: Scene) -> str:
    cookie = await scene.sign_in()
    scene.home.one.clock.advance(timedelta(days=15))
    return str((await scene.visit(PAGE, cookie)).status_code)


async def _after_signing_out(scene: Scene) -> str:
    store, cookie = scene.home.one.store, await scene.sign_in()
    found = await browsing.signed_in(store, scene.home.one.clock, cookie)
    assert found is not None
    await browsing.end_session(store, found.session_id)
    return str((await scene.visit(PAGE, cookie)).status_code)


def _as_cookie(secret: Callable[[Scene], Awaitable[str]]) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(scene: Scene) -> str:
        return str((await scene.visit(PAGE, await secret(scene))).status_code)

    return attempt


async def _token(scene: Scene) -> str:
    return await scene.home.credentials.token()


async def _key(scene: Scene) -> str:
    return await scene.home.credentials.key(scene.home.bakery)


async def _link(scene: Scene) -> str:
    return await scene.home.credentials.link(scene.home.bakery)


async def _cookie_as_token(scene: Scene) -> str:
    await _token(scene)
    return await scene.begins("/mcp", await scene.sign_in())


HERE_ALONE = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
FOREIGN = {
    "another origin": {"Origin": "https://evil.example"},
    "another origin that says it is ours": {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    "another port of this host": {"Origin": "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site"},
    "a page without an origin": {"Origin": "null"},
    "another site, whose origin was taken away": {"Sec-Fetch-Site": "cross-site"},
    "somebody who says nothing of where from": {},
}

ATTACKS = (
    *(
        Attack(f"a form comes from {what}", (FROM_HERE,), _sends(headers, _own), "403", "200")
        for what, headers in FOREIGN.items()
    ),
    *(
        Attack(f"a form comes {what}", (FORM_KEY,), _sends(HERE_ALONE, key), "403", "200")
        for what, key in (
            ("without its key", _none),
            ("with the key of an earlier session", _of_an_earlier_session),
            ("with the key of the attacker's own session", _of_the_attacker),
        )
    ),
    Attack(
        "a form comes as a text that any page can send",
        (FORM_TYPE,),
        _sends(HERE_ALONE, _own, "text/plain"),
        "415",
        "200",
    ),
    Attack("a form comes from a page of another client", (ITS_PAGE,), _of_a_stale_page, "409", "200"),
    Attack("a page is shown in a frame of another site", (HEADERS,), _framed, "not framed", "framed"),
    Attack("a page runs a script of another site", (HEADERS,), _runs_a_script, "not run", "run"),
    Attack("a text that somebody chose becomes markup", (ESCAPING,), _writes_markup, "text", "markup"),
    Attack("a script reads the cookie", (COOKIE,), _reads_the_cookie, "kept", "readable"),
    Attack("a page of another practice's client is visited", (REACH,), _of_another_practice, "404", "200"),
    Attack("a cookie is brought again after two weeks", (TIME,), _after_two_weeks, SIGN_IN, "200"),
    Attack("a cookie is brought again after its person has signed out", (ENDING,), _after_signing_out, SIGN_IN, "200"),
    Attack("a personal token is brought as a cookie", (APART,), _as_cookie(_token), SIGN_IN, "200"),
    Attack("an API key is brought as a cookie", (APART,), _as_cookie(_key), SIGN_IN, "200"),
    Attack("a secret link is brought as a cookie", (APART,), _as_cookie(_link), SIGN_IN, "200"),
    Attack("a cookie is brought as a token", (AS_WRITTEN, APART_TOO), _cookie_as_token, "401", "200"),
)
