"""How AI clients and programs connect to one organization, and what does: added, shown and ended here."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.master_data.handles import connection_name
from invoicing.money.amounts import parse_whole
from invoicing.organizations import (
    EVERYTHING,
    READ_ONLY,
    CredentialKind,
    OrganizationKind,
    OrganizationRef,
)
from invoicing.refusals import Refusal
from operations.access import is_allowed
from operations.credentials import EXPIRY_DAYS_MAX, create_key, expiry_of
from operations.identity.browsing import new_mark
from operations.known_credentials import list_openings, revoke_opening
from operations.rights import Right
from server.http.answers import Turned
from server.pages.client_words import credential_word, key_is_word
from server.pages.languages import gettext
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.rendering import nothing_here, see_other
from server.pages.visiting import Desk, Visitor
from views.connections import Connecting, connecting
from views.credentials import made_shown, opening_shown
from views.organizations import place_of
from views.remedies import message_of, on_page

_HERE = "connections"
_KINDS = {"key": CredentialKind.KEY, "link": CredentialKind.LINK}
_NEW: dict[str, str] = {"kind": "key", "name": "", "rights": "change", "days": ""}


def routes(desk: Desk) -> list[Route]:
    return [
        *desk.of_organization("/connections", _connections, methods=["GET", "POST"]),
        *desk.of_organization("/connections/{prefix}/revoke", _revoke, methods=["GET", "POST"]),
    ]


async def _connections(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    if request.method != "POST":
        return await _shown(visitor, organization)
    if not is_allowed(Right.CREATE_CREDENTIAL, organization, visitor.office.principal):
        raise Turned(nothing_here())
    place = f"{place_of(organization)}/connections"
    form = await visitor.form_sent_once(request, gettext("This was made already"), place, shown_once=True)
    given = {name: form.text(name) for name in _NEW}
    try:
        return await _made(visitor, organization, form)
    except Refusal as refusal:
        refused = _days_refused() if refusal.field == "expires_in_days" else message_of(refusal, on_page)
        return await _shown(visitor, organization, given=given, refused=refused, field=refusal.field)


async def _shown(
    visitor: Visitor,
    organization: OrganizationRef,
    *,
    given: dict[str, str] | None = None,
    refused: str = "",
    field: str = "",
) -> Response:
    openings = [opening_shown(one) for one in await list_openings(visitor.office, organization)]
    may_make = is_allowed(Right.CREATE_CREDENTIAL, organization, visitor.office.principal)
    return await show(
        visitor,
        organization,
        "connections.html",
        here=_HERE,
        status=400 if refused else 200,
        title=gettext("Connections"),
        ways=ways_to(visitor, organization),
        programs=[one for one in openings if one.program],
        keys=[one for one in openings if not one.program],
        what_word=credential_word,
        may_make=may_make and not organization.archived,
        new=given or _NEW,
        mark=new_mark(),
        refused=refused,
        field=field,
    )


def ways_to(visitor: Visitor, organization: OrganizationRef) -> Sequence[Connecting]:
    """The connections by which the organization is reached: a practice's, first the one to all its clients."""
    office = visitor.office
    own = connecting(connection_name(organization.handle), office.connection_url(organization))
    if organization.kind is not OrganizationKind.PARTNER:
        return (own,)
    return (connecting("counterfoil", f"{office.public_url}/mcp"), own)


async def _made(visitor: Visitor, organization: OrganizationRef, form: Form) -> Response:
    """Make a key or a link, and show it: this answer is the only place where it ever stands."""
    kind = _KINDS.get(form.text("kind"), CredentialKind.KEY)
    scopes = READ_ONLY if form.text("rights") == "read" else EVERYTHING
    office, days = visitor.office, _days(form.text("days"))
    expires_at = expiry_of(office, days)
    made = await create_key(office, organization, form.text("name"), kind=kind, scopes=scopes, expires_in_days=days)
    key = made_shown(
        office, organization, kind=kind, secret=made.secret, prefix=made.prefix, scopes=scopes, expires_at=expires_at
    )
    return await show(
        visitor,
        organization,
        "connection_made.html",
        here=_HERE,
        title=key_is_word(key.noun),
        key=key,
        what_word=credential_word,
    )


def _days_refused() -> str:
    most = f"{EXPIRY_DAYS_MAX:,}"
    return gettext("The days are a number from 1 to %(most)s. Left empty, it does not end by itself.", most=most)


def _days(text: str) -> int:
    """The days that a form says; a plain 0 is none that is taken.

    Raises:
        InvalidInput: it is no number.
    """
    plain = text.strip()
    return (parse_whole(plain, field="expires_in_days") or -1) if plain else 0


async def _revoke(request: Request, visitor: Visitor) -> Response:
    """What ends is said first; the button of that page ends it."""
    organization = await visitor.organization(request)
    prefix = request.path_params["prefix"]
    found = [one for one in await list_openings(visitor.office, organization) if one.prefix == prefix]
    if not found:
        return nothing_here()
    if request.method != "POST":
        opening = opening_shown(found[0])
        return await show(
            visitor,
            organization,
            "revoke.html",
            here=_HERE,
            title=gettext("End this %(what)s", what=credential_word(opening.noun)),
            one=opening,
            what_word=credential_word,
        )
    await visitor.form(request)
    await revoke_opening(visitor.office, organization, prefix)
    return see_other(f"{place_of(organization)}/connections")
