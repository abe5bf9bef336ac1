"""`/oauth/consent/{request}`: a person is told who asks for what, and allows it or not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput, NotFound
from operations.activity import OK, Activity, Door, note
from operations.authorization.consent import Consent, Decided, allow, organization_asked
from operations.authorization.requests import Waiting, deny, waiting_request
from operations.authorization.scopes import BOTH, Asked
from operations.identity.browsing import end_session
from operations.organizations import all_organizations
from server.oauth.errors import OAuthError
from server.oauth.programs import Programs, host_of
from server.oauth.redirects import answered, form_target, is_one_of, place_of
from server.oauth.waiting import BrowserMark
from server.pages.cookies import SessionCookie
from server.pages.identity.addresses import sign_in_address
from server.pages.languages import gettext
from server.pages.reading import Form
from server.pages.rendering import render, see_other, told
from server.pages.visiting import Visitor
from server.pages.words import environment_word

SHOWN_MAX = 200
"""How many organizations are shown to pick from at once; the others are found by name."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has chosen so far on the page: of organizations nothing, before anything was said."""

    words: frozenset[Asked] = BOTH
    reach: str = ""
    handles: frozenset[str] = frozenset()
    find: str = ""

    @classmethod
    def of(cls, form: Form) -> Choices:
        words = BOTH if form.text("rights") == "write" else frozenset({Asked.READ})
        return cls(words, form.text("reach"), frozenset(form.several("organization")), form.text("find"))

    @property
    def everything(self) -> bool:
        return self.reach == "everything"

    def consent(self, waiting: Waiting) -> Consent:
        """What the program is let.

        Raises:
            InvalidInput: all organizations are chosen, and some: nobody guesses which was meant.
        """
        if self.everything and self.handles:
            raise InvalidInput(
                gettext("You have chosen all organizations, and ticked some of them: choose one or the other."),
                field="organizations",
            )
        return Consent(words=self.words & waiting.words, handles=None if self.everything else self.handles)


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """The page, and what its buttons do."""

    programs: Programs
    mark: BrowserMark
    cookie: SessionCookie

    async def __call__(self, request: Request, visitor: Visitor) -> Response:
        secret = request.path_params["request"]
        waiting = await waiting_request(visitor.office, secret, self.mark.secret(request))
        if waiting is None or not await self._is_answered_there(waiting):
            return _over()
        if request.method == "POST":
            return await self._act(request, visitor, waiting)
        if _must_prove_anew(visitor, waiting):
            return _sign_in_first(request)
        return await _shown(visitor, waiting, Choices(), status=200)

    async def _is_answered_there(self, waiting: Waiting) -> bool:
        """Whether the program's document, which may have changed while the request has waited, still has the address
        at which it would be answered.
        """
        try:
            program = await self.programs.asking(waiting.program.id)
        except OAuthError:
            return False
        return program is not None and is_one_of(waiting.request.redirect_uri, program.redirect_uris)

    async def _act(self, request: Request, visitor: Visitor, waiting: Waiting) -> Response:
        form = await visitor.form(request)
        match form.text("act"):
            case "switch":
                return await self._sign_in_as_another(request, visitor)
            case "deny":
                return await _denied(visitor, waiting)
            case _ if _must_prove_anew(visitor, waiting):
                return _sign_in_first(request)
            case "allow":
                return await _allowed(visitor, waiting, Choices.of(form))
            case _:
                return await _shown(visitor, waiting, Choices.of(form), status=200)

    async def _sign_in_as_another(self, request: Request, visitor: Visitor) -> Response:
        """Somebody else signs in; the request waits meanwhile."""
        await end_session(visitor.office.store, visitor.signed_in.session_id)
        return self.cookie.take_back(_sign_in_first(request))


def _must_prove_anew(visitor: Visitor, waiting: Waiting) -> bool:
    """Whether the program wants its person to sign in for this very request, and nobody has yet."""
    return "login" in waiting.request.prompt.split() and visitor.signed_in.proved_at < waiting.request.created_at


def _sign_in_first(request: Request) -> Response:
    """Leads to the sign-in and back. The session goes on until somebody has signed in there: any site can lead a
    browser here, and would end it.
    """
    return see_other(sign_in_address(request.url.path))


async def _allowed(visitor: Visitor, waiting: Waiting, choices: Choices) -> Response:
    try:
        code = await allow(visitor.office, waiting, choices.consent(waiting))
    except Decided:
        return _over()
    except (InvalidInput, NotFound) as refused:
        await _note(visitor, waiting, "allow_connection", refused.code)
        return await _shown(visitor, waiting, choices, status=400, refused=str(refused))
    await _note(visitor, waiting, "allow_connection")
    return _answered(visitor, waiting, code=code)


async def _note(visitor: Visitor, waiting: Waiting, act: str, result: str = OK) -> None:
    """Put on the activity log what a person has said to a program that asks for a connection."""
    try:
        organization = await organization_asked(visitor.office, waiting)
    except NotFound:
        organization = None
    done = Activity(
        door=Door.OAUTH,
        act=act,
        result=result,
        organization_id=organization.id if organization else "",
        principal=replace(visitor.office.principal, program=waiting.program.name),
    )
    note(visitor.office, done)


async def _denied(visitor: Visitor, waiting: Waiting) -> Response:
    if not await deny(visitor.office, waiting):
        return _over()
    await _note(visitor, waiting, "deny_connection")
    return _answered(visitor, waiting, error="access_denied", error_description="The person did not allow it.")


def _answered(visitor: Visitor, waiting: Waiting, **answer: str) -> Response:
    told_too = {"state": waiting.request.state, "iss": visitor.office.public_url}
    return see_other(answered(waiting.request.redirect_uri, **answer, **told_too))


async def _shown(visitor: Visitor, waiting: Waiting, choices: Choices, *, status: int, refused: str = "") -> Response:
    try:
        organization = await organization_asked(visitor.office, waiting)
    except NotFound:
        return _not_theirs(visitor, waiting)
    found = [] if organization else _found(await all_organizations(visitor.office, archived=False), choices)
    return render(
        "consent.html",
        status=status,
        form_targets=[form_target(waiting.request.redirect_uri)],
        title=gettext("Connect an AI client"),
        program=waiting.program.name,
        host=host_of(waiting.program.id),
        place=place_of(waiting.request.redirect_uri),
        organization=organization,
        environment=environment_word(organization.environment) if organization else "",
        found=found[:SHOWN_MAX],
        left_out=max(0, len(found) - SHOWN_MAX),
        kept=sorted(choices.handles - {one.handle for one in found[:SHOWN_MAX]}),
        choices=choices,
        can_write=Asked.WRITE in waiting.words,
        writes=Asked.WRITE in choices.words,
        email=visitor.email,
        form_key=visitor.form_key,
        refused=refused,
    )


def _found(organizations: list[OrganizationRef], choices: Choices) -> list[OrganizationRef]:
    """Those that are looked for, the picked ones first: what was picked stays in sight."""
    words = choices.find.casefold().split()
    picked = [one for one in organizations if one.handle in choices.handles]
    others = [
        one
        for one in organizations
        if one.handle not in choices.handles and all(word in f"{one.name} {one.handle}".casefold() for word in words)
    ]
    return picked + others


def _not_theirs(visitor: Visitor, waiting: Waiting) -> Response:
    """What there is not and what is out of reach look alike."""
    return render(
        "consent_not_theirs.html",
        status=404,
        form_targets=[form_target(waiting.request.redirect_uri)],
        title=gettext("There is no such connection for you"),
        handle=waiting.request.handle,
        email=visitor.email,
        form_key=visitor.form_key,
    )


def _over() -> Response:
    return told(
        gettext("This request is over"),
        gettext(
            "It was decided already, has waited too long, was begun in another browser, or the program does not stand"
            " by it any more. Begin anew from the program that you want to connect."
        ),
        status=404,
    )
