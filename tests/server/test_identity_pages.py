"""The pages on which people sign in, and look after how they do: without a script but for passkeys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from operations.activity import list_activity, list_activity_of_nobody
from operations.identity import links, signing_in
from operations.identity.known_browsers import account_of
from operations.identity.links import make_sign_in_link
from operations.identity.providers import ProviderSettings, set_provider
from server.pages.identity.routes import routes
from server.pages.visiting import Desk
from storage.directory import credentials
from storage.directory.tables import Credential
from tests.support.identity import GOOD_PASSWORD, Device, code_of
from tests.support.pages import LOCALHOST, Browser, browser_at
from tests.support.people import colleague, in_the_directory
from tests.support.practice import Practice, practice
from tests.support.raw import minutes_after

OWNER = "owner@example.com"
WRONG, SHORT = "not the password at all", "short"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as made:
        yield made


@pytest.fixture
async def browser(one: Practice) -> AsyncIterator[Browser]:
    async with browser_at(pages(one)) as made:
        yield made


def pages(one: Practice, public_url: str = LOCALHOST) -> list:  # type: ignore[type-arg]  # Routes.
    return routes(Desk.of(replace(one.office, public_url=public_url, with_credential=True)))


async def by_link(one: Practice, browser: Browser) -> None:
    """Sign in with a new link."""
    link = await make_sign_in_link(one.office, OWNER)
    await (await browser.open(link.path)).send(link.path)


async def with_passkey(browser: Browser, device: Device, name: str = "Laptop") -> None:
    await browser.open("/account/passkeys")
    options = browser.form("/account/passkeys").options
    await browser.send("/account/passkeys", answer=device.create(options), name=name)


async def with_password(one: Practice, browser: Browser) -> str:
    """Set a password and codes up; answers what the codes are made from."""
    await browser.open("/account/password")
    await browser.send("/account/password", password=GOOD_PASSWORD, again=GOOD_PASSWORD)
    assert browser.path == "/account/codes"
    (secret,) = re.findall(r"<code>([A-Z2-7 ]+)</code>", browser.text)
    await browser.send("/account/codes", code=code_of(secret, one.clock()))
    assert (browser.path, "With your password they sign you in" in browser.text) == ("/account?kept=codes", True)
    return str(secret)


async def sign_out(browser: Browser) -> None:
    await (await browser.open("/account")).send("/sign-out")
    assert browser.path == "/sign-in"


async def test_a_link_only_asks_until_the_button_is_pressed_and_leads_to_a_way_to_sign_in(
    one: Practice, browser: Browser
) -> None:
    link = await make_sign_in_link(one.office, OWNER)
    for _ in range(3):
        await browser.open(link.path)
        assert OWNER not in browser.text
    never = (await browser.open("/sign-in/link/nothing")).text
    assert never == (await browser.open(link.path)).text, "nobody learns of a link without pressing its button"
    await browser.send(link.path)
    assert (browser.path, browser.status) == ("/account", 200)
    assert "Set up how you sign in from now on" in browser.text
    await with_passkey(browser, Device(), "<b>Laptop</b>")
    assert "Passkey <q><bdi>&lt;b&gt;Laptop&lt;/b&gt;</bdi></q>" in browser.text
    assert "Set up how you sign in from now on" not in browser.text
    await browser.open(link.path)
    await browser.send(link.path)
    assert (browser.status, "signs nobody in" in browser.text) == (404, True)
    assert "If somebody has invited you, an owner there makes another" in browser.text
    assert 'href="/account"' in browser.text, "somebody who is signed in finds on"


async def test_a_passkey_signs_in_and_leads_on(one: Practice, browser: Browser) -> None:
    device = Device()
    await by_link(one, browser)
    await with_passkey(browser, device)
    await sign_out(browser)
    await browser.open("/account/password")
    assert browser.path == "/sign-in?next=%2Faccount%2Fpassword"
    await browser.send("/sign-in/passkey", answer=Device().get(browser.form("/sign-in/passkey").options))
    assert (browser.status, "This passkey did not sign you in." in browser.text) == (403, True)
    await browser.send("/sign-in/passkey", answer=device.get(browser.form("/sign-in/passkey").options))
    assert (browser.path, browser.status) == ("/account/password", 200)


async def test_password_and_code_sign_in(one: Practice, browser: Browser) -> None:
    await by_link(one, browser)
    secret = await with_password(one, browser)
    await sign_out(browser)
    one.clock.advance(timedelta(seconds=30))
    await browser.open("/sign-in?next=/account")
    shown = []
    for password in (GOOD_PASSWORD, WRONG):
        await browser.open("/sign-in?next=/account")
        await browser.send("/sign-in/password", email=OWNER, password=password)
        shown.append((browser.status, re.sub(r'value="[^"]*"', "", browser.text), len(browser.text)))
    assert shown[0] == shown[1], "whether a password was right is told with the code alone"
    assert browser.path == "/sign-in/code?next=%2Faccount", "going back to it sends nothing twice"
    await browser.send("/sign-in/code", code=code_of(secret, one.clock()))
    assert (browser.status, "did not sign you in" in browser.text) == (403, True)
    await browser.send("/sign-in/password", email=OWNER, password=GOOD_PASSWORD)
    await browser.send("/sign-in/code", code=code_of(secret, one.clock()))
    assert (browser.path, browser.status) == ("/account", 200)
    assert (await browser.open("/sign-in/code")).path == "/sign-in", "nothing is carried on after it"


async def test_each_sign_in_is_on_the_log_with_its_way_and_what_signs_nobody_in_is_counted(
    one: Practice, browser: Browser
) -> None:
    device = Device()
    await by_link(one, browser)
    await with_passkey(browser, device)
    secret = await with_password(one, browser)
    await sign_out(browser)
    await browser.send("/sign-in/passkey", answer=device.get(browser.form("/sign-in/passkey").options))
    await sign_out(browser)
    one.clock.advance(timedelta(seconds=30))
    for code in ("000000", code_of(secret, one.clock())):
        await browser.open("/sign-in")
        await browser.send("/sign-in/password", email=OWNER, password=GOOD_PASSWORD)
        await browser.send("/sign-in/code", code=code)
    await browser.open("/sign-in")
    await browser.send("/sign-in/passkey", answer="{}")
    await browser.post("/sign-in/link/guessed", {}, Origin=LOCALHOST)
    for _ in range(signing_in.OF_ACCOUNT.free + 2):
        await browser.open("/sign-in")
        await browser.send("/sign-in/password", email="nobody@example.com", password=WRONG)
        await browser.send("/sign-in/code", code="123456")
    await one.store.activity.written()
    noted = (await list_activity(one.office, one.organization, cursor="", limit=100)).items
    acts = [done.act for done in reversed(noted) if done.act.startswith(("sign_in", "POST /sign-out"))]
    assert acts == [
        "sign_in_with_link",
        "POST /sign-out",
        "sign_in_with_passkey",
        "POST /sign-out",
        "sign_in_with_password",
    ]
    assert {done.label for done in noted} == {OWNER}
    counted = (await list_activity_of_nobody(one.store, cursor="", limit=10)).items
    assert {(done.result, done.times) for done in counted} == {
        ("password", 2 + signing_in.OF_ACCOUNT.free),
        ("passkey", 1),
        ("link", 1),
        ("too_many_attempts", 1),
    }
    assert {(done.act, done.label, done.door) for done in counted} == {("authenticate", "", "page")}


async def test_too_many_attempts_are_told_when_to_come_back(one: Practice, browser: Browser) -> None:
    for _ in range(signing_in.OF_ACCOUNT.free + 2):
        await browser.open("/sign-in")
        await browser.send("/sign-in/password", email="nobody@example.com", password=WRONG)
        await browser.send("/sign-in/code", code="123456")
    assert browser.page is not None
    assert (browser.status, browser.page.headers["retry-after"]) == (429, "1")
    assert "Too many attempts" in browser.text


async def test_strangers_keep_nobody_out_of_a_browser_that_was_used_before(one: Practice, browser: Browser) -> None:
    await by_link(one, browser)
    secret = await with_password(one, browser)
    await sign_out(browser)
    said = []
    async with browser_at(pages(one)) as another:
        for at, code in [(another, "000000")] * (signing_in.OF_ACCOUNT.free + 2) + [(browser, "")]:
            await at.open("/sign-in")
            await at.send("/sign-in/password", email=OWNER, password=GOOD_PASSWORD)
            if not code:
                one.clock.advance(timedelta(seconds=30))
                a_day_later = minutes_after("free_at", "1440")
                longer = f"UPDATE sign_in_pauses SET free_at = {a_day_later} WHERE subject = ?"  # noqa: S608 - Our own.
                in_the_directory(one, longer, account_of(OWNER))
            await at.send("/sign-in/code", code=code or code_of(secret, one.clock()))
            said.append((at.status, at.path))
    assert said[-2][0] == 429
    assert said[-1][1] == "/", "which follows a sign-in"


async def test_each_sign_in_has_a_cookie_of_its_own_that_scripts_and_other_sites_do_not_get(
    one: Practice, browser: Browser
) -> None:
    cookies = []
    for _ in range(2):
        link = await make_sign_in_link(one.office, OWNER)
        answer = await browser.post(link.path, {}, Origin=LOCALHOST)
        cookies.append(answer.headers["set-cookie"])
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert (names, cookies[0] != cookies[1]) == ({"counterfoil"}, True)
    for cookie in cookies:
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    with_first = {"Cookie": cookies[0].partition(";")[0]}
    async with browser_at(pages(one)) as another:
        assert (await another.http.get("/account", headers=with_first)).status_code == 303, "it ended with the second"
    async with browser_at(pages(one, "https://books.example.com"), url="https://books.example.com") as secure:
        link = await make_sign_in_link(one.office, OWNER)
        cookie = (await secure.post(link.path, {}, Origin="https://books.example.com")).headers["set-cookie"]
        assert cookie.startswith("__Host-counterfoil=")
        assert "Secure" in cookie


@pytest.mark.parametrize("path", ["/sign-in/password", "/sign-in/code", "/sign-in/passkey", "/sign-in/link/x"])
async def test_nobody_signs_a_visitor_of_another_site_in(browser: Browser, path: str) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": LOCALHOST, "Sec-Fetch-Site": "cross-site"}):
        assert (await browser.post(path, {}, **headers)).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/name", "/browsers/end", "/connections/end", "/password", "/password/remove", "/codes", "/passkeys/remove"],
)
async def test_nothing_of_an_account_is_changed_from_another_site(one: Practice, browser: Browser, path: str) -> None:
    await by_link(one, browser)
    key = browser.form("/account/name").fields["form_key"]
    for origin, fields in (("https://evil.example", {"form_key": key}), (LOCALHOST, {})):
        assert (await browser.post(f"/account{path}", fields, Origin=origin)).status_code == 403


async def test_whoever_proved_it_long_ago_proves_it_before_ways_are_changed(one: Practice, browser: Browser) -> None:
    device = Device()
    await by_link(one, browser)
    await with_passkey(browser, device)
    secret = await with_password(one, browser)
    one.clock.advance(timedelta(hours=1))
    await browser.open("/account")
    (removal,) = re.findall(r'href="(/account/passkeys/remove\?passkey=pky_\w+)"', browser.text)
    await browser.open(removal)
    assert browser.path.startswith("/sign-in/again?next=%2Faccount%2Fpasskeys%2Fremove")
    assert OWNER in browser.text
    code = code_of(secret, one.clock())
    await browser.send("/sign-in/again/password", password=WRONG, code=code)
    assert (browser.status, "do not fit together" in browser.text) == (403, True)
    await browser.send("/sign-in/again/passkey", answer=device.get(browser.form("/sign-in/again/passkey").options))
    assert browser.path == removal
    assert "signs you in no more" in browser.text
    assert removal in (await browser.open("/account")).text, "nothing happens before the button is pressed"
    await (await browser.open(removal)).send("/account/passkeys/remove")
    assert (browser.path, removal in browser.text) == ("/account", False)
    assert (await browser.open(removal)).status == 404
    await (await browser.open("/account/password/remove")).send("/account/password/remove")
    assert (browser.status, "only way in which you can sign in" in browser.text) == (409, True)
    one.clock.advance(timedelta(hours=1))
    await browser.open("/account/password")
    await browser.send("/sign-in/again/password", password=GOOD_PASSWORD, code=code_of(secret, one.clock()))
    assert browser.path == "/account/password"


async def test_what_does_not_fit_is_told_on_the_page(one: Practice, browser: Browser) -> None:
    await by_link(one, browser)
    await browser.open("/account/password")
    await browser.send("/account/password", password=GOOD_PASSWORD, again="another one")
    assert (browser.status, "The two are not the same" in browser.text) == (400, True)
    await browser.send("/account/password", password=SHORT, again=SHORT)
    assert "at least 12" in browser.text
    await browser.open("/account/codes")
    before = browser.text
    await browser.send("/account/codes", code="000000")
    assert "This code does not fit" in browser.text
    await browser.send("/account/codes", holding="yes")
    assert (browser.status, re.findall("<code>.*</code>", browser.text) != re.findall("<code>.*</code>", before)) == (
        200,
        True,
    )
    await browser.open("/account/passkeys")
    await browser.send("/account/passkeys", answer="{}", name="Laptop")
    assert (browser.status, "was not made" in browser.text) == (400, True)
    await browser.open("/account")
    await browser.send("/account/name", name="Ana <i>Owner</i>")
    assert 'value="Ana &lt;i&gt;Owner&lt;/i&gt;"' in browser.text


async def test_browsers_and_connections_are_shown_and_ended_by_their_person_alone(
    one: Practice, browser: Browser
) -> None:
    await by_link(one, browser)
    other = await colleague(one, one.organization, "accountant", email="ann@example.com")
    connection = Credential(
        id="cre_1",
        kind="token",
        name="Claude <x>",
        prefix="cft_1",
        user_id=one.principal.user_id,
        scopes="read",
        client_id="https://claude.example",
        created_at=one.clock(),
        created_by=OWNER,
    )
    await one.store.directory.write(lambda db: db.add(connection))
    async with browser_at(pages(one)) as phone, browser_at(pages(one)) as theirs:
        await by_link(one, phone)
        link = await make_sign_in_link(one.office, other.principal.label)
        await (await theirs.open(link.path)).send(link.path)
        await browser.open("/account")
        assert "<q><bdi>Claude &lt;x&gt;</bdi></q>" in browser.text
        (session_id,) = re.findall(r'name="browser" value="(\w+)"', browser.text)
        for path, field, value in (("browsers", "browser", session_id), ("connections", "connection", "cre_1")):
            key = theirs.form("/account/name").fields["form_key"]
            answer = await theirs.post(f"/account/{path}/end", {field: value, "form_key": key}, Origin=LOCALHOST)
            assert answer.status_code == 404, path
        await browser.send("/account/browsers/end")
        assert (await phone.open("/account")).path.startswith("/sign-in")
        (ending,) = re.findall(r'href="(/account/connections/end\?connection=cre_1)"', browser.text)
        assert (await theirs.open(ending)).status == 404
        assert "reaches nothing any more" in (await browser.open(ending)).text
        assert "Claude" in (await browser.open("/account")).text, "nothing happens before the button is pressed"
        await (await browser.open(ending)).send("/account/connections/end")
        assert "Claude" not in browser.text
    found = await one.store.directory.read(lambda db: credentials.bearer_by_id(db, "cre_1", now=one.clock()))
    assert found is credentials.Lapse.REVOKED


async def test_an_invitation_to_somebody_who_signs_in_already_leads_to_the_sign_in(
    one: Practice, browser: Browser
) -> None:
    await by_link(one, browser)
    await with_passkey(browser, Device())
    link = await links.make_invitation(one.office, one.organization, OWNER)
    async with browser_at(pages(one)) as another:
        await (await another.open(link.path)).send(link.path)
        assert (another.path, another.status) == ("/sign-in", 200)


async def test_where_passkeys_cannot_be_used_the_page_says_where(one: Practice) -> None:
    async with browser_at(pages(one), url="http://127.0.0.1:8750") as elsewhere:
        await elsewhere.open("/sign-in?next=/account")
        assert f'href="{LOCALHOST}/sign-in?next=%2Faccount"' in elsewhere.text
        assert "data-passkey" not in elsewhere.text


async def test_the_sign_in_offers_the_identity_provider_and_no_password_where_it_alone_counts(
    one: Practice, browser: Browser
) -> None:
    await by_link(one, browser)
    secret = await with_password(one, browser)
    await sign_out(browser)
    await browser.open("/sign-in?next=/account")
    assert "/sign-in/provider" not in browser.text
    await browser.send("/sign-in/password", email=OWNER, password=GOOD_PASSWORD)
    code_page = browser.page
    for only in (False, True):
        await set_provider(one.office, ProviderSettings(issuer="https://id.example", client_id="1", only=only))
        await browser.open("/sign-in?next=/account")
        offered = '<a class="button" href="/sign-in/provider?next=%2Faccount">Sign in with “id.example”</a>'
        assert (offered in browser.text, 'name="password"' in browser.text) == (True, not only)
    browser.page = code_page
    one.clock.advance(timedelta(seconds=30))
    await browser.send("/sign-in/code", code=code_of(secret, one.clock()))
    assert (browser.status, "did not sign you in" in browser.text) == (403, True)
    fields = {"email": OWNER, "password": GOOD_PASSWORD}
    answer = await browser.post("/sign-in/password", fields, Origin=LOCALHOST)
    assert (answer.status_code, "Passwords do not sign in here" in answer.text) == (403, True)


async def test_a_person_who_sleeps_is_signed_out(one: Practice, browser: Browser) -> None:
    await by_link(one, browser)
    in_the_directory(one, "UPDATE users SET asleep_since = created_at")
    assert (await browser.open("/account")).path == "/sign-in?next=%2Faccount"
