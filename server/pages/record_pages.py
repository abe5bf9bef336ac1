"""What the pages of a customer and of an item have in common: its page, its form, and the page that archives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotFound, Refusal
from invoicing.remedies import Remark
from operations.access import is_allowed, open_books
from operations.identity.browsing import new_mark
from operations.rights import Right
from server.http.answers import Turned
from server.pages.languages import gettext
from server.pages.organization_pages import show
from server.pages.rendering import nothing_here, see_other
from server.pages.visiting import Desk, Visitor
from server.pages.words import field_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.organizations import place_of
from views.record_fields import YES, Fields, state_of
from views.remedies import message_of, on_page

T = TypeVar("T", Customer, Item)


@dataclass(frozen=True, slots=True)
class Noun(Generic[T]):
    """Customers, or items: how one is found, kept and shown. `here` is their page among an organization's, which also
    names their templates; `save` takes what a form held and as what it came back; `more` is what its page shows
    besides, and `choices` what its form chooses from; `alike` are those that somebody who enters a new one may have
    meant, as keys and names.
    """

    here: str
    one: str
    right: Right
    blank: Callable[[Profile], T]
    get: Callable[[Books, str], Awaitable[T]]
    fields: Callable[[T, Profile], dict[str, str]]
    save: Callable[[Books, Fields, Fields, str, Profile], Awaitable[tuple[str, Sequence[Remark]]]]
    archive: Callable[[Books, str, bool], Awaitable[object]]
    shown: Callable[[T, Profile], Any]
    more: Callable[[Books, T, Profile], Awaitable[dict[str, Any]]]
    choices: Callable[[Books, T, Profile], Awaitable[dict[str, Any]]]
    alike: Callable[[Books, Fields], Awaitable[list[tuple[str, str]]]]
    titles: Callable[[], Mapping[str, str]]

    def routes(self, desk: Desk) -> list[Route]:
        below: str = f"/{self.here}"
        return [
            *desk.of_organization(f"{below}/new", self._new, methods=["GET", "POST"]),
            *desk.of_organization(f"{below}/{{{self.one}}}", self._page),
            *desk.of_organization(f"{below}/{{{self.one}}}/edit", self._edit, methods=["GET", "POST"]),
            *desk.of_organization(f"{below}/{{{self.one}}}/archive", self._archive, methods=["GET", "POST"]),
        ]

    async def _page(self, request: Request, visitor: Visitor) -> Response:
        organization = await visitor.organization(request)
        books = open_books(visitor.office, organization, Right.READ)
        found, profile = await self.get(books, self._key(request)), await books.read(load_profile)
        return await show(
            visitor,
            organization,
            f"{self.one}.html",
            here=self.here,
            title=found.name,
            one=self.shown(found, profile),
            field_word=field_word,
            may=is_allowed(self.right, organization, visitor.office.principal) and not organization.archived,
            said=request.query_params.get("done", ""),
            **await self.more(books, found, profile),
        )

    async def _new(self, request: Request, visitor: Visitor) -> Response:
        books = await self._to_change(request, visitor)
        profile = await books.read(load_profile)
        return await self._form(request, visitor, books, self.blank(profile), profile, "")

    async def _edit(self, request: Request, visitor: Visitor) -> Response:
        books = await self._to_change(request, visitor)
        found, profile = await self.get(books, self._key(request)), await books.read(load_profile)
        return await self._form(request, visitor, books, found, profile, found.id)

    async def _form(
        self, request: Request, visitor: Visitor, books: Books, found: T, profile: Profile, key: str
    ) -> Response:
        """The form, or what it has sent kept; what is refused, or perhaps there already, is said above what was
        typed.
        """
        kept = self.fields(found, profile)
        about: dict[str, Any] = {"found": found, "kept": kept, "profile": profile, "key": key}
        if request.method != "POST":
            return await self._asked(visitor, books, kept, **about)
        place = f"{place_of(books.organization)}/{self.here}"
        if key:
            form = await visitor.form(request)
        else:
            form = await visitor.form_sent_once(request, self.titles()["saved"], place)
        typed = {name: form.text(name) for name in kept}
        if key and form.text("state") != state_of(kept):
            said = gettext("Somebody has changed this meanwhile. Sent again, what stands here is kept.")
            return await self._asked(visitor, books, typed, refusal=Conflict(said), **about)
        if not key and form.text("alike") != YES and (alike := await self.alike(books, typed)):
            return await self._asked(visitor, books, typed, alike=alike, **about)
        try:
            # A new one is kept with all that its form says.
            shown = kept if key else dict.fromkeys(kept, "")
            saved, notes = await self.save(books, shown, typed, key, profile)
        except (InvalidInput, LimitExceeded, NotFound, Conflict) as refusal:
            return await self._asked(visitor, books, typed, refusal=refusal, alike_seen=form.text("alike"), **about)
        if notes:
            return await self._noted(visitor, books, saved, notes)
        return see_other(f"{place}/{saved}?done={'changed' if key else 'new'}")

    async def _asked(
        self,
        visitor: Visitor,
        books: Books,
        values: Fields,
        *,
        found: T,
        kept: Fields,
        profile: Profile,
        key: str,
        refusal: Refusal | None = None,
        alike: Sequence[tuple[str, str]] = (),
        alike_seen: str = "",
    ) -> Response:
        status = 409 if alike or isinstance(refusal, Conflict) else 400 if refusal else 200
        return await show(
            visitor,
            books.organization,
            f"{self.one}_form.html",
            here=self.here,
            status=status,
            title=self.titles()["edit" if key else "new"] % {"name": found.name},
            refused=message_of(refusal, on_page) if refusal else "",
            field=refusal.field if refusal and refusal.field in values else "",
            values=values,
            state=state_of(kept),
            mark=new_mark,
            key=key,
            alike=alike,
            alike_seen=YES if alike else alike_seen,
            back=f"{place_of(books.organization)}/{self.here}{f'/{key}' if key else ''}",
            **await self.choices(books, found, profile),
        )

    async def _noted(self, visitor: Visitor, books: Books, key: str, notes: Sequence[Remark]) -> Response:
        """It was kept, and there is something to say of it."""
        return await show(
            visitor,
            books.organization,
            "record_saved.html",
            here=self.here,
            title=self.titles()["saved"],
            notes=[one.text for one in notes],
            address=f"{place_of(books.organization)}/{self.here}/{key}",
            open_it=self.titles()["open"],
        )

    async def _archive(self, request: Request, visitor: Visitor) -> Response:
        """What archiving means is said first; one that is archived can be taken back."""
        books = await self._to_change(request, visitor)
        found, profile = await self.get(books, self._key(request)), await books.read(load_profile)
        address = f"{place_of(books.organization)}/{self.here}/{found.id}"
        if request.method != "POST":
            which = "take_back" if found.archived else "archive"
            return await show(
                visitor,
                books.organization,
                "archive_record.html",
                here=self.here,
                title=self.titles()[which] % {"name": found.name},
                one=self.shown(found, profile),
                what=self.titles()["archived_means"],
                address=address,
            )
        form = await visitor.form(request)
        # Of two who press at once, the second does not undo what the first has done.
        await self.archive(books, found.id, form.text("archived") == YES)
        return see_other(f"{address}?done=changed")

    async def _to_change(self, request: Request, visitor: Visitor) -> Books:
        """The books of the address's organization, if these are the visitor's to change.

        Raises:
            Turned: they are not.
        """
        organization = await visitor.organization(request)
        if not is_allowed(self.right, organization, visitor.office.principal):
            raise Turned(nothing_here())
        return open_books(visitor.office, organization, self.right)

    def _key(self, request: Request) -> str:
        return str(request.path_params[self.one])
