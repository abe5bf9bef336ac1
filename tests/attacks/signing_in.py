"""Attacks on the sign-in: guessing, what was used before, phishing, other sites, and where it leads on to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx2
import webauthn
from sqlmodel import Session
from webauthn.helpers import parse_client_data_json

from operations.access import Office
from operations.identity import browsing, challenges, codes, links, signing_in, ways
from operations.identity.browsing import Method
from operations.identity.passkeys import Site, request_options
from operations.identity.passwords import Hashing
from server.pages.identity import signing_in as pages
from storage.directory import browsers, guessing, identity, sign_in_links
from storage.ids import new_id
from tests.attacks.attack import Attack, Guard, Scene
from tests.attacks.browsers import FROM_HERE, PAGE
from tests.attacks.connections import HOSTS
from tests.support.http import HERE
from tests.support.identity import CHEAP, GOOD_PASSWORD, Device, code_of, signed_in, with_passkey
from tests.support.people import colleague, in_the_directory

YEARS = timedelta(days=3_650)
SITE = Site.of(HERE)
EVIL = "https://evil.example"
_planted: list[str] = []
"""Secrets that the attacker knows, one for each time."""
SIGNED_IN, NOT_SIGNED_IN = "303", "403"
_verify, _seal, _is_right = webauthn.verify_authentication_response, challenges._seal, Hashing.is_right


async def _always_right(_: Hashing, __: str, hashed: str) -> bool:
    return bool(hashed)


async def _at_once(self: Hashing, password: str, hashed: str) -> bool:
    return bool(hashed) and await _is_right(self, password, hashed)


def _from_any_origin(**asked: Any) -> Any:
    said = parse_client_data_json(asked["credential"].response.client_data_json).origin
    return _verify(**asked | {"expected_origin": said})


def _without_a_person(**asked: Any) -> Any:
    return _verify(**asked | {"require_user_verification": False})


def _begin_with_what_was_there(db: Session, user_id: str, method: Method, *, now: Any) -> str:
    digest = browsing.secret_digest(_planted[-1])
    browsers.add_session(db, new_id("bro"), digest, user_id=user_id, method=method.value, proved_at=now, now=now)
    return _planted[-1]


PASSWORD = Guard(Hashing, "is_right", _always_right)
AS_LONG = Guard(Hashing, "is_right", _at_once)
CODE = Guard(codes, "use_code", lambda db, store, known, code, *, now: True)
STEP = Guard(identity, "use_step", lambda db, codes_id, step: True)
HALFWAY = Guard(signing_in, "HALFWAY_LIFETIME", YEARS)
ONE_LENGTH = Guard(signing_in, "_HALFWAY_LENGTH", 0)
PAUSES = Guard(guessing, "seconds_to_wait", lambda db, subject, *, now: 0)
ORIGIN = Guard(webauthn, "verify_authentication_response", _from_any_origin)
VERIFIED = Guard(webauthn, "verify_authentication_response", _without_a_person)
SPENT = Guard(guessing, "spend_challenge", lambda db, digest, *, expires_at, now: True)
PURPOSE = Guard(challenges, "_seal", lambda store, begun, purpose: _seal(store, begun, ""))
CHALLENGE_TIME = Guard(challenges, "LIFETIME", YEARS)
USED_LINK = Guard(sign_in_links, "use_link", lambda db, link_id, *, now: True)
OTHER_LINKS = Guard(sign_in_links, "forget_links_of", lambda db, user_id: None)
LINK_TIME = Guard(links, "SIGN_IN_LIFETIME", YEARS)
WAS_HERE = Guard(identity, "was_here", lambda db, user_id: False)
ASLEEP = Guard(identity, "is_asleep", lambda db, user_id: False)
NEXT = Guard(pages, "local_path", lambda text: text)
NEW_SECRET = Guard(signing_in, "begin", _begin_with_what_was_there)


@dataclass(slots=True)
class Person:
    """Somebody with a password, an app with one-time codes and a device with a passkey."""

    scene: Scene
    office: Office
    secret: str = ""
    device: Device = field(default_factory=lambda: Device(origin=HERE, counts=False))

    @property
    def email(self) -> str:
        return self.office.principal.label

    def code(self) -> str:
        """The next code: each counts once."""
        clock = self.scene.home.one.clock
        clock.advance(timedelta(seconds=30))
        return code_of(self.secret, clock())

    async def begins(self, password: str = GOOD_PASSWORD, email: str = "") -> Any:
        """The answer to address and password."""
        return await self.sends("password", email=email or self.email, password=password)

    async def types(self, password: str = GOOD_PASSWORD, code: str = "") -> str:
        """How the sign-in answers password and code."""
        halfway = halfway_of(await self.begins(password))
        return str((await self.sends("code", halfway=halfway, code=code or self.code())).status_code)

    async def uses(self, device: Device, options: str = "", **more: Any) -> Any:
        """The answer to what a device says."""
        asked = options or signing_in.passkey_to_sign_in(self.office, SITE)
        return await self.sends("passkey", answer=device.get(asked), **more)

    async def sends(self, page: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        here = {"Origin": HERE}
        return await self.scene.home.site.send(
            "POST", f"/sign-in/{page}", data=fields, headers=here if headers is None else headers
        )


def halfway_of(answer: httpx2.Response) -> str:
    """What a password has shown, sealed, as the browser is given it."""
    return answer.cookies["counterfoil-halfway"]


async def a_person(scene: Scene) -> Person:
    one = scene.home.one
    office = await colleague(one, one.organization, "accountant")
    me = await signed_in(office, Method.PASSKEY)
    found = Person(scene, replace(office, hashing=CHEAP))
    await ways.set_password(found.office, me, GOOD_PASSWORD)
    found.secret = (await ways.show_codes(found.office)).secret
    await ways.confirm_codes(found.office, found.code())
    await with_passkey(found.office, me, found.device, SITE)
    return found


def _of_person(attempt: Callable[[Person], Awaitable[str]]) -> Callable[[Scene], Awaitable[str]]:
    async def attempted(scene: Scene) -> str:
        return await attempt(await a_person(scene))

    return attempted


async def _with_another_password(person: Person) -> str:
    return await person.types("not the password at all")


async def _without_the_code(person: Person) -> str:
    return await person.types(code="000000")


async def _with_a_code_again(person: Person) -> str:
    code = person.code()
    assert await person.types(code=code) == SIGNED_IN
    return await person.types(code=code)


async def _with_a_password_of_an_hour_ago(person: Person) -> str:
    halfway = halfway_of(await person.begins())
    person.scene.home.one.clock.advance(timedelta(hours=1))
    return str((await person.sends("code", halfway=halfway, code=person.code())).status_code)


async def _after_many_guesses(person: Person) -> str:
    code = person.code()
    for _ in range(8):
        await person.types(code="000000")
    return await person.types(code=code)


async def _asleep(person: Person) -> str:
    in_the_directory(
        person.scene.home.one,
        "UPDATE users SET asleep_since = created_at WHERE id = ?",
        person.office.principal.user_id,
    )
    return await person.types()


async def _on_another_site(person: Person) -> str:
    person.device.origin = EVIL
    return str((await person.uses(person.device)).status_code)


async def _without_making_sure(person: Person) -> str:
    person.device.verifies = False
    return str((await person.uses(person.device)).status_code)


async def _with_an_answer_again(person: Person) -> str:
    asked = signing_in.passkey_to_sign_in(person.office, SITE)
    assert (await person.uses(person.device, asked)).status_code == int(SIGNED_IN)
    return str((await person.uses(person.device, asked)).status_code)


async def _with_an_answer_for_something_else(person: Person) -> str:
    one = person.scene.home.one
    asked = request_options(one.store, SITE, purpose="prove in bro_1 an approval", now=one.clock())
    return str((await person.uses(person.device, asked)).status_code)


async def _with_an_answer_of_an_hour_ago(person: Person) -> str:
    asked = signing_in.passkey_to_sign_in(person.office, SITE)
    person.scene.home.one.clock.advance(timedelta(hours=1))
    return str((await person.uses(person.device, asked)).status_code)


async def _opens(scene: Scene, path: str) -> str:
    return str(
        (await scene.home.site.send("POST", path, data={"act": "sign in"}, headers={"Origin": HERE})).status_code
    )


async def _a_link_again(person: Person) -> str:
    made = await links.make_sign_in_link(person.scene.home.one.office, person.email)
    assert await _opens(person.scene, made.path) == SIGNED_IN
    return await _opens(person.scene, made.path)


async def _a_link_of_yesterday(person: Person) -> str:
    made = await links.make_sign_in_link(person.scene.home.one.office, person.email)
    person.scene.home.one.clock.advance(timedelta(days=1))
    return await _opens(person.scene, made.path)


async def _by_inviting_a_colleague(person: Person) -> str:
    one = person.scene.home.one
    made = await links.make_invitation(one.office, one.organization, person.email)
    answer = await person.scene.home.site.send("POST", made.path, data={"act": "sign in"}, headers={"Origin": HERE})
    return "has to sign in" if answer.headers["location"] == "/sign-in" else "signed in"


async def _from_another_site(person: Person) -> str:
    halfway = halfway_of(await person.begins())
    answer = await person.sends("code", headers={"Origin": EVIL}, halfway=halfway, code=person.code())
    return str(answer.status_code)


def _leads_to(address: str) -> Callable[[Person], Awaitable[str]]:
    async def attempt(person: Person) -> str:
        where = (await person.uses(person.device, next=address)).headers["location"]
        return "here" if where == "/" else "elsewhere"

    return attempt


async def _with_a_planted_cookie(person: Person) -> str:
    _planted.append(f"planted-{len(_planted)}")
    assert (await person.uses(person.device)).status_code == int(SIGNED_IN)
    return str((await person.scene.visit(PAGE, _planted[-1])).status_code)


async def _tells_by_its_answer(person: Person) -> str:
    """Whether a right password and a wrong one look alike, but for what is carried to the code, of one length."""
    told = set()
    for password in (GOOD_PASSWORD, "not the password at all"):
        answer = await person.begins(password)
        halfway = halfway_of(answer)
        told.add((answer.status_code, answer.text, answer.headers["location"], len(halfway)))
    return "alike" if len(told) == 1 else "different"


async def _tells_by_its_time(person: Person) -> str:
    """Whether an unknown address is hashed for as often as a known one."""
    counted: list[str] = []
    in_turn = Hashing._in_turn

    async def counting(self: Hashing, work: Any) -> Any:
        counted.append(work.func.__name__)
        return await in_turn(self, work)

    with Guard(Hashing, "_in_turn", counting).switched_off():
        for email in (person.email, "nobody@example.com"):
            await person.begins("not the password at all", email)
    return "as long" if len(counted) == 2 else "sooner"


ELSEWHERE = {
    "another site": EVIL,
    "another host without a scheme": "//evil.example",
    "another host behind a backslash": "/\\evil.example",
    "a script": "javascript:steal()",
    "another host behind a tab": "/\t/evil.example",
}
ROWS: tuple[tuple[str, tuple[Guard, ...], Callable[[Person], Awaitable[str]]], ...] = (
    ("somebody signs in with another password", (PASSWORD,), _with_another_password),
    ("somebody signs in without the one-time code", (CODE,), _without_the_code),
    ("somebody signs in with a one-time code that was used", (STEP,), _with_a_code_again),
    ("somebody goes on with a password of an hour ago", (HALFWAY,), _with_a_password_of_an_hour_ago),
    ("somebody signs in who sleeps since a restore", (ASLEEP,), _asleep),
    ("a passkey is used on another site", (ORIGIN,), _on_another_site),
    ("a passkey is used without making sure of its person", (VERIFIED,), _without_making_sure),
    ("what a passkey has answered is sent again", (SPENT,), _with_an_answer_again),
    ("what a passkey has answered for something else signs in", (PURPOSE,), _with_an_answer_for_something_else),
    ("what a passkey has answered an hour ago signs in", (CHALLENGE_TIME,), _with_an_answer_of_an_hour_ago),
    ("another site signs somebody in as the attacker", (FROM_HERE, HOSTS), _from_another_site),
)
LINKS: tuple[tuple[str, tuple[Guard, ...], Callable[[Person], Awaitable[str]]], ...] = (
    ("a sign-in link is used twice", (USED_LINK, OTHER_LINKS), _a_link_again),
    ("a sign-in link is used a day later", (LINK_TIME,), _a_link_of_yesterday),
)

ATTACKS = (
    *(Attack(name, guards, _of_person(attempt), NOT_SIGNED_IN, SIGNED_IN) for name, guards, attempt in ROWS),
    *(Attack(name, guards, _of_person(attempt), "404", SIGNED_IN) for name, guards, attempt in LINKS),
    Attack(
        "whoever invites a colleague opens the invitation",
        (WAS_HERE,),
        _of_person(_by_inviting_a_colleague),
        "has to sign in",
        "signed in",
    ),
    Attack("somebody guesses codes until one fits", (PAUSES,), _of_person(_after_many_guesses), "429", SIGNED_IN),
    *(
        Attack(f"a sign-in leads on to {what}", (NEXT,), _of_person(_leads_to(address)), "here", "elsewhere")
        for what, address in ELSEWHERE.items()
    ),
    Attack(
        "a cookie that the attacker has planted is signed in",
        (NEW_SECRET,),
        _of_person(_with_a_planted_cookie),
        SIGNED_IN,
        "200",
    ),
    Attack(
        "a right password is told from a wrong one before the code",
        (ONE_LENGTH,),
        _of_person(_tells_by_its_answer),
        "alike",
        "different",
    ),
    Attack(
        "an address is told from one that is unknown by the time",
        (AS_LONG,),
        _of_person(_tells_by_its_time),
        "as long",
        "sooner",
    ),
)
