"""The sign-in: address and password and then a code, a passkey, a link, or an identity provider; and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import LimitExceeded, NotAllowed, Refusal
from operations.identity import browsing, links, signing_in
from operations.identity.passkeys import Site
from operations.identity.providers import the_provider
from operations.identity.signing_in import TooOften
from server.oauth.signing_in import BEGIN
from server.oauth.waiting import BrowserMark, WaitingProgram
from server.pages.cookies import HalfwayCookie
from server.pages.identity.addresses import local_path, network_address, sign_in_address
from server.pages.languages import gettext
from server.pages.reading import Form, origin_of, read_form
from server.pages.refused import status_of_proof
from server.pages.rendering import render, see_other, told
from server.pages.visiting import Desk, Visitor
from storage.directory.providers import passwords_count


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The pages under `/sign-in`, and `/sign-out`."""

    desk: Desk
    site: Site

    @property
    def halfway(self) -> HalfwayCookie:
        return HalfwayCookie(self.desk.cookie.secure)

    def routes(self) -> list[Route]:
        desk = self.desk
        return [
            desk.open_page("/sign-in", self.ask),
            desk.open_page("/sign-in/password", self.take_password, methods=["POST"]),
            desk.open_page("/sign-in/code", self.code, methods=["GET", "POST"]),
            desk.open_page("/sign-in/passkey", self.take_passkey, methods=["POST"]),
            desk.open_page("/sign-in/link/{secret}", self.open_link, methods=["GET", "POST"]),
            desk.page("/sign-out", self.sign_out, methods=["POST"]),
        ]

    async def ask(self, request: Request, visitor: Visitor | None) -> Response:
        next_path = local_path(request.query_params.get("next", ""))
        return await self._ask(request, visitor, next_path)

    async def take_password(self, request: Request, visitor: Visitor | None) -> Response:
        form = await read_form(request)
        next_path = _next(form)
        try:
            halfway = await signing_in.begin_with_password(
                self.desk.office, form.text("email"), form.text("password"), address=network_address(request)
            )
        except (LimitExceeded, NotAllowed) as refused:
            return await self._not_signed_in(request, visitor, next_path, refused, "password")
        return self.halfway.give(see_other(sign_in_address(next_path, "/sign-in/code")), halfway)

    async def code(self, request: Request, visitor: Visitor | None) -> Response:
        """The page that asks for the code: asked for by itself, so that going back to it sends nothing twice."""
        if request.method == "POST":
            return await self._take_code(request, visitor)
        next_path, halfway = local_path(request.query_params.get("next", "")), self.halfway.secret(request)
        if not halfway:
            return see_other(sign_in_address(next_path))
        return render("sign_in_code.html", title=gettext("Your code"), halfway=halfway, next=next_path)

    async def _take_code(self, request: Request, visitor: Visitor | None) -> Response:
        form = await read_form(request)
        try:
            secret = await signing_in.finish_with_code(
                self.desk.office,
                form.text("halfway"),
                form.text("code"),
                address=network_address(request),
                mark=self.desk.cookie.mark(request),
            )
        except (LimitExceeded, NotAllowed) as refused:
            return await self._not_signed_in(request, visitor, _next(form), refused, "password")
        return self.halfway.take_back(await self._signed_in(visitor, secret, _next(form)))

    async def take_passkey(self, request: Request, visitor: Visitor | None) -> Response:
        form = await read_form(request)
        try:
            secret = await signing_in.sign_in_with_passkey(self.desk.office, self.site, form.text("answer"))
        except NotAllowed as refused:
            return await self._not_signed_in(request, visitor, _next(form), refused, "passkey")
        return await self._signed_in(visitor, secret, _next(form))

    async def open_link(self, request: Request, visitor: Visitor | None) -> Response:
        """A GET only asks, because mail and chat programs open links to preview them; nor does it tell whether the
        link is good.
        """
        if request.method != "POST":
            waiting = await self._waiting(request)
            return render("sign_in_link.html", title=gettext("Sign in to Counterfoil"), waiting=waiting)
        await read_form(request)
        opened = await links.use_link(self.desk.office, self.site, request.path_params["secret"])
        if opened is None:
            self.desk.count_failed("link")
            return told(
                gettext("This link signs nobody in"),
                gettext(
                    "It was used, or has expired, or there never was one. If somebody has invited you, an owner there"
                    " makes another on the page of people; otherwise whoever runs the server does."
                ),
                status=404,
                links=[("/account", gettext("Your account")) if visitor else ("/sign-in", gettext("Sign in"))],
            )
        if not opened.secret:
            return see_other("/sign-in")
        return await self._signed_in(visitor, opened.secret, await self._after_link(request, has_ways=opened.has_ways))

    async def sign_out(self, request: Request, visitor: Visitor) -> Response:
        form = await visitor.form(request)
        await browsing.end_session(self.desk.office.store, visitor.signed_in.session_id)
        left = self.desk.cookie.take_back(see_other(sign_in_address(_next(form))))
        # Pages are not kept by browsers, but pictures of documents are, to be asked about before they are shown again.
        left.headers["Clear-Site-Data"] = '"cache"'
        return left

    async def _not_signed_in(
        self, request: Request, visitor: Visitor | None, next_path: str, refused: Refusal, way: str
    ) -> Response:
        """The sign-in again, with what was refused; it is counted."""
        self.desk.count_failed("too_many_attempts" if isinstance(refused, LimitExceeded) else way)
        return await self._ask(request, visitor, next_path, refused)

    async def _ask(
        self, request: Request, visitor: Visitor | None, next_path: str, refused: Refusal | None = None
    ) -> Response:
        here, provider = origin_of(request) == self.site.origin, await the_provider(self.desk.office.store)
        response = render(
            "sign_in.html",
            status=status_of_proof(refused),
            title=gettext("Sign in"),
            alert="" if refused is None else refused.message,
            email="" if visitor is None else visitor.email,
            next=next_path,
            passkey=signing_in.passkey_to_sign_in(self.desk.office, self.site) if here else "",
            elsewhere=self.site.origin + sign_in_address(next_path),
            provider="" if provider is None else urlsplit(provider.issuer).netloc,
            provider_address=sign_in_address(next_path, BEGIN),
            passwords=passwords_count(provider),
        )
        if isinstance(refused, LimitExceeded):
            response.headers["Retry-After"] = str(refused.seconds if isinstance(refused, TooOften) else 5)
        return response

    async def _after_link(self, request: Request, *, has_ways: bool) -> str:
        """Where a link leads: first to a way to sign in, then to the program that waits in this browser."""
        if not has_ways:
            return "/account"
        waiting = await self._waiting(request)
        return waiting.address if waiting else "/"

    async def _waiting(self, request: Request) -> WaitingProgram | None:
        return await BrowserMark(secure=self.desk.cookie.secure).waiting(self.desk.office, request)

    async def _signed_in(self, visitor: Visitor | None, secret: str, next_path: str) -> Response:
        return await self.desk.begin(see_other(next_path), secret, before=visitor)


def _next(form: Form) -> str:
    return local_path(form.text("next"))
