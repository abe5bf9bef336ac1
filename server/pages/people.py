"""Who belongs to an organization: invited, limited to clients and removed here, by whoever says that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.refusals import InvalidInput, Refusal
from invoicing.text.codes import small_letters
from operations.access import is_allowed
from operations.identity.browsing import new_mark
from operations.identity.links import make_invitation
from operations.membership import invite_user, limit_user, list_members, remove_user, role_named
from operations.rights import Right
from server.http.answers import Turned
from server.pages.client_words import credential_word, reach_word, role_meaning, role_word
from server.pages.languages import gettext
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.refused import status_of
from server.pages.rendering import nothing_here, see_other
from server.pages.visiting import Desk, Visitor
from storage.directory.users import Person
from views.organizations import place_of
from views.people import belonging, roles_for
from views.remedies import message_of, on_page

_HERE = "people"
_NEW: dict[str, str] = {"email": "", "role": "accountant", "reach": "", "clients": ""}


def routes(desk: Desk) -> list[Route]:
    return [
        *desk.of_organization("/people", _people, methods=["GET", "POST"]),
        *desk.of_organization("/people/link", _link, methods=["POST"]),
        *desk.of_organization("/people/limit", _limit, methods=["GET", "POST"]),
        *desk.of_organization("/people/remove", _remove, methods=["GET", "POST"]),
    ]


async def _people(request: Request, visitor: Visitor) -> Response:
    organization = await _to_be_managed(request, visitor)
    if request.method != "POST":
        return await _shown(visitor, organization)
    form = await visitor.form(request)
    given = {name: form.text(name) for name in _NEW}
    try:
        role, clients = role_named(given["role"]), _clients_of(organization, form)
        joined = await invite_user(visitor.office, organization, given["email"], role=role, clients=clients)
    except Refusal as refusal:
        return await _shown(visitor, organization, given=given, refusal=refusal)
    return await _link_shown(visitor, organization, await _known(visitor, organization, joined.email), invited=True)


async def _link(request: Request, visitor: Visitor) -> Response:
    """Another link for somebody who was invited and has not come."""
    organization = await _to_be_managed(request, visitor)
    place = f"{place_of(organization)}/people"
    form = await visitor.form_sent_once(request, gettext("This link was made already"), place, shown_once=True)
    one = await _member(request, visitor, organization, form)
    return await _link_shown(visitor, organization, one, invited=False)


async def _link_shown(visitor: Visitor, organization: OrganizationRef, one: Person, *, invited: bool) -> Response:
    """The link of an invitation, which stands in this answer and nowhere else, and what the person reaches."""
    made = await make_invitation(visitor.office, organization, one.email)
    return await _page(
        visitor,
        organization,
        "invited.html",
        title=gettext("This person was invited") if invited else gettext("A new link for this person"),
        one=belonging(organization, one),
        link=f"{visitor.office.public_url}{made.path}",
        until=f"{made.expires_at:%Y-%m-%d %H:%M}",
    )


async def _limit(request: Request, visitor: Visitor) -> Response:
    """Which clients of a practice somebody reaches."""
    organization = await _to_be_managed(request, visitor)
    form = await visitor.form(request) if request.method == "POST" else None
    one = await _member(request, visitor, organization, form)
    shown = belonging(organization, one)
    if not shown.may_be_limited:
        return nothing_here()
    if form is None:
        given = {"reach": "all" if one.clients is None else "some", "clients": ", ".join(shown.clients or ())}
        return await _ask(visitor, organization, "limit.html", gettext("Limit to clients"), one=shown, new=given)
    try:
        await limit_user(visitor.office, organization, one.email, clients=_clients_of(organization, form))
    except Refusal as refusal:
        given = {name: form.text(name) for name in ("reach", "clients")}
        return await _ask(
            visitor, organization, "limit.html", gettext("Limit to clients"), refusal, one=shown, new=given
        )
    limited = belonging(organization, await _known(visitor, organization, one.email))
    return await _page(visitor, organization, "limited.html", title=gettext("This counts from now on"), one=limited)


async def _remove(request: Request, visitor: Visitor) -> Response:
    """What removing somebody ends is said first; the button of that page does it."""
    organization = await _to_be_managed(request, visitor)
    form = await visitor.form(request) if request.method == "POST" else None
    one = await _member(request, visitor, organization, form)
    may_revoke = is_allowed(Right.REVOKE_CREDENTIAL, organization, visitor.office.principal)
    about: dict[str, Any] = {"one": belonging(organization, one), "may_revoke": may_revoke}
    if form is None:
        return await _ask(visitor, organization, "remove.html", gettext("Remove somebody"), **about)
    try:
        revoke = form.text("revoke_keys") == "yes"
        removed = await remove_user(visitor.office, organization, one.email, revoke_keys=revoke)
    except Refusal as refusal:
        return await _ask(visitor, organization, "remove.html", gettext("Remove somebody"), refusal, **about)
    if removed.left and one.email != visitor.email:
        return await _page(visitor, organization, "removed.html", title=gettext("Removed"), removed=removed)
    return see_other("/" if one.email == visitor.email else f"{place_of(organization)}/people")


async def _to_be_managed(request: Request, visitor: Visitor) -> OrganizationRef:
    """The organization that the address names, if it is this person's to say who belongs to it.

    Raises:
        Turned: it is not.
    """
    organization = await visitor.organization(request)
    if not is_allowed(Right.MANAGE_PEOPLE, organization, visitor.office.principal):
        raise Turned(nothing_here())
    return organization


async def _member(request: Request, visitor: Visitor, organization: OrganizationRef, form: Form | None) -> Person:
    """The person of the address's or the form's e-mail address who belongs to the organization.

    Raises:
        Turned: nobody does.
    """
    email = form.text("email") if form else request.query_params.get("email", "")
    return await _known(visitor, organization, small_letters(email.strip()))


async def _known(visitor: Visitor, organization: OrganizationRef, email: str) -> Person:
    """The person of this e-mail address who belongs to the organization.

    Raises:
        Turned: nobody does.
    """
    for one in await list_members(visitor.office, organization):
        if one.email == email:
            return one
    raise Turned(nothing_here())


def _clients_of(organization: OrganizationRef, form: Form) -> Sequence[str] | None:
    """The clients that a form limits somebody to; None where it does not.

    Raises:
        InvalidInput: it says all of them and some, or neither: nobody guesses which was meant.
    """
    if organization.kind is not OrganizationKind.PARTNER:
        return None
    reach, clients = form.text("reach"), form.text("clients").replace(",", " ").split()
    if reach == "some":
        return clients
    if reach != "all" or clients:
        raise InvalidInput(
            gettext("Choose either all clients, or only those whose handles you give: nothing was changed."),
            field="clients",
        )
    return None


async def _shown(
    visitor: Visitor,
    organization: OrganizationRef,
    *,
    given: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    members = await list_members(visitor.office, organization)
    shown = {
        "people": [belonging(organization, one) for one in members],
        "roles": roles_for(organization),
        "new": given or _NEW,
        "mark": new_mark,
        "is_practice": organization.kind is OrganizationKind.PARTNER,
    }
    return await _ask(visitor, organization, "people.html", gettext("People"), refusal, **shown)


async def _ask(
    visitor: Visitor,
    organization: OrganizationRef,
    template: str,
    title: str,
    refusal: Refusal | None = None,
    **context: Any,
) -> Response:
    refused = message_of(refusal, on_page) if refusal else ""
    field = refusal.field if refusal else ""
    return await _page(
        visitor, organization, template, status=status_of(refusal), title=title, refused=refused, field=field, **context
    )


async def _page(visitor: Visitor, organization: OrganizationRef, template: str, **context: Any) -> Response:
    words: dict[str, Any] = {"role_word": role_word, "role_meaning": role_meaning, "reach_word": reach_word}
    return await show(visitor, organization, template, here=_HERE, credential_word=credential_word, **words, **context)
