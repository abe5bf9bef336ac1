"""The routes of the pages of identity."""

from __future__ import annotations

from starlette.routing import Route

from operations.identity.passkeys import Site
from server.pages.identity.account import AccountPages
from server.pages.identity.proving import ProvingPages
from server.pages.identity.signing_in import SignInPages
from server.pages.visiting import Desk


def routes(desk: Desk) -> list[Route]:
    """The sign-in, the way out, and the account."""
    site = Site.of(desk.office.public_url)
    return [
        *SignInPages(desk, site).routes(),
        *ProvingPages(desk, site).routes(),
        *AccountPages(desk, site).routes(),
    ]
