"""The account page: a person's name, ways to sign in, browsers and AI connections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, Refusal
from operations.identity import account, ways
from operations.identity.browsing import Method
from operations.identity.passkeys import Site
from server.oauth.waiting import BrowserMark
from server.pages.identity.addresses import address_of, shown, sign_in_address
from server.pages.languages import N_, gettext
from server.pages.reading import Form, origin_of
from server.pages.rendering import nothing_here, render, see_other
from server.pages.visiting import Desk, Page, Visitor
from storage.directory.credentials import KnownCredential
from storage.directory.identity import KnownPasskey

_ACCOUNT = "/account"
_KEPT = {
    "password": N_("Your password is kept. With a one-time code it signs you in from now on."),
    "codes": N_("Your one-time codes are kept. With your password they sign you in from now on."),
    "passkey": N_("Your passkey is kept. It signs you in from now on."),
}
_METHODS = {
    Method.PASSKEY: N_("Passkey"),
    Method.PASSWORD: N_("Password and code"),
    Method.LINK: N_("Link"),
    Method.PROVIDER: N_("Identity provider"),
}
_REFUSED = (InvalidInput, Conflict, LimitExceeded)
Act = Callable[[Form, Visitor], Awaitable[None]]


class Field(NamedTuple):
    """A hidden field of a form."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AccountPages:
    """The pages under `/account`."""

    desk: Desk
    site: Site

    def routes(self) -> list[Route]:
        both = ["GET", "POST"]
        return [
            self.desk.page(_ACCOUNT, self.show),
            self._act("/name", self.set_name),
            self._act("/browsers/end", self.end_browser),
            self.desk.page(f"{_ACCOUNT}/connections/end", self.end_connection, methods=both),
            self.desk.page(f"{_ACCOUNT}/password", self._proved(self.password), methods=both),
            self.desk.page(f"{_ACCOUNT}/password/remove", self._proved(self.remove_password), methods=both),
            self.desk.page(f"{_ACCOUNT}/codes", self._proved(self.codes), methods=both),
            self.desk.page(f"{_ACCOUNT}/passkeys", self._proved(self.passkeys), methods=both),
            self.desk.page(f"{_ACCOUNT}/passkeys/remove", self._proved(self.remove_passkey), methods=both),
        ]

    async def show(self, request: Request, visitor: Visitor) -> Response:
        return await self._show(request, visitor)

    async def set_name(self, form: Form, visitor: Visitor) -> None:
        await account.set_my_name(visitor.office, form.text("name"))

    async def end_browser(self, form: Form, visitor: Visitor) -> None:
        await account.end_browser(visitor.office, form.text("browser"))

    async def end_connection(self, request: Request, visitor: Visitor) -> Response:
        """What ends is said first, here as with the ways to sign in; the button of that page ends it."""
        if request.method == "POST":
            form = await visitor.form(request)
            return await self._refused(
                request, visitor, account.end_connection(visitor.office, form.text("connection"))
            )
        wanted = request.query_params.get("connection", "")
        mine = await account.my_account(visitor.office, self.site)
        for one in mine.connections:
            if one.id == wanted:
                kept = Field("connection", one.id)
                title, button = gettext("End this connection"), gettext("End the connection")
                return _ask_first(visitor, title, "connections/end", button, kept, one)
        return nothing_here()

    async def password(self, request: Request, visitor: Visitor) -> Response:
        alert = ""
        if request.method == "POST":
            form = await visitor.form(request)
            try:
                if form.text("password") != form.text("again"):
                    raise InvalidInput(gettext("The two are not the same: type the password twice."), field="password")
                await ways.set_password(visitor.office, visitor.signed_in, form.text("password"))
            except _REFUSED as refused:
                alert = refused.message
            else:
                mine = await ways.my_ways(visitor.office, self.site)
                return see_other(_kept("password") if mine.codes_since else f"{_ACCOUNT}/codes")
        return _page(visitor, "account_password.html", gettext("Your password"), alert)

    async def remove_password(self, request: Request, visitor: Visitor) -> Response:
        if request.method != "POST":
            title, button = gettext("Remove your password"), gettext("Remove password and codes")
            return _ask_first(visitor, title, "password/remove", button)
        await visitor.form(request)
        return await self._refused(request, visitor, ways.remove_password(visitor.office, self.site))

    async def codes(self, request: Request, visitor: Visitor) -> Response:
        alert, anew = "", False
        if request.method == "POST":
            form = await visitor.form(request)
            anew = bool(form.text("anew"))
            try:
                if not anew:
                    await ways.confirm_codes(visitor.office, form.text("code"))
                    mine = await ways.my_ways(visitor.office, self.site)
                    return see_other(_kept("codes") if mine.password_since else f"{_ACCOUNT}/password")
            except _REFUSED as refused:
                alert = refused.message
        told = await ways.show_codes(visitor.office, anew=anew)
        title = gettext("One-time codes")
        return _page(visitor, "account_codes.html", title, alert, secret=told.secret, picture=told.picture)

    async def passkeys(self, request: Request, visitor: Visitor) -> Response:
        alert = ""
        if request.method == "POST":
            form = await visitor.form(request)
            try:
                await ways.add_passkey(
                    visitor.office, visitor.signed_in, self.site, form.text("answer"), name=form.text("name")
                )
                return see_other(_kept("passkey"))
            except _REFUSED as refused:
                alert = refused.message
        here = origin_of(request) == self.site.origin
        options = await ways.passkey_to_be_made(visitor.office, visitor.signed_in, self.site) if here else ""
        elsewhere = f"{self.site.origin}{_ACCOUNT}/passkeys"
        return _page(visitor, "account_passkey.html", gettext("A passkey"), alert, passkey=options, elsewhere=elsewhere)

    async def remove_passkey(self, request: Request, visitor: Visitor) -> Response:
        if request.method == "POST":
            form = await visitor.form(request)
            return await self._refused(
                request, visitor, ways.remove_passkey(visitor.office, self.site, form.text("passkey"))
            )
        mine = await ways.my_ways(visitor.office, self.site)
        for one in mine.passkeys:
            if one.id == request.query_params.get("passkey", ""):
                kept = Field("passkey", one.id)
                title, button = gettext("Remove a passkey"), gettext("Remove the passkey")
                return _ask_first(visitor, title, "passkeys/remove", button, kept, one)
        return nothing_here()

    def _act(self, path: str, act: Act) -> Route:
        async def answer(request: Request, visitor: Visitor) -> Response:
            return await self._refused(request, visitor, act(await visitor.form(request), visitor))

        return self.desk.page(_ACCOUNT + path, answer, methods=["POST"])

    def _proved(self, page: Page) -> Page:
        """The page, for whoever has proved a short while ago who it is."""

        async def proved(request: Request, visitor: Visitor) -> Response:
            mine = await ways.my_ways(visitor.office, self.site)
            if ways.must_prove_again(visitor.office, mine, visitor.signed_in):
                next_path = address_of(request) if request.method == "GET" else _ACCOUNT
                return see_other(sign_in_address(next_path, "/sign-in/again"))
            return await page(request, visitor)

        return proved

    async def _refused(self, request: Request, visitor: Visitor, act: Awaitable[None]) -> Response:
        """Back to the account, or the account with what was refused."""
        try:
            await act
        except _REFUSED as refused:
            return await self._show(request, visitor, refused)
        return see_other(_ACCOUNT)

    async def _show(self, request: Request, visitor: Visitor, refused: Refusal | None = None) -> Response:
        mine = await account.my_account(visitor.office, self.site)
        kept = request.query_params.get("kept", "")
        return render(
            "account.html",
            status=200 if refused is None else 409,
            title=gettext("Your account"),
            alert="" if refused is None else refused.message,
            mine=mine,
            visitor=visitor,
            kept=gettext(_KEPT[kept]) if kept in _KEPT and refused is None else "",
            waiting=await BrowserMark(secure=self.desk.cookie.secure).waiting(self.desk.office, request),
            this_browser=visitor.signed_in.session_id,
            shown=shown,
            method_word=lambda method: gettext(_METHODS[method]),
        )


def _kept(what: str) -> str:
    """The account, which says that this way to sign in is kept."""
    return f"{_ACCOUNT}?kept={what}"


def _ask_first(
    visitor: Visitor,
    title: str,
    action: str,
    button: str,
    kept: Field | None = None,
    one: KnownCredential | KnownPasskey | None = None,
) -> Response:
    """The page that says what is going to end: a connection or a passkey, or the password where it is neither."""
    about = {"action": f"{_ACCOUNT}/{action}", "button": button, "kept": kept, "one": one, "shown": shown}
    return _page(visitor, "account_end.html", title, "", **about)


def _page(visitor: Visitor, template: str, title: str, alert: str, **context: Any) -> Response:
    return render(
        template,
        status=400 if alert else 200,
        title=title,
        alert=alert,
        visitor=visitor,
        **context,
    )
