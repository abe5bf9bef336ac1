"""A person at a page: who that is, for whose organization, and what the person's form has sent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.refusals import Unavailable
from operations.access import Office
from operations.identity.browsing import SignedIn, give_back_mark, is_first_time
from server.http.answers import Turned
from server.observing.observations import acts_for
from server.pages.languages import gettext
from server.pages.reading import FORM_BYTES_MAX, Form, read_form, read_form_with_file
from server.pages.rendering import nothing_here, told
from storage.directory import access_queries

_ORGANIZATION = "counterfoil.organization"
"""Where the scope of a page's request holds the organization that it turned out to be of."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person at a page, with the office in which the person acts."""

    signed_in: SignedIn
    office: Office
    used_up: list[str] = field(default_factory=list, compare=False)
    """The marks of forms that this visit has used up."""

    @property
    def email(self) -> str:
        return self.signed_in.principal.label

    @property
    def form_key(self) -> str:
        return self.signed_in.form_key

    async def form(self, request: Request, *, most: int = FORM_BYTES_MAX) -> Form:
        """The form that this person's page has sent, of so many bytes at most. Where the address names an organization,
        the form names it too: that of the page on which it stood.

        Raises:
            Turned: it is not one, or its page was of another organization.
        """
        form = await read_form(request, self.signed_in, most=most)
        check_of_its_page(request, form)
        return form

    async def form_with_file(self, request: Request, *, most: int) -> tuple[Form, bytes]:
        """The same of a form that brings a file, of so many bytes at most.

        Raises:
            Turned: as for one that brings none.
        """
        form, content = await read_form_with_file(request, self.signed_in, most=most)
        if not _is_of_its_page(request, form):
            raise Turned(_of_another(request))
        return form, content

    async def form_sent_once(self, request: Request, title: str, place: str, *, shown_once: bool = False) -> Form:
        """The form that this person's page has sent, which carries `new_mark()` as its `mark`: loading the answer
        again does nothing twice. `title` says what was done already, and `place` is where that can be seen;
        `shown_once` says that it made a secret, which stood in the first answer alone.

        Raises:
            Turned: it is none, or was sent before.
        """
        form = await self.form(request)
        await self.check_first_time(form, title, place, shown_once=shown_once)
        return form

    async def check_first_time(self, form: Form, title: str, place: str, *, shown_once: bool = False) -> None:
        """Use up the mark of a form that was read, as `form_sent_once` does: for one that can be sent for less, too.

        Raises:
            Turned: it was sent before.
        """
        if not await self.sends_first(form):
            raise Turned(_done_already(title, place, shown_once=shown_once))

    async def sends_first(self, form: Form) -> bool:
        """Whether the form was not sent before; it carries `new_mark()` as its `mark`, which is used up by this, until
        the answer says that nothing was done.
        """
        mark = form.text("mark")
        first = await is_first_time(self.office.store, self.office.clock, self.signed_in, mark)
        if first:
            self.used_up.append(mark)
        return first

    async def nothing_was_done(self) -> None:
        """Let the forms that were refused be sent again: whoever goes back to one, and mends it there, is not told that
        it was done already.
        """
        for mark in self.used_up:
            with suppress(Unavailable):
                await give_back_mark(self.office.store, self.signed_in, mark)

    async def organization(self, request: Request) -> OrganizationRef:
        """The organization that the address names: a practice under /practice, every other under /o.

        Raises:
            Turned: there is none, or it is out of the person's reach: both look alike.
        """
        handle, reach = request.path_params["handle"], self.office.principal.reach
        found = await self.office.store.directory.read(lambda db: access_queries.reachable_by_handle(db, reach, handle))
        of_practice = request.url.path.startswith("/practice/")
        if found is None or (found.kind is OrganizationKind.PARTNER) is not of_practice:
            raise Turned(nothing_here())
        request.scope[_ORGANIZATION] = found
        acts_for([found.handle])
        return found


def _done_already(title: str, place: str, *, shown_once: bool) -> Response:
    said = gettext(
        "This form was sent before, and counts only once: nothing was done a second time. See what came of it before"
        " you enter it anew."
    )
    if shown_once:
        said += " " + gettext(
            "What is shown once cannot be shown again: if you did not keep it, end it in the list and make a new one."
        )
    return told(title, said, status=409, links=((place, gettext("See what came of it")),))


def organization_of(request: Request) -> OrganizationRef | None:
    """The organization that a page's request has turned out to be of, which the visitor reaches; None of nobody's."""
    found: OrganizationRef | None = request.scope.get(_ORGANIZATION)
    return found


def check_of_its_page(request: Request, form: Form) -> None:
    """Refuse a form whose page was of another organization than the address now is.

    Raises:
        Turned: it was.
    """
    if not _is_of_its_page(request, form):
        raise Turned(_of_another(request))


def _is_of_its_page(request: Request, form: Form) -> bool:
    """Whether the organization of the address, if it names one, is that of the page on which the form stood."""
    if "handle" not in request.path_params:
        return True
    organization = organization_of(request)
    return organization is not None and form.text("organization") == organization.id


def _of_another(request: Request) -> Response:
    """For a form of a page that was of another organization than its address is now of."""
    return told(
        gettext("This page was of another organization"),
        gettext("Nothing was done. Open the page anew, see whose books it shows, and do there what you wanted."),
        status=409,
        links=((request.url.path, gettext("Open the page anew")), ("/", gettext("Your organizations"))),
    )
