"""Proving anew who one is, before something that a borrowed browser must not do."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import LimitExceeded, NotAllowed
from operations.identity import signing_in, ways
from operations.identity.passkeys import Site
from operations.identity.providers import the_provider
from server.oauth.signing_in import BEGIN
from server.pages.identity.addresses import local_path, sign_in_address
from server.pages.languages import gettext
from server.pages.reading import origin_of
from server.pages.refused import status_of_proof
from server.pages.rendering import render, see_other
from server.pages.visiting import Desk, Visitor


@dataclass(frozen=True, slots=True)
class ProvingPages:
    """The page `/sign-in/again`, by a passkey, by password and code, or by the identity provider."""

    desk: Desk
    site: Site

    def routes(self) -> list[Route]:
        return [
            self.desk.page("/sign-in/again", self.ask),
            self.desk.page("/sign-in/again/passkey", self.take_passkey, methods=["POST"]),
            self.desk.page("/sign-in/again/password", self.take_password, methods=["POST"]),
        ]

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        return await self._ask(request, visitor, local_path(request.query_params.get("next", "")))

    async def take_passkey(self, request: Request, visitor: Visitor) -> Response:
        form = await visitor.form(request)
        next_path = local_path(form.text("next"))
        try:
            await signing_in.prove_with_passkey(visitor.office, visitor.signed_in, self.site, form.text("answer"))
        except NotAllowed as refused:
            return await self._ask(request, visitor, next_path, refused)
        return see_other(next_path)

    async def take_password(self, request: Request, visitor: Visitor) -> Response:
        form = await visitor.form(request)
        next_path = local_path(form.text("next"))
        try:
            await signing_in.prove_with_password(
                visitor.office, visitor.signed_in, form.text("password"), form.text("code")
            )
        except (NotAllowed, LimitExceeded) as refused:
            return await self._ask(request, visitor, next_path, refused)
        return see_other(next_path)

    async def _ask(
        self, request: Request, visitor: Visitor, next_path: str, refused: NotAllowed | LimitExceeded | None = None
    ) -> Response:
        mine = await ways.my_ways(visitor.office, self.site)
        here = bool(mine.passkeys) and origin_of(request) == self.site.origin
        provider = await the_provider(visitor.office.store) if mine.is_vouched_for else None
        return render(
            "prove.html",
            status=status_of_proof(refused),
            title=gettext("Is it you?"),
            alert="" if refused is None else refused.message,
            visitor=visitor,
            next=next_path,
            passkey=signing_in.passkey_to_prove(visitor.office, visitor.signed_in, self.site) if here else "",
            has_password=mine.has_password_with_codes,
            provider="" if provider is None else urlsplit(provider.issuer).netloc,
            provider_address=sign_in_address(next_path, BEGIN),
        )
